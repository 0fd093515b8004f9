/** Support in Discord: asked by anybody, answered from the approvals channel, gone on with by a button (G8). */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DoubleUser, UserInteraction } from '../servers/discord/double.js';
import { say, startGround, whole, type Ground } from './ground.js';

let ground: Ground;
let staff: DoubleUser;
beforeEach(async () => {
  ground = await startGround();
  staff = await ground.staff('Paul', { role: 'support' });
  await ground.post();
  staff.dms.length = 0;
  ground.mails.length = 0;
});
afterEach(async () => {
  await ground.stop();
  expect(ground.double.violations).toEqual([]);
  expect(ground.double.faults).toEqual([]);
  expect(ground.log.filter(({ level }) => level === 'error')).toEqual([]);
});

const number = 'T-000001';
const channel = () => ground.double.channel(ground.approvalsChannel.id).messages;
const ask = (user: DoubleUser, text = 'Elle ne démarre pas.'): Promise<UserInteraction> =>
  say(user, 'support open', { subject: 'Box *muette*', text });
/** The button, and what is written in the form it opens. */
async function answer(user: DoubleUser, message: { id: string }, text: string): Promise<UserInteraction> {
  const form = await user.press(message, `do:support reply:${number}`);
  expect(form.answer.type).toBe(9);
  return whole(user.submit(form, { text }));
}
const show = async () => {
  const outcome = await ground.operator('support show', { number });
  const data = outcome.ok ? outcome.data : {};
  return { ...data, said: (data['messages'] as { text: string }[]).map(({ text }) => text) };
};

test('somebody linked asks; staff answer in the channel, the asker by the button of a direct message', async () => {
  const ann = await ground.reseller();
  const opened = await ask(ann);
  expect(opened.answer).toMatchObject({ ephemeral: true });
  expect(opened.answer.content).toContain(`Le ticket ${number} est ouvert, en priorité`);
  await ground.post();
  const notice = channel().at(-1)!;
  expect(notice.content).toContain('Prioritaire : nouveau ticket T-000001 d’Ann Martin (ACME) : Box \\*muette\\*');
  expect(notice.content).toContain('Elle ne démarre pas.');
  expect(notice.components[0]!.components).toMatchObject([{ label: 'Répondre' }, { label: 'Fermer' }]);
  ground.mails.length = 0;
  ann.dms.length = 0;

  const told = await answer(staff, notice, 'Pressez le bouton.\n@everyone **vite**');
  expect(told.answer).toMatchObject({ ephemeral: true });
  expect(told.answer.content).toContain(`Votre réponse figure dans ${number}`);
  await ground.post();
  expect(ground.mails.map(({ letter, recipient }) => [letter, recipient])).toEqual([
    ['ticket-reply', 'rev@example.com'],
  ]);
  const [dm] = ann.dms;
  expect(dm?.content).toContain('@everyone \\*\\*vite\\*\\*');
  expect(dm?.mentions ?? []).toEqual([]);

  await ground.bot.close();
  await ground.start();
  await answer(ann, ann.dms[0]!, 'Merci !');
  await ground.post();
  expect(channel().at(-1)!.content).toContain('Ann Martin (ACME) a répondu dans T-000001');
  const closed = await whole(staff.press(channel().at(-1)!, `do:support close:${number}`));
  expect(closed.answer.content).toContain(`Le ticket ${number} est fermé`);
  expect(await show()).toMatchObject({
    state: 'closed',
    said: ['Elle ne démarre pas.', 'Pressez le bouton.\n@everyone **vite**', 'Merci !'],
  });
});

test('with direct messages closed the mail is enough, once', async () => {
  const ann = await ground.reseller();
  await ask(ann);
  ann.dmsClosed = true;
  await ground.operator('support reply', { number, text: 'Oui ?' }, 'paul@desk.example');
  ground.mails.length = 0;
  await ground.post();
  await ground.post();
  expect(ground.mails.filter(({ object }) => object === number).map(({ letter }) => letter)).toEqual(['ticket-reply']);
  expect(ground.failures).toEqual([]);
});

test('somebody who is linked to nobody asks, without priority, and hears by direct message alone', async () => {
  const kim = ground.double.user({ name: 'Kim', locale: 'fr' });
  const opened = await ask(kim);
  expect(opened.answer.content).toContain(`Le ticket ${number} est ouvert ;`);
  await ground.post();
  const long = Array.from({ length: 300 }, (_, at) => `étape ${at} : tournez`).join('\n');
  await answer(staff, channel().at(-1)!, long.slice(0, 3900));
  await ground.post();
  expect(ground.mails).toEqual([]);
  // more than one message, and nothing of it is lost
  const texts = kim.dms.map(({ content }) => content);
  expect(texts.length).toBeGreaterThan(1);
  expect(texts.join('\n')).toContain('étape 150 : tournez');
  const shown = await say(kim, 'support show', { number });
  expect(shown.answer.files.map(({ name }) => name)).toEqual(['conversation.txt']);
  const replied = await answer(kim, kim.dms.at(-1)!, 'Fait.');
  expect(replied.answer.content).toContain(`Votre réponse figure dans ${number}`);
  // nobody else's
  const eve = ground.double.user({ name: 'Eve', locale: 'fr' });
  expect((await say(eve, 'support show', { number })).answer.content).toContain(`${number} est introuvable`);
  expect((await say(eve, 'declare list')).answer.content).toContain('account link');
  expect((await say(kim, 'support list')).answer.content).toContain('1 ticket');
});

test('a text that is left out is asked for in a form', async () => {
  const ann = await ground.reseller();
  const form = await ann.command('support open', { subject: 'Box' });
  expect(form.answer.type).toBe(9);
  const opened = await whole(ann.submit(form, { text: 'Deux\nlignes' }));
  expect(opened.answer.content).toContain(number);
  expect(await show()).toMatchObject({ said: ['Deux\nlignes'] });
  const shown = await say(ann, 'support show', { number });
  expect(shown.answer.content).toContain('> Deux\n> lignes');
});
