/**
 * What scripts/database.mjs asks of databases: the SQL between two data models, by Prisma's migration engine as WebAssembly,
 * and what a PostgreSQL database looks like after some scripts.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const EMPTY = '-- This is an empty migration.';

/** Made by hand in the `search` migrations, with those that FTS5 keeps for itself: no model speaks of them. */
const SEARCH_TABLES = ['SiteSearch', 'OrderSearch'].flatMap((name) =>
  ['', '_config', '_data', '_idx'].map((part) => `${name}${part}`),
);

/** A side of a difference: a schema as text. */
export const datamodel = (db, content) => ({ tag: 'schemaDatamodel', files: [{ path: `${db}.prisma`, content }] });

/** The SQL that leads from one side to the schema, or null when there is none to run. */
export async function difference(db, from, schema) {
  const { bindMigrationAwareSqlAdapterFactory } = await import('@prisma/driver-adapter-utils');
  const SchemaEngine = await (engineOnce ??= schemaEngine());
  const adapter = bindMigrationAwareSqlAdapterFactory(db === 'sqlite' ? await inMemory() : noServer());
  const log = () => {};
  const engine = await SchemaEngine.new({ datamodels: [[`${db}.prisma`, schema]] }, log, adapter);
  const { stdout } = await engine.diff({
    from,
    to: datamodel(db, schema),
    script: true,
    exitCode: null,
    filters: { externalTables: db === 'sqlite' ? SEARCH_TABLES : [], externalEnums: [] },
    shadowDatabaseUrl: null,
  });
  return stdout === null || stdout.trim() === EMPTY ? null : stdout;
}

/** One instance a process: a second one would take the memory from under the first. */
let engineOnce;
async function schemaEngine() {
  const engine = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = readFileSync(join(dirname(require.resolve('@prisma/schema-engine-wasm')), 'schema_engine_bg.wasm'));
  const { instance } = await globalThis.WebAssembly.instantiate(bytes, { './schema_engine_bg.js': engine });
  engine.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return engine.SchemaEngine;
}

/** The engine hands a whole migration to executeRaw, where better-sqlite3 takes one statement: those go the way of scripts. */
async function inMemory() {
  const { PrismaBetterSqlite3 } = await import('@prisma/adapter-better-sqlite3');
  const factory = new PrismaBetterSqlite3({ url: ':memory:' });
  const connectToShadowDb = async () => {
    const shadow = await factory.connectToShadowDb();
    const one = shadow.executeRaw.bind(shadow);
    shadow.executeRaw = async (query) =>
      query.args.length > 0 ? one(query) : (await shadow.executeScript(query.sql), 0);
    return shadow;
  };
  const { provider, adapterName } = factory;
  return { provider, adapterName, connect: () => factory.connect(), connectToShadowDb };
}

/** The engine asks a PostgreSQL server one thing before it compares data models: is the schema there, and which version are you? */
function noServer() {
  const never = () => Promise.reject(new Error('No PostgreSQL server here to change'));
  const connection = {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    queryRaw: async ({ sql }) => {
      if (!sql.includes('server_version_num')) throw new Error(`No PostgreSQL server here to ask: ${sql}`);
      const columnTypes = [5, 7, 0]; // boolean, text, 32-bit integer
      return {
        columnNames: ['exists', 'version', 'numeric_version'],
        columnTypes,
        rows: [[true, 'PostgreSQL 15.0', 150000]],
      };
    },
    executeRaw: never,
    executeScript: never,
    startTransaction: never,
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
    dispose: async () => {},
  };
  const connect = async () => connection;
  return { provider: 'postgres', adapterName: '@prisma/adapter-pg', connect, connectToShadowDb: connect };
}

/** What a PostgreSQL database looks like after these scripts: made on the server at `url`, and dropped again. */
export async function shapeAfter(url, scripts) {
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const name = `guichet_check_${process.pid}`;
  const inside = new URL(url);
  inside.pathname = name;
  const run = (connection, sql) => connection.executeRaw({ sql, args: [], argTypes: [] });
  const server = await new PrismaPg({ connectionString: url }).connect();
  try {
    await run(server, `CREATE DATABASE ${name}`);
    const database = await new PrismaPg({ connectionString: inside.href }).connect();
    try {
      for (const script of scripts) await run(database, script);
      return (await database.queryRaw({ sql: SHAPE, args: [], argTypes: [] })).rows.map(([line]) => line);
    } finally {
      await database.dispose();
    }
  } finally {
    await run(server, `DROP DATABASE IF EXISTS ${name}`);
    await server.dispose();
  }
}

/** A line for each column, index and constraint, in no order that depends on how they came to be; but none for the
 * indexes for searches, which are made where the server has the extension for them. */
const SHAPE = `
  SELECT concat_ws(' ', table_name, column_name, data_type, datetime_precision, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef NOT LIKE '%gin_trgm_ops%'
  UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  ORDER BY 1`;
