/** The part of the tour (tour.ts) that goes through installers, devices, remote access and personal data. */
import type { RawInput } from '../../src/core/command/input.js';
import type { Outcome } from '../../src/core/command/outcome.js';
import { newEmail, type AskOptions } from './ground.js';

type Ask = (command: string, input?: RawInput, options?: AskOptions) => Promise<Outcome>;

const valueOf = (outcome: Outcome, key: string): string => String((outcome.ok && outcome.data[key]) || '');
const csv = (text: string) => ({ name: 'register.csv', type: 'text/csv', content: Buffer.from(text) });

const client = {
  'last-name': 'Petit',
  'first-name': 'Léa',
  street: '3 rue Haute',
  zip: '69001',
  city: 'Lyon',
  country: 'FR',
};

/**
 * @param who.boss somebody who may do everything
 * @param who.come what the courier and the client's page do: the device comes to a state
 */
export async function toDevices(
  ask: Ask,
  { boss, come }: { boss: string; come: (device: string, to: 'link-sent' | 'active') => Promise<void> },
): Promise<void> {
  const by = { as: boss };
  await ask('device import', { file: csv('code-id;mac;model\nEL 1;00:1D:5A:00:00:01;Hub\nEL 2;oops;Hub\n') }, by);
  await ask(
    'device import',
    {
      file: csv('code-id;mac;model\nEL 1;00:1D:5A:00:00:01;Hub\nEL 2;00-1D-5A-00-00-02;Hub\nEL 3;001d.5a00.0003;\n'),
      yes: 'yes',
    },
    by,
  );
  const own = { as: newEmail('installer') };
  const firm = { company: 'Alarmes Durand', 'last-name': 'Durand', 'first-name': 'Zoé', phone: '0123456789' };
  await ask('installer show', {}, own);
  await ask('installer register', { ...firm, vat: 'FR123' }, own);
  await ask('installer register', firm, own);
  await ask('installer register', firm, own);
  await ask('installer register', { ...firm, email: newEmail() }, own);
  await ask('installer show', {}, own);
  await ask('installer edit', { city: 'Lyon' }, own);
  const email = newEmail('device');
  const given = { 'code-id': 'el1', mac: '00-1d-5a-00-00-01', 'web-address': 'http://10.0.0.2', email };
  await ask('device check', { ...given, mac: 'oops', 'web-address': 'javascript:alert(1)' }, own);
  await ask('device check', { ...given, mac: '00:1D:5A:00:00:02' }, own);
  const device = valueOf(await ask('device check', given, own), 'device');
  await ask('device edit', { device, 'last-name': 'Petit' }, own);
  await ask('device add', given, own);
  await ask('device add', { ...given, ...client }, own);
  await ask('device add', { ...given, ...client }, own);
  await ask('device resend', { device }, own);
  await ask('device edit', { device, email: newEmail('device') }, own);
  await ask('device edit', { device, email }, own);
  await ask('device access', { device }, own);
  await come(device, 'link-sent');
  await ask('device resend', { device }, own);
  await come(device, 'active');
  await ask('device list', {}, own);
  await ask('device show', { device }, own);
  await ask('device check', { ...given, 'code-id': 'EL 2', mac: '00:1D:5A:00:00:02' }, own);
  const grant = valueOf(await ask('device access', { device, use: 'session', minutes: '5' }, own), 'grant');
  await ask('device access', { device }, { ...own, door: 'mail' });
  await ask('device grants', { device }, { as: email });
  await ask('device revoke', { grant }, { as: email });
  await ask('device revoke', { grant }, { as: email });
  await ask('device consent', { device, 'remote-access': 'no' }, { as: email });
  await ask('device access', { device }, own);
  await ask('device consent', { device, 'remote-access': 'yes' }, { as: email });
  const removal = { device, reason: 'démonté' };
  await ask('device remove', removal, own);
  await ask('device remove', { ...removal, yes: 'yes' }, own);
  await ask('gateway add', { name: 'vpn-1' }, by);
  await ask('gateway add', { name: 'VPN-1' }, by);
  await ask('gateway list', {}, by);
  await ask('gateway remove', { name: 'vpn-1' }, by);
  await ask('gateway remove', { name: 'vpn-1' }, by);
  await ask('account export', {}, { as: email });
  await ask('account erase', { confirm: newEmail() }, { as: email });
  await ask('account erase', { confirm: email }, { as: email });
  await ask('account erase', { confirm: email, yes: 'yes' }, { as: email });
  await ask('account erase', { confirm: boss, yes: 'yes' }, by);
}
