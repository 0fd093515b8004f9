/** The story of an order told by mail alone: reseller, sales and cloud team write and answer, nobody opens anything else. */
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newReseller, newStaff, type TestReseller } from '../core/ground.js';
import { newOpportunity, newSite } from '../core/order-ground.js';
import { openHouse, address, type House } from '../mail/house.js';
import { databases } from '../servers/databases.js';
import type { ReceivedMail } from '../servers/smtp.js';
import type { Web } from '../../src/web/server.js';
import { pages, purchaseOrder, read, schedule, verified } from './orders-ground.js';

let house: House;
let web: Web;
let partner: TestReseller;
let [sales, other, cloud] = ['', '', ''];
beforeAll(async () => {
  house = await openHouse(databases()[0]!);
  web = await pages(house.desk.open);
  partner = await newReseller(house.desk);
  sales = await newStaff(house.desk, 'sales');
  other = await newStaff(house.desk, 'sales');
  cloud = await newStaff(house.desk, 'cloud');
  await house.deliver();
});
afterAll(async () => {
  await web.close();
  await house.close();
});

interface Written {
  readonly from: string;
  readonly text: string;
  readonly to?: string;
  readonly reply?: ReceivedMail;
  readonly files?: Readonly<Record<string, Buffer>>;
}

/** Sends a mail as a mail program builds it; answers every mail that leaves because of it. */
async function send({ from, text, reply, to, files = {} }: Written): Promise<ReceivedMail[]> {
  const replyTo = reply?.parsed.replyTo?.value[0]?.address;
  const raw = await new MailComposer({
    from,
    to: to ?? replyTo ?? address,
    subject: reply ? `Re: ${reply.parsed.subject ?? ''}` : 'Commande',
    ...(reply?.parsed.messageId ? { inReplyTo: reply.parsed.messageId, references: reply.parsed.messageId } : {}),
    text,
    attachments: Object.entries(files).map(([filename, content]) => ({ filename, content })),
  })
    .compile()
    .build();
  return house.answers(raw, { from, mailFrom: from, to: to ?? replyTo ?? address });
}

const textOf = (mail: ReceivedMail | undefined): string => mail?.parsed.text ?? '';
const toOf = (mails: readonly ReceivedMail[], recipient: string): ReceivedMail[] =>
  mails.filter(({ envelope }) => envelope.to.includes(recipient));
/** The only mail for somebody. */
function only(mails: readonly ReceivedMail[], recipient: string): ReceivedMail {
  const [mail, ...more] = toOf(mails, recipient);
  expect(more.map(textOf)).toEqual([]);
  if (!mail) throw new Error(`no mail for ${recipient} among ${mails.map(({ envelope }) => envelope.to).join()}`);
  return mail;
}

const orderIn = (mail: ReceivedMail): string => /O-\d{6}/.exec(textOf(mail))?.[0] ?? '';
const show = (order: string) => house.desk.done('order show', { number: order }, { as: partner.email });
const stateOf = async (order: string) => (await show(order))['state'];

const initial = [
  'Commande: order new',
  'Type: Commande initiale',
  'Origine: Nouveau site',
  'Génération: Infinity V10 - Weavy V5',
  'Solution: v5-crm',
  'Nom du site: Atelier du Port',
  'Adresse du site: 4 quai Est',
  'Code postal du site: 59000',
  'Ville du site: Lille',
  'Pays du site: France',
].join('\n');

test('an initial order: drafted, completed by replies, submitted, returned, approved, certified, provisioned', async () => {
  const from = partner.email;
  // a draft, from what is known so far
  const first = only(await send({ from, text: initial }), from);
  const order = orderIn(first);
  expect(await stateOf(order)).toBe('draft');
  expect(textOf(first)).toContain('Manque');
  // the answer has a form with what is missing: it comes back with lines filled in, and a file nobody named
  const second = only(
    await send({
      from,
      reply: first,
      text: [
        'Nom du contact: Vandamme',
        'Prénom du contact: Zoé',
        'E-mail du contact: zoe@port.example',
        'Date de livraison: 23/11/2026',
        'Destinataires: zoe@port.example, it@port.example',
      ].join('\n'),
      files: { 'bc-2026-17.pdf': await purchaseOrder('Bon de commande 17') },
    }),
    from,
  );
  expect(await show(order)).toMatchObject({
    missing: [],
    documents: [{ file: 'bc-2026-17.pdf', kind: 'purchase-order', type: 'application/pdf' }],
  });
  // a further document joins by another reply
  await send({ from, reply: second, text: '', files: { 'devis.pdf': await purchaseOrder('Devis') } });
  expect((await show(order))['documents']).toMatchObject([
    { file: 'bc-2026-17.pdf', kind: 'purchase-order' },
    { file: 'devis.pdf', kind: 'other' },
  ]);
  const submitted = await send({ from, text: `Commande: order submit\nNuméro: ${order}` });
  expect(await stateOf(order)).toBe('submitted');
  only(submitted, sales);
  // returned, saying what is missing
  const returned = only(
    await send({ from: sales, text: `Commande: order return\nNuméro: ${order}\nManque: la page 2 du bon de commande` }),
    from,
  );
  expect(textOf(returned)).toContain('la page 2 du bon de commande');
  expect(await stateOf(order)).toBe('returned');
  await send({
    from,
    text: `Commande: order edit\nNuméro: ${order}\nCommentaires: page 2 jointe\nBon de commande: bc-2026-17b.pdf`,
    files: { 'bc-2026-17b.pdf': await purchaseOrder('Bon de commande 17, deux pages') },
  });
  expect(await stateOf(order)).toBe('draft');
  const again = await send({ from, text: `Commande: order submit\nNuméro: ${order}` });
  // the salesperson answers the question itself
  const question = only(again, other);
  expect(textOf(question)).toContain(order);
  const approved = await send({ from: other, reply: question, text: 'OK' });
  expect(await stateOf(order)).toBe('provisioning');
  const told = toOf(approved, from).map(textOf).join('\n');
  const number = /CT-[0-9A-F]{12}/.exec(told)?.[0] ?? '';
  expect(only(approved, cloud)).toBeDefined();
  // the wished day is today: the certificate leaves at once
  expect(await schedule(house.desk.open)).toBe(1);
  const certificates = await house.deliver();
  for (const recipient of ['zoe@port.example', 'it@port.example', from]) {
    const mail = only(certificates, recipient);
    const pdf = mail.parsed.attachments.find(({ contentType }) => contentType === 'application/pdf');
    const { text, code } = read(pdf?.content ?? Buffer.alloc(0));
    expect(text).toContain(number);
    expect(text).toContain('Atelier du Port');
    expect(code).toBe(`http://127.0.0.1:8080/c/${number}`);
  }
  const row = await house.desk.connection.reader.certificate.findUniqueOrThrow({ where: { number } });
  const { page, payload } = await verified(web, number, row.jws);
  expect(page).toContain(number);
  expect(page).not.toMatch(/Vandamme|zoe@port/);
  expect(JSON.stringify(payload)).toContain(order);
  const done = await send({ from: cloud, text: `Commande: order provisioned\nNuméro: ${order}` });
  expect(await stateOf(order)).toBe('done');
  expect(textOf(only(done, from))).toMatch(/en service/);
});

/** One form, complete, with its purchase order; then submitted and approved by as many as it takes. */
async function throughSales(lines: readonly string[], approvers: readonly string[]): Promise<string> {
  const from = partner.email;
  const drafted = only(
    await send({
      from,
      text: ['Commande: order new', ...lines, 'Date de livraison: 24/11/2026', 'Destinataires: it@client.example'].join(
        '\n',
      ),
      files: { 'bon.pdf': await purchaseOrder(lines.join(' ')) },
    }),
    from,
  );
  const order = orderIn(drafted);
  expect((await show(order))['missing'], textOf(drafted)).toEqual([]);
  const questions = await send({ from, text: `Commande: order submit\nNuméro: ${order}` });
  for (const approver of approvers) await send({ from: approver, reply: only(questions, approver), text: 'OK' });
  return order;
}

describe('the other types', () => {
  const contact = ['Nom du contact: Roy', 'Prénom du contact: Ada', 'E-mail du contact: ada@client.example'];

  test('an additional order that opens data on an existing site takes two people', async () => {
    const site = await newSite(house.desk, partner.ref);
    const lines = ['Type: additional', 'Origine: Site existant', `Site: ${site}`];
    const picked = ['Génération: infinity-v10-weavy-v5', 'Solution: v10-erp', 'Référence: SAAS IO ODATA'];
    const half = await throughSales([...lines, ...picked], [sales]);
    expect(await stateOf(half)).toBe('in-review');
    const whole = await throughSales([...lines, ...picked], [sales, other]);
    expect(await stateOf(whole)).toBe('provisioning');
  });

  test('a renewal, and a migration from an opportunity', async () => {
    const site = await newSite(house.desk, partner.ref);
    const picked = ['Génération: infinity-v10-weavy-v5', 'Solution: v10-erp'];
    const renewal = await throughSales(
      ['Type: Renouvellement', 'Origine: Site existant', `Site: ${site}`, ...picked],
      [sales],
    );
    expect(await stateOf(renewal)).toBe('done');
    const opportunity = await newOpportunity(house.desk, partner.ref, {
      'site-street': '2 place Neuve',
      'site-zip': '69001',
      'site-country': 'FR',
    });
    const migration = await throughSales(
      [
        'Type: Migration',
        'Origine: Opportunité',
        `Opportunité: ${opportunity}`,
        'Commentaires: depuis la 7.5',
        ...contact,
      ],
      [other],
    );
    expect(await show(migration)).toMatchObject({ opportunity, solution: 'one-erp', siteName: 'Prospect & Fils' });
    expect(['done', 'provisioning']).toContain(await stateOf(migration));
  });
});

test('a site change approved, and one refused', async () => {
  const from = partner.email;
  const site = await newSite(house.desk, partner.ref);
  const asked = async (city: string) => {
    const preview = only(
      await send({ from, text: `Commande: site change\nNuméro: ${site}\nVille du site: ${city}` }),
      from,
    );
    expect(textOf(preview)).toContain('Rennes');
    return only(await send({ from, reply: preview, text: 'OK' }), sales);
  };
  const refused = await send({ from: sales, reply: await asked('Atlantis'), text: 'NON cette ville n’existe pas' });
  expect(textOf(toOf(refused, from)[0])).toContain('cette ville n’existe pas');
  await send({ from: sales, reply: await asked('Vannes'), text: 'OK' });
  expect(await house.desk.done('site show', { number: site }, { as: from })).toMatchObject({ siteCity: 'Vannes' });
});
