/** `domain register` and `domain transfer`: a domain for a customer, paid from the balance (G2, G3). */
import { command, optional, required } from '../../command/define.js';
import { authCode, autoRenew, customer, domain, maxPrice, tags, years } from '../../command/dictionary.js';
import type { Done } from '../../command/outcome.js';
import type { Amount } from '../../command/type.js';
import { customerRef, ownerName, partyOptionalUses, suggestCustomers, type PartyInput } from '../customers/customer.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { vatAhead } from '../parties/vat.js';
import type { Tld } from '../../catalogue/domains-shape.js';
import { distinctTags } from '../../database/tags.js';
import { customerWords, domainSearch, freeName, ownerColumns, unicodeName, type DomainRow } from './domain.js';
import { buyerOf, checkParty, type OwnerChoice, type Buyer } from './owning.js';
import { mustCostAtMost, priceOf, soldTld, sumsOf } from './price.js';
import { orderTask, taskRef } from './tasks.js';

const forWhom = required(customer, { suggest: suggestCustomers });

interface Ordering extends PartyInput {
  readonly domain: string;
  readonly customer: string;
  readonly years?: number | undefined;
  readonly authCode?: string | undefined;
  readonly autoRenew?: boolean | undefined;
  readonly maxPrice?: Amount | undefined;
  readonly tags?: readonly string[] | undefined;
}

function askedOf(input: Ordering, kind: OwnerChoice['kind']): OwnerChoice {
  const { type, email, lastName, firstName, company, vat, street, zip, city, country, phone, locale } = input;
  const named = { type, email, lastName, firstName, company, vat, street, zip, city, country, phone, locale };
  return { customer: input.customer, party: named, kind };
}

/** @throws {Refusal} `input.invalid` on `years` */
function checkYears(work: Work, tld: Tld, wanted: number): void {
  const { min, max } = tld.years;
  if (wanted >= min && wanted <= max) return;
  const fault = textsOf(work.locale).domains.years({ tld: unicodeName(tld.tld), min, max });
  throw new Refusal('input.invalid', {}, { years: fault });
}

/** Everything that is wrong with the form, at once. */
function checkForm(work: Work, input: Ordering, asked: OwnerChoice): void {
  const fields: Record<string, string> = {};
  const missing: string[] = [];
  const check = (run: () => void) => {
    try {
      run();
    } catch (refusal) {
      if (!(refusal instanceof Refusal) || refusal.code !== 'input.invalid') throw refusal;
      Object.assign(fields, refusal.fields);
      if (Array.isArray(refusal.params['missing'])) missing.push(...(refusal.params['missing'] as string[]));
    }
  };
  check(() => {
    const tld = soldTld(work, input.domain);
    if (asked.kind === 'register') checkYears(work, tld, input.years ?? tld.years.min);
  });
  check(() => checkParty(work, asked));
  if (Object.keys(fields).length > 0) throw new Refusal('input.invalid', { missing }, fields);
}

/** Its row, which holds the name from now on. */
async function requested(work: Work, input: Ordering, { org, customer: owner }: Buyer): Promise<DomainRow> {
  const { tx, now } = work;
  const kept = distinctTags(input.tags ?? []);
  const row = await tx.domain.create({
    data: {
      ...{ name: input.domain, heldName: input.domain, tld: soldTld(work, input.domain).tld },
      ...{ orgId: org.id, customerId: owner.id, ...ownerColumns(owner), state: 'requested' },
      autoRenew: input.autoRenew ?? false,
      tags: JSON.stringify(kept),
      searchText: domainSearch({ name: input.domain, tags: kept, customer: customerWords(owner) }),
      ...{ createdAt: now, updatedAt: now },
    },
  });
  return { ...row, state: 'requested' };
}

async function order(work: Work, input: Ordering, kind: 'register' | 'transfer'): Promise<Done> {
  const asked = askedOf(input, kind);
  checkForm(work, input, asked);
  const buyer = await buyerOf(work, asked);
  await freeName(work, input.domain);
  const wanted = input.years ?? soldTld(work, input.domain).years.min;
  const price = priceOf(work, { name: input.domain, kind, years: wanted, org: buyer.org });
  mustCostAtMost(work, { name: input.domain, price, mostCents: input.maxPrice?.cents });
  const row = await requested(work, input, buyer);
  const task = await orderTask(work, { domain: row, kind, price, years: price.years, secret: input.authCode });
  const number = customerRef(buyer.customer.id);
  return {
    code: 'domain.requested',
    data: {
      domain: row.name,
      unicode: unicodeName(row.name),
      customer: buyer.made ? work.made(number) : number,
      owner: ownerName(buyer.customer),
      task: work.made(taskRef(task.id)),
      state: row.state,
      years: price.years,
      ...sumsOf(price),
      autoRenew: row.autoRenew,
    },
  };
}

export const domainRegister = command({
  name: 'domain register',
  help: {
    fr: 'Enregistrer un domaine pour un client, ou pour soi-même',
    en: 'Register a domain for a customer, or for oneself',
  },
  who: 'member',
  fields: [
    required(domain),
    forWhom,
    optional(years),
    optional(autoRenew),
    optional(maxPrice),
    optional(tags),
    ...partyOptionalUses,
  ],
  ahead: vatAhead,
  run: (work, input) => order(work, input, 'register'),
});

export const domainTransfer = command({
  name: 'domain transfer',
  help: {
    fr: 'Faire venir un domaine d’un autre bureau, avec son code de transfert',
    en: 'Bring a domain here from another registrar, with its transfer code',
  },
  who: 'member',
  fields: [
    required(domain),
    forWhom,
    required(authCode),
    optional(autoRenew),
    optional(maxPrice),
    optional(tags),
    ...partyOptionalUses,
  ],
  ahead: vatAhead,
  run: (work, input) => order(work, input, 'transfer'),
});
