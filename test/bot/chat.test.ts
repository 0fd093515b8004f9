/** What people do with `/noun verb`, through Discord's door and the real core. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DoubleUser } from '../servers/discord/double.js';
import { say, startGround, whole, type Ground } from './ground.js';

let ground: Ground;
beforeEach(async () => {
  ground = await startGround();
});
afterEach(async () => {
  await ground.stop();
  expect(ground.double.violations).toEqual([]);
  expect(ground.double.faults).toEqual([]);
  expect(ground.log.filter(({ level }) => level === 'error')).toEqual([]);
  expect(ground.failures).toEqual([]);
});

const client = { 'last-name': 'Petit', 'first-name': 'Léo', email: 'leo@client.example', 'order-number': 'FA-12' };
const stockOf = async (user: DoubleUser): Promise<string> => (await say(user, 'stock show')).answer.content;

test('a Discord user is nobody until the mailed code is typed back', async () => {
  const ann = ground.double.user({ name: 'Ann', locale: 'fr' });
  const refused = await say(ann, 'stock show');
  expect(refused.answer).toMatchObject({ type: 4, ephemeral: true });
  expect(refused.answer.content).toContain('account link');
  await ground.operator('reseller register', {
    ...{ email: 'rev@example.com', 'last-name': 'Martin', 'first-name': 'Ann', company: 'ACME', locale: 'fr' },
  });
  const sent = await say(ann, 'account link', { email: 'Rev@Example.com' });
  expect(sent.answer.content).toContain('rev@example.com');
  await ground.post();
  const { params } = ground.mails.findLast(({ letter }) => letter === 'link-code')!;
  const wrong = await say(ann, 'account confirm', { code: '0000 0000' });
  expect(wrong.answer.content).toContain('Ce code est faux');
  const right = await say(ann, 'account confirm', { code: String(params['code']) });
  expect(right.answer.content).toBe('rev@example.com est reliée.\n**E-mail** rev@example.com');
  expect(await stockOf(ann)).toContain('Stock d’ACME.');
  expect(await stockOf(ann)).toMatch(/```\n +Service Pack [\s\S]*Ultimate +Pro\n[\s\S]*\n```/);
});

test('an unknown user is answered in its own language, a known one in the language it chose', async () => {
  const bob = ground.double.user({ name: 'Bob', locale: 'de' });
  expect((await say(bob, 'stock show')).answer.content).toContain('Le guichet');
  const eve = ground.double.user({ name: 'Eve', locale: 'en-GB' });
  expect((await say(eve, 'stock show')).answer.content).toContain('The desk does not know you yet');
  const ann = await ground.reseller();
  await say(ann, 'account edit', { locale: 'en' });
  expect(await stockOf(ann)).toContain('Stock of ACME.');
});

test('only kinds in stock are offered, and a declaration takes one', async () => {
  const ann = await ground.reseller();
  expect(await ann.autocomplete('declare new', 'product', '')).toEqual([
    { name: 'Service Pack Power (3)', value: 'power' },
  ]);
  expect(await ann.autocomplete('declare new', 'product', 'POWÉR')).toHaveLength(1);
  expect(await ann.autocomplete('declare new', 'product', 'ultimate')).toEqual([]);
  const all = await ann.autocomplete('stock threshold', 'product', 'box');
  expect(all.map(({ value }) => value)).toContain('box-pro');
  const stranger = ground.double.user({ name: 'Stranger' });
  expect(await stranger.autocomplete('declare new', 'product', '')).toEqual([]);

  const placed = await say(ann, 'declare new', { product: 'power', ...client, takeover: true });
  expect(placed.answer.content).toMatch(/^Déclaration D-000001 enregistrée pour leo@client\.example : pack PP/);
  expect(placed.answer.ephemeral).toBe(true);
  expect(await ann.autocomplete('declare new', 'product', '')).toEqual([
    { name: 'Service Pack Power (2)', value: 'power' },
  ]);
  const again = await say(ann, 'declare new', { product: 'power', ...client });
  expect(again.answer.content).toContain('D-000001');
  const empty = await say(ann, 'declare new', { product: 'pro', ...client });
  expect(empty.answer.content).toContain('Service Pack Pro');
  expect(await ann.autocomplete('declare new', 'product', '')).toEqual([
    { name: 'Service Pack Power (2)', value: 'power' },
  ]);
});

test('declared users are listed, shown and written to again; a list comes as a file too', async () => {
  const ann = await ground.reseller();
  await say(ann, 'declare new', { product: 'power', ...client });
  const list = await say(ann, 'declare list', { search: 'PETIT' });
  expect(list.answer.content).toContain('leo@client.example');
  const shown = await say(ann, 'declare show', { number: '1' });
  expect(shown.answer.content).toContain('Déclaration D-000001.');
  expect(shown.answer.content).toContain('Déclaration, au client');
  await ground.post();
  const before = ground.mails.filter(({ letter }) => letter === 'declared-client').length;
  const resent = await say(ann, 'declare resend', { number: 'D-000001' });
  expect(resent.answer.content).toContain('D-000001');
  await ground.post();
  expect(ground.mails.filter(({ letter }) => letter === 'declared-client')).toHaveLength(before + 1);
  const exported = await say(ann, 'declare list', { export: 'csv' });
  expect(exported.answer.files).toHaveLength(1);
  expect(exported.answer.files[0]!.content.toString()).toContain('leo@client.example');
});

test('another reseller neither sees a declaration nor writes to its client again', async () => {
  const ann = await ground.reseller();
  await say(ann, 'declare new', { product: 'power', ...client });
  const rival = await ground.reseller('rival@example.com', 'Rival');
  for (const command of ['declare show', 'declare resend']) {
    const { answer } = await say(rival, command, { number: 'D-000001' });
    expect(answer.content).toContain('D-000001 est introuvable');
    expect(answer.content).not.toContain('leo@');
  }
  expect((await say(rival, 'declare list')).answer.content).not.toContain('leo@');
});

test('faults are listed with a button; its form has the faulty fields, and what was typed before stays', async () => {
  const ann = await ground.reseller();
  const faulty = { product: 'power', ...client, email: 'leo(at)client', 'support-contact': 'nobody' };
  const refused = await say(ann, 'declare new', faulty);
  expect(refused.answer.content).toContain('**E-mail** doit être');
  expect(refused.answer.content).toContain('**Contact** doit être');
  const opener = await ann.press(refused, 'Corriger');
  const inputs = opener.answer.modal!.components.map(({ component }) => [component!.custom_id, component!.value]);
  expect(inputs).toEqual([
    ['email', 'leo(at)client'],
    ['support-contact', 'nobody'],
  ]);
  const still = await whole(ann.submit(opener, { email: 'leo client', 'support-contact': '' }));
  expect(still.answer.content).toContain('**E-mail**');
  expect(still.answer.content).not.toContain('**Contact**');
  const reopened = await ann.press(still, 'Corriger');
  const done = await whole(ann.submit(reopened, { 'E-mail': 'leo@client.example' }));
  expect(done.answer.content).toMatch(/^Déclaration D-000001 enregistrée pour leo@client\.example/);
  expect(done.answer).toMatchObject({ components: [], ephemeral: true });
  // it took the place of the faults
  expect(done.answer.messageId).toBe(refused.answer.messageId);
});

test('a form works once, for its user alone, also after a restart, and for a day', async () => {
  const ann = await ground.reseller();
  const refused = await say(ann, 'declare new', { product: 'power', ...client, email: 'nothing' });
  await ground.bot.close();
  await ground.start();
  const [one, two] = [await ann.press(refused, 'Corriger'), await ann.press(refused, 'Corriger')];
  const first = await whole(ann.submit(one, { email: 'leo@client.example' }));
  expect(first.answer.content).toContain('D-000001');
  const second = await whole(ann.submit(two, { email: 'lea@client.example' }));
  expect(second.answer.content).toContain('a déjà servi');
  expect((await say(ann, 'declare list')).answer.content).toContain('1 déclaration');

  const other = await say(ann, 'declare new', { product: 'power', ...client, email: 'nothing' });
  const id = String(other.answer.components[0]!.components![0]!.custom_id).slice('correct:'.length);
  const { draftOf, takeDraft } = await import('../../src/core/command/pending.js');
  const { desk } = ground.open;
  expect(await draftOf(desk, { id, discordId: ann.id })).toMatchObject({ command: 'declare new', ask: ['email'] });
  expect(await draftOf(desk, { id, discordId: '1' })).toBeUndefined();
  expect(await takeDraft(desk, { id, discordId: '1', by: 'x' })).toBeUndefined();
  ground.skewMs = 25 * 3_600_000;
  const late = await whole(ann.press(other, 'Corriger'));
  expect(late.answer.content).toContain('a pris fin');
});

test('nothing typed is kept readable', async () => {
  const ann = await ground.reseller();
  await say(ann, 'declare new', { product: 'power', ...client, email: 'nothing' });
  const rows = await ground.open.connection.reader.pendingCommand.findMany();
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain('Petit');
  expect(JSON.stringify(rows)).not.toContain('nothing');
});

test('staff register a reseller; a purchase of an unknown one asks who it is', async () => {
  const boss = await ground.staff('Boss');
  const registered = await say(boss, 'reseller register', {
    ...{ email: 'new@example.com', 'last-name': 'Roy', 'first-name': 'Zoé', company: 'Roy & fils' },
  });
  expect(registered.answer.content).toContain('Roy & fils est enregistrée');
  const opener = await boss.command('stock receive', {
    ...{ reseller: 'unknown@example.com', product: 'box-pro', quantity: 2, purchase: 'F-77' },
  });
  expect(opener.answer.type).toBe(9);
  expect(opener.answer.modal!.title).toBe('stock receive');
  expect(opener.answer.modal!.components[0]!.content).toContain('Personne n’est encore enregistré');
  const done = await whole(boss.submit(opener, { Nom: 'Faure', Prénom: 'Max', Société: 'Faure SARL' }));
  expect(done.answer.content).toContain('dans le stock de Faure SARL');
  expect(done.answer.ephemeral).toBe(true);
  const shown = await say(boss, 'stock show', { reseller: 'unknown@example.com' });
  expect(shown.answer.content).toContain('Faure SARL');
  const whose = await boss.command('stock show');
  expect(whose.answer.modal!.components).toHaveLength(1);
  const seen = await whole(boss.submit(whose, { reseller: 'new@example.com' }));
  expect(seen.answer.content).toContain('Roy & fils');
});

const rows = 'number;product;purchase\nPP2016JUN002122662989;pro;F-9\nPP2016JUN002122662988;pro;F-9\n';

test('a file is previewed, then imported by its button, once', async () => {
  await ground.reseller();
  const boss = await ground.staff('Boss');
  const file = { name: '../packs.csv', type: 'text/csv', content: Buffer.from(rows) };
  const preview = await say(boss, 'stock import', { reseller: 'rev@example.com', file });
  expect(preview.answer.content).toContain('Rien n’a encore changé');
  const shown = await say(boss, 'stock show', { reseller: 'rev@example.com' });
  expect(shown.answer.content).toMatch(/^ +Power +Power EnOcean +Power Ultimate +Pro\nDisponible +3 +0 +0 +0$/m);
  const [one, two] = await Promise.all([boss.press(preview, 'Confirmer'), boss.press(preview, 'Confirmer')]);
  await Promise.all([one.settled(), two.settled()]);
  expect([one.answer.content, two.answer.content]).toEqual([
    expect.stringContaining('2 packs importés'),
    expect.stringContaining('2 packs importés'),
  ]);
  expect(one.answer.components).toEqual([]);
  const after = await say(boss, 'stock show', { reseller: 'rev@example.com' });
  expect(after.answer.content).toMatch(/^Disponible +3 +0 +0 +2$/m);
  const audit = await ground.operator('audit show', { object: 'G-1' });
  expect(JSON.stringify(audit).split('"action":"stock import"')).toHaveLength(2);
});

test('a preview can be cancelled, is bound to its person, and survives a restart', async () => {
  await ground.reseller();
  const boss = await ground.staff('Boss');
  const { previewOf } = await import('../../src/core/command/pending.js');
  const file = { name: 'packs.csv', type: 'text/csv', content: Buffer.from(rows) };
  const preview = await say(boss, 'stock import', { reseller: 'rev@example.com', file });
  await ground.bot.close();
  await ground.start();
  const id = String(preview.answer.components[0]!.components![0]!.custom_id).slice('confirm:'.length);
  const other = await ground.staff('Other');
  const as = (user: DoubleUser) => ({ kind: 'discord', id: user.id, name: user.name }) as const;
  expect(await previewOf(ground.open.desk, { id, caller: as(other) })).toBeUndefined();
  expect(await previewOf(ground.open.desk, { id, caller: as(boss) })).toMatchObject({ command: 'stock import' });
  const cancelled = await whole(boss.press(preview, 'Annuler'));
  expect(cancelled.answer.content).toContain('rien n’a changé');
  expect(await previewOf(ground.open.desk, { id, caller: as(boss) })).toBeUndefined();
  const anew = await say(boss, 'stock import', { reseller: 'rev@example.com', file });
  const done = await whole(boss.press(anew, 'Confirmer'));
  expect(done.answer.content).toContain('2 packs importés');
});

test('help lists what the asker may do, and explains a command', async () => {
  const ann = await ground.reseller();
  const help = await say(ann, 'help');
  expect(help.answer.content).toContain('declare new');
  expect(help.answer.content).not.toContain('staff grant');
  expect(help.answer.content.length).toBeLessThanOrEqual(2000);
  expect((await say(ann, 'help', { topic: 'declare new' })).answer.content).toContain('Numéro de commande');
});

test('what comes from outside is shown as it is, and mentions nobody', async () => {
  const ann = await ground.reseller();
  const hostile = { 'last-name': '**@everyone** <@1> `x` [a](http://evil.example)', 'first-name': '||_~~Léo~~_||' };
  await say(ann, 'declare new', { product: 'power', ...client, ...hostile });
  const { answer } = await say(ann, 'declare show', { number: '1' });
  expect(answer.content).toContain('\\*\\*@everyone\\*\\* \\<@1\\> \\`x\\` \\[a\\](http://evil.example)');
  const bodies = ground.double.requests
    .map(({ body }) => JSON.stringify(body))
    .filter((body) => body?.includes('"content"'));
  expect(bodies.length).toBeGreaterThan(2);
  for (const body of bodies) expect(body).toContain('"allowed_mentions":{"parse":[]}');
});
