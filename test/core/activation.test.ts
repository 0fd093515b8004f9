/** E6 on both databases: what the page does, done by many at the same time and through other processes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createActivations, type Activations, type Holder } from '../../src/core/ports/activations.js';
import { databases } from '../servers/databases.js';
import { dayMs, newEmail, openTestDesk, type TestDesk } from './ground.js';
import { newInstaller, type TestPerson } from './device-ground.js';

const details = {
  ...{ 'last-name': 'Petit', 'first-name': 'Léa', street: '3 rue Haute', zip: '69001', city: 'Lyon' },
  country: 'FR',
};

let count = 0;

describe.each(databases())('activation on $name', (provider) => {
  let desk: TestDesk;
  let pages: Activations;
  let others: Activations;
  let installer: TestPerson;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    pages = createActivations({ desk: desk.desk });
    others = createActivations({ desk: (await desk.another()).desk });
    installer = await newInstaller(desk);
  });
  afterAll(() => desk.close());

  interface Waiting {
    readonly id: number;
    readonly holder: Holder & { personId: number };
  }

  /** A device for a new client, and who holds its link. */
  async function waiting(): Promise<Waiting> {
    const n = String((count += 1)).padStart(2, '0');
    const pair = { codeId: `EL-9${n}`, mac: `00:1D:5A:90:00:${n}` };
    const now = desk.clock();
    const email = newEmail();
    await desk.desk.database.transact(({ tx }) =>
      tx.manufacturedDevice.create({ data: { ...pair, codeKey: pair.codeId, createdAt: now, updatedAt: now } }),
    );
    const input = { 'code-id': pair.codeId, mac: pair.mac, 'web-address': 'http://box.example', email, ...details };
    const letters = await desk.queuedBy(() => desk.done('device add', input, { as: installer.email }));
    const letter = letters.find((one) => one.letter === 'device-activation');
    const token = new URL(letter?.secret['url'] ?? '').pathname.slice('/t/'.length);
    const id = Number(letter?.object?.slice(2));
    return { id, holder: { token, personId: letter?.personId ?? 0, ip: undefined, locale: 'fr' } };
  }
  const rowOf = (id: number) => desk.connection.reader.device.findUniqueOrThrow({ where: { id } });
  const stepsOf = async (id: number) =>
    (await desk.connection.reader.deviceStep.findMany({ where: { deviceId: id }, orderBy: { id: 'asc' } })).map(
      ({ step }) => step,
    );
  const change = (id: number, data: object) =>
    desk.desk.database.transact(({ tx }) => tx.device.update({ where: { id }, data }));

  test('opened by many at once, it is opened once', async () => {
    const { id, holder } = await waiting();
    await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? pages : others).opened(holder)));
    expect(await stepsOf(id)).toEqual(['checked', 'registered', 'link-sent', 'opened']);
  });

  test('confirmed by many at once, in two processes, it is activated once', async () => {
    const { id, holder } = await waiting();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        (n % 2 ? pages : others).activate({ ...holder, input: { ...details, street: `${n} rue Haute` } }),
      ),
    );
    const won = answers.findIndex((answer) => answer?.ok);
    expect(answers.filter((answer) => answer?.ok)).toHaveLength(1);
    expect(answers.filter((answer) => answer?.ok === false && answer.why === 'active')).toHaveLength(11);
    expect(await stepsOf(id)).toEqual(['checked', 'registered', 'link-sent', 'opened', 'active']);
    const person = await desk.connection.reader.person.findUniqueOrThrow({ where: { id: holder.personId } });
    expect(person).toMatchObject({ street: `${won} rue Haute`, state: 'active' });
    const told = (await desk.letters()).filter(
      ({ letter, object }) => letter === 'device-step' && object?.endsWith(String(id)),
    );
    expect(told).toMatchObject([{ recipient: installer.email, params: { step: 'active' } }]);
  });

  test('whatever stands in its way changes nothing', async () => {
    const { id, holder } = await waiting();
    const stranger = await newInstaller(desk);
    const activate = (more: Partial<Holder & { personId: number }> = {}, input: Record<string, string> = details) =>
      pages.activate({ ...holder, ...more, input });
    const before = await desk.dump();
    expect(await activate({ personId: installer.personId })).toMatchObject({ why: 'other' });
    expect(await activate({ personId: stranger.personId })).toMatchObject({ why: 'other' });
    expect(await activate({}, {})).toMatchObject({
      why: 'faulty',
      faults: { 'last-name': expect.any(String), country: expect.any(String) },
    });
    expect(await activate({}, { ...details, country: 'Atlantis' })).toMatchObject({ why: 'faulty' });
    expect(await activate({}, { ...details, state: 'active' })).toMatchObject({ why: 'faulty' });
    expect(await activate({ token: `${holder.token}x` })).toBeUndefined();
    expect(await desk.dump()).toEqual(before);
    for (const state of ['entered', 'checked', 'bounced', 'expired', 'removed']) {
      await change(id, { state });
      const kept = await desk.dump();
      expect(await pages.view(holder), state).toEqual({ is: 'ended' });
      await pages.opened(holder);
      expect(await activate(), state).toMatchObject({ why: 'ended' });
      expect(await desk.dump(), state).toEqual(kept);
    }
    await change(id, { state: 'opened', clientId: stranger.personId });
    expect(await pages.view(holder)).toEqual({ is: 'ended' });
    expect(await pages.view({ ...holder, personId: stranger.personId })).toEqual({ is: 'ended' });
    await change(id, { state: 'opened', clientId: holder.personId });
    expect(await activate()).toMatchObject({ ok: true });
    expect(await rowOf(id)).toMatchObject({ state: 'active', client: '{}' });
    // the table has no way back
    expect(await activate()).toMatchObject({ why: 'active' });
    expect(await activate({ personId: stranger.personId })).toMatchObject({ why: 'ended' });
  });

  test('ends with its time, in a form sent on the last moment too', async () => {
    const { id, holder } = await waiting();
    await pages.opened(holder);
    desk.clock.advance(14 * dayMs);
    const before = await desk.dump();
    expect(await pages.activate({ ...holder, input: details })).toMatchObject({ why: 'ended' });
    expect(await desk.dump()).toEqual(before);
    expect(await rowOf(id)).toMatchObject({ state: 'opened' });
  });
});
