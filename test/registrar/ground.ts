/** A desk whose registrar is the Gandi double: orders by command, a worker that is driven round by round. */
import { topUp } from '../../src/core/programmes/billing/ledger.js';
import { createRegistrarWorker, type RegistrarWorker } from '../../src/core/programmes/registrar/worker.js';
import type { Desk } from '../../src/core/guard/work.js';
import { workOf } from '../../src/core/jobs.js';
import type { CallOptions } from '../../src/registrar/call.js';
import { gandiRegistrar } from '../../src/registrar/gandi.js';
import {
  minuteMs,
  newEmail,
  newReseller,
  newStaff,
  openTestDesk,
  type TestDesk,
  type TestDeskOptions,
  type TestReseller,
} from '../core/ground.js';
import type { TestProvider } from '../servers/databases.js';
import { startGandi, type GandiDouble } from '../servers/gandi.js';

export interface RegistrarHouse {
  readonly desk: TestDesk;
  readonly gandi: GandiDouble;
  readonly org: TestReseller;
  readonly admin: string;
  /** Faults that the worker reported, without their tasks. */
  readonly problems: unknown[];
  /** A worker as another process would run it. */
  worker(more?: Partial<CallOptions>, on?: Desk): RegistrarWorker;
  /** One round of the house's own worker. */
  round(): Promise<number>;
  /** The clock goes on, then a round. */
  after(minutes: number): Promise<number>;
  /** Orders a registration; answers the name. */
  register(name?: string, years?: number): Promise<string>;
  /** Registered and active. */
  held(name?: string): Promise<string>;
  transfer(code: string, name?: string): Promise<string>;
  task(name: string, kind?: string): Promise<NonNullable<Awaited<ReturnType<typeof taskOf>>>>;
  domain(name: string): Promise<NonNullable<Awaited<ReturnType<typeof domainOf>>>>;
  /** In cents. */
  balance(): Promise<number>;
  close(): Promise<void>;
}

const taskOf = (desk: TestDesk, domainId: number, kind?: string) =>
  desk.connection.reader.registrarTask.findFirst({
    where: { domainId, ...(kind ? { kind } : {}) },
    orderBy: { id: 'desc' },
  });
const domainOf = (desk: TestDesk, name: string) =>
  desk.connection.reader.domain.findFirst({ where: { name }, orderBy: { id: 'desc' } });

export const paidIn = 1_000_000;
let count = 0;

export async function openRegistrarHouse(
  provider: TestProvider,
  options: TestDeskOptions = {},
): Promise<RegistrarHouse> {
  const desk = await openTestDesk(provider, { registrar: 'gandi', locale: 'en', ...options });
  const gandi = await startGandi({ clock: desk.clock });
  const problems: unknown[] = [];
  const org = await newReseller(desk);
  const admin = await newStaff(desk, 'admin');
  await desk.desk.database.transact((unit) =>
    topUp(workOf(desk.desk, unit), { orgId: org.id, cents: paidIn, payment: 'wire' }),
  );
  await desk.done('customer add', party(), { as: org.email });
  const customer = 'C-' + String((await desk.connection.reader.customer.findFirstOrThrow()).id).padStart(6, '0');
  const worker: RegistrarHouse['worker'] = (more = {}, on = desk.desk) =>
    createRegistrarWorker({
      desk: on,
      registrar: gandiRegistrar({
        ...{ token: gandi.token, root: gandi.root, clock: desk.clock },
        ...{ turn: () => Promise.resolve(), retryMs: () => 1 },
        ...more,
      }),
      workOf: (unit) => workOf(on, unit),
      chance: () => 0.5,
      onError: (error) => problems.push(error),
    });
  const own = worker();
  const name = () => `maison-${(count += 1)}.com`;
  const house: RegistrarHouse = {
    ...{ desk, gandi, org, admin, problems, worker },
    round: () => own.round(),
    after(minutes) {
      desk.clock.advance(minutes * minuteMs);
      return own.round();
    },
    async register(domain = name(), years = 1) {
      await desk.done('domain register', { domain, customer, years }, { as: org.email });
      return domain;
    },
    async held(domain) {
      const made = await house.register(domain);
      await own.round();
      gandi.books.finish(made);
      await house.after(2);
      return made;
    },
    async transfer(code, domain = name()) {
      gandi.books.elsewhere.set(domain, code);
      await desk.done('domain transfer', { domain, customer, 'auth-code': code }, { as: org.email });
      return domain;
    },
    async task(domain, kind) {
      const row = await taskOf(desk, (await house.domain(domain)).id, kind);
      if (!row) throw new Error(`no task for ${domain}`);
      return row;
    },
    async domain(domain) {
      const row = await domainOf(desk, domain);
      if (!row) throw new Error(`no ${domain}`);
      return row;
    },
    async balance() {
      const row = await desk.connection.reader.balance.findUniqueOrThrow({ where: { orgId: org.id } });
      return row.prepaidCents;
    },
    async close() {
      await gandi.close();
      await desk.close();
    },
  };
  return house;
}

const party = () => ({
  type: 'company',
  email: newEmail('owner'),
  'last-name': 'Noether',
  'first-name': 'Émilie',
  company: 'Anneaux & Cie',
  vat: 'FR40303265045',
  street: '5 rue neuve',
  zip: '75001',
  city: 'Paris',
  country: 'FR',
  phone: '+33123456789',
});
