/** `domain resend-validation`, `customer resend-verification`: the mail that verifies an owner's address, once more (G4). */
import { command, required } from '../../command/define.js';
import { customerNumber, domain } from '../../command/dictionary.js';
import { customerRef, findCustomer, mustWrite, suggestCustomers } from '../customers/customer.js';
import { isStaff } from '../../guard/identity.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import type { Customer } from '../../database/connect.js';
import { findDomain, standingOf, tldOfRow, unicodeName, wrongState, type DomainRow } from '../domains/domain.js';
import { resendOwner } from './owner.js';
import { heldBy } from './held.js';

/** Where somebody could still lose or get back a domain. */
const running: readonly string[] = ['active', 'suspended', 'expired', 'redemption'];

export const domainResendValidation = command({
  name: 'domain resend-validation',
  help: {
    fr: 'Renvoyer au propriétaire d’un domaine le courrier qui vérifie son adresse',
    en: 'Send a domain’s owner the mail that verifies the address again',
  },
  who: ['member', 'staff'],
  fields: [required(domain)],
  async run(work, input) {
    const row = await findDomain(work, input.domain, { write: true });
    const { state } = standingOf(work, row);
    if (!running.includes(state)) throw wrongState(row, state);
    // the registrar asks for nothing that its registry doesn't
    if (work.desk.registrar === 'gandi' && !tldOfRow(work, row)?.verifyOwner) throw wrongState(row, state);
    const customer = await work.tx.customer.findUniqueOrThrow({ where: { id: row.customerId } });
    const asked = await corrected(work, row, customer);
    const owner = await resendOwner(work, { ...customer, email: asked.ownerEmail }, { domain: asked });
    work.audit({ action: 'domain resend-validation', object: row.name, detail: { ownerState: owner.state } });
    return {
      code: 'domain.validation-sent',
      data: { domain: row.name, unicode: unicodeName(row.name), email: owner.email, ownerState: owner.state },
    };
  },
});

/** An address that was corrected since becomes the domain's here, where that was asked for: it is what is verified from now on. */
async function corrected(work: Work, row: DomainRow, { email }: Customer): Promise<DomainRow> {
  // a registrar's API writes to the address it has
  if (work.desk.registrar === 'gandi' || email === '' || email === row.ownerEmail) return row;
  await work.tx.domain.update({ where: { id: row.id }, data: { ownerEmail: email, updatedAt: work.now } });
  work.audit({ action: 'domain owner corrected', object: row.name, detail: { before: row.ownerEmail, after: email } });
  return { ...row, ownerEmail: email };
}

export const customerResendVerification = command({
  name: 'customer resend-verification',
  help: {
    fr: 'Renvoyer à un client le courrier qui vérifie son adresse',
    en: 'Send a customer the mail that verifies the address again',
  },
  who: ['member', 'staff'],
  fields: [required(customerNumber, { suggest: suggestCustomers })],
  async run(work, input) {
    const row = await findCustomer(work, input.number);
    if (!isStaff(work.actor)) mustWrite(work, row);
    const object = customerRef(row.id);
    const wrong = new Refusal('state.wrong', { why: 'customer', number: object, state: row.state });
    if (row.state === 'released' || row.state === 'deleted') throw wrong;
    // the registrar knows nobody without a domain
    const [held] = work.desk.registrar === 'gandi' ? await heldBy(work, row.email) : [];
    if (work.desk.registrar === 'gandi' && !held) throw wrong;
    const owner = await resendOwner(work, row, held ? { domain: held } : {});
    work.audit({ action: 'customer resend-verification', object, detail: { state: owner.state } });
    return {
      code: 'customer.verification-sent',
      data: { customer: object, email: owner.email, state: owner.state },
    };
  },
});
