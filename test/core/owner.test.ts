/** G4: an owner's address is asked, reminded, overdue and verified; a suspension is ordered, never claimed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  askOwner,
  confirmOwner,
  noteRegistrarOwner,
  ownerOf,
  resendOwner,
} from '../../src/core/programmes/owners/owner.js';
import { ownerJobs } from '../../src/core/programmes/owners/clockwork.js';
import { finishTask } from '../../src/core/programmes/domains/task-done.js';
import { failTask } from '../../src/core/programmes/domains/tasks.js';
import type { Desk, Work } from '../../src/core/guard/work.js';
import { workOf } from '../../src/core/jobs.js';
import { createOwners } from '../../src/core/ports/owner-links.js';
import { databases } from '../servers/databases.js';
import { newDomain } from './owner-ground.js';
import { codeOf, dayMs, hourMs, newEmail, newReseller, newStaff, openTestDesk, type TestDesk } from './ground.js';

describe.each(databases())('owners on $name', (provider) => {
  let desk: TestDesk;
  let org: { id: number; email: string };
  let reader: TestDesk['connection']['reader'];
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    reader = desk.connection.reader;
    org = await newReseller(desk);
    await newStaff(desk, 'support');
  });
  afterAll(() => desk.close());

  /** The desk's own work, at this moment. */
  const doing = <T>(run: (work: Work) => Promise<T>, on: Desk = desk.desk): Promise<T> =>
    desk.desk.database.transact((unit) => run(workOf(on, unit)));
  const clockwork = (on: Desk = desk.desk) =>
    desk.desk.database.transact(async (unit) => {
      for (const job of ownerJobs((one) => workOf(on, one))) await job.run(unit, on.clock());
    });
  const owner = async (email: string) => {
    const row = await desk.desk.database.read((tx) => ownerOf(tx, email));
    return row && { state: row.state, reminders: row.reminders };
  };
  const domain = (id: number) => reader.domain.findUniqueOrThrow({ where: { id } });
  const tasks = async (domainId: number) =>
    (await reader.registrarTask.findMany({ where: { domainId }, orderBy: { id: 'asc' } })).map(
      ({ kind, state }) => `${kind} ${state}`,
    );
  const task = (domainId: number, kind: string) =>
    reader.registrarTask.findFirstOrThrow({ where: { domainId, kind }, orderBy: { id: 'desc' } });
  const finished = async (domainId: number, kind: string) => {
    const row = await task(domainId, kind);
    return doing((work) => finishTask(work, row, { date: '2026-11-23', reference: 'REG-1' }));
  };
  /** What the run of these days brings to whom. */
  const mailed = async (run: () => Promise<unknown>, to?: string) =>
    (await desk.queuedBy(run)).filter(({ recipient, channel }) => channel === 'mail' && (!to || recipient === to));
  const names = async (run: () => Promise<unknown>, to?: string) => (await mailed(run, to)).map(({ letter }) => letter);
  const pass = async (days: number) => {
    desk.clock.advance(days * dayMs);
    await clockwork();
  };
  const tokenOf = (url: string | undefined): string => url?.split('/t/')[1] ?? '';
  const newestLink = async (email: string) =>
    tokenOf((await desk.letters()).filter(({ recipient }) => recipient === email).at(-1)?.secret['url']);
  const owners = (on: Desk = desk.desk) => createOwners({ desk: on });

  test('asked once, in the owner’s language, whatever is registered besides', async () => {
    const email = newEmail('owner');
    const first = await mailed(async () => {
      await newDomain(desk, { orgId: org.id, email, locale: 'fr', name: 'xn--bcher-kva.com' });
    });
    expect(first).toMatchObject([
      {
        ...{ letter: 'owner-verification', recipient: email, locale: 'fr' },
        params: { name: 'Léa Petit', email, domains: ['bücher.com'], late: false, due: '8 décembre 2026' },
      },
    ]);
    expect(await owner(email)).toEqual({ state: 'pending', reminders: 0 });
    expect(await names(() => newDomain(desk, { orgId: org.id, email }))).toEqual([]);
    // nobody may look at what has just been mailed
    const stored = JSON.stringify(await reader.oneTimeLink.findMany());
    expect(stored).not.toContain(tokenOf(first[0]?.secret['url']));
    await doing((work) => confirmOwner(work, email));
  });

  test('an address that is proven already is verified without a mail', async () => {
    const email = newEmail('owner');
    await desk.done('account show', {}, { as: email });
    await desk.connection.writer.person.updateMany({
      where: { addresses: { some: { email } } },
      data: { state: 'active' },
    });
    const letters = await names(async () => {
      const { customer } = await newDomain(desk, { orgId: org.id, email });
      expect(await reader.customer.findUnique({ where: { id: customer.id } })).toMatchObject({ state: 'verified' });
    });
    expect(letters).toEqual([]);
    expect(await owner(email)).toMatchObject({ state: 'verified' });
  });

  test('three reminders, then the suspension is ordered of staff, and claimed only once they say done', async () => {
    const email = newEmail('owner');
    const one = (await newDomain(desk, { orgId: org.id, email })).domain;
    // a TLD that doesn't ask is no affair of this
    const other = (await newDomain(desk, { orgId: org.id, email, tld: 'fr', asked: false })).domain;
    const days: string[] = [];
    for (let day = 1; day < 15; day += 1)
      for (const letter of await names(() => pass(1), email)) days.push(`${letter} ${day}`);
    expect(days).toEqual(['owner-reminder 3', 'owner-reminder 7', 'owner-reminder 12']);
    expect(await tasks(one.id)).toEqual([]);

    const last = await mailed(() => pass(1));
    expect(last.map(({ letter, recipient }) => [letter, recipient])).toEqual([
      ['domain-task', expect.stringContaining('support')],
      ['owner-reminder', email],
      ['owner-overdue', org.email],
    ]);
    expect(last[1]?.params).toMatchObject({ late: true, domains: [one.name] });
    expect(last[2]?.params).toMatchObject({ email, ordered: [one.name], domains: [] });
    expect(await owner(email)).toMatchObject({ state: 'overdue' });
    expect([await tasks(one.id), await tasks(other.id)]).toEqual([['suspend waiting'], []]);
    expect(await domain(one.id)).toMatchObject({ state: 'active', suspendedAt: null });
    // once, however often it is looked at
    expect(await names(() => pass(1))).toEqual([]);

    await finished(one.id, 'suspend');
    expect(await domain(one.id)).toMatchObject({ state: 'suspended', suspendedAt: desk.clock() });

    const token = await newestLink(email);
    const told = await mailed(() => owners().confirm({ token, ip: undefined }));
    expect(told.map(({ letter }) => letter)).toEqual(['domain-task', 'owner-verified']);
    expect(told[1]).toMatchObject({ recipient: org.email, params: { ordered: [one.name], domains: [] } });
    expect(await tasks(one.id)).toEqual(['suspend done', 'resume waiting']);
    expect(await domain(one.id)).toMatchObject({ state: 'suspended' });
    await finished(one.id, 'resume');
    expect(await domain(one.id)).toMatchObject({ state: 'active', suspendedAt: null });
    expect(await reader.customer.findFirst({ where: { email } })).toMatchObject({ state: 'verified' });
    // never again, whatever is registered later
    const later = async () => {
      await newDomain(desk, { orgId: org.id, email });
      await pass(30);
    };
    expect(await names(later, email)).toEqual([]);
    expect(await owner(email)).toMatchObject({ state: 'verified' });
  });

  test('a suspension that was not done yet is called off by the click', async () => {
    const email = newEmail('owner');
    const { domain: one } = await newDomain(desk, { orgId: org.id, email });
    await pass(15);
    expect(await tasks(one.id)).toEqual(['suspend waiting']);
    expect(await names(() => doing((work) => confirmOwner(work, email)))).toEqual(['owner-verified']);
    expect(await tasks(one.id)).toEqual(['suspend failed']);
    expect((await task(one.id, 'suspend')).reason).toMatch(/propriétaire|owner/);
    expect(await domain(one.id)).toMatchObject({ state: 'active' });
    // staff who come later find that it has ended
    const row = await task(one.id, 'suspend');
    await expect(doing((work) => failTask(work, row, { reason: 'x' }))).rejects.toMatchObject({ code: 'state.wrong' });
  });

  test('after an outage one reminder stands for all; after a longer one nothing is suspended of who has signed in', async () => {
    const [email, active] = [newEmail('owner'), newEmail('owner')];
    await newDomain(desk, { orgId: org.id, email });
    const { domain: theirs } = await newDomain(desk, { orgId: org.id, email: active });
    expect(await names(() => pass(13), email)).toEqual(['owner-reminder']);
    expect(await owner(email)).toEqual({ state: 'pending', reminders: 3 });
    await desk.done('account show', {}, { as: active });
    await desk.connection.writer.person.updateMany({
      where: { addresses: { some: { email: active } } },
      data: { state: 'active' },
    });
    await pass(20);
    expect([await owner(email), await owner(active)]).toMatchObject([{ state: 'overdue' }, { state: 'verified' }]);
    expect(await tasks(theirs.id)).toEqual([]);
  });

  test('a domain bought later by an overdue owner has its own days', async () => {
    const email = newEmail('owner');
    const { domain: first } = await newDomain(desk, { orgId: org.id, email });
    await pass(15);
    expect(await names(() => newDomain(desk, { orgId: org.id, email }), email)).toEqual(['owner-verification']);
    const later = await reader.domain.findFirstOrThrow({ where: { id: { gt: first.id } } });
    await pass(14);
    expect(await tasks(later.id)).toEqual([]);
    await pass(1);
    expect([await tasks(first.id), await tasks(later.id)]).toEqual([['suspend waiting'], ['suspend waiting']]);
    expect(await owner(email)).toMatchObject({ state: 'overdue' });
  });

  test('a customer without domains is asked on request, not pressed; days count from the first domain', async () => {
    const email = newEmail('owner');
    const { customer } = await newDomain(desk, { orgId: org.id, email, tld: 'fr', asked: false });
    const sent = await desk.done('customer resend-verification', { number: `C-${customer.id}` }, { as: org.email });
    expect(sent).toMatchObject({ email, state: 'pending' });
    expect(await names(() => pass(10), email)).toEqual([]);
    expect(await names(() => newDomain(desk, { orgId: org.id, email }), email)).toEqual(['owner-verification']);
    const asking = await reader.domain.findFirstOrThrow({ where: { customerId: customer.id, tld: 'com' } });
    await pass(10);
    expect(await tasks(asking.id)).toEqual([]);
    await pass(5);
    expect(await tasks(asking.id)).toEqual(['suspend waiting']);
  });

  describe('the mail once more', () => {
    test('replaces the link, five times an hour, for its own organisation and staff', async () => {
      const email = newEmail('owner');
      const { domain: one } = await newDomain(desk, { orgId: org.id, email });
      const before = await newestLink(email);
      const stranger = await newReseller(desk);
      const resend = (as?: string) =>
        desk.ask('domain resend-validation', { domain: one.name }, as === undefined ? {} : { as });
      expect(await resend(org.email)).toMatchObject({
        code: 'domain.validation-sent',
        data: { domain: one.name, email, ownerState: 'pending' },
      });
      expect(await owners().view(before)).toMatchObject({ is: 'ended' });
      expect(await owners().view(await newestLink(email))).toMatchObject({
        is: 'open',
        shown: { email, domains: [one.name] },
      });
      expect(codeOf(await resend(stranger.email))).toBe('object.unknown');
      for (let time = 0; time < 4; time += 1) expect((await resend()).ok).toBe(true);
      expect(codeOf(await resend(org.email))).toBe('rate.limited');
      desk.clock.advance(hourMs);
      expect((await resend(org.email)).ok).toBe(true);
      await doing((work) => confirmOwner(work, email));
      expect(await names(() => resend(org.email))).toEqual([]);
      expect(
        (await resend(org.email)).ok && (await desk.done('domain resend-validation', { domain: one.name })),
      ).toMatchObject({ ownerState: 'verified' });
    });

    test('asks nobody who has left, and no domain that is gone', async () => {
      const email = newEmail('owner');
      const { customer, domain: one } = await newDomain(desk, { orgId: org.id, email });
      const staff = await newStaff(desk, 'support');
      await desk.connection.writer.domain.update({ where: { id: one.id }, data: { state: 'failed' } });
      expect(codeOf(await desk.ask('domain resend-validation', { domain: one.name }))).toBe('state.wrong');
      await desk.connection.writer.customer.update({ where: { id: customer.id }, data: { state: 'released' } });
      const number = `C-${customer.id}`;
      expect(codeOf(await desk.ask('customer resend-verification', { number }, { as: staff }))).toBe('state.wrong');
      expect(codeOf(await desk.ask('customer resend-verification', { number }, { as: org.email }))).toBe(
        'object.unknown',
      );
    });

    test('of a corrected address lifts what the wrong one cost', async () => {
      const [wrong, right] = [newEmail('owner'), newEmail('owner')];
      const { customer, domain: one } = await newDomain(desk, { orgId: org.id, email: wrong });
      await pass(15);
      await finished(one.id, 'suspend');
      await desk.connection.writer.customer.update({ where: { id: customer.id }, data: { email: right } });
      await desk.done('domain resend-validation', { domain: one.name }, { as: org.email });
      await owners().confirm({ token: await newestLink(right), ip: undefined });
      expect(await tasks(one.id)).toEqual(['suspend done', 'resume waiting']);
    });
  });

  describe('the link', () => {
    test('looking changes nothing; the word counts once, however many give it', async () => {
      const email = newEmail('owner');
      const { domain: one } = await newDomain(desk, { orgId: org.id, email });
      const token = await newestLink(email);
      const before = await desk.dump();
      expect(await owners().view(token)).toMatchObject({
        is: 'open',
        locale: 'en',
        shown: { email, domains: [one.name] },
      });
      expect(await desk.dump()).toEqual(before);
      const told = await names(async () => {
        const all = await Promise.all([1, 2, 3].map(() => owners().confirm({ token, ip: '192.0.2.7' })));
        expect(all.map((view) => view?.is)).toEqual(['verified', 'verified', 'verified']);
      });
      expect(told).toEqual(['owner-verified']);
      const audit = await reader.audit.findMany({ where: { action: 'owner verified', door: 'web' } });
      expect(audit.length).toBeGreaterThan(0);
      expect(JSON.stringify(audit)).not.toContain(email);
    });

    test('that has ended confirms nothing, and is renewed to the owner alone', async () => {
      const email = newEmail('owner');
      await newDomain(desk, { orgId: org.id, email });
      const token = await newestLink(email);
      // while it is open there is nothing to renew
      expect(await owners().renew({ token, ip: undefined })).toBeUndefined();
      desk.clock.advance(15 * dayMs);
      expect(await owners().view(token)).toMatchObject({ is: 'ended', email });
      expect(await owners().confirm({ token, ip: undefined })).toMatchObject({ is: 'ended' });
      expect(await owner(email)).toMatchObject({ state: 'pending' });
      const renew = () => owners().renew({ token, ip: undefined });
      expect(await names(renew)).toEqual(['owner-verification']);
      for (let time = 0; time < 4; time += 1) expect(await renew()).toBe('sent');
      expect(await renew()).toBe('limited');
      expect(await owners().confirm({ token: await newestLink(email), ip: undefined })).toMatchObject({
        is: 'verified',
      });
      expect(await renew()).toBeUndefined();
    });

    test('of another kind, or nobody’s, is none of this', async () => {
      expect(await owners().view('nothing')).toBeUndefined();
      expect(await owners().confirm({ token: 'nothing', ip: undefined })).toBeUndefined();
      expect(await owners().renew({ token: 'nothing', ip: undefined })).toBeUndefined();
    });
  });

  describe('with the registrar’s own API', () => {
    const gandi = (): Desk => Object.create(desk.desk, { registrar: { value: 'gandi' } }) as Desk;

    test('no mail and no suspension are ours; what the registrar says is noted and told', async () => {
      const email = newEmail('owner');
      const { customer, domain: one } = await newDomain(desk, { orgId: org.id, email, asked: false });
      expect(await names(() => doing((work) => askOwner(work, { domain: one, customer }), gandi()))).toEqual([]);
      expect(await owner(email)).toMatchObject({ state: 'pending' });
      desk.clock.advance(20 * dayMs);
      expect(await names(() => clockwork(gandi()), email)).toEqual([]);
      expect(await tasks(one.id)).toEqual([]);
      const noted = (state: 'overdue' | 'verified') =>
        mailed(() => doing((work) => noteRegistrarOwner(work, { email, state }), gandi()));
      expect(await noted('overdue')).toMatchObject([
        { letter: 'owner-overdue', params: { ordered: [], domains: [one.name] } },
      ]);
      expect(await noted('overdue')).toEqual([]);
      expect(await domain(one.id)).toMatchObject({ state: 'active' });
      expect(await noted('verified')).toMatchObject([{ letter: 'owner-verified' }]);
      expect(await noted('overdue')).toEqual([]);
      expect(await owner(email)).toMatchObject({ state: 'verified' });
      expect(await tasks(one.id)).toEqual([]);
    });

    test('the mail once more is ordered of it; a link of ours confirms nothing', async () => {
      const email = newEmail('owner');
      const { customer, domain: one } = await newDomain(desk, { orgId: org.id, email });
      const token = await newestLink(email);
      const sent = () => doing((work) => resendOwner(work, customer, { domain: one as never }), gandi());
      expect(await names(sent)).toEqual([]);
      expect(await tasks(one.id)).toEqual(['owner-mail waiting']);
      expect(await owners(gandi()).view(token)).toMatchObject({ is: 'registrar' });
      expect(await owners(gandi()).confirm({ token, ip: undefined })).toMatchObject({ is: 'registrar' });
      expect(await owners(gandi()).renew({ token, ip: undefined })).toBeUndefined();
      expect(await owner(email)).toMatchObject({ state: 'pending' });
    });
  });
});
