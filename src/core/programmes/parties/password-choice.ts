/** Choosing a password: instead of a first one, or through a mailed one-time link, which also makes new accounts (J7, X1). */
import { attemptsLeft, countAttempt } from '../../guard/limit.js';
import { personRef } from '../../guard/about.js';
import { identify } from '../../guard/identity.js';
import { createPerson } from '../../guard/person.js';
import { createWork, type Desk, type Work } from '../../guard/work.js';
import { formatInstant } from '../../locales/format.js';
import type { Locale } from '../../locales/locale.js';
import type { Tx } from '../../database/connect.js';
import type { Unit } from '../../database/transact.js';
import { mailPasswordLink } from './account.js';
import { endLinks, makeLink, openLink, spendLink } from './link.js';
import { hashChosen, hashFirst, passwordFault, type Chooser } from './password.js';
import { endSessionsOf, startSession } from './session.js';

/** `same`: the first password again; `ended`: the link is used or late; `closed`: the account no longer lets anybody in. */
export type ChoiceFault = NonNullable<Awaited<ReturnType<typeof passwordFault>>> | 'same' | 'ended' | 'closed';
export type Choice = { readonly ok: true; readonly token: string } | { readonly ok: false; readonly why: ChoiceFault };

export interface Visitor {
  readonly ip: string | undefined;
  readonly locale: Locale;
}

/** What the page behind an open link says. */
export interface LinkView {
  readonly email: string;
  /** Nobody's address yet: choosing a password makes the account. */
  readonly signUp: boolean;
  readonly expiresAt: Date;
}

const emailsOf = async (tx: Tx, personId: number): Promise<string[]> =>
  (await tx.address.findMany({ where: { personId }, orderBy: [{ main: 'desc' }, { email: 'asc' }] })).map(
    ({ email }) => email,
  );

/** Looking changes nothing: link scanners look too. */
export async function viewLink(tx: Tx, desk: Desk, token: string): Promise<LinkView | undefined> {
  const link = await openLink(tx, desk, { token, now: desk.clock() });
  if (link?.purpose !== 'password' && link?.purpose !== 'sign-up') return undefined;
  const email = link.personId === null ? link.email : (await emailsOf(tx, link.personId))[0];
  return email ? { email, signUp: link.purpose === 'sign-up', expiresAt: link.expiresAt } : undefined;
}

/** Keeps a chosen password: every session and link of the person ends, and the person is told. */
async function keep(
  work: Work,
  chosen: { personId: number; passwordHash: string; by: 'link' | 'first password' },
): Promise<string> {
  const { tx, desk, now } = work;
  const person = await tx.person.findUniqueOrThrow({ where: { id: chosen.personId } });
  await tx.person.update({
    where: { id: person.id },
    data: {
      passwordKind: 'chosen',
      passwordHash: chosen.passwordHash,
      passwordUntil: null,
      ...(person.state === 'invited' ? { state: 'active' } : {}),
    },
  });
  await endSessionsOf(tx, person.id);
  await endLinks(tx, person.id, now);
  const emails = await emailsOf(tx, person.id);
  // a link to sign up was mailed before the address was somebody's
  await tx.oneTimeLink.updateMany({ where: { email: { in: emails }, usedAt: null }, data: { usedAt: now } });
  const recipient = emails[0] ?? null;
  work.audit({
    action: 'password chosen',
    object: personRef(person.id),
    detail: {
      by: chosen.by,
      ip: work.ip ?? null,
      state: { before: person.state, after: person.state === 'invited' ? 'active' : person.state },
    },
  });
  // where there was none before, nothing has changed that the person could miss
  if (recipient !== null && person.passwordKind !== null) {
    const locale = person.locale as Locale;
    work.send({
      channel: 'mail',
      letter: 'password-changed',
      recipient,
      personId: person.id,
      locale,
      params: { when: formatInstant(now, desk.timeZone, locale) },
      object: recipient,
    });
  }
  return startSession(tx, desk, { personId: person.id, now });
}

const workOf = async (unit: Unit, desk: Desk, more: Visitor & { personId: number }): Promise<Work> =>
  createWork(unit, {
    desk,
    actor: await identify(unit.tx, { kind: 'session', personId: more.personId }),
    door: 'web',
    locale: more.locale,
    ip: more.ip,
  });

/** A password in place of the first one, by who has signed in with that. @returns the token of a new session */
export async function replaceFirst(
  desk: Desk,
  given: Visitor & { personId: number; password: string },
): Promise<Choice> {
  const { before, emails } = await desk.database.read(async (tx) => ({
    before: await tx.person.findUnique({ where: { id: given.personId } }),
    emails: await emailsOf(tx, given.personId),
  }));
  if (before?.passwordKind !== 'first' || before.passwordHash === null) return { ok: false, why: 'closed' };
  const { firstName, lastName, company } = before;
  const fault = await passwordFault(given.password, { emails, words: [firstName, lastName, company] });
  if (fault) return { ok: false, why: fault };
  if (desk.secrets.equal(before.passwordHash, hashFirst(desk.secrets, given.password)))
    return { ok: false, why: 'same' };
  const passwordHash = await hashChosen(given.password);
  return desk.database.transact(async (unit): Promise<Choice> => {
    const still = await unit.tx.person.findFirst({
      where: { id: given.personId, passwordKind: 'first', state: { in: ['invited', 'active'] } },
    });
    if (!still) return { ok: false, why: 'closed' };
    return {
      ok: true,
      token: await keep(await workOf(unit, desk, given), {
        personId: given.personId,
        passwordHash,
        by: 'first password',
      }),
    };
  });
}

/** What the desk knows of whoever has the address. */
async function chooserOf(desk: Desk, email: string): Promise<Chooser> {
  const known = await desk.database.read((tx) =>
    tx.address.findUnique({ where: { email }, include: { person: { include: { addresses: true } } } }),
  );
  if (!known) return { emails: [email] };
  const { addresses, firstName, lastName, company } = known.person;
  return { emails: addresses.map((one) => one.email), words: [firstName, lastName, company] };
}

/** A password through a link, which is used up only if all goes well. @returns the token of a new session */
export async function chooseByLink(desk: Desk, given: Visitor & { link: string; password: string }): Promise<Choice> {
  const view = await desk.database.read((tx) => viewLink(tx, desk, given.link));
  if (!view) return { ok: false, why: 'ended' };
  const fault = await passwordFault(given.password, await chooserOf(desk, view.email));
  if (fault) return { ok: false, why: fault };
  const passwordHash = await hashChosen(given.password);
  return desk.database.transact(async (unit): Promise<Choice> => {
    const now = desk.clock();
    const link = await openLink(unit.tx, desk, { token: given.link, now });
    if (!link) return { ok: false, why: 'ended' };
    const personId = link.personId ?? (await personOf(unit, desk, { ...given, email: link.email ?? '' }));
    const person = await unit.tx.person.findUniqueOrThrow({ where: { id: personId } });
    if (person.state !== 'invited' && person.state !== 'active') return { ok: false, why: 'closed' };
    // units run one after another: whoever opened it first in this transaction has it
    if (!(await spendLink(unit.tx, desk, { token: given.link, now }))) return { ok: false, why: 'ended' };
    return {
      ok: true,
      token: await keep(await workOf(unit, desk, { ...given, personId }), { personId, passwordHash, by: 'link' }),
    };
  });
}

/** Who has the address of a sign-up link: whoever it has become meanwhile, else a new person. */
async function personOf(unit: Unit, desk: Desk, given: Visitor & { email: string }): Promise<number> {
  const now = desk.clock();
  const known = await unit.tx.address.findUnique({ where: { email: given.email } });
  if (known) return known.personId;
  const personId = await createPerson(unit.tx, { email: given.email, locale: given.locale, state: 'active' }, now);
  (await workOf(unit, desk, { ...given, personId })).audit({
    action: 'person made',
    detail: { email: given.email, by: 'sign-up' },
  });
  return personId;
}

const hourMs = 3_600_000;
const linksToOne = { count: 5, windowMs: hourMs };
const linksFromOne = { count: 20, windowMs: hourMs };

/**
 * Mails a link to choose a password, or for an address that is nobody's one to sign up. Who asks never learns which.
 * @param given.email understood already: lower case, A-label
 * @returns false when this place has asked too often, whatever the addresses
 */
export async function requestLink(desk: Desk, given: Visitor & { email: string }): Promise<boolean> {
  return desk.database.transact(async (unit) => {
    const { tx } = unit;
    const now = desk.clock();
    if (given.ip !== undefined) {
      const key = `password links from ${given.ip}`;
      if ((await attemptsLeft(tx, key, { limit: linksFromOne, now })) <= 0) return false;
      await countAttempt(tx, key, now);
    }
    const known = await tx.address.findUnique({ where: { email: given.email }, include: { person: true } });
    const key = known ? `password link ${known.personId}` : `password link to ${given.email}`;
    if ((await attemptsLeft(tx, key, { limit: linksToOne, now })) <= 0) return true;
    await countAttempt(tx, key, now);
    const actor = await identify(tx, { kind: 'address', email: given.email });
    const work = createWork(unit, { desk, actor, door: 'web', locale: given.locale, ip: given.ip });
    work.audit({
      action: 'password link asked',
      object: known ? personRef(known.personId) : given.email,
      detail: { ip: given.ip ?? null, known: known !== null },
    });
    if (!known) await mailSignUp(work, given.email);
    else if (known.person.state === 'invited' || known.person.state === 'active') {
      await mailPasswordLink(work, {
        personId: known.personId,
        email: given.email,
        locale: known.person.locale as Locale,
        isNew: known.person.passwordKind === null,
      });
    }
    return true;
  });
}

async function mailSignUp(work: Work, email: string): Promise<void> {
  const link = await makeLink(work.tx, work.desk, { purpose: 'sign-up', email, now: work.now });
  work.send({
    channel: 'mail',
    letter: 'password-link',
    recipient: email,
    locale: work.locale,
    params: { until: formatInstant(link.expiresAt, work.desk.timeZone, work.locale), isNew: true },
    secret: { url: link.url },
    object: email,
  });
}
