/**
 * A domain's transfer code on its way to whoever of staff carries the transfer out: never by mail, but behind a one-time
 * link and sign-in, once, and gone with its task (G3).
 */
import { z } from 'zod';
import { identify, isStaff } from '../../guard/identity.js';
import { createWork, type Desk, type Work } from '../../guard/work.js';
import type { Tx } from '../../database/connect.js';
import { anyLink, makeLink, spendLink } from '../parties/link.js';
import { domainOf, unicodeName } from './domain.js';
import { secretPurpose, taskRef, type TaskRow } from './task.js';

/** What a link leads to. */
export interface CodeView {
  readonly number: string;
  readonly domain: string;
}

export interface ShownCode extends CodeView {
  readonly code: string;
}

const contentShape = z.object({ task: z.int() });
/** Whoever has just seen it may come back to the page for so long: a click too many must not lose it. */
const graceMs = 3_600_000;

/** A link for one of staff; nothing when the task has no code. */
export async function codeLink(work: Work, task: TaskRow, personId: number): Promise<string | undefined> {
  if (task.secret === null) return undefined;
  const content = JSON.stringify({ task: task.id });
  return (await makeLink(work.tx, work.desk, { purpose: 'code', personId, content, now: work.now })).url;
}

interface LinkVisit {
  readonly token: string;
  readonly personId: number | undefined;
}

/** The task whose code a link leads to, for its own person as long as that one is staff and the task stands. */
async function taskOf(
  tx: Tx,
  desk: Desk,
  { token, personId }: LinkVisit,
): Promise<TaskRow | 'ended' | 'sign-in' | undefined> {
  const now = desk.clock();
  const link = await anyLink(tx, desk, { token, now });
  if (link?.purpose !== 'code') return undefined;
  if (personId === undefined) return 'sign-in';
  const seen = link.usedAt !== null && link.usedAt.getTime() + graceMs > now.getTime();
  const open = link.expiresAt > now && (link.usedAt === null || seen);
  const actor = await identify(tx, { kind: 'session', personId });
  if (!open || link.personId !== personId || !isStaff(actor)) return 'ended';
  const { task: id } = contentShape.parse(JSON.parse(link.content ?? ''));
  const task = await tx.registrarTask.findUniqueOrThrow({ where: { id } });
  return task.secret === null ? 'ended' : (task as TaskRow);
}

/** What the page shows before it shows the code; looking changes nothing. */
export async function viewCode(
  tx: Tx,
  desk: Desk,
  asked: LinkVisit,
): Promise<CodeView | 'ended' | 'sign-in' | undefined> {
  const task = await taskOf(tx, desk, asked);
  if (typeof task !== 'object') return task;
  return { number: taskRef(task.id), domain: unicodeName((await domainOf(tx, task.domainId)).name) };
}

/** The code itself, which uses the link up and is audited; nothing when the link has ended or is another's. */
export const takeCode = (desk: Desk, asked: LinkVisit & { personId: number }): Promise<ShownCode | undefined> =>
  desk.database.transact(async (unit) => {
    const task = await taskOf(unit.tx, desk, asked);
    if (typeof task !== 'object' || task.secret === null) return undefined;
    await spendLink(unit.tx, desk, { token: asked.token, now: desk.clock() });
    const actor = await identify(unit.tx, { kind: 'session', personId: asked.personId });
    const work = createWork(unit, { desk, actor, door: 'web', locale: actor.locale ?? desk.locale });
    const domain = await domainOf(unit.tx, task.domainId);
    work.audit({ action: 'transfer code shown', object: domain.name, detail: { task: taskRef(task.id) } });
    const code = desk.secrets.open(secretPurpose, task.secret);
    return { number: taskRef(task.id), domain: unicodeName(domain.name), code };
  });
