/** New PostgreSQL databases, quickly: copies of one that was migrated once. */
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Provider } from '../../src/core/database/connect.js';
import { migrate } from '../../src/core/database/migrate.js';
import { startPostgres } from './postgresql.js';

export const migrationsDir = (provider: Provider): string =>
  fileURLToPath(new URL(`../../prisma/${provider}/migrations`, import.meta.url));

export interface Templates {
  /** The URL of a new, migrated database. */
  readonly fresh: () => Promise<string>;
  /** The URL of a new database without anything in it. */
  readonly empty: () => Promise<string>;
  /** Drops a database by name, whoever is still connected to it. */
  readonly drop: (name: string) => Promise<void>;
  close(): Promise<void>;
}

export async function startTemplates(): Promise<Templates> {
  // nobody pulls this machine's plug: what a commit waits for is not the disk
  const server = await startPostgres({ fsync: false });
  const admin = await new PrismaPg({ connectionString: server.url, max: 2 }).connect();
  const run = (sql: string) => admin.executeRaw({ sql, args: [], argTypes: [] });
  let count = 0;
  const create = async (template: string) => {
    const url = new URL(server.url);
    url.pathname = `test_${++count}`;
    await run(`CREATE DATABASE test_${count} TEMPLATE ${template}`);
    return url.href;
  };
  const migrated = new URL(server.url);
  migrated.pathname = 'migrated';
  await run('CREATE DATABASE migrated TEMPLATE template0');
  await migrate({ provider: 'postgresql', url: migrated.href, migrationsDir: migrationsDir('postgresql') });
  return {
    fresh: () => create('migrated'),
    empty: () => create('template0'),
    async drop(name) {
      if (!/^test_\d+$/.test(name)) throw new Error(`Not a database of ours: ${name}`);
      await run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
    async close() {
      await admin.dispose();
      await server.close();
    },
  };
}
