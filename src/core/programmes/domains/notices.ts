/** Who hears of what is ordered of a registry: staff who carry it out, and the organisation once it has ended. */
import type { Work } from '../../guard/work.js';
import { fullName } from '../../guard/identity.js';
import { printRef } from '../../guard/number.js';
import { formatDay } from '../../locales/format.js';
import type { Locale } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import { writersTo } from '../parties/organisation.js';
import { readers, type Reader } from '../parties/readers.js';
import type { Customer } from '../../database/connect.js';
import { alertNotice, taskNotice, type TaskButton } from '../../database/outbox.js';
import { unicodeName, type DomainRow } from './domain.js';
import { taskRef, type TaskRow } from './task.js';
import { codeLink } from './transfer-code.js';

export interface TaskOf {
  readonly task: TaskRow;
  readonly domain: DomainRow;
}

/** More at once are one notice without buttons: a channel shows no hundred of them. */
const noticesAtMost = 10;

const numberOf = ({ id }: TaskRow): string => taskRef(id);

/** `Renewal: bücher.de, 1 year`; a name that has two forms in both. */
function inWords({ task, domain }: TaskOf, locale: Locale): string {
  const { domains, states } = textsOf(locale);
  const unicode = unicodeName(domain.name);
  const name = unicode === domain.name ? unicode : `${unicode} (${domain.name})`;
  return domains.line({ kind: states[task.kind] ?? task.kind, domain: name, years: task.years ?? 0 });
}

/**
 * Staff have something to do at the registrar: each a notice in the approvals channel that can be answered there, and one
 * mail to whoever has the role `support`, to admins where nobody has, with a link to the transfer's code if there is one.
 */
export async function tellStaff(work: Work, all: readonly TaskOf[]): Promise<void> {
  const [first] = all;
  if (!first) return;
  const customers = await customersOf(work, all);
  notices(work, all, customers);
  for (const reader of await staff(work)) await mailTo(work, reader, { all, customers });
}

type Customers = ReadonlyMap<number, Customer>;

async function customersOf({ tx }: Work, all: readonly TaskOf[]): Promise<Customers> {
  const ids = [...new Set(all.map(({ domain }) => domain.customerId))];
  const rows = await tx.customer.findMany({ where: { id: { in: ids } } });
  return new Map(rows.map((row) => [row.id, row]));
}

async function staff(work: Work): Promise<readonly Reader[]> {
  const having = (role: string) => readers(work, { roles: { some: { role } } });
  const support = await having('support');
  return support.length > 0 ? support : having('admin');
}

function notices(work: Work, all: readonly TaskOf[], customers: Customers): void {
  const { locale } = work.desk;
  const say = textsOf(locale).domains;
  const [first, last] = [all[0], all.at(-1)];
  if (first && last && all.length > noticesAtMost) {
    const text = say.tasks({ total: all.length, first: numberOf(first.task), last: numberOf(last.task) });
    work.send(alertNotice(locale, text));
    return;
  }
  for (const one of all) {
    const number = numberOf(one.task);
    const customer = customers.get(one.domain.customerId);
    const owner = customer ? [printRef('C', customer.id), customer.company ?? fullName(customer)].join(', ') : '–';
    const buttons: TaskButton[] = [
      { command: 'domain done', by: 'task', number, label: say.done({}) },
      { command: 'domain failed', by: 'task', number, label: say.failed({}), style: 'danger' },
    ];
    const text = say.task({ number, what: inWords(one, locale), owner });
    work.send(taskNotice(locale, { object: one.domain.name, text, buttons }));
  }
}

async function mailTo(
  work: Work,
  reader: Reader,
  { all, customers }: { all: readonly TaskOf[]; customers: Customers },
): Promise<void> {
  const { email, personId, locale } = reader;
  const [first] = all;
  if (!email || !first) return;
  const single = all.length === 1;
  const customer = customers.get(first.domain.customerId);
  const codeUrl = single ? await codeLink(work, first.task, personId) : undefined;
  work.send({
    channel: 'mail',
    letter: 'domain-task',
    recipient: email,
    ...{ personId, locale },
    ...(single ? { object: first.domain.name } : {}),
    params: {
      tasks: all.map((one) => ({ number: numberOf(one.task), what: inWords(one, locale) })),
      owner: single && customer ? linesOf(customer, locale) : [],
    },
    ...(codeUrl === undefined ? {} : { secret: { codeUrl } }),
  });
}

/** Who is to be the owner, as a registrar asks for it. */
function linesOf(customer: Customer, locale: Locale): { label: string; value: string }[] {
  const { keys, states } = textsOf(locale);
  const { type, company, lastName, firstName, email, vat, street, zip, city, country, phone } = customer;
  const lines = {
    type: states[type] ?? type,
    company,
    lastName,
    firstName,
    email,
    phone,
    street,
    zip,
    city,
    country,
    vat,
  };
  return Object.entries(lines).flatMap(([key, value]) => (value ? [{ label: keys[key] ?? key, value }] : []));
}

export interface Ended extends TaskOf {
  readonly step: 'done' | 'failed';
  readonly reason?: string;
}

/** What has a sentence of its own. */
const doneSteps: Readonly<Record<string, string>> = { suspend: 'suspended', resume: 'resumed' };

/** An organisation's owners and managers are told how it ended: by mail, who asked in Discord there too. */
export async function tellOrg(work: Work, { task, domain, step, reason }: Ended): Promise<void> {
  const about = (locale: Locale) => ({
    letter: 'domain-step' as const,
    locale,
    object: domain.name,
    params: {
      step: step === 'done' ? (doneSteps[task.kind] ?? step) : step,
      number: numberOf(task),
      domain: unicodeName(domain.name),
      what: inWords({ task, domain }, locale),
      ...(domain.expiresOn === null ? {} : { expires: dayInWords(domain.expiresOn, locale) }),
      ...(reason === undefined ? {} : { reason }),
      givenBack: step === 'failed' && task.chargeId !== null,
    },
  });
  for (const { email, personId, locale } of await writersTo(work.tx, task.orgId))
    work.send({ channel: 'mail', recipient: email, personId, ...about(locale) });
  if (task.door !== 'chat' || task.requesterId === null) return;
  for (const { discordId, personId, locale } of await readers(work, { id: task.requesterId }))
    if (discordId) work.send({ channel: 'chat', recipient: discordId, personId, ...about(locale) });
}

/** Noon UTC is the same day everywhere the desk may be. */
export const dayInWords = (day: string, locale: Locale): string =>
  formatDay(new Date(`${day}T12:00:00Z`), 'UTC', locale);
