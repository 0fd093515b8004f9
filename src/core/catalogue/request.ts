/** A version of a part that somebody asked for, from the request to its decision. */
import { canonical } from '../text/canonical.js';
import { sha256, type Part } from './page.js';
import { supersede, versionOf, waiting, whole, type Version } from './versions.js';
import type { Tx } from '../database/connect.js';

/** What a request would put in force, or has put. */
export async function waitingVersion(tx: Tx, approvalId: number): Promise<Version | undefined> {
  const row = await tx.catalogueVersion.findFirst({ where: { approvalId }, select: whole });
  return row ? versionOf(row) : undefined;
}

/** The version whose place it would take, or has taken. */
export async function versionBefore(tx: Tx, { id, part }: Version): Promise<Version> {
  const where = { part, id: { lt: id }, state: { not: waiting } };
  return versionOf(await tx.catalogueVersion.findFirstOrThrow({ where, orderBy: { id: 'desc' }, select: whole }));
}

/** Keeps what a request would put in force until it is decided. */
export async function keepWaiting(
  tx: Tx,
  load: { part: Part; raw: unknown; approvalId: number; personId: number; now: Date },
): Promise<void> {
  const { part, raw, approvalId, personId, now } = load;
  const content = canonical(raw);
  await tx.catalogueVersion.create({
    data: {
      part,
      content,
      sha256: sha256(content),
      source: 'load',
      state: waiting,
      personId,
      approvalId,
      loadedAt: now,
    },
  });
}

export async function dropWaiting(tx: Tx, approvalId: number): Promise<void> {
  await tx.catalogueVersion.deleteMany({ where: { approvalId, state: waiting } });
}

export async function putWaitingInForce(tx: Tx, { id, part }: Version, now: Date): Promise<void> {
  await supersede(tx, part, now);
  await tx.catalogueVersion.update({ where: { id }, data: { state: 'loaded', loadedAt: now } });
}
