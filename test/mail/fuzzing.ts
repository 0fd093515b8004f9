/**
 * Fuzzing: odd mails through all that the desk does with a mail before it acts: parsing, hygiene, the proof of its sender
 * (without DNS), the decoding of its forms and the subject of its answer.
 */
import fc from 'fast-check';
import { commands } from '../../src/core/programmes/index.js';
import { decodeMail } from '../../src/mail/forms/form.js';
import { neverAnswer } from '../../src/mail/read/loop-guard.js';
import type { Arrival } from '../../src/mail/wire/message.js';
import { parseMail } from '../../src/mail/read/parse.js';
import { replySubject } from '../../src/mail/answers/transcript.js';
import { proveSender } from '../../src/mail/proof/sender.js';
import { oddMail } from './mutations.js';

export const slowestMs = 2000;
export const mostGrowthMb = 200;
/** What a process needs once, for code and caches, is no growth. */
const warmUp = 500;
const now = new Date('2026-11-23T09:00:00Z');

export interface FuzzFigures {
  readonly seed: number;
  readonly count: number;
  readonly slowestMs: number;
  /** Of resident memory, from its value after the first 500 mails to its highest. */
  readonly growthMb: number;
  /** How many ended in each way. */
  readonly ends: Readonly<Record<string, number>>;
}

const noDns = (): Promise<never> => Promise.reject(Object.assign(new Error('no DNS here'), { code: 'ENOTFOUND' }));

/** Throws fast-check's report, with the seed and the smallest input that fails, of a crash or of more than 2 s. */
export async function fuzz(options: {
  seed: number;
  count: number;
  onProgress?: (done: number) => void;
}): Promise<FuzzFigures> {
  const { seed, count, onProgress } = options;
  const ends: Record<string, number> = {};
  let [done, slowest, base, most] = [0, 0, 0, 0];
  const one = async (raw: Buffer): Promise<void> => {
    const timed = async () => {
      const began = performance.now();
      const end = await through(raw, done % 2 === 0);
      return { end, ms: performance.now() - began };
    };
    let { end, ms } = await timed();
    // whether the mail was slow or the machine busy, a second look tells
    if (ms > slowest) ({ end, ms } = await timed());
    slowest = Math.max(slowest, ms);
    ends[end] = (ends[end] ?? 0) + 1;
    done += 1;
    if (done % 50 === 0) {
      const mb = process.memoryUsage.rss() / 1024 / 1024;
      if (done <= warmUp) base = mb;
      most = Math.max(most, mb);
    }
    if (done % 500 === 0) onProgress?.(done);
    if (ms > slowestMs) throw new Error(`${ms.toFixed(0)} ms for ${raw.length} bytes`);
  };
  await fc.assert(fc.asyncProperty(oddMail, one), { seed, numRuns: count });
  const rounded = (value: number): number => Math.round(value * 10) / 10;
  return { seed, count, slowestMs: rounded(slowest), growthMb: rounded(Math.max(most - base, 0)), ends };
}

/** Throws what a mail must not bring about. */
async function through(raw: Buffer, byAuthserv: boolean): Promise<string> {
  const arrival: Arrival = {
    raw,
    source: 'smtp',
    recipients: ['guichet@localhost'],
    mailFrom: 'anna@partner.example',
    client: { address: '192.0.2.1', helo: 'mx.partner.example', loopback: false },
  };
  const message = await parseMail(raw);
  if (/[\0\r]/.test(message.text)) throw new Error('a control character in the text');
  if (message.damaged !== Boolean(message.damage)) throw new Error('damage without a reason');
  if (/\p{Cc}/u.test(replySubject(message.subject, 'x'))) throw new Error('a control character in the subject');
  if (/[^\x21-\x7e\u0080-\uffff]/.test(message.fromAddress ?? '')) throw new Error('a sender that is no address');
  const ids = [message.messageId ?? '', message.inReplyTo ?? '', ...message.references];
  if (ids.some((id) => /[\s\p{Cc}]/u.test(id))) throw new Error('a Message-ID that is none');
  const { forms } = decodeMail(message, commands);
  for (const { raw: fields } of forms)
    if (Object.getPrototypeOf(fields) !== Object.prototype) throw new Error('fields');
  const never = neverAnswer(message, arrival, { address: 'guichet@localhost' });
  if (never) return never.reason;
  const trusted = byAuthserv ? { trustedAuthserv: 'mx.partner.example' } : {};
  const proof = await proveSender(arrival, message, { ...trusted, trustLoopback: false, resolver: noDns, now });
  return proof.proven ? 'proven' : 'held';
}
