/** The world of the simulated year: a desk with an injected clock, organisations of several habits, and their domains. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { addCustomer } from '../../src/core/programmes/customers/customer.js';
import { plusDays } from '../../src/core/programmes/domains/life.js';
import type { Desk } from '../../src/core/guard/work.js';
import { workOf } from '../../src/core/jobs.js';
import { openDesk, type OpenDesk } from '../../src/core/open.js';
import { loadLetters, type Letters } from '../../src/core/letters/letters.js';
import { addDomains, fund } from '../core/renewal-ground.js';

export const timeZone = 'Europe/Paris';
/** The first day and the day after the last: the clocks change in between, twice. */
export const firstDay = '2027-01-01';
export const endDay = '2028-01-01';

/** The process is down on these days, the last one included. */
export const outages = [
  { from: '2027-04-10', to: '2027-04-12' },
  { from: '2027-09-18', to: '2027-09-20' },
] as const;

export const tlds = ['fr', 'com', 'eu', 'de', 'io'] as const;

/**
 * What an organisation does about its domains. `funded`: renewed automatically, with money; `filling`: with too little, and
 * a payment some days after each alert; `broke`: with too little, for ever; `manual`: renews what it is reminded of, sooner
 * or later; `lapsing`: never; `growing`: registers for new owners, of whom some never confirm their address; `silent`:
 * nobody in it can be written to.
 */
export type Habit = 'funded' | 'filling' | 'broke' | 'manual' | 'lapsing' | 'growing' | 'silent';
const habits: readonly Habit[] = [
  ...(['funded', 'funded', 'funded', 'filling', 'broke', 'manual'] as const),
  ...(['manual', 'manual', 'lapsing', 'growing', 'growing', 'silent'] as const),
];

export interface Org {
  readonly id: number;
  readonly habit: Habit;
  /** Its owner's; commands are asked in this name. */
  readonly email: string;
  /** Everybody who is written to for it. */
  readonly writers: readonly string[];
}

export interface World {
  readonly open: OpenDesk;
  readonly desk: Desk;
  readonly letters: Letters;
  readonly clock: { (): Date; set(at: Date): void };
  /** Between 0 and 1; the same in every run. */
  readonly random: () => number;
  readonly orgs: readonly Org[];
  /** What went wrong that must not: faults of commands and of jobs. */
  readonly faults: string[];
  /** Asks a command; answers its code. */
  ask(command: string, input: Readonly<Record<string, string>>, as?: string): Promise<string>;
  close(): Promise<void>;
}

export interface Scale {
  readonly domains: number;
  readonly registrations: number;
  /** Hours of the day at which the year looks; fewer are quicker. */
  readonly steps?: readonly number[];
  /** A migrated or new database; without it one is made and removed. */
  readonly url?: string;
}

/** Numbers that look random and are the same in every run (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const startOf = (day: string): Date => DateTime.fromISO(day, { zone: timeZone }).toJSDate();

export async function openWorld(scale: Scale): Promise<World> {
  const root = process.cwd();
  const dir = mkdtempSync(join(tmpdir(), 'guichet-year-'));
  const faults: string[] = [];
  let now = startOf(firstDay).getTime();
  const clock = Object.assign(() => new Date(now), { set: (at: Date) => void (now = at.getTime()) });
  const open = await openDesk(
    {
      ...{ ROOT: root, DATABASE_URL: scale.url ?? `file:${join(dir, 'guichet.db')}`, DATA_DIR: dir },
      ...{ CATALOGUE: join(root, 'catalogue'), LETTERS: join(root, 'letters') },
      ...{ PUBLIC_URL: 'http://127.0.0.1:8080', MAIL_FROM: 'guichet@localhost' },
      ...({ LOCALE: 'fr', TIME_ZONE: timeZone } as const),
    },
    {
      onFault: ({ command, error }) => void faults.push(`${command}: ${String(error)}`),
      clock,
      random: randomBytes,
    },
  );
  // nobody pulls the plug on this database, and waiting for the disk would be most of the year
  if (open.connection.provider === 'sqlite') await open.connection.writer.$queryRawUnsafe('PRAGMA synchronous = OFF');
  const ask: World['ask'] = async (command, input, as) => {
    const caller = { kind: 'operator' as const, ...(as === undefined ? {} : { as }) };
    return (await open.dispatcher.dispatch({ door: 'terminal', caller, command, input })).code;
  };
  const random = numbers(6);
  const { desk } = open;
  await ask('staff grant', { email: 'admin@vendor.example', role: 'admin' });
  const orgs: Org[] = [];
  for (const [at, habit] of habits.entries()) orgs.push(await addOrg({ desk, ask }, { at, habit }));
  await addPortfolios(desk, { orgs, count: scale.domains, random });
  return {
    ...{ open, desk, clock, random, orgs, faults, ask },
    letters: loadLetters(join(root, 'letters'), () => desk.catalogue.vendor),
    async close() {
      await open.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function addOrg(
  { desk, ask }: Pick<World, 'desk' | 'ask'>,
  { at, habit }: { at: number; habit: Habit },
): Promise<Org> {
  const email = `owner-${at}@${habit}.example`;
  await ask('reseller register', {
    email,
    'last-name': 'Roux',
    'first-name': `Camille ${at}`,
    company: `${habit} ${at}`,
    locale: at % 2 ? 'en' : 'fr',
  });
  const writers = [email];
  const id = await desk.database.transact(async ({ tx }) => {
    const address = await tx.address.findUniqueOrThrow({ where: { email }, include: { person: true } });
    const membership = await tx.membership.findFirstOrThrow({ where: { personId: address.personId } });
    if (habit === 'silent')
      await tx.membership.updateMany({ where: { orgId: membership.orgId }, data: { role: 'viewer' } });
    if (habit !== 'manual') return membership.orgId;
    // a second recipient
    const { orgId } = membership;
    const second = `manager-${at}@${habit}.example`;
    const createdAt = desk.clock();
    const person = await tx.person.create({
      data: {
        state: 'active',
        locale: 'en',
        createdAt,
        addresses: { create: { email: second, main: true, createdAt } },
      },
    });
    await tx.membership.create({ data: { ...membership, personId: person.id, orgId, role: 'manager' } });
    writers.push(second);
    return orgId;
  });
  const cents = { funded: 5_000_000, manual: 5_000_000, growing: 5_000_000, filling: 6_000, broke: 6_000 };
  if (habit in cents) await fund(desk, id, cents[habit as keyof typeof cents]);
  return { id, habit, email, writers: habit === 'silent' ? [] : writers };
}

/** Domains that run already, of every TLD in each organisation, ending all over the year. */
async function addPortfolios(
  desk: Desk,
  { orgs, count, random }: { orgs: readonly Org[]; count: number; random: () => number },
): Promise<void> {
  for (const org of orgs) {
    const share = Math.ceil(count / orgs.length);
    const email = `owners@${org.habit}-${org.id}.example`;
    const { id: customerId } = await desk.database.transact((unit) =>
      addCustomer(workOf(desk, unit), org.id, { type: 'individual', email, lastName: 'Petit', firstName: 'Lou' }),
    );
    await addDomains(
      desk,
      Array.from({ length: share }, (_, at) => ({
        name: `d${at}-${org.habit}-${org.id}.${tlds[at % tlds.length]}`,
        orgId: org.id,
        customerId,
        expiresOn: plusDays(firstDay, 1 + Math.floor(random() * 364)),
        autoRenew: org.habit === 'funded' || org.habit === 'filling' || org.habit === 'broke',
      })),
    );
  }
}
