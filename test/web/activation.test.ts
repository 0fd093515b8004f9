/** E6: the page behind a device's mailed link: its client signs in, enters or corrects its data and confirms, once. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ground, type Ground } from './ground.js';
import {
  client,
  come,
  deviceRow,
  done,
  enrol,
  everything,
  given,
  good,
  installer,
  newInstaller,
  pathOf,
  personOf,
  settled,
  signedIn,
  stepsOf,
} from './activation-ground.js';

// every row there is is read again and again, and passwords take their time
vi.setConfig({ testTimeout: 60_000 });

let desk: Ground;
beforeEach(async () => {
  desk = await ground();
  await newInstaller(desk);
});
afterEach(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

const dayMs = 86_400_000;
/** A control of the form, as it stands in the page. */
const control = (text: string, name: string): string =>
  new RegExp(`<(?:input|select|textarea)[^>]*name="${name}"[^>]*>`).exec(text)?.[0].replace(/\s+/g, ' ') ?? '';
const valueOf = (text: string, name: string): string | undefined => /value="([^"]*)"/.exec(control(text, name))?.[1];

it('leads a new client from the letter to an active device', async () => {
  const device = await enrol(desk, client, given);
  const visitor = desk.visitor();
  const first = await visitor.get(device.path);
  expect(first.status).toBe(200);
  expect(first.headers['referrer-policy']).toBe('no-referrer');
  for (const shown of [device.codeId, 'Hub 4', 'Alarmes &lt;b&gt;&amp; Fils', 'Ivo Moreau', '14 December 2026'])
    expect(first.text).toContain(shown);
  // whoever holds the link alone is told nothing of the client
  for (const hidden of [client, 'Durand', 'Rennes']) expect(first.text).not.toContain(hidden);
  expect(await deviceRow(desk, device)).toMatchObject({ state: 'opened' });
  expect(await stepsOf(desk, device)).toEqual(['checked', 'registered', 'link-sent', 'opened']);

  await visitor.get('/sign-in');
  expect((await visitor.post('/sign-in', { email: client, password: device.password })).location).toBe(device.path);
  expect((await visitor.get(device.path)).location).toBe('/password');
  expect((await visitor.post(device.path, given, { page: '/password' })).location).toBe('/password');
  expect((await visitor.post('/password', { password: good })).location).toBe(device.path);
  const { text } = await visitor.get(device.path);
  for (const [name, value] of Object.entries(given)) {
    expect(valueOf(text, name)).toBe(value);
    expect(control(text, name)).toContain('aria-required="true"');
  }
  for (const name of ['company', 'phone', 'locale']) expect(control(text, name)).not.toContain('aria-required');
  expect(text.match(/aria-hidden="true">\*</g)).toHaveLength(6);

  const confirmed = await visitor.post(device.path, { ...given, street: '4 rue du Four', phone: '02 99 00 00 00' });
  expect(confirmed).toMatchObject({ status: 303, location: '/me' });
  const me = await visitor.get('/me');
  expect(me.text).toContain(`Your device ${device.codeId} is active.`);
  expect(await deviceRow(desk, device)).toMatchObject({
    state: 'active',
    activatedAt: desk.open.desk.clock(),
    client: '{}',
    searchText: expect.not.stringContaining('durand'),
  });
  expect(await personOf(desk, client)).toMatchObject({
    ...{ state: 'active', lastName: 'Durand', firstName: 'Zoé', street: '4 rue du Four', zip: '35000' },
    ...{ city: 'Rennes', country: 'FR', phone: '+33299000000', company: null },
  });
  expect((await stepsOf(desk, device)).slice(-2)).toEqual(['opened', 'active']);
  const audit = await desk.open.connection.reader.audit.findMany({ where: { action: 'device activated' } });
  expect(audit).toMatchObject([{ object: device.device, door: 'web' }]);
  const told = (await desk.mails(installer)).filter(({ letter }) => letter === 'device-step');
  expect(told.map(({ params }) => [params['step'], params['device']])).toEqual([['active', device.device]]);

  // the link has served; its client is told so calmly, anybody else nothing
  const again = await visitor.get(device.path);
  expect(again.status).toBe(410);
  expect(again.text).toContain('Your device is active already');
  const second = await visitor.post(device.path, given, { page: '/me' });
  expect(second.status).toBe(200);
  expect(second.text).toContain('Your device is active already');
  const stranger = await desk.visitor().get(device.path);
  expect(stranger.status).toBe(410);
  expect(stranger.text).toContain('Ask your installer to send it again');
  expect(stranger.text).not.toContain('active already');
});

it('shows a known client its own data, and no address put together from two', async () => {
  await settled(desk, client);
  await done(desk, 'account edit', { street: '9 quai Sud', company: 'Maison' }, client);
  const device = await enrol(desk, client, { ...given, phone: '+33299000000', company: 'Autre' });
  expect((await desk.mails(client)).filter(({ letter }) => letter.startsWith('device-'))).toHaveLength(1);
  const visitor = await signedIn(desk, client);
  const { text } = await visitor.get(device.path);
  expect(
    ['last-name', 'first-name', 'street', 'zip', 'city', 'company', 'phone'].map((name) => valueOf(text, name)),
  ).toEqual(['Morel', 'Anne', '9 quai Sud', '', '', 'Maison', '+33299000000']);
  const sent = { ...given, street: '9 quai Sud', company: '', phone: '', locale: 'fr' };
  expect((await visitor.post(device.path, sent)).location).toBe('/me');
  // what was emptied is gone; the answer comes in the language that was chosen
  expect(await personOf(desk, client)).toMatchObject({ company: null, phone: null, locale: 'fr', city: 'Rennes' });
  expect((await visitor.get('/me')).text).toContain(`Votre dispositif ${device.codeId} est actif.`);
});

it('keeps what was typed beside its faults, and changes nothing', async () => {
  const device = await enrol(desk, client, given);
  const visitor = await come(desk, device);
  await visitor.get(device.path);
  const before = await everything(desk);
  const typed = { 'last-name': 'Durand <i>', 'first-name': ' ', country: 'Atlantis', phone: '12', city: 'Rennes' };
  const faulty = await visitor.post(device.path, typed);
  expect(faulty.status).toBe(422);
  for (const fault of ['First name is needed', 'Street is needed', 'ZIP is needed', 'Country', 'Phone'])
    expect(faulty.text).toContain(fault);
  for (const name of ['first-name', 'street', 'zip', 'country', 'phone'])
    expect(control(faulty.text, name)).toContain('aria-invalid="true"');
  expect(control(faulty.text, 'last-name')).not.toContain('aria-invalid');
  expect(valueOf(faulty.text, 'last-name')).toBe('Durand &lt;i&gt;');
  expect(valueOf(faulty.text, 'country')).toBe('Atlantis');
  expect(valueOf(faulty.text, 'phone')).toBe('12');
  expect(valueOf(faulty.text, 'street')).toBe('');
  expect(await everything(desk)).toEqual(before);
  expect((await visitor.post(device.path, given)).location).toBe('/me');
});

it('is activated once, however many forms come at the same time', async () => {
  const device = await enrol(desk, client, given);
  const tabs = [await come(desk, device), await signedIn(desk, client), await signedIn(desk, client)];
  const answers = await Promise.all(
    [...tabs, ...tabs].map((tab, at) =>
      tab.post(device.path, { ...given, street: `${at} rue du Four` }, { page: '/me' }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 303]);
  for (const { status, text } of answers) if (status === 200) expect(text).toContain('Your device is active already');
  expect((await stepsOf(desk, device)).filter((step) => step === 'active')).toHaveLength(1);
  const won = answers.findIndex(({ status }) => status === 303);
  expect(await personOf(desk, client)).toMatchObject({ street: `${won} rue du Four` });
  const { reader } = desk.open.connection;
  expect(await reader.audit.count({ where: { action: 'device activated' } })).toBe(1);
  expect((await desk.mails(installer)).filter(({ letter }) => letter === 'device-step')).toHaveLength(1);
});

it('ends every other link of its device, and no other device’s', async () => {
  const device = await enrol(desk, client, given);
  const other = await enrol(desk, client, given);
  const visitor = await come(desk, device);
  await visitor.get(device.path);
  await done(desk, 'device edit', { device: device.device, 'web-address': 'http://new.example' }, installer);
  const { reader } = desk.open.connection;
  const links = () => reader.oneTimeLink.count({ where: { purpose: 'device', usedAt: null } });
  expect(await links()).toBe(2);
  await visitor.post(device.path, given);
  expect(await links()).toBe(1);
  expect((await visitor.get(other.path)).status).toBe(200);
});

it('comes back after a password was chosen by link, which ends no link to a device', async () => {
  await settled(desk, client);
  const device = await enrol(desk, client, given);
  const visitor = desk.visitor();
  await visitor.get(device.path);
  await visitor.post('/sign-in/link', { email: client }, { page: '/sign-in' });
  const letter = (await desk.mails(client)).findLast((mail) => mail.letter === 'password-link');
  const chosen = await visitor.post(pathOf(letter?.params['url']), { password: `${good} indeed` });
  expect(chosen.location).toBe(device.path);
  expect((await visitor.get(device.path)).text).toContain('Confirm and activate');
  // that is done: the next time it is one's own page again
  await visitor.post('/sign-out', {}, { page: '/me' });
  expect((await visitor.post('/sign-in', { email: client, password: `${good} indeed` })).location).toBe('/me');
});

it('holds for fourteen days', async () => {
  await settled(desk, client);
  const device = await enrol(desk, client, given);
  desk.pass(14 * dayMs - 1);
  const visitor = await signedIn(desk, client);
  expect((await visitor.get(device.path)).status).toBe(200);
  desk.pass(1);
  const before = await everything(desk);
  const late = await visitor.get(device.path);
  expect(late.status).toBe(410);
  expect(late.text).toContain('Ask your installer to send it again');
  expect((await visitor.post(device.path, given, { page: '/me' })).status).toBe(410);
  expect(await everything(desk)).toEqual(before);
});
