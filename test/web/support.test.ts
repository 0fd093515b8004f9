/** `/me/support`, through real HTTP without scripts: ask, read, reply with a file, close and reopen (G8). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exe, png } from '../core/files.js';
import { ground, reseller, type Answer, type Ground, type Visitor } from './ground.js';

let desk: Ground;
let visitor: Visitor;
let email: string;
const staff = 'paul@desk.example';
const good = 'a phrase that is long enough';
beforeAll(async () => {
  desk = await ground();
  await desk.run('staff grant', { email: staff, role: 'support' });
  await desk.run('account edit', { 'first-name': 'Paul', 'last-name': 'Roux' }, staff);
  const who = await reseller(desk);
  ({ email } = who);
  visitor = desk.visitor();
  await visitor.post('/sign-in', { email, password: who.password });
  await visitor.post('/password', { password: good });
});
afterAll(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

const page = '/me/support';
let keys = 0;
const send = (command: string, fields: Record<string, string>, by = visitor) =>
  by.post(page, { _command: command, _key: `k${(keys += 1)}`, ...fields });
/** As a browser sends a form with a file. */
async function upload(fields: Record<string, string>, file: { name: string; content: Buffer }): Promise<Answer> {
  const mark = /name="_mark" value="([^"]+)"/.exec((await visitor.get(page)).text)?.[1] ?? '';
  const form = new FormData();
  for (const [name, value] of Object.entries({ _mark: mark, _key: `k${(keys += 1)}`, ...fields }))
    form.set(name, value);
  form.set('file', new File([new Uint8Array(file.content)], file.name));
  const request = new Request('http://x', { method: 'POST', body: form });
  const cookie = [...visitor.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  return desk.send({
    method: 'POST',
    path: page,
    headers: { cookie, origin: desk.web.url, 'content-type': request.headers.get('content-type') ?? '' },
    body: Buffer.from(await request.arrayBuffer()),
  });
}
async function opened(subject = 'Box <b>is</b> silent'): Promise<string> {
  const { location } = await send('support open', { subject, text: 'It does not start.\n<i>What</i> now?' });
  expect(location).toMatch(/^\/me\/support\/T-\d{6}$/);
  return location.slice(-8);
}

it('is a card on /me, and a list with a form', async () => {
  const me = (await visitor.get('/me')).text;
  expect(me).toContain('href="/me/support"');
  const all = (await visitor.get(page)).text;
  expect(all).toContain('No ticket.');
  expect(all).toMatch(/<form[^>]*action="\/me\/support"/);
});

it('asks, shows what was said as it is, and goes on with the answer', async () => {
  const number = await opened();
  const shown = (await visitor.get(`${page}/${number}`)).text;
  expect(shown).toContain(`Ticket ${number} is open, with priority`);
  expect(shown).toContain('It does not start.<br />&lt;i&gt;What&lt;/i&gt; now?');
  expect(shown).not.toContain('<b>is</b>');
  await desk.run('support reply', { number, text: 'Press the button.' }, staff);
  const answered = (await visitor.get(`${page}/${number}`)).text;
  expect(answered).toContain('Press the button.');
  expect(answered).toContain('Paul Roux');
  const replied = await send('support reply', { number, text: 'Done.' });
  expect(replied.location).toBe(`${page}/${number}`);
  await send('support close', { number });
  expect((await visitor.get(`${page}/${number}`)).text).toContain('A reply opens it again');
  await send('support reopen', { number });
  expect((await visitor.get('/me')).text).toContain('1 open ticket');
  const list = (await visitor.get(page)).text;
  expect(list).toContain(`href="/me/support/${number}"`);
});

it('takes a file, and hands it over to whoever sees the ticket', async () => {
  const number = await opened();
  const content = png('x'.repeat(300_000));
  const sent = await upload({ _command: 'support reply', number, text: 'See.' }, { name: 'shot.png', content });
  expect(sent.location).toBe(`${page}/${number}`);
  expect((await visitor.get(`${page}/${number}`)).text).toContain(`/me/support/${number}/file?name=shot.png`);
  const fetched = await visitor.get(`${page}/${number}/file?name=shot.png`);
  expect(fetched.headers).toMatchObject({
    'content-type': 'image/png',
    'content-disposition': expect.stringContaining('attachment') as string,
  });
  expect((await visitor.get(`${page}/${number}/file?name=other.png`)).status).toBe(404);
  const bad = await upload({ _command: 'support reply', number, text: 'And this.' }, { name: 'a.png', content: exe() });
  expect(bad.status).toBe(422);
  expect(bad.text).toContain('a Windows program');
  expect(bad.text).toContain('And this.');
});

it('is nobody else’s: not another’s ticket, not its file, not without signing in', async () => {
  const number = await opened();
  const other = desk.visitor();
  await other.post('/sign-in/link', { email: 'tom@x.example' }, { page: '/sign-in' });
  await other.post(await desk.link('tom@x.example'), { password: good });
  expect((await other.get(`${page}/${number}`)).status).toBe(404);
  expect((await other.get(`${page}/${number}/file?name=shot.png`)).status).toBe(404);
  const refused = await send('support reply', { number, text: 'Me too.' }, other);
  expect([404, 422]).toContain(refused.status);
  expect((await desk.visitor().get(page)).location).toBe('/sign-in');
  expect((await send('account edit', { 'last-name': 'X' })).status).toBe(404);
  expect((await visitor.get(`${page}/x`)).status).toBe(404);
});

it('keeps what was faulty and says what is wrong', async () => {
  const refused = await send('support open', { subject: 'Only this' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('value="Only this"');
  expect(refused.text).toContain('href="#support-open-text"');
});
