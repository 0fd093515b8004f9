/** Support by mail: opened by a form, gone on with by replies, answered by staff the same way (G8). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newEmail, newReseller, newStaff } from '../core/ground.js';
import { exe, png } from '../core/files.js';
import { ownText } from '../../src/mail/read/quote-detection.js';
import { databases } from '../servers/databases.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { openHouse, written, type House, type Posted } from './house.js';
import { inThread, quote, textOf } from './replies.js';

let house: House;
let asker: string;
let support: string;
beforeAll(async () => {
  house = await openHouse(databases()[0]!);
  asker = (await newReseller(house.desk, {}, { company: 'Volta' })).email;
  support = await newStaff(house.desk, 'support');
  await house.desk.done('account edit', { 'first-name': 'Léo', 'last-name': 'Blanc' }, { as: support });
  await house.deliver();
});
afterAll(() => house.close());

/** A mail of somebody's, and every mail that leaves because of it. */
const from = (email: string, text: string, posted: Posted = {}): Promise<ReceivedMail[]> =>
  house.mail(text, { ...posted, from: email, mailFrom: email });
const to = (mails: readonly ReceivedMail[], email: string): ReceivedMail[] =>
  mails.filter(({ envelope }) => envelope.to.includes(email));
const show = async (number: string) => {
  const data = await house.desk.done('support show', { number });
  return { ...data, said: (data['messages'] as { text: string }[]).map(({ text }) => text) };
};
const inbound = (messageId: string) =>
  house.desk.connection.reader.inboundMail.findFirst({ where: { messageId }, orderBy: { id: 'desc' } });

interface Opened {
  readonly number: string;
  readonly transcript: ReceivedMail;
  /** What staff got. */
  readonly notice: ReceivedMail;
}
async function opened(text = 'Elle clignote.'): Promise<Opened> {
  const mails = await from(asker, `Commande : support open\nObjet : Box muette\nTexte : ${text}\n`);
  const [transcript, ...others] = to(mails, asker);
  const [notice] = to(mails, support);
  expect([others, mails.length]).toEqual([[], 2]);
  return { number: /T-\d{6}/.exec(textOf(transcript))![0], transcript: transcript!, notice: notice! };
}
/** Staff answer, and the asker gets it. */
async function answered(text = 'Débranchez-la.'): Promise<Opened & { answer: ReceivedMail }> {
  const all = await opened();
  const mails = await from(support, `${text}\n\n${quote(all.notice)}`, inThread(all.notice));
  const [answer] = to(mails, asker);
  expect(mails).toHaveLength(1);
  return { ...all, answer: answer! };
}

test('opened by a form, told to staff, answered by a reply of theirs, in one thread', async () => {
  const { number, transcript, notice } = await opened('Elle clignote.\n  Command: staff grant');
  expect(textOf(transcript)).toContain(`Le ticket ${number} est ouvert, en priorité`);
  expect(notice.parsed.subject).toBe(`[${number}] Box muette`);
  expect(textOf(notice)).toContain('> Elle clignote.\n> Command: staff grant');
  expect(textOf(notice)).toContain('Ada Weber (Volta)');
  const mails = await from(support, `Débranchez-la.\n\n${quote(notice)}`, inThread(notice));
  // nothing but the answer: staff who write hear nothing of it
  expect(mails).toHaveLength(1);
  const [answer] = to(mails, asker);
  expect(answer?.parsed.subject).toBe(`[${number}] Box muette`);
  expect(textOf(answer)).toContain('Débranchez-la.');
  expect(textOf(answer)).toContain('Léo Blanc');
  expect(answer?.parsed.headers.get('auto-submitted')).toBe('auto-generated');
  expect(answer?.parsed.inReplyTo).toBe(transcript.parsed.messageId);
  expect(answer?.parsed.references).toContain(transcript.parsed.messageId);
  expect(await show(number)).toMatchObject({
    state: 'answered',
    said: ['Elle clignote.\nCommand: staff grant', 'Débranchez-la.'],
  });
});

test('a reply joins; its first is acknowledged, further ones are not', async () => {
  const { number, answer } = await answered();
  const first = await from(asker, `Merci, cela marche.\n-- \nAda\n\n${quote(answer)}`, inThread(answer));
  expect(to(first, support)).toHaveLength(1);
  const [ack] = to(first, asker);
  expect(first).toHaveLength(2);
  expect(textOf(ack)).toContain(`Votre réponse figure dans ${number}`);
  expect(await show(number)).toMatchObject({
    state: 'open',
    said: ['Elle clignote.', 'Débranchez-la.', 'Merci, cela marche.'],
  });
  // to the acknowledgement as well
  const messageId = `<${crypto.randomUUID()}@partner.test>`;
  const second = await from(asker, `Encore une chose.\n\n${quote(ack!)}`, { ...inThread(ack!), messageId });
  expect(to(second, asker)).toEqual([]);
  expect(to(second, support)).toHaveLength(1);
  expect((await show(number)).said.at(-1)).toBe('Encore une chose.');
  expect(await inbound(messageId)).toMatchObject({ state: 'answered', reason: null });
});

test('by the thread alone, where a mail program has lost the reply address; and to what opened it', async () => {
  const { number, transcript } = await opened();
  const { headers, subject } = inThread(transcript);
  await from(asker, 'Sans adresse.', { headers: headers ?? [], subject: subject ?? '' });
  expect((await show(number)).said).toEqual(['Elle clignote.', 'Sans adresse.']);
});

test('the same mail twice is one message and one answer', async () => {
  const { number, answer } = await answered();
  const posted = { ...inThread(answer), from: asker, mailFrom: asker, messageId: '<twice@partner.test>' };
  const raw = written('Une fois.\n', posted);
  expect(await house.answers(raw, posted)).toHaveLength(2);
  expect(to(await house.answers(raw, posted), support)).toEqual([]);
  expect((await show(number)).said.filter((text) => text === 'Une fois.')).toHaveLength(1);
});

test('a form in the reply is a form', async () => {
  const { number, answer } = await answered();
  const mails = await from(asker, `Commande : support close\nNuméro : ${number}\n\n${quote(answer)}`, inThread(answer));
  expect(textOf(to(mails, asker)[0])).toContain(`Le ticket ${number} est fermé`);
  expect(await show(number)).toMatchObject({ state: 'closed', said: ['Elle clignote.', 'Débranchez-la.'] });
});

test('nobody else joins it: not another person, not a stranger', async () => {
  const { number, answer } = await answered();
  const other = (await newReseller(house.desk)).email;
  await house.deliver();
  const [told] = to(await from(other, 'Moi aussi !', inThread(answer)), other);
  expect(textOf(told)).toContain(`${number} est introuvable`);
  expect(textOf(told)).not.toContain('Box muette');
  const nobody = newEmail('nobody');
  const [begin] = to(await from(nobody, 'Moi aussi !', inThread(answer)), nobody);
  expect(textOf(begin)).toContain('account link');
  expect((await show(number)).said).toHaveLength(2);
});

test('a robot’s answer never joins', async () => {
  const { number, answer } = await answered();
  const robot = { ...inThread(answer) };
  const headers = [...(robot.headers ?? []), 'Auto-Submitted: auto-replied'];
  expect(await from(asker, 'Je suis absente.', { ...robot, headers })).toEqual([]);
  expect((await show(number)).said).toHaveLength(2);
});

test('two programs that answer each other are stopped', async () => {
  const { number, notice } = await opened();
  let passed = 0;
  for (let count = 0; count < 22; count += 1) {
    const mails = await from(support, 'Je suis absent.', inThread(notice));
    if (to(mails, asker).length > 0) passed += 1;
  }
  expect(passed).toBe(20);
  expect((await show(number)).said).toHaveLength(21);
});

const attached = (parts: readonly { name: string; type: string; content: Buffer }[], text: string): string =>
  [
    '--cut',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    ...parts.flatMap(({ name, type, content }) => [
      '--cut',
      `Content-Type: ${type}; name="${name}"`,
      `Content-Disposition: attachment; filename="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      content.toString('base64'),
    ]),
    '--cut--',
  ].join('\n');
const mixed = { headers: ['Content-Type: multipart/mixed; boundary=cut'] };

test('its files come along, each with the words or a message of its own', async () => {
  const { number, answer } = await answered();
  const thread = inThread(answer);
  const body = attached(
    [
      { name: 'a.png', type: 'image/png', content: png('a') },
      { name: 'b.png', type: 'image/png', content: png('b') },
    ],
    'Deux vues.',
  );
  const mails = await from(asker, body, { ...thread, headers: [...(thread.headers ?? []), ...mixed.headers] });
  // two mails leave at the same moment, and either may be there first
  const told = to(mails, support).map(({ parsed }) => parsed.attachments.map(({ filename }) => filename));
  expect(told.toSorted()).toEqual([['a.png'], ['b.png']]);
  expect(await show(number)).toMatchObject({
    said: ['Elle clignote.', 'Débranchez-la.', 'Deux vues.', 'b.png'],
    files: [{ file: 'a.png' }, { file: 'b.png' }],
  });
});

test('a file that is not what it says is refused, its words are not lost', async () => {
  const { number, answer } = await answered();
  const thread = inThread(answer);
  const posted = { ...thread, headers: [...(thread.headers ?? []), ...mixed.headers] };
  const bad = attached([{ name: 'photo.png', type: 'image/png', content: exe() }], 'Voyez vous-même.');
  const [told] = to(await from(asker, bad, posted), asker);
  expect(textOf(told)).toContain('photo.png est un programme Windows');
  expect(textOf(told)).not.toContain('Commande :');
  expect(await show(number)).toMatchObject({
    said: ['Elle clignote.', 'Débranchez-la.', 'Voyez vous-même.'],
    files: [],
  });
  // going on from there is a reply again
  await from(asker, 'Alors sans photo.', inThread(told!));
  expect((await show(number)).said.at(-1)).toBe('Alors sans photo.');
});

test('too long a text is refused, and told', async () => {
  const { number, answer } = await answered();
  const [told] = to(await from(asker, `${'mot '.repeat(2100)}\n`, inThread(answer)), asker);
  expect(textOf(told)).toMatch(/Texte.*trop long/);
  expect((await show(number)).said).toHaveLength(2);
});

test('what is not proven is held; released, it joins', async () => {
  const proving = await openHouse(databases()[0]!, { trust: { trustLoopback: false } });
  try {
    const email = newEmail();
    const opened2 = await proving.desk.done('support open', { subject: 'S', text: 'T' }, { as: email });
    const staff = await newStaff(proving.desk, 'support');
    await proving.desk.done('support reply', { number: String(opened2['ticket']), text: 'Oui ?' }, { as: staff });
    const answer = (await proving.deliver()).find(({ envelope }) => envelope.to.includes(email));
    const posted = { ...inThread(answer!), from: email, mailFrom: email };
    await proving.post(written('C’est moi.', posted), posted);
    const texts = async () =>
      (
        (await proving.desk.done('support show', { number: String(opened2['ticket']) }))['messages'] as {
          text: string;
        }[]
      ).map(({ text }) => text);
    expect(await texts()).toEqual(['T', 'Oui ?']);
    const held = await proving.desk.done('mail held');
    const { mail } = (held['items'] as { mail: string }[])[0]!;
    await proving.desk.done('mail release', { number: mail });
    await proving.release();
    expect(await texts()).toEqual(['T', 'Oui ?', 'C’est moi.']);
  } finally {
    await proving.close();
  }
});

test('an HTML reply, its quotation and its signature left out', async () => {
  const { number, answer } = await answered();
  const thread = inThread(answer);
  const html =
    '<div dir="ltr">Cela <b>marche</b>.<br>Merci&nbsp;!</div><br><div class="gmail_quote"><div class="gmail_attr">Le lun. 23 nov. 2026 à 10:00, Guichet &lt;guichet@localhost&gt; a écrit :<br></div><blockquote class="gmail_quote">Débranchez-la.</blockquote></div>';
  const headers = [...(thread.headers ?? []), 'Content-Type: text/html; charset=utf-8'];
  await from(asker, html, { ...thread, headers });
  expect((await show(number)).said.at(-1)).toBe('Cela marche.\nMerci !');
});

describe('one’s own words', () => {
  const attribution = 'On Mon, Nov 23, 2026 at 10:00 AM Guichet <guichet+k1-0123456789abcdef@localhost>\nwrote:';
  test.each([
    [
      'below the quotation',
      'Le 23 nov. 2026 à 10:00, Guichet a écrit :\n> Quelle box ?\n> Merci\n\nLa pro.',
      'La pro.',
    ],
    ['between', '> Quelle box ?\nLa pro.\n> Et où ?\nÀ Lyon.', 'La pro.\n\nÀ Lyon.'],
    ['above, with a broken attribution', `Oui.\n\n${attribution}\n\n> Quelle box ?`, 'Oui.'],
    ['above what is not marked', `Oui.\n\n${attribution}\n\nQuelle box ?\nCommande : staff grant`, 'Oui.'],
    [
      'above Outlook’s',
      'Oui.\n\n________________________________\nFrom: Guichet\nSent: Monday\nTo: Ada\nSubject: Box\n\nQuelle box ?',
      'Oui.',
    ],
    ['without a signature', 'Oui.\n\n-- \nAda Weber\nVolta', 'Oui.'],
    ['without a phone’s', 'Oui.\n\nEnvoyé de mon iPhone\n', 'Oui.'],
    ['a sentence that looks like one', 'On this I agree.\nShe wrote:\n\nno.', 'On this I agree.\nShe wrote:\n\nno.'],
    ['nothing', '> Quelle box ?\n', ''],
  ])('%s', (_, text, own) => {
    expect(ownText(text)).toBe(own);
  });
});
