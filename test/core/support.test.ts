/** Tickets: who sees and writes in them, how their state moves, who is told (G8). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstAnswerStats } from '../../src/core/programmes/support/first-answer.js';
import { quoted } from '../../src/core/programmes/support/notices.js';
import { databases } from '../servers/databases.js';
import { exe, pdf, png, upload } from './files.js';
import {
  codeOf,
  dayMs,
  fieldsOf,
  hourMs,
  minuteMs,
  newEmail,
  newReseller,
  newStaff,
  openTestDesk,
  type AskOptions,
  type TestDesk,
  type TestReseller,
} from './ground.js';

const stranger = (id: string): AskOptions => ({ caller: { kind: 'discord', id, name: 'Kim' }, door: 'chat' });
const asking = (more = {}) => ({ subject: 'Box is silent', text: 'It does not start.\nWhat now?', ...more });

describe.each(databases())('support on $name', (provider) => {
  let desk: TestDesk;
  let reseller: TestReseller;
  let support: string;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    reseller = await newReseller(desk, { pro: 3 }, { company: 'Volta' });
    support = await newStaff(desk, 'support');
    await desk.done('account edit', { 'last-name': 'Blanc', 'first-name': 'Léo' }, { as: support });
  });
  afterAll(() => desk.close());

  const open = async (more = {}, as = reseller.email): Promise<string> =>
    String((await desk.done('support open', asking(more), { as }))['ticket']);
  const reply = (number: string, options: AskOptions, more = {}) =>
    desk.ask('support reply', { number, text: 'Here is more.', ...more }, options);
  const show = (number: string, options: AskOptions = {}) => desk.done('support show', { number }, options);
  const asStaff = () => ({ as: support });
  const asAsker = () => ({ as: reseller.email });
  async function member(role: 'manager' | 'viewer', orgId = reseller.id): Promise<string> {
    const email = newEmail(role);
    await desk.done('account edit', { 'first-name': role }, { as: email });
    const { personId } = await desk.connection.reader.address.findUniqueOrThrow({ where: { email } });
    await desk.desk.database.transact(({ tx }) =>
      tx.membership.create({ data: { personId, orgId, role, createdAt: desk.clock() } }),
    );
    return email;
  }

  test('whoever proves an address becomes a person by opening one, with priority; the role is told', async () => {
    const email = newEmail();
    const admin = await newStaff(desk, 'admin');
    const told = await desk.queuedBy(async () => {
      const opened = await desk.done('support open', asking({ object: ' d-7 ' }), { as: email });
      expect(opened).toMatchObject({ state: 'open', priority: true, object: 'D-000007', subject: 'Box is silent' });
    });
    expect(told.map(({ channel, letter, recipient }) => [channel, letter, recipient])).toEqual([
      ['mail', 'ticket-staff', support],
    ]);
    expect(told[0]?.params).toMatchObject({ step: 'opened', priority: true, about: 'D-000007', asker: email });
    expect(told[0]?.params['text']).toBe('> It does not start.\n> What now?');
    expect(codeOf(await desk.ask('account show', {}, { as: email }))).toBe('account.shown');
    expect(admin).not.toBe(support);
    // anything else of support is no first command
    const other = await desk.ask('support list', {}, { as: newEmail() });
    expect(other).toMatchObject({ ok: false, code: 'access.denied' });
  });

  test('a dry run has no number and tells nobody', async () => {
    const told = await desk.queuedBy(async () => {
      const outcome = await desk.ask('support open', asking(), { ...asAsker(), dryRun: true });
      expect(outcome).toMatchObject({ ok: true, dryRun: true, data: { ticket: null, state: 'open', priority: true } });
      expect(outcome).not.toHaveProperty('talk');
    });
    expect(told).toEqual([]);
  });

  test('a Discord user who is linked to nobody may ask, without priority, and not without end', async () => {
    const kim = stranger('111');
    const opened = await desk.done('support open', asking(), kim);
    expect(opened).toMatchObject({ state: 'open', priority: false });
    const number = String(opened['ticket']);
    expect(codeOf(await reply(number, kim))).toBe('ticket.replied');
    expect((await desk.done('support list', {}, kim))['total']).toBe(1);
    expect(codeOf(await reply(number, stranger('222')))).toBe('object.unknown');
    expect(codeOf(await desk.ask('support show', { number }, asAsker()))).toBe('object.unknown');
    for (let count = 1; count < 5; count += 1) await desk.done('support open', asking(), kim);
    expect(codeOf(await desk.ask('support open', asking(), kim))).toBe('rate.limited');
    desk.clock.advance(hourMs + minuteMs);
    expect(codeOf(await desk.ask('support open', asking(), kim))).toBe('ticket.opened');
    // linked since, it is still theirs, by any door
    const { personId } = await desk.connection.reader.address.findUniqueOrThrow({ where: { email: reseller.email } });
    await desk.desk.database.transact(({ tx }) =>
      tx.discordUser.create({ data: { discordId: '111', personId, linkedAt: desk.clock() } }),
    );
    expect(codeOf(await reply(number, asAsker()))).toBe('ticket.replied');
    await desk.desk.database.transact(({ tx }) => tx.discordUser.deleteMany({ where: { discordId: '111' } }));
    expect(codeOf(await reply(number, asAsker()))).toBe('object.unknown');
  });

  test('its organisation sees it; a viewer writes in its own only, another organisation sees nothing', async () => {
    const number = await open();
    const [manager, viewer] = [await member('manager'), await member('viewer')];
    const rival = await newReseller(desk);
    expect(await show(number, { as: viewer })).toMatchObject({ ticket: number, company: 'Volta' });
    expect(codeOf(await reply(number, { as: viewer }))).toBe('access.denied');
    expect(codeOf(await desk.ask('support close', { number }, { as: viewer }))).toBe('access.denied');
    expect(codeOf(await reply(await open({}, viewer), { as: viewer }))).toBe('ticket.replied');
    expect(codeOf(await reply(number, { as: manager }))).toBe('ticket.replied');
    for (const command of ['support show', 'support close', 'support reopen'])
      expect(codeOf(await desk.ask(command, { number }, { as: rival.email }))).toBe('object.unknown');
    expect((await desk.done('support list', {}, { as: rival.email }))['total']).toBe(0);
    // who wrote in it is told of the answer as who opened it is
    const told = await desk.queuedBy(() => reply(number, asStaff(), { text: 'Press the button.' }));
    expect(told.map(({ recipient }) => recipient).sort()).toEqual([manager, reseller.email].sort());
    expect(told.every(({ letter }) => letter === 'ticket-reply')).toBe(true);
    expect(told[0]?.params).toMatchObject({ writer: 'Léo Blanc', text: 'Press the button.', days: 14, chat: false });
  });

  test('staff answer, the asker goes on; the first answer is noted once', async () => {
    const number = await open();
    desk.clock.advance(30 * minuteMs);
    expect(await desk.done('support reply', { number, text: 'Try again.' }, asStaff())).toMatchObject({
      ticket: number,
      state: 'answered',
    });
    desk.clock.advance(10 * minuteMs);
    // an answer may follow an answer
    expect(await desk.done('support reply', { number, text: 'Or call.' }, asStaff())).toMatchObject({
      state: 'answered',
    });
    expect(await desk.done('support reply', { number, text: 'No.' }, asAsker())).toMatchObject({ state: 'open' });
    desk.clock.advance(5 * minuteMs);
    expect(await desk.done('support reply', { number, text: 'Still no.' }, asAsker())).toMatchObject({ state: 'open' });
    const shown = await show(number, asAsker());
    expect(shown).toMatchObject({ state: 'open', firstAnswerMinutes: 30, waitingMinutes: 5, door: 'terminal' });
    const said = shown['messages'] as { who: string; staff: boolean; text: string; door: string }[];
    expect(said.map(({ who, staff, text }) => [who, staff, text.split('\n')[0]])).toEqual([
      ['Ada Weber', false, 'It does not start.'],
      ['Léo Blanc', true, 'Try again.'],
      ['Léo Blanc', true, 'Or call.'],
      ['Ada Weber', false, 'No.'],
      ['Ada Weber', false, 'Still no.'],
    ]);
  });

  test('staff without a name have none for others, least of all their address', async () => {
    const number = await open();
    const nameless = await newStaff(desk, 'sales');
    expect(codeOf(await reply(number, { as: nameless }))).toBe('ticket.replied');
    expect(JSON.stringify(await show(number, asAsker()))).not.toContain(nameless);
    expect(JSON.stringify(await show(number, asStaff()))).toContain(nameless);
  });

  test('two of staff who answer at once both stand, and one is first', async () => {
    const number = await open();
    const other = await newStaff(desk, 'support');
    const answers = await Promise.all([reply(number, asStaff()), reply(number, { as: other })]);
    expect(answers.map(codeOf)).toEqual(['ticket.replied', 'ticket.replied']);
    expect(await show(number)).toMatchObject({ state: 'answered', firstAnswerMinutes: 0 });
    // of two who close it one does
    const closes = await Promise.all(
      [support, other].map((as) => desk.ask('support close', { number }, { as, key: `c-${as}` })),
    );
    expect(closes.map(codeOf).sort()).toEqual(['state.wrong', 'ticket.closed']);
  });

  test('closed: a reply within 14 days opens it again, later it opens another that names it', async () => {
    const number = await open({ object: 'something of ours' });
    const told = await desk.queuedBy(() => desk.done('support close', { number, text: 'Solved.' }, asStaff()));
    expect(told.map(({ letter, recipient }) => [letter, recipient])).toEqual([['ticket-closed', reseller.email]]);
    expect(codeOf(await desk.ask('support close', { number }, asStaff()))).toBe('state.wrong');
    desk.clock.advance(14 * dayMs);
    const again = await desk.queuedBy(async () =>
      expect(await desk.done('support reply', { number, text: 'Not yet.' }, asAsker())).toMatchObject({
        ticket: number,
        state: 'open',
      }),
    );
    expect(again.some(({ params }) => params['step'] === 'reopened')).toBe(true);
    await desk.done('support close', { number }, asAsker());
    desk.clock.advance(14 * dayMs + minuteMs);
    const late = await desk.done('support reply', { number, text: 'Once more.' }, asAsker());
    expect(late).toMatchObject({
      follows: number,
      state: 'open',
      subject: 'Box is silent',
      object: 'something of ours',
    });
    const next = String(late['ticket']);
    expect(next).not.toBe(number);
    expect(await show(number)).toMatchObject({ state: 'closed', followedBy: next });
    expect(await show(next)).toMatchObject({ follows: number });
    // whoever goes on replying to the old one writes in the new one
    const more = await desk.done('support reply', { number, text: 'And more.' }, asAsker());
    expect(more).toMatchObject({ ticket: next });
    expect(more).not.toHaveProperty('follows');
    // staff are bound to no time
    expect(await desk.done('support reply', { number, text: 'Sorry.' }, asStaff())).toMatchObject({
      ticket: number,
      state: 'answered',
    });
  });

  test('reopened by either side; what is not closed can’t be', async () => {
    const number = await open();
    expect(codeOf(await desk.ask('support reopen', { number }, asAsker()))).toBe('state.wrong');
    await desk.done('support close', { number }, asStaff());
    const told = await desk.queuedBy(() => desk.done('support reopen', { number }, asStaff()));
    expect(told.map(({ letter, params }) => [letter, params['step']])).toEqual([['ticket-reply', 'reopened']]);
    expect(await show(number)).toMatchObject({ state: 'open', closedAt: null });
    await desk.done('support close', { number }, asAsker());
    const staff = await desk.queuedBy(() => desk.done('support reopen', { number, text: 'Hm.' }, asAsker()));
    expect(staff.map(({ letter, params }) => [letter, params['step']])).toContainEqual(['ticket-staff', 'reopened']);
  });

  test('an answer goes on in the thread of the mails before', async () => {
    const number = await open();
    await desk.done('support reply', { number, text: 'One.' }, asStaff());
    await desk.done('support reply', { number, text: 'Two.' }, asStaff());
    const mails = await desk.connection.reader.outbox.findMany({
      where: { object: number, recipient: reseller.email },
      orderBy: { id: 'asc' },
    });
    const [one, two] = mails;
    expect(mails).toHaveLength(2);
    expect(one?.inReplyTo).toBeNull();
    expect(two?.inReplyTo).toBe(one?.messageId);
    expect(JSON.parse(two?.thread ?? '[]')).toEqual([one?.messageId]);
    expect(desk.desk.secrets.readThread(two?.replyToken ?? '')).toEqual({ kind: 'k', id: Number(number.slice(2)) });
  });

  test('for a customer of one’s own; nobody else’s', async () => {
    const added = await desk.done(
      'customer add',
      { type: 'individual', email: newEmail(), 'last-name': 'Petit', 'first-name': 'Léa' },
      asAsker(),
    );
    const customer = String(added['customer']);
    const number = await open({ customer });
    expect(await show(number)).toMatchObject({ customer, company: 'Volta' });
    expect((await desk.done('support list', { customer }, asAsker()))['items']).toMatchObject([{ ticket: number }]);
    const rival = await newReseller(desk);
    const refused = await desk.ask('support open', asking({ customer }), { as: rival.email });
    expect(codeOf(refused)).toBe('object.unknown');
    expect(fieldsOf(refused)).toEqual(['customer']);
    expect(codeOf(await desk.ask('support open', asking({ customer }), { as: newEmail() }))).toBe('object.unknown');
    expect(codeOf(await desk.ask('support open', asking({ customer }), { as: await member('viewer') }))).toBe(
      'access.denied',
    );
  });

  test('what it is about tells nobody whether it is another’s', async () => {
    const declared = await desk.done(
      'declare new',
      { product: 'pro', email: newEmail(), 'last-name': 'C', 'first-name': 'I', 'order-number': 'F-1' },
      asAsker(),
    );
    const pack = String(declared['pack']);
    const typed = pack.toLowerCase();
    const own = await desk.done('support open', asking({ object: typed }), asAsker());
    const others = await desk.done('support open', asking({ object: typed }), { as: newEmail() });
    expect([own['object'], others['object']]).toEqual([pack, typed]);
    const never = await desk.done('support open', asking({ object: 'V2 of the box' }), asAsker());
    expect(never['object']).toBe('V2 of the box');
  });

  test('files are what their bytes say; the same one is there once', async () => {
    const file = upload('shot.pdf', png('one'), 'application/pdf');
    const number = await open({ file });
    expect(await show(number)).toMatchObject({ files: [{ file: 'shot.png', type: 'image/png' }] });
    const bad = await reply(number, asAsker(), { file: upload('photo.png', exe(), 'image/png') });
    expect(codeOf(bad)).toBe('file.refused');
    expect(fieldsOf(bad)).toEqual(['file']);
    expect((await show(number))['messages']).toHaveLength(1);
    const told = await desk.queuedBy(() => reply(number, asStaff(), { file: upload('shot.png', await0) }));
    expect(told).toMatchObject([{ params: { file: 'shot (2).png' } }]);
    await reply(number, asStaff(), { file: upload('again.png', await0) });
    const { files, messages } = (await show(number)) as { files: { file: string }[]; messages: { files: string[] }[] };
    expect(files.map(({ file: name }) => name)).toEqual(['shot.png', 'shot (2).png']);
    expect(messages.map((one) => one.files)).toEqual([['shot.png'], ['shot (2).png'], []]);
    const fetched = await desk.ask('support show', { number, file: 'SHOT.png' }, asAsker());
    expect(fetched).toMatchObject({ ok: true, file: { name: 'shot.png', content: png('one') } });
    expect(fieldsOf(await desk.ask('support show', { number, file: 'no.png' }, asAsker()))).toEqual(['file']);
    expect(codeOf(await desk.ask('support open', asking({ file: upload('a.pdf', await pdf()) }), asAsker()))).toBe(
      'ticket.opened',
    );
  });
  const await0 = png('two');

  test('for staff the queue: what waits, priority and oldest first', async () => {
    const fresh = await openTestDesk(provider);
    try {
      const staff = await newStaff(fresh, 'cloud');
      const numbers: string[] = [];
      const make = async (options: AskOptions) => {
        numbers.push(String((await fresh.done('support open', asking(), options))['ticket']));
        fresh.clock.advance(minuteMs);
      };
      await make(stranger('9'));
      await make({ as: newEmail() });
      await make({ as: newEmail() });
      await make({ as: newEmail() });
      const [low, first, second, gone] = numbers as [string, string, string, string];
      await fresh.done('support close', { number: gone }, { as: staff });
      const queue = async (input = {}) =>
        (
          (await fresh.done('support list', input, { as: staff }))['items'] as {
            ticket: string;
            waitingMinutes: number;
          }[]
        ).map(({ ticket, waitingMinutes }) => [ticket, waitingMinutes]);
      expect(await queue()).toEqual([
        [first, 3],
        [second, 2],
        [low, 4],
      ]);
      await fresh.done('support reply', { number: first, text: 'Yes?' }, { as: staff });
      expect(await queue()).toEqual([
        [second, 2],
        [low, 4],
        [first, null],
      ]);
      expect(await queue({ state: 'closed' })).toEqual([[gone, null]]);
      expect((await queue({ search: 'silent' })).map(([ticket]) => ticket)).toContain(gone);
      expect(await queue({ search: gone })).toEqual([[gone, null]]);
    } finally {
      await fresh.close();
    }
  });
});

test('how long a first answer takes', () => {
  const at = (minutes: number) => new Date(minutes * minuteMs);
  const row = (priority: boolean, minutes?: number) => ({
    priority,
    createdAt: at(0),
    firstAnswerAt: minutes === undefined ? null : at(minutes),
  });
  expect(firstAnswerStats([row(true, 4), row(true, 10), row(true), row(false, 90)])).toEqual({
    all: { tickets: 4, answered: 3, medianMinutes: 10, longestMinutes: 90 },
    priority: { tickets: 3, answered: 2, medianMinutes: 7, longestMinutes: 10 },
    other: { tickets: 1, answered: 1, medianMinutes: 90, longestMinutes: 90 },
  });
  expect(firstAnswerStats([]).all).toEqual({ tickets: 0, answered: 0, medianMinutes: null, longestMinutes: null });
});

test('what is quoted to staff has no line that could be a command, however it is broken', () => {
  const text = `${'x '.repeat(40)}Command: staff grant\nCommand: staff grant\n\nEmail: me@x.test`;
  const lines = quoted(text).split('\n');
  expect(lines.every((line) => line.startsWith('>') && line.length <= 78)).toBe(true);
  expect(lines.join(' ')).toContain('Command: staff grant');
});
