/** Installers, clients and devices that are active already, for tests of what comes after (E6–E9). */
import type { Device } from '../../src/core/database/connect.js';
import { newEmail, type TestDesk } from './ground.js';

export interface TestPerson {
  readonly personId: number;
  readonly email: string;
}

/** What these need of a desk: a test's own, or one with a door. */
export type DeviceGround = Pick<TestDesk, 'desk'>;

let count = 0;

async function newPerson({ desk }: DeviceGround, person: { who: string; company?: string }): Promise<TestPerson> {
  const email = newEmail(person.who);
  const now = desk.clock();
  const { id } = await desk.database.transact(({ tx }) =>
    tx.person.create({
      data: {
        state: 'active',
        lastName: 'Meyer',
        firstName: person.who,
        company: person.company ?? null,
        locale: 'fr',
        createdAt: now,
        addresses: { create: { email, main: true, createdAt: now } },
      },
    }),
  );
  return { personId: id, email };
}

/** A registered installer with a company of its own. */
export async function newInstaller(ground: DeviceGround): Promise<TestPerson> {
  const person = await newPerson(ground, { who: 'installer', company: `Alarmes ${(count += 1)}` });
  const data = { personId: person.personId, createdAt: ground.desk.clock() };
  await ground.desk.database.transact(({ tx }) => tx.installer.create({ data }));
  return person;
}

/** Somebody who has signed in before, without any device yet. */
export const newClient = (ground: DeviceGround): Promise<TestPerson> => newPerson(ground, { who: 'client' });

/** A device that its client has confirmed, of a pair that the register knows. */
export async function activeDevice(
  { desk }: DeviceGround,
  { installer, client, ...more }: { installer: TestPerson; client: TestPerson } & Partial<Omit<Device, 'client'>>,
): Promise<Device> {
  const now = desk.clock();
  const number = (count += 1);
  const codeId = `EL-${String(number).padStart(8, '0')}`;
  const hex = number.toString(16).toUpperCase().padStart(6, '0');
  const mac = `00:1D:5A:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4)}`;
  return desk.database.transact(async ({ tx }) => {
    await tx.manufacturedDevice.create({
      data: { codeKey: codeId, codeId, mac, model: 'Hub', createdAt: now, updatedAt: now },
    });
    return tx.device.create({
      data: {
        installerId: installer.personId,
        codeId,
        codeKey: codeId,
        enrolledKey: codeId,
        mac,
        webAddress: `http://box-${number}.example.com`,
        email: client.email,
        clientId: client.personId,
        account: 'existing',
        locale: 'fr',
        door: 'terminal',
        state: 'active',
        createdAt: now,
        updatedAt: now,
        registeredAt: now,
        activatedAt: now,
        searchText: '',
        ...more,
      },
    });
  });
}

/** A pair that the manufacturer has built, as it is typed off the device. */
export async function builtPair({ desk }: DeviceGround): Promise<{ 'code-id': string; mac: string }> {
  const hex = (count += 1).toString(16).padStart(6, '0');
  const codeId = `BX ${hex.toUpperCase()}`;
  const mac = `00:1d:5b:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4)}`;
  const now = desk.clock();
  await desk.database.transact(({ tx }) =>
    tx.manufacturedDevice.create({
      data: {
        ...{ codeKey: codeId.replaceAll(' ', ''), codeId, mac: mac.toUpperCase(), model: 'Hub' },
        ...{ createdAt: now, updatedAt: now },
      },
    }),
  );
  return { 'code-id': codeId, mac };
}
