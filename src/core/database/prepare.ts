/** What every database of a desk has before its first command: the audit's head, the operator, the key's check value. */
import { setTimeout as pause } from 'node:timers/promises';
import { isBusy, type Connection, type Tx } from './connect.js';
import type { Secrets } from '../secrets/secrets.js';

/** Another SECRET_KEY wrote this database. */
export class WrongKey extends Error {
  override name = 'WrongKey';
  constructor() {
    super(
      'This database was written with another secret key. Set SECRET_KEY to that one, or restore DATA_DIR/secret.key from the backup.',
    );
  }
}

// a minute, as a migration waits for another process's
const triesAtMost = 1_200;
const waitMs = 50;

/**
 * Adds what is missing; several processes may do so at once.
 * @throws {WrongKey}
 */
export async function prepare(
  connection: Connection,
  more: { secrets: Secrets; locale: string; now: Date },
): Promise<void> {
  const check = await connection.reader.setting.findUnique({ where: { name: 'secret-key-check' } });
  if (check) {
    if (check.value !== more.secrets.check) throw new WrongKey();
    return;
  }
  await patiently(() =>
    connection.writer.$transaction((tx) => addMissing(tx, more), { maxWait: 30_000, timeout: 30_000 }),
  );
  const kept = await connection.writer.setting.findUniqueOrThrow({ where: { name: 'secret-key-check' } });
  if (kept.value !== more.secrets.check) throw new WrongKey();
}

/** The first statement is one that waits for whoever else is at it: there is one head, and one operator. */
async function addMissing(tx: Tx, more: { secrets: Secrets; locale: string; now: Date }): Promise<void> {
  await tx.$executeRaw`INSERT INTO "AuditHead" ("id", "seq", "hash") VALUES (1, 0, '') ON CONFLICT DO NOTHING`;
  await tx.$executeRaw`
    INSERT INTO "Person" ("operator", "state", "locale", "createdAt")
    SELECT ${true}, 'active', ${more.locale}, ${more.now} WHERE NOT EXISTS (SELECT 1 FROM "Person" WHERE "operator")`;
  await tx.$executeRaw`INSERT INTO "Setting" ("name", "value") VALUES ('secret-key-check', ${more.secrets.check}) ON CONFLICT DO NOTHING`;
}

async function patiently(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isBusy(error) || tries >= triesAtMost) throw error;
      await pause(waitMs);
    }
  }
}
