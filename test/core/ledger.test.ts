/** G7: "a charge never makes it negative unless credit is granted", from several processes; and the ledger against a model. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grantCredit } from '../../src/core/programmes/billing/balance.js';
import { balanceOf, charge, giveBack, topUp } from '../../src/core/programmes/billing/ledger.js';
import { Refusal } from '../../src/core/guard/refusal.js';
import type { Work } from '../../src/core/guard/work.js';
import { workOf } from '../../src/core/jobs.js';
import type { Connection } from '../../src/core/database/connect.js';
import { databases } from '../servers/databases.js';
import type { Report, Task } from './charging-child.js';
import { newReseller, openTestDesk, secretKey, type TestDesk } from './ground.js';

const processes = 8;
const charges = 1_000;
const price = { netCents: 1_250, vatCents: 250, grossCents: 1_500 };
/** Prepaid and credit are enough for three fifths of them. */
const prepaid = 500 * price.grossCents + 700;
const credit = 100 * price.grossCents + 100;

const child = fileURLToPath(new URL('charging-child.ts', import.meta.url));
const hooks = fileURLToPath(new URL('../servers/typescript.mjs', import.meta.url));

async function message(from: ChildProcess): Promise<unknown> {
  const [sent] = (await Promise.race([
    once(from, 'message'),
    once(from, 'exit').then(([code]) => [new Error(`a process ended with ${code}`)]),
  ])) as unknown[];
  if (sent instanceof Error) throw sent;
  return sent;
}

/** What must hold of every ledger, whatever happened to it. */
async function audited({ reader }: Connection, orgId: number) {
  const entries = await reader.ledgerEntry.findMany({
    where: { orgId },
    include: { lines: true },
    orderBy: { id: 'asc' },
  });
  const sums: Record<string, number> = {};
  let balance = 0;
  for (const { lines, ...entry } of entries) {
    expect(lines.reduce((sum, { cents }) => sum + cents, 0)).toBe(0);
    for (const { account, cents } of lines) sums[account] = (sums[account] ?? 0) + cents;
    balance += entry.kind === 'charge' ? -entry.grossCents : entry.grossCents;
    expect(entry.balanceCents).toBe(balance);
  }
  const row = await reader.balance.findUniqueOrThrow({ where: { orgId } });
  expect([row.prepaidCents, row.receivableCents]).toEqual([0 - (sums['prepaid'] ?? 0), sums['receivable'] ?? 0]);
  expect(row.prepaidCents - row.receivableCents).toBe(balance);
  expect(row.prepaidCents).toBeGreaterThanOrEqual(0);
  expect(row.receivableCents).toBeGreaterThanOrEqual(0);
  expect(row.receivableCents).toBeLessThanOrEqual(row.creditCents);
  const receipts = await reader.receipt.findMany({ orderBy: { seq: 'asc' } });
  expect(receipts.map(({ seq }) => seq)).toEqual(receipts.map((_, at) => at + 1));
  const own = receipts.filter((receipt) => receipt.orgId === orgId);
  expect(own.map(({ entryId }) => entryId).sort((a, b) => a - b)).toEqual(entries.map(({ id }) => id));
  return { entries, row, receipts: own };
}

/** Their start is most of the time: both databases have the same. */
let children: ChildProcess[] = [];
beforeAll(async () => {
  children = Array.from({ length: processes }, () => fork(child, { execArgv: ['--import', hooks] }));
  await Promise.all(children.map(message));
}, 120_000);
afterAll(() => children.forEach((one) => one.kill()));

describe.each(databases())('on $name', (provider) => {
  let desk: TestDesk;
  beforeAll(async () => void (desk = await openTestDesk(provider)));
  afterAll(() => desk.close());

  const inWork = <T>(run: (work: Work) => Promise<T>): Promise<T> =>
    desk.desk.database.transact((unit) => run(workOf(desk.desk, unit)));

  test(`${charges} charges from ${processes} processes`, { timeout: 180_000 }, async () => {
    const { id: orgId } = await newReseller(desk);
    await inWork((work) => topUp(work, { orgId, cents: prepaid, payment: 'VIR-1' }));
    await desk.connection.writer.balance.update({ where: { orgId }, data: { creditCents: credit } });
    const { url, desk: open } = desk;
    children.forEach((one, at) =>
      one.send({
        ...{ url, key: secretKey.toString('base64'), vendor: open.catalogue.vendor, now: desk.clock().toJSON() },
        ...{ orgId, price, count: charges / processes, name: `p${at}` },
      } satisfies Task),
    );
    expect(await Promise.all(children.map(message))).toEqual(Array<string>(processes).fill('ready'));
    const reports = children.map(message) as Promise<Report>[];
    for (const one of children) one.send('go');
    const done = await Promise.all(reports);

    expect(done.flatMap(({ faults }) => faults)).toEqual([]);
    const sum = (key: 'charged' | 'refused' | 'givenBack') => done.reduce((total, report) => total + report[key], 0);
    expect(sum('charged') + sum('refused')).toBe(charges);
    const { entries, row, receipts } = await audited(desk.connection, orgId);
    expect([
      entries.filter(({ kind }) => kind === 'charge').length,
      entries.filter(({ kind }) => kind === 'refund').length,
    ]).toEqual([sum('charged'), sum('givenBack')]);
    expect(sum('refused')).toBeGreaterThan(0);
    // never negative but for the credit, and not one charge that would have fitted was refused at the end
    expect(row.prepaidCents - row.receivableCents).toBe(
      prepaid - (sum('charged') - sum('givenBack')) * price.grossCents,
    );
    // every number that a process was told is kept, and there is no other
    expect(done.flatMap((report) => report.receipts).sort()).toEqual(
      receipts
        .slice(1)
        .map(({ number }) => number)
        .sort(),
    );
  });

  /** A day's dealings, each with what a single number makes of it. */
  const step = fc.oneof(
    fc.record({ kind: fc.constant('topup' as const), cents: fc.integer({ min: 1, max: 9_000 }) }),
    fc.record({
      kind: fc.constantFrom('charge' as const, 'broken' as const),
      cents: fc.integer({ min: 0, max: 9_000 }),
    }),
    fc.record({ kind: fc.constant('back' as const), cents: fc.nat(20) }),
    fc.record({ kind: fc.constant('credit' as const), cents: fc.integer({ min: 0, max: 9_000 }) }),
  );

  test('the ledger is what a plain sum makes of the same steps', { timeout: 60_000 }, async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        run += 1;
        const org = { name: `Société ${run}`, locale: 'fr', country: 'FR', createdAt: desk.clock() };
        const { id: orgId } = await desk.connection.writer.organisation.create({ data: org });
        const model = { balance: 0, credit: 0, charged: [] as { id: number; cents: number; back: boolean }[] };
        for (const [at, { kind, cents }] of steps.entries()) {
          const onceKey = `${run}-${at}`;
          const wanted = chargeOf(orgId, onceKey, cents);
          if (kind === 'topup') {
            await inWork((work) => topUp(work, { orgId, cents, payment: onceKey }));
            model.balance += cents;
          } else if (kind === 'broken') {
            const broken = inWork(async (work) => {
              await charge(work, wanted);
              throw new RangeError('something else went wrong');
            });
            await expect(broken).rejects.toThrow();
          } else if (kind === 'charge') {
            const fits = model.balance + model.credit >= cents;
            const booked = await inWork((work) => charge(work, wanted)).catch((error: unknown) => codeOfRefusal(error));
            expect(typeof booked === 'string' ? booked : 'booked').toBe(fits ? 'booked' : 'balance.low');
            if (typeof booked === 'string') continue;
            model.balance -= cents;
            model.charged.push({ id: booked.entryId, cents, back: false });
          } else if (kind === 'credit') {
            const may = cents >= -model.balance;
            const granted = await inWork((work) => grantCredit(work, orgId, cents)).catch(codeOfRefusal);
            expect(granted).toBe(may ? undefined : 'input.invalid');
            if (may) model.credit = cents;
          } else {
            const of = model.charged[cents];
            if (!of) continue;
            await inWork((work) => giveBack(work, { chargeId: of.id, onceKey: `back ${onceKey}`, object: null }));
            if (!of.back) model.balance += of.cents;
            of.back = true;
          }
        }
        const { prepaidCents, receivableCents, creditCents } = await inWork(({ tx }) => balanceOf(tx, orgId));
        expect([prepaidCents, receivableCents, creditCents]).toEqual([
          Math.max(model.balance, 0),
          Math.max(-model.balance, 0),
          model.credit,
        ]);
        if (await desk.connection.reader.ledgerEntry.count({ where: { orgId } })) await audited(desk.connection, orgId);
      }),
      { numRuns: 12 },
    );
  });
});

const codeOfRefusal = (error: unknown): string => {
  if (error instanceof Refusal) return error.code;
  throw error;
};

/** Charged with a tax that leaves odd cents. */
function chargeOf(orgId: number, onceKey: string, cents: number) {
  const netCents = Math.floor(cents / 1.2);
  const sums = { netCents, vatCents: cents - netCents, grossCents: cents, percent: 20, reverseCharge: false };
  return { orgId, price: sums, onceKey, object: null, lines: [{ text: { fr: 'Un', en: 'One' }, netCents }] };
}
