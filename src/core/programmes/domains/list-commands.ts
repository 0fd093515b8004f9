/** `domain list` and `domain show`: what is held, until when, and what is under way (G5, G6). */
import { command, optional, required } from '../../command/define.js';
import { domain, expiringWithin, ofCustomer, tags } from '../../command/dictionary.js';
import { listed, listFields } from '../../command/listing.js';
import type { Data } from '../../command/outcome.js';
import { customerRef, findCustomer, suggestCustomers } from '../customers/customer.js';
import { isStaff } from '../../guard/identity.js';
import type { Work } from '../../guard/work.js';
import { mailsAbout } from '../mails/about.js';
import { orgRef } from '../parties/organisation.js';
import type { Customer, Domain } from '../../database/connect.js';
import { inParts } from '../../database/bulk-insert.js';
import { tagsOf, withTags } from '../../database/tags.js';
import { findDomain, ownedBy, standingOf, suggestDomains, tldOfRow, unicodeName, type DomainRow } from './domain.js';
import { expiriesOf, plusDays, todayIn, type Periods } from './life.js';
import { ownerOf } from '../owners/address.js';
import { agedStates, domainStates, type AgedState } from './states.js';
import { taskRef, type TaskRow } from './task.js';

type Listed = DomainRow & { readonly customer: Customer | undefined };

async function withCustomers(work: Work, rows: readonly Domain[]): Promise<Listed[]> {
  const customers = new Map<number, Customer>();
  await inParts([...new Set(rows.map(({ customerId }) => customerId))], 500, async (part) => {
    for (const one of await work.tx.customer.findMany({ where: { id: { in: [...part] } } })) customers.set(one.id, one);
  });
  return rows.map((row) => ({ ...(row as DomainRow), customer: customers.get(row.customerId) }));
}

const itemOf = (work: Work, row: Listed) => {
  const { state, expiresOn, renewBy } = standingOf(work, row);
  return {
    domain: row.name,
    unicode: unicodeName(row.name),
    customer: customerRef(row.customerId),
    owner: row.ownerName,
    state,
    expiresOn,
    renewBy,
    autoRenew: row.autoRenew,
    tags: tagsOf(row),
    org: orgRef(row.orgId),
  };
};

const aged = Object.keys(agedStates) as AgedState[];
const running = ['active', 'suspended'];

/** The rows that are in this state today, as `standing` says of each: those of equal periods are asked for together. */
function inState(work: Work, state: string): Readonly<Record<string, unknown>> {
  const of = running.includes(state) ? 'running' : aged.find((one) => one === state);
  if (!of) return { state };
  const today = todayIn(work.desk, work.now);
  const { tlds } = work.desk.catalogue.domains;
  const groups = new Map<string, { tlds: string[]; periods: Periods }>();
  for (const { tld, hold, redemption, pendingDelete, renewBy } of tlds) {
    const key = [hold, redemption, pendingDelete].join();
    const group = groups.get(key) ?? { tlds: [], periods: { hold, redemption, pendingDelete, renewBy } };
    group.tlds.push(tld);
    groups.set(key, group);
  }
  const known = tlds.map(({ tld }) => tld);
  const all = [
    ...[...groups.values()].map((group) => ({ tld: { in: group.tlds }, periods: group.periods })),
    { tld: { notIn: known }, periods: undefined },
  ];
  const stored = of === 'running' ? state : { in: running };
  return {
    OR: all.flatMap(({ tld, periods }) => {
      const between = expiriesOf(of, periods, today);
      if (!between) return [];
      const { after, until } = between;
      const expiresOn = {
        ...(after === undefined ? {} : { gt: after }),
        ...(until === undefined ? {} : { lte: until }),
      };
      return [{ state: stored, tld, expiresOn }];
    }),
  };
}

export const domainList = command({
  name: 'domain list',
  help: {
    fr: 'Voir ses domaines, par état, échéance, client, étiquette ou texte',
    en: 'See one’s domains, by state, expiry, customer, tag or text',
  },
  who: ['member', 'staff'],
  reads: true,
  fields: [
    ...listFields,
    optional(expiringWithin),
    optional(tags),
    optional(ofCustomer, { suggest: suggestCustomers }),
  ],
  async run(work, input) {
    const today = todayIn(work.desk, work.now);
    const { expiringWithin: within, customer } = input;
    const owner = customer === undefined ? undefined : await findCustomer(work, customer, { field: 'customer' });
    const soon = within === undefined ? {} : { expiresOn: { gte: today, lte: plusDays(today, within) } };
    return listed(work, input, {
      code: 'domain.listed',
      states: [...Object.keys(domainStates), ...aged],
      inState: (state) => inState(work, state),
      sortable: {
        domain: 'name',
        state: 'state',
        'expires-on': 'expiresOn',
        'registered-on': 'registeredOn',
        'auto-renew': 'autoRenew',
        customer: 'customerId',
        'created-at': 'createdAt',
      },
      searchColumn: 'searchText',
      where: {
        ...(await ownedBy(work)),
        ...(owner ? { customerId: owner.id } : {}),
        ...soon,
        ...withTags(input.tags),
      },
      count: (args) => work.tx.domain.count(args),
      find: async (args) => withCustomers(work, await work.tx.domain.findMany(args)),
      item: (row) => itemOf(work, row),
    });
  },
});

/** What happened while another organisation had it is that one's, and staff's. */
const ownTime = <K extends string>(work: Work, { orgSince }: DomainRow, column: K) =>
  isStaff(work.actor) || orgSince === null ? {} : ({ [column]: { gte: orgSince } } as Record<K, { gte: Date }>);

/** What was ordered for it, newest first; a transfer's code is told to nobody. */
async function tasksOf(work: Work, row: DomainRow): Promise<Data[]> {
  const tasks = await work.tx.registrarTask.findMany({
    where: { domainId: row.id, ...ownTime(work, row, 'createdAt') },
    orderBy: { id: 'desc' },
    take: 100,
  });
  return (tasks as TaskRow[]).map((task) => ({
    task: taskRef(task.id),
    kind: task.kind,
    state: task.state,
    years: task.years,
    grossCents: task.grossCents,
    port: task.port,
    registrarReference: task.reference,
    doneOn: task.doneOn,
    reason: task.reason,
    createdAt: task.createdAt.toISOString(),
  }));
}

/** Reminders, by expiry and milestone: to whom, and if not sent why. */
async function noticesOf(work: Work, row: DomainRow): Promise<Data[]> {
  const notices = await work.tx.renewalNotice.findMany({
    where: { domainId: row.id, milestone: { gte: 0 }, ...ownTime(work, row, 'at') },
    orderBy: [{ expiresOn: 'desc' }, { milestone: 'asc' }, { recipient: 'asc' }],
    take: 100,
  });
  return notices.map(({ expiresOn, milestone, recipient, outcome, reason, at }) => ({
    ...{ expiresOn, milestone, recipient, outcome, reason, at: at.toISOString() },
  }));
}

/** How its owner's address stands, where its TLD or anybody ever asked. */
async function ownerData(work: Work, row: DomainRow): Promise<Data> {
  const known = row.ownerEmail === '' ? undefined : await ownerOf(work.tx, row.ownerEmail);
  if (row.ownerEmail === '' || (!known && !tldOfRow(work, row)?.verifyOwner)) return {};
  return { ownerState: known?.state ?? 'unverified', ownerDue: known?.dueAt?.toISOString() ?? null };
}

export const domainShow = command({
  name: 'domain show',
  help: {
    fr: 'Voir un domaine : dates, propriétaire, opérations, rappels et courriers',
    en: 'See a domain: dates, owner, operations, reminders and mails',
  },
  who: ['member', 'staff'],
  reads: true,
  fields: [required(domain, { suggest: suggestDomains })],
  async run(work, input) {
    const found = await findDomain(work, input.domain);
    const [row] = await withCustomers(work, [found]);
    if (!row) throw new Error(`${found.name} is lost`);
    const { holdUntil, redemptionUntil, goneOn } = standingOf(work, row);
    const staff = isStaff(work.actor);
    return {
      code: 'domain.shown',
      data: {
        ...itemOf(work, row),
        email: row.ownerEmail || null,
        ...(await ownerData(work, row)),
        registeredOn: row.registeredOn,
        ...{ holdUntil, redemptionUntil, goneOn },
        suspendedAt: row.suspendedAt?.toISOString() ?? null,
        reason: row.reason,
        createdAt: row.createdAt.toISOString(),
        tasks: await tasksOf(work, row),
        notices: await noticesOf(work, row),
        mails: await mailsAbout(work.tx, {
          object: row.name,
          staff,
          since: (staff ? null : row.orgSince) ?? row.createdAt,
          until: row.endedAt,
        }),
      },
    };
  },
});
