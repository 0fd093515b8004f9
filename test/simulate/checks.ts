/** What a simulated year has to keep (G4, G6, G7), judged from what was written and what arrived, not by the code that did it. */
import { DateTime } from 'luxon';
import type { RenewalNotice } from '../../src/core/database/connect.js';
import type { Year } from './year.js';
import { endDay, firstDay, outages, timeZone } from './world.js';

export interface Verdict {
  readonly promise: string;
  /** How much was looked at: a promise about nothing is kept by anybody. */
  readonly of: number;
  readonly broken: readonly string[];
}

const milestones = [60, 30, 15, 1, 0];
const plus = (day: string, days: number) =>
  DateTime.fromISO(day, { zone: 'utc' }).plus({ days }).toFormat('yyyy-MM-dd');
const localDay = (at: Date) => DateTime.fromJSDate(at, { zone: timeZone }).toFormat('yyyy-MM-dd');
const grouped = <T>(rows: readonly T[], key: (row: T) => string | number) => {
  const groups = new Map<string | number, T[]>();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
};

export async function judge(year: Year): Promise<Verdict[]> {
  const { reader } = year.world.open.connection;
  const notices = await reader.renewalNotice.findMany({ where: { milestone: { gte: 0 } } });
  return [
    await everyMilestone(year, notices),
    mails(year, notices),
    await chargedOnce(year),
    await ledger(year),
    await balances(year),
    await receipts(year),
    await suspensions(year),
    await carriedOn(year),
    await clockworkRan(year),
    { promise: 'nothing failed that must not', of: year.runs.length, broken: year.world.faults },
  ];
}

/** Each milestone of each expiry, on the first run day it could be told on, for each recipient: sent, or why not. */
async function everyMilestone({ world, seen, runs }: Year, notices: readonly RenewalNotice[]): Promise<Verdict> {
  const { reader } = world.open.connection;
  const domains = new Map((await reader.domain.findMany()).map((row) => [row.id, row]));
  const tasks = grouped(
    await reader.registrarTask.findMany({ where: { kind: { in: ['renew', 'restore'] } } }),
    ({ domainId }) => domainId,
  );
  const days = runs.map(({ day }) => day);
  const rows = new Map(
    notices.map((row) => [[row.domainId, row.expiresOn, row.milestone, row.recipient].join(' '), row]),
  );
  const left = new Set(rows.keys());
  const broken: string[] = [];
  for (const { domainId, expiresOn, first, last } of seen) {
    const domain = domains.get(domainId);
    const tld = world.desk.catalogue.domains.tlds.find((one) => one.tld === domain?.tld);
    if (!domain || !tld) throw new Error(`no domain ${domainId}`);
    const org = world.orgs.find(({ id }) => id === domain.orgId);
    const recipients = org?.writers.length ? org.writers : [''];
    const lost = plus(expiresOn, tld.hold + 1);
    const gone = plus(expiresOn, tld.hold + tld.redemption + tld.pendingDelete + 1);
    const there = days.filter((day) => day >= first && day <= last && day < gone);
    const told = milestones.map((milestone) => {
      const due = plus(expiresOn, -tld.renewBy - milestone);
      return there.find((day) => day >= due);
    });
    for (const [at, milestone] of milestones.entries()) {
      const day = told[at];
      if (day === undefined) continue;
      const overtaken = told[at + 1] === day;
      // an automatic renewal is drawn before the reminders of its run, whatever people order comes after them
      const renewing = (when: Date) =>
        (tasks.get(domainId) ?? []).some(
          ({ door, createdAt, endedAt }) =>
            (createdAt < when || (door === 'schedule' && createdAt <= when)) && (endedAt === null || endedAt >= when),
        );
      for (const recipient of recipients) {
        const key = [domainId, expiresOn, milestone, recipient].join(' ');
        const row = rows.get(key);
        left.delete(key);
        const wanted = (row: RenewalNotice): string => {
          if (overtaken) return 'skipped later';
          if (day >= lost) return 'skipped over';
          if (renewing(row.at)) return 'skipped renewing';
          return recipient === '' ? 'failed no-recipient' : 'sent';
        };
        const what = row && [row.outcome, row.reason].filter(Boolean).join(' ');
        if (!row || localDay(row.at) !== day || what !== wanted(row))
          broken.push(
            `${domain.name} ${expiresOn}, ${milestone} days, ${recipient}: ${what ?? 'nothing'}, due on ${day}`,
          );
      }
    }
  }
  broken.push(...[...left].map((key) => `told without being due: ${key}`));
  return { promise: 'every milestone once per recipient, sent or with its reason', of: rows.size, broken };
}

/** What arrived is what the rows say: one mail a recipient and day, about as many domains as were sent. */
function mails({ arrived }: Year, notices: readonly RenewalNotice[]): Verdict {
  const sent = grouped(
    notices.filter(({ outcome }) => outcome === 'sent'),
    ({ recipient, at }) => `${recipient} ${localDay(at)}`,
  );
  const came = grouped(
    arrived.filter(({ letter }) => letter === 'renewals-due'),
    ({ recipient, day }) => `${recipient} ${day}`,
  );
  const broken = [...new Set([...sent.keys(), ...came.keys()])].flatMap((key) => {
    const [mail, ...more] = came.get(key) ?? [];
    const total = sent.get(key)?.length ?? 0;
    return more.length === 0 && mail?.total === total
      ? []
      : [`${key}: ${total} sent, ${1 + more.length} mails of ${mail?.total}`];
  });
  return { promise: 'one mail per recipient and day, about all that is due', of: came.size, broken };
}

/** A year is paid once: what was charged and kept is what the domain got, or waits for. */
async function chargedOnce({ world, seen }: Year): Promise<Verdict> {
  const { reader } = world.open.connection;
  const tasks = await reader.registrarTask.findMany({ where: { kind: { in: ['renew', 'restore'] } } });
  const domains = new Map((await reader.domain.findMany()).map((row) => [row.id, row]));
  const first = new Map<number, string>();
  for (const { domainId, expiresOn } of seen)
    if (expiresOn < (first.get(domainId) ?? '9')) first.set(domainId, expiresOn);
  const broken: string[] = [];
  for (const [domainId, all] of grouped(tasks, ({ domainId }) => domainId)) {
    const domain = domains.get(Number(domainId));
    const kept = all.filter(({ chargeId, refundId }) => chargeId !== null && refundId === null);
    const done = all.filter(({ state }) => state === 'done');
    const waiting = all.filter(({ state }) => state === 'waiting');
    const years = Number(domain?.expiresOn?.slice(0, 4)) - Number(first.get(Number(domainId))?.slice(0, 4));
    if (kept.length !== done.length + waiting.length || waiting.length > 1 || done.length !== years)
      broken.push(
        `${domain?.name}: ${kept.length} charges kept, ${done.length} done, ${waiting.length} waiting, ${years} years`,
      );
  }
  return { promise: 'no domain charged twice for the same year', of: tasks.length, broken };
}

async function ledger({ world }: Year): Promise<Verdict> {
  const lines = await world.open.connection.reader.ledgerLine.findMany();
  const broken = [...grouped(lines, ({ entryId }) => entryId)].flatMap(([entryId, all]) => {
    const sum = all.reduce((total, { cents }) => total + cents, 0);
    return sum === 0 ? [] : [`entry ${entryId} adds up to ${sum}`];
  });
  return { promise: 'the ledger sums to zero, each entry of it', of: lines.length, broken };
}

async function balances({ world }: Year): Promise<Verdict> {
  const { reader } = world.open.connection;
  const lines = await reader.ledgerLine.findMany();
  const rows = await reader.balance.findMany();
  const broken = rows.flatMap(({ orgId, prepaidCents, receivableCents, creditCents }) => {
    const of = (account: string) =>
      lines
        .filter((line) => line.orgId === orgId && line.account === account)
        .reduce((sum, { cents }) => sum + cents, 0);
    const equal = -of('prepaid') === prepaidCents && of('receivable') === receivableCents;
    const allowed = prepaidCents >= 0 && receivableCents <= creditCents;
    return equal && allowed
      ? []
      : [`G-${orgId}: ${prepaidCents} − ${receivableCents}, by its lines ${-of('prepaid')} − ${of('receivable')}`];
  });
  return { promise: 'each balance is what the ledger says, never below its credit', of: rows.length, broken };
}

async function receipts({ world }: Year): Promise<Verdict> {
  const { reader } = world.open.connection;
  const all = await reader.receipt.findMany({ orderBy: [{ year: 'asc' }, { seq: 'asc' }] });
  const entries = await reader.ledgerEntry.findMany({ select: { id: true } });
  const broken = [...grouped(all, ({ year }) => year)].flatMap(([year, rows]) =>
    rows.flatMap(({ seq }, at) => (seq === at + 1 ? [] : [`${year}: ${seq} stands at ${at + 1}`])),
  );
  const having = new Set(all.map(({ entryId }) => entryId));
  broken.push(...entries.filter(({ id }) => !having.has(id)).map(({ id }) => `entry ${id} has no receipt`));
  return { promise: 'receipts without a gap, one for each entry', of: all.length, broken };
}

/** Nothing is suspended, or stays so, whose owner had confirmed. */
async function suspensions({ world }: Year): Promise<Verdict> {
  const { reader } = world.open.connection;
  const tasks = await reader.registrarTask.findMany({ where: { kind: { in: ['suspend', 'resume'] } } });
  const domains = new Map((await reader.domain.findMany()).map((row) => [row.id, row]));
  const customers = new Map((await reader.customer.findMany()).map((row) => [row.id, row]));
  const owners = new Map((await reader.ownerAddress.findMany()).map((row) => [row.email, row]));
  const ownerOf = (domainId: number) => owners.get(customers.get(domains.get(domainId)?.customerId ?? 0)?.email ?? '');
  const done = tasks.filter(({ kind, state }) => kind === 'suspend' && state === 'done');
  const broken = done.flatMap(({ domainId, endedAt }) => {
    const { verifiedAt = null } = ownerOf(domainId) ?? {};
    return verifiedAt === null || (endedAt !== null && endedAt < verifiedAt) ? [] : [`${domains.get(domainId)?.name}`];
  });
  for (const { id, name, state } of domains.values())
    if (
      state === 'suspended' &&
      ownerOf(id)?.state === 'verified' &&
      !tasks.some((task) => task.domainId === id && task.kind === 'resume' && task.state === 'waiting')
    )
      broken.push(`${name} is still suspended`);
  return { promise: 'no suspension of a verified owner', of: done.length, broken };
}

/** Whoever has money and asked for it keeps every domain, but for what the registrar refused. */
async function carriedOn({ world }: Year): Promise<Verdict> {
  const { reader } = world.open.connection;
  const rich = world.orgs.filter(({ habit }) => habit === 'funded').map(({ id }) => id);
  const domains = await reader.domain.findMany({ where: { orgId: { in: rich } } });
  const refused = new Set(
    (await reader.registrarTask.findMany({ where: { state: 'failed', kind: 'renew' } })).map(
      ({ domainId }) => domainId,
    ),
  );
  const broken = domains.flatMap(({ id, name, expiresOn }) =>
    (expiresOn ?? '') < plus(endDay, -1) && !refused.has(id) ? [`${name} ended on ${expiresOn}`] : [],
  );
  return { promise: 'what is renewed automatically and paid for never ends', of: domains.length, broken };
}

/** Each day but those of an outage, at the same hour of the clock; staff heard of each, and of both outages. */
async function clockworkRan({ world, runs, arrived }: Year): Promise<Verdict> {
  const { renewalHour } = world.desk.catalogue.policy.times;
  const broken: string[] = [];
  let days = 0;
  for (let day = firstDay; day < endDay; day = plus(day, 1)) {
    const down = outages.some(({ from, to }) => day >= from && day <= to);
    const ran = runs.filter((run) => run.day === day);
    days += down ? 0 : 1;
    if (ran.length !== (down ? 0 : 1)) broken.push(`${day}: ${ran.length} runs`);
    else if (ran.some(({ hour }) => hour !== renewalHour)) broken.push(`${day}: at ${ran[0]?.hour}`);
  }
  const heard = arrived.filter(({ letter }) => letter === 'renewals-report').length;
  if (heard !== days + outages.length)
    broken.push(`staff heard ${heard} times of ${days} runs and ${outages.length} outages`);
  return { promise: 'a run each day at its hour, and staff told of it and of each outage', of: runs.length, broken };
}
