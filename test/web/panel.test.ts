/** On the desk page a draft is a form below its answer: menus limited to what may be chosen, groups, and its actions. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withBaskets } from '../core/basket.js';
import { ground, reseller, type Answer, type Ground, type Visitor } from './ground.js';
import { formOf, optionsOf, plain } from './panel-form.js';

const token = 'the-token-printed-at-start';
const part = { token, mails: { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) } };

let desk: Ground;
let visitor: Visitor;
let as: string;
beforeEach(async () => {
  desk = await ground({ desk: part, registry: withBaskets() });
  visitor = desk.visitor();
  as = (await reseller(desk)).email;
  await visitor.get(`/desk?token=${token}`);
});
afterEach(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

const send = (fields: Record<string, string>): Promise<Answer> =>
  visitor.post('/desk', { _as: as, ...fields }, { page: '/desk?command=basket+new' });
/** Sends the form again with something changed. */
const change = (shown: Answer, changes: Record<string, string>): Promise<Answer> => {
  const { _mark, ...values } = formOf(shown).values;
  expect(_mark).not.toBe('');
  return send({ ...values, ...changes });
};
const begin = (more: Record<string, string> = {}): Promise<Answer> =>
  send({ _command: 'basket new', _key: JSON.stringify(more), ...more });
const basket = async (): Promise<{ state: string; values: Record<string, string>; files: object[] }> => {
  const row = await desk.open.connection.reader.setting.findUnique({ where: { name: 'K-000001' } });
  return JSON.parse(row!.value) as never;
};

it('is filled in step by step, each menu limited by the one before, and submitted', async () => {
  const begun = await begin();
  const { html, values } = formOf(begun);
  expect(values).toMatchObject({
    number: 'K-000001',
    _command: 'basket edit',
    _show: 'basket show',
    colour: '',
    size: '',
  });
  expect(optionsOf(html, 'colour')).toEqual(['red', 'blue']);
  expect(optionsOf(html, 'size')).toEqual([]);
  expect(plain(html)).toMatch(/<legend>site<\/legend>.*id="panel-form-site-name".*<legend>files<\/legend>/);
  expect(plain(html)).toContain('Site name <span class="missing">(still missing)</span>');
  expect(plain(html)).not.toMatch(/Site city\s*<span class="missing"/);
  expect(plain(begun.text)).toMatch(/<button type="submit" disabled ?> ?Submit/);
  expect(begun.text).not.toContain('id="command-form"');
  expect(begun.text).not.toContain('&quot;panel&quot;');

  const coloured = await change(begun, { colour: 'blue' });
  expect(coloured.status).toBe(200);
  expect(formOf(coloured).values).toMatchObject({ colour: 'blue' });
  expect(optionsOf(formOf(coloured).html, 'size')).toEqual(['large']);
  const site = { size: 'large', 'site-name': 'Works & Sons', 'site-email': 'w@x.example', recipients: 'a@x.example' };
  const sited = await change(coloured, site);
  expect(formOf(sited).values).toMatchObject({ 'site-name': 'Works & Sons', recipients: 'a@x.example' });
  const uploaded = await upload(sited, 'purchase-order', 'bc.pdf');
  expect((await basket()).files).toEqual([{ field: 'purchase-order', name: 'bc.pdf', text: 'bytes' }]);
  expect(plain(uploaded.text)).not.toMatch(/<button type="submit" disabled/);
  const done = await send({ _command: 'basket submit', _show: 'basket show', number: 'K-000001' });
  expect((await basket()).state).toBe('submitted');
  expect(done.text).not.toContain('id="panel-form"');
});

/** The form with a file, as a browser sends it. */
async function upload(shown: Answer, field: string, name: string): Promise<Answer> {
  const limit = 'x'.repeat(20);
  const { values, html } = formOf(shown);
  expect(html).toContain('enctype="multipart/form-data"');
  const pieces = Object.entries({ ...values, _as: as }).map(
    ([key, value]) => `--${limit}\r\ncontent-disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`,
  );
  const file = `--${limit}\r\ncontent-disposition: form-data; name="${field}"; filename="${name}"\r\ncontent-type: application/pdf\r\n\r\nbytes\r\n--${limit}--\r\n`;
  return desk.send({
    method: 'POST',
    path: '/desk',
    headers: {
      cookie: [...visitor.jar].map(([key, value]) => `${key}=${value}`).join('; '),
      origin: desk.web.url,
      'content-type': `multipart/form-data; boundary=${limit}`,
    },
    body: pieces.join('') + file,
  });
}

it('a refusal keeps what was typed and the menus; another door’s change stays', async () => {
  const begun = await begin({ colour: 'red' });
  await desk.run('basket edit', { number: 'K-000001', 'site-name': 'Elsewhere' }, as);
  const refused = await change(begun, { 'site-email': 'nowhere', 'site-city': 'Lyon' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('<a href="#panel-form-site-email">Site email must be one address');
  const again = formOf(refused);
  expect(again.values).toMatchObject({ 'site-email': 'nowhere', 'site-city': 'Lyon', 'site-name': 'Elsewhere' });
  expect(optionsOf(again.html, 'size')).toEqual(['small', 'large']);
  const done = await change(refused, { 'site-email': 'w@x.example' });
  expect(done.status).toBe(200);
  expect((await basket()).values).toEqual({
    colour: 'red',
    'site-name': 'Elsewhere',
    'site-email': 'w@x.example',
    'site-city': 'Lyon',
  });
  // a form of the time before knows nothing of that, and takes nothing of it back
  await change(begun, { comments: 'hello', _key: 'of another page' });
  expect((await basket()).values).toMatchObject({ 'site-name': 'Elsewhere', comments: 'hello' });
});

it('an unchanged form shows the object; an action that needs more asks for it', async () => {
  const begun = await begin({ colour: 'red' });
  const same = await change(begun, {});
  expect(same.status).toBe(200);
  expect(plain(same.text)).toContain('Answer <span class="soft">basket show</span>');
  const dropped = await send({ _command: 'basket drop', _show: 'basket show', number: 'K-000001' });
  expect(dropped.status).toBe(422);
  expect(dropped.text).toContain('<a href="#command-form-reason">');
  expect(dropped.text).toContain('id="panel-form"');
  const gone = await send({ _command: 'basket drop', number: 'K-000001', reason: 'a double' });
  expect(gone.text).not.toContain('id="panel-form"');
  const late = await change(begun, { colour: 'blue' });
  expect(late.status).toBe(422);
  expect(late.text).not.toContain('id="panel-form"');
});

it('a value that would be markup is a value', async () => {
  const shown = await begin({ 'site-name': '"><script>alert(1)</script>' });
  expect(shown.text).not.toContain('<script>alert');
  expect(formOf(shown).html).toContain('&lt;script&gt;');
});
