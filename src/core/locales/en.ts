/** What the desk says in English. */
import { documentRefusal } from './document-texts.js';
import type { Data } from '../command/outcome.js';
import { plural } from './grammar.js';
import type { Texts } from './texts.js';

const count = (data: unknown): number => (Array.isArray(data) ? data.length : 0);
const s = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '–');

const label = (state: unknown): string => en.states[s(state)]?.toLowerCase() ?? s(state);

const one = plural('en');
/** `1 row`, `2 rows`. */
const counted = (count: unknown, single: string, several: string): string =>
  `${s(count)} ${one(count, single, several)}`;

/** A table of which all or nothing is taken. */
function previewedTable(d: Data): string {
  const { total, faulty } = (d['preview'] ?? {}) as Record<string, unknown>;
  return faulty === 0
    ? 'This is what the file would do. Nothing has changed yet: confirm with “yes”.'
    : `${s(faulty)} of ${counted(total, 'row', 'rows')} ${one(faulty, 'is', 'are')} faulty, so nothing would be taken. Correct ${one(faulty, 'it', 'them')} and send the file again.`;
}

export const en: Texts = {
  answers: {
    'desk.address': (d) => `The desk page, to be opened once: ${s(d['url'])}`,
    'account.code-sent': (d) =>
      `A code is on its way to ${s(d['email'])}. Type it back within ${counted(d['minutes'], 'minute', 'minutes')} with “account confirm”.`,
    'account.linked': (d) => `${s(d['email'])} is linked.`,
    'account.unlinked': (d) =>
      d['email'] ? `${s(d['email'])} is no longer linked.` : 'This Discord user is no longer linked.',
    'account.shown': (d) => `Account of ${s(d['person'])}.`,
    'account.edited': () => 'Your changes are saved.',
    'account.password-link-sent': (d) => `A link to choose a password is on its way to ${s(d['person'])}.`,
    'account.exported': (d) => `Everything we hold about ${s(d['person'])} is in the file.`,
    'account.previewed': () =>
      'This is what would be erased, and what has to stay. Sales stay as the reseller entered them, ten years as accounts have to (French Code de commerce, art. L123-22); everything else that stays has a mere number instead of the name. It can’t be undone. Nothing has changed yet: confirm with “yes”.',
    'account.erased': () => 'The account is erased. What has to stay is listed, with the reason.',
    'installer.registered': (d) => `${s(d['company'])} is registered as an installer.`,
    'installer.existing': (d) =>
      `${s(d['email'])} is registered as an installer already (${s(d['company'])}); nothing was changed.`,
    'installer.shown': (d) => `Installer ${s(d['company'])}.`,
    'installer.edited': () => 'Your changes are saved.',
    'device.checked': (d) =>
      d['known']
        ? `${s(d['device'])}: Code ID and MAC address belong together. The client’s address is known: one mail will be sent.`
        : `${s(d['device'])}: Code ID and MAC address belong together. Give the client’s details, all those with a star or none, and register the device.`,
    'device.registered': (d) =>
      `Device ${s(d['device'])} is registered; ${Number(d['mails']) === 1 ? 'one mail is' : `${s(d['mails'])} mails are`} on the way to the client.`,
    'device.listed': (d) => `${counted(d['total'], 'device', 'devices')}.`,
    'device.shown': (d) => `Device ${s(d['device'])}.`,
    'device.edited': (d) => `Device ${s(d['device'])} is changed.`,
    'device.resent': (d) =>
      `Device ${s(d['device'])}: ${Number(d['mails']) === 1 ? 'a mail is' : `${s(d['mails'])} mails are`} on the way to the client again.`,
    'device.previewed': (d) => {
      const preview = (d['preview'] ?? {}) as Record<string, unknown>;
      return preview['total'] === undefined
        ? 'The device would be removed and its links and grants would end. Nothing has changed yet: confirm with “yes”.'
        : previewedTable(d);
    },
    'device.removed': (d) => `Device ${s(d['device'])} is removed.`,
    'device.access-granted': (d) =>
      `Access ${s(d['grant'])} holds for a few minutes. The token is shown this once: give it to the gateway and to nobody else.`,
    'device.grants-listed': (d) => `${counted(d['total'], 'grant', 'grants')} of remote access.`,
    'device.access-revoked': (d) => `Access ${s(d['grant'])} has ended.`,
    'device.consent-set': (d) =>
      d['remoteAccess']
        ? 'Remote access to the device is allowed.'
        : 'Remote access to the device is refused from now on.',
    'device.imported': (d) =>
      `${counted(d['total'], 'row', 'rows')} read: ${s(d['added'])} added, ${s(d['changed'])} changed, ${s(d['repeated'])} known already, ${s(d['faulty'])} faulty.`,
    'gateway.added': (d) => `Gateway ${s(d['name'])} may ask from now on. The key is shown this once.`,
    'gateway.listed': (d) => `${counted(d['total'], 'gateway', 'gateways')}.`,
    'gateway.removed': (d) => `Gateway ${s(d['name'])} may no longer ask.`,
    'org.created': (d) => `Organisation ${s(d['org'])} (${s(d['name'])}) is made; you are its owner.`,
    'org.edited': (d) => `Organisation ${s(d['org'])} is changed.`,
    'org.listed': (d) => `${counted(d['total'], 'organisation', 'organisations')}.`,
    'org.shown': (d) => `Organisation ${s(d['org'])}.`,
    'org.invited': (d) =>
      `${s(d['email'])} is a member of ${s(d['org'])} now, as ${label(d['role'])}; a letter says so.`,
    'org.member-removed': (d) => `${s(d['email'])} is no longer a member of ${s(d['org'])}.`,
    'org.became-reseller': (d) =>
      `${s(d['name'])} is a reseller now, by the terms of version ${s(d['terms'])}. This is permanent.`,
    'customer.added': (d) => `Customer ${s(d['customer'])} is added.`,
    'customer.edited': (d) =>
      `Customer ${s(d['customer'])} is changed. Domains keep the owner they were registered for.`,
    'customer.listed': (d) => `${counted(d['total'], 'customer', 'customers')}.`,
    'customer.shown': (d) => `Customer ${s(d['customer'])}.`,
    'customer.previewed': () =>
      'This is what would happen; it can’t be undone. Nothing has changed yet: confirm with “yes”.',
    'customer.released': (d) =>
      `Customer ${s(d['customer'])} and everything it holds have left your care; it is told by mail.`,
    'customer.deleted': (d) => `Customer ${s(d['customer'])} is deleted.`,
    'customer.verification-sent': (d) =>
      d['state'] === 'verified'
        ? `${s(d['email'])} is verified already; no mail was needed.`
        : `A mail to verify ${s(d['email'])} is on its way.`,
    'domain.requested': (d) =>
      `${s(d['domain'])} is ordered${d['task'] ? ` (${s(d['task'])})` : ''}; you hear from us when it is done.`,
    'domain.listed': (d) => `${counted(d['total'], 'domain', 'domains')}.`,
    'domain.shown': (d) => `Domain ${s(d['domain'])}.`,
    'domain.previewed': () => 'This is what would happen. Nothing has changed yet: confirm with “yes”.',
    'domain.renewed': (d) => `${counted(d['total'], 'renewal', 'renewals')} ordered.`,
    'domain.autorenew-set': (d) =>
      d['autoRenew']
        ? 'Renewed automatically from now on, from your prepaid balance.'
        : 'No longer renewed automatically.',
    'domain.tagged': (d) => `The tags of ${counted(d['total'], 'domain', 'domains')} are set.`,
    'domain.validation-sent': (d) =>
      d['ownerState'] === 'verified'
        ? `The owner of ${s(d['domain'])} is verified already; no mail was needed.`
        : `A mail to the owner of ${s(d['domain'])} is on its way.`,
    'domain.imported': (d) => `${counted(d['imported'], 'domain', 'domains')} imported.`,
    'domain.task-done': (d) => `${s(d['task'])} is done: ${s(d['domain'])}.`,
    'domain.task-failed': (d) =>
      `${s(d['task'])} is marked as failed; what it cost is given back, and ${s(d['domain'])}’s holder is told.`,
    'billing.listed': (d) => `${counted(d['total'], 'line', 'lines')}.`,
    'billing.receipt': (d) => `Receipt ${s(d['number'])}.`,
    'billing.balance': (d) => `Account of ${s(d['name'])}.`,
    'billing.forecast': (d, read) =>
      d['shortOn']
        ? `The balance covers the renewals to come until ${read('shortOn')}; from then on it is not enough.`
        : 'The balance covers the renewals to come.',
    'billing.threshold-set': (d) =>
      d['thresholdCents'] === 0
        ? 'No more warnings about the balance.'
        : 'You will be told when the balance falls below that.',
    'billing.topped-up': (d) => `The payment ${s(d['payment'])} is booked.`,
    'billing.credit-set': (d) => `The credit of ${s(d['name'])} is set.`,
    'ticket.opened': (d) =>
      `Ticket ${s(d['ticket'])} is open${d['priority'] ? ', with priority' : ''}; we answer here or by mail.`,
    'ticket.replied': (d) =>
      d['follows']
        ? `${s(d['follows'])} has been closed for too long: your message opens ${s(d['ticket'])}, which follows it.`
        : `Your reply stands in ${s(d['ticket'])}.`,
    'ticket.closed': (d) => `Ticket ${s(d['ticket'])} is closed.`,
    'ticket.reopened': (d) => `Ticket ${s(d['ticket'])} is open again.`,
    'ticket.listed': (d) => `${counted(d['total'], 'ticket', 'tickets')}.`,
    'ticket.shown': (d) => `Ticket ${s(d['ticket'])}.`,
    'reseller.registered': (d) =>
      `${s(d['company'])} is registered as reseller ${s(d['reseller'])}; a letter tells ${s(d['email'])}.`,
    'reseller.existing': (d) =>
      `${s(d['email'])} already belongs to reseller ${s(d['reseller'])} (${s(d['company'])}); nothing was changed.`,
    'stock.shown': (d) => `Stock of ${s(d['company'])}.`,
    'stock.received': (d, read) => `${s(d['quantity'])} × ${read('product')} in the stock of ${s(d['company'])}.`,
    'stock.previewed': () => 'This is what the file would do. Nothing has changed yet: confirm with “yes”.',
    'stock.imported': (d) => `${counted(d['imported'], 'pack', 'packs')} imported.`,
    'stock.withdrawn': (d, read) => `${s(d['quantity'])} × ${read('product')} withdrawn.`,
    'stock.threshold-set': (d, read) =>
      d['quantity'] === 0
        ? `No more warnings about ${read('product')}.`
        : `You will be told when ${read('product')} falls to ${s(d['quantity'])}.`,
    'stock.reconciled': (d) =>
      count(d['differences']) === 0 ? 'Your count and ours agree.' : 'Your count and ours differ; nothing was changed.',
    'declaration.placed': (d) =>
      `Declaration ${s(d['declaration'])} placed for ${s(d['email'])}${d['pack'] ? `: pack ${s(d['pack'])}` : ''}.`,
    'declaration.previewed': (d) => {
      const { total, good, faulty, mode } = (d['preview'] ?? {}) as Record<string, unknown>;
      if (faulty === 0)
        return `${one(total, 'The row', `All ${s(total)} rows`)} can be placed. Nothing has changed yet: confirm with “yes”.`;
      return mode === 'good'
        ? `${s(good)} of ${counted(total, 'row', 'rows')} can be placed, ${s(faulty)} would be left out. Nothing has changed yet: confirm with “yes”.`
        : `${s(faulty)} of ${counted(total, 'row', 'rows')} ${one(faulty, 'is', 'are')} faulty, so nothing would be placed. Correct ${one(faulty, 'it', 'them')}${good === 0 ? '' : `, or ask for mode “good” to place the other ${s(good)}`}.`;
    },
    'declaration.bulk-placed': (d) =>
      `${counted(d['placed'], 'declaration', 'declarations')} placed${d['refused'] === 0 ? '' : `, ${counted(d['refused'], 'row', 'rows')} refused`}.`,
    'declaration.listed': (d) => `${counted(d['total'], 'declaration', 'declarations')}.`,
    'declaration.shown': (d) => `Declaration ${s(d['declaration'])}.`,
    'declaration.resent': (d) => `The mails of ${s(d['declaration'])} are on their way again.`,
    'pack.redeemed': (d) =>
      d['already'] ? `Pack ${s(d['pack'])} is on your account already.` : `Pack ${s(d['pack'])} is on your account.`,
    'approval.pending': (d) => {
      const number = s(d['approval']);
      if (d['votes'] === undefined) return `Request ${number} waits for another person's approval.`;
      return d['again']
        ? `You have approved ${number} already: it waits for another person’s approval.`
        : `Your approval of ${number} is recorded (${s(d['votes'])} of ${s(d['needed'])}): it waits for another person’s.`;
    },
    'approval.listed': (d) => `${counted(d['total'], 'request', 'requests')}.`,
    'approval.shown': (d) => `Request ${s(d['approval'])}.`,
    'approval.approved': (d) => `${s(d['approval'])} is approved and carried out.`,
    'approval.refused': (d) => `${s(d['approval'])} is refused.`,
    'staff.granted': (d, read) => `${s(d['email'])} now has the role “${read('role')}”.`,
    'staff.revoked': (d, read) => `${s(d['email'])} no longer has the role “${read('role')}”.`,
    'staff.listed': (d) => `${counted(d['total'], 'person', 'people')} with a role.`,
    'catalogue.previewed': (d, read) => {
      const { part, changesTotal } = (d['preview'] ?? {}) as Record<string, unknown>;
      return `The file would change ${s(changesTotal)} ${one(changesTotal, 'value', 'values')} of its part “${read('part', part)}”. Nothing has changed yet: confirm with “yes”, then a second person decides.`;
    },
    'catalogue.loaded': (d, read) =>
      `The catalogue’s part “${read('part')}” is in force as version ${s(d['version'])}.`,
    'catalogue.explained': (d) => `Rule ${s(d['rule'])}.`,
    'order.drafted': (d) =>
      count(d['missing']) > 0
        ? `${s(d['order'])} is kept as a draft. Still missing before it can be submitted: see the list.`
        : `${s(d['order'])} is kept as a draft and complete: submit it with “order submit”.`,
    'order.edited': (d) =>
      count(d['missing']) > 0
        ? `${s(d['order'])} is changed. Still missing before it can be submitted: see the list.`
        : `${s(d['order'])} is changed and complete: submit it with “order submit”.`,
    'order.attached': (d) => `${s(d['file'])} is attached to ${s(d['order'])}.`,
    'order.detached': (d) => `${s(d['file'])} is no longer part of ${s(d['order'])}.`,
    'order.submitted': (d) => `${s(d['order'])} is submitted; you hear from us when it is decided.`,
    'order.cancelled': (d) => `${s(d['order'])} is cancelled.`,
    'order.listed': (d) => `${counted(d['total'], 'order', 'orders')}.`,
    'order.shown': (d) => `Order ${s(d['order'])}.`,
    'order.dossier': (d) =>
      d['verified'] === true
        ? `The dossier of ${s(d['order'])} is whole: every file is as its manifest says.`
        : `The dossier of ${s(d['order'])}.`,
    'order.approved': (d) =>
      d['approvalState'] === 'pending'
        ? `Your yes to ${s(d['order'])} is recorded; another person has to approve it too.`
        : `${s(d['order'])} is approved.`,
    'order.refused': (d) => `${s(d['order'])} is refused; its requester is told why.`,
    'order.returned': (d) => `${s(d['order'])} goes back to its requester, who is told what is missing.`,
    'order.provisioned': (d) => `${s(d['order'])} is provisioned.`,
    'site.listed': (d) => `${counted(d['total'], 'site', 'sites')}.`,
    'site.shown': (d) => `Site ${s(d['site'])}.`,
    'site.change-previewed': () =>
      'This is what would change. Nothing is asked yet: confirm with “yes” to send it to sales.',
    'site.changed': (d) => `${s(d['site'])} is changed.`,
    'site.previewed': previewedTable,
    'site.imported': (d) => `${counted(d['imported'], 'site', 'sites')} imported.`,
    'opportunity.previewed': previewedTable,
    'opportunity.imported': (d) => `${counted(d['imported'], 'opportunity', 'opportunities')} imported.`,
    'opportunity.listed': (d) => `${counted(d['total'], 'opportunity', 'opportunities')}.`,
    'opportunity.shown': (d) => `Opportunity ${s(d['opportunity'])}.`,
    'catalogue.shown': () => 'The catalogue in force.',
    'audit.shown': (d) => `${counted(d['total'], 'event', 'events')} about ${s(d['object'])}.`,
    'audit.verified': (d) => `The audit is whole: ${counted(d['rows'], 'row', 'rows')} checked.`,
    'mail.held-listed': (d) => `${counted(d['total'], 'mail', 'mails')}.`,
    'mail.released': (d) =>
      `Mail ${s(d['mail'])} from ${s(d['sender'])} passes: its commands are carried out, and the answer goes to its thread.`,
    'mail.discarded': (d) => `Mail ${s(d['mail'])} is discarded; nothing of it is carried out.`,
    'mail.paused': () => 'Mail is stopped: none is taken in or sent until “mail resume”, and none is lost.',
    'mail.resumed': () => 'Mail is going again.',
    'help.shown': (d) => (d['command'] ? `${s(d['command'])}: ${s(d['help'])}.` : 'What you can do here:'),
  },
  refusals: {
    'input.invalid': (p) =>
      p['why'] === 'new-reseller'
        ? 'Nobody is registered under this address yet. To register it with this purchase, add the missing fields.'
        : p['why'] === 'rows'
          ? 'Some rows of the file are faulty, so none was taken. Correct them, or ask for mode “good” to take the others.'
          : p['why'] === 'table'
            ? 'Some rows of the file are faulty, so none was taken. Correct them and send the file again.'
            : p['why'] === 'order'
              ? `${s(p['number'])} is not complete yet: add what is missing, then submit it again. Nothing of it is lost.`
              : 'Something has to be corrected first; nothing was changed.',
    'command.unknown': (p) =>
      `There is no command “${s(p['command'])}”.${p['nearest'] ? ` Did you mean “${s(p['nearest'])}”?` : ''} “help” lists what you can do.`,
    'access.denied': (p) => {
      switch (p['why']) {
        case 'unlinked':
          return 'The desk does not know you yet. Begin with “account link” and your address, then “account confirm” with the code you are mailed.';
        case 'suspended':
          return 'This account is suspended. Write to us to have it looked at.';
        case 'another':
          return 'This address belongs to somebody else’s account.';
        case 'mail':
          return `“${s(p['command'])}” answers with a secret, which does not belong in a mail: use the chat or the web page.`;
        case 'refused-by-client':
          return 'The client refuses remote access to this device.';
        case 'others':
          return 'You can only do this for yourself.';
        case 'approver':
          return `You are not among those who may decide on “${s(p['command'])}”.`;
        default:
          return p['command']
            ? `You may not use “${s(p['command'])}”. “help” lists what you can do.`
            : 'You may not do this. “help” lists what you can do.';
      }
    },
    'person.unknown': (p) => `Nobody has the address ${s(p['email'])}.`,
    'object.unknown': (p) =>
      p['why'] === 'pair'
        ? 'This Code ID and MAC address can’t be registered together. Compare both with the label of the device; if somebody else has registered it before, they or we have to remove it first.'
        : `${s(p['number'])} was not found. Check the number; “list” shows those you can see.`,
    'state.wrong': (p) => {
      switch (p['why']) {
        case 'no-desk':
          return 'This desk has no page: it is served only without a Discord bot, and on this machine alone (HTTP_LISTEN and PUBLIC_URL).';
        case 'last-address':
          return 'This is your only address: link another one first.';
        case 'no-address':
          return 'This account has no address to write to.';
        case 'erase-staff':
          return `This account has staff roles (${s(p['roles'])
            .split(', ')
            .map((role) => label(role))
            .join(', ')}): have them taken away with “staff revoke” first.`;
        case 'erase-owner':
          return `This account is the only owner of ${s(p['company'])}: write to us to name another owner first.`;
        case 'erase-installer':
          return `This account manages ${counted(p['count'], 'device', 'devices')} that clients depend on: remove ${one(p['count'], 'it', 'them')} first with “device remove”.`;
        case 'erase-approval':
          return `Request ${s(p['number'])} concerns this account and still waits for a decision: try again once it is decided or has ended.`;
        case 'role':
          return `${s(p['email'])} does not have the role “${label(p['role'])}”.`;
        case 'mail':
          return `Mail ${s(p['number'])} has been decided already.`;
        case 'paused':
          return `Mail is stopped already: ${s(p['reason'])}.`;
        case 'not-paused':
          return 'Mail is not stopped.';
        case 'domain-held':
          return `${s(p['number'])} is held here already.`;
        case 'domain-waiting':
          return `${s(p['number'])} has an operation under way (${s(p['task'])}): wait until it is done.`;
        case 'customer-products':
          return `${s(p['number'])} still has ${counted(p['count'], 'domain', 'domains')}: release it with them, or let them go first.`;
        case 'self-missing':
          return `Your organisation is no customer of its own yet: give its details in the same command, or register a first domain for it.`;
        case 'last-owner':
          return `An organisation needs an owner: name another one first.`;
        case 'not-company':
          return `${s(p['number'])} is no company: only a company can become a reseller.`;
        case 'is-reseller':
          return `${s(p['number'])} is a reseller already.`;
        case 'no-terms':
          return `No terms for resellers are published here, so nobody can become one yet. Write to us.`;
        case 'not-reseller':
          return `${s(p['number'])} is no reseller: it holds domains for itself alone, and has no customers.`;
        case 'customer-self':
          return `${s(p['number'])} is your organisation itself: it can’t leave your care.`;
        case 'domain':
        case 'customer':
        case 'org':
        case 'task':
        case 'ticket':
        case 'device':
        case 'order':
          return `${s(p['number'])} is ${label(p['state'])}: this is not possible there.`;
        case 'order-cancel':
          return p['state'] === 'in-review'
            ? `${s(p['number'])} is being reviewed: change something in it first (it becomes a draft again), or ask sales to refuse it.`
            : `${s(p['number'])} is ${label(p['state'])}: it can’t be cancelled any more.`;
        case 'opportunity':
          return `Opportunity ${s(p['number'])} is ${label(p['state'])}: choose an open one.`;
        case 'undone':
          return `${s(p['number'])} was undone.`;
        case 'audit':
          return p['how'] === 'missing'
            ? `The detail of the audit’s row ${s(p['seq'])} is missing, and no erasure has taken it away.`
            : `The audit does not hold together at row ${s(p['seq'])}.`;
        default:
          return 'This is not possible in its present state.';
      }
    },
    'stock.empty': (p) => `There is not enough ${s(p['name'])} left in stock.`,
    'declaration.duplicate': (p) =>
      `The same declaration exists already: ${s(p['declaration'])}. If you mean a second one, say “anyway”.`,
    'purchase.conflict': (p) =>
      p['why'] === 'payment'
        ? `Payment ${s(p['payment'])} is booked already${p['org'] ? ` for ${s(p['org'])}` : ''}, with ${s(p['amount'])}. Check it, or use another reference.`
        : `Purchase ${s(p['purchase'])} is already there with quantity ${s(p['quantity'])}. Use another purchase reference, or the same quantity.`,
    'key.reused': (p) => `The key ${s(p['key'])} was used for something else. Use a new one.`,
    'preview.stale': () => 'What you saw has changed meanwhile. Ask for a new preview and confirm that.',
    'approval.self': (p) =>
      p['why'] === 'released'
        ? `You let the mail pass that asked for ${s(p['number'])}, which makes it your request too: another person must decide.`
        : p['why'] === 'operator'
          ? `${s(p['number'])} was asked by the operator, in somebody’s name: another person must decide.`
          : `${s(p['number'])} is your own request: another person must decide.`,
    'approval.decided': (p) => `${s(p['number'])} has been decided already.`,
    'approval.void': (p) => `${s(p['number'])} no longer holds: what it was about has changed. Ask again.`,
    'approval.expired': (p) => `${s(p['number'])} has expired. Ask again.`,
    'pack.refused': () =>
      'This number cannot be taken. Check it against your letter; if it is right, write to the company that sent it.',
    'link.invalid': (p) =>
      p['why'] === 'tries'
        ? 'Too many wrong tries: ask for a new code with “account link”.'
        : p['why'] === 'code'
          ? 'This code is wrong or has ended. Check it, or ask for a new one with “account link”.'
          : 'This link has been used or has ended. Ask for a new one.',
    'file.refused': (p) => {
      switch (p['why']) {
        case 'catalogue':
          return Number(p['count']) === 1
            ? 'The file has a fault; nothing was changed. Correct it and send it again.'
            : `The file has ${s(p['count'])} faults; nothing was changed. Correct them and send it again.`;
        case 'catalogue-same':
          return `What the file says about the part “${s(p['part'])}” is in force already.`;
        case 'columns':
          return [
            p['missing'] ? `These columns are missing: ${s(p['missing'])}.` : '',
            p['unknown'] ? `These are not known: ${s(p['unknown'])}. Correct their headings, or remove them.` : '',
            p['twice'] ? `These are there twice: ${s(p['twice'])}.` : '',
            `The file has: ${s(p['found'])}.`,
          ]
            .filter(Boolean)
            .join(' ');
        case 'empty':
          return 'The file has no rows below its header.';
        case 'rows':
          return 'The file has more than 10,000 rows: split it.';
        case 'million':
          return 'The file has more than a million rows: split it.';
        case 'header':
          return 'The first row must name the columns.';
        case 'wide':
          return 'The file has more than 256 columns: leave only those that are asked for.';
        case 'sheet':
          return p['sheets']
            ? `The workbook has no sheet “${s(p['sheet'])}”. It has: ${s(p['sheets'])}.`
            : `Only an Excel workbook has sheets: this file has none called “${s(p['sheet'])}”.`;
        case 'damaged':
          if (p['line'])
            return `The file cannot be read at line ${s(p['line'])}: a quote there does not begin or end a cell. Correct it, or save the file again.`;
          return 'The file cannot be read: save it again as CSV, XLSX or JSON.';
        case 'protected':
          return 'The workbook is protected by a password: save it without one, or as CSV.';
        case 'unpacked':
          return `The workbook was not opened: unpacked it would be more than ${s(p['atMost'])} MB. Leave only the sheet that is asked for, or save it as CSV.`;
        case 'dear':
          return 'The file could not be read: that takes too much time or memory. Split it, or save it as CSV.';
        default:
          return documentRefusal('en', p) ?? 'Only CSV, XLSX and JSON tables are read.';
      }
    },
    'rule.refused': (p) => `${s(p['because'])} “catalogue why” explains it (rule ${s(p['rule'])}).`,
    'balance.low': (p) => `This costs ${s(p['amount'])}; the balance has ${s(p['balance'])}. Have it topped up first.`,
    'price.changed': (p) =>
      `${s(p['domain'])} costs ${s(p['amount'])} with tax, more than the ${s(p['most'])} you allow. Raise the maximum price, or leave it.`,
    'terms.outdated': (p) =>
      `The terms in force are those of version ${s(p['version'])} (${s(p['url'])}). Read them, then accept that version.`,
    'rate.limited': (p) => `Too many attempts. Try again in ${counted(p['minutes'], 'minute', 'minutes')}.`,
    'sender.unproven': (p) => {
      switch (p['why']) {
        case 'released':
          return p['command']
            ? `“${s(p['command'])}” takes your own proof, and this mail has none but a colleague’s word: ask it yourself in chat, on the page after sign-in, or by a mail that proves itself (SPF or DKIM).`
            : 'This takes your own proof.';
        case 'staff':
          return `${s(p['number'])} claims to be from ${s(p['sender'])}, who has a staff role: nobody else may let it pass. Its sender can confirm it, by the mail that we sent there.`;
        default:
          return 'We could not prove that this mail is yours.';
      }
    },
  },
  tax: {
    register: () => 'Register of VAT numbers',
    valid: () => 'known there (VIES)',
    invalid: () => 'not known there (VIES): check before you decide',
    unknown: () => 'no answer (VIES)',
  },
  hands: {
    released: (p) => `${s(p['as'])}, released by ${s(p['by'])}`,
    operator: (p) => `operator as ${s(p['as'])}`,
  },
  faults: {
    missing: () => 'is needed',
    unknown: (p) => (p['nearest'] ? `is not known here; did you mean “${s(p['nearest'])}”?` : 'is not known'),
    kept: () => 'can’t be emptied: leave it out, or give another value',
    'one-line': () => 'must be on one line',
    'too-long': (p) => `is too long: at most ${s(p['max'])}, it has ${s(p['length'])}`,
    'too-short': (p) => `is too short: at least ${counted(p['min'], 'character', 'characters')}`,
    control: () => 'has invisible characters: type it again',
    bool: () => 'must be yes or no',
    choice: (p) => `must be one of: ${s(p['choices'])}`,
    email: () => 'must be one address, like name@example.com',
    date: () => 'must be a date, like 2026-11-30 or 30/11/2026',
    phone: () => 'must be a phone number, like +33 1 23 45 67 89',
    country: () => 'must be a country, like FR or France',
    ref: (p) => `must be a number, like ${s(p['prefix'])}-000123`,
    vat: (p) => `is no VAT number of ${s(p['country'])}: check its digits`,
    mac: () => 'must be a MAC address: twelve digits 0–9 or A–F, like AA:BB:CC:DD:EE:FF',
    domain: () => 'must be a domain, like example.com: one name below a public ending, without www',
    web: () => 'must be a web address, like http://192.168.1.20:8080 or box.example.com',
    whole: () => 'must be a whole number',
    range: (p) => `must be between ${s(p['min'])} and ${s(p['max'])}`,
    file: () => 'must be a file',
    'file-empty': (p) => documentRefusal('en', { ...p, why: 'document-empty' }) ?? '',
    'file-large': (p) => documentRefusal('en', { ...p, why: 'document-large' }) ?? '',
    pairs: (p) => `must be a list like ${s(p['example'])}`,
    amount: () => 'must be an amount, like 1234.56',
    digits: (p) => `must be ${counted(p['count'], 'digit', 'digits')}`,
    many: () => 'takes one value only',
    mismatch: (p) => `must belong to ${s(p['expected'])}`,
    exactly: (p) => `must be exactly ${s(p['expected'])}`,
    twice: (p) => `${s(p['value'])} is there already`,
    repeats: (p) => `repeats ${s(p['value'])}`,
    items: (p) => `${s(p['items'])}${Number(p['count']) > 1 ? ':' : ''} ${s(p['sentence'])}`,
    quoted: (p) => `“${s(p['text'])}”`,
    more: (p) => `and ${s(p['count'])} more`,
    next: (p) => `${s(p['before'])}; ${s(p['next'])}`,
  },
  lists: {
    unknown: (p) => `“${s(p['typed'])}” is no column`,
    order: (p) => `“${s(p['since'])}” (${s(p['from'])}) is after “${s(p['until'])}” (${s(p['to'])}): swap them`,
    condition: (p) =>
      `“${s(p['typed'])}” is no condition: write a field, one of = ~ > <, and a value, like site-city=Lyon`,
    sign: (p) => `${s(p['field'])} can only be compared with ${s(p['signs'])}`,
  },
  sites: {
    same: () => 'is so already',
    nothing: () => 'say at least one thing that should change',
  },
  organisations: {
    accept: () => 'must be yes: nobody becomes a reseller without it',
    confirm: (p) => `must be the organisation’s name: ${s(p['name'])}`,
    named: () => 'another organisation of the same owner is called so: choose another display name',
    permanent: (p) =>
      `To become a reseller: read the terms, then “org become-reseller”. It is permanent and can’t be undone. Version in force: ${s(p['version'])}.`,
  },
  orders: {
    objection: (p) => (p['allowed'] ? `${s(p['because'])} Allowed: ${s(p['allowed'])}.` : s(p['because'])),
    askChange: () => 'belongs to the site: ask “site change” for it',
    noSite: () => 'is only for orders on an existing site',
    noOpportunity: () => 'is only for orders from an opportunity',
    future: () => 'must be today or earlier',
    beforeOrder: (p) => `must not be before the order, which is of ${s(p['day'])}`,
    task: (p) => `${s(p['number'])} is approved and waits for the cloud team: ${s(p['solution'])}, ${s(p['site'])}.`,
    provisioned: () => 'Provisioned',
  },
  domains: {
    notSold: (p) => `this ending is not sold here; these are: ${s(p['tlds'])}`,
    noneSold: () => 'no domains are sold here',
    years: (p) =>
      p['min'] === p['max']
        ? `a .${s(p['tld'])} takes ${counted(p['min'], 'year', 'years')} at a time`
        : `a .${s(p['tld'])} takes ${s(p['min'])} to ${counted(p['max'], 'year', 'years')}`,
    yearsAhead: (p) =>
      `${s(p['domain'])} would run until ${s(p['day'])}: a .${s(p['tld'])} is renewed at most ${counted(p['max'], 'year', 'years')} ahead`,
    onlyNew: () => 'is only for a new customer; “customer edit” changes one that is there',
    untilWhen: () => 'give the day until which the domain runs: this transfer does not tell it',
    doneBetween: (p) =>
      `must be the day on which it was done, from ${s(p['from'])} (the order) to ${s(p['until'])} (today)`,
    noExpiry: () => 'has no place here: this task does not touch how long the domain runs',
    doneWhen: (p) => `can’t be: the domain would then run until ${s(p['day'])}`,
    held: () => 'is held here already',
    twice: (p) => `the same domain as in row ${s(p['line'])}`,
    over: () => 'is so long ago that the domain is free again by now',
    farAhead: () => 'is further ahead than any registry takes',
    otherOwner: () => 'is not the address of this domain’s customer, whom an import does not change',
    noTags: () => 'name at least one tag to add or to remove',
    period: (p) => `${counted(p['years'], 'year', 'years')}`,
    line: (p) => `${s(p['kind'])}: ${s(p['domain'])}${p['years'] ? `, ${counted(p['years'], 'year', 'years')}` : ''}`,
    task: (p) => `${s(p['number'])} is to be done at the registrar. ${s(p['what'])}, for ${s(p['owner'])}.`,
    tasks: (p) =>
      `${s(p['total'])} tasks are to be done at the registrar, ${s(p['first'])} to ${s(p['last'])}; a mail lists them. Answer each with “domain done” or “domain failed”.`,
    done: () => 'Done',
    failed: () => 'Failed',
    ownerVerified: () => 'The owner’s address was verified meanwhile.',
  },
  registrar: {
    denied: (p) =>
      `The registrar refuses what the desk asks of it (${s(p['reason'])}): check the token GANDI_TOKEN, its rights and the prepaid account. What was asked waits, and is taken up again by itself.`,
    found: (p) =>
      `${s(p['domain'])} (${s(p['task'])}) is in the account at the registrar already, or on order there, without this task having asked for it. Nothing more was bought; please see whose it is.`,
    inAccount: () => 'This name is held in the registrar account already; our staff are looking into it.',
    notInAccount: () => 'This domain is not in the registrar account.',
    runsAlready: (p) => `At the registrar, the domain runs until ${s(p['day'])} already.`,
    lost: () => 'The order did not reach the registrar: nothing was bought. You can order again.',
    ownSuspension: () => 'The registrar suspends and restores by itself.',
  },
  imports: {
    twice: (p) => `the same number as in row ${s(p['line'])}`,
    taken: () => 'this number exists already',
    others: () => 'this number is another reseller’s',
    ended: (p) => `this number is ${s(p['state'])} and can no longer change`,
    equal: (p) => `the same declaration as in row ${s(p['line'])}; if you mean a second one, say yes under “Anyway”`,
    unheaded: () => 'stands in a column without a heading; perhaps a separator is one too many',
    heading: (p) => `“${s(p['heading'])}”${p['nearest'] ? ` (perhaps “${s(p['nearest'])}”?)` : ''}`,
    unusual: () => 'an unusual number; it is taken as it is',
    otherMac: (p) => `row ${s(p['line'])} gives this Code ID another MAC address`,
    otherModel: (p) => `row ${s(p['line'])} gives this Code ID another model`,
    macTwice: (p) => `row ${s(p['line'])} gives this MAC address to another Code ID`,
    macTaken: (p) => `this MAC address is registered for Code ID ${s(p['codeId'])}`,
    enrolled: (p) => `the device is enrolled with MAC address ${s(p['mac'])}, which can no longer change`,
  },
  tickets: {
    opened: (p) =>
      `${p['priority'] ? 'Priority: ' : ''}new ticket ${s(p['number'])} of ${s(p['asker'])}: ${s(p['subject'])}`,
    replied: (p) => `${s(p['asker'])} replied in ${s(p['number'])}: ${s(p['subject'])}`,
    reopened: (p) => `${s(p['asker'])} reopened ${s(p['number'])}: ${s(p['subject'])}`,
    closed: (p) => `${s(p['asker'])} closed ${s(p['number'])}: ${s(p['subject'])}`,
    about: (p) => `About: ${s(p['object'])}`,
    attached: (p) => `With a file: ${s(p['file'])}`,
    reply: () => 'Reply',
    close: () => 'Close',
    team: () => 'our team',
    discord: (p) => `Discord user ${s(p['id'])}`,
  },
  fault: ({ reference }) =>
    `Something went wrong on our side; nothing was changed. Try again, or tell us this reference: ${reference}.`,
  interrupted: ({ reference }) =>
    `Something went wrong on our side before the end. What was taken until then stays; ask again, and the rest is taken. Our reference: ${reference}.`,
  unanswered: ({ sender, perHour }) =>
    `${sender} got ${perHour} answers by mail within an hour: commands in further mails are carried out but not answered until the hour is over. Perhaps two programs are writing to each other.`,
  mailPaused: ({ by, reason }) => `${by} stopped all mail: ${reason}. “mail resume” sets it going again.`,
  mailResumed: ({ by }) => `${by} set mail going again.`,
  heldExpired: ({ count }) =>
    `${count} held ${one(count, 'mail', 'mails')} ended without anybody deciding (“mail held”, state expired).`,
  notMine: 'The person this mail claims to be from says that it is not theirs.',
  waiting: ({ number, command }) => `Request ${number} (${command}) still waits for a decision.`,
  undelivered: ({ number, letter, recipient, error }) =>
    `${number} (${letter}) could not be delivered to ${recipient}: ${error}`,
  keys: {
    confirm: 'Confirmation',
    device: 'Device',
    webAddress: 'Web address',
    already: 'There already',
    boughtUntil: 'Bought until',
    taxCountry: 'Confirmed country of tax',
    taxVat: 'Confirmed VAT number',
    taxConfirmedAt: 'Confirmed on',
    taxRequest: 'Request about VAT',
    again: 'Approved by you already',
    byOperator: 'By the operator',
    releasedBy: 'Released by',
    customer: 'Customer',
    customers: 'Customers',
    displayName: 'Display name',
    vat: 'VAT number',
    registration: 'Company number',
    terms: 'Version of the terms',
    termsUrl: 'Terms',
    notice: 'Please note',
    termsAcceptedAt: 'Terms accepted on',
    members: 'Members',
    domain: 'Domain',
    domains: 'Domains',
    tags: 'Tags',
    newCustomers: 'New customers',
    givenBackCents: 'Given back',
    autoRenew: 'Renewed automatically',
    years: 'Years',
    task: 'Task',
    tasks: 'Tasks',
    registrarReference: 'Registrar reference',
    netCents: 'Net',
    vatCents: 'VAT',
    grossCents: 'With tax',
    percent: 'Per cent',
    balanceCents: 'Balance',
    prepaidCents: 'Prepaid',
    receivableCents: 'Owed',
    creditCents: 'Credit',
    thresholdCents: 'Warning below',
    payment: 'Payment',
    receipt: 'Receipt',
    receipts: 'Receipts',
    reverseCharge: 'Reverse charge',
    lines: 'Lines',
    unpriced: 'Domains without a price',
    shortOn: 'Not enough from',
    month: 'Month',
    months: 'Months',
    dueCents: 'Due',
    priceCents: 'Price',
    renewBy: 'Renew by',
    expiresOn: 'Expires on',
    registeredOn: 'Registered on',
    holdUntil: 'Renewable until',
    redemptionUntil: 'Can be restored until',
    goneOn: 'Free again on',
    owner: 'Owner',
    ownerState: 'Owner’s address',
    ownerDue: 'To be verified until',
    suspendedAt: 'Suspended since',
    notices: 'Reminders',
    milestone: 'Days before',
    outcome: 'Outcome',
    port: 'Carried out by',
    ticket: 'Ticket',
    tickets: 'Tickets',
    priority: 'Priority',
    text: 'Text',
    messages: 'Messages',
    firstAnswerAt: 'First answered',
    waitingMinutes: 'Waiting, in minutes',
    firstAnswerMinutes: 'First answer after, in minutes',
    follows: 'Follows',
    followedBy: 'Followed by',
    closedAt: 'Closed',
    staff: 'Staff',
    entry: 'Entry',
    unicode: 'As it is written',
    tlds: 'Top-level domains',
    tld: 'TLD',
    termsSummary: 'The terms in short',
    vatPercent: 'VAT, per cent',
    reverseChargeIn: 'VAT owed by the buyer in',
    transferYears: 'Years a transfer adds',
    renewByDays: 'To be renewed (days ahead)',
    holdDays: 'Renewable for (days)',
    redemptionDays: 'Restorable for (days)',
    pendingDeleteDays: 'Then free after (days)',
    verifyOwner: 'Owner to be verified',
    domainPrices: 'Prices of domains',
    registerCents: 'Registration',
    renewCents: 'Renewal',
    transferCents: 'Transfer',
    restoreCents: 'Restoration',
    dueOn: 'Due on',
    self: 'Own',
    customerEmail: 'Customer’s email',
    doneOn: 'Done on',
    issuedAt: 'Issued',
    known: 'Address known',
    form: 'Client’s details',
    linkUntil: 'Link open until',
    activatedAt: 'Active since',
    timeline: 'Story',
    registeredAt: 'Registered',
    devices: 'Devices',
    letters: 'Letters',
    declaration: 'Declaration',
    pack: 'Pack number',
    packs: 'Pack numbers',
    product: 'Product',
    products: 'Products',
    packKinds: 'Service packs',
    boxKinds: 'Boxes',
    email: 'Email',
    takeover: 'Takeover',
    account: 'Account',
    state: 'State',
    box: 'Box',
    boxes: 'Boxes',
    lastName: 'Last name',
    firstName: 'First name',
    orderNumber: 'Order number',
    createdAt: 'Made',
    completedAt: 'Completed',
    reseller: 'Reseller',
    company: 'Company',
    quantity: 'Quantity',
    purchase: 'Purchase',
    name: 'Name',
    available: 'Available',
    reserved: 'Reserved',
    declared: 'Declared',
    items: 'Items',
    total: 'Total',
    page: 'Page',
    approval: 'Request',
    command: 'Command',
    object: 'About',
    requester: 'Asked by',
    expiresAt: 'Ends',
    summary: 'What is asked',
    needed: 'People needed',
    decisions: 'Decisions',
    by: 'By',
    verdict: 'Decision',
    reason: 'Reason',
    decidedAt: 'Decided',
    result: 'Result',
    votes: 'Approvals',
    role: 'Role',
    roles: 'Roles',
    person: 'Person',
    phone: 'Phone',
    street: 'Street',
    zip: 'ZIP',
    city: 'City',
    country: 'Country',
    locale: 'Language',
    emails: 'Addresses',
    discordUsers: 'Discord users',
    organisations: 'Organisations',
    org: 'Organisation',
    mails: 'Mails',
    mail: 'Mail',
    letter: 'Letter',
    recipient: 'To',
    sentAt: 'Sent',
    sender: 'From',
    subject: 'Subject',
    source: 'Came by',
    endedAt: 'Ended',
    since: 'Since',
    error: 'Error',
    differences: 'Differences',
    counted: 'Counted',
    difference: 'Difference',
    counts: 'Counts',
    preview: 'Preview',
    good: 'Good rows',
    repeated: 'Already there',
    faulty: 'Faulty rows',
    faults: 'Faults',
    faultsTotal: 'Faults in all',
    placed: 'Placed',
    refused: 'Refused rows',
    sheet: 'Sheet',
    warnings: 'Warnings',
    row: 'Row',
    column: 'Column',
    fault: 'Fault',
    imported: 'Imported',
    minutes: 'Minutes',
    version: 'Version',
    policy: 'Policy',
    services: 'Services',
    help: 'Help',
    commands: 'Commands',
    fields: 'Fields',
    field: 'Field',
    label: 'Label',
    required: 'Required',
    when: 'When',
    hint: 'Hint',
    seq: 'Row',
    at: 'When',
    who: 'Who',
    door: 'Door',
    action: 'What',
    detail: 'Detail',
    rows: 'Rows',
    file: 'File',
    mode: 'Mode',
    value: 'Value',
    code: 'Code',
    number: 'Number',
    supportContact: 'Support contact',
    anyway: 'Anyway',
    missing: 'Still missing',
    added: 'New',
    change: 'Site change',
    changes: 'Changes',
    sites: 'Sites',
    opportunities: 'Opportunities',
    amountCents: 'Amount',
    currency: 'Currency',
    updatedAt: 'Last changed',
    old: 'Before',
    new: 'After',
    order: 'Order',
    changed: 'Changed',
    submittedAt: 'Submitted',
    doneAt: 'Done',
    provisionedOn: 'Provisioned on',
    reviewer: 'Reviewed by',
    certificate: 'Certificate',
    certificateState: 'State of the certificate',
    approvalState: 'State of the request',
    catalogue: 'Catalogue version',
    documents: 'Documents',
    files: 'Files',
    verified: 'Verified',
    kind: 'Kind',
    bytes: 'Bytes',
    sha256: 'SHA-256',
    type: 'Type',
    part: 'Part',
    date: 'Date',
    versions: 'Versions',
    loadedAt: 'Loaded',
    types: 'Order types',
    origins: 'Origins',
    origin: 'Origin',
    generations: 'Generations',
    generation: 'Generation',
    solutions: 'Solutions',
    solution: 'Solution',
    references: 'References',
    reference: 'Reference',
    rules: 'Rules',
    rule: 'Rule',
    only: 'Only',
    because: 'Why',
    asks: 'Also asks',
    cloud: 'Set up by the cloud team',
    approvers: 'Decided by',
    from: 'From',
    until: 'Until',
    productLine: 'Product line',
    siteProductLine: 'Product line of the site',
    certificateMonths: 'Months a certificate holds',
    prices: 'Prices',
    quota: 'Quota',
    removed: 'Gone',
    changesTotal: 'Changes in all',
    path: 'Where',
    was: 'Was',
    becomes: 'Becomes',
    explanation: 'Explanation',
    about: 'About',
    allowed: 'Allowed',
    allows: 'What it allows',
    erased: 'Would be erased',
    kept: 'Has to stay',
    what: 'What',
    count: 'How many',
    why: 'Why',
    token: 'Token',
    expires: 'Holds until',
    installer: 'Installer',
    uses: 'Times used',
    usedAt: 'Last used',
    gateway: 'Gateway',
    key: 'Key',
  },
  states: {
    unverified: 'not verified',
    verified: 'verified',
    overdue: 'not verified in time',
    deleted: 'deleted',
    requested: 'ordered',
    registering: 'being registered',
    transferring: 'being transferred',
    redemption: 'deleted, can be restored',
    'pending-delete': 'about to be free',
    gone: 'gone',
    'transferred-out': 'transferred away',
    waiting: 'waiting',
    sales: 'sales',
    stock: 'stock',
    cloud: 'cloud',
    support: 'support',
    admin: 'administration',
    owner: 'owner',
    manager: 'manager',
    viewer: 'viewer',
    skipped: 'left out',
    topup: 'payment',
    charge: 'charge',
    refund: 'given back',
    register: 'registration',
    transfer: 'transfer',
    renew: 'renewal',
    restore: 'restoration and renewal',
    suspend: 'suspension',
    resume: 'end of the suspension',
    'owner-mail': 'mail to the owner',
    entered: 'pair refused',
    checked: 'checked',
    registered: 'registered',
    'link-sent': 'link sent',
    opened: 'link opened',
    removed: 'removed',
    resent: 'sent again',
    corrected: 'address corrected',
    reminded: 'reminder sent',
    answered: 'answered',
    ignored: 'ignored',
    released: 'released',
    discarded: 'discarded',
    created: 'new',
    existing: 'existing',
    available: 'available',
    reserved: 'reserved',
    declared: 'declared',
    assigned: 'on the client’s account',
    withdrawn: 'withdrawn',
    revoked: 'revoked',
    held: 'held',
    placed: 'placed',
    completed: 'completed',
    undone: 'undone',
    pending: 'pending',
    approved: 'approved',
    refused: 'refused',
    void: 'void',
    expired: 'expired',
    cancelled: 'cancelled',
    draft: 'draft',
    submitted: 'submitted',
    'in-review': 'in review',
    returned: 'to be completed',
    applied: 'applied',
    open: 'open',
    used: 'used',
    closed: 'closed',
    provisioning: 'being provisioned',
    done: 'done',
    invited: 'invited',
    active: 'active',
    suspended: 'suspended',
    erased: 'erased',
    reseller: 'reseller',
    queued: 'queued',
    sending: 'being sent',
    issued: 'issued',
    sent: 'sent',
    uncertain: 'uncertain',
    failed: 'failed',
    bounced: 'bounced',
  },
  feminineStates: {},
  genders: {},
  yes: 'yes',
  no: 'no',
  dryRun: 'Dry run: nothing was changed.',
  progress: ({ done, total }) => `Under way: ${done} of ${total}`,
  nothingToChange: 'Nothing to change: it stands like that already.',
  firstRows: ({ shown, total }) => `The first ${shown} of ${total} rows`,
  cell: ({ row, column }) => `Row ${row}, ${column}`,
};
