/** `/me` of a client and of an installer: devices, remote accesses, one's data; through real HTTP without scripts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activeDevice, newInstaller, type TestPerson } from '../core/device-ground.js';
import { ground, hours, minutes, type Answer, type Ground, type Visitor } from './ground.js';

let desk: Ground;
beforeEach(async () => {
  desk = await ground();
});
afterEach(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

const good = 'a phrase that is long enough';

/** Somebody who has signed up by a link. */
async function person(email: string): Promise<TestPerson & { visitor: Visitor }> {
  const visitor = desk.visitor();
  await visitor.post('/sign-in/link', { email }, { page: '/sign-in' });
  await visitor.post(await desk.link(email), { password: good });
  await desk.run('account edit', { 'last-name': 'Durand', 'first-name': 'Zoé', locale: 'en' }, email);
  const { personId } = await desk.open.connection.reader.address.findUniqueOrThrow({ where: { email } });
  return { personId, email, visitor };
}

const at = () => ({ desk: desk.open.desk });
const registered = () => newInstaller(at());

const send = (visitor: Visitor, fields: Record<string, string>, page = '/me') => visitor.post('/me', fields, { page });

/** The forms of a page as a browser would send them, by what their button says. */
function formsIn(page: string): { button: string; fields: Record<string, string> }[] {
  return [...page.matchAll(/<form[^>]*action="\/me"[^>]*>(.*?)<\/form>/gs)].map(([, inside = '']) => ({
    button: (/<button[^>]*>(.*?)<\/button>/s.exec(inside)?.[1] ?? '').replace(/<[^>]*>/g, '').trim(),
    fields: Object.fromEntries(
      [...inside.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
        name,
        value,
      ]),
    ) as Record<string, string>,
  }));
}

/** Presses the one button whose text begins so. */
function press(visitor: Visitor, page: Answer, beginning: string): Promise<Answer> {
  const found = formsIn(page.text).filter(({ button }) => button.startsWith(beginning));
  expect(found, beginning).toHaveLength(1);
  const { _mark: _, ...fields } = found[0]?.fields ?? {};
  return send(visitor, fields);
}

const section = (page: Answer, id: string): string =>
  new RegExp(`<section class="card" aria-labelledby="${id}".*?</section>`, 's').exec(page.text)?.[0] ?? '';
const plain = (text: string): string => text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

async function granted(device: string, installer: TestPerson): Promise<string> {
  const outcome = await desk.run('device access', { device, use: 'session' }, installer.email);
  if (!outcome.ok) throw new Error(outcome.code);
  return String(outcome.data['grant']);
}

describe('my devices', () => {
  it('are told of nobody who has none', async () => {
    const { visitor } = await person('zoe@maison.example');
    const me = await visitor.get('/me');
    expect(section(me, 'devices')).toBe('');
    expect(section(me, 'installed')).toBe('');
  });

  it('tell where each stands, and what there is left to do', async () => {
    const installer = await registered();
    const zoe = await person('zoe@maison.example');
    await activeDevice(at(), { installer, client: zoe });
    await activeDevice(at(), { installer, client: zoe, state: 'link-sent' });
    await activeDevice(at(), { installer, client: zoe, state: 'expired', webAddress: 'http://<b>box</b>.example' });
    await activeDevice(at(), { installer, client: zoe, state: 'removed', enrolledKey: null });
    const stranger = await person('tom@x.example');
    const foreign = await activeDevice(at(), { installer, client: stranger });
    const me = await zoe.visitor.get('/me');
    const shown = section(me, 'devices');
    expect([...shown.matchAll(/<h3>/g)]).toHaveLength(3);
    expect(plain(shown)).toMatch(
      /Device V-000001 Installer Alarmes \d+ Web address http:\/\/box-\d+\.example\.com State active/,
    );
    expect(shown).toContain('open the link in the mail');
    expect(plain(shown)).toMatch(/Its link no longer works: ask Alarmes \d+ for another one/);
    expect(shown).toContain('http://&lt;b&gt;box&lt;/b&gt;.example');
    expect(shown).not.toContain(foreign.codeId);
    expect(section(me, 'installed')).toBe('');
  });

  it('show who had access and when; an access is ended by its button', async () => {
    const installer = await registered();
    const zoe = await person('zoe@maison.example');
    await activeDevice(at(), { installer, client: zoe });
    expect(section(await zoe.visitor.get('/me'), 'devices')).toContain('No access so far.');
    const grant = await granted('V-000001', installer);
    const me = await zoe.visitor.get('/me');
    expect(plain(section(me, 'devices'))).toMatch(
      new RegExp(`${grant} session active 30 November 2026 at 10:00 30 November 2026 at 10:15 0 –`),
    );
    expect((await press(zoe.visitor, me, 'End it')).location).toBe('/me');
    const after = await zoe.visitor.get('/me');
    expect(after.text).toContain(`Access ${grant} has ended.`);
    expect(plain(section(after, 'devices'))).toMatch(new RegExp(`${grant} session revoked`));
    expect(after.text).not.toContain('End it');
    // the same form again is the same request; another page's button finds nothing to end
    expect((await press(zoe.visitor, me, 'End it')).location).toBe('/me');
    const late = await send(zoe.visitor, { _command: 'device revoke', _formless: 'yes', grant });
    expect(late.status).toBe(422);
    expect(late.text).toContain('role="alert"');
    const row = await desk.open.connection.reader.accessGrant.findFirstOrThrow();
    expect(row).toMatchObject({ state: 'revoked', endedById: zoe.personId });
  });

  it('list the latest ten accesses, and say of how many', async () => {
    const installer = await registered();
    const zoe = await person('zoe@maison.example');
    await activeDevice(at(), { installer, client: zoe });
    for (let count = 0; count < 12; count += 1) await granted('V-000001', installer);
    desk.pass(20 * minutes);
    const shown = section(await zoe.visitor.get('/me'), 'devices');
    expect(shown).toContain('Latest accesses: 10 of 12');
    expect([...shown.matchAll(/<th scope="row">(X-\d+)/g)].map(([, number]) => number)).toEqual(
      Array.from({ length: 10 }, (_, index) => `X-${String(12 - index).padStart(6, '0')}`),
    );
    expect(plain(shown)).not.toContain('active 30');
  });

  it('refuse remote access and allow it again', async () => {
    const installer = await registered();
    const zoe = await person('zoe@maison.example');
    const device = await activeDevice(at(), { installer, client: zoe });
    await granted('V-000001', installer);
    expect(
      (await press(zoe.visitor, await zoe.visitor.get('/me'), `Refuse remote access ${device.codeId}`)).location,
    ).toBe('/me');
    const refused = await zoe.visitor.get('/me');
    expect(refused.text).toContain('Remote access to the device is refused from now on.');
    expect(section(refused, 'devices')).toContain('You refuse every remote access.');
    expect(plain(section(refused, 'devices'))).toContain('revoked');
    expect((await desk.run('device access', { device: 'V-000001' }, installer.email)).ok).toBe(false);
    expect((await press(zoe.visitor, refused, 'Allow remote access')).location).toBe('/me');
    expect(section(await zoe.visitor.get('/me'), 'devices')).toContain('Your installer can ask');
    expect((await desk.run('device access', { device: 'V-000001' }, installer.email)).ok).toBe(true);
  });

  it('let nobody reach another’s device by a forged number', async () => {
    const installer = await registered();
    const zoe = await person('zoe@maison.example');
    const tom = await person('tom@x.example');
    await activeDevice(at(), { installer, client: zoe });
    await activeDevice(at(), { installer, client: tom });
    const grant = await granted('V-000001', installer);
    expect(
      (await send(tom.visitor, { _command: 'device consent', device: 'V-000001', 'remote-access': 'no' })).status,
    ).toBe(422);
    expect((await send(tom.visitor, { _command: 'device revoke', grant })).status).toBe(422);
    expect((await send(tom.visitor, { _command: 'device remove', device: 'V-000002', reason: 'x' })).status).toBe(404);
    const { reader } = desk.open.connection;
    expect(await reader.device.count({ where: { accessRefusedAt: { not: null } } })).toBe(0);
    expect(await reader.accessGrant.count({ where: { state: 'active' } })).toBe(1);
  });

  it('of staff are their own, not everybody’s', async () => {
    const installer = await registered();
    const zoe = await person('zoe@maison.example');
    const boss = await person('boss@x.example');
    await desk.run('staff grant', { email: boss.email, role: 'admin' });
    const others = await activeDevice(at(), { installer, client: zoe, searchText: zoe.email });
    expect((await boss.visitor.get('/me')).text).not.toContain(others.codeId);
    const own = await activeDevice(at(), { installer, client: boss, searchText: boss.email });
    const me = await boss.visitor.get('/me');
    expect(section(me, 'devices')).toContain(own.codeId);
    expect(me.text).not.toContain(others.codeId);
    expect(section(me, 'installed')).toBe('');
  });
});

describe('devices that somebody installed', () => {
  it('are listed in pages, apart from their own', async () => {
    const installer = await registered();
    const ivo = await person('ivo@alarmes.example');
    const data = { personId: ivo.personId, createdAt: desk.open.desk.clock() };
    await desk.open.desk.database.transact(({ tx }) => tx.installer.create({ data }));
    const zoe = await person('zoe@maison.example');
    const home = await activeDevice(at(), { installer, client: ivo, searchText: ivo.email });
    for (let count = 0; count < 27; count += 1)
      await activeDevice(at(), { installer: ivo, client: zoe, state: 'link-sent', searchText: zoe.email });
    const me = await ivo.visitor.get('/me');
    expect(section(me, 'devices')).toContain(home.codeId);
    const shown = section(me, 'installed');
    expect(shown).toContain('27 devices');
    expect(shown).toContain('Page 1 of 2');
    expect(plain(shown)).toContain('zoe@maison.example');
    expect(shown).not.toContain(home.codeId);
    const next = section(await ivo.visitor.get('/me?devices=2'), 'installed');
    expect([...next.matchAll(/<th scope="row">V-/g)].length).toBeGreaterThan(0);
    for (const odd of ['0', '-1', '99999999', 'x', '<script>'])
      expect((await ivo.visitor.get(`/me?devices=${encodeURIComponent(odd)}`)).status).toBe(200);
  });
});

describe('my data', () => {
  it('are taken along as a file, and only one’s own', async () => {
    const zoe = await person('zoe@maison.example');
    await person('tom@x.example');
    const file = await press(zoe.visitor, await zoe.visitor.get('/me'), 'Download my data');
    expect(file.status).toBe(200);
    expect(file.headers['content-disposition']).toMatch(/^attachment; filename="[\w.-]+"$/);
    expect(file.headers['cache-control']).toBe('no-store');
    expect(file.text).toContain('zoe@maison.example');
    expect(file.text).not.toContain('tom@x.example');
    expect((await send(zoe.visitor, { _command: 'account export', person: 'tom@x.example' })).status).toBe(403);
  });

  it('are erased only once what goes and what stays was seen and confirmed', async () => {
    const zoe = await person('zoe@maison.example');
    const { visitor } = zoe;
    const wrong = await send(visitor, { _command: 'account erase', confirm: 'tom@x.example' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('<a href="#account-erase-confirm">');
    const stateOf = async () =>
      (await desk.open.connection.reader.person.findUniqueOrThrow({ where: { id: zoe.personId } })).state;

    const preview = await send(visitor, { _command: 'account erase', confirm: ' Zoe@Maison.example ' });
    expect(preview.status).toBe(200);
    expect(section(preview, 'preview')).toMatch(/<table/);
    expect(await stateOf()).toBe('active');
    expect((await visitor.get('/me')).status).toBe(200);

    const other = await person('tom@x.example');
    const { fields = {} } = formsIn(section(preview, 'preview'))[0] ?? {};
    expect(fields['_pending']).toMatch(/^p[\w-]+$/);
    // somebody else's preview is nothing to confirm
    expect((await send(other.visitor, { _pending: fields['_pending'] ?? '' })).status).toBe(422);
    expect(await stateOf()).toBe('active');

    const done = await press(visitor, preview, 'Confirm');
    expect(done.status).toBe(200);
    expect(done.text).toContain('The account is erased.');
    expect(done.text).toContain('You are signed out.');
    expect(visitor.jar.has('guichet-session')).toBe(false);
    expect(await stateOf()).toBe('erased');
    expect((await visitor.get('/me')).location).toBe('/sign-in');
    expect((await visitor.post('/sign-in', { email: zoe.email, password: good })).status).toBe(403);
    expect((await desk.run('account show', {}, 'tom@x.example')).ok).toBe(true);
    // whoever has the address can begin again
    const anew = await person(zoe.email);
    expect(anew.personId).not.toBe(zoe.personId);
    expect((await anew.visitor.get('/me')).status).toBe(200);
  });

  it('a preview that has ended, or was cancelled by time, is asked for again', async () => {
    const { visitor } = await person('zoe@maison.example');
    const preview = await send(visitor, { _command: 'account erase', confirm: 'zoe@maison.example' });
    const { fields = {} } = formsIn(section(preview, 'preview'))[0] ?? {};
    desk.pass(48 * hours);
    const again = desk.visitor();
    await again.post('/sign-in', { email: 'zoe@maison.example', password: good });
    const late = await send(again, { _pending: fields['_pending'] ?? '' });
    expect(late.status).toBe(422);
    expect(late.text).toContain('This preview no longer holds. Ask for it again.');
    expect((await send(again, { _pending: 'p0' })).status).toBe(422);
    expect((await again.get('/me')).status).toBe(200);
  });
});
