/** `billing balance`, `billing threshold`, and what the vendor's own people book: payments and credit (G7). */
import { changedKeys } from '../../command/changes.js';
import { command, optional, required } from '../../command/define.js';
import { amount, payment, reseller } from '../../command/dictionary.js';
import type { Data } from '../../command/outcome.js';
import type { Work } from '../../guard/work.js';
import { askTax } from '../organisations/tax.js';
import { namedOrg, orgRef, ownOrg } from '../parties/organisation.js';
import type { Organisation } from '../../database/connect.js';
import { accountOf } from './account.js';
import {
  balanceCentsOf,
  balanceOf,
  grantCredit,
  outOfRange,
  refuseCredit,
  setThreshold,
  topUpAtMost,
} from './balance.js';
import { isBooked, topUp } from './ledger.js';
import { bookedToday, isOwn, moneyEyes, type Booking } from './second-person.js';

async function accountData({ tx }: Pick<Work, 'tx'>, org: Pick<Organisation, 'id' | 'name'>): Promise<Data> {
  const row = await balanceOf(tx, org.id);
  return {
    org: orgRef(org.id),
    name: org.name,
    prepaidCents: row.prepaidCents,
    receivableCents: row.receivableCents,
    creditCents: row.creditCents,
    balanceCents: balanceCentsOf(row),
    thresholdCents: row.thresholdCents,
    currency: row.currency,
  };
}

export const billingBalance = command({
  name: 'billing balance',
  help: { fr: 'Voir le solde de son compte', en: 'See the balance of one’s account' },
  who: ['member', 'staff'],
  reads: true,
  fields: [optional(reseller)],
  async run(work, input) {
    return { code: 'billing.balance', data: await accountData(work, await accountOf(work, input.reseller)) };
  },
});

export const billingThreshold = command({
  name: 'billing threshold',
  help: {
    fr: 'Être prévenu quand le solde passe sous ce montant (0 : plus jamais)',
    en: 'Be told when the balance falls below this amount (0: never)',
  },
  who: 'member',
  fields: [required(amount)],
  async run(work, input) {
    const { orgId, orgName } = ownOrg(work, { write: true });
    const org = { id: orgId, name: orgName };
    const detail = { thresholdCents: input.amount.cents };
    const changed = changedKeys(await accountData(work, org), detail);
    if (changed.length > 0) {
      await setThreshold(work, orgId, input.amount.cents);
      work.audit({ action: 'billing threshold', object: orgRef(orgId), detail });
    }
    const { balanceCents, thresholdCents, currency } = await accountData(work, org);
    const data = { org: orgRef(orgId), thresholdCents, balanceCents, currency, changed };
    return { code: 'billing.threshold-set', data };
  },
});

/** Whoever can buy from now on is put to staff, if it is from elsewhere: where it is taxed is theirs to confirm. */
async function taxAsked(work: Work, org: Organisation): Promise<Data> {
  const approval = await askTax(work, org);
  return approval === undefined ? {} : { taxRequest: work.made(approval) };
}

/** @throws {Refusal} `input.invalid` naming `amount` */
function refuseRange(work: Work, cents: number): void {
  if (cents < 1 || cents > topUpAtMost) throw outOfRange(work, { min: 1, max: topUpAtMost });
}

export const billingTopup = command({
  name: 'billing topup',
  help: {
    fr: 'Enregistrer un paiement reçu ; la même référence ne compte qu’une fois',
    en: 'Book a payment that has come in; the same reference counts once',
  },
  who: 'sales',
  fourEyes: moneyEyes<Booking>(
    async (work, input) => {
      const { id } = await namedOrg(work, input.reseller);
      if (await isBooked(work, input.payment ?? '')) return false;
      if (isOwn(work, id)) return true;
      return input.amount.cents + (await bookedToday(work, id)) > work.desk.catalogue.policy.limits.topUpAlone * 100;
    },
    async (work, { amount: { cents } }) => Promise.resolve(refuseRange(work, cents)),
  ),
  fields: [required(reseller), required(amount), required(payment)],
  async run(work, input) {
    const org = await namedOrg(work, input.reseller);
    const { id, name } = org;
    const { cents } = input.amount;
    refuseRange(work, cents);
    const { entryId, receipt, again } = await topUp(work, { orgId: id, cents, payment: input.payment });
    const entry = await work.tx.ledgerEntry.findUniqueOrThrow({ where: { id: entryId } });
    const detail = { payment: input.payment, amountCents: cents, receipt };
    if (!again) work.audit({ action: 'billing topup', object: orgRef(id), detail });
    return {
      code: 'billing.topped-up',
      data: {
        org: orgRef(id),
        name,
        payment: entry.object,
        amountCents: cents,
        balanceCents: entry.balanceCents,
        currency: entry.currency,
        receipt: again ? receipt : work.made(receipt),
        ...(again ? {} : await taxAsked(work, org)),
      },
    };
  },
});

export const billingCredit = command({
  name: 'billing credit',
  help: {
    fr: 'Fixer de combien une organisation peut être en dette (0 : rien)',
    en: 'Set how much an organisation may owe (0: nothing)',
  },
  who: 'sales',
  fourEyes: moneyEyes<Booking>(
    async (work, { reseller: named, amount: { cents } }) => {
      const { id } = await namedOrg(work, named);
      // to take some of it back shares no risk
      if (cents <= (await balanceOf(work.tx, id)).creditCents) return false;
      return isOwn(work, id) || cents > work.desk.catalogue.policy.limits.creditAlone * 100;
    },
    async (work, { amount: { cents } }) => Promise.resolve(refuseCredit(work, cents)),
  ),
  fields: [required(reseller), required(amount)],
  async run(work, input) {
    const org = await namedOrg(work, input.reseller);
    const detail = { creditCents: input.amount.cents };
    const changed = changedKeys(await accountData(work, org), detail);
    if (changed.length > 0) {
      await grantCredit(work, org.id, input.amount.cents);
      work.audit({ action: 'billing credit', object: orgRef(org.id), detail });
    }
    const asked = input.amount.cents > 0 ? await taxAsked(work, org) : {};
    return { code: 'billing.credit-set', data: { ...(await accountData(work, org)), changed, ...asked } };
  },
});
