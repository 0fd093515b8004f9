/** The Ed25519 keys that certificates are signed with: the newest signs, all verify (RFC 8037). */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { Work } from '../../guard/work.js';
import type { Tx } from '../../database/connect.js';

const sealPurpose = 'signing key';

/** As published: RFC 7517 and RFC 8037, no secret part. */
export interface PublicKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  /** The thumbprint of RFC 7638. */
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

export interface SigningKey {
  readonly kid: string;
  readonly secret: KeyObject;
}

/** The key that signs; made at first use. Writers follow one another, so that only one makes it. */
export async function signingKey({ tx, desk, now }: Pick<Work, 'tx' | 'desk' | 'now'>): Promise<SigningKey> {
  const newest = await tx.signingKey.findFirst({ orderBy: [{ createdAt: 'desc' }, { kid: 'asc' }] });
  if (newest) {
    const jwk = JSON.parse(desk.secrets.open(sealPurpose, newest.secretKey)) as JsonWebKey;
    return { kid: newest.kid, secret: createPrivateKey({ key: jwk, format: 'jwk' }) };
  }
  const made = generateKeyPairSync('ed25519');
  const { kty, crv, x } = made.publicKey.export({ format: 'jwk' });
  const { calculateJwkThumbprint } = await import('jose');
  const kid = await calculateJwkThumbprint({ kty: kty ?? '', crv: crv ?? '', x: x ?? '' });
  await tx.signingKey.create({
    data: {
      kid,
      publicKey: JSON.stringify({ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }),
      secretKey: desk.secrets.seal(sealPurpose, JSON.stringify(made.privateKey.export({ format: 'jwk' }))),
      createdAt: now,
    },
  });
  return { kid, secret: made.privateKey };
}

/** Every key that has signed, the newest first. */
export async function publicKeys(tx: Tx): Promise<PublicKey[]> {
  const rows = await tx.signingKey.findMany({
    select: { publicKey: true },
    orderBy: [{ createdAt: 'desc' }, { kid: 'asc' }],
  });
  return rows.map(({ publicKey }) => JSON.parse(publicKey) as PublicKey);
}

export const verifyingKey = (key: PublicKey): KeyObject => createPublicKey({ key: { ...key }, format: 'jwk' });
