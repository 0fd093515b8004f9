/** A device on the desk page: checked, its client's form filled in, registered (E1–E5). */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { builtPair } from '../core/device-ground.js';
import { ground, type Answer, type Ground, type Visitor } from './ground.js';
import { formOf, plain } from './panel-form.js';

const token = 'the-token-printed-at-start';
const part = { token, mails: { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) } };

let desk: Ground;
let visitor: Visitor;
const as = 'zoe@alarmes.example';
const email = 'lea@client.example';
const number = 'V-000001';
beforeEach(async () => {
  desk = await ground({ desk: part });
  visitor = desk.visitor();
  await visitor.get(`/desk?token=${token}`);
  const person = { company: 'Alarmes Durand', 'last-name': 'Durand', 'first-name': 'Zoé', phone: '01 23 45 67 89' };
  await send({ _command: 'installer register', ...person });
});
afterEach(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

const send = (fields: Record<string, string>): Promise<Answer> =>
  visitor.post('/desk', { _as: as, ...fields }, { page: '/desk?command=device+check' });
const change = (shown: Answer, changes: Record<string, string>): Promise<Answer> => {
  const { _mark, ...values } = formOf(shown).values;
  expect(_mark).not.toBe('');
  return send({ ...values, ...changes });
};
const check = async (): Promise<Answer> => {
  const pair = await builtPair(desk.open);
  return send({ _command: 'device check', ...pair, 'web-address': 'http://192.168.1.20:8080', email });
};
const show = async () => {
  const outcome = await desk.run('device show', { device: number }, as);
  return outcome.ok ? outcome.data : {};
};
const register = { _do: 'device add' };
const client = {
  'last-name': 'Petit',
  'first-name': 'Léa',
  street: '3 rue Haute',
  zip: '69001',
  city: 'Lyon',
  country: 'FR',
};

it('the check shows the client’s form with stars; saved bit by bit, it is registered', async () => {
  const checked = await check();
  expect(plain(checked.text).replaceAll(/> </g, '><')).toContain('<dt>Last name *</dt><dd>–</dd>');
  expect(formOf(checked).values).toMatchObject({ _command: 'device edit', _by: 'device', device: number });
  const some = await change(checked, { 'last-name': 'Petit', 'first-name': 'Léa' });
  expect(plain(formOf(some).html)).toMatch(/City <span class="missing">/);
  expect(plain(some.text)).toMatch(/value="device add" ?disabled/);
  const all = await change(some, client);
  expect(await show()).toMatchObject({ state: 'checked', lastName: 'Petit', city: 'Lyon' });
  expect(await desk.mails(email)).toEqual([]);
  const done = await change(all, register);
  expect(done.status).toBe(200);
  expect(done.text).not.toContain('id="panel-form"');
  expect(await desk.mails(email)).toHaveLength(2);
  expect(await show()).toMatchObject({ email, lastName: 'Petit', account: 'created' });
});

it('filled in and registered by one button', async () => {
  await change(await check(), { ...register, ...client, company: 'Petit & Fils' });
  expect(await desk.mails(email)).toHaveLength(2);
  expect(await show()).toMatchObject({ lastName: 'Petit', company: 'Petit & Fils', country: 'FR' });
});

it('registered with none of it, and with the client’s address corrected on the way', async () => {
  await change(await check(), { ...register, email: 'right@client.example' });
  expect(await desk.mails(email)).toEqual([]);
  expect(await desk.mails('right@client.example')).toHaveLength(2);
  expect(await show()).toMatchObject({ email: 'right@client.example' });
});

it('with some of it is refused, naming the others', async () => {
  const refused = await change(await check(), { ...register, city: 'Lyon' });
  expect(refused.status).toBe(422);
  for (const field of ['last-name', 'first-name', 'street', 'zip', 'country'])
    expect(refused.text).toContain(`<a href="#command-form-${field}">`);
  expect(refused.text).toContain('id="panel-form"');
  expect(await desk.mails(email)).toEqual([]);
  expect(await show()).toMatchObject({ state: 'checked' });
});

it('a page of the time before shows that it is registered', async () => {
  const checked = await check();
  await change(checked, register);
  const late = await change(checked, { ...register, _key: 'of another page' });
  expect(late.status).toBe(200);
  expect(late.text).not.toContain('id="panel-form"');
  expect(await desk.mails(email)).toHaveLength(2);
});
