/** `device list` and `device show`: an installer's devices, a client's own, for staff all; each with its timeline (E7, E8). */
import { command, lookedUp, required, type Suggest } from '../../command/define.js';
import { device } from '../../command/dictionary.js';
import { havingWords, listed, listFields, searchWords } from '../../command/listing.js';
import type { Data } from '../../command/outcome.js';
import { fullName, isStaff } from '../../guard/identity.js';
import type { Work } from '../../guard/work.js';
import { mailsAbout } from '../mails/about.js';
import type { Device, Tx } from '../../database/connect.js';
import { clientOf, keptClient, prefilled, worksFor } from './client.js';
import { awaiting, deviceRef, findDevice, type DeviceRow } from './device.js';
import { clientAt } from './enrolment.js';
import { installersOf } from './installer.js';
import { devicePanel } from './panel.js';
import { modelsOf } from './register.js';
import { deviceStates } from './states.js';

/** Whose devices the asker sees. What an installer has not registered yet is nobody else's business. */
function visibleTo({ actor }: Work): Readonly<Record<string, unknown>> {
  if (isStaff(actor)) return {};
  const { personId } = actor;
  return { OR: [{ installerId: personId }, { clientId: personId }] };
}

interface Listed {
  readonly row: Device;
  readonly installer: string;
  readonly model: string | null;
}

async function named(tx: Tx, rows: readonly Device[]): Promise<Listed[]> {
  const installers = await installersOf(
    tx,
    rows.map(({ installerId }) => installerId),
  );
  const models = await modelsOf(
    tx,
    rows.map(({ codeKey }) => codeKey),
  );
  return rows.map((row) => ({
    row,
    installer: installers.get(row.installerId)?.company ?? '',
    model: models.get(row.codeKey) ?? null,
  }));
}

const itemOf = ({ row, installer, model }: Listed): Record<string, unknown> => ({
  device: deviceRef(row.id),
  codeId: row.codeId,
  mac: row.mac,
  model,
  webAddress: row.webAddress,
  email: row.email,
  installer,
  state: row.state,
  createdAt: row.createdAt.toISOString(),
});

export const deviceList = command({
  name: 'device list',
  help: { fr: 'Lister ses dispositifs et où chacun en est', en: 'List one’s devices and where each stands' },
  who: ['person', 'staff'],
  reads: true,
  fields: listFields,
  run: (work, input) =>
    listed(work, input, {
      code: 'device.listed',
      states: Object.keys(deviceStates),
      sortable: {
        device: 'id',
        'code-id': 'codeKey',
        mac: 'mac',
        'web-address': 'webAddress',
        email: 'email',
        state: 'state',
        'created-at': 'createdAt',
      },
      searchColumn: 'searchText',
      where: visibleTo(work),
      count: (args) => work.tx.device.count(args),
      find: async (args) => named(work.tx, await work.tx.device.findMany(args)),
      item: itemOf,
    }),
});

/** One's own devices, by number, Code ID or the client's address. */
export const suggestDevices: Suggest = async (tx, { typed, work }) => {
  const rows = await tx.device.findMany({
    where: {
      ...visibleTo(work),
      state: { not: 'removed' },
      AND: havingWords(searchWords(typed)),
    },
    orderBy: { id: 'desc' },
    take: 25,
  });
  return rows.map((row) => lookedUp(deviceRef(row.id), deviceRef(row.id), row.codeId, row.email));
};

/** What came to pass, in its order. */
async function timeline(work: Work, row: DeviceRow): Promise<Data[]> {
  const steps = await work.tx.deviceStep.findMany({ where: { deviceId: row.id }, orderBy: { id: 'asc' } });
  const ids = steps.flatMap(({ personId }) => personId ?? []);
  const people = await work.tx.person.findMany({
    where: { id: { in: [...new Set(ids)] } },
    include: { addresses: { where: { main: true } } },
  });
  const name = (id: number | null): string | null => {
    const person = people.find((one) => one.id === id);
    return person ? fullName(person) || (person.addresses[0]?.email ?? null) : null;
  };
  return steps.map(({ step, at, personId }) => ({ state: step, at: at.toISOString(), by: name(personId) }));
}

/** What the asker may know of the client: what it has told itself, else what the installer gave. */
async function clientShown(work: Work, row: DeviceRow): Promise<Data> {
  const own = row.clientId === work.actor.personId;
  const person = row.clientId === null ? null : await work.tx.person.findUnique({ where: { id: row.clientId } });
  const told = person && (own || (await worksFor(work, person.id)) || (isStaff(work.actor) && row.state === 'active'));
  return told ? clientOf(person) : keptClient(row.client);
}

export const deviceShow = command({
  name: 'device show',
  help: {
    fr: 'Voir un dispositif, son histoire et le sort de ses courriers',
    en: 'See a device, its story and what became of its mails',
  },
  who: ['person', 'staff'],
  reads: true,
  fields: [required(device, { suggest: suggestDevices })],
  async run(work, input) {
    const row = await findDevice(work, input.device);
    const [shown] = await named(work.tx, [row]);
    if (!shown) throw new Error('a device has no line');
    const staff = isStaff(work.actor);
    const mails = await mailsAbout(work.tx, { object: deviceRef(row.id), staff });
    const { emails, personId } = work.actor;
    const installs = row.installerId === personId;
    const open = (awaiting as readonly string[]).includes(row.state);
    return {
      code: 'device.shown',
      data: {
        ...itemOf(shown),
        account: row.account,
        ...(await clientShown(work, row)),
        reason: row.reason,
        linkUntil: open ? (row.linkUntil?.toISOString() ?? null) : null,
        activatedAt: row.activatedAt?.toISOString() ?? null,
        remoteAccess: row.state === 'active' && row.accessRefusedAt === null,
        timeline: await timeline(work, row),
        // a client is shown its own mails, not the installer's
        mails: staff || installs ? mails : mails.filter(({ recipient }) => emails.includes(String(recipient))),
      },
      ...(installs && (row.state === 'checked' || row.state === 'entered')
        ? { panel: devicePanel(row, await prefilled(work, await clientAt(work, row.email))) }
        : {}),
    };
  },
});
