/**
 * The activation of a device by its client (E6): a mailed link shows what it is about, its client alone signs in, enters
 * or corrects its data and confirms. Looking changes nothing but that the link counts as opened.
 */
import { z } from 'zod';
import type { Form } from '../../command/define.js';
import { fieldContext } from '../../command/context.js';
import { understand, type RawInput } from '../../command/input.js';
import { identify, type Actor } from '../../guard/identity.js';
import { Refusal } from '../../guard/refusal.js';
import { createWork, type Desk, type Work } from '../../guard/work.js';
import { localeOf, type Locale } from '../../locales/locale.js';
import { anyLink, endDeviceLinks, spendLink } from '../parties/link.js';
import type { Person, Tx } from '../../database/connect.js';
import type { Unit } from '../../database/transact.js';
import { clientFields, clientOf, isRequired, keptClient, typedAgain, type ClientData } from './client.js';
import { deviceRef, move, type DeviceRow } from './device.js';
import { searchTextOf } from './enrolment.js';
import { installerOf } from './installer.js';
import { pairOf } from './register.js';
import type { DeviceState } from './states.js';
import { tellInstaller } from './notices.js';

/** What the client is asked: what an installer may leave out is needed now. */
export const activationForm: Form = {
  who: [],
  reads: true,
  uses: clientFields.map((use) => ({ field: use.field, required: isRequired(use) })),
};

/** What the page behind an open link says of the device. */
export interface ShownDevice {
  /** `V-…` */
  readonly device: string;
  readonly codeId: string;
  readonly model: string | undefined;
  readonly installer: { readonly company: string; readonly name: string };
  /** When the link ends. */
  readonly until: Date;
}

/**
 * What a link to a device is to whoever holds it: `stranger` has not signed in; `other` has, as somebody else; `active`
 * is told only to the client whose device it has become.
 */
export type Activation =
  | { readonly is: 'ended' }
  | { readonly is: 'active' }
  | { readonly is: 'other'; readonly email: string }
  | { readonly is: 'stranger'; readonly shown: ShownDevice; readonly unopened: boolean }
  | { readonly is: 'client'; readonly shown: ShownDevice; readonly unopened: boolean; readonly values: RawInput };

/** Somebody at the page. */
export interface Holder {
  readonly token: string;
  /** Who has signed in. */
  readonly personId: number | undefined;
  readonly ip: string | undefined;
  readonly locale: Locale;
}

export type Activated =
  /** In the client's language, which it may just have chosen. */
  | { readonly ok: true; readonly device: string; readonly codeId: string; readonly locale: Locale }
  | { readonly ok: false; readonly why: 'ended' | 'active' | 'other' }
  | { readonly ok: false; readonly why: 'faulty'; readonly faults: Readonly<Record<string, string>> };

const contentShape = z.object({ device: z.int() });

/** While its client may still activate it. */
const openStates: readonly DeviceState[] = ['registered', 'link-sent', 'opened'];

type Found =
  | { readonly is: 'ended' }
  | { readonly is: 'active' }
  | { readonly is: 'other' | 'stranger' | 'client'; readonly row: DeviceRow; readonly until: Date };

/** The device behind a link, and what it is to whoever holds it; nothing when the link is for something else. */
async function find(
  tx: Tx,
  desk: Desk,
  { token, personId }: Pick<Holder, 'token' | 'personId'>,
): Promise<Found | undefined> {
  const link = await anyLink(tx, desk, { token, now: desk.clock() });
  if (link?.purpose !== 'device') return undefined;
  const { device: id } = contentShape.parse(JSON.parse(link.content ?? ''));
  const row = (await tx.device.findUnique({ where: { id } })) as DeviceRow | null;
  // mailed to an address that has turned out to be the wrong one, it opens nothing any more
  if (!row || row.clientId === null || row.clientId !== link.personId) return { is: 'ended' };
  if (row.state === 'active' && row.clientId === personId) return { is: 'active' };
  if (link.ended || !openStates.includes(row.state)) return { is: 'ended' };
  const is = personId === undefined ? 'stranger' : personId === row.clientId ? 'client' : 'other';
  return { is, row, until: link.expiresAt };
}

/** What a page shows; nothing when the link is for something else. Changes nothing. */
export async function viewActivation(
  tx: Tx,
  desk: Desk,
  holder: Pick<Holder, 'token' | 'personId'>,
): Promise<Activation | undefined> {
  const found = await find(tx, desk, holder);
  if (!found || !('row' in found)) return found;
  const { is, row, until } = found;
  if (is === 'other') return { is, email: masked(row.email) };
  const { company, name } = await installerOf(tx, row.installerId);
  const model = (await pairOf(tx, row))?.model ?? undefined;
  const shown = { device: deviceRef(row.id), codeId: row.codeId, model, installer: { company, name }, until };
  const unopened = row.state !== 'opened';
  if (is === 'stranger') return { is, shown, unopened };
  const person = await tx.person.findUniqueOrThrow({ where: { id: row.clientId ?? 0 } });
  return { is, shown, unopened, values: typedAgain(prefilled(person, keptClient(row.client))) };
}

/** Enough to be recognised by whoever has the address: `z…@maison.example`. */
function masked(email: string): string {
  const at = email.lastIndexOf('@');
  return `${Array.from(email)[0] ?? ''}…${email.slice(at)}`;
}

const together: readonly (readonly (keyof ClientData)[])[] = [
  ['lastName', 'firstName'],
  ['street', 'zip', 'city', 'country'],
];

/** What the client has told about itself, else what its installer gave; no address is put together from both. */
function prefilled(person: Person, given: ClientData): ClientData {
  const own = clientOf(person);
  const replaced = together.filter((keys) => keys.some((key) => own[key] !== undefined)).flat();
  return {
    ...Object.fromEntries(Object.entries(given).filter(([key]) => !replaced.some((one) => one === key))),
    ...own,
  };
}

async function workOf(unit: Unit, desk: Desk, { personId = 0, ip, locale }: Holder): Promise<Work> {
  const actor: Actor = await identify(unit.tx, { kind: 'session', personId });
  return createWork(unit, { desk, actor, door: 'web', locale, ip });
}

/** On its way to be active the link has been opened, whatever the timeline has heard of its mail so far. */
async function opened(work: Work, row: DeviceRow): Promise<DeviceRow> {
  const sent = row.state === 'registered' ? await move(work, row, { to: 'link-sent' }) : row;
  return sent.state === 'link-sent' ? move(work, sent, { to: 'opened' }) : sent;
}

/** Notes once that an open link was opened, by its client or by somebody who has not signed in. */
export async function noteOpened(desk: Desk, holder: Holder): Promise<void> {
  await desk.database.transact(async (unit) => {
    const found = await find(unit.tx, desk, holder);
    if (found?.is === 'stranger' || found?.is === 'client') await opened(await workOf(unit, desk, holder), found.row);
  });
}

/**
 * The client confirms: its data are kept, every link to the device ends, and the device is active. Once, however many
 * forms are sent at the same time.
 * @returns nothing when the link is for something else
 */
export async function activate(
  desk: Desk,
  given: Holder & { personId: number; input: RawInput },
): Promise<Activated | undefined> {
  return desk.database.transact(async (unit): Promise<Activated | undefined> => {
    const found = await find(unit.tx, desk, given);
    if (!found) return undefined;
    if (found.is !== 'client') return { ok: false, why: found.is === 'stranger' ? 'ended' : found.is };
    const work = await workOf(unit, desk, given);
    const { tx, now } = work;
    const read = readForm(work, given.input);
    if ('faults' in read) return { ok: false, why: 'faulty', ...read };
    if (!(await spendLink(tx, desk, { token: given.token, now }))) return { ok: false, why: 'ended' };
    await endDeviceLinks(tx, found.row.id, now);
    const person = await keepData(work, found.row, read.data);
    const ready = await opened(work, found.row);
    // what the installer gave is done with: the data are the client's own now
    const client = '{}';
    const searchText = searchTextOf({ ...ready, client });
    const row = await move(work, ready, { to: 'active', activatedAt: now, client, searchText });
    work.audit({
      action: 'device activated',
      object: deviceRef(row.id),
      detail: { ip: given.ip ?? null, person, state: { before: ready.state, after: row.state } },
    });
    await tellInstaller(work, row, { step: 'active' });
    const locale = localeOf(read.data.locale, given.locale);
    return { ok: true, device: deviceRef(row.id), codeId: row.codeId, locale };
  });
}

function readForm(work: Work, raw: RawInput): { data: ClientData } | { faults: Readonly<Record<string, string>> } {
  const context = fieldContext(work.desk, { locale: work.locale, country: work.actor.country });
  try {
    return { data: understand(activationForm, raw, context).input };
  } catch (refusal) {
    if (refusal instanceof Refusal && refusal.fields) return { faults: refusal.fields };
    throw refusal;
  }
}

/** The form shows all there is: what was emptied in it is gone. */
async function keepData(work: Work, row: DeviceRow, data: ClientData): Promise<unknown> {
  const before = await work.tx.person.findUniqueOrThrow({ where: { id: row.clientId ?? 0 } });
  const after = { company: null, phone: null, ...data };
  const state = before.state === 'invited' ? 'active' : before.state;
  await work.tx.person.update({ where: { id: before.id }, data: { ...after, state } });
  return { before: { ...clientOf(before), state: before.state }, after: { ...data, state } };
}
