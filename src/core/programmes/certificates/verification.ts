/** What anybody may learn of a certificate by its number: whether it holds and what it is for, nobody's data (D12). */
import { attemptsLeft, countAttempt } from '../../guard/limit.js';
import type { Desk } from '../../guard/work.js';
import type { Locale, Localised } from '../../locales/locale.js';
import { orderRef } from '../orders/order.js';
import type { Certificate } from '../../database/connect.js';
import { publicKeys, type PublicKey } from './keys.js';
import { verify, type Payload } from './payload.js';

export type { PublicKey } from './keys.js';

/** What its page tells; instants as the certificate has them. */
export interface CertificateView {
  readonly state: 'valid' | 'revoked' | 'expired';
  readonly number: string;
  /** Since when it no longer holds. */
  readonly since?: Date;
  readonly order: string;
  readonly issuer: string;
  /** The first letters of its words: whoever holds the certificate can compare, nobody else learns the name. */
  readonly site: string;
  readonly generation: string;
  readonly solution: string;
  readonly references: readonly string[];
  readonly issued: Date;
  readonly validUntil: Date;
  /** The key whose signature was checked. */
  readonly kid: string;
}

export type Verified =
  | CertificateView
  | { readonly state: 'unknown'; readonly number: string }
  /** The signature isn't ours, or is not about this certificate. */
  | { readonly state: 'unsound'; readonly number: string }
  /** Too many unknown numbers from this place: none is looked up. */
  | { readonly state: 'limited' };

export interface Verification {
  /** @param asked.number as typed: with or without `CT-`, in any case */
  verify(asked: { number: string; ip: string | undefined; locale: Locale }): Promise<Verified>;
  /** A JWK set (RFC 7517). */
  keys(): Promise<{ readonly keys: readonly PublicKey[] }>;
}

// 48 random bits can't be guessed at this pace; it only keeps the desk from working for those who try
const wrongNumbers = { count: 30, windowMs: 3_600_000 };

/** The printed form of a number, or nothing. */
function numberIn(typed: string): string | undefined {
  const digits = /^(?:CT-?)?([0-9A-F]{12})$/.exec(typed.trim().toUpperCase())?.[1];
  return digits && `CT-${digits}`;
}

const masked = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => {
      const [first = '', ...rest] = Array.from(word);
      return rest.length > 0 ? `${first}…` : first;
    })
    .join(' ');

/** Whether the row is what was signed. */
const agree = (row: Certificate, payload: Payload): boolean =>
  payload.number === row.number &&
  payload.order === orderRef(row.orderId) &&
  payload.issued === row.issuedAt.toISOString() &&
  sameEnd(row, payload);

/** A year of five digits, as some were signed with, can't be read back from every database: the signature has it. */
const sameEnd = ({ expiresAt }: Certificate, { validUntil }: Payload): boolean =>
  expiresAt !== null && Number.isNaN(expiresAt.getTime())
    ? validUntil.startsWith('+')
    : validUntil === expiresAt?.toISOString();

/** A certificate that time has ended is so before its row says it. */
function standing(row: Certificate, validUntil: Date, now: Date): Pick<CertificateView, 'state' | 'since'> {
  if (row.state === 'revoked') return { state: 'revoked', since: row.endedAt ?? now };
  return row.state === 'expired' || validUntil <= now ? { state: 'expired', since: validUntil } : { state: 'valid' };
}

/** The catalogue's name in the reader's language, or the one it was signed with. */
const nameOf = (all: readonly { id: string; name: Localised }[], one: Payload['solution'], locale: Locale): string =>
  all.find(({ id }) => id === one.id)?.name[locale] ?? one.name;

export function createVerification(desk: Desk): Verification {
  const { database } = desk;

  async function find(number: string, ip: string | undefined) {
    const key = `unknown certificates from ${ip ?? ''}`;
    const found = await database.read(async (tx) => {
      if (ip !== undefined && (await attemptsLeft(tx, key, { limit: wrongNumbers, now: desk.clock() })) <= 0)
        return 'limited';
      const row = await tx.certificate.findUnique({ where: { number } });
      return row && { row, keys: await publicKeys(tx) };
    });
    if (!found && ip !== undefined) await database.transact(({ tx }) => countAttempt(tx, key, desk.clock()));
    return found;
  }

  return {
    async verify({ number: typed, ip, locale }) {
      const number = numberIn(typed);
      // what can't be a number tells nothing by not being one
      if (number === undefined) return { state: 'unknown', number: typed };
      const found = await find(number, ip);
      if (found === 'limited') return { state: 'limited' };
      if (!found) return { state: 'unknown', number };
      const signed = await verify(found.row.jws, found.keys);
      if (!signed || !agree(found.row, signed.payload)) return { state: 'unsound', number };
      const { payload, kid } = signed;
      const validUntil = new Date(payload.validUntil);
      return {
        ...standing(found.row, validUntil, desk.clock()),
        number,
        order: payload.order,
        issuer: payload.issuer.name,
        site: masked(payload.site.name),
        generation: nameOf(desk.catalogue.orders.generations, payload.generation, locale),
        solution: nameOf(desk.catalogue.orders.solutions, payload.solution, locale),
        references: payload.references,
        issued: new Date(payload.issued),
        validUntil,
        kid,
      };
    },
    keys: async () => ({ keys: await database.read(publicKeys) }),
  };
}
