/** What happens with a mail, from the SMTP listener to the answer at another SMTP server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawInput } from '../../src/core/command/input.js';
import { hourMs, newEmail, newReseller, newStaff, type TestReseller } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { address, openHouse, written, type House, type Posted } from './house.js';

let house: House;
let fr: TestReseller;
let en: TestReseller;
let staff: string;
const provider = databases()[0]!;
beforeAll(async () => {
  house = await openHouse(provider, { chat: true });
  fr = await newReseller(house.desk, { pro: 60 });
  en = await newReseller(house.desk, { pro: 10 }, { locale: 'en' });
  staff = await newStaff(house.desk, 'stock');
  await house.deliver();
});
afterAll(() => house.close());

const to = (mails: readonly ReceivedMail[], recipient: string) =>
  mails.filter((mail) => mail.envelope.to.includes(recipient));
const textOf = (mail: ReceivedMail | undefined): string => mail?.parsed.text ?? '';
const htmlOf = (mail: ReceivedMail | undefined): string => mail?.parsed.html || '';
const header = (mail: ReceivedMail | undefined, name: string): string =>
  String(mail?.parsed.headerLines.find(({ key }) => key === name)?.line ?? '').replace(/^[^:]+:\s*/, '');

/** The one answer to a mail of this sender; what else leaves goes to others. */
async function answer(text: string, posted: Posted = {}): Promise<ReceivedMail> {
  const from = posted.from ?? fr.email;
  const mine = to(await house.mail(text, { ...posted, from }), from);
  expect(mine).toHaveLength(1);
  return mine[0]!;
}

const inbound = () => house.desk.connection.reader.inboundMail.findFirstOrThrow({ orderBy: { id: 'desc' } });
const placed = () => house.desk.connection.reader.declaration.count();
const id = () => `<${crypto.randomUUID()}@partner.test>`;

const form = (email: string, more: RawInput = {}): string =>
  Object.entries({
    Licence: 'Service Pack Pro',
    'E-mail': email,
    Nom: 'Roy',
    Prénom: 'Zoé',
    'Numéro de commande': 'F-17',
    ...more,
  })
    .map(([label, value]) => `${label} : ${String(value)}`)
    .join('\n')
    .replace(/^/, 'Commande : declare new\n');

describe('forms', () => {
  test('a French form, with prose around it, is carried out and answered in its thread', async () => {
    const email = newEmail();
    const messageId = id();
    const from = `"Zoé, la vendeuse" <${fr.email.toUpperCase()}>`;
    const headers = ['References: <first@partner.test> <second@partner.test>', 'Reply-To: elsewhere@partner.test'];
    const mails = await house.mail(`Bonjour,\n\n${form(email)}\n\nMerci : à bientôt\n-- \nZoé\n`, {
      from,
      messageId,
      headers,
      subject: 'Client Roy',
    });
    const [mail] = to(mails, fr.email);
    expect(
      mails
        .map(({ envelope }) => envelope.to)
        .flat()
        .sort(),
    ).toEqual([email, fr.email].sort());
    expect(mail?.parsed.subject).toBe('Re: Client Roy');
    expect(textOf(mail)).toMatch(/^declare new\u00a0: fait\n=+\n\nDéclaration D-\d{6} enregistrée/);
    expect(htmlOf(mail)).toContain(`enregistrée pour ${email}`);
    expect(header(mail, 'in-reply-to')).toBe(messageId);
    expect(header(mail, 'references').split(/\s+/)).toEqual([
      '<first@partner.test>',
      '<second@partner.test>',
      messageId,
    ]);
    expect(header(mail, 'auto-submitted')).toBe('auto-replied');
    expect(header(mail, 'from')).toBe('Maison Lumen <guichet@localhost>');
    expect(header(mail, 'reply-to')).toMatch(/^guichet\+t\d+-[0-9a-f]{16}@localhost$/);
    expect(mail?.envelope.from).toMatch(/^guichet\+m\d+-[0-9a-f]{16}@localhost$/);
    expect(await inbound()).toMatchObject({
      state: 'answered',
      sender: fr.email,
      messageId,
      subject: 'Client Roy',
      reason: null,
    });
    const row = await house.desk.connection.reader.outbox.findFirstOrThrow({
      where: { letter: 'transcript' },
      orderBy: { id: 'desc' },
    });
    expect([row.state, row.secret]).toEqual(['sent', null]);
    expect(row.params).not.toContain(email);
  });

  test('an English form is answered in the language of its sender', async () => {
    const text =
      'Command: declare new\nProduct: Service Pack Pro\nEmail: max@client.test\nLast name: Roy\nFirst name: Max\nOrder number: 9';
    expect(textOf(await answer(text, { from: en.email }))).toMatch(
      /^declare new: done\n=+\n\nDeclaration D-\d{6} placed for max@client\.test/,
    );
  });

  test('of two forms only the wrong one comes back, filled in, and its correction is taken', async () => {
    const [good, bad] = [newEmail(), newEmail()];
    const before = await placed();
    const mail = await answer(
      `${form(good)}\n---\n${form('zoé@@client', { Prénom: '', Prénon: 'Zoé', Essai: 'non' })}\n`,
    );
    expect(await placed()).toBe(before + 1);
    const text = textOf(mail);
    expect(text).toMatch(/^Votre courriel contient 2 commandes : 1 faite, 1 refusée\./);
    expect(text.match(/^Commande : /gm)).toHaveLength(1);
    expect(text).not.toContain(`E-mail : ${good}`);
    const again = text.slice(text.indexOf('Commande : '), text.indexOf('\n\n', text.indexOf('Commande : ')));
    expect(again.split('\n')).toEqual([
      'Commande : declare new',
      'Licence : Service Pack Pro',
      'E-mail : zoé@@client',
      '# E-mail doit être une adresse, comme nom@exemple.fr',
      'Nom : Roy',
      'Prénom :',
      '# Prénom est à remplir',
      'Numéro de commande : F-17',
      'Essai : non',
      'Prénon : Zoé',
      '# Prénon est inconnu ici ; vouliez-vous dire « Prénom » ?',
    ]);
    const corrected = again.replace('zoé@@client', bad).replace('Prénon : ', 'Prénom : ');
    const headers = [`In-Reply-To: ${mail.parsed.messageId}`];
    const reply = await answer(`${corrected}\n\nLe 23 nov. 2026, Guichet a écrit :\n${text.replace(/^/gm, '> ')}`, {
      headers,
      subject: 'Re: [declare new]',
    });
    expect(textOf(reply)).toMatch(/^declare new\u00a0: fait/);
    expect(await placed()).toBe(before + 2);
  });

  test('a mail in HTML alone', async () => {
    const rows = form(newEmail())
      .split('\n')
      .map((line) => `<tr><td><b>${line.split(' : ')[0]} :</b></td><td>${line.split(' : ')[1]}</td></tr>`)
      .join('');
    const mail = await answer(`<html><body><p>Bonjour,</p><table>${rows}</table><p>Merci</p></body></html>`, {
      headers: ['Content-Type: text/html; charset=utf-8'],
    });
    expect(textOf(mail)).toMatch(/^declare new\u00a0: fait/);
  });

  test('the subject names the command', async () => {
    expect(textOf(await answer('\n', { subject: '[stock show]' }))).toMatch(/^stock show\n=+\n\nStock de/);
  });

  test('quit ends the reading', async () => {
    const before = await placed();
    expect(textOf(await answer(`Commande: stock show\nquit\n${form(newEmail())}`))).not.toContain('declare new');
    expect(await placed()).toBe(before);
  });

  test('a trial changes nothing', async () => {
    const before = await placed();
    const mail = await answer(form(newEmail(), { Essai: 'oui' }));
    expect(textOf(mail)).toMatch(/^declare new\u00a0: essai[\s\S]*rien n’a changé/);
    expect(await placed()).toBe(before);
  });

  test('21 commands: the last is told to be unread', async () => {
    const text = textOf(await answer('Commande: stock show\n'.repeat(21)));
    expect(text).toContain('20 commandes : 20 réponses');
    expect(text).toContain('La dernière n’a pas été lue');
  });

  test('1 MB of quoted text is nothing, and quickly so', async () => {
    const begun = performance.now();
    const mail = await answer(
      `Commande: stock show\n\n${`> ${form('x@y.test').replaceAll('\n', '\n> ')}\n`.repeat(8_000)}`,
    );
    expect(textOf(mail)).toMatch(/^(Une partie[^\n]*\n\n)?stock show\n=/);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

describe('what is shown is data', () => {
  test('a name with markup stays a name in the HTML part', async () => {
    const mail = await answer(form('x@@y', { Nom: '<b>Roy</b> & <img src=x onerror=alert(1)>' }));
    expect(htmlOf(mail)).toContain('Nom : &lt;b&gt;Roy&lt;/b&gt; &amp; &lt;img src=x onerror=alert(1)&gt;');
    expect(htmlOf(mail)).not.toMatch(/<b>|<img/);
    expect(textOf(mail)).toContain('Nom : <b>Roy</b> & <img src=x onerror=alert(1)>');
  });

  test('a subject adds no header and does not pile up', async () => {
    const encoded = Buffer.from('Re: RE: TR: Bonjour\r\nBcc: victim@client.test\r\n\r\nCommande: help').toString(
      'base64',
    );
    const mail = await answer('Commande: stock show', { subject: `=?utf-8?B?${encoded}?=` });
    expect(mail.parsed.subject).toBe('Re: Bonjour Bcc: victim@client.test Commande: help');
    expect([mail.envelope.to, header(mail, 'bcc')]).toEqual([[fr.email], '']);
    expect((await answer('Commande: stock show', { subject: 'x'.repeat(900) })).parsed.subject).toHaveLength(200);
  });
});

describe('files', () => {
  const table = (rows: number): string =>
    ['Numéro;Produit;Achat', ...Array.from({ length: rows }, (_, at) => `PP-MAIL-${at};pro;F-9`)].join('\n');
  const withFile = (text: string, csv: string): string =>
    written(
      [
        '--xx',
        'Content-Type: text/plain; charset=utf-8',
        '',
        text,
        '--xx',
        'Content-Type: text/csv',
        'Content-Disposition: attachment; filename="packs.csv"',
        'Content-Transfer-Encoding: base64',
        '',
        Buffer.from(csv).toString('base64'),
        '--xx--',
        '',
      ].join('\n'),
      { from: staff, headers: ['Content-Type: multipart/mixed; boundary=xx'] },
    );
  const sent = async (raw: string): Promise<ReceivedMail | undefined> => to(await house.answers(raw), staff)[0];

  test('an attached table is previewed, then imported by OK', async () => {
    const preview = await sent(withFile(`Commande: stock import\nRevendeur: ${fr.ref}\n`, table(2)));
    expect(textOf(preview)).toMatch(/^stock import\u00a0: à valider/);
    expect(textOf(preview)).toContain('Pour valider, répondez « OK » sur la première ligne.');
    const yes = written('OK\n', { from: staff, headers: [`In-Reply-To: ${header(preview, 'message-id')}`] });
    expect(textOf(await sent(yes))).toMatch(/^stock import\u00a0: fait\n=+\n\n2 packs importés/);
  });

  test('an export comes as a file', async () => {
    await answer(form(newEmail()));
    const mail = await answer('Commande: declare list\nExport: csv');
    expect(textOf(mail)).toContain('Fichier joint : declaration-listed.csv');
    const [file] = mail.parsed.attachments;
    expect(file?.filename).toBe('declaration-listed.csv');
    expect(file?.content.toString()).toContain(';Roy;Zoé;');
  });
});

describe('once (X4)', () => {
  test('the same mail twice is carried out once and answered under the same Message-ID', async () => {
    const email = newEmail();
    const raw = written(`${form(email)}\n---\nCommande: stock receive`, { from: fr.email });
    const before = await placed();
    const first = await house.answers(raw);
    const [again, ...more] = await house.answers(`Received: from a by b; Mon, 23 Nov 2026 09:00:01 +0000\r\n${raw}`);
    expect(more).toEqual([]);
    expect(await placed()).toBe(before + 1);
    const [answered] = to(first, fr.email);
    expect(again?.parsed.messageId).toBe(answered?.parsed.messageId);
    expect(textOf(again)).toBe(textOf(answered));
    expect(
      await house.desk.connection.reader.inboundMail.count({ where: { messageId: answered?.parsed.inReplyTo ?? '' } }),
    ).toBe(1);
  });

  test('two at the same moment, and before the answer has left', async () => {
    const raw = written(form(newEmail()), { from: fr.email });
    const before = await placed();
    await Promise.all([house.post(raw), house.post(raw)]);
    expect(await placed()).toBe(before + 1);
    expect(to(await house.deliver(), fr.email)).toHaveLength(1);
  });

  test('a mail without Message-ID is known by its bytes', async () => {
    const raw = written(form(newEmail()), { from: fr.email, messageId: null });
    const before = await placed();
    const [first] = to(await house.answers(raw), fr.email);
    const [second] = to(await house.answers(raw), fr.email);
    expect(await placed()).toBe(before + 1);
    expect(second?.parsed.messageId).toBe(first?.parsed.messageId);
  });

  test('the same content in a new mail is a new command', async () => {
    const text = form(newEmail());
    expect(textOf(await answer(text))).toMatch(/: fait\n/);
    const second = textOf(await answer(text));
    expect(second).toMatch(/: refusé\n[\s\S]*La même déclaration existe déjà : D-\d{6}/);
    const lines = second.slice(second.indexOf('Commande : '), second.indexOf('\n\n', second.indexOf('Commande : ')));
    expect(textOf(await answer(lines.replace('Quand même :', 'Quand même : oui')))).toMatch(/: fait\n/);
  });

  test('the same Message-ID of somebody else is another mail', async () => {
    const messageId = id();
    expect(textOf(await answer('Commande: stock show', { messageId }))).toContain('Stock de');
    expect(textOf(await answer('Command: stock show', { messageId, from: en.email }))).toContain('Stock of');
  });

  test('a Message-ID with other content is refused', async () => {
    const messageId = id();
    await answer(form(newEmail()), { messageId });
    expect(textOf(await answer(form(newEmail()), { messageId }))).toMatch(/La clé .* a servi pour autre chose/);
  });
});

describe('nothing to do', () => {
  test('help has a form to copy for everything the sender may do, and for nothing else', async () => {
    const text = textOf(await answer('Commande: aide\n'));
    const forms = [...text.matchAll(/^Commande : (.+)$/gm)].map(([, name]) => name);
    expect(forms).toEqual(expect.arrayContaining(['declare new', 'declare bulk', 'stock show', 'account edit']));
    expect(forms).not.toContain('stock receive');
    expect(forms).not.toContain('mail release');
    expect(new Set(forms).size).toBe(forms.length);
    // a copied form, filled in, is taken
    const copied = text.slice(text.indexOf('Commande : stock show'));
    expect(textOf(await answer(copied.slice(0, copied.indexOf('\n\n'))))).toMatch(/^stock show/);
    expect(textOf(await answer('Commande: aide declare\n'))).toContain('Commande : declare resend');
  });

  test('prose alone: what to write, and what there is', async () => {
    const text = textOf(await answer('Bonjour, où en est ma demande ?'));
    expect(text).toMatch(/^Nous n’avons trouvé aucune commande/);
    expect(text).toMatch(/\nCommande : declare new\nLicence :\n/);
    expect(text).toContain('stock show\u00a0: Voir son stock');
    expect(text).not.toContain('stock withdraw');
  });

  test('an empty mail', async () =>
    expect(textOf(await answer('', { from: en.email }))).toMatch(/^Your mail is empty; nothing was done\./));

  test('help about a command comes with its form', async () => {
    const text = textOf(await answer('Commande: aide declare new'));
    expect(text).toMatch(/^help declare new\n=+\n/);
    expect(text).toContain('# facultatif : Prise en charge');
  });

  test('a proven sender whom nobody knows is told how to begin, and can', async () => {
    const from = newEmail('stranger');
    const people = await house.desk.connection.reader.person.count();
    const text = textOf(await answer('Hello', { from, headers: ['Content-Language: en-GB'] }));
    expect(text).toContain(`We do not know the address ${from} yet.`);
    expect(textOf(await answer('Command: stock show', { from }))).toContain('The desk does not know you yet.');
    expect(await house.desk.connection.reader.person.count()).toBe(people);
    const lines = text.slice(text.indexOf('Command: account link'), text.indexOf('\n\nYou will be mailed'));
    const mails = to(await house.mail(lines, { from }), from);
    const code = /\b\d{4} \d{4}\b/.exec(mails.map(textOf).join('\n'))?.[0];
    expect(mails).toHaveLength(2);
    expect(
      textOf(
        (await house.mail(`Command: account confirm\nCode: ${code}`, { from })).find(
          (mail) => mail.parsed.subject === 'Re: Bonjour',
        ),
      ),
    ).toContain('is linked');
  });

  test('an unknown command names the nearest', async () => {
    const text = textOf(await answer('Commande: declarre new\nLicence: pro'));
    expect(text).toContain('Vouliez-vous dire « declare new » ?');
    expect(text).toContain('Commande : declarre new\n# La commande');
    expect(text).toContain('\nLicence : pro');
  });
});

describe('mail that is never answered (X7)', () => {
  test.each<[string, Posted]>([
    ['an auto-reply', { headers: ['Auto-Submitted: auto-replied'] }],
    ['a list', { headers: ['List-Id: <news.partner.test>'] }],
    ['bulk', { headers: ['Precedence: bulk'] }],
    ['a null return path', { mailFrom: null }],
    ['a mail server', { from: 'MAILER-DAEMON@partner.test' }],
    ['an absence', { subject: 'Réponse automatique : absent' }],
    ['itself', { from: address }],
  ])('%s', async (_, posted) => {
    const before = await placed();
    expect(await house.mail(form(newEmail()), { from: fr.email, ...posted })).toEqual([]);
    expect(await placed()).toBe(before);
    expect((await inbound()).state).toBe('ignored');
  });

  const report = (mail: ReceivedMail, more: { action?: string; original?: string }): string =>
    written(
      [
        '--rr',
        'Content-Type: text/plain',
        '',
        'Sorry.',
        '--rr',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.client.test',
        '',
        `Final-Recipient: rfc822; ${mail.envelope.to[0]}`,
        `Action: ${more.action ?? 'failed'}`,
        'Status: 5.1.1',
        'Diagnostic-Code: smtp; 550 5.1.1 no such user',
        '',
        '--rr',
        'Content-Type: message/rfc822',
        '',
        `Message-ID: ${more.original ?? '<other@x.test>'}`,
        'Subject: x',
        '',
        'x',
        '--rr--',
        '',
      ].join('\n'),
      {
        from: 'mailer-daemon@client.test',
        headers: ['Content-Type: multipart/report; report-type=delivery-status; boundary=rr'],
      },
    );
  const clientMail = async (): Promise<ReceivedMail> => {
    const email = newEmail();
    return to(await house.mail(form(email), { from: fr.email }), email)[0]!;
  };
  const outgoing = (mail: ReceivedMail) =>
    house.desk.connection.reader.outbox.findUniqueOrThrow({ where: { messageId: mail.parsed.messageId ?? '' } });

  test('a bounce marks its mail, found by the address it came back to', async () => {
    const mail = await clientMail();
    expect(await house.answers(report(mail, {}), { mailFrom: null, to: mail.envelope.from })).toEqual([]);
    const row = await outgoing(mail);
    expect(row).toMatchObject({ state: 'bounced', error: '5.1.1 550 5.1.1 no such user' });
    expect((await inbound()).reason).toBe(`report: M-${String(row.id).padStart(6, '0')} came back`);
    const shown = await house.desk.done('audit show', { object: row.object ?? '' });
    expect(JSON.stringify(shown['items'])).toContain('mail bounced');
    const alert = (await house.desk.letters()).findLast(({ letter }) => letter === 'alert');
    expect(alert).toMatchObject({
      channel: 'chat',
      recipient: 'approvals',
      params: { text: expect.stringContaining('no such user') as unknown },
    });
  });

  test('a delay and a read receipt stand beside what their mail was about, and nothing more', async () => {
    const mail = await clientMail();
    const original = mail.parsed.messageId ?? '';
    await house.answers(report(mail, { action: 'delayed' }), { mailFrom: null, to: mail.envelope.from });
    const receipt = report(mail, { original })
      .replaceAll('delivery-status', 'disposition-notification')
      .replace('Action: failed', 'Disposition: manual-action/MDN-sent-manually; displayed');
    expect(await house.answers(receipt, { mailFrom: null })).toEqual([]);
    // a made-up word must not stand in the audit as if the desk had done something
    const forged = receipt.replace('displayed', 'released').replace(/^Message-ID: .*$/m, 'Message-ID: <forged@x.test>');
    await house.answers(forged, { mailFrom: null });
    expect((await inbound()).reason).toBe('receipt');
    await house.answers(receipt.replace('Bonjour', 'Encore'), { mailFrom: null });
    const row = await outgoing(mail);
    expect(row.state).toBe('sent');
    expect((await inbound()).reason).toBe(`receipt: M-${String(row.id).padStart(6, '0')} displayed`);
    const shown = await house.desk.done('audit show', { object: row.object ?? '' });
    const actions = (shown['items'] as { action: string }[]).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['mail delayed', 'mail displayed']));
    expect(actions).not.toContain('mail released');
  });

  test('a mail of ours that comes back to us is ignored, whoever it says it is from', async () => {
    const mail = await clientMail();
    const raw = written('Commande: stock show', { from: fr.email, messageId: mail.parsed.messageId ?? '' });
    expect(await house.answers(raw, { from: fr.email })).toEqual([]);
    expect(await inbound()).toMatchObject({ state: 'ignored', reason: 'our own mail' });
  });

  test('or by its Message-ID; a delay and a forged address mark nothing', async () => {
    const mail = await clientMail();
    const messageId = mail.parsed.messageId ?? '';
    const forged = mail.envelope.from.replace(/-[0-9a-f]{16}@/, '-0123456789abcdef@');
    await house.answers(report(mail, {}), { mailFrom: null, to: forged });
    await house.answers(report(mail, { action: 'delayed', original: messageId }), { mailFrom: null });
    expect((await outgoing(mail)).state).toBe('sent');
    await house.answers(report(mail, { original: messageId }), { mailFrom: null });
    expect((await outgoing(mail)).state).toBe('bounced');
  });
});

describe('approvals by reply (X3)', () => {
  const ask = async (by = staff): Promise<{ number: string; letter: ReceivedMail; other: string }> => {
    const other = await newStaff(house.desk, 'support');
    await house.deliver();
    const asked = await house.mail(
      `Commande: stock withdraw\nRevendeur: ${fr.ref}\nProduit: pro\nQuantité: 1\nMotif: retour`,
      { from: by },
    );
    const number = /A-\d{6}/.exec(textOf(to(asked, by)[0]))?.[0] ?? '';
    return { number, letter: to(asked, other)[0]!, other };
  };
  const replyTo = (letter: ReceivedMail): string => header(letter, 'reply-to');
  const state = async (number: string) => (await house.desk.done('approval show', { number }))['state'];
  const quoted = (letter: ReceivedMail): string =>
    `\n\nLe 23 nov. 2026, Guichet a écrit :\n${textOf(letter).replace(/^/gm, '> ')}`;

  test('OK on the first line approves', async () => {
    const { number, letter, other } = await ask();
    const [mail] = to(
      await house.mail(`\nOK\n\nBonne journée${quoted(letter)}`, {
        from: other,
        to: replyTo(letter),
        subject: `Re: ${letter.parsed.subject}`,
      }),
      other,
    );
    expect(textOf(mail)).toMatch(/^approval approve\u00a0: fait/);
    expect(await state(number)).toBe('approved');
  });

  test('NON and a reason refuses; without one the form comes back', async () => {
    const { number, letter, other } = await ask();
    const posted = { from: other, to: replyTo(letter), subject: `Re: ${letter.parsed.subject}` };
    const [first] = to(await house.mail(`Non.${quoted(letter)}`, posted), other);
    expect(textOf(first)).toContain(`Commande : approval refuse\nNuméro : ${number}\nMotif :\n# Motif est à remplir`);
    const [second] = to(await house.mail(`NON le client a changé\nd’avis${quoted(letter)}`, posted), other);
    expect(textOf(second)).toContain('Motif\u00a0: le client a changé\n    d’avis');
    expect(await state(number)).toBe('refused');
  });

  test('the requester may not, and neither may a stranger with the address', async () => {
    const { number, letter } = await ask();
    const reply = { to: replyTo(letter), subject: 'Re: x' };
    expect(textOf(to(await house.mail('OK', { ...reply, from: staff }), staff)[0])).toContain('votre propre demande');
    expect(textOf(to(await house.mail('OUI', { ...reply, from: fr.email }), fr.email)[0])).toMatch(
      /approval approve\u00a0: refusé/,
    );
    expect(await state(number)).toBe('pending');
  });

  test('what is neither is told so', async () => {
    const { number, letter, other } = await ask();
    const [mail] = to(
      await house.mail(`C’est OK pour moi${quoted(letter)}`, {
        from: other,
        to: replyTo(letter),
        subject: 'Re: [approval approve]',
      }),
      other,
    );
    expect(textOf(mail)).toContain(`Nous n’avons pas compris votre réponse à la demande ${number}`);
    expect(await state(number)).toBe('pending');
  });
});

describe('limits and faults', () => {
  test('60 answers an hour, then silence and one alert', async () => {
    const from = newEmail('loud');
    const alerts = async () =>
      (await house.desk.letters()).filter(({ params }) => String(params['text']).includes(from)).length;
    const mails: ReceivedMail[] = [];
    for (let at = 0; at < 63; at += 1) mails.push(...(await house.mail('Commande: help', { from })));
    expect(mails).toHaveLength(60);
    expect(await alerts()).toBe(1);
    expect(await inbound()).toMatchObject({ state: 'answered', reason: 'not answered: more than 60 an hour' });
    // what changes something is always answered: a busy reseller is no robot
    expect(await house.mail('Commande: account link\nE-mail: other@loud.example', { from })).not.toHaveLength(0);
    house.desk.clock.advance(hourMs + 1);
    expect(await house.mail('Commande: help', { from })).toHaveLength(1);
  });

  test('a mail that is not proven is held, once, with its bytes', async () => {
    const strict = await openHouse(provider, { trust: { trustLoopback: false, trustedAuthserv: 'mx.guichet.test' } });
    try {
      const raw = written('Commande: help', { from: fr.email });
      expect(await strict.answers(raw)).toEqual([]);
      expect(await strict.answers(raw)).toEqual([]);
      const held = await strict.desk.connection.reader.inboundMail.findMany();
      expect(held).toMatchObject([
        {
          state: 'held',
          sender: fr.email,
          reason: 'no Authentication-Results of mx.guichet.test on top',
          endedAt: null,
        },
      ]);
      expect((await strict.desk.desk.rawMail.read(held[0]!.sha256)).toString()).toContain('Commande: help');
    } finally {
      await strict.close();
    }
  });
});
