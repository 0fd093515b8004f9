/** E9: remote access is opened by the installer for minutes, seen and ended by the client, and asked for by gateways. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { suggest } from '../../src/core/command/suggest.js';
import { createAccess, type Access } from '../../src/core/ports/access.js';
import { createWork } from '../../src/core/guard/work.js';
import { identify } from '../../src/core/guard/identity.js';
import { revokeGrants } from '../../src/core/programmes/devices/grants.js';
import { jobsOf } from '../../src/core/jobs.js';
import type { Device } from '../../src/core/database/connect.js';
import { createSchedule } from '../../src/core/database/schedule.js';
import { databases } from '../servers/databases.js';
import { activeDevice, newClient, newInstaller, type TestPerson } from './device-ground.js';
import { codeOf, fieldsOf, minuteMs, newEmail, newStaff, openTestDesk, secondMs, type TestDesk } from './ground.js';

const ref = ({ id }: Device) => `V-${String(id).padStart(6, '0')}`;

describe.each(databases())('remote access on $name', (provider) => {
  let desk: TestDesk;
  let access: Access;
  let admin: string;
  let gateways = 0;
  let key: string;
  let installer: TestPerson;
  let client: TestPerson;
  let device: Device;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    access = createAccess(desk.desk);
    admin = await newStaff(desk, 'admin');
  });
  afterAll(() => desk.close());
  beforeEach(async () => {
    // its own minute, gateway, installer, client and device: what one test does is not in another's way
    desk.clock.advance(60 * minuteMs);
    key = String((await desk.done('gateway add', { name: `VPN ${(gateways += 1)}` }))['key']);
    [installer, client] = [await newInstaller(desk), await newClient(desk)];
    device = await activeDevice(desk, { installer, client });
  });

  const open = (more: Record<string, string> = {}) =>
    desk.done('device access', { device: ref(device), ...more }, { as: installer.email });
  const ask = (token: unknown, asked: { key?: string; ip?: string } = {}) =>
    access.verify({ key, token: String(token), ip: '192.0.2.7', ...asked });
  const rowOf = (grant: unknown) =>
    desk.connection.reader.accessGrant.findUniqueOrThrow({ where: { id: Number(String(grant).slice(2)) } });
  const audited = async (object: unknown) => {
    const rows = await desk.connection.reader.audit.findMany({
      where: { object: String(object) },
      orderBy: { seq: 'asc' },
    });
    return rows.map(({ action }) => action);
  };
  /** Every cell of every table, as text. */
  const everything = async () =>
    JSON.stringify(await desk.dump(), (_, cell: unknown) => (typeof cell === 'bigint' ? String(cell) : cell));

  describe('device access', () => {
    test('answers a token for fifteen minutes and one use, unless told', async () => {
      const granted = await open();
      expect(granted).toEqual({
        grant: expect.stringMatching(/^X-\d{6}$/) as string,
        device: ref(device),
        token: expect.stringMatching(/^[\w-]{24}$/) as string,
        use: 'once',
        expires: new Date(desk.clock().getTime() + 15 * minuteMs).toISOString(),
        state: 'active',
      });
      const told = await open({ minutes: '5', use: 'session' });
      expect(told).toMatchObject({
        use: 'session',
        expires: new Date(desk.clock().getTime() + 5 * minuteMs).toISOString(),
      });
      expect(told['token']).not.toBe(granted['token']);
      expect(await audited(granted['grant'])).toEqual(['access granted']);
    });

    test('takes the Code ID in any case', async () => {
      expect(await open({ device: device.codeId.toLowerCase() })).toMatchObject({ device: ref(device) });
    });

    test('keeps of the token only a keyed hash: it stands nowhere, nor does a gateway’s key', async () => {
      const { grant, token } = await open();
      await ask(token);
      await ask('x'.repeat(24));
      await desk.done('device access', { device: ref(device) }, { as: installer.email, key: 'again' });
      const first = await desk.done('device access', { device: ref(device) }, { as: installer.email, key: 'again' });
      const all = await everything();
      expect(all).toContain((await rowOf(grant)).tokenHash);
      for (const secret of [token, first['token'], key]) expect(all).not.toContain(String(secret));
    });

    test('the same key is answered with the first token and makes one grant', async () => {
      const asked = () => desk.done('device access', { device: ref(device) }, { as: installer.email, key: 'k-1' });
      const [one, two] = [await asked(), await asked()];
      expect(two).toEqual(one);
      expect(await desk.connection.reader.accessGrant.count({ where: { deviceId: device.id } })).toBe(1);
    });

    test('a dry run makes nothing', async () => {
      const before = await desk.connection.reader.accessGrant.count();
      const outcome = await desk.ask('device access', { device: ref(device) }, { as: installer.email, dryRun: true });
      expect(outcome).toMatchObject({
        ok: true,
        dryRun: true,
        data: { grant: null, token: null, device: ref(device) },
      });
      expect(await desk.connection.reader.accessGrant.count()).toBe(before);
    });

    test('no more than fifteen minutes, and never by mail', async () => {
      const long = await desk.ask('device access', { device: ref(device), minutes: '16' }, { as: installer.email });
      expect([codeOf(long), fieldsOf(long)]).toEqual(['input.invalid', ['minutes']]);
      const byMail = await desk.ask(
        'device access',
        { device: ref(device) },
        { caller: { kind: 'address', email: installer.email }, door: 'mail' },
      );
      expect(codeOf(byMail)).toBe('access.denied');
      expect(await desk.connection.reader.accessGrant.count({ where: { deviceId: device.id } })).toBe(0);
    });

    test('is its installer’s alone: not another’s, not its client’s, not staff’s', async () => {
      const other = await newInstaller(desk);
      const input = { device: ref(device) };
      expect(await desk.ask('device access', input, { as: other.email })).toMatchObject({
        code: 'object.unknown',
        fields: { device: expect.any(String) as string },
      });
      expect(codeOf(await desk.ask('device access', input, { as: client.email }))).toBe('access.denied');
      expect(codeOf(await desk.ask('device access', input, { as: admin }))).toBe('access.denied');
      expect(codeOf(await desk.ask('device access', input))).toBe('access.denied');
      // an installer who works for the vendor sees every device, but opens only its own
      await desk.done('staff grant', { email: other.email, role: 'admin' });
      expect(codeOf(await desk.ask('device access', input, { as: other.email }))).toBe('object.unknown');
    });

    test('only to an active device', async () => {
      const opened = await activeDevice(desk, { installer, client, state: 'opened' });
      expect(await desk.ask('device access', { device: ref(opened) }, { as: installer.email })).toMatchObject({
        code: 'state.wrong',
        message: expect.stringContaining(ref(opened)) as string,
      });
    });

    test('not when the client refuses it', async () => {
      await desk.done('device consent', { device: ref(device), 'remote-access': 'no' }, { as: client.email });
      const outcome = await desk.ask('device access', { device: ref(device) }, { as: installer.email, locale: 'en' });
      expect(codeOf(outcome)).toBe('access.denied');
      await desk.done('device consent', { device: ref(device), 'remote-access': 'yes' }, { as: client.email });
      expect(await open()).toMatchObject({ state: 'active' });
    });
  });

  describe('device grants', () => {
    const items = async (as: string, input: Record<string, string> = {}) =>
      (await desk.done('device grants', input, { as }))['items'] as Record<string, unknown>[];

    test('shows the client who had access, when, and whether it was used', async () => {
      const once = await open();
      const session = await open({ use: 'session' });
      const later = await open({ minutes: '1' });
      desk.clock.advance(30 * secondMs);
      await ask(once['token']);
      await ask(session['token']);
      await ask(session['token']);
      desk.clock.advance(40 * secondMs);
      const shown = await items(client.email);
      expect(shown.map(({ grant, state, use, uses }) => ({ grant, state, use, uses }))).toEqual([
        { grant: later['grant'], state: 'expired', use: 'once', uses: 0 },
        { grant: session['grant'], state: 'active', use: 'session', uses: 2 },
        { grant: once['grant'], state: 'used', use: 'once', uses: 1 },
      ]);
      expect(shown[0]).toMatchObject({ endedAt: later['expires'], usedAt: null, device: ref(device) });
      expect(shown[2]?.['installer']).toMatch(/^Alarmes \d+$/);
      expect(shown[2]?.['endedAt']).toBe(shown[2]?.['usedAt']);
      expect(JSON.stringify(shown)).not.toContain(String(once['token']));
    });

    test('is about one’s own devices; staff see all', async () => {
      const { grant } = await open();
      const [otherInstaller, otherClient] = [await newInstaller(desk), await newClient(desk)];
      const other = await activeDevice(desk, { installer: otherInstaller, client: otherClient });
      const theirs = await desk.done('device access', { device: ref(other) }, { as: otherInstaller.email });
      expect((await items(installer.email)).map((item) => item['grant'])).toEqual([grant]);
      expect((await items(client.email)).map((item) => item['grant'])).toEqual([grant]);
      expect((await items(otherClient.email)).map((item) => item['grant'])).toEqual([theirs['grant']]);
      expect((await items(admin)).slice(0, 2).map((item) => item['grant'])).toEqual([theirs['grant'], grant]);
      expect((await items(admin, { device: ref(device) })).map((item) => item['grant'])).toEqual([grant]);
      const foreign = await desk.ask('device grants', { device: ref(other) }, { as: client.email });
      expect([codeOf(foreign), fieldsOf(foreign)]).toEqual(['object.unknown', ['device']]);
    });

    test('pages by 25, newest first', async () => {
      const made: unknown[] = [];
      for (let count = 0; count < 27; count += 1) made.unshift((await open())['grant']);
      const first = await desk.done('device grants', {}, { as: client.email });
      const second = await desk.done('device grants', { page: '2' }, { as: client.email });
      expect([first['total'], first['page'], second['page']]).toEqual([27, 1, 2]);
      const numbers = [first, second].map((page) => (page['items'] as { grant: string }[]).map(({ grant }) => grant));
      expect(numbers.map(({ length }) => length)).toEqual([25, 2]);
      expect(numbers.flat()).toEqual(made);
    });
  });

  describe('device revoke', () => {
    test('by the installer, the client or staff; then it is over', async () => {
      for (const as of [installer.email, client.email, admin]) {
        const { grant, token } = await open({ use: 'session' });
        expect(await desk.done('device revoke', { grant: String(grant) }, { as })).toEqual({
          grant,
          device: ref(device),
          state: 'revoked',
        });
        expect(await ask(token)).toEqual({ state: 'denied', stranger: false });
        const again = await desk.ask('device revoke', { grant: String(grant) }, { as });
        expect(codeOf(again)).toBe('state.wrong');
        expect(await rowOf(grant)).toMatchObject({ state: 'revoked', endedAt: desk.clock(), uses: 0 });
        expect(await audited(grant)).toEqual(['access granted', 'access revoked', 'access turned away']);
      }
    });

    test('nobody else learns that there is one', async () => {
      const { grant } = await open();
      for (const as of [(await newInstaller(desk)).email, (await newClient(desk)).email]) {
        const another = await desk.ask('device revoke', { grant: String(grant) }, { as });
        expect([codeOf(another), fieldsOf(another)]).toEqual(['object.unknown', ['grant']]);
      }
      expect(codeOf(await desk.ask('device revoke', { grant: 'X-999999' }, { as: admin }))).toBe('object.unknown');
      expect((await rowOf(grant)).state).toBe('active');
    });

    test('offers those that hold, of one’s own devices', async () => {
      const [late, used, good] = [await open({ minutes: '1' }), await open(), await open()];
      await ask(used['token']);
      desk.clock.advance(minuteMs);
      const offered = async ({ personId }: TestPerson) => {
        const typing = { door: 'web', command: 'device revoke', field: 'grant', typed: '' } as const;
        const offers = await suggest(desk.open.dispatcher, { ...typing, caller: { kind: 'session', personId } });
        return offers.map(({ value }) => value);
      };
      expect(late['grant']).toBeDefined();
      expect(await offered(client)).toEqual([good['grant']]);
      expect(await offered(installer)).toEqual([good['grant']]);
      expect(await offered(await newClient(desk))).toEqual([]);
    });

    test('not what has ended by itself or was used', async () => {
      const [late, used] = [await open({ minutes: '1' }), await open()];
      await ask(used['token']);
      desk.clock.advance(minuteMs);
      for (const { grant } of [late, used])
        expect(codeOf(await desk.ask('device revoke', { grant: String(grant) }, { as: client.email }))).toBe(
          'state.wrong',
        );
    });
  });

  describe('device consent', () => {
    test('refusing ends every grant that still holds, in the same step', async () => {
      const [one, two, used] = [await open(), await open({ use: 'session' }), await open()];
      await ask(used['token']);
      const set = await desk.done(
        'device consent',
        { device: ref(device), 'remote-access': 'no' },
        { as: client.email },
      );
      expect(set).toEqual({ device: ref(device), remoteAccess: false, changed: ['remoteAccess'] });
      expect((await rowOf(one['grant'])).state).toBe('revoked');
      expect(await rowOf(two['grant'])).toMatchObject({ state: 'revoked', endedById: client.personId });
      expect((await rowOf(used['grant'])).state).toBe('used');
      for (const { token } of [one, two]) expect(await ask(token)).toMatchObject({ state: 'denied' });
      // saying it again changes nothing
      await desk.done('device consent', { device: ref(device), 'remote-access': 'no' }, { as: client.email });
      expect(await audited(ref(device))).toEqual(['remote access refused']);
      await desk.done('device consent', { device: ref(device), 'remote-access': 'yes' }, { as: client.email });
      // what was ended stays so
      for (const { token } of [one, two]) expect(await ask(token)).toMatchObject({ state: 'denied' });
    });

    test('is the client’s alone', async () => {
      const input = { device: ref(device), 'remote-access': 'no' };
      expect(codeOf(await desk.ask('device consent', input, { as: installer.email }))).toBe('access.denied');
      for (const as of [admin, (await newClient(desk)).email])
        expect(codeOf(await desk.ask('device consent', input, { as }))).toBe('object.unknown');
      const row = await desk.connection.reader.device.findUniqueOrThrow({ where: { id: device.id } });
      expect(row.accessRefusedAt).toBeNull();
    });

    test('not about a device that is gone', async () => {
      const gone = await activeDevice(desk, { installer, client, state: 'removed', enrolledKey: null });
      const outcome = await desk.ask(
        'device consent',
        { device: ref(gone), 'remote-access': 'no' },
        { as: client.email },
      );
      expect(codeOf(outcome)).toBe('state.wrong');
    });
  });

  test('a device that is removed takes its grants along, and no other’s', async () => {
    const other = await activeDevice(desk, { installer, client });
    const kept = await desk.done('device access', { device: ref(other) }, { as: installer.email });
    const [one, two] = [await open(), await open()];
    const ended = await desk.desk.database.transact(async (unit) => {
      const actor = await identify(unit.tx, { kind: 'operator', as: installer.email });
      const work = createWork(unit, { desk: desk.desk, actor, door: 'terminal', locale: 'fr' });
      return revokeGrants(work, { deviceIds: [device.id] });
    });
    expect(ended).toEqual([one['grant'], two['grant']]);
    expect(await ask(one['token'])).toMatchObject({ state: 'denied' });
    expect(await ask(kept['token'])).toMatchObject({ state: 'granted', device: ref(other) });
  });

  test('the schedule marks what is over, once', async () => {
    const [short, long] = [await open({ minutes: '1' }), await open()];
    const schedule = createSchedule({
      database: desk.desk.database,
      clock: desk.clock,
      jobs: jobsOf(desk.desk, async () => undefined).filter(({ name }) => name === 'remote access that ends'),
      onError: (error) => expect(error).toBeUndefined(),
    });
    desk.clock.advance(minuteMs);
    await schedule.tick();
    expect((await rowOf(short['grant'])).state).toBe('expired');
    expect((await rowOf(long['grant'])).state).toBe('active');
    expect(await audited(short['grant'])).toEqual(['access granted', 'access expired']);
    // without anybody's name on it
    const { actorId } = await desk.connection.reader.audit.findFirstOrThrow({
      where: { action: 'access expired', object: String(short['grant']) },
    });
    expect(actorId).toBeNull();
    desk.clock.advance(minuteMs);
    await schedule.tick();
    expect(await audited(short['grant'])).toHaveLength(2);
  });

  describe('a gateway’s question', () => {
    test('is answered with the device and how long, once', async () => {
      const { token, grant, expires } = await open();
      expect(await ask(token)).toEqual({ state: 'granted', device: ref(device), grant, expires });
      expect(await ask(token)).toEqual({ state: 'denied', stranger: false });
      expect(await rowOf(grant)).toMatchObject({ state: 'used', uses: 1, usedAt: desk.clock() });
      expect(await audited(grant)).toEqual(['access granted', 'access verified', 'access turned away']);
    });

    test('of fifty at the same moment one is let in, also where two processes are asked', async () => {
      const other = createAccess((await desk.another()).desk);
      const { token, grant } = await open();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, at) =>
          (at % 2 ? access : other).verify({ key, token: String(token), ip: undefined }),
        ),
      );
      expect(answers.filter(({ state }) => state === 'granted')).toHaveLength(1);
      expect(answers.filter(({ state }) => state === 'denied')).toHaveLength(49);
      expect((await rowOf(grant)).uses).toBe(1);
    });

    test('a session holds until it ends, every time counted', async () => {
      const { token, grant } = await open({ use: 'session', minutes: '2' });
      for (let count = 0; count < 3; count += 1) expect(await ask(token)).toMatchObject({ state: 'granted' });
      desk.clock.advance(2 * minuteMs - 1);
      expect(await ask(token)).toMatchObject({ state: 'granted' });
      desk.clock.advance(1);
      expect(await ask(token)).toEqual({ state: 'denied', stranger: false });
      expect(await rowOf(grant)).toMatchObject({ uses: 4 });
    });

    test.each([
      ['removed', { state: 'removed', enrolledKey: null }],
      ['refused by its client', { accessRefusedAt: new Date() }],
      ['of another installer by now', { installerId: 1 }],
    ] as const)('not for a device that is %s', async (_, data) => {
      const { token, grant } = await open();
      await desk.desk.database.transact(({ tx }) => tx.device.update({ where: { id: device.id }, data }));
      expect(await ask(token)).toEqual({ state: 'denied', stranger: false });
      expect((await rowOf(grant)).uses).toBe(0);
    });

    test('not for an installer that was suspended meanwhile', async () => {
      const { token } = await open();
      await desk.desk.database.transact(({ tx }) =>
        tx.person.update({ where: { id: installer.personId }, data: { state: 'suspended' } }),
      );
      expect(await ask(token)).toEqual({ state: 'denied', stranger: false });
    });

    test('each is in the audit with its reason, also one about no grant', async () => {
      const name = `VPN ${gateways}`;
      const { token, grant } = await open();
      const altered = `${String(token).slice(0, -1)}${String(token).endsWith('A') ? 'B' : 'A'}`;
      await ask(altered);
      await access.verify({ key, token: undefined, ip: undefined });
      await ask(token);
      await ask(token);
      const rows = await desk.connection.reader.audit.findMany({
        where: { action: { startsWith: 'access ' }, actorId: null },
        orderBy: { seq: 'desc' },
        take: 4,
      });
      const details = await desk.connection.reader.auditDetail.findMany({
        where: { seq: { in: rows.map(({ seq }) => seq) } },
        orderBy: { seq: 'asc' },
      });
      expect(rows.reverse().map(({ action, object, door }) => [action, object, door])).toEqual([
        ['access turned away', null, 'web'],
        ['access turned away', null, 'web'],
        ['access verified', grant, 'web'],
        ['access turned away', grant, 'web'],
      ]);
      expect(details.map(({ detail }) => JSON.parse(String(detail)) as unknown)).toEqual([
        { gateway: name, result: 'unknown' },
        { gateway: name, result: 'unreadable' },
        { gateway: name, result: 'granted', device: ref(device) },
        { gateway: name, result: 'used', device: ref(device) },
      ]);
      expect(await desk.done('audit verify', {})).toBeDefined();
    });

    test('as often a minute as the policy says, each gateway for itself', async () => {
      const most = desk.desk.catalogue.policy.limits.accessVerificationsPerMinute;
      const { token } = await open({ use: 'session' });
      const first = await Promise.all(Array.from({ length: most }, () => ask(token)));
      expect(first.filter(({ state }) => state === 'granted')).toHaveLength(most);
      desk.clock.advance(20 * secondMs);
      expect(await ask(token)).toEqual({ state: 'limited', retryAfterS: 40 });
      const other = String((await desk.done('gateway add', { name: 'VPN Lyon' }))['key']);
      expect(await ask(token, { key: other })).toMatchObject({ state: 'granted' });
      desk.clock.advance(40 * secondMs);
      expect(await ask(token)).toMatchObject({ state: 'granted' });
      await desk.done('gateway remove', { name: 'VPN Lyon' });
      // what is over is not kept: one row for the last question
      const kept = await desk.connection.reader.attempt.count({
        where: { key: { startsWith: 'gateway ' }, at: { gt: new Date(desk.clock().getTime() - 30 * minuteMs) } },
      });
      expect(kept).toBeLessThanOrEqual(2);
    });

    test('of a key that is nobody’s thirty a minute from one place; the known ones go on', async () => {
      const { token } = await open({ use: 'session' });
      const foreign = `gk_${'x'.repeat(24)}`;
      const first = await Promise.all(Array.from({ length: 40 }, () => ask(token, { key: foreign })));
      expect(first.filter(({ state }) => state === 'denied')).toHaveLength(30);
      expect(first.filter(({ state }) => state === 'limited')).toHaveLength(10);
      expect(await ask(token, { key: 'no key at all' })).toMatchObject({ state: 'limited', retryAfterS: 60 });
      expect(await ask(token, { key: foreign, ip: '192.0.2.8' })).toEqual({ state: 'denied', stranger: true });
      expect(await ask(token)).toMatchObject({ state: 'granted' });
    });
  });

  describe('gateway', () => {
    test('is added by an admin, listed without its key, and removed', async () => {
      const added = await desk.done('gateway add', { name: 'VPN Nord (Lille)' }, { as: admin });
      expect(added).toEqual({
        gateway: 'VPN Nord (Lille)',
        name: 'VPN Nord (Lille)',
        key: expect.stringMatching(/^gk_[\w-]{24}$/) as string,
      });
      const item = async () =>
        ((await desk.done('gateway list', {}, { as: admin }))['items'] as Record<string, unknown>[]).find(
          ({ name }) => name === 'VPN Nord (Lille)',
        );
      expect(await item()).toEqual({
        name: 'VPN Nord (Lille)',
        createdAt: desk.clock().toISOString(),
        usedAt: null,
        by: admin,
      });
      const { token } = await open({ use: 'session' });
      const asked = { key: String(added['key']) };
      expect(await ask(token, asked)).toMatchObject({ state: 'granted' });
      expect(await item()).toMatchObject({ usedAt: desk.clock().toISOString() });
      await desk.done('gateway remove', { name: 'vpn nord (lille)' }, { as: admin });
      expect(await item()).toBeUndefined();
      expect(await ask(token, asked)).toEqual({ state: 'denied', stranger: true });
      expect(await audited('VPN Nord (Lille)')).toEqual(['gateway added', 'gateway removed']);
      // its name is free again, its key is not good again
      await desk.done('gateway add', { name: 'VPN Nord (Lille)' });
      expect(await ask(token, asked)).toEqual({ state: 'denied', stranger: true });
    });

    test('two can’t have one name, whatever its case and accents', async () => {
      await desk.done('gateway add', { name: 'Évreux' });
      const twice = await desk.ask('gateway add', { name: 'EVREUX' });
      expect([codeOf(twice), fieldsOf(twice)]).toEqual(['input.invalid', ['name']]);
      expect(codeOf(await desk.ask('gateway add', { name: 'Évreux (2)' }))).toBe('gateway.added');
    });

    test('one that is not there can’t be removed; others than admins do neither', async () => {
      const gone = await desk.ask('gateway remove', { name: 'Nulle part' });
      expect([codeOf(gone), fieldsOf(gone)]).toEqual(['object.unknown', ['name']]);
      const sales = await newStaff(desk, 'sales');
      for (const as of [sales, installer.email])
        for (const [command, input] of [
          ['gateway add', { name: 'A' }],
          ['gateway list', {}],
          ['gateway remove', { name: `VPN ${gateways}` }],
        ] as const)
          expect(codeOf(await desk.ask(command, input, { as }))).toBe('access.denied');
      const byMail = await desk.ask(
        'gateway add',
        { name: newEmail('vpn') },
        { caller: { kind: 'address', email: admin }, door: 'mail' },
      );
      expect(codeOf(byMail)).toBe('access.denied');
    });

    test('a dry run shows no key and adds none', async () => {
      const outcome = await desk.ask('gateway add', { name: 'Essai' }, { dryRun: true });
      expect(outcome).toMatchObject({ ok: true, dryRun: true, data: { name: 'Essai', key: null } });
      expect(await desk.connection.reader.gateway.count({ where: { name: 'Essai' } })).toBe(0);
    });
  });
});
