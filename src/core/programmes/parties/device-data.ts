/** What is held of a person as a client of devices, and as their installer (X11). */
import { printRef } from '../../guard/number.js';
import type { Work } from '../../guard/work.js';
import type { AccessGrant, Device } from '../../database/connect.js';

type Held = Readonly<Record<string, unknown>>;

/** Devices of which the person is the client, whole; those that it installed, without anything of their clients. */
export async function deviceData({ tx }: Work, personId: number): Promise<Held> {
  const mine = await tx.device.findMany({ where: { clientId: personId }, orderBy: { id: 'asc' } });
  const installed = await tx.device.findMany({ where: { installerId: personId }, orderBy: { id: 'asc' } });
  const companies = await tx.person.findMany({
    where: { id: { in: [...new Set(mine.map(({ installerId }) => installerId))] } },
    select: { id: true, company: true },
  });
  const steps = await tx.deviceStep.findMany({ where: { deviceId: { in: ids(mine) } }, orderBy: { id: 'asc' } });
  const grants = await tx.accessGrant.findMany({ where: { deviceId: { in: ids(mine) } }, orderBy: { id: 'asc' } });
  const taken = await tx.accessGrant.findMany({ where: { personId }, orderBy: { id: 'asc' } });
  return {
    devices: mine.map((row) => ({
      ...lifeOf(row),
      ...{ webAddress: row.webAddress, email: row.email, account: row.account, locale: row.locale },
      installer: companies.find(({ id }) => id === row.installerId)?.company ?? null,
      enteredByInstaller: JSON.parse(row.client) as unknown,
      ...{ linkedAt: row.linkedAt, linkUntil: row.linkUntil, accessRefusedAt: row.accessRefusedAt },
      steps: steps.filter(({ deviceId }) => deviceId === row.id).map(({ step, at }) => ({ step, at })),
      grants: grants.filter(({ deviceId }) => deviceId === row.id).map(grantOf),
    })),
    installedDevices: installed.map(lifeOf),
    grantsTaken: taken.map((row) => ({ device: printRef('V', row.deviceId), ...grantOf(row) })),
  };
}

const ids = (rows: readonly { readonly id: number }[]): number[] => rows.map(({ id }) => id);

const lifeOf = ({ id, codeId, mac, state, createdAt, registeredAt, activatedAt, endedAt }: Device): Held => ({
  ...{ device: printRef('V', id), codeId, mac, state, createdAt, registeredAt, activatedAt, endedAt },
});

const grantOf = ({ id, use, state, door, createdAt, expiresAt, uses, usedAt, endedAt }: AccessGrant): Held => ({
  ...{ grant: printRef('X', id), use, state, door, createdAt, expiresAt, uses, usedAt, endedAt },
});
