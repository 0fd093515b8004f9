/** The row of an owner's address, changed only as its table of states allows (G4; STATES, "domain owner"). */
import { aboutAddress } from '../../guard/about.js';
import type { Work } from '../../guard/work.js';
import { endOwnerLinks } from '../parties/link.js';
import type { Customer, OwnerAddress, Tx } from '../../database/connect.js';
import { ownerStates, type OwnerState } from '../domains/states.js';

/**
 * An owner's address with its state by name. Its `dueAt` is the day on which what is still unconfirmed is suspended;
 * nothing when no such day is ahead.
 */
export type OwnerRow = OwnerAddress & { readonly state: OwnerState };

/** What is known of an address; nothing when nobody was ever asked. */
export const ownerOf = async (tx: Tx, email: string): Promise<OwnerRow | undefined> =>
  ((await tx.ownerAddress.findUnique({ where: { email } })) as OwnerRow | null) ?? undefined;

/** The row of an address, made where there is none. */
export async function ownerRow(
  { tx, now }: Pick<Work, 'tx' | 'now'>,
  { email, locale }: Pick<Customer, 'email' | 'locale'>,
): Promise<OwnerRow> {
  const known = await ownerOf(tx, email);
  if (known) return known;
  const data = { email, state: 'unverified' satisfies OwnerState, locale, createdAt: now };
  return (await tx.ownerAddress.create({ data })) as OwnerRow;
}

/** Whoever has signed in with an address has proven it already: it is an active person's. */
export const isProven = async (tx: Tx, email: string): Promise<boolean> =>
  (await tx.address.findUnique({ where: { email }, include: { person: true } }))?.person.state === 'active';

/** Whether the table has the move. */
export const leadsTo = (from: OwnerState, to: OwnerState): boolean =>
  (ownerStates[from] as readonly OwnerState[]).includes(to);

/** Changes a row that nobody has changed meanwhile (invariant 3); nothing when somebody has, or the table forbids it. */
export async function changeOwner(
  { tx }: Pick<Work, 'tx'>,
  row: OwnerRow,
  data: Partial<Omit<OwnerRow, 'email'>>,
): Promise<OwnerRow | undefined> {
  const { email, state, dueAt } = row;
  if (data.state && data.state !== state && !leadsTo(state, data.state)) return undefined;
  const { count } = await tx.ownerAddress.updateMany({ where: { email, state, dueAt }, data });
  return count === 1 ? { ...row, ...data } : undefined;
}

/**
 * The address is verified, and every customer that has it; what was suspended is not touched here.
 * @param by how it was: `link`, `account`, `registrar`
 * @returns nothing when it was verified before
 */
export async function noteVerified(work: Work, row: OwnerRow, by: string): Promise<OwnerRow | undefined> {
  const { tx, now } = work;
  await tx.customer.updateMany({
    where: { email: row.email, state: 'unverified' },
    data: { state: 'verified', updatedAt: now },
  });
  if (row.state === 'verified') return undefined;
  const verified = await changeOwner(work, row, { state: 'verified', verifiedAt: now, dueAt: null });
  if (!verified) return undefined;
  await endOwnerLinks(tx, row.email, now);
  const detail = { by, ip: work.ip ?? null, state: { before: row.state, after: verified.state } };
  work.audit({ action: 'owner verified', object: await aboutAddress(tx, row.email), detail });
  return verified;
}
