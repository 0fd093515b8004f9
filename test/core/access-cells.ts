/** Each command as the access matrix asks it: about whose thing, and with what. A command without an entry fails the test. */
import type { RawInput } from '../../src/core/command/input.js';
import { newEmail } from './ground.js';
import { pdf } from './order-ground.js';
import type { Thing, Things } from './access-ground.js';

export interface Cell {
  /** The thing it is about, if it is about anybody's. */
  readonly about?: Thing;
  readonly input: (things: Things) => RawInput;
  /** The policy's entry of who decides, where the command is a decision. */
  readonly decides?: string;
  /** Whoever asks first becomes a person by it, which takes a proven address. */
  readonly addressed?: true;
  /** What a member has to be in the organisation, where that is more than the command's `who` says. */
  readonly least?: 'manager' | 'owner';
  /** The field that names the thing, where another's is refused as a wrong value. */
  readonly field?: string;
}

const csv = (text: string) => ({ name: 'table.csv', type: 'text/csv', content: Buffer.from(text) });
const of = (about: Thing, input: (things: Things) => RawInput, more: Partial<Cell> = {}): Cell => ({
  about,
  input,
  ...more,
});
const numbered = (about: Thing, more: RawInput = {}, rest: Partial<Cell> = {}): Cell =>
  of(about, (things) => ({ number: things[about], ...more }), rest);
const free = (input: RawInput | (() => RawInput) = {}): Cell => ({
  input: typeof input === 'function' ? input : () => input,
});
/** Done for one's own organisation, which may be named. */
const forOrg = (more: RawInput | ((things: Things) => RawInput) = {}): Cell =>
  of('org', (things) => ({ org: things.org, ...(typeof more === 'function' ? more(things) : more) }), { field: 'org' });
/** Of one's own, or of the one that staff name. */
const ofReseller = (more: RawInput = {}): Cell =>
  of('org', (things) => ({ reseller: things.org, ...more }), { field: 'reseller' });
const ofPerson = (more: (things: Things) => RawInput = () => ({})): Cell =>
  of('email', (things) => ({ person: things.email, ...more(things) }));

const party = { type: 'individual', 'last-name': 'Petit', 'first-name': 'Léa', country: 'FR' };
const ordering = { type: 'initial', origin: 'new-site' };
const firm = { company: 'Alarmes', 'last-name': 'Roy', 'first-name': 'Zoé', phone: '0123456789' };
const reach = { 'web-address': 'http://10.0.0.9' };
const home = { 'last-name': 'Roy', 'first-name': 'Zoé', street: '1 rue', zip: '69001', city: 'Lyon', country: 'FR' };
const declaration = (): RawInput => ({
  product: 'pro',
  email: newEmail(),
  'last-name': 'Roy',
  'first-name': 'Zoé',
  'order-number': newEmail('F'),
});

/** What the desk holds that is nobody's own. */
export interface Made {
  readonly approval: string;
  readonly held: string;
  readonly today: string;
  /** Of staff, with the role `stock`. */
  readonly clerk: string;
  /** Another one each time. */
  readonly pair: () => RawInput;
  readonly gateway: () => string;
}

export const cells = (made: Made): Readonly<Record<string, Cell>> => ({
  help: free(),
  'account link': free(() => ({ email: newEmail('linked') })),
  'account confirm': free({ code: '12345678' }),
  'account unlink': of('email', ({ email }) => ({ email })),
  'account show': ofPerson(),
  'account edit': ofPerson(() => ({ city: 'Nantes' })),
  'account password': ofPerson(),
  'account export': ofPerson(),
  'account erase': ofPerson(({ email }) => ({ confirm: email, yes: 'yes' })),
  'org create': { ...free(() => ({ name: newEmail('org'), type: 'company' })), addressed: true },
  'org edit': numbered('org', { city: 'Nantes' }),
  'org list': free(),
  'org show': numbered('org'),
  'org invite': of('org', ({ org }) => ({ number: org, email: newEmail('invited') })),
  'org remove': of('org', ({ org, member }) => ({ number: org, email: member }), { least: 'manager' }),
  'org become-reseller': of('org', ({ org }) => ({ org, 'accept-terms': 'yes', confirm: 'Nobody' }), {
    field: 'org',
    least: 'owner',
  }),
  'customer add': forOrg(() => ({ ...party, email: newEmail('customer') })),
  'customer edit': numbered('customer', { city: 'Nantes' }),
  'customer list': free(),
  'customer show': numbered('customer'),
  'customer release': numbered('customer', { yes: 'yes' }),
  'customer delete': numbered('customer', { yes: 'yes' }),
  'domain register': of(
    'customer',
    ({ customer, org }) => ({ domain: `${newEmail('d').split('@')[0]?.replace('.', '-')}.fr`, customer, org }),
    {
      field: 'org',
    },
  ),
  'domain transfer': of(
    'customer',
    ({ customer, org }) => ({
      domain: `${newEmail('t').split('@')[0]?.replace('.', '-')}.fr`,
      customer,
      org,
      'auth-code': 'Ab-12345',
    }),
    { field: 'org' },
  ),
  'domain list': free(),
  'domain show': of('domain', ({ domain }) => ({ domain })),
  'domain renew': of('domain', ({ domain }) => ({ domains: domain })),
  'domain autorenew': of('domain', ({ domain }) => ({ domains: domain, 'auto-renew': 'yes' })),
  'domain tag': of('domain', ({ domain }) => ({ domains: domain, tags: 'vip' })),
  'domain import': of('org', ({ org }) => ({ reseller: org, file: csv('domain;customer-email;expires\n') })),
  'domain done': of('task', ({ task }) => ({ task, date: made.today, 'registrar-reference': 'R-1' })),
  'domain failed': of('task', ({ task }) => ({ task, reason: 'refused there' })),
  'stock show': ofReseller(),
  'declare new': forOrg(() => declaration()),
  'declare bulk': forOrg({ file: csv('product;email;last-name;first-name;order-number\n') }),
  'declare list': free(),
  'declare show': numbered('declaration'),
  'declare resend': numbered('declaration'),
  'pack redeem': free({ number: 'PP2026NOV000000000000' }),
  'stock threshold': forOrg({ product: 'pro', quantity: '2' }),
  'stock reconcile': forOrg({ counts: 'pro=1' }),
  'reseller register': free(() => ({ email: newEmail('new'), ...firm, phone: '' })),
  'stock receive': ofReseller({ product: 'pro', quantity: '1', purchase: 'P-matrix' }),
  'stock import': ofReseller({ file: csv('number;product;purchase\n') }),
  'stock withdraw': ofReseller({ product: 'pro', quantity: '1', reason: 'sent back' }),
  'order new': forOrg(ordering),
  'order edit': numbered('order', { comments: 'vite' }),
  'order attach': of('order', ({ order }) => ({ number: order, file: pdf('plan.pdf') })),
  'order detach': numbered('order', { file: 'bc-17.pdf' }),
  'order submit': numbered('order'),
  'order cancel': numbered('order'),
  'order list': free(),
  'order show': numbered('order'),
  'order dossier': numbered('submitted'),
  'order approve': numbered('submitted', {}, { decides: 'order submit' }),
  'order refuse': numbered('submitted', { reason: 'not now' }, { decides: 'order submit' }),
  'order return': numbered('submitted', { missing: 'the quote' }, { decides: 'order submit' }),
  'order provisioned': numbered('submitted'),
  'site list': free(),
  'site show': numbered('site'),
  'site change': numbered('site', { 'site-city': 'Nantes' }),
  'site import': free({ file: csv('number;reseller;generation;product-line;site-name\n') }),
  'opportunity list': free(),
  'opportunity show': numbered('opportunity'),
  'opportunity import': free({ file: csv('number;reseller;name\n') }),
  'installer register': { ...free(() => ({ ...firm })), addressed: true },
  'installer show': free(),
  'installer edit': free({ city: 'Nantes' }),
  'device check': free(() => ({ ...made.pair(), ...reach, email: newEmail('device') })),
  'device add': free(() => ({ ...made.pair(), ...reach, ...home, email: newEmail('device') })),
  'device list': free(),
  'device show': of('device', ({ device }) => ({ device })),
  'device edit': of('device', ({ device }) => ({ device, 'web-address': 'http://10.0.0.1' })),
  'device resend': of('device', ({ device }) => ({ device })),
  'device remove': of('device', ({ device }) => ({ device, reason: 'taken down', yes: 'yes' })),
  'device access': of('device', ({ device }) => ({ device })),
  'device grants': of('device', ({ device }) => ({ device })),
  'device revoke': of('grant', ({ grant }) => ({ grant })),
  'device consent': of('device', ({ device }) => ({ device, 'remote-access': 'no' })),
  'device import': free({ file: csv('code-id;mac\n') }),
  'customer resend-verification': numbered('customer'),
  'domain resend-validation': of('domain', ({ domain }) => ({ domain })),
  'billing balance': ofReseller(),
  'billing orders': forOrg(),
  'billing receipts': forOrg(),
  'billing receipt': numbered('receipt'),
  'billing history': forOrg(),
  'billing forecast': ofReseller(),
  'billing threshold': forOrg({ amount: '10' }),
  'billing topup': ofReseller({ amount: '5', payment: 'VIR-matrix' }),
  'billing credit': ofReseller({ amount: '5' }),
  'support open': free(() => ({ subject: 'Bonjour', text: newEmail('text') })),
  'support reply': numbered('ticket', { text: 'Bonjour.' }),
  'support close': numbered('ticket'),
  'support reopen': numbered('ticket', { text: 'Encore.' }),
  'support list': free(),
  'support show': numbered('ticket'),
  'approval list': free(),
  'approval show': free({ number: made.approval }),
  'approval approve': free({ number: made.approval }),
  'approval refuse': free({ number: made.approval, reason: 'not now' }),
  'staff grant': free(() => ({ email: newEmail('granted'), role: 'stock' })),
  'staff revoke': free({ email: made.clerk, role: 'stock' }),
  'staff list': free(),
  'gateway add': free(() => ({ name: newEmail('vpn').replace('@', '-') })),
  'gateway list': free(),
  'gateway remove': free(() => ({ name: made.gateway() })),
  'catalogue show': free(),
  'catalogue load': free({ file: { name: 'policy.yaml', type: '', content: Buffer.from('times: 1\n') } }),
  'catalogue why': free({ rule: 'type-origin' }),
  'audit show': free({ object: 'D-1' }),
  'audit verify': free(),
  'mail held': free(),
  'mail release': free({ number: made.held }),
  'mail discard': free({ number: made.held, reason: 'not wanted' }),
  'mail pause': free({ reason: 'drill' }),
  'mail resume': free(),
});
