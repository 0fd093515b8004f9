/** What a certificate says, and its signature (JWS, compact: RFC 7515; Ed25519: RFC 8037). docs/certificates.md tells how to check it. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { verifyingKey, type PublicKey, type SigningKey } from './keys.js';

const named = z.object({ id: z.string(), name: z.string() });

/** ISO 8601 in UTC; after the year 9999 with a sign and six digits, as JavaScript writes it (ECMA-262, "Expanded Years"). */
const instant = z
  .string()
  .regex(/^(?:\d{4}|\+\d{6})-\d\d-\d\dT[\d:.]+Z$/)
  .refine((text) => !Number.isNaN(Date.parse(text)));

/** Nobody's personal data: what was ordered for which site, by whom it was issued, and until when it holds. */
const payloadShape = z.object({
  number: z.string(),
  order: z.string(),
  issuer: z.object({ name: z.string(), url: z.string() }),
  site: z.object({ number: z.string().optional(), name: z.string(), city: z.string().optional() }),
  /** Named as in the catalogue when it was issued, in the certificate's language. */
  generation: named,
  solution: named,
  references: z.array(z.string()),
  issued: instant,
  validUntil: instant,
  /** SHA-256 (hex) of the number and the sorted recipients, a line each. */
  recipients: z.string(),
});

export type Payload = z.infer<typeof payloadShape>;

const type = 'guichet-certificate';

/** The page that tells whether it still holds. */
export const pageOf = ({ issuer, number }: Pick<Payload, 'issuer' | 'number'>): string => `${issuer.url}/c/${number}`;

/** What the payload says of whom it is for: a recipient can show that they are meant, others learn no address. */
export const recipientsHash = (number: string, recipients: readonly string[]): string =>
  createHash('sha256')
    .update([number, ...recipients.toSorted()].map((line) => `${line}\n`).join(''))
    .digest('hex');

// few commands sign or verify, and every start would load it
const signatures = () => import('jose');

export async function sign(payload: Payload, key: SigningKey): Promise<string> {
  const { CompactSign } = await signatures();
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: type })
    .sign(key.secret);
}

const partOf = (jws: string, at: number): unknown =>
  JSON.parse(Buffer.from(jws.split('.')[at] ?? '', 'base64url').toString('utf8'));

/** What a certificate of our own says. @throws when the text is none */
export const readPayload = (jws: string): Payload => payloadShape.parse(partOf(jws, 1));

/** The key that a certificate of our own names. */
export const keyOf = (jws: string): string => z.object({ kid: z.string() }).parse(partOf(jws, 0)).kid;

// the last letter has bits that say nothing: of the texts that mean the same, one is the certificate
const isExact = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part;

/** What it says and which key signed it; nothing when none of the keys did, or a character was changed. */
export async function verify(
  jws: string,
  keys: readonly PublicKey[],
): Promise<{ payload: Payload; kid: string } | undefined> {
  const { compactVerify, decodeProtectedHeader, errors } = await signatures();
  try {
    const { kid, typ } = decodeProtectedHeader(jws);
    const key = keys.find((one) => one.kid === kid);
    if (!key || typ !== type || !jws.split('.').every(isExact)) return undefined;
    await compactVerify(jws, verifyingKey(key), { algorithms: ['EdDSA'] });
    return { payload: readPayload(jws), kid: key.kid };
  } catch (error) {
    // not a JWS at all, or one that isn't ours
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof z.ZodError)
      return undefined;
    throw error;
  }
}
