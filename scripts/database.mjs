/**
 * The database's schemas, clients and migrations, all made from the one hand-edited file prisma/models.prisma.
 *
 *   node scripts/database.mjs generate        the Prisma clients of both databases (does nothing when nothing changed)
 *   node scripts/database.mjs migrate NAME    a migration of both databases, from what they have to what the models say
 *   node scripts/database.mjs check [URL]     exit 1 if models, schemas and migrations differ; URL: a PostgreSQL server to
 *                                             try the PostgreSQL migrations on (in a database made and dropped for it)
 *
 * Only `migrate` writes prisma/<database>/schema.prisma: it is the data model the committed migrations lead to, so the next
 * migration is the difference of two data models and needs no running server. A migration that no release has carried yet
 * is redone by deleting prisma/sqlite and prisma/postgresql (or going back to their last commit) and migrating again.
 *
 * Nothing here fetches anything: Prisma's migration engine is used as WebAssembly, and `prisma generate`, which only looks
 * whether the native engine is there, is shown /bin/true.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { datamodel, difference, shapeAfter } from './schema-engine.mjs';

const require = createRequire(import.meta.url);
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DATABASES = ['sqlite', 'postgresql'];

const committedPath = (db) => join(ROOT, 'prisma', db, 'schema.prisma');
const migrationsDir = (db) => join(ROOT, 'prisma', db, 'migrations');
const generatedDir = join(ROOT, 'src/core/database/generated');
const textOf = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null);

/**
 * The schema Prisma reads: models under a literal provider. `prisma-client` (TypeScript) because tsc carries it into dist/;
 * `prisma-client-js` writes .js and .wasm files that tsc leaves behind. compilerBuild `small` (the query compiler, in
 * WebAssembly, built for size) starts 0.2 s sooner with 35 MB less than `fast` and compiles our statements as quickly.
 */
function schemaOf(db, models) {
  return `// Made from prisma/models.prisma by scripts/database.mjs: change that file, then \`node scripts/database.mjs migrate NAME\`.
datasource db {
  provider = "${db}"
}

generator client {
  provider            = "prisma-client"
  output              = "../../src/core/database/generated/${db}"
  runtime             = "nodejs"
  moduleFormat        = "esm"
  importFileExtension = "js"
  compilerBuild       = "small"
}

${models}`;
}

const models = () => readFileSync(join(ROOT, 'prisma/models.prisma'), 'utf8');

/** Models ahead of their migration are generated too, from a file git ignores, so that code can be typed while they change. */
async function generate() {
  const stale = DATABASES.filter((db) => textOf(join(generatedDir, `${db}.made`)) !== stampOf(db));
  await Promise.all(stale.map(generateOne));
}

function stampOf(db) {
  const version = require('prisma/package.json').version;
  return createHash('sha256').update(version).update(schemaOf(db, models())).digest('hex');
}

async function generateOne(db) {
  const schema = schemaOf(db, models());
  const stamp = stampOf(db);
  const ahead = textOf(committedPath(db)) !== schema;
  const path = ahead ? join(ROOT, 'prisma', db, 'ahead.prisma') : committedPath(db);
  if (ahead) {
    console.error(`prisma/models.prisma is ahead of the ${db} migrations: node scripts/database.mjs migrate NAME`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, schema);
  }
  rmSync(join(generatedDir, db), { recursive: true, force: true });
  try {
    await promisify(execFile)(
      process.execPath,
      [require.resolve('prisma/build/index.js'), 'generate', '--no-hints', '--schema', path],
      { cwd: ROOT, env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', CHECKPOINT_DISABLE: '1' } },
    );
  } finally {
    if (ahead) rmSync(path);
  }
  writeFileSync(join(generatedDir, `${db}.made`), stamp);
}

async function migrate(name) {
  if (!/^[a-z][a-z0-9_]*$/.test(name ?? '')) throw new Error('A migration is named in lower case: a-z, 0-9 and _.');
  const planned = [];
  for (const db of DATABASES) {
    const schema = schemaOf(db, models());
    const from = textOf(committedPath(db)) ?? schemaOf(db, '');
    planned.push({ db, schema, sql: await difference(db, datamodel(db, from), schema) });
  }
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  for (const { db, schema, sql } of planned) {
    mkdirSync(migrationsDir(db), { recursive: true });
    writeFileSync(committedPath(db), schema);
    if (sql === null) {
      console.log(`${db}: the tables stay as they are`);
      continue;
    }
    const folder = join(migrationsDir(db), `${stamp}_${name}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'migration.sql'), sql);
    writeFileSync(join(migrationsDir(db), 'migration_lock.toml'), lockOf(db));
    console.log(`${db}: prisma/${db}/migrations/${stamp}_${name}/migration.sql (read it before committing it)`);
  }
  await generate();
}

const lockOf = (db) => `# Read by Prisma's own tools: which database these migrations are for.\nprovider = "${db}"\n`;

async function check(postgresUrl) {
  const faults = [];
  for (const db of DATABASES) {
    const committed = textOf(committedPath(db));
    if (committed !== schemaOf(db, models()))
      faults.push(
        `prisma/${db}/schema.prisma is not what prisma/models.prisma says: node scripts/database.mjs migrate NAME`,
      );
    if (committed === null) continue;
    const lack = await lackOf[db](committed, postgresUrl);
    if (lack) faults.push(`The ${db} migrations do not lead to its schema:\n${lack}`);
  }
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

const lackOf = {
  sqlite: (schema) => difference('sqlite', migrationsOf('sqlite'), schema),

  /** The engine can't look at PostgreSQL through this adapter ("char" columns), so two databases are made and compared. */
  async postgresql(schema, url) {
    if (!url) return null;
    const whole = await difference('postgresql', datamodel('postgresql', schemaOf('postgresql', '')), schema);
    const ours = await shapeAfter(
      url,
      migrationTexts('postgresql').map(({ sql }) => sql),
    );
    const wanted = await shapeAfter(url, [whole]);
    const lines = [
      ...wanted.filter((line) => !ours.includes(line)).map((line) => `missing: ${line}`),
      ...ours.filter((line) => !wanted.includes(line)).map((line) => `too much: ${line}`),
    ];
    return lines.join('\n');
  },
};

function migrationTexts(db) {
  const folders = readdirSync(migrationsDir(db), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map(({ name }) => name).sort();
  return names.map((name) => ({ name, sql: readFileSync(join(migrationsDir(db), name, 'migration.sql'), 'utf8') }));
}

/** The migrations folder as the engine wants it: it applies them to a shadow database and looks at what came out. */
const migrationsOf = (db) => ({
  tag: 'migrations',
  baseDir: migrationsDir(db),
  lockfile: { path: 'migration_lock.toml', content: lockOf(db) },
  shadowDbInitScript: '',
  migrationDirectories: migrationTexts(db).map(({ name, sql }) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
  })),
});

const [command, argument] = process.argv.slice(2);
const commands = { generate, migrate, check };
try {
  if (!Object.hasOwn(commands, command ?? '')) throw new Error('generate, migrate NAME or check [URL]?');
  await commands[command](argument);
} catch (error) {
  console.error(error instanceof Error ? (error.stderr ?? error.message) : error);
  process.exitCode = 1;
}
