/** X3: what needs four eyes waits for another person, holds for what was asked, and is decided once. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replyTo } from '../../src/core/command/reply.js';
import { jobsOf } from '../../src/core/jobs.js';
import { createSchedule } from '../../src/core/database/schedule.js';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  dayMs,
  hourMs,
  minuteMs,
  newEmail,
  newReseller,
  newStaff,
  openTestDesk,
  root,
  testClock,
  type AskOptions,
  type TestDesk,
  type TestReseller,
} from './ground.js';

describe.each(databases())('approvals on $name', (provider) => {
  let desk: TestDesk;
  let reseller: TestReseller;
  let asker: string;
  let approver: string;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    reseller = await newReseller(desk, { pro: 300 });
    asker = await newStaff(desk, 'stock');
    approver = await newStaff(desk, 'sales');
  });
  afterAll(() => desk.close());

  /** Asks for a withdrawal and answers its number. */
  async function asked(quantity = 1, options: AskOptions = { as: asker }): Promise<string> {
    const outcome = await desk.ask(
      'stock withdraw',
      { reseller: reseller.ref, product: 'pro', quantity: String(quantity), reason: 'sent back' },
      options,
    );
    expect(outcome).toMatchObject({ ok: true, code: 'approval.pending', waiting: true });
    return String((outcome.ok && outcome.data['approval']) || '');
  }
  const pro = async () => {
    const products = (await desk.done('stock show', { reseller: reseller.ref }))['products'] as {
      product: string;
      available: number;
      reserved: number;
      declared: number;
    }[];
    const { available, reserved } = products.find(({ product }) => product === 'pro') ?? {
      available: NaN,
      reserved: NaN,
    };
    return { available, reserved };
  };
  const stateOf = async (number: string) => (await desk.done('approval show', { number }))['state'];
  const schedule = (of: TestDesk) =>
    createSchedule({
      database: of.desk.database,
      clock: of.clock,
      jobs: jobsOf(of.desk, () => Promise.resolve()),
      onError: (error) => of.faults.push({ reference: '', error, command: 'schedule' }),
    });

  test('a withdrawal holds its units until it is approved by another person', async () => {
    const before = await pro();
    const number = await asked(3);
    expect(await pro()).toEqual({ available: before.available - 3, reserved: before.reserved + 3 });
    const shown = await desk.done('approval show', { number }, { as: approver });
    expect(shown).toMatchObject({
      approval: number,
      command: 'stock withdraw',
      object: reseller.ref,
      requester: asker,
      state: 'pending',
      needed: 1,
      decisions: [],
    });
    expect(shown['summary']).toContainEqual({ label: 'Motif', value: 'sent back' });
    const letters = await desk.queuedBy(async () => {
      expect(await desk.ask('approval approve', { number }, { as: approver })).toMatchObject({
        ok: true,
        code: 'approval.approved',
        data: {
          approval: number,
          state: 'approved',
          result: { code: 'stock.withdrawn', data: { reseller: reseller.ref, product: 'pro', quantity: 3 } },
        },
      });
    });
    expect(letters).toMatchObject([
      { letter: 'approval-decided', recipient: asker, params: { verdict: 'approved', decider: approver } },
    ]);
    expect(await pro()).toEqual({ available: before.available - 3, reserved: before.reserved });
    expect(await desk.connection.reader.stockUnit.count({ where: { state: 'withdrawn', orgId: reseller.id } })).toBe(3);
  });

  test('those who may decide are asked by mail, except the asker', async () => {
    const letters = await desk.queuedBy(() => asked());
    const recipients = letters.filter(({ letter }) => letter === 'approval-asked').map(({ recipient }) => recipient);
    expect(recipients).toContain(approver);
    expect(recipients).not.toContain(asker);
    expect(letters[0]?.params).toMatchObject({ asker: `l’opérateur, au nom de ${asker}` });
  });

  test('refused, it lets the units go and the reason reaches the asker', async () => {
    const before = await pro();
    const number = await asked(2);
    expect(await desk.ask('approval refuse', { number, reason: 'no' }, { as: approver })).toMatchObject({
      code: 'input.invalid',
      fields: { reason: expect.any(String) as string },
    });
    const letters = await desk.queuedBy(() =>
      desk.done('approval refuse', { number, reason: 'Keep them' }, { as: approver }),
    );
    expect(letters).toMatchObject([
      { letter: 'approval-decided', recipient: asker, params: { verdict: 'refused', reason: 'Keep them' } },
    ]);
    expect(await pro()).toEqual(before);
    expect(await desk.done('approval show', { number })).toMatchObject({
      state: 'refused',
      decisions: [{ by: approver, verdict: 'refused', reason: 'Keep them' }],
    });
  });

  test('nobody approves or refuses what he asked himself, whatever account he uses', async () => {
    const number = await asked();
    const second = newEmail('second');
    const { personId } = await desk.connection.writer.address.findUniqueOrThrow({ where: { email: asker } });
    await desk.connection.writer.address.create({
      data: { email: second, personId, main: false, createdAt: desk.clock() },
    });
    await desk.connection.writer.discordUser.create({
      data: { discordId: `1${personId}`, personId, linkedAt: desk.clock() },
    });
    const ways: AskOptions[] = [
      { as: asker },
      { as: second },
      { caller: { kind: 'address', email: second }, door: 'mail' },
      { caller: { kind: 'discord', id: `1${personId}`, name: 'somebody' }, door: 'chat' },
      { caller: { kind: 'session', personId }, door: 'web' },
    ];
    for (const way of ways) {
      expect(codeOf(await desk.ask('approval approve', { number }, way)), JSON.stringify(way)).toBe('approval.self');
      expect(codeOf(await desk.ask('approval refuse', { number, reason: 'mine' }, way)), JSON.stringify(way)).toBe(
        'approval.self',
      );
    }
    expect(await stateOf(number)).toBe('pending');
  });

  test('the operator can’t approve what the operator asked, nor what it asked as somebody', async () => {
    const own = await asked(1, {});
    expect(codeOf(await desk.ask('approval approve', { number: own }))).toBe('approval.self');
    expect(codeOf(await desk.ask('approval approve', { number: own }, { as: approver }))).toBe('approval.approved');
    const asSomebody = await asked();
    expect(codeOf(await desk.ask('approval approve', { number: asSomebody }))).toBe('approval.self');
    expect(codeOf(await desk.ask('approval refuse', { number: asSomebody, reason: 'mine' }))).toBe('approval.self');
    expect(codeOf(await desk.ask('approval approve', { number: asSomebody }, { as: approver }))).toBe(
      'approval.approved',
    );
  });

  test('decided is decided', async () => {
    const [yes, no] = [await asked(), await asked()];
    await desk.done('approval approve', { number: yes }, { as: approver });
    await desk.done('approval refuse', { number: no, reason: 'No, thanks' }, { as: approver });
    const before = await desk.dump();
    for (const number of [yes, no]) {
      expect(codeOf(await desk.ask('approval approve', { number }, { as: approver }))).toBe('approval.decided');
      expect(
        codeOf(await desk.ask('approval refuse', { number, reason: 'again' }, { as: await Promise.resolve(approver) })),
      ).toBe('approval.decided');
    }
    expect(await desk.dump()).toEqual(before);
  });

  test('two clicks at the same moment are one decision, also from two processes', async () => {
    const other = await desk.another();
    const third = await newStaff(desk, 'admin');
    for (const verdict of ['approve', 'refuse']) {
      const number = await asked(2);
      const before = await pro();
      const answers = await Promise.all([
        desk.ask('approval approve', { number }, { as: approver }),
        desk.ask(
          `approval ${verdict}`,
          { number, ...(verdict === 'refuse' ? { reason: 'at once' } : {}) },
          { as: third },
        ),
        other.dispatcher.dispatch({
          door: 'chat',
          caller: { kind: 'operator', as: third },
          command: 'approval approve',
          input: { number },
        }),
      ]);
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      expect(answers.filter(({ ok }) => !ok).map(codeOf)).toEqual(['approval.decided', 'approval.decided']);
      const after = await pro();
      expect(after.reserved).toBe(before.reserved - 2);
      expect(
        await desk.connection.reader.approvalDecision.count({ where: { approvalId: Number(number.slice(2)) } }),
      ).toBe(1);
    }
  });

  test('void when what it is about has changed: nothing is carried out, the rest is let go, and it stays void', async () => {
    const number = await asked(3);
    const before = await pro();
    const id = Number(number.slice(2));
    const unit = await desk.connection.writer.stockUnit.findFirstOrThrow({ where: { approvalId: id } });
    await desk.connection.writer.stockUnit.update({
      where: { id: unit.id },
      data: { state: 'available', approvalId: null },
    });
    expect(await desk.ask('approval approve', { number }, { as: approver, dryRun: true })).toMatchObject({
      code: 'approval.void',
      dryRun: true,
    });
    expect(await stateOf(number)).toBe('pending');
    const letters = await desk.queuedBy(async () =>
      expect(codeOf(await desk.ask('approval approve', { number }, { as: approver }))).toBe('approval.void'),
    );
    expect(letters).toMatchObject([{ recipient: asker, params: { verdict: 'void' } }]);
    expect(await pro()).toEqual({ available: before.available + 3, reserved: before.reserved - 3 });
    expect(codeOf(await desk.ask('approval approve', { number }, { as: approver }))).toBe('approval.void');
  });

  test('an edited request is void: the approval is for exactly what was typed', async () => {
    const number = await asked(1);
    const id = Number(number.slice(2));
    const { input } = await desk.connection.writer.approval.findUniqueOrThrow({ where: { id } });
    await desk.connection.writer.approval.update({
      where: { id },
      data: { input: input.replace('sent back', 'stolen') },
    });
    expect(codeOf(await desk.ask('approval approve', { number }, { as: approver }))).toBe('approval.void');
  });

  test('more than there is can’t even be asked, and holds nothing', async () => {
    const before = await desk.dump();
    const answer = await desk.ask(
      'stock withdraw',
      { reseller: reseller.ref, product: 'power', quantity: '1', reason: 'none there' },
      { as: asker },
    );
    expect(answer).toMatchObject({ code: 'stock.empty', fields: { product: expect.any(String) as string } });
    expect(await desk.dump()).toEqual(before);
  });

  test('a dry run waits as the real one would, and leaves nothing', async () => {
    const before = await desk.dump();
    const answer = await desk.ask(
      'stock withdraw',
      { reseller: reseller.ref, product: 'pro', quantity: '1', reason: 'only trying', 'dry-run': 'oui' },
      { as: asker },
    );
    expect(answer).toEqual({
      ok: true,
      code: 'approval.pending',
      data: { approval: null },
      waiting: true,
      dryRun: true,
    });
    expect(await desk.dump()).toEqual(before);
  });

  test('an unknown number, and one of another kind', async () => {
    expect(codeOf(await desk.ask('approval approve', { number: 'A-999999' }, { as: approver }))).toBe('object.unknown');
    expect(await desk.ask('approval approve', { number: 'D-1' }, { as: approver })).toMatchObject({
      code: 'input.invalid',
      fields: { number: expect.any(String) as string },
    });
  });

  test('who decides, the policy says; a client or reseller never', async () => {
    const number = await asked();
    for (const as of [reseller.email, newEmail()])
      expect(codeOf(await desk.ask('approval approve', { number }, { as }))).toBe('access.denied');
    const admin = await newStaff(desk, 'admin');
    const grant = await desk.ask('staff grant', { email: newEmail('new'), role: 'support' }, { as: admin });
    expect(grant.code).toBe('approval.pending');
    const grantNumber = String((grant.ok && grant.data['approval']) || '');
    expect(codeOf(await desk.ask('approval approve', { number: grantNumber }, { as: approver }))).toBe('access.denied');
    expect(
      codeOf(await desk.ask('approval refuse', { number: grantNumber, reason: 'not mine' }, { as: approver })),
    ).toBe('access.denied');
    expect(await stateOf(grantNumber)).toBe('pending');
  });

  describe('staff roles', () => {
    test('the same role for the same person is one request, whoever asks and however it is written', async () => {
      const [first, second] = [await newStaff(desk, 'admin'), await newStaff(desk, 'admin')];
      const email = newEmail('twice');
      const { approval } = await desk.done('staff grant', { email, role: 'stock' }, { as: first });
      const before = await desk.dump();
      for (const [as, typed] of [
        [first, email],
        [second, `Twice <${email.toUpperCase()}>`],
      ] as const)
        expect(await desk.ask('staff grant', { email: typed, role: 'stock' }, { as })).toMatchObject({
          ...{ code: 'approval.pending', waiting: true, data: { approval } },
        });
      expect(await desk.dump()).toEqual(before);
      const other = await desk.done('staff grant', { email, role: 'sales' }, { as: first });
      expect(other['approval']).not.toBe(approval);
    });

    test('one admin asks, another one grants; the newcomer is told and invited', async () => {
      const [one, two] = [await newStaff(desk, 'admin'), await newStaff(desk, 'admin')];
      const email = newEmail('newcomer');
      const pending = await desk.ask('staff grant', { email, role: 'ventes' }, { as: one });
      const number = String((pending.ok && pending.data['approval']) || '');
      expect(codeOf(await desk.ask('approval approve', { number }, { as: one }))).toBe('approval.self');
      const letters = await desk.queuedBy(() => desk.done('approval approve', { number }, { as: two }));
      expect(letters.map(({ letter, recipient }) => `${letter} ${recipient}`).sort()).toEqual([
        `approval-decided ${one}`,
        `password-link ${email}`,
        `role-granted ${email}`,
      ]);
      const items = (await desk.done('staff list', {}, { as: one }))['items'] as { email: string; roles: string[] }[];
      expect(items.find((item) => item.email === email)?.roles).toEqual(['sales']);

      const revoke = await desk.ask('staff revoke', { email, role: 'sales' }, { as: two });
      await desk.done(
        'approval approve',
        { number: String((revoke.ok && revoke.data['approval']) || '') },
        { as: one },
      );
      expect(await desk.ask('staff revoke', { email, role: 'sales' }, { as: two })).toMatchObject({
        ok: false,
        code: 'state.wrong',
      });
      expect(codeOf(await desk.ask('stock show', { reseller: reseller.ref }, { as: email }))).toBe('access.denied');
    });

    test('the operator makes the first admin alone, and takes a role away; nobody else', async () => {
      const email = newEmail('first');
      expect(await desk.ask('staff grant', { email, role: 'admin' })).toMatchObject({
        ok: true,
        code: 'staff.granted',
        data: { email, role: 'admin', account: 'created' },
      });
      const before = await desk.dump();
      expect(codeOf(await desk.ask('staff grant', { email, role: 'admin' }))).toBe('staff.granted');
      expect(await desk.dump()).toEqual(before);
      expect(
        codeOf(
          await desk.ask('staff grant', { email: newEmail(), role: 'admin' }, { as: await newStaff(desk, 'support') }),
        ),
      ).toBe('access.denied');
      expect(codeOf(await desk.ask('staff revoke', { email, role: 'admin' }))).toBe('staff.revoked');
      expect(await desk.ask('staff revoke', { email: newEmail(), role: 'admin' })).toMatchObject({
        code: 'person.unknown',
        fields: { email: expect.any(String) as string },
      });
    });

    test('a role taken away meanwhile decides nothing any more', async () => {
      const leaving = await newStaff(desk, 'support');
      const number = await asked();
      await desk.done('staff revoke', { email: leaving, role: 'support' });
      expect(codeOf(await desk.ask('approval approve', { number }, { as: leaving }))).toBe('access.denied');
    });
  });

  describe('with time', () => {
    let own: TestDesk;
    let number: string;
    let boss: string;
    beforeAll(async () => {
      own = await openTestDesk(provider, { clock: testClock(), chat: true });
      const { ref } = await newReseller(own, { pro: 5 });
      const by = await newStaff(own, 'stock');
      boss = await newStaff(own, 'admin');
      number = String(
        (
          await own.done(
            'stock withdraw',
            { reseller: ref, product: 'pro', quantity: '5', reason: 'too many' },
            { as: by },
          )
        )['approval'],
      );
    });
    afterAll(() => own.close());
    const tick = async () => {
      const letters = await own.queuedBy(() => schedule(own).tick());
      return letters.map(({ letter, recipient }) => `${letter} ${recipient}`);
    };

    test('reminded after 24 and 72 hours, once each, in the asker’s name; an outage gives one reminder', async () => {
      own.clock.advance(24 * hourMs - minuteMs);
      expect(await tick()).toEqual([]);
      own.clock.advance(minuteMs);
      expect(await tick()).toEqual(['alert approvals', `approval-reminder ${boss}`]);
      expect((await own.letters()).at(-1)?.params).toMatchObject({
        asker: expect.stringMatching(/^l’opérateur, au nom de stock\./) as string,
        number,
      });
      own.clock.advance(minuteMs);
      expect(await tick()).toEqual([]);
      // down for two days and more
      own.clock.advance(60 * hourMs);
      expect(await tick()).toEqual(['alert approvals', `approval-reminder ${boss}`]);
      own.clock.advance(hourMs);
      expect(await tick()).toEqual([]);
    });

    test('expired after seven days: not decided any more, units let go, the asker told', async () => {
      own.clock.set(new Date(Date.parse('2026-11-30T09:00:00Z') - 1));
      expect(await tick()).toEqual([]);
      own.clock.advance(1);
      // late for the job, but not for the rule
      expect(codeOf(await own.ask('approval approve', { number }, { as: boss }))).toBe('approval.expired');
      own.clock.advance(minuteMs);
      expect((await tick()).toSorted()).toEqual([
        'approval approvals',
        expect.stringMatching(/^approval-decided stock\./) as string,
      ]);
      expect(await own.done('approval show', { number })).toMatchObject({ state: 'expired' });
      expect(codeOf(await own.ask('approval approve', { number }, { as: boss }))).toBe('approval.expired');
      expect(await own.connection.reader.stockUnit.count({ where: { state: 'available' } })).toBe(5);
    });

    test('a request whose command is no longer there ends like any other', async () => {
      const now = own.clock();
      const past = new Date(now.getTime() - 1);
      const { id } = await own.connection.writer.approval.create({
        data: {
          ...{ command: 'stock forget', input: '{}', contentHash: '', requesterId: 1, door: 'terminal', locale: 'fr' },
          ...{ needed: 1, createdAt: past, expiresAt: past },
        },
      });
      own.clock.advance(minuteMs);
      await tick();
      expect(await own.connection.reader.approval.findUnique({ where: { id } })).toMatchObject({ state: 'expired' });
    });

    test('two schedules run a job’s slot once', async () => {
      own.clock.advance(dayMs);
      const ran: string[] = [];
      const jobs = [
        {
          name: 'once',
          everyMs: minuteMs,
          run: () => Promise.resolve(void ran.push('run')),
          after: () => Promise.resolve(void ran.push('after')),
        },
      ];
      const one = createSchedule({
        database: own.desk.database,
        clock: own.clock,
        jobs,
        onError: (error) => ran.push(String(error)),
      });
      const two = createSchedule({
        database: (await own.another()).desk.database,
        clock: own.clock,
        jobs,
        onError: (error) => ran.push(String(error)),
      });
      await Promise.all([one.tick(), two.tick(), one.tick()]);
      expect(ran).toEqual(['run', 'after']);
      own.clock.advance(minuteMs);
      await Promise.all([two.tick(), one.tick()]);
      expect(ran).toEqual(['run', 'after', 'run', 'after']);
    });
  });
});

describe.each(databases())('a catalogue that changed on $name', (provider) => {
  const copied = (edit: (folder: string) => void) => {
    const folder = mkdtempSync(join(tmpdir(), 'guichet-catalogue-'));
    cpSync(join(root, 'catalogue'), folder, { recursive: true });
    edit(folder);
    return folder;
  };
  const edited = (folder: string, file: string, change: (text: string) => string) =>
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));

  test('two people, where the policy asks for two', async () => {
    const catalogue = copied((folder) =>
      edited(folder, 'policy.yaml', (text) => text.replace(/(stock withdraw: .*needed: )1/, '$12')),
    );
    const desk = await openTestDesk(provider, { catalogue });
    const { ref } = await newReseller(desk, { pro: 1 });
    const [by, one, two] = [
      await newStaff(desk, 'stock'),
      await newStaff(desk, 'sales'),
      await newStaff(desk, 'support'),
    ];
    const number = String(
      (
        await desk.done(
          'stock withdraw',
          { reseller: ref, product: 'pro', quantity: '1', reason: 'why not' },
          { as: by },
        )
      )['approval'],
    );
    const first = {
      ok: true,
      code: 'approval.pending',
      waiting: true,
      data: { state: 'pending', votes: 1, needed: 2 },
    };
    const vote = () => desk.ask('approval approve', { number }, { as: one, locale: 'en' });
    expect(await vote()).toMatchObject(first);
    const before = await desk.dump();
    const again = await vote();
    expect(again).toMatchObject({ ...first, data: { again: true } });
    expect(replyTo(again, { locale: 'en', timeZone: 'UTC', names: undefined }).headline).toContain('already');
    const after = await desk.dump();
    expect([after['ApprovalDecision'], after['Outbox']]).toEqual([before['ApprovalDecision'], before['Outbox']]);
    expect(await desk.done('approval approve', { number }, { as: two })).toMatchObject({ state: 'approved' });
    await desk.close();
    rmSync(catalogue, { recursive: true });
  });

  test('a product that is no longer sold makes what waits for it void, and stops nothing else', async () => {
    const catalogue = copied((folder) =>
      edited(folder, 'packs.yaml', (text) =>
        text
          .replace('id: pro\n', 'id: professional\n')
          .replace('brings: pro\n', 'brings: professional\n')
          .replace('Service Pack Pro\n', 'Service Pack Professional\n'),
      ),
    );
    const desk = await openTestDesk(provider);
    const { ref, email } = await newReseller(desk, { pro: 2 });
    const numbers = [];
    for (const by of [await newStaff(desk, 'stock'), await newStaff(desk, 'sales')]) {
      numbers.push(
        String(
          (
            await desk.done(
              'stock withdraw',
              { reseller: ref, product: 'pro', quantity: '1', reason: 'why not' },
              { as: by },
            )
          )['approval'],
        ),
      );
    }
    await desk.done('stock threshold', { product: 'pro', quantity: '5' }, { as: email });
    const later = await openTestDesk(
      { ...provider, fresh: () => Promise.resolve({ url: desk.url, drop: () => Promise.resolve() }) },
      { catalogue, clock: desk.clock },
    );
    const admin = await newStaff(later, 'admin');
    expect(codeOf(await later.ask('approval approve', { number: numbers[0] ?? '' }, { as: admin }))).toBe(
      'approval.void',
    );
    expect(codeOf(await later.ask('declare list', {}, { as: email }))).toBe('declaration.listed');
    later.clock.advance(8 * dayMs);
    const errors: unknown[] = [];
    await createSchedule({
      database: later.desk.database,
      clock: later.clock,
      jobs: jobsOf(later.desk, () => Promise.resolve()),
      onError: (error) => errors.push(error),
    }).tick();
    expect(errors).toEqual([]);
    expect(await later.done('approval show', { number: numbers[1] ?? '' })).toMatchObject({ state: 'expired' });
    expect((await later.letters()).filter(({ letter }) => letter === 'stock-low')).toMatchObject([
      { recipient: email, params: { name: 'pro', available: 2 } },
    ]);
    await later.close();
    await desk.close();
    rmSync(catalogue, { recursive: true });
  });
});
