/** What is booked for an organisation beyond the catalogue's limit a second person decides (SPEC 0, "Authority"). */
import type { FourEyes, SummaryBy } from '../../command/define.js';
import { amount } from '../../command/dictionary.js';
import { fieldLabel, heading } from '../../command/value.js';
import { noContext, type Amount } from '../../command/type.js';
import type { Work } from '../../guard/work.js';
import { formatMoney } from '../../locales/format.js';
import { namedOrg, orgRef } from '../parties/organisation.js';

export interface Booking {
  readonly reseller: string;
  readonly amount: Amount;
  readonly payment?: string;
}

const dayMs = 86_400_000;

/** Staff who are members of it book nothing for it alone: two hands, whatever the amount. */
export const isOwn = ({ actor }: Work, orgId: number): boolean =>
  actor.members.some((member) => member.orgId === orgId);

/** What the asker has booked for it within a day, in cents: several small ones are as good as a large one. */
export async function bookedToday({ tx, actor, now }: Work, orgId: number): Promise<number> {
  const since = new Date(now.getTime() - dayMs);
  const { _sum } = await tx.ledgerEntry.aggregate({
    where: { orgId, kind: 'topup', actorId: actor.personId, at: { gt: since } },
    _sum: { grossCents: true },
  });
  return _sum.grossCents ?? 0;
}

/** The organisation by name, and amounts as people write them. */
const summary: SummaryBy = async (tx, approvalId, { locale }) => {
  const { input, object } = await tx.approval.findUniqueOrThrow({ where: { id: approvalId } });
  const typed = JSON.parse(input) as { amount?: string; payment?: string };
  const org = await tx.organisation.findUnique({ where: { id: Number(object?.slice(2)) } });
  const { cents } = amount.type.parse(typed.amount ?? '0', noContext);
  return [
    { label: heading('org', locale), value: [object, org?.name].filter(Boolean).join(', ') },
    { label: fieldLabel('amount', locale), value: formatMoney(cents, locale) },
    ...(typed.payment === undefined ? [] : [{ label: fieldLabel('payment', locale), value: typed.payment }]),
  ];
};

/**
 * @param over whether it is beyond what the asker may book alone
 * @param refuse throws what is wrong with it, before anybody else is asked
 */
export const moneyEyes = <I extends Booking>(
  over: (work: Work, input: I) => Promise<boolean>,
  refuse: (work: Work, input: I) => Promise<void>,
): FourEyes<I> => ({
  needed: over,
  async hold(work, input) {
    await refuse(work, input);
    const { id } = await namedOrg(work, input.reseller);
    return { object: orgRef(id), content: id };
  },
  content: async (work, input) => (await namedOrg(work, input.reseller)).id,
  release: () => Promise.resolve(),
  same: ['reseller', 'amount', 'payment'],
  summary,
});
