/**
 * Idempotency keys (X4): one per person and command. A repeat gets the first answer and changes nothing; the same key
 * with other content is refused. Answers are kept encrypted.
 */
import { createHash } from 'node:crypto';
import type { Tx } from '../database/connect.js';
import type { Secrets } from '../secrets/secrets.js';
import type { AnswerRow } from '../database/transact.js';
import { canonical } from '../text/canonical.js';
import { Refusal } from './refusal.js';

export { canonical };

export const contentHash = (value: unknown): string =>
  createHash('sha256').update(canonical(value)).digest('base64url');

const purpose = 'answer';

export interface Once {
  readonly personId: number;
  readonly command: string;
  readonly key: string;
  readonly contentHash: string;
}

/** Where first answers are: kept, or given a moment ago in the same transaction. */
export interface Asking {
  readonly tx: Tx;
  readonly answered?: readonly AnswerRow[];
}

/**
 * The first answer given under this key, if there was one.
 * @throws {Refusal} `key.reused` when it was given for other content
 */
export async function firstAnswer<T>(unit: Asking, once: Once, secrets: Secrets): Promise<T | undefined> {
  const { personId, command, key } = once;
  const [kept] = await unit.tx.$queryRaw<{ contentHash: string; answer: string }[]>`
    SELECT "contentHash", "answer" FROM "StoredAnswer"
    WHERE "personId" = ${personId} AND "command" = ${command} AND "key" = ${key}`;
  const row =
    kept ?? unit.answered?.find((one) => one.personId === personId && one.command === command && one.key === key);
  if (!row) return undefined;
  if (row.contentHash !== once.contentHash) throw new Refusal('key.reused', { key: once.key });
  return JSON.parse(secrets.open(purpose, row.answer)) as T;
}

export const answerRow = (once: Once, answer: unknown, more: { secrets: Secrets; now: Date }): AnswerRow => ({
  ...once,
  answer: more.secrets.seal(purpose, JSON.stringify(answer)),
  createdAt: more.now,
});
