/**
 * The rows of a declaration, written by hand: what a database can do at most. Which tables, columns and sizes is taken
 * from a declaration that the desk has just written; only what must differ from row to row is made anew.
 */
import { createRequire } from 'node:module';
import type Sqlite from 'better-sqlite3';
import type { Client as PgClient } from 'pg';

export type Row = Readonly<Record<string, unknown>>;

/** The newest row of each table that a declaration writes. */
export type Sample = Readonly<Record<(typeof tables)[number], Row>>;

const tables = [
  'Person',
  'Address',
  'Declaration',
  'OneTimeLink',
  'Outbox',
  'Audit',
  'AuditDetail',
  'StoredAnswer',
] as const;
const newest = {
  Address: 'personId',
  OneTimeLink: 'createdAt',
  StoredAnswer: 'createdAt',
  Audit: 'seq',
  AuditDetail: 'seq',
} as const;
const queryOf = (table: (typeof tables)[number]) =>
  `SELECT * FROM "${table}" ORDER BY "${(newest as Partial<Record<string, string>>)[table] ?? 'id'}" DESC LIMIT 1`;

interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** A text of the same size that no other row has. */
const like = (text: unknown, n: number): string => String(text).slice(0, -9) + String(n).padStart(9, '0');
/** The same for what is random: it goes in anywhere in its index. */
const random = (text: unknown, n: number): string =>
  String((n * 2_654_435_761) % 2 ** 32).padStart(10, '0') + String(text).slice(10);

/** The statement of each table is written once: making it anew would cost as much as running it. */
const inserts = new Map<string, { sql: string; columns: readonly string[] }>();

function insert(table: string, row: Row, more: Row): Statement {
  let known = inserts.get(table);
  if (!known) {
    const columns = Object.keys(row).filter((name) => name !== 'id');
    const returning = 'id' in row ? ' RETURNING "id"' : '';
    const sql = `INSERT INTO "${table}" (${columns.map((name) => `"${name}"`).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})${returning}`;
    inserts.set(table, (known = { sql, columns }));
  }
  return { sql: known.sql, values: known.columns.map((name) => (name in more ? more[name] : row[name])) };
}

/** The writes of one declaration that has its pack, in their order; each is answered with the row it returns. */
function* rowsOf(sample: Sample, { n, unit }: { n: number; unit: Row }): Generator<Statement, void, Row> {
  const { Person, Address, Declaration, OneTimeLink, Outbox, Audit, AuditDetail } = sample;
  const email = like(Address['email'], n);
  const person = yield insert('Person', Person, {});
  const personId = person['id'];
  yield insert('Address', Address, { email, personId });
  const declared = { clientId: personId, packId: unit['id'], email, orderNumber: like(Declaration['orderNumber'], n) };
  const searched = {
    duplicateKey: random(Declaration['duplicateKey'], n),
    searchText: like(Declaration['searchText'], n),
  };
  const { id } = yield insert('Declaration', Declaration, { ...declared, ...searched });
  const object = `D-${String(id).padStart(6, '0')}`;
  yield insert('OneTimeLink', OneTimeLink, { tokenHash: random(OneTimeLink['tokenHash'], n), personId });
  const seq = seqOf(n);
  yield insert('Audit', Audit, {
    seq,
    hash: random(Audit['hash'], n),
    detailHash: random(Audit['detailHash'], n),
    object,
  });
  yield insert('AuditDetail', AuditDetail, { seq });
  yield insert('Outbox', Outbox, { recipient: email, personId, messageId: random(Outbox['messageId'], n), object });
}

const seqOf = (n: number): number => 1_000_000_000 + n;

const headOf = ({ Audit }: Sample, n: number): Statement => ({
  sql: 'UPDATE "AuditHead" SET "seq" = ?, "hash" = ? WHERE "id" = 1',
  values: [seqOf(n), random(Audit['hash'], n)],
});
const answerOf = ({ StoredAnswer }: Sample, n: number): Statement =>
  insert('StoredAnswer', StoredAnswer, { key: like(StoredAnswer['key'], n) });

/** One declaration: all that a command writes. */
function* statements(sample: Sample, n: number): Generator<Statement, void, Row> {
  const { Declaration } = sample;
  const unit = yield {
    sql: `UPDATE "StockUnit" SET "state" = 'declared' WHERE "id" = (SELECT "id" FROM "StockUnit"
      WHERE "orgId" = ? AND "product" = ? AND "state" = 'available' ORDER BY "id" LIMIT 1) AND "state" = 'available' RETURNING "id", "number"`,
    values: [Declaration['orgId'], Declaration['product']],
  };
  if (!unit) throw new Error('the floor has no stock left');
  yield* rowsOf(sample, { n, unit });
  yield headOf(sample, n);
  yield answerOf(sample, n);
}

export interface Floor {
  /** One declaration's rows, in a transaction of their own, committed. */
  one(): void | Promise<void>;
  /** The rows of many, of one command: in one transaction, their packs by one statement. Not measured on PostgreSQL. */
  many?(count: number): void;
  close(): void | Promise<void>;
}

const require = createRequire(import.meta.url);

/** Prepared statements of better-sqlite3 in an immediate transaction, on a copy that nobody else has open. */
export function sqliteFloor(file: string): Floor {
  const Database = require('better-sqlite3') as typeof Sqlite;
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  const sample = Object.fromEntries(tables.map((table) => [table, database.prepare(queryOf(table)).get()])) as Sample;
  const prepared = new Map<string, Sqlite.Statement<unknown[]>>();
  const run = ({ sql, values }: Statement): Row => {
    let statement = prepared.get(sql);
    if (!statement) prepared.set(sql, (statement = database.prepare(sql)));
    return statement.reader ? (statement.get(values) as Row) : (statement.run(values), {});
  };
  let n = 0;
  const declare = database.transaction(() => {
    const writes = statements(sample, ++n);
    for (let step = writes.next(); !step.done;) step = writes.next(run(step.value));
  });
  const declareMany = database.transaction((count: number) => {
    const { orgId, product } = sample.Declaration;
    const units = database
      .prepare<unknown[], Row>(
        `UPDATE "StockUnit" SET "state" = 'declared' WHERE "id" IN (SELECT "id" FROM "StockUnit"
          WHERE "orgId" = ? AND "product" = ? AND "state" = 'available' ORDER BY "id" LIMIT ?) RETURNING "id", "number"`,
      )
      .all(orgId, product, count);
    if (units.length < count) throw new Error('the floor has no stock left');
    for (const unit of units) {
      const writes = rowsOf(sample, { n: ++n, unit });
      for (let step = writes.next(); !step.done;) step = writes.next(run(step.value));
    }
    run(headOf(sample, n));
    run(answerOf(sample, n));
  });
  return {
    one: () => declare.immediate(),
    many: (count) => void declareMany.immediate(count),
    close: () => void database.close(),
  };
}

/** Named statements of `pg` on one connection. */
export async function postgresFloor(url: string): Promise<Floor> {
  const { Client } = require('pg') as { Client: new (options: { connectionString: string }) => PgClient };
  const client = new Client({ connectionString: url });
  await client.connect();
  const rows = [];
  for (const table of tables) rows.push([table, (await client.query<Row>(queryOf(table))).rows[0]]);
  const sample = Object.fromEntries(rows) as Sample;
  const prepared = new Map<string, { name: string; text: string }>();
  const run = async ({ sql, values }: Statement): Promise<Row> => {
    let statement = prepared.get(sql);
    if (!statement) {
      let at = 0;
      prepared.set(sql, (statement = { name: `s${prepared.size}`, text: sql.replaceAll('?', () => `$${++at}`) }));
    }
    return (await client.query<Row>({ ...statement, values: [...values] })).rows[0] ?? {};
  };
  let n = 0;
  return {
    async one() {
      await client.query('BEGIN');
      const writes = statements(sample, ++n);
      for (let step = writes.next(); !step.done;) step = writes.next(await run(step.value));
      await client.query('COMMIT');
    },
    close: () => client.end(),
  };
}
