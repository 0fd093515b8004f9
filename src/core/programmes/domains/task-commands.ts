/** `domain done` and `domain failed`: staff answer what they were given to do at the registrar (port `staff`). */
import { command, optional, required } from '../../command/define.js';
import { day, expires, reason, registrarReference, task as taskField } from '../../command/dictionary.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { dayIn } from '../../locales/format.js';
import { textsOf } from '../../locales/texts.js';
import { domainOf, standingOf, unicodeName, type DomainRow } from './domain.js';
import { plusYears, todayIn } from './life.js';
import { expiryAfter, finishTask } from './task-done.js';
import { failTask, findTask, taskRef, wrongTask, type TaskRow } from './tasks.js';
import { dayInWords } from './notices.js';

/** No registry sells more than ten years, and a running one may be left of another registrar's. */
const yearsAtMost = 11;

/**
 * What the registrar's API carries out is answered by it; only what it gave no clear answer to is left to people.
 * @throws {Refusal} `object.unknown`, `state.wrong`
 */
async function answerable(work: Work, number: string): Promise<TaskRow> {
  const task = await findTask(work, number);
  const open = task.port === 'staff' ? ['waiting', 'uncertain'] : ['uncertain'];
  if (!open.includes(task.state)) throw wrongTask(task);
  return task;
}

const dayMs = 86_400_000;

/** So far apart two days are, in days. */
const apart = (one: string, other: string): number =>
  Math.abs(new Date(one).getTime() - new Date(other).getTime()) / dayMs;

/** What was done, when, and until when the domain runs for it. */
interface Judged {
  readonly task: TaskRow;
  readonly domain: DomainRow;
  /** Until when it would run by what was bought; nothing where that does not say. */
  readonly bought: string | undefined;
}

/**
 * The day it was done lies between the order and today; the registry's day is one that the domain can have.
 * @throws {Refusal} as `answerable`; `input.invalid` on `date` or `expires`
 */
async function judged(
  work: Work,
  input: { task: string; date: string; expires?: string | undefined },
): Promise<Judged> {
  const task = await answerable(work, input.task);
  const domain = await domainOf(work.tx, task.domainId);
  const [ordered, today] = [dayIn(task.createdAt, work.desk.timeZone), todayIn(work.desk, work.now)];
  const say = textsOf(work.locale).domains;
  if (input.date < ordered || input.date > today) {
    const params = { from: dayInWords(ordered, work.locale), until: dayInWords(today, work.locale) };
    throw new Refusal('input.invalid', {}, { date: say.doneBetween(params) });
  }
  if (input.expires === undefined)
    return { task, domain, bought: expiryAfter(work, { task, domain }, { date: input.date }) };
  const runs = expiryAfter(work, { task, domain }, { date: input.date, expiresOn: input.expires });
  if (runs === undefined) throw new Refusal('input.invalid', {}, { expires: say.noExpiry({}) });
  const earliest = domain.expiresOn !== null && domain.expiresOn > today ? domain.expiresOn : today;
  if (runs <= earliest || runs > plusYears(today, yearsAtMost))
    throw new Refusal('input.invalid', {}, { expires: say.doneWhen({ day: dayInWords(runs, work.locale) }) });
  const bought = (task.years ?? 0) === 0 ? undefined : expiryAfter(work, { task, domain }, { date: input.date });
  return { task, domain, bought };
}

const answered = (work: Work, { task, domain }: { task: TaskRow; domain: DomainRow }) => ({
  task: taskRef(task.id),
  kind: task.kind,
  domain: domain.name,
  unicode: unicodeName(domain.name),
  state: standingOf(work, domain).state,
  expiresOn: domain.expiresOn,
});

export const domainDone = command({
  name: 'domain done',
  help: {
    fr: 'Dire qu’une tâche est faite : quand, et si le bureau le dit, jusqu’à quand le domaine court',
    en: 'Say that a task is done: when, and if the registry says so, until when the domain runs',
  },
  who: 'staff',
  fields: [required(taskField), required(day), required(registrarReference), optional(expires)],
  // another day than was bought is a slip more often than not: it is shown before it holds
  async preview(work, input) {
    const { task, domain, bought } = await judged(work, input);
    if (input.expires === undefined || bought === undefined || apart(input.expires, bought) <= 1) return undefined;
    return {
      code: 'domain.previewed',
      data: {
        ...{ task: taskRef(task.id), kind: task.kind, domain: domain.name, years: task.years },
        ...{ boughtUntil: bought, expiresOn: input.expires },
      },
      basis: { task: task.id, state: task.state, before: domain.expiresOn, expires: input.expires },
    };
  },
  async run(work, input) {
    const { task } = await judged(work, input);
    const done = await finishTask(work, task, {
      date: input.date,
      expiresOn: input.expires,
      reference: input.registrarReference,
    });
    return {
      code: 'domain.task-done',
      data: { ...answered(work, done), doneOn: input.date, registrarReference: input.registrarReference },
    };
  },
});

export const domainFailed = command({
  name: 'domain failed',
  help: {
    fr: 'Dire qu’une tâche a échoué : ce qu’elle a coûté est rendu',
    en: 'Say that a task has failed: what it cost is given back',
  },
  who: 'staff',
  fields: [required(taskField), required(reason)],
  async run(work, input) {
    const task = await answerable(work, input.task);
    const ended = await failTask(work, task, { reason: input.reason });
    return {
      code: 'domain.task-failed',
      data: {
        ...answered(work, ended),
        reason: input.reason,
        givenBackCents: ended.task.chargeId === null ? 0 : ended.task.grossCents,
      },
    };
  },
});
