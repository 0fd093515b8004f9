/** Goes through every command, and every way to be refused: what came of each, for tests that look at all of it. */
import { readFileSync } from 'node:fs';
import type { RawInput } from '../../src/core/command/input.js';
import type { Outcome } from '../../src/core/command/outcome.js';
import { createMailbox } from '../../src/core/ports/mailbox.js';
import type { openTestDesk } from './ground.js';
import { dayMs, newEmail, type AskOptions } from './ground.js';
import { toDevices } from './tour-devices.js';
import { toDomains } from './tour-domains.js';
import { toOrders } from './tour-orders.js';
import { toSites } from './tour-sites.js';

const table = (text: string) => ({ name: 'packs.csv', type: 'text/csv', content: Buffer.from(text) });

export async function everything(desk: Awaited<ReturnType<typeof openTestDesk>>): Promise<Outcome[]> {
  const { locale } = desk.desk;
  const outcomes: Outcome[] = [];
  const ask = async (command: string, input: RawInput = {}, options: AskOptions = {}) => {
    const outcome = await desk.ask(command, input, { locale, ...options });
    outcomes.push(outcome);
    // what an approval carried out is an answer inside its own
    const result = outcome.ok ? (outcome.data['result'] as Outcome | undefined) : undefined;
    if (result) outcomes.push({ ...result, ok: true } as Outcome);
    return outcome;
  };
  const approvalOf = (outcome: Outcome) => String((outcome.ok && outcome.data['approval']) || '');
  const names = { 'last-name': 'Weber', 'first-name': 'Ada', locale };
  const [reseller, client, staff, boss] = [
    newEmail('reseller'),
    newEmail('client'),
    newEmail('staff'),
    newEmail('boss'),
  ];

  // people and roles
  await ask('staff grant', { email: boss, role: 'admin' });
  const grant = await ask('staff grant', { email: staff, role: 'stock' }, { as: boss });
  await ask('approval approve', { number: approvalOf(grant) }, { as: boss });
  await ask('approval approve', { number: approvalOf(grant) });
  const deputy = newEmail('deputy');
  await ask('staff grant', { email: deputy, role: 'admin' });
  await ask('approval approve', { number: approvalOf(grant) }, { as: deputy });
  for (const as of [boss, staff]) await ask('account edit', { locale }, { as });
  await ask('staff list');
  await ask('staff revoke', { email: staff, role: 'sales' });
  await ask('staff revoke', { email: newEmail(), role: 'sales' });
  const spare = newEmail('spare');
  await ask('staff grant', { email: spare, role: 'support' });
  await ask('staff revoke', { email: spare, role: 'support' });

  // resellers and stock
  await ask('reseller register', { email: reseller, company: 'Société Weber', ...names });
  await ask('reseller register', { email: reseller, company: 'Société Weber', ...names });
  await ask('reseller register', {});
  await ask('stock receive', { reseller: newEmail(), product: 'pro', quantity: '1', purchase: 'P-1' });
  await ask('stock receive', { reseller, product: 'pro', quantity: '9', purchase: 'P-1' });
  await ask('stock receive', { reseller, product: 'pro', quantity: '8', purchase: 'P-1' });
  await ask('stock receive', { reseller: 'G-999999', product: 'pro', quantity: '8', purchase: 'P-1' });
  await ask('stock receive', { reseller, product: 'box-pro', quantity: '1', purchase: 'P-2' });
  const good = { reseller, file: table('number;product;purchase\nODD-1;pro;P-3\n') };
  await ask('stock import', good);
  await ask('stock import', { ...good, yes: 'yes' });
  const stale = { reseller, file: table('number;product;purchase\nODD-2;pro;P-3\n') };
  await ask('stock import', stale);
  const units = desk.connection.writer.stockUnit;
  await units.create({
    data: { kind: 'pack', product: 'power', orgId: 1, number: 'ODD-2', numberKey: 'ODD-2', createdAt: desk.clock() },
  });
  await ask('stock import', { ...stale, yes: 'yes' });
  await ask('stock import', { reseller, yes: 'yes', file: table('number;product;purchase\nODD-3;prp;P-3\n') });
  for (const text of [
    'number;product\nODD-3;pro\n',
    'number;product;purchase\n',
    ';;\n1;2;3\n',
    '"broken',
    '[1]',
    'a\u0000b',
    `number;product;purchase\n${'x;pro;P\n'.repeat(10_001)}`,
  ]) {
    await ask('stock import', { reseller, file: table(text) });
  }
  await ask('stock show', {}, { as: reseller });
  await ask('stock show', { reseller: 'G-999999' }, { as: reseller });
  await ask('stock reconcile', { counts: 'pro=1' }, { as: reseller });
  await ask('stock reconcile', { counts: 'power=0' }, { as: reseller });
  await ask('stock threshold', { product: 'pro', quantity: '100' }, { as: reseller });
  await ask('stock threshold', { product: 'pro', quantity: '0' }, { as: reseller });

  // declarations
  const declaration = { product: 'pro', email: client, ...names, 'order-number': 'F-1' };
  const placed = await ask('declare new', declaration, { as: reseller, key: 'once' });
  await ask('declare new', { ...declaration, 'order-number': 'F-2' }, { as: reseller, key: 'once' });
  await ask('declare new', declaration, { as: reseller });
  await ask('declare new', { ...declaration, 'order-number': 'F-3', takeover: 'yes', box: 'SN-1' }, { as: reseller });
  await ask('declare new', { ...declaration, 'order-number': 'F-4', box: 'SN-1' }, { as: reseller });
  await ask('declare new', { ...declaration, product: 'power-ultimate' }, { as: reseller });
  await ask('declare new', { ...declaration, 'support-contact': newEmail() }, { as: reseller });
  const clients = (...rows: string[]) => ({
    file: table(['product;email;last-name;first-name;order-number', ...rows].join('\n')),
  });
  const [fine, faulty] = ['pro;a@example.org;A;B;1', 'prp;nobody;A;;1;stray'];
  await ask('declare bulk', clients(fine), { as: reseller });
  await ask('declare bulk', { ...clients(fine), yes: 'yes' }, { as: reseller });
  await ask('declare bulk', clients(fine, 'pro;c@example.org;C;D;1', 'pro;c@example.org;C;D;1'), { as: reseller });
  await ask('declare bulk', { ...clients(fine, faulty), mode: 'good' }, { as: reseller });
  await ask(
    'declare bulk',
    { ...clients('pro;c@example.org;C;D;1', faulty), mode: 'good', yes: 'yes' },
    { as: reseller },
  );
  await ask('declare bulk', { ...clients(faulty), yes: 'yes' }, { as: reseller });
  for (const file of [
    table('Licence;Licence;Nom;Prénon\npro;pro;A;B\n'),
    table(`${';'.repeat(300)}a\n1\n`),
    table('a;b\n1;2"\n'),
  ])
    await ask('declare bulk', { file }, { as: reseller });
  await ask('declare bulk', { ...clients(fine), sheet: 'Mai' }, { as: reseller });
  await ask('declare list', {}, { as: reseller });
  await ask('declare list', { state: 'gone', sort: 'gone' }, { as: reseller });
  const [number, pack] = placed.ok ? [String(placed.data['declaration']), String(placed.data['pack'])] : ['', ''];
  await ask('declare show', { number }, { as: reseller });
  await ask('declare show', { number: 'D-999999' }, { as: reseller });
  for (let count = 0; count < 6; count += 1) await ask('declare resend', { number }, { as: reseller });
  await desk.connection.writer.declaration.updateMany({ where: { orderNumber: 'F-3' }, data: { state: 'undone' } });
  await ask('declare resend', { number: 'D-2' }, { as: reseller });
  await ask('pack redeem', { number: 'wrong' }, { as: client });
  await ask('pack redeem', { number: pack }, { as: client });

  // mail
  const mailbox = createMailbox(desk.desk);
  for (let count = 0; count < 3; count += 1) {
    const raw = Buffer.from(`Subject: ${count}\r\n\r\n`);
    const mail = { raw, source: 'smtp', subject: `Order ${count}`, sender: newEmail('claimed') };
    await mailbox.end(mail, { state: 'held', reason: 'no signature' });
  }
  await ask('mail held');
  await ask('mail release', { number: 'H-1' });
  await ask('mail release', { number: 'H-1' });
  await ask('mail discard', { number: 'H-2', reason: 'not theirs' });
  await ask('mail pause', { reason: 'a loop' });
  await ask('mail pause', { reason: 'a loop' });
  await ask('mail resume');
  await ask('mail resume');

  // approvals
  const withdrawal = { reseller, product: 'pro', quantity: '1', reason: 'sent back' };
  const asked = [];
  for (let count = 0; count < 4; count += 1)
    asked.push(approvalOf(await ask('stock withdraw', withdrawal, { as: staff })));
  const [approved = '', refused = '', changed = '', late = ''] = asked;
  await ask('approval approve', { number: approved }, { as: staff });
  await ask('approval approve', { number: approved }, { as: boss });
  await ask('approval approve', { number: approved }, { as: boss });
  await ask('approval refuse', { number: refused, reason: 'kept' }, { as: boss });
  await units.updateMany({
    where: { approvalId: Number(changed.slice(2)) },
    data: { state: 'available', approvalId: null },
  });
  await ask('approval approve', { number: changed }, { as: boss });
  await ask('approval show', { number: approved });
  await ask('approval list');
  const onlyAdmins = approvalOf(await ask('staff grant', { email: spare, role: 'admin' }, { as: boss }));
  await ask('approval approve', { number: onlyAdmins }, { as: staff });

  // accounts
  const user = { kind: 'discord', id: '600000000000000001', name: 'user' } as const;
  await ask('stock show', {}, { caller: user, door: 'chat' });
  const second = newEmail('second');
  const letters = await desk.queuedBy(() => ask('account link', { email: client }, { caller: user, door: 'chat' }));
  await ask('account confirm', { code: '1234 5678' }, { caller: user, door: 'chat' });
  await ask('account confirm', { code: letters[0]?.secret['code'] ?? '' }, { caller: user, door: 'chat' });
  await ask('account link', { email: second }, { caller: user, door: 'chat' });
  for (let count = 0; count < 6; count += 1)
    await ask('account confirm', { code: '1234 5678' }, { caller: user, door: 'chat' });
  await ask('account link', { email: boss }, { caller: user, door: 'chat' });
  await ask('account unlink', { email: client }, { as: client });
  await ask('account unlink', {}, { caller: user, door: 'chat' });
  await ask('account unlink', {}, { as: client });
  await desk.connection.writer.address.create({
    data: {
      email: second,
      personId: (await desk.connection.reader.address.findUniqueOrThrow({ where: { email: client } })).personId,
      main: false,
      createdAt: desk.clock(),
    },
  });
  await ask('account unlink', { email: second }, { as: client });
  await ask('account edit', { phone: '01 23 45 67 89', country: 'France' }, { as: client });
  await ask('account edit', { phone: '1', country: 'Nowhere', locale: 'de', email: 'x' }, { as: client });
  await ask('account show', {}, { as: client });
  await ask('account show', { person: boss }, { as: client });
  await ask('account show', { person: newEmail() }, { as: boss });
  await ask('account password', {}, { as: client });
  await ask('account password');
  await desk.connection.writer.person.updateMany({
    where: { addresses: { some: { email: spare } } },
    data: { state: 'suspended' },
  });
  await ask('account show', {}, { as: spare });

  // sites and opportunities
  await toSites(ask, { reseller, boss });
  await toOrders(ask, { reseller, boss });
  await toDomains(ask, { boss, today: desk.clock().toISOString().slice(0, 10) });
  await toDevices(ask, {
    boss,
    async come(device, to) {
      const { device: devices, person } = desk.connection.writer;
      const row = await devices.update({ where: { id: Number(device.slice(2)) }, data: { state: to } });
      if (to === 'active') await person.update({ where: { id: row.clientId ?? 0 }, data: { state: 'active' } });
    },
  });

  // the desk
  await ask('help', {}, { as: client });
  await ask('help', { topic: 'declare new' }, { as: client });
  await ask('stok');
  await ask('catalogue show');
  await ask('catalogue show', { part: 'prices', date: '2026-01-01' });
  await ask('catalogue why', { rule: 'type-origin' });
  await ask('catalogue why', { rule: 'infinity-v7-additional' });
  await ask('catalogue why', { rule: 'infinity' });
  const shipped = readFileSync('catalogue/policy.yaml', 'utf8');
  const policy = (text: string) => ({ file: { name: 'policy.yaml', type: '', content: Buffer.from(text) } });
  const edited = policy(shipped.replace('heldMailDays: 30', 'heldMailDays: 31'));
  await ask('catalogue load', edited, { as: boss });
  const load = await ask('catalogue load', { ...edited, yes: 'yes' }, { as: boss });
  await ask('approval approve', { number: approvalOf(load) }, { as: deputy });
  for (const text of ['times: 1', 'times: 1\nlimits: 1', shipped.replace('heldMailDays: 30', 'heldMailDays: 31')])
    await ask('catalogue load', policy(text), { as: boss });
  await ask('audit show', { object: number });
  await ask('audit verify');
  await ask('stock receive', {}, { as: client });
  const { auditDetail, auditErasing } = desk.connection.writer;
  const { seq } = await auditDetail.findFirstOrThrow({ orderBy: { seq: 'desc' } });
  await auditErasing.create({ data: { seq, at: desk.clock() } });
  await auditDetail.delete({ where: { seq } });
  await ask('audit verify');
  desk.clock.advance(8 * dayMs);
  await ask('approval approve', { number: late }, { as: boss });
  return outcomes;
}
