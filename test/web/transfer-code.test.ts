/** G3: a transfer code reaches staff by a page behind sign-in, once, and stands in no mail. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { settled, signedIn } from './activation-ground.js';
import { ground, type Ground } from './ground.js';

const code = 'Qz7-secret-of-a-transfer';
const [owner, support, colleague] = ['owner@maison.example', 'sam@desk.example', 'lea@desk.example'];
let desk: Ground;

beforeEach(async () => {
  desk = await ground();
  for (const email of [support, colleague]) {
    await settled(desk, email);
    await desk.run('staff grant', { email, role: 'support' });
  }
  const { data } = (await desk.run('org create', { name: 'Maison', type: 'company' }, owner)) as {
    data: Record<string, string>;
  };
  const org = data['org'] ?? '';
  await desk.run('org become-reseller', { org, 'accept-terms': 'yes', confirm: 'Maison' }, owner);
  await desk.run('billing topup', { reseller: org, amount: '100', payment: 'VIR-1' });
  const party = { type: 'individual', 'last-name': 'Petit', 'first-name': 'Léa', phone: '0123456789' };
  const place = { street: '1 rue', zip: '69001', city: 'Lyon', country: 'FR', email: 'lea@client.example' };
  const moved = await desk.run(
    'domain transfer',
    { domain: 'venu.fr', customer: 'new', ...party, ...place, 'auth-code': code },
    owner,
  );
  expect(moved).toMatchObject({ ok: true });
});
afterEach(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

const taskLetter = async (to: string) =>
  (await desk.mails(to)).filter(({ letter }) => letter === 'domain-task').at(-1)?.params['codeUrl'];
const pathOf = async (to: string) => new URL(String(await taskLetter(to))).pathname;

it('is in nothing that is queued, audited or answered', async () => {
  const tables = ['outbox', 'audit', 'auditDetail', 'storedAnswer', 'registrarTask'] as const;
  for (const table of tables) {
    const rows: unknown = await (desk.open.connection.reader[table] as { findMany(): Promise<unknown> }).findMany();
    expect(JSON.stringify(rows)).not.toContain(code);
  }
  expect(JSON.stringify(await desk.mails())).not.toContain(code);
  expect(await taskLetter(support)).toContain('/t/');
});

it('is shown to whom it was mailed, after sign-in, with a button; for an hour again, and then no more', async () => {
  const path = await pathOf(support);
  const stranger = await desk.visitor().get(path);
  expect([stranger.status, stranger.location]).toEqual([303, '/sign-in']);
  const other = await signedIn(desk, colleague);
  expect((await other.get(path)).status).toBe(410);
  const sam = await signedIn(desk, support);
  const page = await sam.get(path);
  expect([page.status, page.text.includes('venu.fr'), page.text.includes(code)]).toEqual([200, true, false]);
  const shown = await sam.post(path, {});
  expect([shown.status, shown.text.includes(code)]).toEqual([200, true]);
  const again = await sam.get(path);
  expect([again.status, again.text.includes(code)]).toEqual([200, false]);
  expect((await sam.post(path, {})).text).toContain(code);
  const seen = await desk.open.connection.reader.audit.count({ where: { action: 'transfer code shown' } });
  expect(seen).toBe(2);
  // a colleague has a link of their own
  const theirs = await pathOf(colleague);
  await other.get(theirs);
  expect((await other.post(theirs, {})).text).toContain(code);
  desk.pass(2 * 3_600_000);
  const later = await signedIn(desk, support);
  expect((await later.get(path)).status).toBe(410);
});

it('is gone with its task, and with the role', async () => {
  const [path, theirs] = [await pathOf(support), await pathOf(colleague)];
  const [sam, lea] = [await signedIn(desk, support), await signedIn(desk, colleague)];
  await desk.run('staff revoke', { email: colleague, role: 'support' });
  expect((await lea.get(theirs)).status).toBe(410);
  const task = await desk.open.connection.reader.registrarTask.findFirstOrThrow();
  await desk.run('domain failed', { task: `W-${task.id}`, reason: 'refused there' });
  expect((await sam.get(path)).status).toBe(410);
  expect((await sam.post(path, {})).text).not.toContain(code);
});
