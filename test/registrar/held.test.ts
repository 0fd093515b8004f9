/** The port `gandi` on what is held already: renewals, restoring, and what the registrar says of owners (SPEC G, G4, G6). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DomainRow } from '../../src/core/programmes/domains/domain.js';
import { orderTask } from '../../src/core/programmes/domains/tasks.js';
import { workOf } from '../../src/core/jobs.js';
import { databases } from '../servers/databases.js';
import { openRegistrarHouse, type RegistrarHouse } from './ground.js';

// the first: what it asks of a database, walk.test.ts asks of each
describe.each(databases().slice(0, 1))('domains held at Gandi, on $name', (provider) => {
  let house: RegistrarHouse;
  beforeAll(async () => {
    house = await openRegistrarHouse(provider);
  });
  afterAll(async () => {
    expect(house.problems).toEqual([]);
    await house.close();
  });

  describe('owners (G4)', () => {
    const email = async () => (await house.desk.connection.reader.customer.findFirstOrThrow()).email;
    const owner = async () =>
      (await house.desk.connection.reader.ownerAddress.findUnique({ where: { email: await email() } }))?.state;

    test('the registrar sends its mail again, and says how it stands; the desk only repeats that', async () => {
      house.gandi.books.newReach = 'pending';
      const name = await house.held();
      expect(await owner()).toBe('pending');
      await house.desk.done('domain resend-validation', { domain: name }, { as: house.org.email });
      void house.gandi.fault('reachability', '502 before');
      await house.round();
      await house.after(1);
      expect(house.gandi.books.resent).toEqual([name]);
      expect((await house.task(name, 'owner-mail')).state).toBe('done');
      const held = house.gandi.books.account.get(name);
      Object.assign(held ?? {}, { reachability: 'failed' });
      await house.after(61);
      expect(await owner()).toBe('overdue');
      expect((await house.domain(name)).state, 'not before the registrar says so').toBe('active');
      Object.assign(held ?? {}, { status: ['clientHold'] });
      await house.after(61);
      expect((await house.domain(name)).state).toBe('suspended');
      for (const one of house.gandi.books.account.values()) Object.assign(one, { reachability: 'done', status: [] });
      await house.after(61);
      expect(await owner()).toBe('verified');
      house.gandi.books.newReach = 'done';
      expect((await house.domain(name)).state).toBe('active');
    });

    test('suspending is the registrar’s own: such a task is answered without asking', async () => {
      const name = await house.held();
      const domain = (await house.domain(name)) as DomainRow;
      await house.desk.desk.database.transact((unit) =>
        orderTask(workOf(house.desk.desk, unit), { domain, kind: 'suspend' }),
      );
      const from = house.gandi.calls.filter(({ path }) => path.includes(name)).length;
      await house.round();
      expect((await house.task(name, 'suspend')).state).toBe('failed');
      expect((await house.domain(name)).state).toBe('active');
      expect(house.gandi.calls.filter(({ path }) => path.includes(name)).length).toBe(from);
    });
  });

  describe('renewals', () => {
    const renew = (name: string) =>
      house.desk.done('domain renew', { domains: name, years: 1 }, { as: house.org.email });

    test('done once the registrar shows a later day', async () => {
      const name = await house.held();
      await renew(name);
      await house.round();
      expect((await house.task(name, 'renew')).state).toBe('waiting');
      await house.after(1);
      house.gandi.books.finish(name);
      await house.after(5);
      expect((await house.task(name, 'renew')).state).toBe('done');
      const { expiresOn } = await house.domain(name);
      expect(expiresOn).toBe('2028-11-' + (expiresOn ?? '').slice(8));
      expect(house.gandi.books.sold(name, 'renew')).toBe(1);
    });

    test('uncertain: told from the day it had when it left', async () => {
      const name = await house.held();
      // the registrar's day is another one: its own is the true one
      const held = house.gandi.books.account.get(name);
      if (held) held.endsOn = '2027-12-01';
      await renew(name);
      void house.gandi.fault('renew', '502 after');
      await house.round();
      expect((await house.task(name, 'renew')).state).toBe('uncertain');
      expect(await house.domain(name)).toMatchObject({ state: 'active', expiresOn: '2027-12-01' });
      await house.after(10);
      expect((await house.task(name, 'renew')).state).toBe('uncertain');
      house.gandi.books.finish(name);
      await house.after(10);
      expect((await house.task(name, 'renew')).state).toBe('done');
      expect((await house.domain(name)).expiresOn).toBe('2028-12-01');
      expect(house.gandi.books.sold(name, 'renew')).toBe(1);
    });

    test('lost: nothing tells but the day, so a whole day goes by before it is given back', async () => {
      const name = await house.held();
      await renew(name);
      const paid = await house.balance();
      void house.gandi.fault('renew', 'cut before');
      await house.round();
      await house.after(10);
      await house.after(12 * 60);
      await house.after(11 * 60);
      expect((await house.task(name, 'renew')).state).toBe('uncertain');
      await house.after(50);
      expect((await house.task(name, 'renew')).state).toBe('failed');
      expect(await house.balance()).toBeGreaterThan(paid);
      expect(house.gandi.books.sold(name, 'renew')).toBe(0);
    });

    test('what runs so long already is not bought again, and the day is taken over', async () => {
      const name = await house.held();
      await renew(name);
      const held = house.gandi.books.account.get(name);
      if (held) held.endsOn = '2029-01-31';
      await house.round();
      const task = await house.task(name, 'renew');
      expect(task).toMatchObject({ state: 'failed', reason: expect.stringContaining('January 2029') as string });
      expect((await house.domain(name)).expiresOn).toBe('2029-01-31');
      expect(house.gandi.books.sold(name, 'renew')).toBe(0);
    });

    test('a domain in redemption is restored', async () => {
      const name = await house.held();
      const expiresOn = new Date(house.desk.clock().getTime() - 60 * 86_400_000).toISOString().slice(0, 10);
      await house.desk.desk.database.transact(({ tx }) =>
        tx.domain.updateMany({ where: { name }, data: { expiresOn } }),
      );
      const held = house.gandi.books.account.get(name);
      if (held) held.endsOn = expiresOn;
      await renew(name);
      await house.round();
      house.gandi.books.finish(name);
      await house.after(1);
      expect((await house.task(name, 'restore')).state).toBe('done');
      expect((await house.domain(name)).expiresOn).toBe(`${Number(expiresOn.slice(0, 4)) + 1}${expiresOn.slice(4)}`);
      expect(house.gandi.books.sold(name, 'restore')).toBe(1);
    });
  });
});
