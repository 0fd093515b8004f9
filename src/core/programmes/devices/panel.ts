/** A device that is being registered, where there is something to click: its client's details, and the way on (E3, E4). */
import type { Panel } from '../../command/outcome.js';
import { keptClient, missingOf, typedAgain, type ClientData } from './client.js';
import { deviceRef, type DeviceRow } from './device.js';

const client = {
  id: 'client',
  name: { fr: 'Client', en: 'Client' },
  fields: ['last-name', 'first-name', 'company', 'phone', 'locale'],
} as const;
const address = {
  id: 'address',
  name: { fr: 'Adresse', en: 'Address' },
  fields: ['street', 'zip', 'city', 'country'],
} as const;

/**
 * @param prefilled what the client has told about itself: shown where it is whole, so that registering as it stands is
 *   never refused for what the installer did not type
 */
export function devicePanel(row: DeviceRow, prefilled: ClientData): Panel {
  const given = { ...(missingOf(prefilled).length === 0 ? prefilled : {}), ...keptClient(row.client) };
  return {
    command: 'device edit',
    show: 'device show',
    by: 'device',
    number: deviceRef(row.id),
    menus: [],
    groups: [client, address],
    values: { 'web-address': row.webAddress, email: row.email, ...typedAgain(given) },
    missing: missingOf(given),
    actions: [
      {
        command: 'device add',
        input: { 'code-id': row.codeId, mac: row.mac, 'web-address': row.webAddress, email: row.email },
        name: { fr: 'Enregistrer le dispositif', en: 'Register the device' },
        style: 'main',
        ready: missingOf(given).length === 0,
      },
    ],
  };
}
