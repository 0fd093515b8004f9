/** A reply takes up what a transcript left open: corrected lines, lines changed where they are quoted, a file, OK. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newEmail, newReseller, newStaff, type TestReseller } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { address, openHouse, written, type House, type Posted } from './house.js';

let house: House;
let reseller: TestReseller;
let english: TestReseller;
const provider = databases()[0]!;
beforeAll(async () => {
  house = await openHouse(provider);
  reseller = await newReseller(house.desk, { pro: 60 });
  english = await newReseller(house.desk, { pro: 10 }, { locale: 'en' });
  await house.deliver();
});
afterAll(() => house.close());

const textOf = (mail: ReceivedMail | undefined): string => mail?.parsed.text ?? '';
const placedFor = (email: string) => house.desk.connection.reader.declaration.count({ where: { email } });

async function answer(text: string, posted: Posted = {}): Promise<ReceivedMail> {
  const from = posted.from ?? reseller.email;
  const mails = await house.mail(text, { ...posted, from });
  const [mine, ...more] = mails.filter(({ envelope }) => envelope.to.includes(from));
  expect(more).toEqual([]);
  return mine!;
}

/** As a mail program answers: to the reply address, in the thread. */
const inThread = (mail: ReceivedMail): Posted => ({
  to: mail.parsed.replyTo?.value[0]?.address ?? '',
  subject: `Re: ${mail.parsed.subject ?? ''}`,
  headers: [`In-Reply-To: ${mail.parsed.messageId ?? ''}`],
});
/** The same where only the header tells: to the desk's plain address. */
const byHeader = (mail: ReceivedMail): Posted => ({ ...inThread(mail), to: address });

const quote = (mail: ReceivedMail): string =>
  `Le lun. 23 nov. 2026 à 10:00, Guichet <${address}> a écrit :\n\n${textOf(mail)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')}\n`;

const form = (email: string, more: Readonly<Record<string, string>> = {}): string =>
  [
    'Commande : declare new',
    ...Object.entries({
      Licence: 'pro',
      'E-mail': email,
      Nom: 'Roy',
      Prénom: 'Zoé',
      'Numéro de commande': `F-${email}`,
      ...more,
    }).map(([label, value]) => `${label} : ${value}`),
  ].join('\n');

const signature = 'Cordialement,\nAda Weber\nTél : 01 23 45 67 89\nE-mail : ada@elsewhere.test\n';

describe.each([
  ['the reply address', inThread],
  ['In-Reply-To alone', byHeader],
])('found by %s', (_, reply) => {
  test('a reply with only the corrected line resumes the form, and its signature is no correction', async () => {
    const client = newEmail();
    const refused = await answer(form('zoé@@nulle-part'));
    expect(textOf(refused)).toContain('répondez avec les seules lignes corrigées');
    const done = await answer(`Bonjour,\n\nE-mail : ${client}\n\n${signature}\n${quote(refused)}`, reply(refused));
    expect(textOf(done)).toMatch(/declare new\u00a0: fait/);
    expect(await placedFor(client)).toBe(1);
  });
});

describe('corrections', () => {
  test('inside the quoted form: changed lines count, the rest is as we sent it', async () => {
    const client = newEmail();
    const refused = await answer(form('zoé@@nulle-part', { Prénom: '' }));
    const edited = quote(refused)
      .replace('> E-mail : zoé@@nulle-part', `> E-mail : ${client}`)
      .replace('> Prénom :', '> Prénom : Zoé');
    expect(textOf(await answer(`Voilà.\n\n${edited}`, inThread(refused)))).toMatch(/: fait/);
    expect(await placedFor(client)).toBe(1);
  });

  test('in a quote without marks, as Outlook makes it', async () => {
    const client = newEmail();
    const refused = await answer(form('zoé@@nulle-part'));
    const head = `De : Guichet <${address}>\nEnvoyé : lundi 23 novembre 2026 10:00\nÀ : Ada\nObjet : ${refused.parsed.subject ?? ''}\n\n`;
    const edited = textOf(refused).replace('zoé@@nulle-part', client);
    expect(textOf(await answer(`Merci\n\n${head}${edited}`, inThread(refused)))).toMatch(/: fait/);
    expect(await placedFor(client)).toBe(1);
  });

  test('in an HTML reply, the quote in a blockquote', async () => {
    const client = newEmail();
    const refused = await answer(form('zoé@@nulle-part'));
    const lines = textOf(refused).replace('zoé@@nulle-part', client).replaceAll('&', '&amp;').split('\n');
    const html = `<div>Corrigé.</div><div>Le 23 nov. 2026, Guichet a écrit :</div><blockquote>${lines.join('<br>')}</blockquote>`;
    const raw = written(html, {
      ...inThread(refused),
      from: reseller.email,
      headers: [...(inThread(refused).headers ?? []), 'Content-Type: text/html; charset=utf-8'],
    });
    const [done] = (await house.answers(raw, inThread(refused))).filter(({ envelope }) =>
      envelope.to.includes(reseller.email),
    );
    expect(textOf(done)).toMatch(/: fait/);
    expect(await placedFor(client)).toBe(1);
  });

  test('a quoted form that nobody touched is no correction, and says so with the form again', async () => {
    const refused = await answer(form('zoé@@nulle-part', { Nom: `${'Très long nom '.repeat(5)}de famille` }));
    const long = await answer(`Je ne comprends pas.\n\n${quote(refused)}`, inThread(refused));
    expect(textOf(long)).toContain('Votre réponse ne corrige rien');
    expect(textOf(long)).toContain('E-mail : zoé@@nulle-part');
    // and what was still open in the thread still is, also from this later mail
    const client = newEmail();
    expect(textOf(await answer(`E-mail : ${client}\n`, inThread(long)))).toMatch(/: fait/);
    expect(await placedFor(client)).toBe(1);
  });

  test('a value that a mail program broke into two lines is no change', async () => {
    const client = newEmail();
    const company = 'Une raison sociale si longue que les messageries la coupent en deux lignes';
    const text = `Command: account edit\nCompany: ${company}\nCountry: Atlantis\n`;
    const refused = await answer(text, { from: english.email });
    const broken = quote(refused).replace(' en deux lignes', '\n> en deux lignes').replace('Atlantis', 'France');
    const done = await answer(broken, { ...inThread(refused), from: english.email });
    expect(textOf(done)).toMatch(/account edit: done/);
    const shown = await house.desk.done('account show', {}, { as: english.email });
    expect(JSON.stringify(shown)).toContain(company);
    expect(client).not.toBe('');
  });

  test('step by step: what is still wrong comes back, and the next reply mends that', async () => {
    const client = newEmail();
    const refused = await answer(form('zoé@@nulle-part', { Licence: 'inconnue' }));
    const half = await answer('Licence : pro\n', inThread(refused));
    expect(textOf(half)).toContain('Licence : pro\n');
    expect(textOf(half)).toContain('# E-mail doit être une adresse');
    expect(textOf(await answer(`E-mail : ${client}\n`, inThread(half)))).toMatch(/: fait/);
    // the first transcript, answered late, finds nothing left to do
    expect(textOf(await answer(`E-mail : ${newEmail()}\n`, inThread(refused)))).toContain('aucune commande');
    expect(await placedFor(client)).toBe(1);
  });

  test('a mistyped label is forgotten when its field is given', async () => {
    const client = newEmail();
    const refused = await answer(form(client, { Prénom: '', Prénon: 'Zoé' }));
    expect(textOf(refused)).toContain('# Prénon est inconnu ici');
    expect(textOf(await answer('Prénom : Zoé\n', inThread(refused)))).toMatch(/: fait/);
    expect(await placedFor(client)).toBe(1);
  });

  test('a second one on purpose takes one line', async () => {
    const client = newEmail();
    await answer(form(client));
    const duplicate = await answer(form(client), { subject: 'Encore' });
    expect(textOf(duplicate)).toContain('« Quand même : oui »');
    expect(textOf(await answer('Quand même : oui\n', inThread(duplicate)))).toMatch(/: fait/);
    expect(await placedFor(client)).toBe(2);
  });
});

describe('several forms in one mail', () => {
  test('those that were done are not done again; a line goes to the form whose fault it mends', async () => {
    const [good, first, second] = [newEmail(), newEmail(), newEmail()];
    const refused = await answer([form(good), form('a@@b'), form(second, { Nom: '' })].join('\n---\n'));
    expect(textOf(refused)).toMatch(/3 commandes : 1 faite, 2 refusées/);
    const done = await answer(`E-mail : ${first}\nNom : Curie\n`, inThread(refused));
    expect(textOf(done)).toMatch(/2 commandes : 2 faites/);
    expect(await Promise.all([good, first, second].map(placedFor))).toEqual([1, 1, 1]);
  });

  test('as many lines as forms go to them in order; one line for two is asked back', async () => {
    const [first, second] = [newEmail(), newEmail()];
    const refused = await answer([form('a@@b', { Nom: 'Un' }), form('c@@d', { Nom: 'Deux' })].join('\n---\n'));
    const unclear = await answer(`E-mail : ${first}\n`, inThread(refused));
    expect(textOf(unclear)).toContain('Plusieurs formulaires ont « E-mail »');
    const done = await answer(`E-mail : ${first}\nE-mail : ${second}\n`, inThread(refused));
    expect(textOf(done)).toMatch(/2 commandes : 2 faites/);
    const [one] = await house.desk.connection.reader.declaration.findMany({ where: { email: first } });
    expect(one?.lastName).toBe('Un');
  });

  test('one corrected, the other stays open in the newer mail too', async () => {
    const [first, second] = [newEmail(), newEmail()];
    const refused = await answer([form('a@@b'), form(second, { Nom: '' })].join('\n---\n'));
    const half = await answer(`E-mail : ${first}\n`, inThread(refused));
    expect(textOf(half)).toMatch(/: fait/);
    expect(textOf(await answer('Nom : Curie\n', inThread(half)))).toMatch(/: fait/);
    expect(await placedFor(second)).toBe(1);
  });
});

describe('whose it is', () => {
  test('the thread of somebody else opens nothing, whoever has its address', async () => {
    const client = newEmail();
    const refused = await answer(form('zoé@@nulle-part'));
    const theirs = await answer(`Email: ${client}\n`, { ...inThread(refused), from: english.email });
    expect(textOf(theirs)).not.toContain('zoé@@nulle-part');
    expect(await placedFor(client)).toBe(0);
  });

  test('the same reply again, by its Message-ID or its bytes, does nothing more and says the same', async () => {
    const client = newEmail();
    const refused = await answer(form('zoé@@nulle-part'));
    const messageId = `<${crypto.randomUUID()}@partner.test>`;
    const posted = { ...inThread(refused), messageId };
    const once = await answer(`E-mail : ${client}\n`, posted);
    const twice = await answer(`E-mail : ${client}\n`, posted);
    expect(textOf(twice)).toBe(textOf(once));
    expect(twice.parsed.messageId).toBe(once.parsed.messageId);
    expect(await placedFor(client)).toBe(1);
  });
});

describe('previews', () => {
  const csv = (rows: readonly string[]): string => ['Numéro;Produit;Achat', ...rows].join('\n');
  const withFile = (text: string, content: string, posted: Posted): string =>
    written(
      `--xx\nContent-Type: text/plain; charset=utf-8\n\n${text}\n--xx\nContent-Type: text/csv\nContent-Disposition: attachment; filename="packs.csv"\nContent-Transfer-Encoding: base64\n\n${Buffer.from(content).toString('base64')}\n--xx--\n`,
      { ...posted, headers: [...(posted.headers ?? []), 'Content-Type: multipart/mixed; boundary=xx'] },
    );

  test('a faulty table is mended by sending another, and the preview is confirmed by OUI, once', async () => {
    const staff = await newStaff(house.desk, 'stock');
    await house.deliver();
    const from = staff;
    const sent = async (raw: string, posted: Posted = {}) =>
      (await house.answers(raw, posted)).find(({ envelope }) => envelope.to.includes(staff))!;
    const text = `Commande: stock import\nRevendeur: ${reseller.ref}\n`;
    const faulty = await sent(withFile(text, csv(['PP-REPAIR-1;inconnu;F-1']), { from }));
    expect(textOf(faulty)).toContain('à valider');
    const better = await sent(
      withFile('Voici le bon fichier.', csv(['PP-REPAIR-1;pro;F-1', 'PP-REPAIR-2;pro;F-1']), {
        ...inThread(faulty),
        from,
      }),
      inThread(faulty),
    );
    expect(textOf(better)).toContain('à valider');
    const yes = (messageId: string) => written('OUI\n', { ...inThread(better), from, messageId });
    expect(textOf(await sent(yes('<yes.1@partner.test>'), inThread(better)))).toMatch(/2 packs importés/);
    const again = await sent(yes('<yes.2@partner.test>'), inThread(better));
    expect(textOf(again)).not.toMatch(/: refusé/);
    const count = await house.desk.connection.reader.stockUnit.count({
      where: { number: { startsWith: 'PP-REPAIR' } },
    });
    expect(count).toBe(2);
  });
});
