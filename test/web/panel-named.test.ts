/** On the desk page: an object named by a field of its own, with an action that takes what its form holds. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withBaskets } from '../core/basket.js';
import type { Crate } from '../core/crate.js';
import { ground, reseller, type Answer, type Ground, type Visitor } from './ground.js';
import { formOf, plain } from './panel-form.js';

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
  visitor.post('/desk', { _as: as, ...fields }, { page: '/desk?command=crate+check' });
/** Sends the panel's form with something changed, by its own button or by another of its buttons. */
const change = (shown: Answer, changes: Record<string, string>): Promise<Answer> => {
  const { _mark, ...values } = formOf(shown).values;
  expect(_mark).not.toBe('');
  return send({ ...values, ...changes });
};
const begin = (): Promise<Answer> =>
  send({ _command: 'crate check', 'site-name': 'Works', 'site-email': 'works@example.org' });
const crate = async (): Promise<Crate> => {
  const row = await desk.open.connection.reader.setting.findUnique({ where: { name: 'C-000001' } });
  return JSON.parse(row!.value) as Crate;
};
const register = { _do: 'crate add' };

it('the answer shows the form with stars, and the panel that fills it in', async () => {
  const begun = await begin();
  expect(plain(begun.text).replaceAll(/> </g, '><')).toContain(
    '<dt>Last name *</dt><dd>–</dd><dt>City *</dt><dd>–</dd><dt>Company</dt><dd>–</dd>',
  );
  const { html, values } = formOf(begun);
  expect(values).toMatchObject({ _command: 'crate edit', _show: 'crate show', _by: 'crate', crate: 'C-000001' });
  // the number is the object itself, and nothing to be typed
  expect(html.match(/name="crate"/g)).toHaveLength(1);
  expect(plain(begun.text)).toContain('<button type="submit" form="panel-form" name="_do" value="crate add"');
});

it('is saved by its form, and finished by what the form holds', async () => {
  const saved = await change(await begin(), { 'last-name': 'Roy' });
  expect(await crate()).toMatchObject({ state: 'checked', owner: { 'last-name': 'Roy' } });
  expect(plain(saved.text)).toMatch(/value="crate add" ?disabled/);
  const whole = await change(saved, { city: 'Lyon' });
  // typed, but not saved: it goes along
  const done = await change(whole, { ...register, company: 'Roy SA' });
  expect(done.status).toBe(200);
  expect(done.text).not.toContain('id="panel-form"');
  expect(await crate()).toMatchObject({
    state: 'registered',
    siteEmail: 'works@example.org',
    owner: { 'last-name': 'Roy', city: 'Lyon', company: 'Roy SA' },
  });
});

it('is finished at once, with none of it or with a field of its own corrected', async () => {
  await change(await begin(), { ...register, 'site-email': 'other@example.org' });
  expect(await crate()).toMatchObject({ state: 'registered', siteEmail: 'other@example.org', owner: {} });
});

it('with some of it is refused in the form of what was pressed, and goes on there', async () => {
  const refused = await change(await begin(), { ...register, city: 'Lyon' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('<a href="#command-form-last-name">');
  expect(refused.text).toContain('id="panel-form"');
  expect(await crate()).toMatchObject({ state: 'checked', owner: {} });
  const typed = { 'site-name': 'Works', 'site-email': 'works@example.org', city: 'Lyon', 'last-name': 'Roy' };
  await send({ _command: 'crate add', ...typed });
  expect(await crate()).toMatchObject({ state: 'registered', owner: { 'last-name': 'Roy', city: 'Lyon' } });
});

it('what is no longer offered shows how it stands', async () => {
  const begun = await begin();
  await desk.run('crate edit', { crate: 'C-000001', city: 'Lyon' }, as);
  const early = await change(begun, register);
  expect(early.status).toBe(200);
  expect(plain(early.text)).toContain('Answer <span class="soft">crate show</span>');
  expect(await crate()).toMatchObject({ state: 'checked' });
  await desk.run('crate add', { 'site-name': 'Works', 'site-email': 'works@example.org' }, as);
  const late = await change(begun, register);
  expect(late.status).toBe(200);
  expect(late.text).not.toContain('id="panel-form"');
});

it('an action of its number alone is asked by the field that names it', async () => {
  const dropped = await send({ _command: 'crate drop', _show: 'crate show', _by: 'crate', crate: 'C-000001' });
  expect(dropped.status).toBe(422);
  const begun = await begin();
  const hidden = /<form method="post" action="\/desk">(?:(?!<\/form>)[^])*name="crate"(?:(?!<\/form>)[^])*Drop/.exec(
    begun.text,
  );
  expect(plain(hidden?.[0] ?? '')).toContain('name="crate" value="C-000001"');
  const asked = await send({ _command: 'crate drop', _show: 'crate show', _by: 'crate', crate: 'C-000001' });
  expect(asked.text).toContain('<a href="#command-form-reason">');
  expect(asked.text).toContain('id="panel-form"');
});

it.each([
  { _do: 'crate add', _command: 'crate edit' },
  { _do: 'crate add', _command: 'crate edit', _show: 'crate show', _by: 'crate' },
])('a form that names no object is none', async (fields) => {
  expect((await send(fields as Record<string, string>)).status).toBe(404);
});
