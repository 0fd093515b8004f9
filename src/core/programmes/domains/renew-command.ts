/** `domain renew`: one at once, several previewed, all of them or none (G6). */
import { balanceCentsOf, balanceOf } from '../billing/balance.js';
import { command, optional, required, type Input } from '../../command/define.js';
import { domains, maxPrice, years } from '../../command/dictionary.js';
import { oncePerWork } from '../../command/table.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { formatMoney } from '../../locales/format.js';
import type { Organisation } from '../../database/connect.js';
import { unicodeName } from './domain.js';
import { eachNamed } from './named.js';
import { mustCostAtMost, sumsOf } from './price.js';
import { orderRenewal, renewalOf, type Renewal } from './renewal.js';
import { taskRef } from './task.js';
import { tellStaff, type TaskOf } from './notices.js';

const fields = [required(domains), optional(years), optional(maxPrice)] as const;
type RenewInput = Input<typeof fields>;

interface Plan {
  readonly renewals: readonly Renewal[];
}

/** What would be ordered; with everything that speaks against it, money included. */
const planned = oncePerWork(async (work: Work, input: RenewInput): Promise<Plan> => {
  const orgs = new Map<number, Organisation>();
  const buyer = async (id: number): Promise<Organisation> => {
    const org = orgs.get(id) ?? (await work.tx.organisation.findUniqueOrThrow({ where: { id } }));
    orgs.set(id, org);
    return org;
  };
  const renewals = await eachNamed(work, input.domains, async (domain) => {
    const renewal = await renewalOf(work, domain, { org: await buyer(domain.orgId), years: input.years });
    mustCostAtMost(work, { name: domain.name, price: renewal.price, mostCents: input.maxPrice?.cents });
    return renewal;
  });
  for (const org of orgs.values()) await mustAfford(work, org, renewals);
  return { renewals };
});

/** @throws {Refusal} `balance.low` with what all of them cost, not the first that is too much */
async function mustAfford(work: Work, { id }: Organisation, renewals: readonly Renewal[]): Promise<void> {
  const own = renewals.filter(({ domain }) => domain.orgId === id);
  const cents = own.reduce((sum, { price }) => sum + price.grossCents, 0);
  const account = await balanceOf(work.tx, id);
  const has = balanceCentsOf(account);
  if (cents === 0 || has + account.creditCents >= cents) return;
  const [amount, balance] = [formatMoney(cents, work.locale), formatMoney(has, work.locale)];
  throw new Refusal('balance.low', { amount, balance });
}

const itemOf = ({ domain, kind, years: count, price, expiresOn, until }: Renewal) => ({
  domain: domain.name,
  unicode: unicodeName(domain.name),
  kind,
  years: count,
  expiresOn,
  until,
  ...{ netCents: price.netCents, vatCents: price.vatCents, grossCents: price.grossCents },
});

const totals = (renewals: readonly Renewal[]) => {
  const sum = (key: 'netCents' | 'vatCents' | 'grossCents') => renewals.reduce((all, { price }) => all + price[key], 0);
  return {
    total: renewals.length,
    ...sumsOf({ netCents: sum('netCents'), vatCents: sum('vatCents'), grossCents: sum('grossCents'), currency: 'EUR' }),
  };
};

export const domainRenew = command({
  name: 'domain renew',
  help: {
    fr: 'Renouveler un domaine, ou plusieurs après aperçu ; un domaine supprimé est d’abord restauré',
    en: 'Renew a domain, or several after a preview; a deleted one is restored first',
  },
  who: 'member',
  fields,
  async preview(work, input) {
    const { renewals } = await planned(work, input);
    // one is ordered at once
    if (renewals.length < 2) return undefined;
    const items = renewals.map(itemOf);
    return { code: 'domain.previewed', data: { items, ...totals(renewals) }, basis: items };
  },
  async run(work, input) {
    const { renewals } = await planned(work, input);
    const ordered: TaskOf[] = [];
    for (const renewal of renewals)
      ordered.push({ domain: renewal.domain, task: await orderRenewal(work, renewal, { quiet: true }) });
    if (work.desk.registrar === 'staff') await tellStaff(work, ordered);
    const items = renewals.map((renewal, at) => ({
      ...itemOf(renewal),
      task: work.made(taskRef(ordered[at]?.task.id ?? 0)),
    }));
    return { code: 'domain.renewed', data: { items, ...totals(renewals) } };
  },
});
