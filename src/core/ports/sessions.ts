/** What the web door needs of the core beside commands: who is at the other end, and how they come in (invariant 7). */
import type { Dispatcher } from '../command/dispatch.js';
import { email as emailField } from '../command/dictionary.js';
import { Fault } from '../command/type.js';
import {
  chooseByLink,
  replaceFirst,
  requestLink,
  viewLink,
  type Choice,
  type LinkView,
  type Visitor,
} from '../programmes/parties/password-choice.js';
import { takeFile, viewFile, type LinkedFile } from '../programmes/parties/file-link.js';
import type { Upload } from '../command/type.js';
import {
  beginningFactor,
  confirmFactor,
  endFactor,
  giveCode,
  viewFactor,
  type CodeFault,
  type FactorView,
} from '../programmes/parties/second-factor.js';
import { endSession, findSession, type Session } from '../programmes/parties/session.js';
import { signingIn, type SignedIn, type SignInAttempt } from '../programmes/parties/sign-in.js';

export type { Choice, ChoiceFault, LinkView, Visitor } from '../programmes/parties/password-choice.js';
export type { LinkedFile } from '../programmes/parties/file-link.js';
export type { CodeFault, FactorView } from '../programmes/parties/second-factor.js';
export { passwordMin } from '../programmes/parties/password.js';
export type { Session } from '../programmes/parties/session.js';
export type { SignedIn, SignInAttempt } from '../programmes/parties/sign-in.js';

/** Somebody to be on the desk page. */
export interface KnownPerson {
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly organisations: readonly string[];
  readonly state: string;
}

export interface Sessions {
  /** Counts wrong tries; see parties/sign-in.ts. */
  signIn(attempt: SignInAttempt): Promise<SignedIn>;
  find(token: string): Promise<Session | undefined>;
  signOut(token: string): Promise<void>;
  /** What an open one-time link is for; nothing when it is used, late or unknown. Looking changes nothing. */
  viewLink(token: string): Promise<LinkView | undefined>;
  /** The same of a link to a file, for who has signed in; see parties/file-link.ts. */
  viewFile(asked: {
    token: string;
    personId: number | undefined;
  }): Promise<LinkedFile | 'ended' | 'sign-in' | undefined>;
  /** Hands the file over, once; nothing when the link has ended or is another's. */
  takeFile(asked: { token: string; personId: number }): Promise<Upload | undefined>;
  /** Chooses a password through a link and starts a session. */
  chooseByLink(given: Visitor & { link: string; password: string }): Promise<Choice>;
  /** Chooses a password in place of the first one; every other session ends. */
  replaceFirst(given: Visitor & { personId: number; password: string }): Promise<Choice>;
  /** `sent` also for an address that is nobody's; `faulty` when it is no address; `limited` by the place alone. */
  requestLink(given: Visitor & { email: string }): Promise<'sent' | 'faulty' | 'limited'>;
  /** The second factor, its person's own affair; see parties/second-factor.ts. */
  readonly factor: {
    view(personId: number): Promise<FactorView>;
    begin(given: Visitor & { personId: number; password: string }): Promise<{ ok: true } | CodeFault>;
    /** Every session ends; the recovery codes are told this once. */
    confirm(
      given: Visitor & { personId: number; code: string },
    ): Promise<{ ok: true; codes: readonly string[]; token: string } | CodeFault>;
    end(given: Visitor & { personId: number; code: string }): Promise<{ ok: true } | CodeFault>;
    /** The second half of signing in: a new session in place of the one that waited. */
    give(given: Visitor & { token: string; code: string }): Promise<{ ok: true; token: string } | CodeFault>;
  };
  /** A value bound to a secret that only one browser has: its forms carry it, another site's don't. */
  formMark(secret: string): string;
  /** For the desk page: everybody, most recent first. */
  people(atMost: number): Promise<readonly KnownPerson[]>;
}

export function createSessions({ desk, context }: Pick<Dispatcher, 'desk' | 'context'>): Sessions {
  const { database, secrets } = desk;

  /** As every field that takes an address understands it. */
  function address(typed: string): string | undefined {
    try {
      return emailField.type.parse(typed, context(desk.locale));
    } catch (fault) {
      if (fault instanceof Fault) return undefined;
      throw fault;
    }
  }

  const signIn = signingIn(desk);
  return {
    // what is no address is compared with nothing, and takes as long
    signIn: (attempt) => signIn({ ...attempt, email: address(attempt.email) ?? attempt.email }),
    find: (token) => findSession(desk, token),
    signOut: (token) => database.transact(({ tx }) => endSession(tx, desk, token)),
    viewLink: (token) => database.read((tx) => viewLink(tx, desk, token)),
    viewFile: (asked) => database.read((tx) => viewFile(tx, desk, asked)),
    takeFile: (asked) => takeFile(desk, asked),
    chooseByLink: (given) => chooseByLink(desk, given),
    replaceFirst: (given) => replaceFirst(desk, given),
    async requestLink(given) {
      const email = address(given.email);
      if (email === undefined) return 'faulty';
      return (await requestLink(desk, { ...given, email })) ? 'sent' : 'limited';
    },
    factor: {
      view: (personId) => database.read((tx) => viewFactor(tx, desk, personId)),
      begin: beginningFactor(desk),
      confirm: (given) => confirmFactor(desk, given),
      end: (given) => endFactor(desk, given),
      give: (given) => giveCode(desk, given),
    },
    formMark: (secret) => secrets.hash('form', secret),
    people: (atMost) =>
      database.read(async (tx) => {
        const rows = await tx.person.findMany({
          where: { operator: false, state: { not: 'erased' }, addresses: { some: {} } },
          include: { addresses: { where: { main: true } }, roles: true, memberships: { include: { org: true } } },
          orderBy: { id: 'desc' },
          take: atMost,
        });
        return rows.map((row) => ({
          name: [row.firstName, row.lastName].filter(Boolean).join(' '),
          email: row.addresses[0]?.email ?? '',
          roles: row.roles.map(({ role }) => role).sort(),
          organisations: row.memberships.map(({ org }) => org.name),
          state: row.state,
        }));
      }),
  };
}
