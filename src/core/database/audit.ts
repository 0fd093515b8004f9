/**
 * The audit: who, by which door, what, about which object (X6). Rows are append-only and hash-chained; what is personal
 * stands in AuditDetail, of which the chain knows only a salted hash, so that erasing it keeps the chain verifiable.
 */
import { createHash, type BinaryLike } from 'node:crypto';
import { inParts, insertRows } from './bulk-insert.js';
import type { Tx } from './connect.js';
import type { RandomBytes } from '../secrets/secrets.js';

export interface AuditEvent {
  readonly at: Date;
  readonly actorId: number | null;
  readonly operator: boolean;
  /** Whoever let the mail pass in which the actor asked (SPEC 0, "Authority"). */
  readonly releasedById?: number | undefined;
  readonly door: string;
  /** `noun verb`, or what happened by itself, in the past tense. */
  readonly action: string;
  /** The printed number of what it is about. */
  readonly object: string | null;
  /** Before → after, and what was asked; JSON. */
  readonly detail: unknown;
}

export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

const sha256 = (data: BinaryLike) => createHash('sha256').update(data).digest('base64url');

/** What a row's hash covers; every part is fixed at once and for ever. */
export function chainHash(
  previous: string,
  row: {
    seq: number;
    at: Date;
    actorId: number | null;
    operator: boolean;
    releasedById?: number | null;
    door: string;
    action: string;
    object: string | null;
    detailHash: string;
  },
): string {
  return sha256(
    JSON.stringify([
      previous,
      row.seq,
      row.at.toISOString(),
      row.actorId,
      row.operator,
      row.door,
      row.action,
      row.object,
      row.detailHash,
      ...(row.releasedById == null ? [] : [row.releasedById]),
    ]),
  );
}

export const detailHash = (salt: string, detail: string): string => sha256(`${salt}\0${detail}`);

/** Takes the chain's lock: the first statement of every writing transaction, so that writers queue and never deadlock. */
export async function lockChain(tx: Tx): Promise<AuditHead> {
  const [head] = await tx.$queryRaw<
    AuditHead[]
  >`UPDATE "AuditHead" SET "seq" = "seq" WHERE "id" = 1 RETURNING "seq", "hash"`;
  if (!head) throw new Error('the audit chain has no head: the database was not prepared');
  return { seq: Number(head.seq), hash: head.hash };
}

const eventsAtATime = 500;

/** Appends the events and moves the head. The chain must be locked in this transaction. */
export async function appendAudit(
  tx: Tx,
  head: AuditHead,
  more: { events: readonly AuditEvent[]; random: RandomBytes },
): Promise<AuditHead> {
  if (more.events.length === 0) return head;
  let { seq, hash } = head;
  await inParts(more.events, eventsAtATime, async (part) => {
    const rows = [];
    const details = [];
    for (const event of part) {
      const salt = more.random(16).toString('base64url');
      const detail = JSON.stringify(event.detail ?? {});
      const row = {
        seq: ++seq,
        at: event.at,
        actorId: event.actorId,
        operator: event.operator,
        releasedById: event.releasedById ?? null,
        door: event.door,
        action: event.action,
        object: event.object,
        detailHash: detailHash(salt, detail),
      };
      hash = chainHash(hash, row);
      rows.push({ ...row, hash });
      details.push({ seq, salt, detail });
    }
    await insertRows(tx, 'Audit', rows);
    await insertRows(tx, 'AuditDetail', details);
  });
  await tx.$executeRaw`UPDATE "AuditHead" SET "seq" = ${seq}, "hash" = ${hash} WHERE "id" = 1`;
  return { seq, hash };
}

/** The event that names the details which an erasure took away (X11); its own detail is never erased. */
export const detailsErased = 'details erased';

/** What an erasure needs of a unit of work. */
interface Erasing {
  readonly tx: Tx;
  readonly now: Date;
  audit(event: { action: string; detail: unknown }): void;
}

const erasedAtATime = 500;

/** Takes these details away, as triggers allow it only here, and says so in the chain: `verifyAudit` tells it from loss. */
export async function eraseDetails(unit: Erasing, seqs: readonly number[]): Promise<void> {
  for (let start = 0; start < seqs.length; start += erasedAtATime) {
    const some = seqs.slice(start, start + erasedAtATime);
    await insertRows(
      unit.tx,
      'AuditErasing',
      some.map((seq) => ({ seq, at: unit.now })),
    );
    await unit.tx.auditDetail.deleteMany({ where: { seq: { in: some } } });
    unit.audit({ action: detailsErased, detail: { seqs: some } });
  }
}

/** The numbers that erasures have named. Whatever is wrong with those events themselves is found on the way. */
async function erasedSeqs(tx: Tx): Promise<ReadonlySet<number>> {
  const rows = await tx.$queryRaw<{ detail: string }[]>`
    SELECT d."detail" FROM "Audit" a JOIN "AuditDetail" d ON d."seq" = a."seq" WHERE a."action" = ${detailsErased}`;
  return new Set(rows.flatMap(({ detail }) => (JSON.parse(detail) as { seqs: number[] }).seqs));
}

export interface Verified {
  readonly rows: number;
  /** The first row that does not fit, and why. */
  readonly broken?: { readonly seq: number; readonly why: 'hash' | 'detail' | 'missing' | 'gap' | 'head' };
  /** Details that erasures took away. */
  readonly erased?: number;
}

/** Walks the whole chain in pages. Erased details are fine where the chain says so; altered and missing ones are not. */
export async function verifyAudit(tx: Tx): Promise<Verified> {
  const head = await tx.auditHead.findUniqueOrThrow({ where: { id: 1 } });
  const erased = await erasedSeqs(tx);
  let [seq, hash, rows] = [0, '', 0];
  for (;;) {
    const page = await tx.audit.findMany({
      where: { seq: { gt: seq, lte: head.seq } },
      orderBy: { seq: 'asc' },
      take: 1_000,
    });
    if (page.length === 0) break;
    const details = new Map(
      (await tx.auditDetail.findMany({ where: { seq: { in: page.map((row) => row.seq) } } })).map((row) => [
        row.seq,
        row,
      ]),
    );
    for (const row of page) {
      if (row.seq !== seq + 1) return { rows, broken: { seq: seq + 1, why: 'gap' } };
      if (chainHash(hash, row) !== row.hash) return { rows, broken: { seq: row.seq, why: 'hash' } };
      const detail = details.get(row.seq);
      if (!detail && !erased.has(row.seq)) return { rows, broken: { seq: row.seq, why: 'missing' } };
      if (detail && detailHash(detail.salt, detail.detail) !== row.detailHash)
        return { rows, broken: { seq: row.seq, why: 'detail' } };
      ({ seq, hash } = row);
      rows += 1;
    }
  }
  // nobody can have appended behind the head that this reading transaction sees
  const beyond = await tx.audit.count({ where: { seq: { gt: head.seq } } });
  return seq === head.seq && hash === head.hash && beyond === 0
    ? { rows, erased: erased.size }
    : { rows, broken: { seq: seq + 1, why: 'head' } };
}
