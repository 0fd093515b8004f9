/** Senders that are proven, or only look like it: keys of this run, DNS records that hold them, and a house that asks. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { expect } from 'vitest';
import type { TrustOptions } from '../../src/mail/proof/sender.js';
import { declaring, newEmail } from '../core/ground.js';
import type { databases } from '../servers/databases.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { openHouse, type House } from './house.js';

export const anna = 'anna@partner.test';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const recordOf = (key: KeyObject): string =>
  `v=DKIM1; k=rsa; p=${key.export({ type: 'spki', format: 'der' }).toString('base64')}`;
const [known, unknown] = [pair(), pair()];
const keyRecord = recordOf(known.publicKey);

/** What these names hold, and nothing else. Loopback is where the tests post from. */
const zone = new Map<string, string[]>(
  Object.entries({
    ...Object.fromEntries(
      [
        's1._domainkey.partner.test',
        's2._domainkey.partner.test',
        's1._domainkey.mail.partner.test',
        's1._domainkey.evil.test',
        's1._domainkey.partner.test.evil.test',
        's1._domainkey.co.uk',
        's1._domainkey.mail.strict.test',
        's1._domainkey.strict.test',
      ].map((name) => [`TXT ${name}`, [keyRecord]]),
    ),
    'TXT _dmarc.strict.test': ['v=DMARC1; p=reject; adkim=s; aspf=s'],
    'TXT evil.test': ['v=spf1 ip4:127.0.0.0/8 -all'],
    'TXT mx.partner.test': ['v=spf1 ip4:127.0.0.0/8 -all'],
    'TXT mx.strict.test': ['v=spf1 ip4:127.0.0.0/8 -all'],
    'TXT partner.test': ['v=spf1 ip4:192.0.2.0/24 -all'],
  }),
);

/** The far end of a DNS socket. */
export const dns = { down: new Set<string>(), allDown: false };
export const resolver: TrustOptions['resolver'] = async (name, type) => {
  if (dns.allDown || dns.down.has(name)) throw Object.assign(new Error('timeout'), { code: 'ETIMEOUT' });
  const rows = zone.get(`${type} ${name}`);
  if (!rows) throw Object.assign(new Error('nothing'), { code: 'ENOTFOUND' });
  return rows.map((row) => [row]);
};

export interface Signing {
  domain?: string;
  selector?: string;
  /** h=, in this order. */
  headers?: string;
  /** l= */
  bodyLength?: number;
  /** By a key that no record holds. */
  forged?: boolean;
}

const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string;

/** The mail with one more DKIM signature on top. */
export async function signed(raw: string, signing: Signing = {}): Promise<string> {
  const { domain = 'partner.test', selector = 's1', headers = 'from:to:subject:date', bodyLength, forged } = signing;
  const { signatures, errors } = await dkimSign(raw, {
    canonicalization: 'relaxed/relaxed',
    algorithm: 'rsa-sha256',
    signTime: new Date('2026-11-23T09:00:00Z'),
    // mailauth reads a string, whatever its types say
    headerList: headers,
    signatureData: [
      {
        signingDomain: domain,
        selector,
        privateKey: pem(forged ? unknown.privateKey : known.privateKey),
        ...(bodyLength === undefined ? {} : { maxBodyLength: bodyLength }),
      },
    ],
  } as unknown as Parameters<typeof dkimSign>[1]);
  expect(errors).toEqual([]);
  return signatures + raw;
}

/** For seals and the like. */
export const privateKey = pem(known.privateKey);

/** Without its topmost header field. */
export const withoutTop = (raw: string): string => raw.replace(/^[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*/, '');

/** A declaration to be mailed. */
export const form = (email = newEmail()): string => {
  const { product, ...rest } = declaring({ email });
  return Object.entries({ product, ...rest })
    .map(([label, value]) => `${label}: ${value as string}`)
    .join('\n')
    .replace(/^/, 'Commande: declare new\n');
};

/** A house that knows Anna, a reseller with 20 packs. */
export async function openAnna(
  provider: ReturnType<typeof databases>[number],
  options: Parameters<typeof openHouse>[1],
): Promise<House> {
  const house = await openHouse(provider, options);
  await house.desk.done('reseller register', { email: anna, 'last-name': 'Roy', 'first-name': 'Anna', company: 'Roy' });
  await house.desk.done('stock receive', { reseller: anna, product: 'pro', quantity: '20', purchase: 'P-1' });
  await house.deliver();
  return house;
}

/** What answers a mail of Anna's; not the question whether a held one is hers. */
export const toAnna = (mails: readonly ReceivedMail[]): ReceivedMail[] =>
  mails.filter(
    (mail) => mail.envelope.to.includes(anna) && mail.parsed.headers.get('auto-submitted') === 'auto-replied',
  );
