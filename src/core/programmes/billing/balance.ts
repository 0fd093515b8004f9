/** An organisation's account at the desk: one number, kept as what is prepaid or what is owed, never both (G7). */
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { formatMoney } from '../../locales/format.js';
import { textsOf } from '../../locales/texts.js';
import { orgRef, writersTo } from '../parties/organisation.js';
import type { Balance, Tx } from '../../database/connect.js';

/** What an account may hold at most, in cents: the databases count to 2³¹. */
export const balanceAtMost = 2_000_000_000;

/** Prepaid less owed, in cents. */
export const balanceCentsOf = (row: Pick<Balance, 'prepaidCents' | 'receivableCents'>): number =>
  row.prepaidCents - row.receivableCents;

/** An organisation's account; one that was never used is empty, and no row is made for it. */
export async function balanceOf(tx: Tx, orgId: number): Promise<Balance> {
  const empty = { prepaidCents: 0, receivableCents: 0, creditCents: 0, thresholdCents: 0, toldAt: null };
  return (await tx.balance.findUnique({ where: { orgId } })) ?? { orgId, ...empty, currency: 'EUR' };
}

/** The account's row is there afterwards. Answers whether it was made now. */
export async function openBalance(tx: Tx, orgId: number): Promise<boolean> {
  return (await tx.$executeRaw`INSERT INTO "Balance" ("orgId") VALUES (${orgId}) ON CONFLICT ("orgId") DO NOTHING`) > 0;
}

/** How an account has changed, in cents. */
export interface Shift {
  /** By how much more is prepaid, and by how much more is owed. */
  readonly prepaidCents: number;
  readonly receivableCents: number;
  /** Prepaid less owed, afterwards. */
  readonly balanceCents: number;
}

/**
 * Moves an account: what comes in pays what is owed first, what goes out is taken of the prepaid first and then owed, up
 * to the credit. Guarded by its own condition: nothing happens, and nothing is answered, when it would go below the credit
 * or above what an account can hold. Warns when it falls below its threshold.
 */
export async function shift(work: Work, orgId: number, byCents: number): Promise<Shift | undefined> {
  let row = await moved(work.tx, orgId, byCents);
  if (!row && (await openBalance(work.tx, orgId))) row = await moved(work.tx, orgId, byCents);
  if (!row) return undefined;
  const [prepaid, receivable] = [Number(row.prepaidCents), Number(row.receivableCents)];
  const balanceCents = prepaid - receivable;
  const before = balanceCents - byCents;
  await watch(work, { orgId, balanceCents, thresholdCents: Number(row.thresholdCents), told: row.toldAt !== null });
  return {
    prepaidCents: prepaid - Math.max(before, 0),
    receivableCents: receivable - Math.max(-before, 0),
    balanceCents,
  };
}

interface Moved {
  readonly prepaidCents: number;
  readonly receivableCents: number;
  readonly thresholdCents: number;
  readonly toldAt: unknown;
}

async function moved(tx: Tx, orgId: number, byCents: number): Promise<Moved | undefined> {
  const [row] = await tx.$queryRaw<Moved[]>`
    UPDATE "Balance" SET
      "prepaidCents" = CASE WHEN "prepaidCents" - "receivableCents" + ${byCents} > 0
        THEN "prepaidCents" - "receivableCents" + ${byCents} ELSE 0 END,
      "receivableCents" = CASE WHEN "prepaidCents" - "receivableCents" + ${byCents} < 0
        THEN "receivableCents" - "prepaidCents" - ${byCents} ELSE 0 END
    WHERE "orgId" = ${orgId} AND "prepaidCents" + "creditCents" - "receivableCents" + ${byCents} >= 0
      AND "prepaidCents" - "receivableCents" <= ${balanceAtMost - Math.max(byCents, 0)}
    RETURNING "prepaidCents", "receivableCents", "thresholdCents", "toldAt"`;
  return row;
}

/** Tells an organisation once when its balance has fallen below its threshold, and again only after it was above. */
export async function watch(
  work: Work,
  at: { orgId: number; balanceCents: number; thresholdCents: number; told: boolean },
): Promise<void> {
  const { orgId, balanceCents, thresholdCents, told } = at;
  const low = thresholdCents > 0 && balanceCents < thresholdCents;
  if (low === told) return;
  await work.tx.balance.update({ where: { orgId }, data: { toldAt: low ? work.now : null } });
  if (!low) return;
  const { name } = await work.tx.organisation.findUniqueOrThrow({ where: { id: orgId }, select: { name: true } });
  for (const { email, personId, locale } of await writersTo(work.tx, orgId))
    work.send({
      channel: 'mail',
      letter: 'balance-low',
      recipient: email,
      personId,
      locale,
      object: orgRef(orgId),
      params: {
        company: name,
        balance: formatMoney(balanceCents, locale),
        threshold: formatMoney(thresholdCents, locale),
        accountUrl: `${work.desk.publicUrl}/me`,
      },
    });
}

/** What one payment, a credit or a threshold may be at most, in cents. */
export const topUpAtMost = 1_000_000_000;
export const creditAtMost = topUpAtMost;

/** @throws {Refusal} `input.invalid` naming `amount`, for more than can be */
export function refuseCredit(work: Pick<Work, 'locale'>, creditCents: number): void {
  if (creditCents > creditAtMost) throw outOfRange(work, { min: 0, max: creditAtMost });
}

/**
 * How much an organisation may owe. 0 takes its credit away.
 * @throws {Refusal} `input.invalid` naming `amount`, for less than it owes already or more than can be
 */
export async function grantCredit(work: Work, orgId: number, creditCents: number): Promise<void> {
  await openBalance(work.tx, orgId);
  const refused = async () =>
    outOfRange(work, { min: (await balanceOf(work.tx, orgId)).receivableCents, max: creditAtMost });
  if (creditCents > creditAtMost) throw await refused();
  const where = { orgId, receivableCents: { lte: creditCents } };
  const { count } = await work.tx.balance.updateMany({ where, data: { creditCents } });
  if (count !== 1) throw await refused();
}

/**
 * Below which balance an organisation wants to be warned; 0: never. Told at once when it is below already.
 * @throws {Refusal} `input.invalid` naming `amount`, for more than can be
 */
export async function setThreshold(work: Work, orgId: number, thresholdCents: number): Promise<void> {
  if (thresholdCents > creditAtMost) throw outOfRange(work, { min: 0, max: creditAtMost });
  await openBalance(work.tx, orgId);
  const row = await work.tx.balance.update({ where: { orgId }, data: { thresholdCents, toldAt: null } });
  await watch(work, { orgId, balanceCents: balanceCentsOf(row), thresholdCents, told: false });
}

/** An amount that an account can't take; told by what it could at most, or has to be at least. */
export const outOfRange = (work: Pick<Work, 'locale'>, range: { min: number; max: number }): Refusal => {
  const shown = { min: formatMoney(range.min, work.locale), max: formatMoney(range.max, work.locale) };
  return new Refusal('input.invalid', {}, { amount: textsOf(work.locale).faults.range(shown) });
};

/** More came in than an account can hold. */
export async function tooMuch(work: Work, orgId: number): Promise<Refusal> {
  return outOfRange(work, { min: 1, max: balanceAtMost - balanceCentsOf(await balanceOf(work.tx, orgId)) });
}
