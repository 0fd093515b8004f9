/**
 * Secrets at rest. One key (SECRET_KEY) gives three: one encrypts, one hashes what is looked up, one signs mail tokens.
 * A generated secret has at least 64 random bits, so a keyed hash is enough for it (invariant 7); only what a person
 * chose is hashed slowly (parties/password.ts).
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type RandomBytes = (count: number) => Buffer;

export interface Secrets {
  /** AES-256-GCM; the answer is base64url text. `purpose` is authenticated, so that a value can't be moved elsewhere. */
  seal(purpose: string, plain: string): string;
  /** @throws when the text was altered, sealed under another key or for another purpose */
  open(purpose: string, sealed: string): string;
  /** A keyed hash to store and look up a generated secret by. */
  hash(purpose: string, secret: string): string;
  equal(a: string, b: string): boolean;
  /** 144 random bits, URL-safe. */
  token(): string;
  /** A first password: 14 characters without look-alikes, 70 random bits. */
  password(): string;
  digits(count: number): string;
  /** The token in a reply address: what it is about, signed (`local+TOKEN@domain`). */
  thread(kind: ThreadKind, id: number): string;
  readThread(token: string): { kind: ThreadKind; id: number } | undefined;
  /** Kept in the database, so that a process with another key refuses to start. */
  readonly check: string;
}

/** What a reply address can be about: an approval, a held mail, a ticket, an outgoing mail (also its bounces), a transcript. */
export const threadKinds = { a: 'approval', h: 'held mail', k: 'ticket', m: 'mail', t: 'transcript' } as const;
export type ThreadKind = keyof typeof threadKinds;

const letters = 'abcdefghjkmnpqrstuvwxyz23456789ABCDEFGHJKLMNPQRSTUVWXYZ'.slice(0, 32);

const poolBytes = 8_192;

/** Random bytes from the system's source, many of which are asked for at once: a call for twelve costs as much. */
export function pooledRandom(): RandomBytes {
  let pool = Buffer.alloc(0);
  return (count) => {
    if (count > poolBytes) return randomBytes(count);
    if (pool.length < count) pool = randomBytes(poolBytes);
    const taken = pool.subarray(0, count);
    pool = pool.subarray(count);
    return taken;
  };
}

/** @param random injected, so that tests can repeat a run */
export function createSecrets(key: Buffer, random: RandomBytes = randomBytes): Secrets {
  const derive = (info: string) => Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `guichet ${info}`, 32));
  const [sealing, hashing, signing] = [derive('seal'), derive('hash'), derive('thread')];
  const hmac = (secret: Buffer, text: string) => createHmac('sha256', secret).update(text).digest();
  const mark = (body: string) => hmac(signing, body).toString('hex').slice(0, 16);
  return {
    seal(purpose, plain) {
      const nonce = random(12);
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(Buffer.from(purpose));
      return Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
        'base64url',
      );
    },
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, 12)).setAAD(Buffer.from(purpose));
      decipher.setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
    },
    hash: (purpose, secret) => hmac(hashing, `${purpose}\0${secret}`).toString('base64url'),
    equal(a, b) {
      const [left, right] = [hmac(hashing, a), hmac(hashing, b)];
      return timingSafeEqual(left, right);
    },
    token: () => random(18).toString('base64url'),
    password: () => [...random(14)].map((byte) => letters[byte % 32]).join(''),
    digits(count) {
      // 8 random bytes over at most 10^9 values: the bias is below 2^-30
      const number = random(8).readBigUInt64BE() % 10n ** BigInt(count);
      return number.toString().padStart(count, '0');
    },
    thread(kind, id) {
      const body = `${kind}${id}`;
      return `${body}-${mark(body)}`;
    },
    readThread(token) {
      const match = /^([ahkmt])(\d{1,9})-([0-9a-f]{16})$/.exec(token.toLowerCase());
      if (!match || !timingSafeEqual(Buffer.from(mark(`${match[1]}${match[2]}`)), Buffer.from(match[3] ?? '')))
        return undefined;
      return { kind: match[1] as ThreadKind, id: Number(match[2]) };
    },
    check: hmac(hashing, 'check value').toString('base64url'),
  };
}

/** The key of SECRET_KEY, else the one in `dataDir`, made there at the first start with mode 0600. */
export function loadKey(given: Buffer | undefined, dataDir: string): Buffer {
  if (given) return given;
  const file = join(dataDir, 'secret.key');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) {
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    try {
      // a link is made whole or not at all: of two processes starting together one's key stays, and both read that
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== 32)
    throw new Error(`${file} is damaged: it must hold 32 bytes in base64; restore it from a backup, or set SECRET_KEY`);
  return key;
}
