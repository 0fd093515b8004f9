/** A real order over several mails: each answer carries the form of what is missing, files join it, then it is submitted. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pdf } from '../core/order-ground.js';
import { newReseller, type TestReseller } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { openHouse, written, type House, type Posted } from './house.js';

let house: House;
let ada: TestReseller;
beforeAll(async () => {
  house = await openHouse(databases()[0]!);
  ada = await newReseller(house.desk);
  await house.deliver();
});
afterAll(() => house.close());

const textOf = (mail: ReceivedMail | undefined): string => mail?.parsed.text ?? '';
const inThread = (before: ReceivedMail): Posted => ({
  to: before.parsed.replyTo?.value[0]?.address ?? '',
  subject: `Re: ${before.parsed.subject ?? ''}`,
  headers: [`In-Reply-To: ${before.parsed.messageId ?? ''}`],
});

/** A mail of hers with files, and the answer to it. */
async function mail(text: string, before?: ReceivedMail, ...files: string[]): Promise<ReceivedMail> {
  const posted = before ? inThread(before) : {};
  const parts = files.map((name) =>
    [
      '--limit',
      `Content-Type: application/pdf; name="${name}"`,
      `Content-Disposition: attachment; filename="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      pdf(name).content.toString('base64'),
    ].join('\n'),
  );
  const body = ['--limit', 'Content-Type: text/plain; charset=utf-8', '', text, ...parts, '--limit--', ''].join('\n');
  const headers = [...(posted.headers ?? []), 'Content-Type: multipart/mixed; boundary="limit"'];
  const from = { ...posted, from: ada.email };
  const mails = await house.answers(written(body, { ...from, headers }), from);
  const answers = mails.filter(({ envelope, parsed }) => envelope.to.includes(ada.email) && parsed.inReplyTo);
  return answers[0]!;
}
const order = () => house.desk.done('order show', { number: 'O-000001' }, { as: ada.email });

test('an order is filled in by replies', async () => {
  const first = await mail('Commande : order new\nType : Commande initiale\nOrigine : Nouveau site\n');
  expect(textOf(first)).toContain('Pour continuer, répondez');
  expect(textOf(first)).toMatch(/Commande : order edit\nNuméro : O-000001\nGénération :\n# par exemple Infinity V10/);
  const site =
    'Nom du site : Atelier\nAdresse du site : 4 quai Est\nCode postal du site : 59000\nVille du site : Lille';
  const second = await mail(
    `Génération : One\nSolution : one-erp\n${site}\nPays du site : France\nDate de livraison : 01/12/2026\n`,
    first,
  );
  expect(textOf(second)).toContain('order edit\u00a0: fait');
  expect(textOf(second)).not.toContain('Ville du site :\n');
  const third = await mail('Voici le bon de commande.', second, 'bc-17.pdf');
  expect(textOf(third)).not.toContain('Bon de commande :\n');
  const contact = 'Nom du contact : Roy\nPrénom du contact : Zoé\nE-mail du contact : zoe@atelier.example';
  const fourth = await mail(`${contact}\nDestinataires : zoe@atelier.example\n`, third);
  expect(textOf(fourth)).toContain('Il ne manque plus rien');
  expect(textOf(fourth)).toContain('Commande : order submit\nNuméro : O-000001');
  // a second file of a complete draft joins it as well
  const fifth = await mail('Et un plan.', fourth, 'plan.pdf');
  expect(await order()).toMatchObject({ state: 'draft' });
  expect(JSON.stringify(await order())).toMatch(/bc-17\.pdf.*plan\.pdf/);
  const last = await mail('Commande : order submit\nNuméro : O-000001\n', fifth);
  expect(await order()).toMatchObject({ state: 'submitted' });
  // what comes later in the thread does not take it back to a draft
  expect(textOf(last)).not.toContain('order edit');
  await mail('Merci !', fourth, 'logo.pdf');
  expect(await order()).toMatchObject({ state: 'submitted' });
});

test('a line with a dash alone empties its field, an empty one changes nothing', async () => {
  const from = { as: ada.email };
  const { order } = await house.desk.done(
    'order new',
    { type: 'initial', origin: 'new-site', comments: 'vite', 'quote-number': 'Q-7', 'site-name': 'Atelier' },
    from,
  );
  const number = String(order);
  const head = `Commande : order edit\nNuméro : ${number}\n`;
  const answer = await mail(`${head}Commentaires : –\nNuméro de devis :\nNom du site : -\n`);
  expect(textOf(answer)).toContain('order edit\u00a0: fait');
  const shown = await house.desk.done('order show', { number }, from);
  expect(shown).toMatchObject({ quoteNumber: 'Q-7' });
  expect(shown).not.toHaveProperty('comments');
  expect(shown['siteName']).toBeNull();
  expect(textOf(await mail(`${head}Commentaires : -\n`))).toContain('Rien à changer');
  expect(textOf(await mail(`${head}Type : -\n`))).toMatch(/^# .*vidé/m);
});
