/** Organisations' domains as rows, money, and the clockwork's jobs ticking: for the tests and the simulated year (G6). */
import { topUp } from '../../src/core/programmes/billing/ledger.js';
import { standing } from '../../src/core/programmes/domains/life.js';
import { renewalJobs } from '../../src/core/programmes/renewals/run.js';
import type { Desk } from '../../src/core/guard/work.js';
import { workOf } from '../../src/core/jobs.js';
import { insertReturning } from '../../src/core/database/bulk-insert.js';
import { createSchedule, type Schedule } from '../../src/core/database/schedule.js';

export interface NewDomain {
  readonly name: string;
  readonly orgId: number;
  readonly customerId?: number;
  readonly expiresOn: string;
  readonly autoRenew?: boolean;
  readonly state?: 'active' | 'suspended';
}

/** Domains that run already; their ids by name. */
export async function addDomains(desk: Desk, domains: readonly NewDomain[]): Promise<Map<string, number>> {
  const now = desk.clock();
  const rows = domains.map(({ name, orgId, customerId = 0, expiresOn, autoRenew = false, state = 'active' }) => ({
    ...{ name, heldName: name, tld: name.slice(name.indexOf('.') + 1), orgId, customerId, state, autoRenew },
    ...{ registeredOn: '2020-01-01', expiresOn, tags: '[]', searchText: name, createdAt: now, updatedAt: now },
  }));
  const made = await desk.database.transact(({ tx }) =>
    insertReturning<{ id: number; name: string }>(tx, { table: 'Domain', returning: ['id', 'name'] }, rows),
  );
  return new Map(made.map(({ id, name }) => [name, Number(id)]));
}

let payments = 0;
/** A payment has come in. */
export async function fund(desk: Desk, orgId: number, cents: number): Promise<void> {
  const payment = `VIR-R${(payments += 1)}`;
  await desk.database.transact(async (unit) => {
    await topUp(workOf(desk, unit), { orgId, cents, payment });
  });
}

/** The clockwork as one process runs it. */
export const clockwork = (desk: Desk, onError: (error: unknown) => void): Schedule =>
  createSchedule({
    database: desk.database,
    clock: desk.clock,
    jobs: renewalJobs(desk, (unit) => workOf(desk, unit)),
    onError,
  });

/** The same desk with something else about it: the zone, the catalogue, the clock. */
export const changed = (desk: Desk, to: Partial<Desk>): Desk =>
  Object.create(desk, Object.getOwnPropertyDescriptors(to)) as Desk;

/** Renewed by hand: what staff's `domain done` would leave. */
export const renewBy = (desk: Desk, name: string, expiresOn: string, today: string): string =>
  standing(
    { state: 'active', expiresOn },
    desk.catalogue.domains.tlds.find(({ tld }) => name.endsWith(`.${tld}`)),
    today,
  ).renewBy ?? '';
