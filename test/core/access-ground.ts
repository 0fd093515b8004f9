/** A desk with people of every kind, each with things of its own, and a stranger's: what the access matrix is played on. */
import type { Caller } from '../../src/core/guard/identity.js';
import { membershipsOf, resellersOf, type Actor, type StaffRole } from '../../src/core/guard/identity.js';
import { printRef } from '../../src/core/guard/number.js';
import type { TestDesk } from './ground.js';
import { newEmail, newReseller, newStaff } from './ground.js';
import { activeDevice } from './device-ground.js';
import { newOpportunity, newSite, newSiteOrder } from './order-ground.js';
import { newDomain } from './owner-ground.js';

/** What commands name, by kind of object. */
export interface Things {
  readonly email: string;
  readonly org: string;
  readonly member: string;
  readonly customer: string;
  readonly domain: string;
  readonly task: string;
  readonly declaration: string;
  readonly pack: string;
  readonly order: string;
  readonly submitted: string;
  readonly site: string;
  readonly opportunity: string;
  readonly device: string;
  readonly grant: string;
  readonly ticket: string;
  readonly receipt: string;
}
export type Thing = keyof Things;

/** Stands in everything that is somebody else's: in no answer that is not staff's. */
export const mark = 'Zzyzx';

let parties = 0;

/** An organisation that resells, with one of everything; its owner is an installer and a client too. */
export async function newParty(desk: TestDesk, name: string): Promise<Things> {
  const { email, ref: org, id: orgId } = await newReseller(desk, { pro: 9, 'box-pro': 3 }, { company: name });
  const number = (parties += 1);
  const as = { as: email };
  await desk.done('account edit', { 'last-name': name, 'first-name': 'Ada', country: 'FR' }, as);
  const firm = { company: name, 'last-name': name, 'first-name': 'Ada', phone: '0123456789' };
  await desk.done('installer register', firm, as);
  await desk.done('billing topup', { reseller: org, amount: '500', payment: `VIR-${name}-${number}` });
  const member = newEmail('colleague');
  await desk.done('org invite', { number: org, email: member, role: 'viewer' }, as);
  const { domain, customer } = await newDomain(desk, { orgId, email: newEmail('owner'), asked: false });
  const customerRef = printRef('C', customer.id);
  const ordered = await desk
    .done('domain register', { domain: `asked-${number}.fr`, customer: customerRef, org }, as)
    .catch(() => undefined);
  const declared = await desk.done(
    'declare new',
    {
      product: 'pro',
      email: newEmail('declared'),
      'last-name': name,
      'first-name': 'Zoé',
      'order-number': `F-${number}`,
      org,
    },
    as,
  );
  const { order } = await desk.done('order new', { ...newSiteOrder({ 'site-name': name }), org }, as);
  const { order: submitted } = await desk.done('order new', { ...newSiteOrder({ 'site-name': name }), org }, as);
  const { personId } = await desk.connection.reader.address.findUniqueOrThrow({ where: { email } });
  // by its own session: what the operator asks in somebody's name is the operator's too
  const session = { caller: { kind: 'session', personId } as const };
  await desk.done('order submit', { number: String(submitted) }, session);
  const person = { personId, email };
  const device = await activeDevice(desk, { installer: person, client: person });
  const { grant } = await desk.done('device access', { device: printRef('V', device.id), use: 'session' }, as);
  const { ticket } = await desk.done('support open', { subject: name, text: `${name} demande.`, org }, as);
  const receipt = await desk.connection.reader.receipt.findFirstOrThrow({ where: { orgId } });
  return {
    ...{ email, org, member, customer: customerRef, domain: domain.name, task: String(ordered?.['task'] ?? 'W-1') },
    ...{ declaration: String(declared['declaration']), pack: String(declared['pack']) },
    ...{ order: String(order), submitted: String(submitted) },
    site: await newSite(desk, org, { 'site-name': name }),
    opportunity: await newOpportunity(desk, org, { name }),
    ...{ device: printRef('V', device.id), grant: String(grant), ticket: String(ticket), receipt: receipt.number },
  };
}

/** Numbers and names that nobody has. */
export const nothing: Things = {
  email: 'nobody@nowhere.example',
  org: 'G-888888',
  member: 'nobody@nowhere.example',
  customer: 'C-888888',
  domain: 'nobody-has-this.com',
  task: 'W-888888',
  declaration: 'D-888888',
  pack: 'PP2026NOV000000000000',
  order: 'O-888888',
  submitted: 'O-888888',
  site: 'S-888888',
  opportunity: 'OP-888888',
  device: 'V-888888',
  grant: 'X-888888',
  ticket: 'T-888888',
  receipt: 'R-2026-888888',
};

/** Somebody who asks. */
export interface Kind {
  readonly name: string;
  readonly caller: Caller;
  /** What of the party is theirs. */
  readonly owns: readonly Thing[];
  readonly things: Things | undefined;
}

const everything = Object.keys(nothing) as Thing[];

/** People of every kind; each with a party of its own where it has one. */
export async function peopleOf(desk: TestDesk): Promise<Kind[]> {
  const idOf = async (email: string) =>
    (await desk.connection.reader.address.findUniqueOrThrow({ where: { email } })).personId;
  const session = async (email: string): Promise<Caller> => ({ kind: 'session', personId: await idOf(email) });
  const person = async (name: string, email: string, more: Partial<Kind> = {}): Promise<Kind> => ({
    ...{ name, caller: await session(email), owns: ['email'], things: { ...nothing, email } },
    ...more,
  });
  const party = () => newParty(desk, `Maison ${(parties += 1)}`);
  const byOrg = everything.filter((thing) => !['email', 'device', 'grant', 'ticket'].includes(thing));
  const inParty = async (name: string, role: string) => {
    const things = await party();
    const email = newEmail(name.replace(/\W/g, ''));
    await desk.done('org invite', { number: things.org, email, role }, { as: things.email });
    return person(name, email, { owns: byOrg, things: { ...things, email } });
  };
  const own = async (name: string, more: Partial<Kind> = {}) => {
    const things = await party();
    return person(name, things.email, { owns: everything, things, ...more });
  };
  const staff = async (role: string) => person(role, await newStaff(desk, role));
  const roles: StaffRole[] = ['sales', 'stock', 'cloud', 'support', 'admin'];
  const client = newEmail('client');
  await desk.done('account edit', { city: 'Lyon' }, { as: client });
  const installer = newEmail('installer');
  const firm = { company: 'Alarmes', 'last-name': 'Roy', 'first-name': 'Zoé', phone: '0123456789' };
  await desk.done('installer register', firm, { as: installer });
  const plain = newEmail('plain');
  const { org } = await desk.done('org create', { name: 'Les Amis', type: 'association' }, { as: plain });
  const friend = newEmail('friend');
  await desk.done('org invite', { number: String(org), email: friend }, { as: plain });
  const shop = await own('a stock clerk who owns a shop');
  await desk.done('staff grant', { email: shop.things?.email ?? '', role: 'stock' });
  const gone = await own('a suspended reseller');
  const releasedBy = await idOf(await newStaff(desk, 'stock'));
  const letPass = async (kind: Kind, name: string): Promise<Kind> => ({
    ...kind,
    name,
    caller: { kind: 'address', email: kind.things?.email ?? '', releasedById: releasedBy },
  });
  await desk.connection.writer.person.update({
    where: { id: await idOf(gone.things?.email ?? '') },
    data: { state: 'suspended' },
  });
  return [
    { name: 'a stranger', caller: { kind: 'address', email: newEmail('stranger') }, owns: [], things: undefined },
    {
      ...{ name: 'a chat user nobody knows', owns: [], things: undefined },
      caller: { kind: 'discord', id: '600000000000000009', name: 'user' },
    },
    await person('a client', client),
    await person('an installer', installer),
    await person('an owner of an association', plain, {
      owns: ['email', 'org'],
      things: { ...nothing, email: plain, org: String(org), member: friend },
    }),
    await inParty('a viewer', 'viewer'),
    await inParty('a manager', 'manager'),
    await own('a reseller'),
    gone,
    ...(await Promise.all(roles.map(staff))),
    shop,
    { name: 'the operator', caller: { kind: 'operator' }, owns: [], things: undefined },
    await letPass(await own('let pass'), 'a reseller, let pass by staff'),
    await letPass(await staff('admin'), 'an admin, let pass by staff'),
  ];
}

/** Whether the declared word is true of somebody (guard/policy.ts), told independently of it. */
export function isSo(who: string, actor: Actor, reads: boolean): boolean {
  const writes = ({ role }: { role: string }) => reads || role !== 'viewer';
  switch (who) {
    case 'anyone':
      return true;
    case 'person':
      return actor.personId !== 0;
    case 'member':
      return membershipsOf(actor).some(writes);
    case 'owner':
      return membershipsOf(actor).some(({ role }) => role === 'owner');
    case 'reseller':
      return resellersOf(actor).some(writes);
    case 'installer':
      return actor.installer;
    case 'discord':
      return actor.proven.discordId !== undefined;
    case 'confirmer':
      return actor.proven.held !== undefined;
    default:
      return isStaffWord(who, actor);
  }
}

/** The words that are about anybody's things. */
export const isStaffWord = (who: string, { roles }: Actor): boolean =>
  who === 'staff' ? roles.length > 0 : roles.some((role) => role === who || (role === 'admin' && isRole(who)));

const isRole = (who: string): boolean => ['sales', 'stock', 'cloud', 'support', 'admin'].includes(who);
