/**
 * What is behind the link that verifies an owner's address (G4): whoever has it needs no account. Looking changes nothing,
 * so that a program that follows links confirms nothing.
 */
import { z } from 'zod';
import { identify } from '../../guard/identity.js';
import { Refusal } from '../../guard/refusal.js';
import { createWork, type Desk, type Work } from '../../guard/work.js';
import { localeOf, type Locale } from '../../locales/locale.js';
import { anyLink, spendLink } from '../parties/link.js';
import type { Tx } from '../../database/connect.js';
import type { Unit } from '../../database/transact.js';
import { unicodeName } from '../domains/domain.js';
import { confirmOwner, ownerOf, resendOwner, type OwnerRow } from './owner.js';
import { caringFor, heldBy } from './held.js';

/** What the page says of an address that is still to be confirmed. */
export interface ShownOwner {
  readonly email: string;
  /** As they are written; none when only the address is asked for. */
  readonly domains: readonly string[];
  /** Who looks after them. */
  readonly companies: readonly string[];
  /** When the link ends. */
  readonly until: Date;
  /** The day on which what is unconfirmed is suspended; nothing when none is ahead. */
  readonly due: Date | undefined;
  /** That day is past. */
  readonly late: boolean;
}

/**
 * What a link is: `open`, to be confirmed; `verified`, there is nothing left to do; `ended`, another can be asked for;
 * `registrar`, the registrar verifies addresses itself. In the owner's language.
 */
export type OwnerView = { readonly locale: Locale } & (
  | { readonly is: 'open'; readonly shown: ShownOwner }
  | { readonly is: 'verified' | 'ended' | 'registrar'; readonly email: string }
);

export interface OwnerVisit {
  readonly token: string;
  readonly ip: string | undefined;
}

const contentShape = z.strictObject({ email: z.string() });

interface Found {
  readonly row: OwnerRow;
  readonly until: Date;
  readonly ended: boolean;
  readonly locale: Locale;
}

/** Nothing when the link is for something else, or unknown. */
async function find(tx: Tx, desk: Desk, token: string): Promise<Found | undefined> {
  const link = await anyLink(tx, desk, { token, now: desk.clock() });
  if (link?.purpose !== 'owner') return undefined;
  const { email } = contentShape.parse(JSON.parse(link.content ?? ''));
  const row = await ownerOf(tx, email);
  return row && { row, until: link.expiresAt, ended: link.ended, locale: localeOf(row.locale, desk.locale) };
}

/** What a page shows; nothing when the link is for something else. Changes nothing. */
export async function viewOwner(tx: Tx, desk: Desk, token: string): Promise<OwnerView | undefined> {
  const found = await find(tx, desk, token);
  if (!found) return undefined;
  const { row, until, ended, locale } = found;
  const { email } = row;
  if (row.state === 'verified') return { is: 'verified', locale, email };
  if (desk.registrar === 'gandi') return { is: 'registrar', locale, email };
  if (ended) return { is: 'ended', locale, email };
  const reading = { tx, desk, now: desk.clock() };
  const domains = (await heldBy(reading, email)).map(({ name }) => unicodeName(name));
  const companies = (await caringFor(reading, email)).map(({ name }) => name);
  const due = domains.length > 0 ? (row.dueAt ?? undefined) : undefined;
  const late = row.state === 'overdue' && row.dueAt === null;
  return { is: 'open', locale, shown: { email, domains, companies, until, due, late } };
}

/** The link proves the address, and nothing else of whoever holds it. */
const workOf = async (
  unit: Unit,
  desk: Desk,
  given: { email: string; locale: Locale; ip: string | undefined },
): Promise<Work> =>
  createWork(unit, {
    desk,
    actor: await identify(unit.tx, { kind: 'address', email: given.email }),
    door: 'web',
    locale: given.locale,
    ip: given.ip,
  });

/**
 * The owner confirms; once, however many forms are sent at the same time.
 * @returns what the link is afterwards: `verified` also for whoever came second; nothing when it is for something else
 */
export async function confirmByLink(desk: Desk, { token, ip }: OwnerVisit): Promise<OwnerView | undefined> {
  return desk.database.transact(async (unit) => {
    const { tx } = unit;
    const found = await find(tx, desk, token);
    if (!found) return undefined;
    const { email } = found.row;
    if (desk.registrar === 'staff' && (await spendLink(tx, desk, { token, now: desk.clock() })))
      await confirmOwner(await workOf(unit, desk, { email, ip, locale: found.locale }), email);
    return viewOwner(tx, desk, token);
  });
}

/**
 * Mails another link in place of one that has ended, to the same address.
 * @returns `sent`; `limited` after too many; nothing when there is nothing to send: see what the link is
 */
export async function renewLink(desk: Desk, { token, ip }: OwnerVisit): Promise<'sent' | 'limited' | undefined> {
  return desk.database.transact(async (unit) => {
    const found = await find(unit.tx, desk, token);
    if (!found?.ended || found.row.state === 'verified' || desk.registrar !== 'staff') return undefined;
    const work = await workOf(unit, desk, { email: found.row.email, ip, locale: found.locale });
    try {
      const row = await resendOwner(work, found.row);
      return row.state === 'verified' ? undefined : 'sent';
    } catch (refusal) {
      if (refusal instanceof Refusal && refusal.code === 'rate.limited') return 'limited';
      throw refusal;
    }
  });
}
