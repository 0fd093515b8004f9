/** Mails in whose name nothing is carried out (X2), by the real listeners and the real reception. */
import { sealMessage } from 'mailauth/lib/arc/index.js';
import { createTransport } from 'nodemailer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startListener } from '../../src/mail/wire/listener.js';
import { newStaff } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import { silent } from './ground.js';
import { address, written, type House, type Posted } from './house.js';
import {
  anna,
  dns,
  form,
  openAnna,
  privateKey,
  resolver,
  signed,
  toAnna,
  withoutTop,
  type Signing,
} from './proof-ground.js';

const [sqlite] = databases();
const mallory = 'mallory@evil.test';

/** What a mail led to: how many declarations were placed, and how it ended. */
async function outcome(house: House, raw: string, posted: Posted = {}): Promise<{ placed: number; end: string }> {
  const { reader } = house.desk.connection;
  const [before, { id: last } = { id: 0 }] = await Promise.all([
    reader.declaration.count(),
    reader.inboundMail.findFirst({ orderBy: { id: 'desc' } }).then((row) => row ?? undefined),
  ]);
  const answers = await house.answers(raw, posted);
  const row = await reader.inboundMail.findFirst({ where: { id: { gt: last } } });
  const placed = (await reader.declaration.count()) - before;
  // whoever is not proven is not answered either; the person whose name it bears may be asked
  const replies = answers.filter((mail) => mail.parsed.headers.get('auto-submitted') === 'auto-replied');
  if (row?.state !== 'answered') expect(replies).toEqual([]);
  expect(toAnna(answers)).toHaveLength(placed);
  return { placed, end: row ? `${row.state}: ${row.reason ?? ''}` : 'nothing new' };
}

describe('verified by ourselves', () => {
  let house: House;
  beforeAll(async () => {
    house = await openAnna(sqlite!, { trust: { trustLoopback: false, resolver } });
  });
  afterAll(() => house.close());

  test.each<[string, () => Promise<string>, Posted]>([
    ['a whole signature', () => signed(written(form())), {}],
    ['one of a domain below', () => signed(written(form()), { domain: 'mail.partner.test' }), {}],
    ['SPF of a domain below', async () => written(form()), { mailFrom: 'bounce@mx.partner.test' }],
  ])('%s proves Anna', async (_what, raw, posted) => {
    expect(await outcome(house, await raw(), posted)).toMatchObject({ placed: 1 });
  });

  const smuggle = (line: string) => (raw: string) =>
    raw.replace('Subject: Bonjour\r\n', `Subject: Bonjour\r\n${line}\r\n`);
  const oversigned = 'from:to:subject:date:sender';

  test.each<[string, Signing | undefined, (raw: string) => string | Promise<string>, RegExp, Posted?]>([
    ['an unsigned mail in her name', undefined, (raw) => raw, /no DKIM signature of partner\.test/],
    ['a signature of its sender’s own domain', { domain: 'evil.test' }, (raw) => raw, /no DKIM signature of partner/],
    [
      'a domain that begins like hers',
      { domain: 'partner.test.evil.test' },
      (raw) => raw,
      /no DKIM signature of partner/,
    ],
    ['another key in the name of her domain', { forged: true }, (raw) => raw, /bad signature/],
    ['a selector nobody published', { selector: 'none' }, (raw) => raw, /no key/],
    [
      'another body under her signature',
      {},
      (raw) => raw.replace('Commande: declare', 'Command: declare'),
      /body hash/,
    ],
    ['another Subject', {}, (raw) => raw.replace('Subject: Bonjour', 'Subject: Bonsoir'), /bad signature/],
    ['a second Subject', {}, (raw) => `Subject: [declare new]\r\n${raw}`, /more than one subject/],
    ['a second From above', {}, (raw) => `From: ${mallory}\r\n${raw}`, /not exactly one From/],
    [
      'a second From below',
      {},
      (raw) => raw.replace('\r\nTo: ', `\r\nFrom: ${mallory}\r\nTo: `),
      /not exactly one From/,
    ],
    ['two addresses in From', undefined, (raw) => raw.replace(anna, `${mallory}, ${anna}`), /not exactly one From/],
    ['a body left open by l=', { bodyLength: 10 }, (raw) => `${raw}\r\nX`, /l=/],
    ['a signature without Subject', { headers: 'from:date' }, (raw) => raw, /does not cover subject/],
    ['a signature without Date', { headers: 'from:subject' }, (raw) => raw, /does not cover date/],
    ['a line that is no header, and more Subject', {}, smuggle('junk\r\n [declare new]'), /a line that is none/],
    [
      'a header that begins with a strange blank',
      { headers: oversigned },
      smuggle('\u00a0Sender: boss@partner.test'),
      /a line that is none/,
    ],
    [
      'one after a vertical tab',
      { headers: oversigned },
      smuggle('X-A: b\r\n\vSender: boss@partner.test'),
      /a line that is none/,
    ],
    [
      'headers that are longer than anybody reads',
      {},
      (raw) => raw.replace('\r\n\r\n', `\r\nX-A: ${'a'.repeat(300_000)}\r\n\r\n`),
      /too long/,
    ],
    [
      'SPF of its envelope’s own domain',
      undefined,
      (raw) => raw,
      /envelope sender is not of partner\.test/,
      { mailFrom: mallory },
    ],
    ['SPF that says no', undefined, (raw) => raw, /SPF of partner\.test says fail/, { mailFrom: anna }],
    [
      'a relay that says so',
      undefined,
      (raw) =>
        `Authentication-Results: mx.partner.test; dkim=pass header.d=partner.test; dmarc=pass header.from=partner.test\r\n${raw}`,
      /no DKIM signature/,
    ],
    ['Received-SPF', undefined, (raw) => `Received-SPF: pass smtp.mailfrom=${anna}\r\n${raw}`, /no DKIM signature/],
    [
      'a whole ARC chain',
      undefined,
      async (raw) => {
        const says = `Authentication-Results: mx.evil.test; dkim=pass header.d=partner.test; dmarc=pass header.from=partner.test\r\n`;
        const seal = {
          signingDomain: 'partner.test',
          selector: 's1',
          privateKey,
          cv: 'none',
          authResults: 'mx.evil.test; dmarc=pass header.from=partner.test',
        };
        return `${(await sealMessage(Buffer.from(says + raw), seal)).toString()}${says}${raw}`;
      },
      /no DKIM signature/,
    ],
  ])('%s proves nothing', async (_what, signing, alter, why, posted = {}) => {
    const raw = written(form());
    const ended = await outcome(house, await alter(signing ? await signed(raw, signing) : raw), posted);
    expect(ended).toEqual({ placed: 0, end: expect.stringMatching(why) });
    expect(ended.end).toMatch(/^held: /);
  });

  test.each<[string, string, Signing | undefined, RegExp, Posted?]>([
    ['strict alignment of DKIM', 'eva@strict.test', { domain: 'mail.strict.test' }, /does not prove strict\.test/],
    [
      'strict alignment of SPF',
      'eva@strict.test',
      undefined,
      /SPF of mx\.strict\.test says pass/,
      { mailFrom: 'x@mx.strict.test' },
    ],
    ['a public suffix', 'eva@partner.co.uk', { domain: 'co.uk' }, /no DKIM signature of partner\.co\.uk/],
  ])('%s', async (_what, from, signing, why, posted = {}) => {
    const raw = written('Commande: help', { from });
    const ended = await outcome(house, signing ? await signed(raw, signing) : raw, posted);
    expect(ended.end).toMatch(/^held: /);
    expect(ended.end).toMatch(why);
  });

  test('a null envelope sender is nobody’s order, whatever HELO says', async () => {
    const ended = await outcome(house, await signed(written(form())), { mailFrom: null });
    expect(ended).toEqual({ placed: 0, end: 'ignored: null-return-path' });
  });

  test('loopback proves nothing over LMTP, even where it does over SMTP', async () => {
    const trusting = await openAnna(sqlite!, { trust: { trustLoopback: true, resolver } });
    const lmtp = await startListener({
      listen: 'lmtp://127.0.0.1:0',
      address,
      receive: trusting.receive,
      maxBytes: 100_000,
      log: silent,
    });
    const client = createTransport({ host: '127.0.0.1', port: lmtp.port, lmtp: true, ignoreTLS: true } as object);
    try {
      await client.sendMail({ raw: written(form()), envelope: { from: anna, to: [address] } });
      const { reader } = trusting.desk.connection;
      expect(await reader.declaration.count()).toBe(0);
      expect(await reader.inboundMail.findMany()).toMatchObject([{ state: 'held', source: 'lmtp' }]);
      expect(await outcome(trusting, written(form()))).toMatchObject({ placed: 1 });
    } finally {
      client.close();
      await lmtp.close();
      await trusting.close();
    }
  });
});

describe('vouched for by our own MX', () => {
  let house: House;
  beforeAll(async () => {
    house = await openAnna(sqlite!, { trust: { trustLoopback: false, trustedAuthserv: 'mx.guichet.test', resolver } });
  });
  afterAll(() => house.close());
  const pass = 'dkim=pass header.d=partner.test; dmarc=pass header.from=partner.test';
  const says = (value: string): string => `Authentication-Results: ${value}\r\n`;

  test('on top, it proves Anna', async () => {
    expect(await outcome(house, says(`mx.guichet.test; ${pass}`) + written(form()))).toMatchObject({ placed: 1 });
  });

  test.each<[string, string]>([
    [
      'below one that says no',
      says('mx.guichet.test; dkim=none; dmarc=fail header.from=partner.test') + says(`mx.guichet.test; ${pass}`),
    ],
    ['below one of another server', says('mx.evil.test; none') + says(`mx.guichet.test; ${pass}`)],
    ['below one that is damaged', says('mx.guichet.test (') + says(`mx.guichet.test; ${pass}`)],
    ['by a name that begins like ours', says(`mx.guichet.test.evil.test; ${pass}`)],
    ['by a name that ends like ours', says(`evil-mx.guichet.test; ${pass}`)],
    ['by our name in an encoded word', says(`=?utf-8?q?mx.guichet.test?=; ${pass}`)],
    ['by our name in a comment', says(`(mx.guichet.test) mx.evil.test; ${pass}`)],
    ['by our name in a quoted property', says(`mx.evil.test; x=y reason="\\"mx.guichet.test; ${pass}"`)],
    ['in another version of the header', says(`mx.guichet.test 2; ${pass}`)],
    ['in a comment of ours', says(`mx.guichet.test; dkim=fail (${pass.replaceAll(';', '\\;')}) header.d=partner.test`)],
    ['in a quoted value of ours', says(`mx.guichet.test; spf=pass smtp.mailfrom="x; ${pass}"`)],
    ['in one folded into another header', `X-Note: x\r\n\t${says(`mx.guichet.test; ${pass}`)}`],
    ['in ARC', `ARC-Authentication-Results: i=1; mx.guichet.test; ${pass}\r\n`],
    ['of two domains at once', says('mx.guichet.test; dkim=pass header.d=evil.test header.d=partner.test')],
    ['for SPF of another domain', says(`mx.guichet.test; spf=pass smtp.mailfrom=${mallory}`)],
    ['for the name in HELO', says('mx.guichet.test; spf=pass smtp.helo=partner.test')],
    ['although DMARC fails, for nobody named', says('mx.guichet.test; dkim=pass header.d=partner.test; dmarc=fail')],
  ])('%s proves nothing', async (_what, top) => {
    const ended = await outcome(house, top + written(form()));
    expect(ended).toEqual({ placed: 0, end: expect.stringMatching(/^held: /) });
  });

  test('a signature is not ours to check: what we can not read is not believed', async () => {
    const raw = await signed(written(form()));
    // a lenient verifier skips what is no base64
    const respelt = raw.replace(/\bb=(\S)/, 'b=$1!');
    expect(respelt).not.toBe(raw);
    expect(await outcome(house, says(`mx.guichet.test; ${pass}`) + respelt)).toEqual({
      placed: 0,
      end: expect.stringMatching(/held: the mail does not hold the DKIM signature/),
    });
    expect(await outcome(house, says('mx.guichet.test; dmarc=pass header.from=partner.test') + respelt)).toEqual({
      placed: 0,
      end: expect.stringMatching(/held: .*can not be read/),
    });
    const weak = await signed(written(form()), { bodyLength: 10 });
    expect((await outcome(house, says(`mx.guichet.test; ${pass}`) + weak)).end).toMatch(/held: .*l=/);
    expect(await outcome(house, says(`mx.guichet.test; dkim=pass header.i=@partner.test`) + raw)).toMatchObject({
      placed: 1,
    });
  });
});

describe.each(databases())('a signature acts once, on $name', (provider) => {
  let house: House;
  beforeEach(async () => {
    house = await openAnna(provider, { trust: { trustLoopback: false, resolver } });
  });
  afterEach(async () => {
    dns.down.clear();
    await house.close();
  });
  const again = (raw: string) => raw.replace(/Message-ID: <[^>]+>/, `Message-ID: <${crypto.randomUUID()}@evil.test>`);
  const spent = { placed: 0, end: expect.stringMatching(/^held: its signature was spent by another mail/) as unknown };

  test('however it is spelt', async () => {
    const raw = await signed(written(form()));
    expect(await outcome(house, raw)).toMatchObject({ placed: 1 });
    const b = /\bb=[^;]*?(?=\r\n(?!\s))/;
    const spell = (how: (b: string) => string) => again(raw.replace(b, (value) => `b=${how(value.slice(2))}`));
    const tidy = (value: string) => value.replace(/\s+/g, '');
    expect(await outcome(house, spell(tidy))).toEqual(spent);
    expect(
      await outcome(
        house,
        spell((value) => tidy(value).replace(/(.{9})/g, '$1\r\n\t')),
      ),
    ).toEqual(spent);
    expect(
      await outcome(
        house,
        spell((value) => value.replace(/=+$/, '')),
      ),
    ).toEqual(spent);
    // four stray bits before the padding
    expect(
      await outcome(
        house,
        spell((value) =>
          value.replace(/[AQgw]==$/, (end) => `${end === 'A==' ? 'B' : String.fromCharCode(end.charCodeAt(0) + 1)}==`),
        ),
      ),
    ).toEqual(spent);
    for (const how of [
      (value: string) => value.replaceAll('+', '-').replaceAll('/', '_'),
      (value: string) => `${tidy(value).slice(0, 9)}!${tidy(value).slice(9)}`,
      (value: string) => `${value}AAAA`,
      (value: string) => `${tidy(value).slice(0, 9)}(comment)${tidy(value).slice(9)}`,
    ]) {
      expect(await outcome(house, spell(how))).toEqual({
        placed: 0,
        end: expect.stringMatching(/^held: no DKIM signature/),
      });
    }
  });

  test('also to another address of the desk, and with other headers that nobody signed', async () => {
    const raw = await signed(written(form()), { headers: 'from:subject:date' });
    expect(await outcome(house, raw)).toMatchObject({ placed: 1 });
    const to = `guichet+${house.desk.desk.secrets.thread('t', 1)}@localhost`;
    const turned = again(raw).replace(`To: ${address}`, `To: ${to}\r\nIn-Reply-To: <1@localhost>`);
    expect(await outcome(house, turned, { to })).toEqual(spent);
  });

  test('of two, with either taken away', async () => {
    const raw = await signed(written(form()), { selector: 's2' });
    const both = await signed(raw);
    expect(await outcome(house, both)).toMatchObject({ placed: 1 });
    expect(await outcome(house, again(raw))).toEqual(spent);
    expect(await outcome(house, again(both.replace(raw, withoutTop(raw))))).toEqual(spent);
    expect(await house.desk.connection.reader.spentSignature.count()).toBe(2);
  });

  test('of two, one of which could not be checked or did not verify the first time', async () => {
    const raw = await signed(written(form()), { selector: 's2' });
    dns.down.add('s2._domainkey.partner.test');
    expect(await outcome(house, await signed(raw))).toMatchObject({ placed: 1 });
    dns.down.clear();
    expect(await outcome(house, again(raw))).toEqual(spent);
    const plain = await signed(written(form()));
    // a gateway of hers adds a line and signs anew; whoever takes both away has her first signature
    expect(await outcome(house, await signed(`${plain}\r\n--\r\nPartner Ltd\r\n`, { selector: 's2' }))).toMatchObject({
      placed: 1,
    });
    expect(await outcome(house, again(plain))).toEqual(spent);
  });

  test('though it was SPF that proved it the first time', async () => {
    const raw = await signed(written(form()));
    dns.down.add('s1._domainkey.partner.test');
    expect(await outcome(house, raw, { mailFrom: 'bounce@mx.partner.test' })).toMatchObject({ placed: 1 });
    dns.down.clear();
    expect(await outcome(house, again(raw))).toEqual(spent);
  });

  test('though it was her own word that released the mail the first time', async () => {
    const raw = await signed(written(form()));
    dns.down.add('s1._domainkey.partner.test');
    // as from a mailbox after many tries
    await house.mailbox.end(
      { raw: Buffer.from(raw), source: 'imap', messageId: '<h@partner.test>', sender: anna },
      { state: 'held', reason: 'DNS' },
    );
    dns.down.clear();
    const question = (await house.deliver()).find((mail) => mail.envelope.to.includes(anna));
    const to = question?.parsed.replyTo?.value[0]?.address ?? '';
    await house.answers(written('OK', { to }), { to });
    expect(await house.desk.connection.reader.declaration.count()).toBe(1);
    expect(await outcome(house, again(raw))).toEqual(spent);
  });

  test('a reply to a thread of somebody else decides nothing', async () => {
    const staff = await newStaff(house.desk, 'stock');
    const other = await newStaff(house.desk, 'support');
    const asked = await house.desk.ask(
      'stock withdraw',
      { reseller: anna, product: 'pro', quantity: '1', reason: 'returned' },
      { as: staff },
    );
    expect(asked).toMatchObject({ code: 'approval.pending' });
    const letter = (await house.deliver()).find((mail) => mail.envelope.to.includes(other) && mail.parsed.replyTo);
    const to = letter?.parsed.replyTo?.value[0]?.address ?? '';
    expect(to).toMatch(/^guichet\+a/);
    const number = asked.ok ? (asked.data['approval'] as string) : '';
    const state = async () => (await house.desk.done('approval show', { number }))['state'];
    const reply = (from: string) => written('OK', { from, to, subject: 'Re: x' });
    // in the name of one who may, but forged; and truly by one who may not
    expect((await outcome(house, reply(other), { to, mailFrom: mallory })).end).toMatch(/^held: /);
    await house.answers(await signed(reply(mallory), { domain: 'evil.test' }), { to, mailFrom: mallory });
    await house.answers(await signed(reply(anna)), { to });
    expect(await state()).toBe('pending');
    const rows = await house.desk.connection.reader.inboundMail.findMany({ orderBy: { id: 'asc' } });
    expect(rows.map((row) => row.state)).toEqual(['held', 'answered', 'answered']);
  });
});
