/** The clients' accounts that declarations link packs to: those that have the addresses, or new ones (J6, J7). */
import { createPeople, type NewPerson } from '../../guard/person.js';
import type { Work } from '../../guard/work.js';
import type { Locale } from '../../locales/locale.js';
import { hashFirst } from '../parties/password.js';
import { Prisma } from '../../database/connect.js';
import type { NewDeclaration } from './declaration.js';

export interface Client {
  readonly personId: number;
  readonly account: 'created' | 'existing';
  readonly locale: Locale;
  /** Nobody has signed in yet: a link to choose a password still helps. */
  readonly invited: boolean;
  /** Goes into the installer's letter and nowhere else. */
  readonly firstPassword: string | undefined;
  readonly passwordUntil: Date | undefined;
}

/** The client of each declaration, in their order: an account made for one is there for the next. */
export async function clientsOf(work: Work, givens: readonly NewDeclaration[]): Promise<Client[]> {
  const accounts = await accountsOf(work, givens);
  const making: NewAccount[] = [];
  const found = givens.map((given): { account: Account; first?: NewAccount } => {
    const account = accounts.get(given.email);
    if (account) return { account };
    const first = newAccount(work, given);
    making.push(first);
    accounts.set(given.email, first);
    return { account: first, first };
  });
  const ids = await createPeople(
    work.tx,
    making.map(({ person }) => person),
    work.now,
  );
  for (const [at, account] of making.entries()) account.id = ids[at] ?? 0;
  return found.map(({ account, first }, at) => ({
    personId: account.id,
    account: first ? 'created' : 'existing',
    locale: givens[at]?.locale ?? account.locale,
    invited: account.state === 'invited',
    firstPassword: first?.firstPassword,
    passwordUntil: first?.person.passwordUntil,
  }));
}

interface Account {
  readonly id: number;
  readonly locale: Locale;
  readonly state: string;
}

interface NewAccount extends Account {
  id: number;
  readonly person: NewPerson;
  readonly firstPassword: string | undefined;
}

async function accountsOf({ tx }: Work, givens: readonly NewDeclaration[]): Promise<Map<string, Account>> {
  const rows = await tx.$queryRaw<(Account & { email: string })[]>`
    SELECT a."email", p."id", p."locale", p."state" FROM "Address" a JOIN "Person" p ON p."id" = a."personId"
    WHERE a."email" IN (${Prisma.join(givens.map(({ email }) => email))})`;
  return new Map(rows.map((row) => [row.email, { id: Number(row.id), locale: row.locale, state: row.state }]));
}

function newAccount({ desk, now }: Work, given: NewDeclaration): NewAccount {
  const { policy, vendor } = desk.catalogue;
  const firstPassword = given.takeover && vendor.credentials === 'password' ? desk.secrets.password() : undefined;
  const password = firstPassword && {
    passwordHash: hashFirst(desk.secrets, firstPassword),
    passwordUntil: new Date(now.getTime() + policy.times.firstPasswordDays * 86_400_000),
  };
  const { email, lastName, firstName, locale = desk.locale } = given;
  const state = 'invited';
  return { id: 0, locale, state, person: { email, lastName, firstName, locale, state, ...password }, firstPassword };
}
