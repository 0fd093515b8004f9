/** The part of the tour (tour.ts) that goes through organisations, customers, domains, billing and support. */
import type { RawInput } from '../../src/core/command/input.js';
import type { Outcome } from '../../src/core/command/outcome.js';
import { newEmail, type AskOptions } from './ground.js';

type Ask = (command: string, input?: RawInput, options?: AskOptions) => Promise<Outcome>;

const valueOf = (outcome: Outcome, key: string): string => String((outcome.ok && outcome.data[key]) || '');
const csv = (text: string) => ({ name: 'domains.csv', type: 'text/csv', content: Buffer.from(text) });

/** Names nobody has: the tour is taken more than once over one desk. */
let tours = 0;

/**
 * @param who.boss somebody who may do everything
 * @param who.today the desk's day
 */
export async function toDomains(ask: Ask, { boss, today }: { boss: string; today: string }): Promise<void> {
  const by = { as: boss };
  const own = { as: newEmail('owner') };
  const name = (label: string, tld = 'fr') => `${label}-${tours}.${tld}`;
  tours += 1;

  // organisations
  const created = await ask('org create', { name: 'Ateliers Roux', type: 'company', country: 'FR' }, own);
  const org = valueOf(created, 'org');
  await ask('org create', { name: 'Les Amis', type: 'association', 'display-name': 'Amis' }, own);
  await ask('org create', { name: 'Les Amis', type: 'association', 'display-name': 'amis' }, own);
  await ask('org edit', { number: org, street: '1 rue Basse', zip: '69001', city: 'Lyon', phone: '0123456789' }, own);
  await ask('org list', {}, own);
  await ask('org show', { number: org }, own);
  await ask('org show', { number: 'G-999999' }, own);
  const colleague = newEmail('colleague');
  await ask('org invite', { number: org, email: colleague, role: 'manager' }, own);
  await ask('org remove', { number: org, email: colleague }, own);
  await ask('org remove', { number: org, email: own.as }, own);
  const terms = { org, 'accept-terms': 'yes', confirm: 'Ateliers Roux' };
  await ask('org become-reseller', { ...terms, org: 'Amis', confirm: 'Les Amis' }, own);
  await ask('org become-reseller', { ...terms, confirm: 'Ateliers' }, own);
  await ask('org become-reseller', { ...terms, terms: '1999-01' }, own);
  await ask('org become-reseller', terms, own);
  await ask('org become-reseller', terms, own);

  // money
  const mine = { ...own };
  const at = (input: RawInput): RawInput => ({ ...input, org });
  await ask('billing topup', { reseller: org, amount: '100', payment: `VIR-${tours}` }, by);
  await ask('billing topup', { reseller: org, amount: '90', payment: `VIR-${tours}` }, by);
  await ask('billing credit', { reseller: org, amount: '10' }, by);
  await ask('billing threshold', at({ amount: '50' }), mine);
  await ask('billing balance', at({}), mine);

  // customers
  const party = { type: 'individual', 'last-name': 'Petit', 'first-name': 'Léa', locale: 'fr' };
  const home = { street: '3 rue Haute', zip: '69001', city: 'Lyon', country: 'FR', phone: '0123456789' };
  const added = await ask('customer add', at({ ...party, ...home, email: newEmail('customer'), tags: 'vip' }), mine);
  const customer = valueOf(added, 'customer');
  await ask('customer add', at({ type: 'company', email: 'oops' }), mine);
  await ask('customer edit', at({ number: customer, city: 'Villeurbanne' }), mine);
  await ask('customer list', at({ tags: 'vip' }), mine);
  await ask('customer show', at({ number: customer }), mine);
  await ask('customer resend-verification', at({ number: customer }), mine);
  const spare = valueOf(
    await ask('customer add', at({ ...party, ...home, email: newEmail('spare') }), mine),
    'customer',
  );
  await ask('customer delete', at({ number: spare }), mine);
  await ask('customer delete', at({ number: spare, yes: 'yes' }), mine);

  // domains
  await ask('domain register', at({ domain: 'oops', customer }), mine);
  await ask('domain register', at({ domain: name('atelier', 'museum'), customer }), mine);
  await ask('domain register', at({ domain: name('atelier', 'com'), customer, 'max-price': '1' }), mine);
  await ask('domain transfer', at({ domain: name('soi'), customer: 'self', 'auth-code': 'Ab-12345' }), mine);
  const ordered = await ask('domain register', at({ domain: name('atelier', 'com'), customer, tags: 'shop' }), mine);
  const task = valueOf(ordered, 'task');
  await ask('domain register', at({ domain: name('atelier', 'com'), customer }), mine);
  await ask('domain renew', at({ domains: name('atelier', 'com') }), mine);
  await ask('domain done', { task, date: today, 'registrar-reference': 'REG-1' }, by);
  await ask('domain done', { task, date: today, 'registrar-reference': 'REG-1' }, by);
  const moved = { domain: name('venu'), customer, 'auth-code': 'Ab-12345' };
  const failing = valueOf(await ask('domain transfer', at(moved), mine), 'task');
  await ask('domain failed', { task: failing, reason: 'refusé par le bureau' }, by);
  await ask('domain register', at({ domain: name('cher', 'io'), customer, years: '5' }), mine);
  await ask('domain list', at({ 'expiring-within': '400' }), mine);
  await ask('domain show', at({ domain: name('atelier', 'com') }), mine);
  await ask('domain resend-validation', at({ domain: name('atelier', 'com') }), mine);
  await ask('domain autorenew', at({ domains: name('atelier', 'com'), 'auto-renew': 'yes' }), mine);
  await ask('domain autorenew', at({ domains: name('atelier', 'com'), 'auto-renew': 'no' }), mine);
  await ask('domain tag', at({ domains: name('atelier', 'com'), tags: 'a, b', untag: 'shop' }), mine);
  const rows = `domain;customer-email;expires;auto-renew\n${name('venu', 'be')};${newEmail('import')};2027-03-01;yes\n`;
  await ask('domain import', { reseller: org, file: csv(rows) }, by);
  await ask('domain import', { reseller: org, file: csv(rows), yes: 'yes' }, by);
  const both = `${name('atelier', 'com')}, ${name('venu', 'be')}`;
  await ask('domain renew', at({ domains: both }), mine);
  await ask('domain renew', at({ domains: both, yes: 'yes' }), mine);
  await ask('customer delete', at({ number: customer, yes: 'yes' }), mine);
  await ask('customer release', at({ number: customer }), mine);
  const waiting = await ask('billing orders', at({}), mine);
  for (const item of ((waiting.ok && waiting.data['items']) as { task: string }[]) || [])
    await ask('domain done', { task: item.task, date: today, 'registrar-reference': 'REG-2' }, by);
  await ask('customer release', at({ number: customer, yes: 'yes' }), mine);

  // what it came to
  const receipts = await ask('billing receipts', at({}), mine);
  const [receipt] = ((receipts.ok && receipts.data['items']) as { receipt: string }[]) || [];
  await ask('billing receipt', at({ number: receipt?.receipt ?? '' }), mine);
  await ask('billing history', at({}), mine);
  await ask('billing forecast', at({ months: '12' }), mine);

  // support
  const opened = await ask(
    'support open',
    { subject: 'Un domaine', text: 'Il ne répond pas.', object: customer },
    mine,
  );
  const number = valueOf(opened, 'ticket');
  await ask('support reply', { number, text: 'Nous regardons.' }, by);
  await ask('support reply', { number, text: 'Merci.' }, mine);
  await ask('support close', { number }, mine);
  await ask('support close', { number }, mine);
  await ask('support reopen', { number, text: 'Encore une chose.' }, mine);
  await ask('support list', {}, by);
  await ask('support show', { number }, mine);
}
