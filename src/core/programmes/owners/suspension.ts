/**
 * What hangs on an unverified address is suspended, and let go again once it is verified (G4). Both are ordered of the
 * registry: a domain counts as suspended, or no longer so, only once that is done.
 */
import type { Work } from '../../guard/work.js';
import { localeOf } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import type { DomainRow } from '../domains/domain.js';
import { heldBy } from './held.js';
import { failTask, orderTask, type TaskKind, type TaskRow } from '../domains/tasks.js';
import { tellStaff } from '../domains/notices.js';

/** What is under way for these domains. */
const underWay = ({ tx }: Work, kind: TaskKind, domains: readonly DomainRow[]): Promise<TaskRow[]> =>
  tx.registrarTask.findMany({
    where: { kind, state: { in: ['waiting', 'uncertain'] }, domainId: { in: domains.map(({ id }) => id) } },
    orderBy: { id: 'asc' },
  }) as Promise<TaskRow[]>;

/** Orders it for each of them for which it is not under way; staff hear of all at once. @returns those domains */
async function ordered(work: Work, kind: 'suspend' | 'resume', domains: readonly DomainRow[]): Promise<DomainRow[]> {
  const waiting = new Set((await underWay(work, kind, domains)).map(({ domainId }) => domainId));
  const tasks: { task: TaskRow; domain: DomainRow }[] = [];
  for (const domain of domains) {
    if (waiting.has(domain.id)) continue;
    const onceKey = `${kind} ${domain.id} ${work.now.toISOString()}`;
    tasks.push({ task: await orderTask(work, { domain, kind, onceKey, quiet: true }), domain });
  }
  if (tasks.length > 0 && work.desk.registrar === 'staff') await tellStaff(work, tasks);
  return tasks.map(({ domain }) => domain);
}

/** Orders the suspension of what still runs on this address. */
export const orderSuspension = async (work: Work, email: string): Promise<DomainRow[]> =>
  ordered(
    work,
    'suspend',
    (await heldBy(work, email)).filter(({ state }) => state === 'active'),
  );

/** Calls off what was not done yet, and orders the end of what was. @returns the domains of which the end is ordered */
export async function orderResumption(work: Work, email: string): Promise<DomainRow[]> {
  const domains = await heldBy(work, email);
  for (const task of await underWay(work, 'suspend', domains)) {
    const reason = textsOf(localeOf(task.locale, work.desk.locale)).domains.ownerVerified({});
    await failTask(work, task, { reason, quiet: true });
  }
  return ordered(
    work,
    'resume',
    domains.filter(({ state }) => state === 'suspended'),
  );
}
