/**
 * A table of 10,000 declarations, from its bytes to the commit (`declare bulk` with `yes`), beside the same rows written
 * by hand in one transaction with the same durability; and the memory that it takes at its peak.
 */
import { setImmediate as breath } from 'node:timers/promises';
import { addReseller, benchDesk, declaration, type BenchDesk } from './desk.js';
import { beside, rate, rounded, tell } from './measure.js';
import { sqliteFloor } from './rows.js';

const reseller = 'zoe@domotique-martin.example';
const rounds = 5;
const rows = 10_000;

const caller = { kind: 'address', email: reseller } as const;
const columns = ['product', 'email', 'last-name', 'first-name', 'order-number'];

async function stocked(packs: number): Promise<BenchDesk> {
  const desk = await benchDesk();
  await addReseller(desk, reseller, packs);
  // the rows that are written by hand are of this one's make
  await desk.run('declare new', declaration(1), { caller, key: '<1@maison.example>' });
  return desk;
}

let made = 1;
const table = (): Buffer => {
  const lines = Array.from({ length: rows }, () => Object.values(declaration(++made)).join(';'));
  return Buffer.from(`${columns.join(';')}\r\n${lines.join('\r\n')}\r\n`);
};

/** The resident memory over what it was before, looked at whenever the desk lets others have a turn. */
async function peakMb(work: Promise<unknown>): Promise<{ extra: number; longestTurnMs: number }> {
  const before = process.memoryUsage.rss();
  let [most, done, longest] = [before, false, 0];
  const ended = work.finally(() => (done = true));
  for (let at = performance.now(); !done;) {
    await breath();
    most = Math.max(most, process.memoryUsage.rss());
    const now = performance.now();
    longest = Math.max(longest, now - at);
    at = now;
  }
  await ended;
  return { extra: (most - before) / 1024 / 1024, longestTurnMs: longest };
}

const desk = await stocked((rounds + 2) * rows + 1);
const other = await stocked((rounds + 1) * rows + 1);
await other.open.close();
const floor = sqliteFloor(other.url.slice('file:'.length));

const bulk = async (content: Buffer) => {
  const outcome = await desk.open.dispatcher.dispatch({
    door: 'mail',
    caller,
    command: 'declare bulk',
    input: { file: { name: 'clients.csv', type: 'text/csv', content }, yes: 'yes' },
    key: `<bulk-${made}@maison.example>`,
  });
  if (!outcome.ok || outcome.data['placed'] !== rows) throw new Error(JSON.stringify(outcome).slice(0, 1000));
};

const first = await peakMb(bulk(table()));
floor.many?.(rows);
const figures = await beside(rounds, () => rate(rows, () => floor.many?.(rows)), {
  '10,000 rows of CSV, placed': async () => {
    const content = table();
    return rate(rows, () => bulk(content));
  },
});
const then = await peakMb(bulk(table()));
for (const [figure, values] of Object.entries(figures))
  tell({ bench: 'bulk, SQLite', figure, unit: 'rows/s', ...values, than: 'the same rows by hand' });
tell({ bench: 'bulk, SQLite', figure: 'peak of extra memory, first', unit: 'MB', ours: rounded(first.extra) });
tell({ bench: 'bulk, SQLite', figure: 'peak of extra memory, warm', unit: 'MB', ours: rounded(then.extra) });
tell({
  bench: 'bulk, SQLite',
  figure: 'longest turn of the event loop',
  unit: 'ms',
  ours: rounded(then.longestTurnMs),
});
await floor.close();
await desk.close();
await other.close();
