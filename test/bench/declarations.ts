/**
 * Declarations a second through the dispatcher, with an idempotency key as the mail door gives one, beside the same rows
 * written by hand with the same durability, a transaction each.
 */
import { postgresBinaries, startPostgres } from '../servers/postgresql.js';
import { addReseller, benchDesk, declaration, type BenchDesk } from './desk.js';
import { beside, inFlight, rate, tell } from './measure.js';
import { postgresFloor, sqliteFloor, type Floor } from './rows.js';

const reseller = 'zoe@domotique-martin.example';
const rounds = 7;
const counts = { floor: 200, single: 100, together: 320 };
const packs = 200 + rounds * (counts.single + counts.together);

async function stocked(url?: string): Promise<{ desk: BenchDesk; one: () => Promise<void> }> {
  const desk = await benchDesk(url);
  await addReseller(desk, reseller, packs + rounds * 2 * counts.floor);
  let n = 0;
  const one = () =>
    desk.run('declare new', declaration(++n), {
      caller: { kind: 'address', email: reseller },
      key: `<${n}@maison.example>`,
    });
  await one();
  return { desk, one };
}

async function compare(name: string, { one, floor }: { one: () => Promise<void>; floor: Floor }): Promise<void> {
  const least = () =>
    rate(counts.floor, async () => {
      for (let n = 0; n < counts.floor; n += 1) await floor.one();
    });
  await inFlight(64, 150, one);
  await least();
  const figures = await beside(rounds, least, {
    'one at a time': () => rate(counts.single, () => inFlight(1, counts.single, one)),
    '64 in flight': () => rate(counts.together, () => inFlight(64, counts.together, one)),
  });
  for (const [figure, values] of Object.entries(figures))
    tell({ bench: `declarations, ${name}`, figure, unit: '/s', ...values, than: 'the same rows by hand' });
}

async function onSqlite(): Promise<void> {
  const { desk, one } = await stocked();
  const other = await stocked();
  await other.desk.open.close();
  const floor = sqliteFloor(other.desk.url.slice('file:'.length));
  await compare('SQLite', { one, floor });
  await floor.close();
  await desk.close();
  await other.desk.close();
}

async function onPostgres(): Promise<void> {
  if (!postgresBinaries()) return console.error('skipped: no PostgreSQL on this machine');
  const [server, second] = [await startPostgres(), await startPostgres()];
  const { desk, one } = await stocked(server.url);
  const other = await stocked(second.url);
  await other.desk.open.close();
  const floor = await postgresFloor(second.url);
  await compare('PostgreSQL', { one, floor });
  await floor.close();
  await desk.close();
  await other.desk.close();
  await server.close();
  await second.close();
}

await onSqlite();
await onPostgres();
