/** E6: whatever comes to a device's link that is not its client's own form changes nothing. */
import { createMailbox } from '../../src/core/ports/mailbox.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { linkFile } from '../../src/core/ports/file-links.js';
import { ground, type Ground, type Visitor } from './ground.js';
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
  type Enrolled,
} from './activation-ground.js';

// every row there is is read again and again, and passwords take their time
vi.setConfig({ testTimeout: 60_000 });

let desk: Ground;
let device: Enrolled;
beforeEach(async () => {
  desk = await ground();
  await newInstaller(desk);
  device = await enrol(desk, client, given);
});
afterEach(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

const bob = 'bob@ohms.example';
const form = { 'content-type': 'application/x-www-form-urlencoded' };

it('a scanner that fetches every link only opens it, once', async () => {
  const before = await everything(desk);
  for (let times = 0; times < 20; times += 1) {
    const head = await desk.send({ method: 'HEAD', path: device.path });
    expect([head.status, head.text]).toEqual([200, '']);
  }
  expect(await deviceRow(desk, device)).toMatchObject({ state: 'registered' });
  expect(await everything(desk)).toEqual(before);
  const looks = Array.from({ length: 20 }, () => desk.send({ path: device.path }));
  expect((await Promise.all(looks)).map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(await everything(desk)).toEqual(before);
  expect(await deviceRow(desk, device)).toMatchObject({ state: 'opened' });
  expect(await stepsOf(desk, device)).toEqual(['checked', 'registered', 'link-sent', 'opened']);
  // nor do other ways of asking
  for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH'])
    expect((await desk.send({ method, path: device.path })).status).toBe(404);
  expect((await desk.send({ method: 'POST', path: device.path, headers: form, body: '' })).status).toBe(403);
  expect(await everything(desk)).toEqual(before);
  const visitor = await come(desk, device);
  expect((await visitor.post(device.path, given)).location).toBe('/me');
});

it('one already on its way is opened without a step back', async () => {
  await desk.open.desk.database.transact(({ tx }) =>
    tx.device.update({ where: { id: device.id }, data: { state: 'link-sent' } }),
  );
  await desk.send({ path: device.path });
  expect(await stepsOf(desk, device)).toEqual(['checked', 'registered', 'opened']);
});

it('somebody else is told so, without being told whose it is', async () => {
  await settled(desk, bob);
  const stranger = await signedIn(desk, bob);
  const before = await everything(desk);
  const steps = await stepsOf(desk, device);
  const shown = await stranger.get(device.path);
  expect(shown.status).toBe(200);
  expect(shown.text).toContain('This link is for another account');
  expect(shown.text).toContain('z…@maison.example');
  for (const hidden of [client, device.codeId, 'Durand', 'Alarmes']) expect(shown.text).not.toContain(hidden);
  const posted = await stranger.post(device.path, given);
  expect(posted.status).toBe(403);
  expect(posted.text).not.toContain(client);
  expect(await everything(desk)).toEqual(before);
  expect(await stepsOf(desk, device)).toEqual(steps);
  // its installer is somebody else too, and so is staff
  await desk.run('staff grant', { email: bob, role: 'admin' });
  expect((await stranger.post(device.path, given)).status).toBe(403);
  expect(await deviceRow(desk, device)).toMatchObject({ state: 'registered' });
  // a browser says that it comes from nowhere, for the page has no referrer
  const out = await stranger.post(
    '/sign-out',
    {},
    { page: device.path, headers: { origin: 'null', 'sec-fetch-site': 'same-origin' } },
  );
  expect(out.location).toBe('/sign-in');
  const right = await stranger.post('/sign-in', { email: client, password: device.password });
  expect(right.location).toBe(device.path);
});

it('nobody in particular has to sign in first', async () => {
  const visitor = desk.visitor();
  await visitor.get(device.path);
  const before = await everything(desk);
  const posted = await visitor.post(device.path, given, { page: '/sign-in' });
  expect(posted.status).toBe(403);
  expect(posted.text).toContain('What is left to do');
  // one who came in with the first password only chooses another before
  await visitor.post('/sign-in', { email: client, password: device.password });
  const half = await visitor.post(device.path, given, { page: '/password' });
  expect(half.location).toBe('/password');
  const { Person, Device, OneTimeLink } = await everything(desk);
  expect({ Person, Device, OneTimeLink }).toEqual({
    Person: before['Person'],
    Device: before['Device'],
    OneTimeLink: before['OneTimeLink'],
  });
});

it('one who still owes the second factor’s code gives it first', async () => {
  await come(desk, device);
  const { id: personId } = await personOf(desk, client);
  const now = desk.open.desk.clock();
  await desk.open.desk.database.transact(({ tx }) =>
    tx.secondFactor.create({ data: { personId, secret: 'unread', createdAt: now, confirmedAt: now } }),
  );
  const half = desk.visitor();
  await half.get(device.path);
  expect((await half.post('/sign-in', { email: client, password: good })).location).toBe(device.path);
  expect((await half.get(device.path)).location).toBe('/sign-in');
  expect((await half.get('/sign-in')).location).toBe('/sign-in/code');
  const before = await everything(desk);
  const posted = await half.post(device.path, given, { page: '/sign-in/code' });
  expect(posted.location).toBe('/sign-in');
  expect(await everything(desk)).toEqual(before);
});

describe('another site’s form', () => {
  let visitor: Visitor;
  let before: unknown;
  beforeEach(async () => {
    visitor = await come(desk, device);
    await visitor.get(device.path);
    before = await everything(desk);
  });
  afterEach(async () => {
    expect(await everything(desk)).toEqual(before);
    // the client's own goes through: what stood in the way was not something else
    expect((await visitor.post(device.path, given)).location).toBe('/me');
  });

  it('without our mark', async () => {
    expect((await visitor.post(device.path, { ...given, _mark: '' })).status).toBe(403);
    expect((await visitor.post(device.path, { ...given, _mark: 'x' })).status).toBe(403);
    const cookie = [...visitor.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = new URLSearchParams(given).toString();
    expect((await desk.send({ method: 'POST', path: device.path, body, headers: { ...form, cookie } })).status).toBe(
      403,
    );
  });

  it('with the mark of another browser', async () => {
    const other = await desk.visitor().get('/sign-in');
    const _mark = /name="_mark" value="([^"]+)"/.exec(other.text)?.[1] ?? '';
    expect(_mark).not.toBe('');
    expect((await visitor.post(device.path, { ...given, _mark })).status).toBe(403);
  });

  it('from another origin, or from nowhere by another site', async () => {
    const sent = (headers: Record<string, string>) => visitor.post(device.path, given, { headers });
    expect((await sent({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await sent({ origin: 'null', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await sent({ origin: 'null', 'sec-fetch-site': 'same-site' })).status).toBe(403);
  });

  it('that is no form', async () => {
    const cookie = [...visitor.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const json = { 'content-type': 'application/json', cookie };
    const answer = await desk.send({ method: 'POST', path: device.path, body: JSON.stringify(given), headers: json });
    expect(answer.status).toBe(403);
    const large = { _mark: 'x', street: 'x'.repeat(300_000) };
    expect((await visitor.post(device.path, large)).status).toBe(413);
  });
});

describe('a link that is not, or no longer, good', () => {
  /** GET and POST answer alike, and nothing changes; answers the page. */
  async function dead(visitor: Visitor, path: string): Promise<string> {
    const before = await everything(desk);
    const steps = await stepsOf(desk, device);
    const [got, posted] = [await visitor.get(path), await visitor.post(path, given, { page: '/me' })];
    expect([got.status, posted.status]).toEqual([410, 410]);
    expect(posted.text).toContain('send it again');
    expect(await everything(desk)).toEqual(before);
    expect(await stepsOf(desk, device)).toEqual(steps);
    return got.text;
  }

  it('altered, or made up', async () => {
    const visitor = await come(desk, device);
    const token = device.path.slice('/t/'.length);
    const last = token.endsWith('A') ? 'B' : 'A';
    for (const path of [
      `/t/${token.slice(0, -1)}${last}`,
      `/t/${token}A`,
      `/t/${token.slice(1)}`,
      `/t/${token.toLowerCase() === token ? token.toUpperCase() : token.toLowerCase()}`,
      `/t/${'x'.repeat(43)}`,
      `/t/${device.device}`,
      `/t/${encodeURIComponent(`${token}' OR 1=1 --`)}`,
    ])
      expect(await dead(visitor, path)).toContain('ask them to send it again');
    expect((await visitor.get(device.path)).status).toBe(200);
  });

  it('of a device that was removed meanwhile', async () => {
    const visitor = await come(desk, device);
    expect((await visitor.get(device.path)).status).toBe(200);
    await done(desk, 'device remove', { device: device.device, reason: 'wrong box', yes: 'yes' }, installer);
    expect(await deviceRow(desk, device)).toMatchObject({ state: 'removed' });
    expect(await dead(visitor, device.path)).toContain('Ask your installer to send it again');
  });

  it('mailed to an address that was the wrong one', async () => {
    await settled(desk, bob);
    await done(desk, 'device edit', { device: device.device, email: bob }, installer);
    const right = await signedIn(desk, bob);
    await dead(right, device.path);
    const fresh = pathOf((await desk.mails(bob)).at(-1)?.params['url']);
    expect((await right.post(fresh, given)).location).toBe('/me');
  });

  it('opened, and mailed to another address since: nothing is left of the opening, and its bounce is told', async () => {
    await (await come(desk, device)).get(device.path);
    expect(await deviceRow(desk, device)).toMatchObject({ state: 'opened' });
    await done(desk, 'device edit', { device: device.device, email: 'zoe@maisn.example' }, installer);
    expect(await deviceRow(desk, device)).toMatchObject({ state: 'link-sent' });
    const { desk: core, connection } = desk.open;
    const about = { recipient: 'zoe@maisn.example', letter: 'device-activation' };
    const { id: mailId } = await connection.reader.outbox.findFirstOrThrow({ where: about });
    await core.database.transact(({ tx }) => tx.outbox.updateMany({ where: { id: mailId }, data: { state: 'sent' } }));
    await createMailbox(core).bounced({ mailId, messageId: undefined, reason: '550 no such domain' });
    expect(await deviceRow(desk, device)).toMatchObject({ state: 'bounced', reason: '550 no such domain' });
    expect((await desk.mails(installer)).filter(({ letter }) => letter === 'device-step')).toMatchObject([
      { params: { step: 'bounced', reason: '550 no such domain' } },
    ]);
    expect(await connection.reader.deviceStep.count({ where: { deviceId: device.id, step: 'opened' } })).toBe(1);
  });

  it('whose mail came back', async () => {
    await desk.open.desk.database.transact(({ tx }) =>
      tx.device.update({ where: { id: device.id }, data: { state: 'bounced' } }),
    );
    await dead(await come(desk, device), device.path);
  });

  it('that a newer one replaced', async () => {
    const visitor = await come(desk, device);
    await visitor.get(device.path);
    await done(desk, 'device resend', { device: device.device }, installer);
    await dead(visitor, device.path);
    const fresh = pathOf((await desk.mails(client)).at(-1)?.params['url']);
    expect(fresh).not.toBe(device.path);
    expect((await visitor.post(fresh, given)).location).toBe('/me');
  });
});

describe('links of different kinds never answer for each other', () => {
  it('one to a device chooses no password', async () => {
    await settled(desk, bob);
    const other = await enrol(desk, bob, given);
    const { passwordHash } = await personOf(desk, bob);
    const posted = await desk.visitor().post(other.path, { password: 'another good phrase' }, { page: '/sign-in' });
    expect(posted.status).toBe(403);
    const own = await signedIn(desk, bob);
    expect((await own.post(other.path, { password: 'another good phrase' })).status).toBe(422);
    expect(await personOf(desk, bob)).toMatchObject({ passwordHash });
  });

  it('one to a password activates nothing', async () => {
    await settled(desk, bob);
    const other = await enrol(desk, bob, given);
    await done(desk, 'account password', {}, bob);
    const path = pathOf((await desk.mails(bob)).at(-1)?.params['url']);
    const own = await signedIn(desk, bob);
    expect((await own.post(path, given, { page: '/me' })).status).toBe(422);
    expect(await deviceRow(desk, other)).toMatchObject({ state: 'registered' });
  });

  it('one to a file activates nothing', async () => {
    await settled(desk, bob);
    const other = await enrol(desk, bob, given);
    const file = { name: 'a.csv', type: 'text/csv', content: Buffer.from('a;b') };
    const link = await linkFile(desk.open.desk, { caller: { kind: 'address', email: bob }, file });
    const own = await signedIn(desk, bob);
    expect((await own.post(pathOf(link?.url), given)).text).toBe('a;b');
    expect(await deviceRow(desk, other)).toMatchObject({ state: 'registered' });
  });
});

it('the token stands in no table as it is', async () => {
  const token = device.path.slice('/t/'.length);
  await desk.send({ path: device.path });
  expect(JSON.stringify(await everything(desk))).not.toContain(token);
});
