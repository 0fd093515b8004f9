/** J9 on the desk page: a table is uploaded, seen, and confirmed by its button. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clientTable } from '../core/sheets.js';
import { ground, reseller, type Answer, type Ground, type Visitor } from './ground.js';

const token = 'the-token-printed-at-start';
const page = '/desk?command=declare+bulk';
let desk: Ground;
let visitor: Visitor;
beforeEach(async () => {
  desk = await ground({
    desk: { token, mails: { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) } },
  });
  visitor = desk.visitor();
  await visitor.get(`/desk?token=${token}`);
});
afterEach(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

async function upload(as: string, content: string, more: Record<string, string> = {}): Promise<Answer> {
  const mark = /name="_mark" value="([^"]+)"/.exec((await visitor.get(page)).text)?.[1] ?? '';
  const form = new FormData();
  for (const [name, value] of Object.entries({ _mark: mark, _command: 'declare bulk', _as: as, ...more }))
    form.append(name, value);
  form.append('file', new File([content], 'clients.csv', { type: 'text/csv' }));
  const encoded = new Response(form);
  return desk.send({
    method: 'POST',
    path: '/desk',
    headers: {
      cookie: [...visitor.jar].map(([name, value]) => `${name}=${value}`).join('; '),
      origin: desk.web.url,
      'content-type': encoded.headers.get('content-type') ?? '',
    },
    body: Buffer.from(await encoded.arrayBuffer()),
  });
}

it('shows what it would do, does it once when confirmed, and lists what came of each row', async () => {
  const who = await reseller(desk);
  await desk.run('stock receive', { reseller: who.email, product: 'pro', quantity: '12', purchase: 'B-1' });
  const form = (await visitor.get(`/desk?as=${who.email}&command=declare+bulk`)).text;
  for (const field of ['name="file"', 'name="sheet"', 'name="mode"']) expect(form).toContain(field);
  const before = await desk.open.connection.reader.declaration.count();
  const previewed = await upload(who.email, clientTable(12));
  expect(previewed.text).toContain('All 12 rows can be placed.');
  expect(await desk.open.connection.reader.declaration.count()).toBe(before);
  const pending = /name="_pending" value="([^"]+)"/.exec(previewed.text)?.[1] ?? '';
  for (let clicks = 0; clicks < 2; clicks += 1) {
    const done = (await visitor.post('/desk', { _pending: pending, _as: who.email }, { page })).text;
    expect(done).toContain('12 declarations placed.');
    expect(done).toContain('client-11@maison.example');
  }
  expect(await desk.open.connection.reader.declaration.count()).toBe(before + 12);
});

it('tells faults by row and column, and refuses all of a faulty table', async () => {
  const who = await reseller(desk);
  const table = `${clientTable(1)}prp;<b>x</b>;Roy;Zoé;F-9\r\n`;
  const previewed = await upload(who.email, table);
  expect(previewed.text).toContain('1 of 2 rows is faulty, so nothing would be placed.');
  expect(previewed.text).toMatch(/<td[^>]*>3<\/td>\s*<td[^>]*>Email<\/td>/);
  expect(previewed.text).not.toContain('<b>x</b>');
  const refused = await upload(who.email, table, { yes: 'yes' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('Row 3, Product');
  expect(await desk.open.connection.reader.declaration.count({ where: { email: 'client-0@maison.example' } })).toBe(0);
});
