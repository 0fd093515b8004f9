/**
 * Files that are too large to go along with an answer (D13): their bytes wait in the document store, and a one-time link,
 * for the person who asked and nobody else, leads to them for 24 hours.
 */
import { z } from 'zod';
import { identify, type Caller } from '../../guard/identity.js';
import { createWork, type Desk, type Work } from '../../guard/work.js';
import type { Upload } from '../../command/type.js';
import type { Tx } from '../../database/connect.js';
import { makeLink, openLink, purposeOf, spendLink } from './link.js';

/** What goes along with an answer at most, in chat and by mail: both sides take no more (8 MiB). */
export const attachableBytes = 8 * 1024 * 1024;

export interface FileLink {
  readonly name: string;
  /** Holds a secret; it opens nothing without a session of its person. */
  readonly url: string;
  readonly expiresAt: Date;
}

/** What a link leads to. */
export interface LinkedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  readonly expiresAt: Date;
}

const contentShape = z.object({
  name: z.string(),
  type: z.string(),
  bytes: z.int(),
  sha256: z.string(),
});

/** Keeps an answer's file and makes its link; nothing for somebody who could not sign in to fetch it. */
export async function linkFile(
  desk: Desk,
  { caller, file }: { caller: Caller; file: Upload },
): Promise<FileLink | undefined> {
  // on disk before the transaction: others wait for that
  await desk.documents.keep(file.content);
  return desk.database.transact(async (unit) => {
    const actor = await identify(unit.tx, caller);
    if (actor.personId === 0 || actor.emails.length === 0) return undefined;
    const work = createWork(unit, { desk, actor, door: 'web', locale: actor.locale ?? desk.locale });
    return keepLinked(work, { personId: actor.personId, file });
  });
}

/** The same in the middle of a command, for somebody who need not be its asker. */
export async function keepLinked(
  work: Work,
  { personId, file }: { personId: number; file: Upload },
): Promise<FileLink> {
  const { tx, desk, now } = work;
  const { name, type, content } = file;
  const kept = { name, type, bytes: content.length, sha256: await desk.documents.keep(content) };
  const made = await makeLink(tx, desk, { purpose: 'file', personId, content: JSON.stringify(kept), now });
  work.audit({ action: 'file linked', detail: { ...kept, person: personId } });
  return { name, ...made };
}

/**
 * What a link leads to, for its own person; looking changes nothing.
 * @returns undefined when it is no link to a file; `ended` when it is used, late, or another's
 */
export async function viewFile(
  tx: Tx,
  desk: Desk,
  { token, personId }: { token: string; personId: number | undefined },
): Promise<LinkedFile | 'ended' | 'sign-in' | undefined> {
  if ((await purposeOf(tx, desk, token)) !== 'file') return undefined;
  const link = await openLink(tx, desk, { token, now: desk.clock() });
  if (!link?.content) return 'ended';
  if (personId === undefined) return 'sign-in';
  if (link.personId !== personId) return 'ended';
  const { name, type, bytes } = contentShape.parse(JSON.parse(link.content));
  return { name, type, bytes, expiresAt: link.expiresAt };
}

/** Hands the file over and uses the link up; nothing when it has ended or is another's. */
export async function takeFile(
  desk: Desk,
  { token, personId }: { token: string; personId: number },
): Promise<Upload | undefined> {
  const link = await desk.database.read((tx) => openLink(tx, desk, { token, now: desk.clock() }));
  if (link?.purpose !== 'file' || link.personId !== personId || !link.content) return undefined;
  const { name, type, bytes, sha256 } = contentShape.parse(JSON.parse(link.content));
  // read first: a link whose file can't be had is not used up
  const content = await desk.documents.read(sha256);
  const spent = await desk.database.transact(async (unit) => {
    if (!(await spendLink(unit.tx, desk, { token, now: desk.clock() }))) return false;
    const actor = await identify(unit.tx, { kind: 'session', personId });
    const work = createWork(unit, { desk, actor, door: 'web', locale: actor.locale ?? desk.locale });
    work.audit({ action: 'file fetched', detail: { name, type, bytes, sha256, person: personId } });
    return true;
  });
  return spent ? { name, type, content } : undefined;
}

const hourMs = 3_600_000;

/**
 * Lets go of the bytes behind links that have ended, except what something else still needs: an order's documents, a
 * ticket's files, a certificate, a mail's attachment, a request that waits, another link. Answers how many files went.
 */
export async function dropLinkedFiles(desk: Desk, now: Date): Promise<number> {
  const ended = { OR: [{ usedAt: { not: null } }, { expiresAt: { lte: now } }] };
  const rows = await desk.database.read((tx) =>
    tx.oneTimeLink.findMany({ where: { purpose: 'file', content: { not: null }, ...ended }, take: 500 }),
  );
  let dropped = 0;
  for (const { tokenHash, content } of rows) {
    const { sha256 } = contentShape.parse(JSON.parse(content ?? ''));
    // kept again a moment ago, it may be about to be needed
    const olderThan = new Date(now.getTime() - hourMs);
    const needed = await desk.database.read((tx) => isNeeded(tx, { sha256, but: tokenHash, now }));
    if (!needed && (await desk.documents.drop(sha256, olderThan))) dropped += 1;
    await desk.database.transact(({ tx }) =>
      tx.oneTimeLink.updateMany({ where: { tokenHash }, data: { content: null } }),
    );
  }
  return dropped;
}

/** Whether kept bytes are wanted by anything but the link `but`. */
export async function isNeeded(
  tx: Tx,
  { sha256, but, now }: { sha256: string; but: string; now: Date },
): Promise<boolean> {
  const named = { contains: sha256 };
  const counts = [
    await tx.orderDocument.count({ where: { sha256 } }),
    await tx.ticketFile.count({ where: { sha256 } }),
    await tx.certificate.count({ where: { pdfSha256: sha256 } }),
    await tx.outbox.count({ where: { attachments: named } }),
    await tx.approval.count({ where: { input: named } }),
    await tx.oneTimeLink.count({
      where: { purpose: 'file', content: named, tokenHash: { not: but }, usedAt: null, expiresAt: { gt: now } },
    }),
  ];
  return counts.some((count) => count > 0);
}
