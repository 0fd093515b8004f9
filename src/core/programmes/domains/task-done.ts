/** How what was ordered of a registry ends well: the domain's state and days follow (STATES, "domain"). */
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import type { RegistrarTask } from '../../database/connect.js';
import { domainOf, move, tldOfRow, wrongState, type DomainRow } from './domain.js';
import { plusYears, todayIn } from './life.js';
import { askOwner } from '../owners/owner.js';
import { taskRef, type TaskRow } from './task.js';
import { endTask } from './tasks.js';
import { tellOrg } from './notices.js';

export interface Finish {
  /** The day on which it was done. */
  readonly date: string;
  /** What the registrar calls it. */
  readonly reference: string;
  /** Until when the domain runs, where the registrar says so itself. */
  readonly expiresOn?: string | undefined;
}

/**
 * Until when a domain runs once this is done; nothing for what doesn't touch its time. A renewal counts from the expiry
 * it had, never from the day it was done. A transfer adds its TLD's years to an expiry that the desk doesn't know: what
 * it makes of the day itself is the earliest that it can be.
 * @throws {Refusal} `input.invalid` on `expires` for a transfer that adds nothing, when nobody says until when it runs
 */
export function expiryAfter(
  work: Pick<Work, 'desk' | 'now' | 'locale'>,
  { task, domain }: { task: Pick<TaskRow, 'kind' | 'years'>; domain: DomainRow },
  { date, expiresOn }: Pick<Finish, 'date' | 'expiresOn'>,
): string | undefined {
  const { kind } = task;
  const years = task.years ?? 0;
  if (kind !== 'register' && kind !== 'transfer' && kind !== 'renew' && kind !== 'restore') return undefined;
  if (expiresOn !== undefined) return expiresOn;
  if (years === 0) throw new Refusal('input.invalid', {}, { expires: textsOf(work.locale).domains.untilWhen({}) });
  const from = kind === 'register' || kind === 'transfer' ? date : (domain.expiresOn ?? date);
  return plusYears(from, years);
}

/** What nobody waits for to hear: an organisation's thousand automatic renewals would be a thousand mails. */
const isRoutine = ({ kind, door }: TaskRow): boolean =>
  kind === 'owner-mail' || (kind === 'renew' && door === 'schedule');

/**
 * Records that it is done, and tells its organisation. A domain that becomes active has its owner asked where its TLD
 * wants the address verified (G4).
 * @throws {Refusal} `state.wrong` when it has ended already, or the domain can't follow; `input.invalid` as `expiryAfter`
 */
export async function finishTask(
  work: Work,
  row: RegistrarTask,
  finish: Finish,
): Promise<{ task: TaskRow; domain: DomainRow }> {
  const before = row as TaskRow;
  const domain = await domainOf(work.tx, row.domainId);
  const expiresOn = expiryAfter(work, { task: before, domain }, finish);
  const task = await endTask(work, before, { to: 'done', doneOn: finish.date, reference: finish.reference });
  const after = await followed(work, domain, { task, expiresOn });
  work.audit({
    action: `domain ${task.kind} done`,
    object: domain.name,
    detail: { task: taskRef(task.id), reference: finish.reference, expiresOn },
  });
  if (!isRoutine(task)) await tellOrg(work, { task, domain: after, step: 'done' });
  if (task.kind === 'register' || task.kind === 'transfer') await asked(work, after);
  return { task, domain: after };
}

async function followed(
  work: Work,
  domain: DomainRow,
  { task, expiresOn }: { task: TaskRow; expiresOn: string | undefined },
): Promise<DomainRow> {
  switch (task.kind) {
    case 'register':
    case 'transfer':
      return begun(work, domain, { task, expiresOn: expiresOn ?? null });
    case 'renew':
    case 'restore':
      return renewed(work, domain, expiresOn ?? null);
    case 'suspend':
      return move(work, domain, { to: 'suspended', suspendedAt: work.now });
    case 'resume':
      return move(work, domain, { to: 'active', suspendedAt: null });
    case 'owner-mail':
      return domain;
  }
}

/** By the states in between, whichever of them it has reached. */
async function begun(
  work: Work,
  domain: DomainRow,
  { task, expiresOn }: { task: TaskRow; expiresOn: string | null },
): Promise<DomainRow> {
  const on = task.kind === 'register' ? 'registering' : 'transferring';
  const under = domain.state === on ? domain : await move(work, domain, { to: on });
  const today = todayIn(work.desk, work.now);
  const done = task.doneOn !== null && task.doneOn <= today ? task.doneOn : today;
  return move(work, under, { to: 'active', registeredOn: done, expiresOn });
}

/** Guarded by the expiry it was ordered for: one renewal moves it once. */
async function renewed(work: Work, domain: DomainRow, expiresOn: string | null): Promise<DomainRow> {
  const changed = { expiresOn, updatedAt: work.now };
  const { count } = await work.tx.domain.updateMany({
    where: { id: domain.id, state: domain.state, expiresOn: domain.expiresOn },
    data: changed,
  });
  if (count !== 1 || (domain.state !== 'active' && domain.state !== 'suspended')) throw wrongState(domain);
  return { ...domain, ...changed };
}

async function asked(work: Work, domain: DomainRow): Promise<void> {
  if (!tldOfRow(work, domain)?.verifyOwner) return;
  const customer = await work.tx.customer.findUniqueOrThrow({ where: { id: domain.customerId } });
  await askOwner(work, { domain, customer: { ...customer, email: domain.ownerEmail } });
}
