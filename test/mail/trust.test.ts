import { createHash, generateKeyPairSync } from 'node:crypto';
import { sealMessage } from 'mailauth/lib/arc/index.js';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { describe, expect, test } from 'vitest';
import type { Arrival } from '../../src/mail/wire/message.js';
import { parseMail } from '../../src/mail/read/parse.js';
import { proveSender } from '../../src/mail/proof/sender.js';
import type { Proof, TrustOptions } from '../../src/mail/proof/sender.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keyRecord = `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const now = new Date('2025-11-21T10:00:00Z');

/** The far end of a DNS socket: what these names hold, and nothing else. */
const zone: Record<string, string[]> = {
  'TXT s1._domainkey.partner.test': [keyRecord],
  'TXT s1._domainkey.mail.partner.test': [keyRecord],
  'TXT s1._domainkey.evil.test': [keyRecord],
  'TXT s1._domainkey.strict.test': [keyRecord],
  'TXT s1._domainkey.mail.strict.test': [keyRecord],
  'TXT s1._domainkey.co.uk': [keyRecord],
  'TXT s1._domainkey.xn--bcher-kva.test': [keyRecord],
  'TXT _dmarc.strict.test': ['v=DMARC1; p=reject; adkim=s; aspf=s'],
  'TXT partner.test': ['v=spf1 ip4:192.0.2.0/24 -all'],
  'TXT bounce.partner.test': ['v=spf1 ip4:192.0.2.0/24 -all'],
  'TXT bounce.strict.test': ['v=spf1 ip4:192.0.2.0/24 -all'],
  'TXT evil.test': ['v=spf1 +all'],
};
const resolver: TrustOptions['resolver'] = async (name, type) => {
  if (name.includes('down.test')) throw Object.assign(new Error('timeout'), { code: 'ETIMEOUT' });
  const rows = zone[`${type} ${name}`];
  if (!rows) throw Object.assign(new Error('nothing'), { code: 'ENOTFOUND' });
  return rows.map((row) => [row]);
};

const letter = [
  'From: Anna <Anna@partner.test>',
  'To: desk@guichet.test',
  'Subject: Commande',
  'Date: Fri, 21 Nov 2025 10:00:00 +0000',
  'Message-ID: <1@partner.test>',
  'Content-Type: text/plain',
  '',
  'Commande: declare new',
  '',
].join('\r\n');

interface Signing {
  domain?: string;
  headers?: string;
  /** Value of l=. */
  bodyLength?: number;
  algorithm?: string;
}

async function signed(mail: string, { domain = 'partner.test', headers, bodyLength, algorithm }: Signing = {}) {
  const { signatures, errors } = await dkimSign(mail, {
    canonicalization: 'relaxed/relaxed',
    algorithm: algorithm ?? 'rsa-sha256',
    signTime: now,
    // mailauth reads a string, whatever its types say
    headerList: headers,
    signatureData: [
      {
        signingDomain: domain,
        selector: 's1',
        privateKey: pem,
        ...(bodyLength === undefined ? {} : { maxBodyLength: bodyLength }),
      },
    ],
  } as unknown as Parameters<typeof dkimSign>[1]);
  expect(errors).toEqual([]);
  return signatures + mail;
}

interface Asking extends Partial<Arrival> {
  authserv?: string;
  trustLoopback?: boolean;
}

async function prove(mail: string, { authserv, trustLoopback = false, ...arrival }: Asking = {}): Promise<Proof> {
  const raw = Buffer.from(mail);
  const whole: Arrival = { raw, source: 'imap', recipients: [], ...arrival };
  return proveSender(whole, await parseMail(raw), { trustedAuthserv: authserv, trustLoopback, resolver, now });
}

const bySmtp = (address: string, mailFrom: string | null): Asking => ({
  source: 'smtp',
  mailFrom,
  client: { address, helo: 'mx.partner.test', loopback: address === '127.0.0.1' },
});

function reason(proof: Proof): string {
  return proof.proven ? `proven by ${proof.by}` : proof.reason;
}

describe('DKIM, checked by ourselves', () => {
  test('a whole signature of the From domain proves it, and is named', async () => {
    const mail = await signed(letter);
    const proof = await prove(mail);
    expect(proof).toEqual({ proven: true, address: 'anna@partner.test', by: 'dkim', signatures: [expect.any(String)] });
    const b = /\bb=([^;]*)$/.exec(/DKIM-Signature: ([\s\S]*?)\r\n(?!\s)/.exec(mail)![1]!)![1]!.replace(/\s+/g, '');
    expect(proof).toMatchObject({ signatures: [b] });
    expect(b).toHaveLength(344);
  });

  test('also below the line that some mail stores put on top', async () => {
    expect(await prove(`From anna@partner.test Fri Nov 21 10:00:00 2025\r\n${await signed(letter)}`)).toMatchObject({
      proven: true,
    });
  });

  test('so does one of the same organisation', async () => {
    expect(await prove(await signed(letter, { domain: 'mail.partner.test' }))).toMatchObject({ proven: true });
    const sub = letter.replace('Anna@partner.test', 'Anna@eu.partner.test');
    expect(await prove(await signed(sub))).toMatchObject({ proven: true, address: 'anna@eu.partner.test' });
  });

  test('and one of an international domain, however it is written', async () => {
    const mail = letter.replace('Anna@partner.test', 'Anna@Bücher.test');
    const proof = await prove(await signed(mail, { domain: 'xn--bcher-kva.test' }));
    expect(proof).toMatchObject({ proven: true, address: 'anna@xn--bcher-kva.test' });
  });

  test('a mail without Subject needs none signed', async () => {
    const mail = letter.replace('Subject: Commande\r\n', '');
    expect(await prove(await signed(mail))).toMatchObject({ proven: true });
    const added = (await signed(mail)).replace('To: desk', 'Subject: [order new]\r\nTo: desk');
    expect(reason(await prove(added))).toMatch(/does not cover subject/);
  });

  test.each<[string, Signing, (mail: string) => string, RegExp]>([
    ['an altered body', {}, (mail) => mail.replace('declare', 'approve'), /body hash/],
    ['an added line', {}, (mail) => `${mail}Produit: Pro\r\n`, /body hash/],
    ['an altered Subject', {}, (mail) => mail.replace('Subject: Commande', 'Subject: Other'), /bad signature/],
    ['an altered Date', {}, (mail) => mail.replace('10:00:00 +', '10:00:01 +'), /bad signature/],
    ['an altered From', {}, (mail) => mail.replace('Anna@', 'Boss@'), /bad signature/],
    ['another domain', { domain: 'evil.test' }, (mail) => mail, /no DKIM signature of partner\.test/],
    ['an unknown key', { domain: 'nokey.partner.test' }, (mail) => mail, /no key/],
    ['Subject left out', { headers: 'from:to:date' }, (mail) => mail, /does not cover subject/],
    ['Date left out', { headers: 'from:to:subject' }, (mail) => mail, /does not cover date/],
    ['an open body', { bodyLength: 23 }, (mail) => mail, /l=/],
    ['an open body with more in it', { bodyLength: 23 }, (mail) => `${mail}Produit: Pro\r\n`, /l=/],
    ['an unsafe algorithm', { algorithm: 'rsa-sha1' }, (mail) => mail, /no longer safe/],
    ['a second Subject', {}, (mail) => `Subject: [order new]\r\n${mail}`, /more than one subject/],
    ['a second Content-Type', {}, (mail) => `Content-Type: text/html\r\n${mail}`, /more than one content-type/],
    ['a second From', {}, (mail) => `From: boss@partner.test\r\n${mail}`, /exactly one From/],
    ['a second From with a space', {}, (mail) => `From : boss@partner.test\r\n${mail}`, /exactly one From/],
    [
      'a bare CR in the headers',
      {},
      (mail) => mail.replace('To: desk', 'X-A: b\rX-B: c\r\nTo: desk'),
      /control character/,
    ],
    ['a NUL in the headers', {}, (mail) => mail.replace('To: desk', 'X-A: \0\r\nTo: desk'), /control character/],
    [
      'a line that is no header',
      {},
      (mail) => mail.replace('Date: Fri', 'junk\r\n more\r\nDate: Fri'),
      /a line that is none/,
    ],
    ['a first line that is folded', {}, (mail) => ` x\r\n${mail}`, /a line that is none/],
    ['a doubled tag', {}, (mail) => mail.replace('d=partner.test', 'd=evil.test; d=partner.test'), /no DKIM signature/],
  ])('%s proves nothing', async (_what, signing, alter, why) => {
    expect(reason(await prove(alter(await signed(letter, signing))))).toMatch(why);
  });

  test('a public suffix is nobody’s organisation', async () => {
    const mail = letter.replace('Anna@partner.test', 'Anna@partner.co.uk');
    expect(reason(await prove(await signed(mail, { domain: 'co.uk' })))).toMatch(/no DKIM signature of partner.co.uk/);
  });

  test('a domain that asks for strict alignment gets it', async () => {
    const mail = letter.replace('Anna@partner.test', 'Anna@strict.test');
    expect(await prove(await signed(mail, { domain: 'strict.test' }))).toMatchObject({ proven: true });
    expect(await prove(await signed(mail, { domain: 'mail.strict.test' }))).toMatchObject({ proven: false });
    const sub = letter.replace('Anna@partner.test', 'Anna@eu.strict.test');
    expect(await prove(await signed(sub, { domain: 'strict.test' }))).toMatchObject({ proven: false });
  });

  test('a bad signature beside a good one does no harm, too many do', async () => {
    const mail = await signed(await signed(letter, { domain: 'evil.test' }));
    expect(await prove(mail)).toMatchObject({ proven: true });
    const line = 'DKIM-Signature: v=1; a=rsa-sha256; d=evil.test; s=s1; h=from; bh=x; b=x\r\n';
    expect(reason(await prove(line.repeat(12) + mail))).toMatch(/too many/);
  });

  test('when DNS does not answer, asking again may help', async () => {
    const mail = letter.replace('Anna@partner.test', 'Anna@down.test');
    expect(await prove(await signed(mail, { domain: 'down.test' }))).toMatchObject({ proven: false, temporary: true });
    expect(await prove(letter)).not.toHaveProperty('temporary');
  });

  test('ARC and Authentication-Results of whoever prove nothing', async () => {
    const heads =
      'Authentication-Results: mx.evil.test; dkim=pass header.d=partner.test; dmarc=pass header.from=partner.test\r\n';
    expect(await prove(heads + letter)).toMatchObject({ proven: false });
    expect(await prove(`ARC-${heads}${letter}`)).toMatchObject({ proven: false });
  });

  test('a seal of her own domain’s gateway, dressed up as a signature, is none', async () => {
    const says = 'Authentication-Results: mx.partner.test; dkim=none\r\n';
    const seal = { signingDomain: 'partner.test', selector: 's1', privateKey: pem, cv: 'none', authResults: 'x; none' };
    const sealed = (await sealMessage(Buffer.from(says + letter), seal)).toString();
    const b = /ARC-Seal:[\s\S]*?\bb=([^;]*?)\r\n(?!\s)/i.exec(sealed)![1]!.replace(/\s+/g, '');
    const bh = createHash('sha256').update('Commande: declare new\r\n').digest('base64');
    const dressed = `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=partner.test; s=s1; h=from:subject:date; bh=${bh}; b=${b}\r\n`;
    expect(reason(await prove(dressed + sealed + says + letter))).toMatch(/bad signature/);
  });
});

describe('SPF, checked by ourselves', () => {
  test('an aligned envelope sender from an allowed address', async () => {
    expect(await prove(letter, bySmtp('192.0.2.7', 'anna@partner.test'))).toEqual({
      proven: true,
      address: 'anna@partner.test',
      by: 'spf',
      signatures: [],
    });
    expect(await prove(letter, bySmtp('192.0.2.7', 'x@bounce.partner.test'))).toMatchObject({ by: 'spf' });
  });

  test.each<[string, Asking, RegExp]>([
    ['another address', bySmtp('198.51.100.7', 'anna@partner.test'), /SPF of partner.test says fail/],
    ['another domain that allows all', bySmtp('198.51.100.7', 'anna@evil.test'), /envelope sender is not of/],
    ['an empty sender', bySmtp('192.0.2.7', null), /no envelope sender/],
    ['no client', { source: 'smtp', mailFrom: 'anna@partner.test' }, /no envelope sender/],
    ['a domain without a record', bySmtp('192.0.2.7', 'x@other.partner.test'), /says none/],
    ['IMAP', { ...bySmtp('192.0.2.7', 'anna@partner.test'), source: 'imap' }, /no DKIM signature/],
    ['LMTP', { ...bySmtp('192.0.2.7', 'anna@partner.test'), source: 'lmtp' }, /no DKIM signature/],
  ])('%s proves nothing', async (_what, asking, why) => {
    expect(reason(await prove(letter, asking))).toMatch(why);
  });

  test('strict alignment counts for it too', async () => {
    const mail = letter.replace('Anna@partner.test', 'Anna@strict.test');
    expect(await prove(mail, bySmtp('192.0.2.7', 'x@bounce.strict.test'))).toMatchObject({ proven: false });
  });

  test('DKIM goes first, since a signature acts once', async () => {
    const proof = await prove(await signed(letter), bySmtp('192.0.2.7', 'anna@partner.test'));
    expect(proof).toMatchObject({ by: 'dkim' });
  });

  test('every signature of the organisation is named, whatever proves the mail', async () => {
    const own = await signed(letter, { domain: 'mail.partner.test' });
    const mail = await signed(await signed(own), { domain: 'evil.test' });
    expect(await prove(mail)).toMatchObject({ by: 'dkim', signatures: [expect.any(String), expect.any(String)] });
    const broken = mail.replace('declare new', 'declare  old');
    const proof = await prove(broken, bySmtp('192.0.2.7', 'anna@partner.test'));
    expect(proof).toMatchObject({ by: 'spf', signatures: [expect.any(String), expect.any(String)] });
  });
});

describe('loopback', () => {
  const local = bySmtp('127.0.0.1', 'anna@partner.test');

  test('is believed only when told so, by SMTP, from this machine', async () => {
    expect(await prove(letter, { ...local, trustLoopback: true })).toEqual({
      proven: true,
      address: 'anna@partner.test',
      by: 'loopback',
      signatures: [],
    });
    expect(await prove(letter, local)).toMatchObject({ proven: false });
    expect(await prove(letter, { ...local, source: 'lmtp', trustLoopback: true })).toMatchObject({ proven: false });
    expect(await prove(letter, { source: 'imap', trustLoopback: true })).toMatchObject({ proven: false });
    const far = { ...bySmtp('198.51.100.7', 'anna@partner.test'), trustLoopback: true };
    expect(await prove(letter, far)).toMatchObject({ proven: false });
    const two = `From: boss@partner.test\r\n${letter}`;
    expect(await prove(two, { ...local, trustLoopback: true })).toMatchObject({ proven: false });
  });
});

describe('a trusted authserv-id', () => {
  const ask = (results: string, mail = letter, more: Asking = {}) =>
    prove(`Authentication-Results: ${results}\r\n${mail}`, { authserv: 'mx.guichet.test', ...more });

  test.each([
    'mx.guichet.test; dkim=pass header.d=partner.test',
    'MX.Guichet.Test 1; DKIM=Pass (good (nested) sig; dkim=fail) header.D=Partner.Test header.s=s1',
    'mx.guichet.test;\r\n\tspf=softfail smtp.mailfrom=evil.test;\r\n\tdkim=pass header.i=@mail.partner.test',
    '"mx.guichet.test" ; dkim = "pass" header.d = "partner.test" header.b="abc/d="',
    'mx.guichet.test; dkim=fail header.d=partner.test; dkim=pass header.d=partner.test header.b=Abc/=',
    'mx.guichet.test; spf=pass (ok) smtp.mailfrom=anna@bounce.partner.test',
    'mx.guichet.test; spf=pass smtp.mailfrom=partner.test; dkim=none; dmarc=none action=none header.from=partner.test',
    'mx.guichet.test; dmarc=pass (p=reject) header.from=partner.test',
    'mx.guichet.test (our (own) gateway) 1 (v1);\r\n dkim/1=pass (2048-bit\\) key) header.d = (the signer) partner.test',
    'mx.guichet.test; dkim=pass (header.d=evil.test) reason="good; really" header.d=partner.test',
  ])('is believed: %s', async (results) => {
    expect(await ask(results)).toMatchObject({ proven: true, address: 'anna@partner.test', by: 'authserv' });
  });

  test.each([
    'mx.evil.test; dkim=pass header.d=partner.test',
    'mx.guichet.test.evil.test; dkim=pass header.d=partner.test',
    'mx.guichet.test; dkim=pass header.d=evil.test',
    'mx.guichet.test; dkim=pass header.d=partner.test.evil.test',
    'mx.guichet.test; dkim=fail header.d=partner.test',
    'mx.guichet.test; dkim=pass',
    'mx.guichet.test; dkim=neutral reason="dkim=pass header.d=partner.test"',
    'mx.guichet.test; dkim=fail (dkim=pass header.d=partner.test)',
    'mx.guichet.test; x-dkim=pass header.d=partner.test',
    'mx.guichet.test; arc=pass header.d=partner.test',
    'mx.guichet.test; spf=pass smtp.mailfrom=anna@evil.test',
    'mx.guichet.test; spf=pass smtp.helo=partner.test',
    'mx.guichet.test; dmarc=pass header.from=evil.test',
    'mx.guichet.test; dkim=pass header.d=partner.test; dmarc=fail header.from=partner.test',
    'mx.guichet.test; dkim=pass header.d=partner.test; dmarc=fail',
    'mx.guichet.test 2; dkim=pass header.d=partner.test',
    'mx.guichet.test; dkim/2=pass header.d=partner.test',
    'mx.guichet.test; dkim=pass header.d=evil.test header.d=partner.test',
    'mx.guichet.test.; dkim=pass header.d=partner.test',
    'mx.guichet .test; dkim=pass header.d=partner.test',
    'mx.guichet(x).test; dkim=pass header.d=partner.test',
    '"mx.guichet.test; dkim=pass header.d=partner.test"',
    '=?utf-8?q?mx.guichet.test?=; dkim=pass header.d=partner.test',
    'mx.guichet.test; dkim=pass header.d="partner.test.evil.test"',
    'mx.guichet.test; dkim=pass header.d=partner.test\\',
    'mx.guichet.test; dkim=fail (a (nested ; comment) dkim=pass header.d=partner.test',
    'mx.guichet.test; none',
    'mx.guichet.test (; dkim=pass header.d=partner.test',
    'dkim=pass header.d=partner.test',
    '; dkim=pass header.d=partner.test',
    '',
  ])('is not believed: %s', async (results) => {
    expect(await ask(results)).toMatchObject({ proven: false });
  });

  test('only the topmost header counts, whatever stands below', async () => {
    const ours = 'Authentication-Results: mx.guichet.test; dkim=pass header.d=partner.test\r\n';
    expect(await ask('mx.guichet.test; dkim=fail header.d=partner.test', ours + letter)).toMatchObject({
      proven: false,
    });
    expect(await ask('mx.relay.test; dkim=pass header.d=partner.test', ours + letter)).toMatchObject({ proven: false });
    expect(await ask('mx.guichet.test; dkim=pass header.d=partner.test', `${ours}${letter}`)).toMatchObject({
      proven: true,
    });
  });

  test('nothing else proves once it is set', async () => {
    expect(await prove(await signed(letter), { authserv: 'mx.guichet.test' })).toMatchObject({ proven: false });
  });

  test('what the signature covers is looked up in the mail, and it is named', async () => {
    const pass = 'mx.guichet.test; dkim=pass header.d=partner.test; dmarc=pass header.from=partner.test';
    expect(await ask(pass, await signed(letter))).toMatchObject({ proven: true, signatures: [expect.any(String)] });
    const open = await signed(letter, { bodyLength: 23 });
    expect(reason(await ask(pass, `${open}Produit: Pro\r\n`))).toMatch(/l=/);
    expect(reason(await ask(pass, await signed(letter, { headers: 'from:date' })))).toMatch(/cover subject/);
    const both = await signed(open);
    const whole = /\bb=\s*([^;]*?)\r\n(?!\s)/.exec(both)![1]!.replace(/\s+/g, '').slice(0, 8);
    expect(reason(await ask(pass, both))).toMatch(/l=/);
    const named = `mx.guichet.test; dkim=pass header.d=partner.test header.s=s1 header.b="${whole}"`;
    expect(await ask(named, both)).toMatchObject({ proven: true });
  });
});
