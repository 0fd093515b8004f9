/** E1–E8: installers and their devices, from the first check to activation and removal; STATES "device". */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/core/command/outcome.js';
import { jobsOf, tellSent, tellUndelivered } from '../../src/core/jobs.js';
import { createOutboxWorker, type Delivery, type Errand } from '../../src/core/database/outbox-worker.js';
import { createSchedule } from '../../src/core/database/schedule.js';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  dayMs,
  fieldsOf,
  hourMs,
  newEmail,
  newReseller,
  newStaff,
  openTestDesk,
  standing,
  type TestDesk,
} from './ground.js';

let count = 0;
interface Pair {
  readonly 'code-id': string;
  readonly mac: string;
}

/** A pair that the manufacturer has built. */
async function newPair(desk: TestDesk, model: string | null = 'WL20'): Promise<Pair> {
  const number = (count += 1);
  const codeId = `EK 20-${String(number).padStart(4, '0')}`;
  const mac = `00:1A:2B:00:${(number >> 8).toString(16).padStart(2, '0')}:${(number & 255).toString(16).padStart(2, '0')}`;
  const now = desk.clock();
  await desk.connection.writer.manufacturedDevice.create({
    data: {
      ...{ codeKey: codeId.replaceAll(' ', ''), codeId, mac: mac.toUpperCase(), model },
      ...{ createdAt: now, updatedAt: now },
    },
  });
  return { 'code-id': codeId, mac };
}

const registration = (more: Record<string, string> = {}) => ({
  company: 'Alarmes Durand',
  'last-name': 'Durand',
  'first-name': 'Zoé',
  phone: '01 23 45 67 89',
  ...more,
});

async function newInstaller(desk: TestDesk): Promise<string> {
  const email = newEmail('installer');
  await desk.done('installer register', registration(), { as: email });
  return email;
}

const clientDetails = {
  'last-name': 'Petit',
  'first-name': 'Léa',
  street: '3 rue Haute',
  zip: '69001',
  city: 'Lyon',
  country: 'France',
};

describe.each(databases())('devices on $name', (provider) => {
  let desk: TestDesk;
  let as: string;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    as = await newInstaller(desk);
  });
  afterAll(() => desk.close());

  const given = async (more: Record<string, string> = {}) => ({
    ...(await newPair(desk)),
    'web-address': 'http://192.168.1.20:8080',
    email: newEmail(),
    ...more,
  });
  const add = (input: Record<string, string>, who = as) => desk.done('device add', input, { as: who });
  const show = (device: unknown, who = as) => desk.done('device show', { device: String(device) }, { as: who });
  const stateOf = async (device: unknown) => (await show(device))['state'];
  const story = async (device: unknown) =>
    ((await show(device))['timeline'] as { state: string }[]).map(({ state }) => state);

  /** What is due leaves, and what becomes of it is followed as the desk does. */
  async function mailed(fate: (errand: Errand) => Delivery = () => ({ result: 'sent' })): Promise<Errand[]> {
    const errands: Errand[] = [];
    const courier = createOutboxWorker({
      database: desk.desk.database,
      secrets: desk.desk.secrets,
      clock: desk.desk.clock,
      chance: () => 0.5,
      channels: {
        mail: (errand) => {
          errands.push(errand);
          return Promise.resolve(fate(errand));
        },
      },
      onSent: (unit, errand) => tellSent(desk.desk, unit, errand),
      onFailed: (unit, { errand, reason }) => tellUndelivered(desk.desk, unit, { ...errand, reason }),
      onError: (error) => {
        throw error;
      },
    });
    await courier.round();
    return errands;
  }

  /** The desk's own work is done. */
  const worked = () =>
    createSchedule({
      database: desk.desk.database,
      clock: desk.desk.clock,
      jobs: jobsOf(desk.desk, () => Promise.resolve()).filter(({ name }) => name === 'devices'),
      onError: (error) => {
        throw error;
      },
    }).tick();

  /** A client opens its link and confirms, as its page does. */
  async function activated(device: unknown): Promise<void> {
    const id = Number(String(device).slice(2));
    await desk.connection.writer.device.update({ where: { id }, data: { state: 'active', activatedAt: desk.clock() } });
  }

  describe('an installer', () => {
    test('registers once; again it is told what is there', async () => {
      const me = newEmail('installer');
      const first = await desk.ask('installer register', registration({ vat: 'FR 40 303265045' }), { as: me });
      expect(first).toMatchObject({
        code: 'installer.registered',
        data: { email: me, company: 'Alarmes Durand', phone: '+33123456789', vat: 'FR40303265045', devices: 0 },
      });
      const again = await desk.ask('installer register', registration({ company: 'Autre' }), { as: me });
      expect(again).toMatchObject({ ok: true, code: 'installer.existing', data: { company: 'Alarmes Durand' } });
      expect(await desk.done('installer show', {}, { as: me })).toMatchObject({ company: 'Alarmes Durand' });
    });

    test('is told what is wrong with a VAT number', async () => {
      const wrong = await desk.ask('installer register', registration({ vat: 'FR40303265046' }), { as: newEmail() });
      expect([codeOf(wrong), fieldsOf(wrong)]).toEqual(['input.invalid', ['vat']]);
      const abroad = { vat: 'X-1', country: 'US', phone: '(202) 555-0143' };
      const foreign = await desk.ask('installer register', registration(abroad), { as: newEmail() });
      expect(codeOf(foreign)).toBe('installer.registered');
    });

    test('corrects its details', async () => {
      const me = await newInstaller(desk);
      expect(
        await desk.done('installer edit', { company: 'Durand SAS', vat: 'DE136695976', country: 'DE' }, { as: me }),
      ).toMatchObject({ company: 'Durand SAS', vat: 'DE136695976', country: 'DE', lastName: 'Durand' });
    });

    test('registers itself; another only by staff', async () => {
      const [me, other] = [newEmail(), newEmail()];
      expect(codeOf(await desk.ask('installer register', registration({ email: other }), { as: me }))).toBe(
        'access.denied',
      );
      const staff = await newStaff(desk, 'support');
      const letters = await desk.queuedBy(() =>
        desk.done('installer register', registration({ email: other }), { as: staff }),
      );
      expect(letters).toMatchObject([
        {
          letter: 'installer-registered',
          recipient: other,
          secret: { passwordLink: expect.stringContaining('/t/') as string },
        },
      ]);
      expect(codeOf(await desk.ask('installer show', {}, { as: staff }))).toBe('access.denied');
    });

    test('may be a reseller too', async () => {
      const reseller = await newReseller(desk);
      await desk.done('installer register', registration(), { as: reseller.email });
      expect(codeOf(await desk.ask('device check', await given(), { as: reseller.email }))).toBe('device.checked');
    });

    test('is nobody who has not registered', async () => {
      const stranger = await desk.ask('device check', await given(), { as: newEmail() });
      expect(codeOf(stranger)).toBe('access.denied');
    });
  });

  describe('checking a device (E3)', () => {
    test('a pair of the register: the client’s form comes back', async () => {
      const input = await given();
      const checked = await desk.ask(
        'device check',
        { ...input, 'code-id': input['code-id'].toLowerCase().replace(' ', '') },
        { as },
      );
      expect(checked).toMatchObject({
        code: 'device.checked',
        data: {
          device: expect.stringMatching(/^V-\d{6}$/) as string,
          codeId: input['code-id'],
          mac: input.mac.toUpperCase(),
          model: 'WL20',
          state: 'checked',
          known: false,
          form: { lastName: { required: true }, country: { required: true }, company: { required: false } },
        },
      });
      // again is the same device
      const again = await desk.done('device check', input, { as });
      expect(again['device']).toBe(checked.ok && checked.data['device']);
    });

    test.each([
      ['AA-BB-CC-00-00-0G', 'letters that are none'],
      ['AA:BB:CC:DD:EE', 'too short'],
      ['AABBCCDDEEFF00', 'too long'],
      ['AA::BB:CC:DD:EE:FF', 'a gap'],
    ])('%s is no MAC address: %s', async (mac) => {
      const bad = await desk.ask('device check', { ...(await given()), mac }, { as });
      expect([codeOf(bad), fieldsOf(bad)]).toEqual(['input.invalid', ['mac']]);
    });

    test.each([[':'], ['-'], ['.'], ['']])('a MAC address with “%s” between its digits is the same', async (sign) => {
      const input = await given();
      const typed = input.mac.replaceAll(':', sign);
      expect(await desk.done('device check', { ...input, mac: typed }, { as })).toMatchObject({
        mac: input.mac.toUpperCase(),
      });
    });

    test('a wrong pair is refused and kept, to be corrected', async () => {
      const input = await given();
      const other = await newPair(desk);
      const wrong = await desk.ask('device check', { ...input, mac: other.mac }, { as });
      expect([codeOf(wrong), fieldsOf(wrong)]).toEqual(['object.unknown', ['code-id', 'mac']]);
      const [kept] = (await desk.done('device list', { state: 'entered', search: input.email }, { as }))['items'] as {
        device: string;
      }[];
      const right = await desk.done('device check', input, { as });
      expect(right['device']).toBe(kept?.device);
      expect(await story(kept?.device)).toEqual(['entered', 'checked']);
      // and what was right stays so
      expect(codeOf(await desk.ask('device check', { ...input, mac: other.mac }, { as }))).toBe('object.unknown');
      expect(await show(kept?.device)).toMatchObject({ state: 'checked', mac: input.mac.toUpperCase() });
      // nobody else sees what was not registered
      const stranger = await newInstaller(desk);
      expect(codeOf(await desk.ask('device show', { device: String(kept?.device) }, { as: stranger }))).toBe(
        'object.unknown',
      );
    });

    test('enrolled by another looks like a wrong pair; by oneself it is told', async () => {
      const input = await given();
      const { device } = await add(input);
      const other = await newInstaller(desk);
      const [theirs, unknown] = [
        await desk.ask('device check', { ...input, email: newEmail() }, { as: other }),
        await desk.ask('device check', { ...input, 'code-id': 'NO-SUCH', email: newEmail() }, { as: other }),
      ];
      const bare = (outcome: Outcome) => ({ ...outcome, message: '' });
      expect(bare(theirs)).toEqual(bare(unknown));
      const mine = await desk.ask('device check', input, { as });
      expect(mine).toMatchObject({ ok: false, code: 'state.wrong' });
      expect(mine.ok ? '' : mine.message).toContain(String(device));
      expect(await stateOf(device)).toBe('registered');
    });

    test('an address is known or not; what its owner has told is shown to who works for it', async () => {
      const email = newEmail();
      const first = await add(await given({ email, ...clientDetails }));
      const stranger = await newInstaller(desk);
      expect(await desk.done('device check', await given({ email }), { as: stranger })).toMatchObject({ known: true });
      const form = async (who: string) =>
        (await desk.done('device check', await given({ email }), { as: who }))['form'] as Record<
          string,
          { value?: string }
        >;
      expect((await form(stranger))['lastName']).toEqual({ required: true });
      // not before the client has confirmed either
      expect((await form(as))['lastName']).toEqual({ required: true });
      await activated(first['device']);
      await desk.connection.writer.person.updateMany({
        where: { addresses: { some: { email } } },
        data: { lastName: 'Petit', firstName: 'Léa' },
      });
      expect((await form(as))['lastName']).toEqual({ required: true, value: 'Petit' });
      expect((await form(stranger))['lastName']).toEqual({ required: true });
    });

    test('a dry run keeps nothing', async () => {
      const before = standing(await desk.dump());
      const dry = await desk.ask('device check', await given(), { as, dryRun: true });
      expect(dry).toMatchObject({ ok: true, dryRun: true, data: { device: null } });
      const { ManufacturedDevice: _, ...after } = standing(await desk.dump());
      const { ManufacturedDevice: __, ...stood } = before;
      expect(after).toEqual(stood);
    });

    test('is limited by the hour, the same again not counted, and audited', async () => {
      const me = await newInstaller(desk);
      const pairs = await Promise.all(Array.from({ length: 101 }, () => given()));
      const codes: string[] = [];
      for (const input of pairs.slice(0, 100)) codes.push(codeOf(await desk.ask('device check', input, { as: me })));
      expect(new Set(codes)).toEqual(new Set(['device.checked']));
      expect(codeOf(await desk.ask('device check', pairs[100], { as: me }))).toBe('rate.limited');
      expect(codeOf(await desk.ask('device add', pairs[100], { as: me }))).toBe('rate.limited');
      expect(codeOf(await desk.ask('device check', pairs[0], { as: me }))).toBe('device.checked');
      desk.clock.advance(hourMs + 1);
      expect(codeOf(await desk.ask('device check', pairs[100], { as: me }))).toBe('device.checked');
    });
  });

  describe('registering (E4, E5)', () => {
    test('an unknown address: two letters, credentials and the link, and no secret anywhere else', async () => {
      const input = await given(clientDetails);
      let answer: Readonly<Record<string, unknown>> = {};
      const letters = await desk.queuedBy(async () => {
        answer = await add(input);
      });
      expect(answer).toMatchObject({ account: 'created', mails: 2, state: 'registered', email: input.email });
      expect(letters.map(({ letter, recipient }) => [letter, recipient])).toEqual([
        ['device-credentials', input.email],
        ['device-activation', input.email],
      ]);
      const secrets = letters.flatMap(({ secret }) => Object.values(secret));
      expect(secrets).toHaveLength(2);
      const rows = JSON.stringify(await desk.dump());
      for (const secret of secrets) expect(rows).not.toContain(secret.replace(/^.*\/t\//, ''));
    });

    test('a known address: the link alone', async () => {
      const client = await newReseller(desk);
      const letters = await desk.queuedBy(async () => {
        expect(await add(await given({ email: client.email }))).toMatchObject({ account: 'existing', mails: 1 });
      });
      expect(letters.map(({ letter }) => letter)).toEqual(['device-activation']);
    });

    test('with all that is required, or nothing; some of it is refused, naming the rest', async () => {
      const input = await given();
      const some = await desk.ask('device add', { ...input, 'last-name': 'Petit', zip: '69001' }, { as });
      expect([codeOf(some), fieldsOf(some)]).toEqual(['input.invalid', ['first-name', 'street', 'city', 'country']]);
      const phone = await desk.ask('device add', { ...input, phone: '0612345678' }, { as });
      expect(fieldsOf(phone)).toHaveLength(6);
      // a language alone says nothing about the client
      expect(await add({ ...input, locale: 'en' })).toMatchObject({ state: 'registered' });
    });

    test('what was given to a checked device counts', async () => {
      const input = await given();
      const { device } = await desk.done('device check', input, { as });
      await desk.done('device edit', { device: String(device), 'last-name': 'Petit' }, { as });
      const some = await desk.ask('device add', input, { as });
      expect(fieldsOf(some)).toEqual(['first-name', 'street', 'zip', 'city', 'country']);
      await desk.done('device edit', { device: String(device), ...clientDetails }, { as });
      expect((await add(input))['device']).toBe(device);
      expect(await show(device)).toMatchObject({ lastName: 'Petit', city: 'Lyon', country: 'FR' });
    });

    test('once: the same moment, twice', async () => {
      const input = await given();
      const other = await newInstaller(desk);
      const outcomes = await Promise.all([
        desk.ask('device add', input, { as }),
        desk.ask('device add', { ...input, email: newEmail() }, { as: other }),
      ]);
      expect(outcomes.map(codeOf).sort()).toEqual(['device.registered', 'object.unknown']);
    });
  });

  describe('its life', () => {
    test('handed over, come back, corrected: each told where it stands', async () => {
      const input = await given(clientDetails);
      const { device } = await add(input);
      await mailed();
      expect(await stateOf(device)).toBe('link-sent');
      const { mails } = await show(device);
      expect(mails).toMatchObject([
        { letter: 'device-credentials', state: 'sent' },
        { letter: 'device-activation', state: 'sent' },
      ]);

      const right = newEmail();
      const person = await desk.connection.reader.address.findUniqueOrThrow({ where: { email: input.email } });
      const letters = await desk.queuedBy(() =>
        desk.done('device edit', { device: String(device), email: right }, { as }),
      );
      expect(letters.map(({ letter, recipient }) => [letter, recipient])).toEqual([
        ['device-credentials', right],
        ['device-activation', right],
      ]);
      // the account made for the wrong address alone is gone, and its link is dead
      expect(await desk.connection.reader.address.findUnique({ where: { email: input.email } })).toBeNull();
      expect(
        await desk.connection.reader.oneTimeLink.count({ where: { personId: person.personId, usedAt: null } }),
      ).toBe(0);
      expect(await story(device)).toEqual(['checked', 'registered', 'link-sent', 'corrected']);
    });

    test('a wrong address that is somebody’s stays theirs', async () => {
      const wrong = await newReseller(desk);
      const { device } = await add(await given({ email: wrong.email }));
      await desk.done('device edit', { device: String(device), email: newEmail() }, { as });
      expect(await desk.connection.reader.address.findUnique({ where: { email: wrong.email } })).not.toBeNull();
    });

    test('a letter that comes back is told to the installer; resend sends what was lost', async () => {
      const { device } = await add(await given());
      const told = await mailed(({ letter }) =>
        letter === 'device-credentials' ? { result: 'failed', reason: '550 full' } : { result: 'sent' },
      );
      expect(await show(device)).toMatchObject({ state: 'bounced', reason: '550 full' });
      expect(told.filter(({ recipient, object }) => recipient === as && object === device)).toMatchObject([
        { letter: 'device-step', params: { step: 'bounced', reason: '550 full' } },
      ]);
      const again = await desk.queuedBy(async () => {
        expect(await desk.done('device resend', { device: String(device) }, { as })).toMatchObject({
          mails: 1,
          letters: ['device-credentials'],
          state: 'link-sent',
        });
      });
      expect(again.map(({ letter }) => letter)).toEqual(['device-credentials']);
    });

    test('resend before the first mails have left, or after all is done, is refused', async () => {
      const { device } = await add(await given());
      const refused = async () => codeOf(await desk.ask('device resend', { device: String(device) }, { as }));
      expect(await refused()).toBe('state.wrong');
      await activated(device);
      expect(await refused()).toBe('state.wrong');
    });

    test('reminders after 3 and 10 days, the end after 14, told to the installer; resend begins anew', async () => {
      const { device } = await add(await given());
      await mailed();
      const dueLetters = async (days: number) => {
        desk.clock.advance(days * dayMs);
        await worked();
        return (await mailed())
          .filter(({ object }) => object === device)
          .map(({ letter, params }) => [letter, params['reminder'] ?? params['step']]);
      };
      expect(await dueLetters(2)).toEqual([]);
      expect(await dueLetters(1)).toEqual([['device-activation', true]]);
      expect(await dueLetters(1)).toEqual([]);
      expect(await dueLetters(6)).toEqual([['device-activation', true]]);
      expect(await dueLetters(3)).toEqual([]);
      expect(await dueLetters(1)).toEqual([['device-step', 'expired']]);
      expect(await stateOf(device)).toBe('expired');
      expect(await story(device)).toEqual(['checked', 'registered', 'link-sent', 'reminded', 'reminded', 'expired']);
      expect(await desk.done('device resend', { device: String(device) }, { as })).toMatchObject({
        mails: 2,
        state: 'link-sent',
      });
    });

    test('after an outage one reminder stands for all', async () => {
      const { device } = await add(await given());
      await mailed();
      desk.clock.advance(11 * dayMs);
      await worked();
      await worked();
      expect((await mailed()).filter(({ object }) => object === device)).toHaveLength(1);
    });

    test('what was never registered is forgotten after 7 days', async () => {
      const input = await given();
      const { device } = await desk.done('device check', input, { as });
      desk.clock.advance(7 * dayMs + 1);
      await worked();
      expect(await show(device)).toMatchObject({ state: 'removed', email: '' });
      expect((await desk.done('device check', input, { as }))['device']).not.toBe(device);
    });

    test('removed: previewed first; its pair can be registered again', async () => {
      const input = await given();
      const { device } = await add(input);
      const removal = { device: String(device), reason: 'Le client a déménagé' };
      expect(await desk.ask('device remove', removal, { as })).toMatchObject({ code: 'device.previewed' });
      expect(await stateOf(device)).toBe('registered');
      const waiting = await desk.letters();
      expect(await desk.done('device remove', { ...removal, yes: 'yes' }, { as })).toMatchObject({ state: 'removed' });
      // what had not left does not leave
      expect((await desk.letters()).filter(({ object }) => object === device).map(({ state }) => state)).toEqual(
        waiting.filter(({ object }) => object === device).map(() => 'cancelled'),
      );
      expect(codeOf(await desk.ask('device remove', { ...removal, yes: 'yes' }, { as }))).toBe('state.wrong');
      const other = await newInstaller(desk);
      expect(await desk.done('device add', { ...input, email: newEmail() }, { as: other })).toMatchObject({
        state: 'registered',
      });
    });

    test('an active device keeps its client’s data; its web address can change', async () => {
      const { device } = await add(await given());
      await activated(device);
      const edit = (input: Record<string, string>) =>
        desk.ask('device edit', { device: String(device), ...input }, { as });
      expect(codeOf(await edit({ 'last-name': 'Autre' }))).toBe('state.wrong');
      expect(codeOf(await edit({ email: newEmail() }))).toBe('state.wrong');
      expect(await edit({ 'web-address': 'box.example.com:443' })).toMatchObject({
        data: { webAddress: 'box.example.com:443', state: 'active' },
      });
    });
  });

  describe('who sees what', () => {
    test('another installer sees and does nothing; staff see all; a client its own', async () => {
      const input = await given();
      const { device } = await add(input);
      const [other, support] = [await newInstaller(desk), await newStaff(desk, 'support')];
      for (const [command, more] of [
        ['device show', {}],
        ['device edit', { 'web-address': 'x.example.com' }],
        ['device resend', {}],
        ['device remove', { reason: 'pour voir', yes: 'yes' }],
      ] as const)
        expect(codeOf(await desk.ask(command, { device: String(device), ...more }, { as: other }))).toBe(
          'object.unknown',
        );
      expect((await desk.done('device list', { search: input.email }, { as: other }))['total']).toBe(0);
      expect(await show(device, support)).toMatchObject({ email: input.email });
      const mine = await show(device, input.email);
      expect(mine).toMatchObject({ installer: 'Alarmes Durand', email: input.email });
      expect(
        codeOf(
          await desk.ask(
            'device remove',
            { device: String(device), reason: 'je suis client', yes: 'yes' },
            { as: input.email },
          ),
        ),
      ).toBe('access.denied');
      expect(await desk.done('device list', {}, { as: input.email })).toMatchObject({ total: 1 });
    });

    test('by Code ID, however it is written', async () => {
      const input = await given();
      const { device } = await add(input);
      expect(await show(input['code-id'].toLowerCase())).toMatchObject({ device });
      expect(await show(String(device).toLowerCase().replace('v-0', 'v-'))).toMatchObject({ device });
    });
  });
});
