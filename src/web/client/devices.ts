/** What the devices' part of `/me` shows: a client's own with their remote accesses (E7, E9), and an installer's (E8). */
import type { RawInput } from '../../core/command/input.js';
import type { Data, Outcome } from '../../core/command/outcome.js';
import { ask, read } from '../asking.js';
import { devicesPerPage, type DeviceItem, type Devices, type OwnDevice } from './devices-page.js';
import type { Ctx, Door } from '../page-request.js';

/** Devices that one person has at home; what is more is not looked into. */
const ownAtMost = 20;
/** What an installer is still filling in is nobody else's, and what was removed is gone. */
const notShown = ['entered', 'checked', 'removed'];

interface About {
  readonly account: Data;
  readonly may: ReadonlySet<string>;
}

interface Listed {
  readonly items: readonly DeviceItem[];
  readonly total: number;
  readonly page: number;
}

/** Nothing for whoever has no device. */
export async function devicesOf(c: Ctx, door: Door, about: About): Promise<Devices | undefined> {
  const emails = about.account['emails'] as readonly string[];
  const list = async (input: RawInput): Promise<Listed> =>
    (await read(c, door, { command: 'device list', input })) as unknown as Listed;
  const isInstaller = c.var.visit.session?.actor.installer ?? false;
  const isStaff = (about.account['roles'] as readonly string[]).length > 0;
  // whoever sees others' devices too looks for those of their own addresses
  const asked = isInstaller || isStaff ? emails.map((search) => ({ search })) : [{}];
  const found = new Map<string, DeviceItem>();
  for (const input of asked)
    for (const item of (await list({ ...input, 'per-page': '100' })).items)
      if (!notShown.includes(item.state) && (!('search' in input) || emails.includes(item.email)))
        found.set(item.device, item);
  const own: OwnDevice[] = [];
  for (const item of [...found.values()].slice(0, ownAtMost))
    own.push(await ownDevice(c, door, { item, may: about.may }));
  const installed = isInstaller && !isStaff ? await list(pageOf(c)) : undefined;
  // a client's own are above, whoever has installed them
  const others = installed && {
    page: installed.page,
    total: installed.total - found.size,
    items: installed.items.filter(({ device }) => !found.has(device)),
  };
  if (own.length === 0 && !others?.total) return undefined;
  return { own, installed: others?.total ? others : undefined };
}

function pageOf(c: Ctx): RawInput {
  const page = c.req.query('devices') ?? '';
  return { 'per-page': String(devicesPerPage), page: /^[1-9]\d{0,4}$/.test(page) ? page : '1' };
}

async function ownDevice(
  c: Ctx,
  door: Door,
  { item, may }: { item: DeviceItem; may: ReadonlySet<string> },
): Promise<OwnDevice> {
  if (item.state !== 'active') return { item };
  const about = { device: item.device };
  const told = (command: string): Promise<Outcome | undefined> =>
    may.has(command) ? ask(c, door, { command, input: about }) : Promise.resolve(undefined);
  const [seen, granted] = [await told('device show'), await told('device grants')];
  return {
    item,
    ...(seen?.ok ? { remoteAccess: seen.data['remoteAccess'] === true } : {}),
    ...(granted?.ok ? { granted } : {}),
  };
}
