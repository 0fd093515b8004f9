import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Dispatchable } from '../../src/core/database/outbox.js';
import { readDecision } from '../../src/mail/answers/decision.js';
import { keepSent, sentMails } from '../../src/mail/wire/sent.js';
import { replySubject } from '../../src/mail/answers/transcript.js';
import { databases } from '../servers/databases.js';
import { address, openHouse, type House } from './house.js';

describe('what leaves the outbox', () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse(databases()[0]!);
  });
  afterEach(() => house.close());
  const letter: Dispatchable = {
    channel: 'mail',
    letter: 'password-changed',
    recipient: 'anna@partner.test',
    locale: 'en',
    params: { when: 'today' },
  };
  const queue = (more: Partial<Dispatchable>) =>
    house.desk.desk.database.transact(({ leaves }) => Promise.resolve(void leaves.outbox.push({ ...letter, ...more })));
  const row = () => house.desk.connection.reader.outbox.findFirstOrThrow({ orderBy: { id: 'desc' } });

  test('a letter in its language, from the vendor, with a way back', async () => {
    await queue({
      replyToken: house.desk.desk.secrets.thread('a', 7),
      attachments: [
        { name: 'a\r\nb.txt', type: 'text/plain', sha256: await house.desk.desk.documents.keep(Buffer.from('x')) },
      ],
    });
    const [mail] = await house.deliver();
    const { messageId, id } = await row();
    expect(mail?.parsed.from?.value).toEqual([{ name: 'Maison Lumen', address }]);
    expect(mail?.parsed.messageId).toBe(messageId);
    expect(mail?.raw.toString()).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(mail?.parsed.replyTo?.value[0]?.address).toMatch(/^guichet\+a7-[0-9a-f]{16}@localhost$/);
    expect(house.desk.desk.secrets.readThread(/\+([^@]+)@/.exec(mail?.envelope.from ?? '')?.[1] ?? '')).toEqual({
      kind: 'm',
      id,
    });
    expect(mail?.parsed.attachments.map(({ filename, content }) => [filename, content.toString()])).toEqual([
      ['a b.txt', 'x'],
    ]);
    expect([mail?.parsed.text?.length, (mail?.parsed.html || '').length].every(Boolean)).toBe(true);
  });

  test.each<[string, Partial<Dispatchable>, RegExp]>([
    ['a value its letter shows is missing', { params: {} }, /when/],
    ['there is no such letter', { letter: 'nonsense' }, /no letter nonsense/],
    ['a file is gone', { attachments: [{ name: 'a', type: 'b/c', sha256: 'ab'.repeat(32) }] }, /ENOENT/],
    ['a transcript lost its text', { letter: 'transcript', params: { subject: 'x' } }, /no text/],
  ])('%s: failed, with the reason', async (_, more, reason) => {
    await queue(more);
    expect(await house.deliver()).toEqual([]);
    expect(await row()).toMatchObject({ state: 'failed', error: expect.stringMatching(reason) as unknown });
  });
});

describe('mails kept for the desk page', () => {
  const dirs: string[] = [];
  afterAll(() => Promise.all(dirs.map((dir) => rm(dir, { recursive: true }))));
  const folder = async (): Promise<string> => {
    const dir = await mkdtemp(join(tmpdir(), 'guichet-kept-'));
    dirs.push(dir);
    return dir;
  };
  const raw = (subject: string): Buffer =>
    Buffer.from(
      `From: guichet@localhost\r\nTo: =?utf-8?Q?Zo=C3=A9?= <zoe@client.test>\r\nSubject: ${subject}\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nBonjour\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Bonjour</p>\r\n--b--\r\n`,
    );

  test('are listed, the newest first, and read', async () => {
    const dir = await folder();
    const kept = async (at: string, subject: string) =>
      keepSent(dir, { date: new Date(at), id: `<${subject}@x>`, raw: raw(subject) });
    await kept('2026-11-23T09:00:00.000Z', 'one');
    const name = await kept('2026-11-23T09:00:01.500Z', 'two');
    await writeFile(join(dir, '.hidden.eml'), 'x');
    await writeFile(join(dir, 'notes.txt'), 'x');
    const mails = sentMails(dir);
    expect((await mails.list(10)).map(({ subject }) => subject)).toEqual(['two', 'one']);
    const [first, ...more] = await mails.list(1);
    expect(more).toEqual([]);
    expect(first).toEqual({
      id: name.replace(/\.eml$/, ''),
      at: new Date('2026-11-23T09:00:01.500Z'),
      to: 'Zoé <zoe@client.test>',
      subject: 'two',
    });
    expect(await mails.read(first?.id ?? '')).toEqual({
      headers: expect.arrayContaining([
        ['to', 'Zoé <zoe@client.test>'],
        ['subject', 'two'],
      ]) as unknown,
      text: expect.stringContaining('Bonjour') as unknown,
      html: expect.stringContaining('<p>Bonjour</p>') as unknown,
    });
  });

  test('an id is never a path', async () => {
    const dir = await folder();
    await writeFile(join(dir, '..', 'guichet-outside.eml'), raw('outside'));
    const mails = sentMails(dir);
    for (const id of [
      '../guichet-outside',
      '..',
      '',
      'x/../../y',
      '2026-11-23T09-00-00.000Z-../guichet-outside',
      '.hidden',
      '2026-11-23T09-00-00.000Z-none',
    ])
      expect(await mails.read(id)).toBeUndefined();
    await rm(join(dir, '..', 'guichet-outside.eml'));
    expect(await sentMails(join(dir, 'none')).list(5)).toEqual([]);
  });
});

describe('the subject of an answer', () => {
  test.each([
    ['Client', 'Re: Client'],
    ['Re: RE : Fwd:TR: Re[2]: Client', 'Re: Client'],
    ['Réponse', 'Re: Réponse'],
    ['', 'Re: Votre courriel'],
    ['Re:', 'Re: Votre courriel'],
    ['a\r\nBcc: b@c.test', 'Re: a Bcc: b@c.test'],
    ['a\u2028b\u202Ec', 'Re: a b c'],
  ])('%j: %j', (subject, expected) => expect(replySubject(subject, 'Votre courriel')).toBe(expected));

  test('has at most 200 characters, and costs no more than its length', () => {
    expect([...replySubject('😀'.repeat(500), '')]).toHaveLength(200);
    expect(replySubject(`${'Re: '.repeat(20_000)}x`, '')).toBe('Re: x');
  });
});

describe('the first line of a reply to a request', () => {
  const refused = (reason: string) => ({ verdict: 'refuse', reason });
  const quote = '\n\nLe 3 nov. 2026, Guichet a écrit :\n> OK\n> Demande';
  test.each([
    ['OK', { verdict: 'approve' }],
    ['\n  oui !\n\nZoé', { verdict: 'approve' }],
    [`Yes.${quote}`, { verdict: 'approve' }],
    ['> Demande\n> OK\n\nok', { verdict: 'approve' }],
    ['NON trop cher', refused('trop cher')],
    ['Non, trop cher\npour nous\n\nZoé', refused('trop cher\npour nous')],
    ['no: too late', refused('too late')],
    ['Refusé – stock faux', refused('stock faux')],
    ['REFUSE\n\nle client a changé', refused('le client a changé')],
    ['Non.', refused('')],
    [`Non${quote}`, refused('')],
    ['Non\n-- \nZoé', refused('')],
    ['C’est OK', undefined],
    ['OK pour demain', undefined],
    ['Nous verrons', undefined],
    ['Nota bene', undefined],
    [quote, undefined],
    ['> OK', undefined],
    ['De : Zoé\nEnvoyé : lundi\nObjet : x\n\nOK', undefined],
    ['', undefined],
  ])('%j', (text, decision) => expect(readDecision(text)).toEqual(decision));
});
