/**
 * A domain owner's address as registries ask it to be verified (G4): one row for everything that has it. Asked once, by a
 * mail with a link; what nobody has confirmed in time is suspended (clockwork.ts), and a click lifts that. With the
 * registrar's own API as port (`gandi`) all this is the registrar's: what it says is noted, and no mail is ours.
 */
import { aboutAddress } from '../../guard/about.js';
import { attemptsLeft, countAttempt } from '../../guard/limit.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { endOwnerLinks } from '../parties/link.js';
import type { Customer } from '../../database/connect.js';
import type { DomainRow } from '../domains/domain.js';
import { changeOwner, isProven, leadsTo, noteVerified, ownerOf, ownerRow, type OwnerRow } from './address.js';
import { heldBy } from './held.js';
import { mailOwner, tellOrganisations } from './letters.js';
import { orderResumption } from './suspension.js';
import type { OwnerState } from '../domains/states.js';
import { orderTask } from '../domains/tasks.js';

export { ownerOf, type OwnerRow } from './address.js';

type Owner = Pick<Customer, 'email' | 'locale'>;

const dayMs = 86_400_000;
const mailsAnHour = { count: 5, windowMs: 3_600_000 };

/** The days begin: a mail with a link goes out, reminders and the last day count from now. */
async function startAsking(work: Work, row: OwnerRow, locale: string): Promise<OwnerRow> {
  const { tx, now, desk } = work;
  const asked = await changeOwner(work, row, {
    ...(row.state === 'unverified' ? { state: 'pending' } : {}),
    ...{ locale, askedAt: now, reminders: 0 },
    dueAt: new Date(now.getTime() + desk.catalogue.policy.times.ownerVerificationDays * dayMs),
  });
  if (!asked) return row;
  await endOwnerLinks(tx, row.email, now);
  await mailOwner(work, asked, { letter: 'owner-verification' });
  const detail = { state: { before: row.state, after: asked.state } };
  work.audit({ action: 'owner asked', object: await aboutAddress(tx, row.email), detail });
  return asked;
}

/**
 * Asks the owner of a domain that has become active, where its TLD wants that. Idempotent: nothing for an address that is
 * verified or waits already, and one proven otherwise is verified without a mail.
 */
export async function askOwner(
  work: Work,
  { domain, customer }: { domain: Pick<DomainRow, 'id'>; customer: Owner },
): Promise<OwnerRow> {
  const row = await ownerRow(work, customer);
  if (row.state === 'verified') {
    await noteVerified(work, row, 'known');
    return row;
  }
  if (work.desk.registrar === 'gandi') {
    if (row.state !== 'unverified') return row;
    return (await changeOwner(work, row, { state: 'pending', askedAt: work.now })) ?? row;
  }
  if (await isProven(work.tx, row.email)) return proven(work, row);
  if (row.dueAt !== null) {
    // days that began before any domain depended on them are not this one's
    const held = await heldBy(work, row.email);
    if (row.state !== 'pending' || held.some(({ id }) => id !== domain.id)) return row;
  }
  return startAsking(work, row, customer.locale);
}

/** Verified without a mail; the organisations are told only of what was suspended. */
async function proven(work: Work, row: OwnerRow): Promise<OwnerRow> {
  if (row.state === 'overdue') await confirmOwner(work, row.email, 'account');
  else await noteVerified(work, row, 'account');
  return (await ownerOf(work.tx, row.email)) ?? row;
}

/**
 * The address is verified, with every customer that has it: what was to be suspended is not, the end of what is suspended
 * is ordered, and the organisations are told.
 * @param by how it was: `link` or `account`
 * @returns false when it was verified before, or nobody was ever asked
 */
export async function confirmOwner(work: Work, email: string, by = 'link'): Promise<boolean> {
  const row = await ownerOf(work.tx, email);
  const verified = row && (await noteVerified(work, row, by));
  if (!verified) return false;
  const ordered = await orderResumption(work, email);
  await tellOrganisations(work, verified, { letter: 'owner-verified', ordered });
  return true;
}

/** @throws {Refusal} `rate.limited` after five mails an hour to one address */
async function limitMails({ tx, now }: Work, email: string): Promise<void> {
  const key = `owner mail to ${email}`;
  if ((await attemptsLeft(tx, key, { limit: mailsAnHour, now })) <= 0)
    throw new Refusal('rate.limited', { minutes: 60 });
  await countAttempt(tx, key, now);
}

/**
 * Mails the link again, in place of those before; whoever was never asked is asked now. Not to an address that is
 * verified, nor to one proven otherwise, which is verified by this. With port `gandi` the registrar is asked to write.
 * @param more.domain whose registrar is to write
 * @returns how the address stands now
 * @throws {Refusal} `rate.limited`
 */
export async function resendOwner(work: Work, customer: Owner, more: { domain?: DomainRow } = {}): Promise<OwnerRow> {
  const { tx, now, desk } = work;
  const row = await ownerRow(work, customer);
  if (row.state === 'verified') {
    await noteVerified(work, row, 'known');
    // a customer with suspended domains may have got this address since
    if (desk.registrar === 'staff') await orderResumption(work, row.email);
    return row;
  }
  if (desk.registrar === 'staff' && (await isProven(tx, row.email))) return proven(work, row);
  await limitMails(work, row.email);
  if (desk.registrar === 'gandi') {
    const kept = row.state === 'unverified' ? await changeOwner(work, row, { state: 'pending', askedAt: now }) : row;
    if (more.domain) await orderTask(work, { domain: more.domain, kind: 'owner-mail' });
    return kept ?? row;
  }
  if (row.state === 'unverified') return startAsking(work, row, customer.locale);
  await endOwnerLinks(tx, row.email, now);
  await mailOwner(work, row, { letter: 'owner-verification' });
  return row;
}

/** What the registrar says of an address (port `gandi`): noted, and told to the organisations; nothing is ordered. */
export async function noteRegistrarOwner(
  work: Work,
  { email, state }: { email: string; state: Exclude<OwnerState, 'unverified'> },
): Promise<void> {
  const known = await ownerOf(work.tx, email);
  const customer = known ?? (await work.tx.customer.findFirst({ where: { email }, select: { locale: true } }));
  if (!customer) return;
  const row = await ownerRow(work, { email, locale: customer.locale });
  if (row.state === state) return;
  if (state === 'verified') {
    const verified = await noteVerified(work, row, 'registrar');
    if (verified) await tellOrganisations(work, verified, { letter: 'owner-verified' });
    return;
  }
  const asked =
    row.state === 'unverified' ? await changeOwner(work, row, { state: 'pending', askedAt: work.now }) : row;
  if (state !== 'overdue' || !asked || !leadsTo(asked.state, 'overdue')) return;
  const overdue = await changeOwner(work, asked, { state: 'overdue', dueAt: null });
  if (overdue) await tellOrganisations(work, overdue, { letter: 'owner-overdue' });
}
