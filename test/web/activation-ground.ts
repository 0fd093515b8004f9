/** An installer, clients and devices that wait for them: what the tests of the activation page stand on (E5, E6). */
import type { RawInput } from '../../src/core/command/input.js';
import { Prisma } from '../../src/core/database/connect.js';
import { reseller, type Ground, type Visitor } from './ground.js';

export const good = 'a phrase that is long enough';
export const installer = 'ivo@alarmes.example';
export const client = 'zoe@maison.example';
/** What an installer gives of a client. */
export const given = {
  'last-name': 'Durand',
  'first-name': 'Zoé',
  street: '3 rue du Four',
  zip: '35000',
  city: 'Rennes',
  country: 'FR',
} as const;

export async function newInstaller(desk: Ground): Promise<void> {
  const person = { 'last-name': 'Moreau', 'first-name': 'Ivo', phone: '+33 1 23 45 67 89', email: installer };
  await done(desk, 'installer register', { ...person, company: 'Alarmes <b>& Fils' });
}

/** Runs a command that has to go well, and answers its data. */
export async function done(
  desk: Ground,
  command: string,
  input: RawInput,
  as?: string,
): Promise<Readonly<Record<string, unknown>>> {
  const outcome = await desk.run(command, input, as);
  if (!outcome.ok) throw new Error(`${command}: ${JSON.stringify(outcome)}`);
  return outcome.data;
}

export interface Enrolled {
  /** `V-…` */
  readonly device: string;
  readonly id: number;
  readonly codeId: string;
  /** Of its link. */
  readonly path: string;
  /** The first password; nothing for a known client. */
  readonly password: string;
}

let count = 0;

/** A device registered for a client, its letters waiting in the outbox. */
export async function enrol(desk: Ground, email = client, data: RawInput = {}): Promise<Enrolled> {
  const n = String((count += 1)).padStart(2, '0');
  const codeId = `EL-00${n}`;
  const mac = `00:1D:5A:00:00:${n}`;
  const now = desk.open.desk.clock();
  await desk.open.desk.database.transact(({ tx }) =>
    tx.manufacturedDevice.create({
      data: { codeKey: codeId, codeId, mac, model: 'Hub 4', createdAt: now, updatedAt: now },
    }),
  );
  const added = await done(
    desk,
    'device add',
    { 'code-id': codeId, mac, 'web-address': 'http://box.example', email, ...data },
    installer,
  );
  const letters = (await desk.mails(email)).filter(({ params }) => params['device'] === added['device']);
  const device = String(added['device']);
  return {
    device,
    id: Number(device.slice(2)),
    codeId,
    path: pathOf(letters.find(({ letter }) => letter === 'device-activation')?.params['url']),
    password: String(letters.find(({ letter }) => letter === 'device-credentials')?.params['password'] ?? ''),
  };
}

export const pathOf = (url: unknown): string => new URL(String(url)).pathname;

export const deviceRow = (desk: Ground, { id }: Enrolled) =>
  desk.open.connection.reader.device.findUniqueOrThrow({ where: { id } });
export const stepsOf = async (desk: Ground, { id }: Enrolled): Promise<string[]> =>
  (await desk.open.connection.reader.deviceStep.findMany({ where: { deviceId: id }, orderBy: { id: 'asc' } })).map(
    ({ step }) => step,
  );
export const personOf = async (desk: Ground, email: string) =>
  (await desk.open.connection.reader.address.findUniqueOrThrow({ where: { email }, include: { person: true } })).person;

/** Somebody with a password of their own, and an account with data. */
export async function settled(desk: Ground, email: string): Promise<void> {
  const who = await reseller(desk, email);
  const visitor = desk.visitor();
  await visitor.post('/sign-in', { email: who.email, password: who.password });
  await visitor.post('/password', { password: good });
}

export async function signedIn(desk: Ground, email: string, password = good): Promise<Visitor> {
  const visitor = desk.visitor();
  await visitor.post('/sign-in', { email, password });
  return visitor;
}

/** The new client, signed in, with a password of its own. */
export async function come(desk: Ground, { password }: Enrolled, email = client): Promise<Visitor> {
  const visitor = await signedIn(desk, email, password);
  await visitor.post('/password', { password: good });
  return visitor;
}

/** Every row there is, but for sessions and for what a visit by itself leaves: that a link counts as opened. */
export async function everything(desk: Ground): Promise<Record<string, unknown[]>> {
  const tables = Object.values(Prisma.ModelName).filter((name) => !['Session', 'Attempt', 'DeviceStep'].includes(name));
  const unopened = ['registered', 'link-sent', 'opened'];
  const rows = await Promise.all(
    tables.map(async (table) => {
      const all = await desk.open.connection.reader.$queryRawUnsafe<Record<string, unknown>[]>(
        `SELECT * FROM "${table}" ORDER BY 1, 2`,
      );
      if (table !== 'Device') return all;
      return all.map(({ updatedAt, ...row }) =>
        unopened.includes(String(row['state'])) ? { ...row, state: 'open' } : { ...row, updatedAt },
      );
    }),
  );
  return Object.fromEntries(tables.map((table, at) => [table, rows[at] ?? []]));
}
