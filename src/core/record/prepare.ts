/** What every database of a desk has before its first command: the audit's head, the operator, the key's check value. */
import { Prisma, type Connection } from './database.js';
import type { Secrets } from './secrets.js';

/** Another SECRET_KEY wrote this database. */
export class WrongKey extends Error {
  override name = 'WrongKey';
  constructor() {
    super('This database was written with another secret key. Set SECRET_KEY to that one, or restore DATA_DIR/secret.key from the backup.');
  }
}

/**
 * Adds what is missing; several processes may do so at once.
 * @throws {WrongKey}
 */
export async function prepare(connection: Connection, more: { secrets: Secrets; locale: string; now: Date }): Promise<void> {
  const check = await connection.reader.setting.findUnique({ where: { name: 'secret-key-check' } });
  if (check) {
    if (check.value !== more.secrets.check) throw new WrongKey();
    return;
  }
  const { writer } = connection;
  await writer.$executeRaw(Prisma.sql`INSERT INTO "AuditHead" ("id", "seq", "hash") VALUES (1, 0, '') ON CONFLICT DO NOTHING`);
  await writer.$executeRaw(Prisma.sql`
    INSERT INTO "Person" ("operator", "state", "locale", "createdAt")
    SELECT ${true}, 'active', ${more.locale}, ${more.now} WHERE NOT EXISTS (SELECT 1 FROM "Person" WHERE "operator")`);
  // last: whoever finds it finds the rest too
  await writer.$executeRaw(Prisma.sql`INSERT INTO "Setting" ("name", "value") VALUES ('secret-key-check', ${more.secrets.check}) ON CONFLICT DO NOTHING`);
  const kept = await writer.setting.findUniqueOrThrow({ where: { name: 'secret-key-check' } });
  if (kept.value !== more.secrets.check) throw new WrongKey();
}
