/**
 * What the registrar's worker records of a task, each in one transaction and only while its lease is its own: an order that
 * has left is marked before it leaves (`sentAt`), and one that was taken has a `reference`. One that left and was not
 * answered is uncertain: it is asked about, never sent again (STATES, "registrar task", "domain").
 */
import { backOffMs } from '../../database/outbox-worker.js';
import type { Work } from '../../guard/work.js';
import { formatDay } from '../../locales/format.js';
import { localeOf, type Locale } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import { readers } from '../parties/readers.js';
import type { Customer, RegistrarTask } from '../../database/connect.js';
import { domainOf, leadsTo, move, unicodeName, type DomainRow } from '../domains/domain.js';
import { todayIn } from '../domains/life.js';
import { noteRegistrarOwner } from '../owners/owner.js';
import type { Held, Later, OwnerReach } from './registrar.js';
import { finishTask } from '../domains/task-done.js';
import { taskRef, type TaskRow } from '../domains/task.js';
import { failTask } from '../domains/tasks.js';
import { alertNotice } from '../../database/outbox.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** A refused token is not mended within minutes, and asking in vain counts against the rate limit. */
const deniedMs = 15 * minuteMs;
const deniedName = 'registrar.denied';

/** A task under this worker's lease, with what it is about. */
export interface Leased {
  readonly task: TaskRow;
  readonly domain: DomainRow;
  readonly customer: Customer;
}

/** Longer than any one exchange with the registrar takes. */
export const leaseMs = 5 * minuteMs;

const after = (work: Pick<Work, 'now'>, ms: number): Date => new Date(work.now.getTime() + ms);
const uncertainMs = (work: Pick<Work, 'desk'>): number => work.desk.catalogue.policy.times.uncertainMinutes * minuteMs;

/** Until when an order that left unanswered may still turn up; where nothing but the expiry tells, a whole day. */
export const turnsUpForMs = (work: Pick<Work, 'desk'>, { kind }: Pick<TaskRow, 'kind'>): number =>
  kind === 'register' || kind === 'transfer' ? 3 * uncertainMs(work) : 24 * hourMs;

/** Changes the row while nobody else has it: a later lease has another count of attempts. */
async function mine(work: Work, { task }: Leased, data: Partial<RegistrarTask>): Promise<boolean> {
  const { count } = await work.tx.registrarTask.updateMany({
    where: { id: task.id, attempts: task.attempts, state: task.state },
    data,
  });
  return count === 1;
}

/** Nothing was ordered, or nothing new is known: taken up again later. */
export async function postpone(work: Work, leased: Leased, to: { dueAt: Date; unsent?: boolean }): Promise<void> {
  await mine(work, leased, { leasedUntil: null, dueAt: to.dueAt, ...(to.unsent ? { sentAt: null } : {}) });
}

/** When to try again what the registrar could not take now. @param chance between 0 and 1, for jitter */
export const retryAt = (work: Work, { task }: Leased, { later, chance }: { later: Later; chance: number }): Date =>
  later.retryAt ?? after(work, backOffMs(task.attempts, chance));

/** A minute after it left, then ever more rarely, up to six hours: registrations take minutes, transfers days. */
export const askedAgainAt = (work: Work, { task }: Leased): Date => {
  const sinceMs = work.now.getTime() - (task.sentAt ?? work.now).getTime();
  return after(work, Math.min(Math.max(minuteMs, sinceMs / 2), 6 * hourMs));
};

export const uncertainUntil = (work: Work): Date => after(work, uncertainMs(work));

/** The registrar does not take the desk's word: staff hear of it once, until something succeeds again. */
export async function denied(work: Work, leased: Leased, { reason, unsent }: { reason: string; unsent: boolean }) {
  await postpone(work, leased, { dueAt: after(work, deniedMs), unsent });
  if (await work.tx.setting.findUnique({ where: { name: deniedName } })) return;
  await work.tx.setting.create({ data: { name: deniedName, value: work.now.toISOString() } });
  await alertStaff(work, (locale) => textsOf(locale).registrar.denied({ reason }));
}

/** It takes our word again: the next time it does not is news. */
export async function taken({ tx }: Pick<Work, 'tx'>): Promise<void> {
  await tx.setting.deleteMany({ where: { name: deniedName } });
}

/**
 * The order is about to leave; committed before it does. For what prolongs a domain the day that the registrar has is taken
 * over, so that a later day can only come of this order.
 * @returns whether it may leave: the lease is still this worker's, and nothing has left before
 */
export async function leaving(work: Work, leased: Leased, expiresOn: string | null): Promise<boolean> {
  const { task, domain } = leased;
  if (!(await mine(work, leased, { sentAt: work.now, leasedUntil: after(work, leaseMs) }))) return false;
  if (expiresOn !== null && expiresOn !== domain.expiresOn) await corrected(work, domain, expiresOn);
  work.audit({ action: 'registrar order leaves', object: domain.name, detail: { task: taskRef(task.id) } });
  return true;
}

/** The registrar's day is the true one. */
export async function corrected(work: Work, domain: DomainRow, expiresOn: string): Promise<void> {
  const { id, expiresOn: before } = domain;
  const { count } = await work.tx.domain.updateMany({
    where: { id, state: domain.state, expiresOn: before },
    data: { expiresOn, updatedAt: work.now },
  });
  if (count === 1)
    work.audit({
      action: 'domain day corrected',
      object: domain.name,
      detail: { expiresOn: { before, after: expiresOn } },
    });
}

/** The registrar has taken it, and carries it out by and by. */
export async function accepted(work: Work, leased: Leased, reference: string): Promise<void> {
  if (!(await mine(work, leased, { reference, leasedUntil: null, dueAt: askedAgainAt(work, leased) }))) return;
  await begun(work, leased.task);
  await taken(work);
}

/** It left, and nobody knows what became of it. */
export async function uncertain(work: Work, leased: Leased, reason: string): Promise<void> {
  const { task, domain } = leased;
  const data = { state: 'uncertain', leasedUntil: null, dueAt: uncertainUntil(work) };
  if (!(await mine(work, leased, data))) return;
  const now = await domainOf(work.tx, domain.id);
  if (makesIt(task) && leadsTo(now.state, 'uncertain')) await move(work, now, { to: 'uncertain' });
  work.audit({ action: 'registrar order uncertain', object: domain.name, detail: { task: taskRef(task.id), reason } });
}

const makesIt = ({ kind }: Pick<TaskRow, 'kind'>): boolean => kind === 'register' || kind === 'transfer';

async function begun(work: Work, task: TaskRow): Promise<void> {
  if (!makesIt(task)) return;
  const to = task.kind === 'register' ? 'registering' : 'transferring';
  const domain = await domainOf(work.tx, task.domainId);
  if (leadsTo(domain.state, to)) await move(work, domain, { to });
}

/** Still its own: an ending is the task's, whoever finds it out, but each only once. */
const still = async (work: Work, { task }: Leased): Promise<TaskRow | undefined> => {
  const where = { id: task.id, attempts: task.attempts, state: { in: ['waiting', 'uncertain'] } };
  return ((await work.tx.registrarTask.findFirst({ where })) as TaskRow | null) ?? undefined;
};

export async function done(work: Work, leased: Leased, known: Pick<Held, 'reference'> & Partial<Held>): Promise<void> {
  const task = await still(work, leased);
  if (!task) return;
  const { domain } = await finishTask(work, task, {
    date: todayIn(work.desk, work.now),
    reference: known.reference.slice(0, 60),
    expiresOn: known.expiresOn ?? undefined,
  });
  await taken(work);
  if (makesIt(task)) await reached(work, domain, known.ownerReach);
}

export async function failed(work: Work, leased: Leased, reason: string): Promise<void> {
  const task = await still(work, leased);
  if (task) await failTask(work, task, { reason });
}

/** The name is where this order would have brought it, and this order did not: nobody's guess, staff look. */
export async function found(work: Work, leased: Leased): Promise<void> {
  const { task, domain } = leased;
  if (!(await still(work, leased))) return;
  await failed(work, leased, textsOf(localeOf(task.locale, work.desk.locale)).registrar.inAccount({}));
  const about = { domain: unicodeName(domain.name), task: taskRef(task.id) };
  await alertStaff(work, (locale) => textsOf(locale).registrar.found(about));
}

/** Of a renewal that the registrar shows already. */
export async function runsAlready(work: Work, leased: Leased, expiresOn: string): Promise<void> {
  const { task, domain } = leased;
  if (!(await still(work, leased))) return;
  const locale = localeOf(task.locale, work.desk.locale);
  const day = formatDay(new Date(`${expiresOn}T12:00:00Z`), 'UTC', locale);
  await corrected(work, domain, expiresOn);
  await failed(work, leased, textsOf(locale).registrar.runsAlready({ day }));
}

const ownerStateOf = { pending: 'pending', done: 'verified', failed: 'overdue' } as const;

/** What the registrar says of the owner's address. */
export async function reached(work: Work, domain: DomainRow, reach: OwnerReach | undefined): Promise<void> {
  if (reach === undefined) return;
  if (domain.ownerEmail !== '')
    await noteRegistrarOwner(work, { email: domain.ownerEmail, state: ownerStateOf[reach] });
}

/** In the approvals channel; by mail to admins where there is none. */
async function alertStaff(work: Work, textIn: (locale: Locale) => string): Promise<void> {
  const { desk } = work;
  const text = textIn(desk.locale);
  work.send(alertNotice(desk.locale, text));
  if (desk.chat) return;
  for (const { email, personId, locale } of await readers(work, { roles: { some: { role: 'admin' } } }))
    if (email)
      work.send({
        ...{ channel: 'mail', letter: 'registrar-alert', recipient: email, personId, locale },
        params: { text: textIn(locale) },
      });
}
