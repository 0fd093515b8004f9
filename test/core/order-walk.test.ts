/**
 * A generated walk over the life of orders: several people, by several doors, restarts between. A model says what each
 * step leads to; the desk has to agree, and the rows are looked at as well.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Outcome } from '../../src/core/command/outcome.js';
import type { RawInput } from '../../src/core/command/input.js';
import type { Caller } from '../../src/core/guard/identity.js';
import type { Door } from '../../src/core/guard/work.js';
import type { OpenDesk } from '../../src/core/open.js';
import { leadsTo, orderStates, type OrderState } from '../../src/core/programmes/orders/states.js';
import { databases } from '../servers/databases.js';
import { newReseller, openTestDesk, type TestDesk } from './ground.js';
import { existingSiteOrder, newDeciders, newSite, newSiteOrder, pdf } from './order-ground.js';

const steps = Number(process.env['WALK_STEPS'] ?? (process.env['LONG'] ? 10_000 : 1_500));
const stepsARun = 100;

const people = ['partner', 'both', 'stranger', 'sales', 'other', 'cloud'] as const;
type Who = (typeof people)[number];
const doors = ['terminal', 'mail', 'chat', 'web'] as const satisfies readonly Door[];
const sells = (who: Who): boolean => who === 'both' || who === 'sales' || who === 'other';
const partnerOf = (who: Who): boolean => who === 'partner' || who === 'both';

/** What the test believes of an order. */
interface Believed {
  readonly number: string;
  readonly needed: number;
  readonly cloud: boolean;
  state: OrderState;
  /** Of the latest submission. */
  approval: string;
  submitter: Who | undefined;
  votes: Set<Who>;
  certified: boolean;
  /** A cancellation that waits. */
  cancel: { approval: string; asker: Who } | undefined;
}

interface World {
  desk: TestDesk;
  open: OpenDesk;
  site: string;
  readonly email: Record<Who, string>;
  readonly id: Record<Who, number>;
  orders: Believed[];
  taken: number;
  readonly seen: Set<OrderState>;
}

// what ends an order comes seldom, so that walks go on
const acts = [
  ...(['edit', 'attach', 'submit', 'submit', 'submit', 'look', 'look'] as const),
  ...(['approve', 'approve', 'approve', 'approve order', 'approve order', 'approve order'] as const),
  ...(['refuse', 'return', 'provisioned', 'provisioned', 'cancel', 'approve cancel', 'list'] as const),
] as const;
type Act = (typeof acts)[number];

interface Step {
  readonly act: Act | 'restart';
  readonly who: Who;
  readonly door: (typeof doors)[number];
  readonly at: number;
}

/** The state that a step leads to; undefined where it must be refused. */
function foreseen(order: Believed, { act, who }: Step): OrderState | undefined {
  const { state } = order;
  const waiting = state === 'submitted' || state === 'in-review';
  const decides = waiting && sells(who) && who !== order.submitter;
  switch (act) {
    case 'edit':
      return partnerOf(who) && (waiting || state === 'draft' || state === 'returned') ? 'draft' : undefined;
    case 'attach':
      if (!partnerOf(who)) return undefined;
      return state === 'returned' ? 'returned' : waiting || state === 'draft' ? 'draft' : undefined;
    case 'submit':
      return partnerOf(who) && (state === 'draft' || state === 'returned') ? 'submitted' : undefined;
    case 'approve':
    case 'approve order':
      if (!decides) return undefined;
      // a second yes of the same person counts for nothing
      if (new Set([...order.votes, who]).size < order.needed) return 'in-review';
      return order.cloud ? 'provisioning' : 'done';
    case 'refuse':
      return decides ? 'refused' : undefined;
    case 'return':
      return decides ? 'returned' : undefined;
    case 'provisioned':
      return who === 'cloud' && state === 'provisioning' ? 'done' : undefined;
    case 'cancel':
      return (partnerOf(who) || sells(who)) && (state === 'draft' || state === 'returned' || state === 'submitted')
        ? 'cancelled'
        : undefined;
    default:
      return undefined;
  }
}

async function ask(world: World, { who, door }: Step, asked: { command: string; input: RawInput }): Promise<Outcome> {
  const email = world.email[who];
  const callers: Record<(typeof doors)[number], Caller> = {
    terminal: { kind: 'operator', as: email },
    mail: { kind: 'address', email },
    chat: { kind: 'discord', id: `user-${who}`, name: who },
    web: { kind: 'session', personId: world.id[who] },
  };
  return world.open.dispatcher.dispatch({ door, caller: callers[door], ...asked });
}

let remark = 0;

function commandOf(order: Believed, { act }: Step): { command: string; input: RawInput } {
  const number = order.number;
  switch (act) {
    case 'edit':
      return { command: 'order edit', input: { number, comments: `remarque ${(remark += 1)}` } };
    case 'attach':
      // ten are the most: it replaces its own
      return { command: 'order edit', input: { number, 'purchase-order': pdf('bc.pdf') } };
    case 'look':
      return { command: 'approval show', input: { number: order.approval } };
    case 'approve':
      return { command: 'approval approve', input: { number: order.approval } };
    case 'approve order':
      return { command: 'order approve', input: { number } };
    case 'approve cancel':
      return { command: 'approval approve', input: { number: order.cancel?.approval ?? 'A-999999' } };
    case 'refuse':
      return { command: 'order refuse', input: { number, reason: 'non, merci' } };
    case 'return':
      return { command: 'order return', input: { number, missing: 'le devis' } };
    case 'list':
      return { command: 'order list', input: {} };
    default:
      return { command: `order ${act}`, input: { number } };
  }
}

async function take(world: World, step: Step): Promise<void> {
  world.taken += 1;
  if (step.act === 'restart') {
    world.open = await world.desk.another();
    return;
  }
  const order = world.orders[step.at % world.orders.length];
  if (!order) return;
  const before = order.state;
  const outcome = await ask(world, step, commandOf(order, step));
  const context = `${step.who} by ${step.door}: ${step.act} on ${order.number} (${before})`;
  if (!outcome.ok && outcome.code === 'fault') throw new Error(`${context}: a fault`);
  await agree(world, { order, step, outcome, context });
}

/** What came of a step is what was foreseen, and the rows say the same. */
async function agree(
  world: World,
  { order, step, outcome, context }: { order: Believed; step: Step; outcome: Outcome; context: string },
): Promise<void> {
  const before = order.state;
  const next = foreseen(order, step);
  if (step.act === 'look') {
    const takes = sells(step.who) && step.who !== order.submitter && before === 'submitted';
    if (takes && order.approval !== '') order.state = 'in-review';
  } else if (step.act === 'approve cancel') {
    const may = order.cancel !== undefined && sells(step.who) && step.who !== order.cancel.asker;
    const open = before === 'provisioning' || before === 'done';
    expect(outcome.ok && outcome.code === 'approval.approved', context).toBe(may && open);
    if (may && open) order.state = 'cancelled';
    if (may) order.cancel = undefined;
  } else if (step.act === 'cancel' && (before === 'provisioning' || before === 'done')) {
    const may = partnerOf(step.who) || sells(step.who);
    expect(outcome.ok && outcome.code === 'approval.pending', context).toBe(may);
    if (outcome.ok && may) order.cancel = { approval: String(outcome.data['approval']), asker: step.who };
  } else if (step.act !== 'list') {
    expect(outcome.ok, `${context}: ${JSON.stringify(outcome)}`).toBe(next !== undefined);
    if (next !== undefined) believe(order, { step, next, outcome });
  }
  const row = await world.open.desk.database.read((tx) =>
    tx.order.findUniqueOrThrow({ where: { id: Number(order.number.slice(2)) } }),
  );
  expect(row.state, context).toBe(order.state);
  world.seen.add(order.state);
  allowedMove(before, order.state, context);
}

function believe(order: Believed, { step, next, outcome }: { step: Step; next: OrderState; outcome: Outcome }): void {
  order.state = next;
  if (step.act === 'submit' && outcome.ok) {
    order.approval = String(outcome.data['approval']);
    order.submitter = step.who;
    order.votes = new Set();
  } else if (step.act === 'approve' || step.act === 'approve order') {
    order.votes.add(step.who);
    if (next === 'provisioning' || next === 'done') order.certified = true;
  }
}

/** A command that decides what nobody had taken up moves twice. */
function allowedMove(from: OrderState, to: OrderState, context: string): void {
  if (from === to) return;
  const twice = (Object.keys(orderStates) as OrderState[]).some((via) => leadsTo(from, via) && leadsTo(via, to));
  const direct = leadsTo(from, to);
  expect(direct || (from === 'submitted' && twice), `${context}: ${from} → ${to}`).toBe(true);
}

/** What must hold of the orders walked on, whatever was done. */
async function lookedAt(world: World): Promise<void> {
  const numbers = world.orders.map(({ number }) => Number(number.slice(2)));
  const refs = world.orders.map(({ number }) => number);
  await world.open.desk.database.read(async (tx) => {
    const orders = await tx.order.findMany({ where: { id: { in: numbers } } });
    const certificates = await tx.certificate.findMany({ where: { orderId: { in: numbers } } });
    const certified = world.orders.filter(({ certified: yes }) => yes).map(({ number }) => Number(number.slice(2)));
    // none without approval, none twice
    expect(certificates.map(({ orderId }) => orderId).sort()).toEqual(certified.sort());
    const approvals = await tx.approval.findMany({ where: { object: { in: refs } } });
    const votes = await tx.approvalDecision.findMany({
      where: { approvalId: { in: approvals.map(({ id }) => id) }, verdict: 'approved' },
    });
    for (const { orderId } of certificates) {
      const order = orders.find(({ id }) => id === orderId);
      const approval = approvals.find(({ id }) => id === order?.approvalId);
      expect(approval).toMatchObject({ state: 'approved', command: 'order submit' });
      expect(votes.filter(({ approvalId }) => approvalId === approval?.id)).toHaveLength(approval?.needed ?? 0);
    }
    for (const { approvalId, personId } of votes)
      expect(approvals.find(({ id }) => id === approvalId)?.requesterId).not.toBe(personId);
  });
}

class Walked implements fc.AsyncCommand<object, World> {
  readonly step: Step;
  constructor(step: Step) {
    this.step = step;
  }
  check(): boolean {
    return true;
  }
  async run(_: object, world: World): Promise<void> {
    await take(world, this.step);
  }
  toString(): string {
    const { act, who, door, at } = this.step;
    return `${act}(${who} by ${door}, order ${at})`;
  }
}

const arbitrary = fc
  .record<Step>({
    act: fc.oneof(
      { weight: 400, arbitrary: fc.constantFrom(...acts) },
      { weight: 1, arbitrary: fc.constant('restart') },
    ),
    who: fc.constantFrom(...people),
    door: fc.constantFrom(...doors),
    at: fc.nat({ max: 3 }),
  })
  .map((step) => new Walked(step));

const [sqlite] = databases();
let world: World;

beforeAll(async () => {
  if (!sqlite) throw new Error('no database');
  const desk = await openTestDesk(sqlite);
  const reseller = await newReseller(desk);
  const stranger = await newReseller(desk);
  const { sales, other, cloud } = await newDeciders(desk);
  const both = `both.${Date.now()}@example.org`;
  await desk.done('staff grant', { email: both, role: 'sales' });
  const email = { partner: reseller.email, both, stranger: stranger.email, sales, other, cloud };
  const rows = await desk.connection.reader.address.findMany({ where: { email: { in: Object.values(email) } } });
  const id = Object.fromEntries(
    people.map((who) => [who, rows.find((row) => row.email === email[who])?.personId ?? 0]),
  ) as Record<Who, number>;
  const now = desk.clock();
  await desk.connection.writer.membership.create({
    data: { orgId: reseller.id, personId: id.both, role: 'manager', createdAt: now },
  });
  for (const who of people)
    await desk.connection.writer.discordUser.create({
      data: { discordId: `user-${who}`, personId: id[who], linkedAt: now },
    });
  const site = await newSite(desk, reseller.ref);
  world = { desk, open: desk.open, site, email, id, orders: [], taken: 0, seen: new Set() };
});
afterAll(() => world.desk.close());

/** Two plain orders and two that open data: those take two people and the cloud team. */
async function freshOrders(): Promise<void> {
  const drafted = async (input: RawInput, rest: Pick<Believed, 'needed' | 'cloud'>): Promise<Believed> => {
    const { order } = await world.desk.done('order new', input, { as: world.email.partner });
    const number = String(order);
    const nothing = { approval: '', submitter: undefined, votes: new Set<Who>(), certified: false, cancel: undefined };
    return { number, state: 'draft', ...nothing, ...rest };
  };
  const plain = { needed: 1, cloud: false };
  const odata = { needed: 2, cloud: true };
  const reference = { reference: 'SAAS IO ODATA' };
  world.orders = [
    await drafted(newSiteOrder(), plain),
    await drafted(newSiteOrder(), plain),
    await drafted(existingSiteOrder(world.site, reference), odata),
    await drafted(existingSiteOrder(world.site, reference), odata),
  ];
}

test(`a walk of ${steps} steps never leaves the table`, { timeout: 600_000, retry: 0 }, async () => {
  for (let seed = 1; world.taken < steps; seed += 1) {
    await fc.assert(
      fc.asyncProperty(fc.commands([arbitrary], { maxCommands: stepsARun, size: 'max' }), async (commands) => {
        await freshOrders();
        await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
        await lookedAt(world);
      }),
      { numRuns: 1, seed },
    );
  }
  // it went everywhere
  expect([...world.seen].sort()).toEqual(Object.keys(orderStates).sort());
});
