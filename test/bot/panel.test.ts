/** A draft's panel in chat: menus that follow each other, forms of its groups, and what can be done with it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withBaskets, type Shape } from '../core/basket.js';
import type { DoubleUser, UserInteraction } from '../servers/discord/double.js';
import { say, startGround, whole, type Ground } from './ground.js';

let ground: Ground;
let ann: DoubleUser;
const shape: Shape = {};
beforeEach(async () => {
  Object.assign(shape, { groups: undefined, actions: undefined });
  ground = await startGround({}, withBaskets(shape));
  ann = await ground.reseller();
});
afterEach(async () => {
  await ground.stop();
  expect(ground.double.violations).toEqual([]);
  expect(ground.double.faults).toEqual([]);
  expect(ground.log.filter(({ level }) => level === 'error')).toEqual([]);
});

interface Drawn {
  readonly type: number;
  readonly custom_id?: string | null;
  readonly label?: string | null;
  readonly style?: number;
  readonly disabled?: boolean | null;
  readonly options?: { value: string; default?: boolean | null }[];
}
const rowsOf = ({ answer }: UserInteraction): Drawn[][] => answer.components.map((row) => row.components as Drawn[]);
const partOf = (used: UserInteraction, id: string): Drawn => {
  const found = rowsOf(used)
    .flat()
    .find(({ custom_id }) => custom_id === id);
  if (!found) throw new Error(`${id} is not there: ${JSON.stringify(rowsOf(used))}`);
  return found;
};
const idsOf = (used: UserInteraction): (string | null | undefined)[][] =>
  rowsOf(used).map((row) => row.map(({ custom_id }) => custom_id));
const chosenIn = (used: UserInteraction, field: string): string[] =>
  (partOf(used, `pick:basket edit:K-000001:${field}`).options ?? [])
    .filter((option) => option.default)
    .map(({ value }) => value);

const pick = (used: UserInteraction, field: string, value: string): Promise<UserInteraction> =>
  whole(ann.choose(used, `pick:basket edit:K-000001:${field}`, [value]));
const openGroup = (used: UserInteraction, group: string): Promise<UserInteraction> =>
  ann.press(used, `group:basket show:K-000001:${group}`);
const inputsOf = ({ answer }: UserInteraction): Record<string, unknown>[] =>
  (answer.modal?.components ?? []).map(({ component }) => component as unknown as Record<string, unknown>);
const pdf = (name: string, text = 'bytes') => ({ name, type: 'application/pdf', content: Buffer.from(text) });

const site = {
  'site-name': 'Usine',
  'site-city': 'Lyon',
  'site-email': 'usine@example.org',
  recipients: 'a@x.example',
};

test('menus follow each other in one message, forms fill the rest, and it is submitted', async () => {
  const begun = await say(ann, 'basket new');
  expect(begun.answer).toMatchObject({ type: 4, ephemeral: true });
  expect(begun.answer.content).toContain('K-000001');
  expect(begun.answer.content).toMatch(
    /\*\*Manque encore\*\* colour, size, Nom du site, E-mail du site, Destinataires, Bon de commande$/,
  );
  // no size before there is a colour; thirty shades are typed
  expect(idsOf(begun)).toEqual([
    ['pick:basket edit:K-000001:colour'],
    [
      'field:basket show:K-000001:shade',
      'group:basket show:K-000001:site',
      'group:basket show:K-000001:files',
      'do:basket submit:K-000001',
      'do:basket drop:K-000001',
    ],
  ]);
  expect(partOf(begun, 'do:basket submit:K-000001')).toMatchObject({ style: 3, disabled: true });
  expect(partOf(begun, 'do:basket drop:K-000001')).toMatchObject({ style: 4 });
  expect(partOf(begun, 'group:basket show:K-000001:site')).toMatchObject({ style: 1 });

  const coloured = await pick(begun, 'colour', 'red');
  expect(coloured.answer).toMatchObject({ type: 7, messageId: begun.answer.messageId });
  expect(chosenIn(coloured, 'colour')).toEqual(['red']);
  const sized = await pick(coloured, 'size', 'large');
  expect(chosenIn(sized, 'size')).toEqual(['large']);
  expect(sized.answer.messageId).toBe(begun.answer.messageId);

  const opened = await openGroup(sized, 'site');
  expect(inputsOf(opened).map(({ custom_id, required, value }) => [custom_id, required, value])).toEqual([
    ['site-name', false, undefined],
    ['site-city', false, undefined],
    ['site-email', false, undefined],
    ['recipients', false, undefined],
  ]);
  const sited = await whole(ann.submit(opened, site));
  expect(sited.answer).toMatchObject({ type: 7, messageId: begun.answer.messageId });
  expect(sited.answer.content).toMatch(/\*\*Manque encore\*\* Bon de commande$/);
  expect(partOf(sited, 'group:basket show:K-000001:site')).toMatchObject({ style: 2 });

  const papers = await openGroup(sited, 'files');
  expect(inputsOf(papers)[0]).toMatchObject({ type: 19, custom_id: 'purchase-order', required: false });
  const full = await whole(ann.submit(papers, { 'purchase-order': [pdf('bc-17.pdf', 'ordered')] }));
  expect(full.answer.content).toContain('purchase-order: bc-17.pdf (ordered)');
  expect(full.answer.content).not.toContain('Manque');
  expect(partOf(full, 'do:basket submit:K-000001').disabled ?? false).toBe(false);

  const done = await whole(ann.press(full, 'Soumettre'));
  expect(done.answer.content).toContain('K-000001');
  expect(done.answer).toMatchObject({ type: 7, messageId: begun.answer.messageId, components: [], ephemeral: true });
  expect(ground.double.interactions.every(({ answeredAfterMs = 9999 }) => answeredAfterMs < 3000)).toBe(true);
});

test('several documents come in one form', async () => {
  const papers = await openGroup(await say(ann, 'basket new'), 'files');
  const given = await whole(ann.submit(papers, { documents: [pdf('plan.pdf', 'one'), pdf('photo.pdf', 'two')] }));
  expect(given.answer.content).toContain('documents: plan.pdf (one), documents: photo.pdf (two)');
});

test('a form shows what stands there; what comes back unchanged or empty changes nothing', async () => {
  const begun = await say(ann, 'basket new', { recipients: 'a@x.example' });
  const first = await openGroup(begun, 'site');
  const second = await openGroup(begun, 'site');
  expect(inputsOf(first).map(({ value }) => value)).toEqual([undefined, undefined, undefined, 'a@x.example']);
  await whole(ann.submit(first, { 'site-name': 'Usine', recipients: 'b@x.example' }));
  // opened before that: it knows nothing of it, and takes nothing of it back
  const third = await whole(ann.submit(second, { 'site-city': 'Lyon' }));
  expect(third.answer.content).toContain('**Nom du site** Usine');
  expect(third.answer.content).toContain('**Destinataires** b@x.example');
  const again = await openGroup(third, 'site');
  expect(inputsOf(again).map(({ value }) => value)).toEqual(['Usine', 'Lyon', undefined, 'b@x.example']);
  const emptied = await whole(ann.submit(again, { 'site-name': '' }));
  expect(emptied.answer.content).toContain('**Nom du site** Usine');
  expect(rowsOf(emptied).length).toBeGreaterThan(0);
});

test('what is refused is told above the panel, and a form keeps what was typed', async () => {
  const begun = await say(ann, 'basket new', { colour: 'red', size: 'small' });
  const opened = await openGroup(begun, 'site');
  const refused = await whole(ann.submit(opened, { ...site, 'site-email': 'nowhere' }));
  expect(refused.answer.messageId).toBe(begun.answer.messageId);
  expect(refused.answer.content).toMatch(/^[^\n]+\n- \*\*E-mail du site\*\* [^\n]+\n\n[^\n]*K-000001/);
  expect(refused.answer.content).not.toContain('Usine');
  expect(chosenIn(refused, 'colour')).toEqual(['red']);
  const corrected = await ann.press(refused, 'Corriger');
  expect(inputsOf(corrected).map(({ custom_id, value }) => [custom_id, value])).toEqual([['site-email', 'nowhere']]);
  const right = await whole(ann.submit(corrected, { 'site-email': 'usine@example.org' }));
  expect(right.answer.content).toContain('**Nom du site** Usine');
  expect(right.answer.content).toMatch(/\*\*Manque encore\*\* Bon de commande$/);
});

test('a rule that refuses a choice leaves the panel as it stands', async () => {
  const begun = await say(ann, 'basket new', { colour: 'red', size: 'small' });
  // another door makes it blue meanwhile, which knows no small
  await say(ann, 'basket edit', { number: 'K-000001', colour: 'blue', size: 'large' });
  const refused = await pick(begun, 'size', 'small');
  expect(refused.answer.messageId).toBe(begun.answer.messageId);
  expect(refused.answer.content).toContain('no such size in this colour');
  expect(chosenIn(refused, 'colour')).toEqual(['blue']);
  expect(chosenIn(refused, 'size')).toEqual(['large']);
});

test('an old panel shows at the next click what has become of its object', async () => {
  const begun = await say(ann, 'basket new', { colour: 'red', size: 'small' });
  const complete = await ann.press(await openFiles(begun), 'Soumettre').catch((error: unknown) => String(error));
  expect(complete).toContain('disabled');
  const opened = await openGroup(begun, 'site');
  await whole(ann.submit(opened, site));
  const done = await say(ann, 'basket submit', { number: 'K-000001' });
  expect(done.answer.content).toContain('K-000001');
  const late = await pick(begun, 'size', 'large');
  expect(late.answer.components).toEqual([]);
  expect(late.answer.content).toMatch(/^On a déjà décidé[^\n]*\n\nCommande K-000001\.\n/);
  expect(late.answer.content).toContain('**État** soumise');
});

/** The panel with its purchase order. */
async function openFiles(used: UserInteraction): Promise<UserInteraction> {
  return whole(ann.submit(await openGroup(used, 'files'), { 'purchase-order': [pdf('bc.pdf')] }));
}

test('an action that needs more opens its form; its refusal leaves the panel', async () => {
  const begun = await say(ann, 'basket new');
  const opener = await ann.press(begun, 'Abandonner');
  expect(opener.answer.type).toBe(9);
  expect(inputsOf(opener)).toMatchObject([{ custom_id: 'reason', required: true }]);
  const short = await whole(ann.submit(opener, { reason: 'no' }));
  expect(short.answer.messageId).toBe(begun.answer.messageId);
  expect(short.answer.content).toContain('**Motif**');
  expect(partOf(short, 'do:basket drop:K-000001')).toMatchObject({ style: 4 });
  const gone = await whole(ann.submit(await ann.press(short, 'Corriger'), { reason: 'un double' }));
  expect(gone.answer).toMatchObject({ components: [], messageId: begun.answer.messageId });
  const nothing = await openGroup(begun, 'site').catch((error: unknown) => String(error));
  // the message has no panel any more
  expect(nothing).toContain('0 components');
});

test('more than 25 choices are typed in a form', async () => {
  const opened = await ann.press(await say(ann, 'basket new'), 'field:basket show:K-000001:shade');
  expect(inputsOf(opened)).toMatchObject([{ type: 4, custom_id: 'shade' }]);
  const shaded = await whole(ann.submit(opened, { shade: 'shade-29' }));
  expect(shaded.answer.content).toContain('**shade** shade-29');
});

test('where there is no room for all buttons, the groups are one menu', async () => {
  shape.groups = 15;
  const begun = await say(ann, 'basket new', { colour: 'red' });
  expect(rowsOf(begun).length).toBeLessThanOrEqual(5);
  const fill = partOf(begun, 'fill:basket show:K-000001');
  expect(fill.options).toHaveLength(18);
  const opened = await ann.choose(begun, 'fill:basket show:K-000001', ['group:site']);
  const sited = await whole(ann.submit(opened, site));
  expect(sited.answer.messageId).toBe(begun.answer.messageId);
  expect(sited.answer.content).toContain('Usine');
  const typed = await ann.choose(sited, 'fill:basket show:K-000001', ['field:shade']);
  expect(inputsOf(typed)).toMatchObject([{ custom_id: 'shade' }]);
});

test('after a restart of the bot, menus, buttons and an open form go on', async () => {
  const begun = await say(ann, 'basket new');
  const restart = async () => {
    await ground.bot.close();
    await ground.start();
  };
  await restart();
  const coloured = await pick(begun, 'colour', 'blue');
  expect(coloured.answer.messageId).toBe(begun.answer.messageId);
  await restart();
  const opened = await openGroup(coloured, 'site');
  await restart();
  const sited = await whole(ann.submit(opened, site));
  expect(sited.answer.content).toContain('Usine');
  expect(chosenIn(sited, 'colour')).toEqual(['blue']);
});

test('what takes longer leaves the panel where it is until the answer is there', async () => {
  await ground.bot.close();
  await ground.start({ times: { deferMs: 0 } });
  let go = (): void => undefined;
  ground.wrap = (inner) => ({
    ...inner,
    dispatch: async (request) => {
      if (request.command === 'basket edit') await new Promise<void>((resolve) => (go = resolve));
      return inner.dispatch(request);
    },
  });
  const begun = await whole(say(ann, 'basket new'));
  const used = await ann.choose(begun, 'pick:basket edit:K-000001:colour', ['red']);
  expect(used.answer.type).toBe(6);
  expect(used.answer.content).toContain('K-000001');
  expect(chosenIn(used, 'colour')).toEqual([]);
  go();
  await used.settled();
  expect(chosenIn(used, 'colour')).toEqual(['red']);
  // a form can't be opened so late: the panel says so and stays
  ground.wrap = (inner) => ({
    ...inner,
    dispatch: async (request) => {
      if (request.command === 'basket show') await new Promise<void>((resolve) => (go = resolve));
      return inner.dispatch(request);
    },
  });
  const late = await openGroup(used, 'site');
  expect(late.answer.type).toBe(6);
  go();
  const told = await late.settled();
  expect(told.content).toContain('essayez encore');
  expect(rowsOf(late).length).toBeGreaterThan(0);
});

/** A message with such buttons and menus in a channel that everybody sees. */
async function planted(...ids: string[]): Promise<{ id: string }> {
  const components = ids.map((id) => ({
    type: 1,
    components: [
      id.startsWith('pick') || id.startsWith('fill')
        ? { type: 3, custom_id: id, options: [{ label: 'red', value: 'red' }] }
        : { type: 2, style: 2, label: id.slice(0, 80), custom_id: id },
    ],
  }));
  const { id } = ground.double.addChannel({ name: `shared-${ids.length}-${ids[0]!.length}` });
  const made = await fetch(`${ground.double.api}/v10/channels/${id}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${ground.double.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'look', components }),
  });
  return (await made.json()) as { id: string };
}

test('somebody else’s click changes nothing and shows nothing', async () => {
  await say(ann, 'basket new', { comments: 'strictly private' });
  const rival = await ground.reseller('rival@example.com', 'Rival');
  const ids = ['pick:basket edit:K-000001:colour', 'group:basket show:K-000001:site', 'do:basket drop:K-000001'];
  const there = await planted(...ids);
  const used = [await whole(rival.choose(there, ids[0]!, ['red'])), await whole(rival.press(there, ids[1]!))];
  for (const { answer } of used) {
    expect(answer).toMatchObject({ ephemeral: true, components: [] });
    expect(answer.content).toContain('K-000001 est introuvable');
    expect(answer.content).not.toContain('private');
  }
  const asked = await rival.press(there, ids[2]!);
  const dropped = await whole(rival.submit(asked, { reason: 'not mine' }));
  expect(dropped.answer.content).toContain('K-000001 est introuvable');
  const shown = await say(ann, 'basket show', { number: 'K-000001' });
  expect(shown.answer.content).toContain('strictly private');
  expect(chosenIn(shown, 'colour')).toEqual([]);
  const stranger = ground.double.user({ name: 'Stranger', locale: 'fr' });
  expect((await whole(stranger.press(there, ids[1]!))).answer.content).toContain('account link');
  // her own panel in a shared message is answered beside it, for her alone
  const own = await whole(ann.choose(there, ids[0]!, ['red']));
  expect(own.answer).toMatchObject({ type: 4, ephemeral: true });
  expect(chosenIn(own, 'colour')).toEqual(['red']);
});

test.each([
  'pick:basket edit:K-000001:nothing',
  'pick:basket edit:K-000001:number',
  'pick:basket edit:K-000001:yes',
  'pick:basket edit:O-000001:colour',
  'pick:no such:K-000001:colour',
  'do:stock withdraw:K-000001',
  'do:approval approve:K-000001',
  'do:basket drop:K-1',
  'do:basket drop:K-000001:more',
  'group:basket show:K-000001',
  'fill:basket show:K-000001',
  'do:help:K-000001',
  'do:basket drop:K-000001:reason',
  'do:basket settle:K-000001:task',
])('an id that no panel has does nothing: %s', async (id) => {
  await say(ann, 'basket new');
  const there = await planted(id);
  const used = await whole(/^(pick|fill)/.test(id) ? ann.choose(there, id, ['red']) : ann.press(there, id));
  expect(used.answer.content).toContain('a pris fin');
  expect(chosenIn(await say(ann, 'basket show', { number: 'K-000001' }), 'colour')).toEqual([]);
});

test('a group that is no longer there, or an object that never was, shows the truth', async () => {
  const begun = await say(ann, 'basket new');
  const there = await planted('group:basket show:K-000001:gone', 'group:basket show:K-999999:site');
  const shown = await whole(ann.press(there, 'group:basket show:K-000001:gone'));
  expect(idsOf(shown)).toEqual(idsOf(begun));
  const none = await whole(ann.press(there, 'group:basket show:K-999999:site'));
  expect(none.answer.content).toContain('K-999999 est introuvable');
});

test('a request that can be reviewed has a button for it; a task has one for what it asks', async () => {
  const boss = await ground.staff('Boss');
  await say(ann, 'basket new');
  await say(ann, 'basket ask', { number: 'K-000001' });
  await ground.post();
  const channel = () => ground.double.channel(ground.approvalsChannel.id).messages;
  const [task, card] = channel();
  expect(channel()).toHaveLength(2);
  expect(card!.components[0]!.components!.map(({ custom_id }) => custom_id)).toEqual([
    'approve:1',
    'refuse:1',
    'take:1',
  ]);
  const taken = await whole(boss.press(card!, 'take:1'));
  expect(taken.answer).toMatchObject({ type: 4, ephemeral: true });
  expect(taken.answer.content).toContain('A-000001');
  expect(taken.answer.content).toContain('basket ask');

  expect(task!.content).toBe('Please look at \\*K-000001\\*.');
  expect(task!.components[0]!.components).toMatchObject([
    { custom_id: 'do:basket look:K-000001', label: 'Looked', style: 3 },
    { custom_id: 'do:basket settle:W-000007:task', label: 'Settled', style: 4 },
  ]);
  expect(task!.components[0]!.components).toHaveLength(2);
  const looked = await whole(boss.press(task!, 'Looked'));
  expect(looked.answer).toMatchObject({ type: 4, ephemeral: true, components: [] });
  expect(looked.answer.content).toContain('K-000001');
  // what its command still lacks is asked, after a restart too
  await ground.bot.close();
  await ground.start();
  const asked = await boss.press(task!, 'Settled');
  expect(inputsOf(asked)).toMatchObject([{ custom_id: 'reason', required: true }]);
  const settled = await whole(boss.submit(asked, { reason: 'nobody wants it' }));
  expect(settled.answer).toMatchObject({ ephemeral: true });
  expect(settled.answer.content).toContain('W-000007');
  expect(settled.answer.content).toContain('nobody wants it');
  // for whoever may not, neither
  const there = await planted('do:basket look:K-000001');
  const denied = await whole(ann.press(there, 'do:basket look:K-000001'));
  expect(denied.answer.content).toMatch(/^« basket look » ne vous est pas ouvert/);
});
