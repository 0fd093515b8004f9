/** `domain done` and `domain failed`: staff answer what they were given to do at the registrar (port `staff`). */
import { command, required } from '../command/define.js';
import { day, reason, registrarReference, task as taskField } from '../command/dictionary.js';
import { Refusal } from '../guard/refusal.js';
import type { Work } from '../guard/work.js';
import { textsOf } from '../locales/texts.js';
import { domainOf, standingOf, unicodeName, type DomainRow } from './domain.js';
import { plusYears, todayIn } from './life.js';
import { expiryAfter, finishTask } from './task-done.js';
import { failTask, findTask, taskRef, wrongTask, type TaskRow } from './tasks.js';
import { dayInWords } from './telling.js';

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

/** A slip in the date would make a domain that is over, or never ends. @throws {Refusal} `input.invalid` on `date` */
function checkDate(work: Work, { task, domain }: { task: TaskRow; domain: DomainRow }, date: string): void {
  const until = expiryAfter(work, { task, domain }, { date });
  const today = todayIn(work.desk, work.now);
  const most = plusYears(today, yearsAtMost);
  const earliest = domain.expiresOn !== null && domain.expiresOn > today ? domain.expiresOn : today;
  const ahead = until ?? date;
  if (until === undefined ? date <= today : until > earliest && until <= most) return;
  const fault = textsOf(work.locale).domains.doneWhen({ day: dayInWords(ahead, work.locale) });
  throw new Refusal('input.invalid', {}, { date: fault });
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
    fr: 'Dire qu’une tâche est faite : la date, ou le jour jusqu’auquel le domaine court désormais',
    en: 'Say that a task is done: the date, or the day until which the domain runs from now on',
  },
  who: 'staff',
  fields: [required(taskField), required(day), required(registrarReference)],
  async run(work, input) {
    const task = await answerable(work, input.task);
    checkDate(work, { task, domain: await domainOf(work.tx, task.domainId) }, input.date);
    const done = await finishTask(work, task, { date: input.date, reference: input.registrarReference });
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
