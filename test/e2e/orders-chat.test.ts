/** The story of an order told in Discord alone: panel, modals, uploads, the approvals channel and its buttons. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nextWorkingDays } from '../../src/core/programmes/orders/calendar.js';
import { dayIn } from '../../src/core/locales/format.js';
import type { RawInput } from '../../src/core/command/input.js';
import { say, startGround, whole, type Ground } from '../bot/ground.js';
import type { DoubleUser, MessageJson, UserInteraction } from '../servers/discord/double.js';
import type { Web } from '../../src/web/server.js';
import { pages, purchaseOrder, read, schedule, verified } from './orders-ground.js';

const dayMs = 86_400_000;
let ground: Ground;
let web: Web;
let ann: DoubleUser;
let sam: DoubleUser;
let tom: DoubleUser;
let clo: DoubleUser;
let day = '';
beforeAll(async () => {
  ground = await startGround();
  web = await pages(ground.open);
  ann = await ground.reseller();
  sam = await ground.staff('Sam', { role: 'sales' });
  tom = await ground.staff('Tom', { role: 'sales' });
  clo = await ground.staff('Clo', { role: 'cloud' });
  const { calendar } = ground.open.desk.catalogue.orders;
  [day = ''] = nextWorkingDays(calendar, { from: dayIn(new Date(Date.now() + dayMs), 'Europe/Paris'), count: 1 });
});
afterAll(async () => {
  await web.close();
  await ground.stop();
  expect(ground.double.violations).toEqual([]);
  expect(ground.double.faults).toEqual([]);
  expect(ground.failures).toEqual([]);
  expect(ground.log.filter(({ level }) => level === 'error')).toEqual([]);
});

/** The channel's latest message about something. */
function about(text: string): MessageJson {
  const message = ground.double
    .channel(ground.approvalsChannel.id)
    .messages.findLast(({ content }) => content.includes(text));
  if (!message) throw new Error(`nothing about ${text} in the channel`);
  return message;
}

const show = async (number: string) => {
  const outcome = await ground.operator('order show', { number });
  return outcome.ok ? outcome.data : {};
};
const stateOf = async (number: string) => (await show(number))['state'];
const orderIn = ({ answer }: UserInteraction): string => /O-\d{6}/.exec(answer.content)?.[0] ?? '';
const pdf = async (name: string) => ({ name, type: 'application/pdf', content: await purchaseOrder(name) });

/** Presses the panel's button or picks from its menu; what it shows then. */
const pick = (panel: UserInteraction, order: string, field: string, value: string): Promise<UserInteraction> =>
  whole(ann.choose(panel, `pick:order edit:${order}:${field}`, [value]));
async function fill(
  panel: UserInteraction,
  group: string,
  values: Parameters<DoubleUser['submit']>[1],
): Promise<UserInteraction> {
  return whole(ann.submit(await ann.press(panel, group), values));
}

test('an initial order: picked and filled in, submitted, returned, completed, approved, certified, provisioned', async () => {
  const begun = await say(ann, 'order new', { type: 'initial', origin: 'new-site' });
  const order = orderIn(begun);
  expect(begun.answer.ephemeral).toBe(true);
  let panel = await pick(begun, order, 'generation', 'infinity-v10-weavy-v5');
  panel = await pick(panel, order, 'solution', 'v5-crm');
  panel = await fill(panel, 'Site', {
    'site-name': 'Atelier <@1> du Port',
    'site-street': '4 quai Est',
    'site-zip': '59000',
    'site-city': 'Lille',
    'site-country': 'France',
  });
  // the bot ends and starts again: the draft is where it was, and so are its buttons
  await ground.bot.close();
  await ground.start();
  panel = await fill(panel, 'Interlocuteur', {
    'contact-last-name': 'Vandamme',
    'contact-first-name': 'Zoé',
    'contact-email': 'zoe@port.example',
  });
  panel = await fill(panel, 'Livraison', { 'delivery-date': day, recipients: 'zoe@port.example' });
  expect(panel.answer.content).toMatch(/Manque encore.*Bon de commande/);
  panel = await fill(panel, 'Documents', { 'purchase-order': [await pdf('bc-17.pdf')] });
  expect((await show(order))['missing']).toEqual([]);
  const submitted = await whole(ann.press(panel, 'Soumettre'));
  expect(submitted.answer.content).toContain(order);
  expect(await stateOf(order)).toBe('submitted');
  await ground.post();

  // sales take it up by the button, and send it back
  const request = about(order);
  expect(request.content).toContain('Atelier');
  expect(request.content).not.toContain('<@1>');
  await whole(sam.press(request, 'Prendre en charge'));
  expect(await stateOf(order)).toBe('in-review');
  await say(sam, 'order return', { number: order, missing: 'la page 2' });
  await ground.post();
  expect(ann.dms.at(-1)?.content).toContain('la page 2');
  expect(ground.mails.filter(({ letter, object }) => letter === 'order-step' && object === order).length).toBe(2);

  // picked up again from its number, completed, submitted as it is
  const shown = await say(ann, 'order show', { number: order });
  await fill(shown, 'Documents', { documents: [await pdf('page-2.pdf')] });
  await say(ann, 'order submit', { number: order });
  await ground.post();
  await whole(tom.press(about(order), 'Approuver'));
  expect(await stateOf(order)).toBe('provisioning');
  await ground.post();
  const number = /CT-[0-9A-F]{12}/.exec(ann.dms.at(-1)?.content ?? '')?.[0] ?? '';
  expect(number).not.toBe('');

  // the cloud team's task has its button
  await whole(clo.press(about(`${order} est approuvée`), 'Mise en service faite'));
  expect(await stateOf(order)).toBe('done');
  await ground.post();
  expect(ann.dms.at(-1)?.content).toContain('en service');

  // on the wished day the certificate leaves
  expect(await schedule(ground.open)).toBe(0);
  ground.skewMs = 5 * dayMs;
  expect(await schedule(ground.open)).toBe(1);
  await ground.post();
  ground.skewMs = 0;
  const mail = ground.mails.find(
    ({ letter, recipient }) => letter === 'certificate' && recipient === 'zoe@port.example',
  );
  const [attached] = mail?.attachments ?? [];
  const { text, code } = read(await ground.open.desk.documents.read(attached?.sha256 ?? ''));
  expect(text).toContain('Atelier <@1> du Port');
  expect(code).toBe(`http://127.0.0.1:8080/c/${number}`);
  const row = await ground.open.desk.database.read((tx) => tx.certificate.findUniqueOrThrow({ where: { number } }));
  const { page, payload } = await verified(web, number, row.jws);
  expect(page).not.toMatch(/Vandamme|zoe@port/);
  expect(JSON.stringify(payload)).toContain(order);
});

describe('the other types', () => {
  const delivered = () => ({ 'delivery-date': day, recipients: 'it@client.example' });
  const table = (rows: Record<string, string>) => ({
    name: 'table.csv',
    type: 'text/csv',
    content: Buffer.from(`${Object.keys(rows).join(';')}\n${Object.values(rows).join(';')}\n`),
  });

  async function site(): Promise<string> {
    const data = { reseller: 'rev@example.com', generation: 'infinity-v10-weavy-v5', 'product-line': 'erp' };
    const contact = { 'contact-last-name': 'Roy', 'contact-first-name': 'Ada', 'contact-email': 'ada@client.example' };
    const file = table({ ...data, 'site-name': 'Usine', 'site-city': 'Rennes', ...contact });
    await ground.operator('site import', { file, yes: 'yes' });
    const { _max } = await ground.open.desk.database.read((tx) => tx.site.aggregate({ _max: { id: true } }));
    return `S-${String(_max.id).padStart(6, '0')}`;
  }

  /** One command with everything in it, submitted, approved by its buttons. */
  async function throughSales(input: Record<string, string>, approvers: readonly DoubleUser[]): Promise<string> {
    const drafted = await say(ann, 'order new', { ...input, ...delivered(), 'purchase-order': await pdf('bc.pdf') });
    const order = orderIn(drafted);
    expect((await show(order))['missing']).toEqual([]);
    await say(ann, 'order submit', { number: order });
    await ground.post();
    for (const approver of approvers) await whole(approver.press(about(order), 'Approuver'));
    await ground.post();
    return order;
  }
  const v10 = { generation: 'infinity-v10-weavy-v5', solution: 'v10-erp' };

  test('OData on an existing site: two people', async () => {
    const order = await throughSales(
      { type: 'additional', origin: 'existing-site', site: await site(), ...v10, reference: 'SAAS IO ODATA EXT' },
      [sam],
    );
    expect(await stateOf(order)).toBe('in-review');
    await whole(tom.press(about(order), 'Approuver'));
    expect(await stateOf(order)).toBe('provisioning');
  });

  test('a renewal, and a migration from an opportunity', async () => {
    const renewal = await throughSales({ type: 'renewal', origin: 'existing-site', site: await site(), ...v10 }, [sam]);
    expect(await stateOf(renewal)).toBe('done');
    const prospect: RawInput = {
      file: table({
        ...{ number: 'OP-1', reseller: 'rev@example.com', name: 'Affaire', generation: 'one', solution: 'one-erp' },
        ...{
          'site-name': 'Prospect',
          'site-street': '1 rue',
          'site-zip': '69001',
          'site-city': 'Lyon',
          'site-country': 'FR',
        },
        ...{ 'contact-last-name': 'Roy', 'contact-first-name': 'Ada', 'contact-email': 'ada@client.example' },
      }),
      yes: 'yes',
    };
    await ground.operator('opportunity import', prospect);
    const migration = await throughSales(
      { type: 'migration', origin: 'opportunity', opportunity: 'OP-1', comments: 'depuis la 7.5' },
      [tom],
    );
    expect(['done', 'provisioning']).toContain(await stateOf(migration));
  });

  test('a site change approved, and one refused', async () => {
    const number = await site();
    const asked = async (city: string) => {
      const preview = await say(ann, 'site change', { number, 'site-city': city });
      expect(preview.answer.content).toContain('Rennes');
      const { answer } = await whole(ann.press(preview, 'Confirmer'));
      await ground.post();
      return about(/A-\d{6}/.exec(answer.content)?.[0] ?? 'no request');
    };
    const opener = await sam.press(await asked('Atlantis'), 'Refuser');
    await whole(sam.submit(opener, { reason: 'cette ville n’existe pas' }));
    await ground.post();
    expect(ann.dms.at(-1)?.content).toContain('cette ville n’existe pas');
    await whole(tom.press(await asked('Vannes'), 'Approuver'));
    const shown = await ground.operator('site show', { number });
    expect(shown.ok && shown.data['siteCity']).toBe('Vannes');
  });
});
