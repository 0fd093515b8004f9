/** D13: a file behind a link: for its own person, after sign-in, once, for 24 hours; looking uses nothing up. */
import { createHash } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { linkFile } from '../../src/core/ports/file-links.js';
import { dropLinkedFiles } from '../../src/core/programmes/parties/file-link.js';
import { ground, hours, reseller, type Ground, type Visitor } from './ground.js';

let desk: Ground;
beforeEach(async () => {
  desk = await ground();
});
afterEach(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

const good = 'a phrase that is long enough';
const content = Buffer.from('PK-something-large\r\n');
const file = { name: 'O-000001 <b>é.zip', type: 'application/zip', content };
const [anne, bob] = ['anne@volts.example', 'bob@ohms.example'];

async function settled(email: string): Promise<void> {
  const who = await reseller(desk, email);
  const visitor = desk.visitor();
  await visitor.post('/sign-in', { email: who.email, password: who.password });
  await visitor.post('/password', { password: good });
}

async function signedIn(email: string): Promise<Visitor> {
  const visitor = desk.visitor();
  await visitor.post('/sign-in', { email, password: good });
  return visitor;
}

/** A link to the file, and its path. */
async function linked(email: string, more = file): Promise<string> {
  const link = await linkFile(desk.open.desk, { caller: { kind: 'address', email }, file: more });
  return new URL(link?.url ?? '').pathname;
}

const rows = () => desk.open.connection.reader.oneTimeLink.findMany({ where: { purpose: 'file' } });
const kept = () =>
  desk.open.desk.documents.read(createHash('sha256').update(content).digest('hex')).then(
    () => true,
    () => false,
  );

it('is shown to its person, and fetched once', async () => {
  await settled(anne);
  const path = await linked(anne);
  const visitor = await signedIn(anne);
  const before = await rows();
  for (let times = 0; times < 3; times += 1) {
    const page = await visitor.get(path);
    expect(page.status).toBe(200);
    expect(page.text).toContain('O-000001 &lt;b&gt;é.zip');
    expect(page.text).toContain('Fetch the file');
    expect(page.text).not.toContain(content.toString().trim());
  }
  expect(await rows()).toEqual(before);
  const fetched = await visitor.post(path, {});
  expect(fetched).toMatchObject({ status: 200, text: content.toString() });
  expect(fetched.headers).toMatchObject({
    'content-type': 'application/zip',
    'content-disposition': 'attachment; filename="O-000001--b--.zip"',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  const again = await visitor.get(path);
  expect(again.status).toBe(410);
  expect(again.text).toContain('Ask for the file again');
  expect((await visitor.post(path, {}, { page: '/me' })).status).toBe(410);
  const audit = await desk.open.connection.reader.audit.findMany({ orderBy: { seq: 'asc' } });
  expect(audit.map(({ action }) => action).filter((action) => action.startsWith('file '))).toEqual([
    'file linked',
    'file fetched',
  ]);
});

it('asks who is not signed in to do so, and then goes on to the file', async () => {
  await settled(anne);
  const path = await linked(anne);
  const visitor = desk.visitor();
  expect((await visitor.get(path)).location).toBe('/sign-in');
  expect((await visitor.get('/sign-in')).text).toContain('Sign in to fetch your file.');
  expect((await visitor.post(path, {}, { page: '/sign-in' })).location).toBe('/sign-in');
  expect((await visitor.post('/sign-in', { email: anne, password: good })).location).toBe(path);
  expect((await visitor.post(path, {})).text).toBe(content.toString());
  // that is done: the next time it is one's own page again
  expect((await visitor.post('/sign-out', {}, { page: '/me' })).location).toBe('/sign-in');
  expect((await visitor.post('/sign-in', { email: anne, password: good })).location).toBe('/me');
});

it('waits for the choice of a first password', async () => {
  const who = await reseller(desk, anne);
  const path = await linked(anne);
  const visitor = desk.visitor();
  expect((await visitor.get(path)).location).toBe('/sign-in');
  expect((await visitor.post('/sign-in', who)).location).toBe(path);
  expect((await visitor.get(path)).location).toBe('/password');
  expect((await visitor.post(path, {}, { page: '/password' })).location).toBe('/password');
  expect((await visitor.post('/password', { password: good })).location).toBe(path);
  expect((await visitor.get(path)).status).toBe(200);
});

it('goes on only to links of ours', async () => {
  await settled(anne);
  const visitor = desk.visitor();
  visitor.jar.set('guichet-onward', '//evil.example');
  expect((await visitor.post('/sign-in', { email: anne, password: good })).location).toBe('/me');
});

it('is nobody else’s, and does not tell', async () => {
  await settled(anne);
  await settled(bob);
  const path = await linked(anne);
  const stranger = await signedIn(bob);
  const shown = await stranger.get(path);
  expect(shown.status).toBe(410);
  expect(shown.text).not.toContain('O-000001');
  expect((await stranger.post(path, {}, { page: '/me' })).status).toBe(410);
  // nor does it choose a password
  expect((await stranger.post(path, { password: good }, { page: '/me' })).status).toBe(410);
  expect((await (await signedIn(anne)).post(path, {})).text).toBe(content.toString());
});

it('needs our own form', async () => {
  await settled(anne);
  const path = await linked(anne);
  const visitor = await signedIn(anne);
  expect((await visitor.post(path, { _mark: 'x' })).status).toBe(403);
  expect((await visitor.post(path, {}, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
  expect((await visitor.get(path)).status).toBe(200);
});

it('ends after 24 hours, but not with a new password', async () => {
  await settled(anne);
  const path = await linked(anne);
  await desk.run('account password', {}, anne);
  const visitor = desk.visitor();
  await visitor.post(await desk.link(anne), { password: `${good} indeed` });
  expect((await visitor.get(path)).status).toBe(200);
  desk.pass(24 * hours);
  const late = await desk.visitor().get(path);
  expect(late.status).toBe(410);
});

it('is fetched once even by two at the same time', async () => {
  await settled(anne);
  const path = await linked(anne);
  const visitors = await Promise.all([signedIn(anne), signedIn(anne), signedIn(anne)]);
  const answers = await Promise.all(visitors.map((visitor) => visitor.post(path, {})));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410]);
});

it('lets its bytes go when it has ended, unless something else needs them', async () => {
  await settled(anne);
  const { connection, desk: core } = desk.open;
  const clean = () => dropLinkedFiles(core, core.clock());
  const path = await linked(anne);
  expect(await clean()).toBe(0);
  expect(await kept()).toBe(true);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const document = await core.database.transact(({ tx }) =>
    tx.orderDocument.create({
      data: {
        ...{ orderId: 1, kind: 'other', name: 'a.zip', type: 'application/zip', bytes: 1, sha256, personId: 1 },
        ...{ door: 'web', createdAt: core.clock() },
      },
    }),
  );
  await (await signedIn(anne)).post(path, {});
  desk.pass(2 * hours);
  expect([await clean(), await kept()]).toEqual([0, true]);
  await core.database.transact(({ tx }) => tx.orderDocument.delete({ where: { id: document.id } }));
  const second = await linked(anne);
  // the disk has a clock of its own
  await utimes(join(desk.dir, 'documents', sha256.slice(0, 2), sha256), core.clock(), core.clock());
  desk.pass(25 * hours);
  expect((await desk.visitor().get(second)).status).toBe(410);
  expect([await clean(), await kept()]).toEqual([1, false]);
  expect(await connection.reader.oneTimeLink.count({ where: { purpose: 'file', content: { not: null } } })).toBe(0);
});

it('is made for nobody who could not sign in', async () => {
  const nobody = { kind: 'discord', id: '123456789012345678', name: 'Nobody' } as const;
  expect(await linkFile(desk.open.desk, { caller: nobody, file })).toBeUndefined();
  expect(await linkFile(desk.open.desk, { caller: { kind: 'operator' }, file })).toBeUndefined();
});
