/** `device access`, `grants`, `revoke` and `consent`: remote access, as installer and client have it in hand (E9). */
import { command, optional, required, type Suggest } from '../../command/define.js';
import { accessUse, device, grant, minutes, page, remoteAccess } from '../../command/dictionary.js';
import type { Data } from '../../command/outcome.js';
import { Refusal } from '../../guard/refusal.js';
import type { AccessGrant } from '../../database/connect.js';
import { deviceRef, findDevice, wrongState } from './device.js';
import { findGrant, grantRef, openGrant, pageOfGrants, revoke, revokeGrants, stateOf } from './grants.js';
import { installersOf } from './installer.js';
import { suggestDevices } from './list-commands.js';

const minutesUnlessTold = 15;
const perPage = 25;

export const deviceAccess = command({
  name: 'device access',
  help: {
    fr: 'Ouvrir pour quelques minutes un accès à distance à un dispositif actif',
    en: 'Open remote access to an active device for a few minutes',
  },
  who: 'installer',
  proof: 'own',
  // its answer has the token
  secret: true,
  fields: [required(device, { suggest: suggestDevices }), optional(minutes), optional(accessUse)],
  async run(work, input) {
    const { row, token } = await openGrant(work, {
      device: input.device,
      minutes: input.minutes ?? minutesUnlessTold,
      use: input.use ?? 'once',
    });
    return {
      code: 'device.access-granted',
      data: {
        grant: work.made(grantRef(row.id)),
        device: deviceRef(row.deviceId),
        token: work.made(token),
        use: row.use,
        expires: row.expiresAt.toISOString(),
        state: row.state,
      },
    };
  },
});

export const deviceGrants = command({
  name: 'device grants',
  help: {
    fr: 'Voir qui a eu accès à distance à quel dispositif, et quand',
    en: 'See who had remote access to which device, and when',
  },
  who: ['person', 'staff'],
  reads: true,
  fields: [optional(device, { suggest: suggestDevices }), optional(page)],
  async run(work, input) {
    const number = input.page ?? 1;
    const { rows, total } = await pageOfGrants(work, {
      device: input.device,
      skip: (number - 1) * perPage,
      take: perPage,
    });
    const installers = await installersOf(
      work.tx,
      rows.map(({ personId }) => personId),
    );
    // a client knows it by its company, or its name
    const items = rows.map((row) =>
      itemOf(row, { now: work.now, installer: installers.get(row.personId)?.company || null }),
    );
    return { code: 'device.grants-listed', data: { items, total, page: number } };
  },
});

function itemOf(row: AccessGrant, { now, installer }: { now: Date; installer: string | null }): Data {
  const state = stateOf(row, now);
  const endedAt = state === 'expired' ? row.expiresAt : row.endedAt;
  return {
    grant: grantRef(row.id),
    device: deviceRef(row.deviceId),
    installer,
    use: row.use,
    state,
    createdAt: row.createdAt.toISOString(),
    expires: row.expiresAt.toISOString(),
    uses: row.uses,
    usedAt: row.usedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  };
}

/** Those that the asker may end. */
const suggestGrants: Suggest = async (_, { work }) => {
  const { rows } = await pageOfGrants(work, { running: true, skip: 0, take: 25 });
  return rows
    .filter((row) => stateOf(row, work.now) === 'active')
    .map((row) => {
      const name = `${grantRef(row.id)}, ${deviceRef(row.deviceId)}`;
      return { id: grantRef(row.id), names: { fr: name, en: name } };
    });
};

export const deviceRevoke = command({
  name: 'device revoke',
  help: { fr: 'Mettre fin à un accès à distance', en: 'End a remote access' },
  who: ['person', 'staff'],
  proof: 'own',
  fields: [required(grant, { suggest: suggestGrants })],
  async run(work, input) {
    const row = await findGrant(work, input.grant);
    await revoke(work, row);
    return {
      code: 'device.access-revoked',
      data: { grant: grantRef(row.id), device: deviceRef(row.deviceId), state: 'revoked' },
    };
  },
});

export const deviceConsent = command({
  name: 'device consent',
  help: {
    fr: 'Permettre ou refuser l’accès à distance à son dispositif',
    en: 'Allow or refuse remote access to a device of one’s own',
  },
  who: 'person',
  proof: 'own',
  fields: [required(device, { suggest: suggestDevices }), required(remoteAccess)],
  async run(work, input) {
    const row = await findDevice(work, input.device);
    // neither its installer nor staff decide that for a client
    if (row.clientId !== work.actor.personId)
      throw new Refusal('access.denied', { why: 'role', command: 'device consent' });
    if (row.state === 'removed') throw wrongState(row);
    const { count } = await work.tx.device.updateMany({
      where: { id: row.id, accessRefusedAt: input.remoteAccess ? { not: null } : null },
      data: { accessRefusedAt: input.remoteAccess ? null : work.now, updatedAt: work.now },
    });
    const object = deviceRef(row.id);
    if (count === 1)
      work.audit({ action: input.remoteAccess ? 'remote access allowed' : 'remote access refused', object });
    if (!input.remoteAccess) await revokeGrants(work, { deviceIds: [row.id] });
    return {
      code: 'device.consent-set',
      data: { device: object, remoteAccess: input.remoteAccess, changed: count === 1 ? ['remoteAccess'] : [] },
    };
  },
});
