/** A process of its own that charges accounts as fast as it can when told to, and answers each time what became of it. */
import { randomBytes } from 'node:crypto';
import { charge, giveBack } from '../../src/core/programmes/billing/ledger.js';
import type { Actor } from '../../src/core/guard/identity.js';
import { Refusal } from '../../src/core/guard/refusal.js';
import { createWork, type Desk, type Work } from '../../src/core/guard/work.js';
import { connect } from '../../src/core/database/connect.js';
import { createSecrets } from '../../src/core/secrets/secrets.js';
import { createDatabase } from '../../src/core/database/transact.js';

export interface Task {
  readonly url: string;
  readonly key: string;
  readonly now: string;
  readonly vendor: Desk['catalogue']['vendor'];
  readonly orgId: number;
  readonly count: number;
  readonly price: { readonly netCents: number; readonly vatCents: number; readonly grossCents: number };
  /** Tells this process' charges from the others'. */
  readonly name: string;
}

export interface Report {
  readonly charged: number;
  readonly refused: number;
  readonly givenBack: number;
  readonly receipts: readonly string[];
  readonly faults: readonly string[];
}

/** No more of a desk than a charge takes: a whole one takes a process three times as long to start. */
async function open({ url, key, now, vendor }: Task) {
  const secrets = createSecrets(Buffer.from(key, 'base64'), randomBytes);
  const clock = () => new Date(now);
  const options = { secrets, random: randomBytes, clock, mailDomain: 'localhost' };
  const database = createDatabase(await connect({ url }), options);
  const catalogue = { vendor } as Desk['catalogue'];
  const desk = { database, catalogue, secrets, clock, locale: 'fr', timeZone: 'Europe/Paris', publicUrl: '' } as Desk;
  const actor = { personId: 0, proof: 'desk' } as Actor;
  const inWork = <T>(run: (work: Work) => Promise<T>): Promise<T> =>
    database.transact((unit) => run(createWork(unit, { desk, actor, door: 'schedule', locale: 'fr' })));
  return { inWork, close: () => database.close() };
}

/** One in four is charged twice under its key, one in five fails after it has charged, one in seven is given back. */
async function work(task: Task): Promise<Report> {
  const { orgId, count, price, name } = task;
  const { inWork, close } = await open(task);
  const go = new Promise((resolve) => process.once('message', resolve));
  process.send?.('ready');
  await go;
  const faults: string[] = [];
  const done = { charged: 0, refused: 0, givenBack: 0, receipts: [] as string[] };
  const step = async (at: number): Promise<void> => {
    const onceKey = `${name} ${at}`;
    const wanted = {
      orgId,
      price: { ...price, percent: 20, reverseCharge: false },
      onceKey,
      object: null,
      lines: [{ text: { fr: 'Un', en: 'One' }, netCents: price.netCents }],
    };
    const attempt = () => inWork((one) => charge(one, wanted));
    try {
      if (at % 5 === 0)
        await inWork(async (one) => {
          await charge(one, wanted);
          throw new RangeError('something else went wrong');
        }).catch((error: unknown) => {
          if (!(error instanceof RangeError)) throw error;
        });
      // of both at once one may be refused and the other not, when something was given back in between
      const both = await Promise.allSettled(at % 4 === 0 ? [attempt(), attempt()] : [attempt()]);
      const [first, again] = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      if (!first) throw (both[0] as PromiseRejectedResult).reason;
      if (again && first.entryId !== again.entryId) faults.push(`${onceKey} was charged twice`);
      done.charged += 1;
      done.receipts.push(first.receipt);
      if (at % 7 !== 0) return;
      const back = { chargeId: first.entryId, onceKey: `back ${onceKey}`, object: null };
      const { receipt } = await inWork((one) => giveBack(one, back));
      done.givenBack += 1;
      done.receipts.push(receipt);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'balance.low') done.refused += 1;
      else faults.push(String(error));
    }
  };
  await Promise.all(Array.from({ length: count }, (_, at) => step(at)));
  await close();
  return { ...done, faults };
}

function listen(): void {
  process.once('message', (task) => {
    const failed = (error: unknown): Report => ({
      ...{ charged: 0, refused: 0, givenBack: 0, receipts: [] },
      faults: [String(error)],
    });
    void work(task as Task)
      .catch(failed)
      .then((report) => {
        listen();
        process.send?.(report);
      });
  });
}
process.once('disconnect', () => process.exit(0));
listen();
process.send?.('started');
