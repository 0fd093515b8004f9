/**
 * A desk to test the core on: a database of its own, a clock that only moves when told, and commands asked as through
 * the terminal. Nothing of ours is replaced; the clock and, if wanted, randomness are given.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Outcome } from '../../src/core/command/outcome.js';
import type { Dispatcher } from '../../src/core/command/dispatch.js';
import type { RawInput } from '../../src/core/command/input.js';
import { replyTo } from '../../src/core/command/reply.js';
import { commands } from '../../src/core/programmes/index.js';
import type { Caller } from '../../src/core/guard/identity.js';
import type { Desk, Door } from '../../src/core/guard/work.js';
import { localeNames, type Locale } from '../../src/core/locales/locale.js';
import { textsOf } from '../../src/core/locales/texts.js';
import { openDesk, type DeskSettings, type OpenDesk } from '../../src/core/open.js';
import { Prisma, type Connection } from '../../src/core/database/connect.js';
import { sealPurpose } from '../../src/core/database/outbox.js';
import { createSecrets } from '../../src/core/secrets/secrets.js';
import type { TestDatabase, TestProvider } from '../servers/databases.js';

export const root = process.cwd();
export const secretKey = Buffer.alloc(32, 7);
export const startOfTime = new Date('2026-11-23T09:00:00.000Z');
export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** A clock that stands still between the steps of a test. */
export interface TestClock {
  (): Date;
  advance(ms: number): void;
  set(at: Date): void;
}

export function testClock(start = startOfTime): TestClock {
  let now = start.getTime();
  return Object.assign(() => new Date(now), {
    advance: (ms: number) => void (now += ms),
    set: (at: Date) => void (now = at.getTime()),
  });
}

export interface AskOptions {
  /** The operator speaks for this address. */
  readonly as?: string;
  readonly key?: string;
  readonly dryRun?: boolean;
  /** In place of the operator. */
  readonly caller?: Caller;
  readonly door?: Door;
  readonly ip?: string;
  readonly locale?: Locale;
  readonly progress?: (done: number, total: number) => void;
}

/** An outbox row as its channel gets it. */
export interface SentLetter {
  readonly id: number;
  readonly channel: string;
  readonly letter: string;
  readonly recipient: string;
  readonly personId: number | null;
  readonly locale: string;
  readonly object: string | null;
  readonly state: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Opened; empty once sent. */
  readonly secret: Readonly<Record<string, string>>;
}

export interface TestDesk {
  readonly open: OpenDesk;
  readonly desk: Desk;
  readonly connection: Connection;
  readonly clock: TestClock;
  readonly url: string;
  readonly settings: DeskSettings;
  /** Every answer so far, as JSON would show it. */
  readonly answers: Outcome[];
  /** Faults of ours; `close` fails when one was not taken out of here. */
  readonly faults: { reference: string; error: unknown; command: string }[];
  ask(command: string, input?: RawInput, options?: AskOptions): Promise<Outcome>;
  /** The same, for a step that has to go well: answers its data. */
  done(command: string, input?: RawInput, options?: AskOptions): Promise<Readonly<Record<string, unknown>>>;
  /** Everything queued so far, oldest first, or what was queued after the row of this id. */
  letters(after?: number): Promise<SentLetter[]>;
  /** What `work` queues. */
  queuedBy(work: () => Promise<unknown>): Promise<SentLetter[]>;
  /** Every row of every table, to see that nothing changed. */
  dump(): Promise<Record<string, unknown[]>>;
  /** A second process at the same database would open it so. */
  another(): Promise<OpenDesk>;
  close(): Promise<void>;
}

export interface TestDeskOptions {
  readonly clock?: TestClock;
  readonly random?: (count: number) => Buffer;
  /** Somewhere chat notices go. */
  readonly chat?: boolean;
  readonly locale?: Locale;
  readonly catalogue?: string;
  /** Who carries out what is ordered of a registry; `staff` unless told. */
  readonly registrar?: 'staff' | 'gandi';
  /** An empty, not yet migrated database. */
  readonly empty?: boolean;
}

export async function openTestDesk(provider: TestProvider, options: TestDeskOptions = {}): Promise<TestDesk> {
  const clock = options.clock ?? testClock();
  const database: TestDatabase = await (options.empty ? provider.empty() : provider.fresh());
  const folder = mkdtempSync(join(tmpdir(), 'guichet-desk-'));
  const settings: DeskSettings = {
    ROOT: root,
    DATABASE_URL: database.url,
    DATA_DIR: folder,
    SECRET_KEY: secretKey,
    CATALOGUE: options.catalogue ?? join(root, 'catalogue'),
    LETTERS: join(root, 'letters'),
    PUBLIC_URL: 'http://127.0.0.1:8080',
    MAIL_FROM: 'guichet@localhost',
    LOCALE: options.locale ?? 'fr',
    TIME_ZONE: 'Europe/Paris',
    ...(options.chat ? { DISCORD_TOKEN: 'unused' } : {}),
    ...(options.registrar ? { REGISTRAR: options.registrar } : {}),
  };
  const answers: Outcome[] = [];
  const faults: TestDesk['faults'] = [];
  const others: OpenDesk[] = [];
  const another = () =>
    openDesk(settings, { onFault: (fault) => void faults.push(fault), clock, random: options.random ?? randomBytes });
  const open = await another();
  const { connection, dispatcher, desk } = open;
  const secrets = createSecrets(secretKey);

  async function ask(command: string, input: RawInput = {}, more: AskOptions = {}): Promise<Outcome> {
    const {
      as,
      caller = { kind: 'operator' as const, ...(as === undefined ? {} : { as }) },
      door = 'terminal',
      ...rest
    } = more;
    const dispatched = () => dispatcher.dispatch({ door, caller, command, input, ...rest });
    // a command that only reads has no dry run: a proven address may become a person by it
    const isTrial = rest.dryRun && commands.find(command)?.reads === false;
    const outcome = await (isTrial ? takingNoNumber(connection, dispatched) : dispatched());
    answers.push(outcome);
    readable(outcome, { name: command, dispatcher });
    return outcome;
  }

  async function done(
    command: string,
    input: RawInput = {},
    more: AskOptions = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const outcome = await ask(command, input, more);
    if (!outcome.ok) throw new Error(`${command}: ${JSON.stringify(outcome)}`);
    return outcome.data;
  }

  async function letters(after = 0): Promise<SentLetter[]> {
    const rows = await connection.reader.outbox.findMany({ where: { id: { gt: after } }, orderBy: { id: 'asc' } });
    return rows.map((row) => ({
      id: row.id,
      channel: row.channel,
      letter: row.letter,
      recipient: row.recipient,
      personId: row.personId,
      locale: row.locale,
      object: row.object,
      state: row.state,
      params: JSON.parse(row.params) as Record<string, unknown>,
      secret: row.secret ? (JSON.parse(secrets.open(sealPurpose, row.secret)) as Record<string, string>) : {},
    }));
  }

  async function queuedBy(work: () => Promise<unknown>): Promise<SentLetter[]> {
    const last = (await connection.reader.outbox.findFirst({ orderBy: { id: 'desc' }, select: { id: true } }))?.id ?? 0;
    await work();
    return letters(last);
  }

  async function dump(): Promise<Record<string, unknown[]>> {
    const tables = Object.values(Prisma.ModelName);
    const rows = await Promise.all(
      tables.map((table) => connection.reader.$queryRawUnsafe<unknown[]>(`SELECT * FROM "${table}" ORDER BY 1, 2`)),
    );
    return Object.fromEntries(tables.map((table, at) => [table, rows[at] ?? []]));
  }

  return {
    open,
    desk,
    connection,
    clock,
    url: database.url,
    settings,
    answers,
    faults,
    ask,
    done,
    letters,
    queuedBy,
    dump,
    async another() {
      const other = await another();
      others.push(other);
      return other;
    },
    async close() {
      await Promise.all([open, ...others].map((one) => one.close()));
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
      expect(faults.map(({ command, error }) => ({ command, error }))).toEqual([]);
    },
  };
}

/** Of every table whose rows are numbered, the last number; of those that a dry run may add to, none. */
export async function numbersIn({ provider, reader }: Connection): Promise<Record<string, number>> {
  const last =
    provider === 'postgresql'
      ? Prisma.sql`SELECT sequencename AS "name", last_value AS "last" FROM pg_sequences`
      : Prisma.sql`SELECT "name", "seq" AS "last" FROM sqlite_sequence`;
  const rows = await reader.$queryRaw<{ name: string; last: bigint | number | null }[]>(last);
  const named = rows.map(({ name, last: number }) => [name.replace(/_id_seq$/, ''), Number(number)] as const);
  return Object.fromEntries(named.filter(([name, number]) => number > 0 && !triedTables.includes(name)));
}

/** A trial takes no number, on whichever database; where something else happens at the same time it can't be told. */
async function takingNoNumber<T>(connection: Connection, trial: () => Promise<T>): Promise<T> {
  const before = await numbersIn(connection);
  const outcome = await trial();
  expect(await numbersIn(connection), 'numbers that a trial took').toEqual(before);
  return outcome;
}

/** What the catalogue gives a name; nobody reads its id. */
const namedIds = (dispatcher: Dispatcher): ReadonlySet<string> => {
  const { productChoices, catalogueChoices } = dispatcher.context('fr');
  const sets = ['type', 'origin', 'generation', 'solution'] as const;
  const all = [...productChoices(true), ...sets.flatMap((set) => catalogueChoices(set))];
  // a word of ours may be spelled like an id of theirs
  const words = new Set(localeNames.flatMap((locale) => Object.values(textsOf(locale).states)));
  return new Set(
    all.map(({ id, names }) => (id === names.fr || id === names.en ? '' : id)).filter((id) => id && !words.has(id)),
  );
};

/** What happened, and what changed in the catalogue, is told as it is kept. */
const asKept = /^(?:audit|catalogue) /;

/**
 * No answer, in either language, says `undefined`, shows a gap where the data has a value, or tells a person an id or a
 * moment as machines write them.
 */
function readable(outcome: Outcome, { name, dispatcher }: { name: string; dispatcher: Dispatcher }): void {
  const command = commands.find(name);
  const ids = namedIds(dispatcher);
  for (const locale of localeNames) {
    const { headline, lines, tables, faults } = replyTo(outcome, { ...dispatcher.reader(locale), command });
    const shown = [
      ...lines.filter(({ said }) => !said).map(({ value }) => value),
      ...tables.flatMap(({ rows }) => rows.flat()),
      ...faults.map(({ text }) => text),
    ];
    expect([headline, ...shown].filter((text) => /undefined|\[object|NaN/.test(text))).toEqual([]);
    if (!asKept.test(name)) {
      expect(
        shown.filter((text) => ids.has(text) || /\d{4}-\d\d-\d\dT\d/.test(text)),
        name,
      ).toEqual([]);
      const headings = [...lines.map(({ label }) => label), ...tables.flatMap(({ columns }) => columns)];
      expect(
        headings.filter((label) => /^[a-z]+[A-Z]/.test(label)),
        name,
      ).toEqual([]);
    }
    // a dry run has no numbers yet
    if (!outcome.dryRun) expect(headline, name).not.toMatch(/–/);
    expect(headline.trim()).not.toBe('');
  }
}

/** The code of an outcome; shorter to compare, and a failure shows it. */
export const codeOf = (outcome: Outcome): string => outcome.code;

/** The faulty fields of a refusal. */
export const fieldsOf = (outcome: Outcome): readonly string[] => (outcome.ok ? [] : Object.keys(outcome.fields ?? {}));

let count = 0;
/** A new address. */
export const newEmail = (who = 'client'): string => `${who}.${(count += 1)}@example.org`;

export interface TestReseller {
  readonly email: string;
  /** `G-…`. */
  readonly ref: string;
  readonly id: number;
}

/** A registered reseller with units in stock: product → how many. */
export async function newReseller(
  desk: TestDesk,
  stock: Readonly<Record<string, number>> = {},
  more: { company?: string; locale?: Locale } = {},
): Promise<TestReseller> {
  const email = newEmail('reseller');
  const data = await desk.done('reseller register', {
    email,
    'last-name': 'Weber',
    'first-name': 'Ada',
    company: more.company ?? `Société ${count}`,
    ...(more.locale ? { locale: more.locale } : {}),
  });
  const ref = String(data['reseller']);
  for (const [product, quantity] of Object.entries(stock))
    await desk.done('stock receive', { reseller: ref, product, quantity, purchase: `P-${product}` });
  return { email, ref, id: Number(ref.slice(2)) };
}

/** Somebody with a staff role, made by the operator. */
export async function newStaff(desk: TestDesk, role: string): Promise<string> {
  const email = newEmail(role);
  await desk.done('staff grant', { email, role });
  return email;
}

/** The fields of a declaration; each call is about another client and order. */
export const declaring = (more: RawInput = {}): RawInput => ({
  product: 'pro',
  email: newEmail(),
  'last-name': 'Curie',
  'first-name': 'Irène',
  'order-number': `F-${(count += 1)}`,
  ...more,
});

/** The tables that a dry run may add to, where it tells something about somebody else: it is counted and audited. */
const triedTables = ['Attempt', 'Audit', 'AuditDetail', 'AuditHead'];

/** All of a dump but that. */
export const standing = (dump: Readonly<Record<string, unknown[]>>): Record<string, unknown[]> =>
  Object.fromEntries(Object.entries(dump).filter(([table]) => !triedTables.includes(table)));
