/** E9 over the wire: what a VPN gateway may learn of a grant, and what nobody else does. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Device } from '../../src/core/database/connect.js';
import { activeDevice, newClient, newInstaller, type TestPerson } from '../core/device-ground.js';
import { ground, minutes, type Answer, type Ground } from './ground.js';

const path = '/api/access/verify';
const denied = { ok: false, code: 'access.denied' };

describe('remote access over HTTP', () => {
  let desk: Ground;
  let key: string;
  let gateways = 0;
  let installer: TestPerson;
  let client: TestPerson;
  let device: Device;
  let number: string;
  const secrets: string[] = [];
  beforeAll(async () => {
    desk = await ground();
  });
  afterAll(async () => {
    await desk.close();
    // what was warned of is about strangers' keys only
    expect(desk.faults).toEqual([]);
  });
  beforeEach(async () => {
    desk.pass(60 * minutes);
    key = await newKey();
    [installer, client] = [await newInstaller(desk.open), await newClient(desk.open)];
    device = await activeDevice(desk.open, { installer, client });
    number = `V-${String(device.id).padStart(6, '0')}`;
  });

  async function done(command: string, input: Record<string, string>, as?: string) {
    const outcome = await desk.run(command, input, as);
    if (!outcome.ok) throw new Error(`${command}: ${JSON.stringify(outcome)}`);
    return outcome.data as Record<string, string>;
  }
  async function newKey(name = `VPN ${(gateways += 1)}`): Promise<string> {
    const added = await done('gateway add', { name });
    secrets.push(String(added['key']));
    return String(added['key']);
  }
  async function open(more: Record<string, string> = {}) {
    const {
      token = '',
      grant = '',
      expires = '',
    } = await done('device access', { device: number, ...more }, installer.email);
    secrets.push(token);
    return { token, grant, expires };
  }
  const post = (
    body: string | Buffer,
    { headers = {}, as = key, ...more }: { headers?: Record<string, string>; as?: string; from?: string } = {},
  ) =>
    desk.send({
      method: 'POST',
      path,
      body,
      headers: {
        'content-type': 'application/json',
        ...(as === '' ? {} : { authorization: `Bearer ${as}` }),
        ...headers,
      },
      ...more,
    });
  const ask = (token: string, more: Parameters<typeof post>[1] = {}) => post(JSON.stringify({ token }), more);
  const said = ({ status, text }: Answer) => [status, JSON.parse(text) as unknown];
  const no = [403, denied];

  test('a good token is answered once', async () => {
    const { token, grant, expires } = await open();
    const answer = await ask(token);
    expect(said(answer)).toEqual([200, { ok: true, device: number, grant, expires }]);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(said(await ask(token))).toEqual(no);
  });

  test('of fifty at the same moment one is let in', async () => {
    const { token } = await open();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(49);
  });

  test('a session holds until its end', async () => {
    const { token, expires } = await open({ use: 'session', minutes: '2' });
    for (let count = 0; count < 3; count += 1) {
      expect(said(await ask(token))).toMatchObject([200, { ok: true, device: number, expires }]);
      desk.pass(30_000);
    }
    desk.pass(30_000);
    expect(said(await ask(token))).toEqual(no);
  });

  test('whatever is against it, the answer is the same to the byte', async () => {
    const answers: Record<string, Answer> = {};
    const late = await open({ minutes: '1' });
    desk.pass(1 * minutes);
    answers['expired'] = await ask(late.token);
    const used = await open();
    await ask(used.token);
    answers['used'] = await ask(used.token);
    const revoked = await open();
    await done('device revoke', { grant: revoked.grant }, client.email);
    answers['revoked by the client'] = await ask(revoked.token);
    const refused = await open();
    await done('device consent', { device: number, 'remote-access': 'no' }, client.email);
    answers['refused by the client'] = await ask(refused.token);
    await done('device consent', { device: number, 'remote-access': 'yes' }, client.email);
    const { token } = await open({ use: 'session' });
    answers['altered token'] = await ask(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`);
    answers['foreign key'] = await ask(token, { as: `gk_${'a'.repeat(24)}` });
    answers['no key'] = await ask(token, { as: '' });
    answers['another scheme'] = await ask(token, { headers: { authorization: `Basic ${key}` } });
    answers['a token as key'] = await ask(token, { as: token });
    answers['a key as token'] = await ask(key);
    const gone = await newKey('Gone');
    await done('gateway remove', { name: 'Gone' });
    answers['removed gateway'] = await ask(token, { as: gone });
    answers['malformed JSON'] = await post(`{"token":"${token}"`);
    answers['no object'] = await post(JSON.stringify(token));
    answers['null'] = await post('null');
    answers['no token'] = await post('{}');
    answers['a token that is no text'] = await post(JSON.stringify({ token: [token] }));
    answers['no body'] = await post('');
    answers['a form'] = await post(`token=${token}`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    answers['JSON called text'] = await ask(token, { headers: { 'content-type': 'text/plain' } });
    answers['too large'] = await post(JSON.stringify({ token, more: 'x'.repeat(4 * 1024) }));
    answers['a long token'] = await ask('x'.repeat(3_000));
    const wanted = answers['used'];
    const shape = ({ status, text, headers: { date: _, connection: __, 'keep-alive': ___, ...headers } }: Answer) => ({
      status,
      text,
      headers,
    });
    expect(said(wanted)).toEqual(no);
    for (const [name, answer] of Object.entries(answers)) expect(shape(answer), name).toEqual(shape(wanted));
    // none of these used it up, and it was good all along
    expect((await ask(token)).status).toBe(200);
    await desk.open.desk.database.transact(({ tx }) =>
      tx.device.update({ where: { id: device.id }, data: { state: 'removed', enrolledKey: null } }),
    );
    expect(shape(await ask(token))).toEqual(shape(wanted));
  });

  test('a body without end is not read to its end', async () => {
    const { token } = await open();
    const { status, sent } = await endless(desk.web.port, key);
    expect(status).toBe(403);
    expect(sent).toBeLessThan(16 * 1024 * 1024);
    expect((await ask(token)).status).toBe(200);
  });

  test('a body in pieces is read', async () => {
    const { token } = await open();
    const text = JSON.stringify({ token });
    const answer = await chunked(desk.web.port, key, [text.slice(0, 7), text.slice(7, 20), text.slice(20)]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('a proxy’s headers, a cookie or a charset change nothing', async () => {
    const { token } = await open({ use: 'session' });
    const headers = {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'for=203.0.113.9;host=evil.example',
      cookie: 'guichet-session=x',
      'content-type': 'application/json; charset=utf-8',
    };
    const answer = await ask(token, { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toBeUndefined();
    // they do not make a stranger another one either
    const foreign = { as: `gk_${'b'.repeat(24)}`, from: '127.0.0.9' };
    for (let count = 0; count < 30; count += 1)
      await ask(token, { ...foreign, headers: { 'x-forwarded-for': `203.0.113.${count}` } });
    expect((await ask(token, { ...foreign, headers: { 'x-forwarded-for': '203.0.113.99' } })).status).toBe(429);
  });

  test('no other site’s page may ask, and there is nothing to look at', async () => {
    const { token } = await open();
    const origin = 'https://evil.example';
    const preflight = await desk.send({
      method: 'OPTIONS',
      path,
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
    const asked = await ask(token, { headers: { origin } });
    for (const { headers } of [preflight, asked])
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(preflight.status).toBe(404);
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH'])
      expect((await desk.send({ method, path, headers: { authorization: `Bearer ${key}` } })).status).toBe(404);
  });

  test('a gateway that asks too often is told when to ask again; another goes on', async () => {
    const most = desk.open.desk.catalogue.policy.limits.accessVerificationsPerMinute;
    const { token } = await open({ use: 'session' });
    const first = await Promise.all(Array.from({ length: most }, () => ask(token)));
    expect(first.filter(({ status }) => status === 200)).toHaveLength(most);
    const over = await ask(token);
    expect(said(over)).toEqual([429, { ok: false, code: 'rate.limited' }]);
    expect(over.headers['retry-after']).toBe('60');
    expect((await ask(token, { as: await newKey() })).status).toBe(200);
    desk.pass(1 * minutes);
    expect((await ask(token)).status).toBe(200);
  });

  test('who guesses keys is slowed down by place, without keeping a gateway there out', async () => {
    const { token } = await open({ use: 'session' });
    const from = '127.0.0.10';
    const guesses = Array.from({ length: 40 }, (_, at) => `gk_${String(at).padStart(24, 'c')}`);
    const before = desk.warnings.length;
    const answers: Answer[] = [];
    for (const as of guesses) answers.push(await ask(token, { as, from }));
    expect(answers.slice(0, 30).every(({ status }) => status === 403)).toBe(true);
    for (const answer of answers.slice(30)) {
      expect(said(answer)).toEqual([429, { ok: false, code: 'rate.limited' }]);
      expect(answer.headers['retry-after']).toBe('60');
    }
    expect((await ask(token, { from })).status).toBe(200);
    expect((await ask(token, { as: guesses[0] ?? '', from: '127.0.0.11' })).status).toBe(403);
    // each that counted is in the log, without what was shown
    const warned = desk.warnings.slice(before);
    expect(warned).toHaveLength(31);
    expect(warned[0]).toMatchObject({ ip: from });
    for (const guess of guesses) expect(JSON.stringify(warned)).not.toContain(guess);
  });

  test('a fault of ours says no more than where to look', async () => {
    const { token } = await open();
    await desk.open.connection.writer.$executeRawUnsafe('ALTER TABLE "Attempt" RENAME TO "Away"');
    const answer = await ask(token);
    await desk.open.connection.writer.$executeRawUnsafe('ALTER TABLE "Away" RENAME TO "Attempt"');
    expect(said(answer)).toEqual([
      500,
      { ok: false, code: 'fault', reference: expect.stringMatching(/^[0-9a-f]{8}$/) as string },
    ]);
    const [fault] = desk.faults.splice(0);
    expect(fault).toMatchObject({ reference: (JSON.parse(answer.text) as { reference: string }).reference });
    const { err, ...rest } = fault as { err: Error };
    const logged = `${JSON.stringify(rest)} ${err.message} ${String(err.stack)} ${JSON.stringify(err)}`;
    for (const secret of [token, key]) expect(logged).not.toContain(secret);
    expect((await ask(token)).status).toBe(200);
  });

  test('no token and no key is left anywhere: not in the database, its files, the audit or the log', async () => {
    const { token, grant } = await open();
    await ask(token);
    await ask(token);
    expect(secrets.length).toBeGreaterThan(20);
    const { reader } = desk.open.connection;
    // an index of searches keeps no text that could be read back: its parts are among the files below
    const tables = await reader.$queryRaw<
      { name: string }[]
    >`SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'`;
    const texts: string[] = [];
    for (const { name } of tables)
      for (const row of await reader.$queryRawUnsafe<Record<string, unknown>[]>(`SELECT * FROM "${name}"`))
        texts.push(Object.values(row).join(' '));
    const all = texts.join('\n');
    const files = (readdirSync(desk.dir, { recursive: true }) as string[])
      .map((name) => join(desk.dir, name))
      .filter((name) => statSync(name).isFile())
      .map((name) => readFileSync(name));
    const isIn = (text: string) => files.some((content) => content.includes(text));
    // both searches do find what is there
    expect([all.includes(grant), isIn(grant)]).toEqual([true, true]);
    const log = JSON.stringify([desk.warnings, desk.faults]);
    for (const secret of secrets) {
      expect(all.includes(secret), 'in a table').toBe(false);
      expect(log.includes(secret), 'in the log').toBe(false);
      expect(isIn(secret), 'in a file').toBe(false);
    }
  });
});

const head = (key: string) =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer ${key}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
const piece = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/** Sends a question in these pieces; answers all that comes back. */
const chunked = (port: number, key: string, pieces: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    let got = '';
    socket
      .on('data', (text: string) => void (got += text))
      .on('error', reject)
      .on('close', () => resolve(got));
    socket.write(head(key).replace('Host: 127.0.0.1', `Host: 127.0.0.1:${port}`));
    for (const one of [...pieces, '']) socket.write(piece(one));
  });

/** Sends a body that never ends until it is answered; answers the status and how much it could send. */
const endless = (port: number, key: string): Promise<{ status: number; sent: number }> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    const block = piece(' '.repeat(64 * 1024));
    let [sent, status] = [0, 0];
    const more = () => {
      while (status === 0 && sent < 64 * 1024 * 1024) {
        sent += block.length;
        if (!socket.write(block)) return;
      }
    };
    socket
      .on('data', (text: string) => {
        status ||= Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
      })
      .on('drain', more)
      // what is still under way when the desk hangs up
      .on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
      })
      .on('close', () => resolve({ status, sent }));
    socket.write(head(key).replace('Host: 127.0.0.1', `Host: 127.0.0.1:${port}`));
    more();
  });
