/** A panel whose object is named by a field of its own, with an action that is asked with more than its number. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withBaskets } from '../core/basket.js';
import type { Crate } from '../core/crate.js';
import type { DoubleUser, UserInteraction } from '../servers/discord/double.js';
import { say, startGround, whole, type Ground } from './ground.js';

let ground: Ground;
let ann: DoubleUser;
beforeEach(async () => {
  ground = await startGround({}, withBaskets());
  ann = await ground.reseller();
});
afterEach(async () => {
  await ground.stop();
  expect(ground.double.violations).toEqual([]);
  expect(ground.double.faults).toEqual([]);
  expect(ground.log.filter(({ level }) => level === 'error')).toEqual([]);
});

const ids = {
  locale: 'pick:crate edit:C-000001:locale',
  owner: 'group:crate show:C-000001:owner',
  add: 'with:crate show:C-000001:crate add',
  drop: 'do:crate drop:C-000001',
};
const given = { 'site-name': 'Usine', 'site-email': 'usine@example.org' };
const begin = (): Promise<UserInteraction> => say(ann, 'crate check', given);
const idsOf = ({ answer }: UserInteraction): (string | null | undefined)[] =>
  answer.components.flatMap((row) => (row.components ?? []).map(({ custom_id: id }) => id));
const inputsOf = ({ answer }: UserInteraction): Record<string, unknown>[] =>
  (answer.modal?.components ?? []).map(({ component }) => component as unknown as Record<string, unknown>);
const refill = async (used: UserInteraction, values: Record<string, string>): Promise<UserInteraction> =>
  whole(ann.submit(await ann.press(used, ids.owner), values));
async function crate(id = 'C-000001'): Promise<Crate | undefined> {
  const row = await ground.open.connection.reader.setting.findUnique({ where: { name: id } });
  return row ? (JSON.parse(row.value) as Crate) : undefined;
}

test('the answer shows the form, its required fields starred; menus and forms fill it in, a button finishes it', async () => {
  const begun = await begin();
  expect(begun.answer.content).toContain('**Nom \\*** –\n**Ville \\*** –\n**Société** –\n**Langue** –');
  expect(idsOf(begun)).toEqual([ids.locale, ids.owner, ids.add, ids.drop]);

  const spoken = await whole(ann.choose(begun, ids.locale, ['en']));
  expect(spoken.answer).toMatchObject({ type: 7, messageId: begun.answer.messageId });
  // some, but not all: the rest is asked for before it can be registered
  expect(spoken.answer.content).toMatch(/\*\*Manque encore\*\* Nom, Ville$/);
  const filled = await refill(spoken, { 'last-name': 'Roy', city: 'Lyon' });
  expect(filled.answer.content).toContain('**Nom \\*** Roy\n**Ville \\*** Lyon\n**Société** –\n**Langue** anglais');
  expect(inputsOf(await ann.press(filled, ids.owner)).map(({ custom_id: id, value }) => [id, value])).toEqual([
    ['last-name', 'Roy'],
    ['city', 'Lyon'],
    ['company', undefined],
  ]);
  const done = await whole(ann.press(filled, 'Enregistrer'));
  expect(done.answer).toMatchObject({ type: 7, messageId: begun.answer.messageId, components: [] });
  expect(await crate()).toMatchObject({
    state: 'registered',
    siteEmail: given['site-email'],
    owner: { 'last-name': 'Roy', city: 'Lyon', locale: 'en' },
  });
});

test('what it is asked with is what the object says when it is pressed, after a restart too', async () => {
  const begun = await begin();
  await say(ann, 'crate edit', { crate: 'C-000001', 'site-email': 'autre@example.org' });
  await ground.bot.close();
  await ground.start();
  await whole(ann.press(begun, ids.add));
  expect(await crate()).toMatchObject({ state: 'registered', siteEmail: 'autre@example.org', owner: {} });
});

test('an action that is no longer offered shows how the object stands', async () => {
  const begun = await begin();
  // not ready any more: something was given elsewhere, and not all of it
  await say(ann, 'crate edit', { crate: 'C-000001', city: 'Lyon' });
  const early = await whole(ann.press(begun, ids.add));
  expect(early.answer.content).toMatch(/\*\*Manque encore\*\* Nom$/);
  expect(idsOf(early)).toContain(ids.add);
  expect(await crate()).toMatchObject({ state: 'checked' });
  const again = await say(ann, 'crate check', { ...given, 'site-name': 'Autre' });
  await say(ann, 'crate add', { ...given, 'site-name': 'Autre' });
  const late = await whole(ann.press(again, 'with:crate show:C-000002:crate add'));
  expect(late.answer).toMatchObject({ components: [], messageId: again.answer.messageId });
  expect(late.answer.content).toContain('C-000002');
});

test('a refusal stands above the panel, its form goes on with what was typed', async () => {
  const begun = await begin();
  const opener = await ann.press(begun, ids.drop);
  const short = await whole(ann.submit(opener, { reason: 'no' }));
  expect(short.answer.content).toMatch(/\*\*Motif\*\*[^]*C-000001/);
  expect(idsOf(short)).toEqual(expect.arrayContaining(Object.values(ids)));
  const gone = await whole(ann.submit(await ann.press(short, 'Corriger'), { reason: 'un double' }));
  expect(gone.answer).toMatchObject({ components: [], messageId: begun.answer.messageId });
  expect(await crate()).toBeUndefined();
});

test('a refused action is corrected in its form, which knows the object though nothing in it names it', async () => {
  const begun = await begin();
  const filled = await refill(begun, { 'last-name': 'Roy', city: 'Lyon', company: 'Nobody' });
  const refused = await whole(ann.press(filled, ids.add));
  expect(refused.answer).toMatchObject({ type: 7, messageId: begun.answer.messageId });
  expect(refused.answer.content).toMatch(/\*\*Société\*\* is nobody\n\n[^]*C-000001/);
  expect(idsOf(refused)).toEqual(expect.arrayContaining(Object.values(ids)));
  const form = await ann.press(refused, 'Corriger');
  expect(inputsOf(form)).toMatchObject([{ custom_id: 'company', value: 'Nobody', required: false }]);
  const again = await whole(ann.submit(form, { company: 'Nobody' }));
  expect(idsOf(again)).toEqual(expect.arrayContaining(Object.values(ids)));
  await whole(ann.submit(await ann.press(again, 'Corriger'), { company: 'Roy SA' }));
  expect(await crate()).toMatchObject({ state: 'registered', owner: { 'last-name': 'Roy', company: 'Roy SA' } });
});

test('somebody else’s click shows and does nothing', async () => {
  await begin();
  const rival = await ground.reseller('rival@example.com', 'Rival');
  const { id } = ground.double.addChannel({ name: 'shared' });
  const made = await fetch(`${ground.double.api}/v10/channels/${id}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${ground.double.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      content: 'look',
      components: [
        {
          type: 1,
          components: Object.values(ids)
            .slice(1)
            .map((one) => ({ type: 2, style: 2, label: one.slice(0, 80), custom_id: one })),
        },
      ],
    }),
  });
  const there = (await made.json()) as { id: string };
  for (const one of [ids.add, ids.owner]) {
    const used = await whole(rival.press(there, one));
    expect(used.answer).toMatchObject({ ephemeral: true, components: [] });
    expect(used.answer.content).toContain('C-000001 est introuvable');
  }
  expect(await crate()).toMatchObject({ state: 'checked' });
});

test.each([
  'with:crate show:C-000001',
  'with:crate show:C-000001:add',
  'do:crate show:C-000001:crate add',
  'group:crate show:C-000001:crate add',
  'do:crate add:C-000001',
  'with:crate add:C-000001:crate add',
  'pick:crate edit:C-000001:crate',
])('an id that no panel has does nothing: %s', async (custom_id) => {
  await begin();
  const { id } = ground.double.addChannel({ name: 'shared' });
  const part = custom_id.startsWith('pick')
    ? { type: 3, custom_id, options: [{ label: 'red', value: 'red' }] }
    : { type: 2, style: 2, label: 'one', custom_id };
  const made = await fetch(`${ground.double.api}/v10/channels/${id}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${ground.double.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'look', components: [{ type: 1, components: [part] }] }),
  });
  const there = (await made.json()) as { id: string };
  const used = await whole(
    custom_id.startsWith('pick') ? ann.choose(there, custom_id, ['red']) : ann.press(there, custom_id),
  );
  expect(used.answer.content).toContain('a pris fin');
  expect(await crate()).toMatchObject({ state: 'checked', owner: {} });
});
