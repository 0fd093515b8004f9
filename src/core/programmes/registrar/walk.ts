/**
 * One task's way through the registrar. What has not left yet is looked for, checked and only then sent; what has left is
 * only ever asked about. Every question is outside of any transaction, every finding is recorded in one.
 */
import type { Work } from '../../guard/work.js';
import { localeOf } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import type { Secrets } from '../../secrets/secrets.js';
import { plusDays, plusYears } from '../domains/life.js';
import type { Held, Known, OrderKind, Ordered, Registrar, RegistrarOrder } from './registrar.js';
import * as record from './recording.js';
import type { Leased } from './recording.js';
import { secretPurpose, type TaskKind } from '../domains/task.js';

export interface Walk {
  readonly registrar: Registrar;
  readonly secrets: Secrets;
  /** Records a finding: a transaction of its own. */
  readonly write: <T>(run: (work: Work) => Promise<T>) => Promise<T>;
  /** Between 0 and 1, for jitter. */
  readonly chance: () => number;
}

const orderKinds: readonly TaskKind[] = ['register', 'transfer', 'renew', 'restore', 'owner-mail'];
const isOrder = (kind: TaskKind): kind is OrderKind => orderKinds.includes(kind);

/** Takes a leased task as far as it goes now. */
export async function walk(way: Walk, leased: Leased): Promise<void> {
  const { task } = leased;
  const { kind } = task;
  if (!isOrder(kind)) {
    const reason = textsOf(localeOf(task.locale, 'en')).registrar.ownSuspension({});
    return way.write((work) => record.failed(work, leased, reason));
  }
  if (task.sentAt === null) return kind === 'owner-mail' ? mail(way, leased) : first(way, leased, kind);
  // nobody came back to say what became of it: the process ended in between
  if (task.state === 'waiting' && task.reference === null)
    return way.write((work) => record.uncertain(work, leased, 'no answer was recorded'));
  return follow(way, leased, kind);
}

function orderOf(way: Walk, { task, domain, customer }: Leased, kind: OrderKind): RegistrarOrder {
  return {
    kind,
    name: domain.name,
    // a transfer may add nothing
    years: task.years ?? (kind === 'transfer' ? 0 : 1),
    owner: customer,
    authCode: task.secret === null ? undefined : way.secrets.open(secretPurpose, task.secret),
  };
}

/** A verification mail costs nothing, and twice is harmless: it is simply asked for until it is taken. */
async function mail(way: Walk, leased: Leased): Promise<void> {
  const answer = await way.registrar.order(orderOf(way, leased, 'owner-mail'));
  if (answer.result === 'accepted') {
    const { reference } = answer;
    return way.write((work) => record.done(work, leased, { reference }));
  }
  const { reason } = answer;
  return refusedOr(way, leased, answer.result === 'unclear' ? { result: 'later', reason } : answer);
}

/** `unsent`: it had been marked as sent, and was not. */
type Unordered = Exclude<Ordered, { result: 'accepted' | 'unclear' }> & { readonly unsent?: boolean };

async function refusedOr(way: Walk, leased: Leased, answer: Unordered): Promise<void> {
  const { reason, unsent = false } = answer;
  await way.write(async (work) => {
    if (answer.result === 'refused') return record.failed(work, leased, reason);
    if (answer.result === 'denied') return record.denied(work, leased, { reason, unsent });
    const dueAt = record.retryAt(work, leased, { later: answer, chance: way.chance() });
    return record.postpone(work, leased, { dueAt, unsent });
  });
}

/** Looked for first: what is there already is not bought. */
async function first(way: Walk, leased: Leased, kind: OrderKind): Promise<void> {
  const known = await way.registrar.look({ name: leased.domain.name, kind });
  if (known.result === 'later' || known.result === 'denied') return refusedOr(way, leased, known);
  const order = orderOf(way, leased, kind);
  const makes = kind === 'register' || kind === 'transfer';
  if (makes ? await standsInTheWay(way, leased, known) : await needsNone(way, leased, known)) return;
  const checked = await way.registrar.check(order);
  if (checked.result !== 'fine') return refusedOr(way, leased, checked);
  const expiresOn = known.result === 'held' ? known.expiresOn : null;
  if (!(await way.write((work) => record.leaving(work, leased, makes ? null : expiresOn)))) return;
  await send(way, leased, order);
}

async function send(way: Walk, leased: Leased, order: RegistrarOrder): Promise<void> {
  const answer = await way.registrar.order(order);
  if (answer.result === 'accepted') return way.write((work) => record.accepted(work, leased, answer.reference));
  if (answer.result === 'unclear') return way.write((work) => record.uncertain(work, leased, answer.reason));
  return refusedOr(way, leased, { ...answer, unsent: true });
}

/** A name that is in the account, or on order there, before this order has left. @returns whether that ended it */
async function standsInTheWay(way: Walk, leased: Leased, known: Known): Promise<boolean> {
  if (known.result !== 'held' && known.result !== 'under-way') return false;
  await way.write((work) => record.found(work, leased));
  return true;
}

/** What prolongs a domain needs it, and not longer already than this would make it. @returns whether that ended it */
async function needsNone(way: Walk, leased: Leased, known: Known): Promise<boolean> {
  const { task, domain } = leased;
  const say = textsOf(localeOf(task.locale, 'en')).registrar;
  if (known.result !== 'held' || known.expiresOn === null) {
    await way.write((work) => record.failed(work, leased, say.notInAccount({})));
    return true;
  }
  const { expiresOn } = known;
  const wanted = domain.expiresOn === null ? undefined : plusYears(domain.expiresOn, task.years ?? 1);
  if (wanted === undefined || expiresOn < plusDays(wanted, -1)) return false;
  await way.write((work) => record.runsAlready(work, leased, expiresOn));
  return true;
}

/** Whether the domain shows what was ordered: it is there, or it runs longer than when the order left. */
function carriedOut(known: Held, { domain }: Leased, kind: OrderKind): boolean {
  if (known.expiresOn === null) return false;
  return kind === 'register' || kind === 'transfer' || known.expiresOn > (domain.expiresOn ?? '');
}

/** Asks what became of an order that has left. */
async function follow(way: Walk, leased: Leased, kind: OrderKind): Promise<void> {
  const { task } = leased;
  const known = await way.registrar.look({ name: leased.domain.name, kind });
  if (known.result === 'later' || known.result === 'denied') return refusedOr(way, leased, known);
  await way.write((work) => {
    if (known.result === 'held' && carriedOut(known, leased, kind)) return record.done(work, leased, known);
    if (known.result === 'failed') return record.failed(work, leased, known.reason);
    const makes = kind === 'register' || kind === 'transfer';
    if (task.reference === null && makes && known.result !== 'nothing')
      return record.accepted(work, leased, leased.domain.name.slice(0, 60));
    if (task.reference !== null) return record.postpone(work, leased, { dueAt: record.askedAgainAt(work, leased) });
    const sinceMs = work.now.getTime() - (task.sentAt ?? work.now).getTime();
    if (sinceMs < record.turnsUpForMs(work, task))
      return record.postpone(work, leased, { dueAt: record.uncertainUntil(work) });
    return record.failed(work, leased, textsOf(localeOf(task.locale, work.desk.locale)).registrar.lost({}));
  });
}
