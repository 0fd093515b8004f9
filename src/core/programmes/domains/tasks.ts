/**
 * What is ordered of a registry: charged, kept as a task and handed to its port (docs/domains.md). How a task ends well is
 * in task-done.ts, because the owner is asked then.
 */
import { charge, giveBack } from '../billing/ledger.js';
import { idOf } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import { unknownObject } from '../../guard/unknown.js';
import type { Work } from '../../guard/work.js';
import { localeNames, type Localised } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import type { RegistrarTask, Tx } from '../../database/connect.js';
import { domainOf, move, unicodeName, type DomainRow } from './domain.js';
import type { Price } from './price.js';
import { taskStates, type TaskState } from './states.js';
import { secretPurpose, taskRef, type TaskKind, type TaskRow } from './task.js';
import { tellOrg, tellStaff } from './notices.js';

export { secretPurpose, taskKinds, taskRef, type TaskKind, type TaskRow } from './task.js';

/** What makes a domain or its time; of these a domain has one under way at most. */
const standingKinds: readonly TaskKind[] = ['register', 'transfer', 'renew', 'restore'];

export interface Ordered {
  readonly domain: DomainRow;
  readonly kind: TaskKind;
  readonly years?: number | undefined;
  /** As it is charged and kept; nothing for what costs nothing. */
  readonly price?: Price | undefined;
  /** Names an operation that must not be ordered twice: `renew 12 2026-11-30`. */
  readonly onceKey?: string | undefined;
  /** A transfer's code, plain: it is kept encrypted. */
  readonly secret?: string | undefined;
  /** Who is told of its end in chat; the asker unless told. */
  readonly requesterId?: number | undefined;
  /** Staff are told by whoever orders, of several at once (`tellStaff`). */
  readonly quiet?: boolean | undefined;
}

/** A domain's operation under way, of those that make it or its time. */
export const taskUnderWay = async (tx: Tx, domainId: number): Promise<TaskRow | undefined> =>
  ((await tx.registrarTask.findFirst({
    where: { domainId, state: { in: ['waiting', 'uncertain'] }, kind: { in: [...standingKinds] } },
    orderBy: { id: 'asc' },
  })) as TaskRow | null) ?? undefined;

export const underWay = (domain: Pick<DomainRow, 'name'>, task: Pick<TaskRow, 'id'>): Refusal =>
  new Refusal('state.wrong', { why: 'domain-waiting', number: unicodeName(domain.name), task: taskRef(task.id) });

/**
 * Orders something of the registry: charges it, keeps the task and hands it to the port in force. `staff`: a notice in the
 * approvals channel and a mail; `gandi`: due now, the worker asks outside of any transaction.
 * @throws {Refusal} `state.wrong` (domain-waiting), `balance.low`; then nothing has changed
 */
export async function orderTask(work: Work, order: Ordered): Promise<TaskRow> {
  const { tx, desk } = work;
  const { domain, kind, onceKey } = order;
  const standing = standingKinds.includes(kind) ? await taskUnderWay(tx, domain.id) : undefined;
  const same = onceKey === undefined ? null : await tx.registrarTask.findUnique({ where: { onceKey } });
  const before = standing ?? same;
  if (before) throw underWay(domain, before);
  const made = await tx.registrarTask.create({ data: rowOf(work, order) });
  const task = await charged(work, { ...made, kind, state: 'waiting' }, order);
  work.audit({
    action: `domain ${kind} ordered`,
    object: domain.name,
    detail: { task: taskRef(task.id), years: task.years, grossCents: task.grossCents, port: task.port },
  });
  if (desk.registrar === 'staff' && !order.quiet) await tellStaff(work, [{ task, domain }]);
  return task;
}

function rowOf({ actor, desk, door, locale, now }: Work, order: Ordered) {
  const { domain, kind, price, years, onceKey, secret } = order;
  const requesterId = order.requesterId ?? actor.personId;
  return {
    ...{ domainId: domain.id, orgId: domain.orgId, kind, port: desk.registrar, state: 'waiting' },
    years: years ?? price?.years ?? null,
    netCents: price?.netCents ?? null,
    vatCents: price?.vatCents ?? null,
    grossCents: price?.grossCents ?? null,
    currency: price?.currency ?? null,
    onceKey: onceKey ?? null,
    secret: secret === undefined ? null : desk.secrets.seal(secretPurpose, secret),
    requesterId: requesterId || null,
    ...{ door, locale, createdAt: now },
    dueAt: desk.registrar === 'gandi' ? now : null,
  };
}

/** Draws on the balance, under the task's number; without enough in it the task was never there. */
async function charged(work: Work, task: TaskRow, { domain, price }: Ordered): Promise<TaskRow> {
  if (!price || price.grossCents === 0) return task;
  const { tx } = work;
  try {
    const { entryId } = await charge(work, {
      ...{ orgId: task.orgId, price, onceKey: `task ${task.id}`, object: taskRef(task.id) },
      lines: [{ text: lineOf(task, domain), netCents: price.netCents }],
    });
    await tx.registrarTask.update({ where: { id: task.id }, data: { chargeId: entryId } });
    return { ...task, chargeId: entryId };
  } catch (refusal) {
    if (refusal instanceof Refusal) await tx.registrarTask.delete({ where: { id: task.id } });
    throw refusal;
  }
}

/** What a receipt says of it. */
const lineOf = ({ kind, years }: Pick<TaskRow, 'kind' | 'years'>, { name }: DomainRow): Localised =>
  Object.fromEntries(
    localeNames.map((locale) => {
      const { domains, states } = textsOf(locale);
      return [locale, domains.line({ kind: states[kind] ?? kind, domain: unicodeName(name), years: years ?? 0 })];
    }),
  ) as Record<(typeof localeNames)[number], string>;

/** A task by its number, for staff. @throws {Refusal} `object.unknown` */
export async function findTask(work: Work, number: string): Promise<TaskRow> {
  const row = await work.tx.registrarTask.findUnique({ where: { id: idOf(number) } });
  if (!row) throw unknownObject(work, number, 'task');
  return row as TaskRow;
}

export const wrongTask = ({ id, state }: Pick<TaskRow, 'id' | 'state'>): Refusal =>
  new Refusal('state.wrong', { why: 'task', number: taskRef(id), state });

/** Ends a task, guarded: of two enders one gets it; its secret is gone. @throws {Refusal} `state.wrong` */
export async function endTask(
  work: Work,
  row: TaskRow,
  { to, ...data }: { to: 'done' | 'failed' } & Partial<Omit<RegistrarTask, 'id' | 'state' | 'kind'>>,
): Promise<TaskRow> {
  if (!(taskStates[row.state] as readonly TaskState[]).includes(to)) throw wrongTask(row);
  const changed = { ...data, state: to, secret: null, dueAt: null, leasedUntil: null, endedAt: work.now };
  const { count } = await work.tx.registrarTask.updateMany({ where: { id: row.id, state: row.state }, data: changed });
  if (count !== 1) throw wrongTask(row);
  return { ...row, ...changed };
}

/**
 * What was ordered will not be: its charge is given back, a domain that was to be made frees its name, and its
 * organisation is told.
 * @throws {Refusal} `state.wrong` when it has ended already
 */
export async function failTask(
  work: Work,
  row: RegistrarTask,
  { reason, quiet = false }: { reason: string; /** The organisation is not told. */ quiet?: boolean },
): Promise<{ task: TaskRow; domain: DomainRow }> {
  const before = row as TaskRow;
  let task = await endTask(work, before, { to: 'failed', reason, onceKey: null });
  if (task.chargeId !== null) {
    const back = { chargeId: task.chargeId, onceKey: `back ${task.id}`, object: taskRef(task.id) };
    const { entryId } = await giveBack(work, back);
    await work.tx.registrarTask.update({ where: { id: task.id }, data: { refundId: entryId } });
    task = { ...task, refundId: entryId };
  }
  let domain = await domainOf(work.tx, task.domainId);
  if (task.kind === 'register' || task.kind === 'transfer')
    domain = await move(work, domain, { to: 'failed', heldName: null, reason, endedAt: work.now });
  work.audit({ action: `domain ${task.kind} failed`, object: domain.name, detail: { task: taskRef(task.id), reason } });
  if (!quiet) await tellOrg(work, { task, domain, step: 'failed', reason });
  return { task, domain };
}
