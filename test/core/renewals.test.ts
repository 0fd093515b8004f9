/** G6: the renewal clockwork, first its decisions by dates alone, then as jobs on both databases. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plusDays, standing } from '../../src/core/programmes/domains/life.js';
import { failTask } from '../../src/core/programmes/domains/tasks.js';
import { finishTask } from '../../src/core/programmes/domains/task-done.js';
import { listedAtMost } from '../../src/core/programmes/renewals/letters.js';
import {
  clockIn,
  daysMissed,
  drawsToday,
  drawWindows,
  isRenewable,
  milestoneAt,
  planNotices,
  reminderWindows,
  type PlannedNotice,
} from '../../src/core/programmes/renewals/planning.js';
import type { Desk } from '../../src/core/guard/work.js';
import { workOf } from '../../src/core/jobs.js';
import { loadLetters } from '../../src/core/letters/letters.js';
import { sampleVendor } from '../../src/core/letters/values.js';
import type { Tld } from '../../src/core/catalogue/domains-shape.js';
import { databases } from '../servers/databases.js';
import { dayMs, hourMs, newReseller, newStaff, openTestDesk, testClock, type TestDesk } from './ground.js';
import { addDomains, changed, clockwork, fund, type NewDomain } from './renewal-ground.js';

const reminderDays = [60, 30, 15, 1, 0];
const ada = { email: 'ada@example.org', personId: 1 };
const bob = { email: 'bob@example.org', personId: 2 };

const fr = { tld: 'fr', renewBy: 0, hold: 0, redemption: 30, pendingDelete: 1 };
const de = { tld: 'de', renewBy: 3, hold: 0, redemption: 30, pendingDelete: 0 };
const com = { tld: 'com', renewBy: 0, hold: 45, redemption: 30, pendingDelete: 5 };
const tlds = [fr, de, com].map((periods) => ({ ...periods, prices: [] }) as unknown as Tld);

describe('by dates alone', () => {
  test.each([
    [61, undefined],
    [60, 60],
    [31, 60],
    [30, 30],
    [15, 15],
    [14, 15],
    [2, 15],
    [1, 1],
    [0, 0],
    [-7, 0],
  ])('with %i days left the milestone is %s', (left, milestone) => {
    expect(milestoneAt(reminderDays, left)).toBe(milestone);
  });

  const facts = {
    today: '2026-12-01',
    reminderDays,
    standing: { state: 'active', renewBy: '2026-12-21' } as const,
    sold: true,
    renewing: false,
    recipients: [ada, bob],
    known: [],
  };
  const short = (rows: readonly PlannedNotice[]) =>
    rows.map(({ milestone, recipient, outcome, reason }) => [milestone, recipient.email, outcome, reason]);

  test('a domain that came late gets the latest reminder only, and the earlier ones are accounted for', () => {
    expect(short(planNotices(facts))).toEqual([
      [60, ada.email, 'skipped', 'later'],
      [60, bob.email, 'skipped', 'later'],
      [30, ada.email, 'due', null],
      [30, bob.email, 'due', null],
    ]);
  });

  test('what is accounted for is not told again, to nobody: not to a recipient who came afterwards either', () => {
    const known = [{ milestone: 30, recipient: ada.email }];
    expect(planNotices({ ...facts, known })).toEqual([]);
    expect(planNotices({ ...facts, known, today: '2026-11-21' })).toEqual([]);
  });

  test.each([
    ['a renewal under way', { renewing: true }, ['skipped', 'renewing']],
    [
      'nothing to be done any more',
      { standing: { ...facts.standing, state: 'redemption' as const } },
      ['skipped', 'over'],
    ],
    ['a TLD that is no longer sold', { sold: false }, ['failed', 'unsold']],
  ])('%s', (_, more, expected) => {
    const row = planNotices({ ...facts, ...more }).find(({ milestone }) => milestone === 30);
    expect([row?.outcome, row?.reason]).toEqual(expected);
  });

  test('without anybody to write to it fails once, and is sent as soon as somebody is there', () => {
    const alone = { ...facts, recipients: [] };
    const rows = planNotices(alone);
    expect(short(rows)).toEqual([
      [60, '', 'skipped', 'later'],
      [30, '', 'failed', 'no-recipient'],
    ]);
    const known = rows.map(({ milestone, recipient }) => ({ milestone, recipient: recipient.email }));
    expect(planNotices({ ...alone, known })).toEqual([]);
    expect(short(planNotices({ ...facts, recipients: [ada], known }))).toEqual([
      [60, ada.email, 'skipped', 'later'],
      [30, ada.email, 'due', null],
    ]);
  });

  test('whatever days the desk was up: every milestone once a recipient, at most one a day is due', () => {
    const days = fc.array(fc.boolean(), { minLength: 90, maxLength: 90 });
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 80 }), fc.constantFrom(fr, de, com), (up, ahead, tld) => {
        const start = '2026-10-01';
        const expiresOn = plusDays(start, ahead);
        const rows: PlannedNotice[] = [];
        up.forEach((is, at) => {
          if (!is) return;
          const today = plusDays(start, at);
          const now = standing({ state: 'active', expiresOn }, tld, today);
          const known = rows.map(({ milestone, recipient }) => ({ milestone, recipient: recipient.email }));
          const made = planNotices({ ...facts, today, standing: now, known });
          expect(made.filter(({ outcome }) => outcome === 'due').length).toBeLessThanOrEqual(2);
          expect(made.filter(({ outcome }) => outcome === 'due').every(() => isRenewable(now))).toBe(true);
          rows.push(...made);
        });
        const keys = rows.map(({ milestone, recipient }) => `${milestone} ${recipient.email}`);
        expect(new Set(keys).size).toBe(keys.length);
        // seen after renew-by, so all of them had their day
        const last = standing({ state: 'active', expiresOn }, tld, plusDays(start, up.lastIndexOf(true)));
        const over = last.renewBy !== null && last.renewBy <= plusDays(start, up.lastIndexOf(true));
        if (up.includes(true) && over) expect(keys.length).toBe(reminderDays.length * 2);
      }),
      { numRuns: 20 },
    );
  });

  test('the windows find exactly the domains whose milestone or draw it is', () => {
    const today = '2026-12-01';
    const windows = reminderWindows(tlds, { today, reminderDays });
    const draws = drawWindows(tlds, { today, autoRenewDays: 10 });
    const within = (
      window: { tlds: readonly string[]; other: boolean; after: string; until: string },
      tld: string,
      day: string,
    ) => window.tlds.includes(tld) !== window.other && day > window.after && day <= window.until;
    for (const periods of [fr, de, com])
      for (let ahead = -100; ahead <= 80; ahead += 1) {
        const expiresOn = plusDays(today, ahead);
        const now = standing({ state: 'active', expiresOn }, periods, today);
        const row = planNotices({ ...facts, standing: now }).at(-1);
        const found = windows
          .filter((window) => within(window, periods.tld, expiresOn))
          .map(({ milestone }) => milestone);
        expect([expiresOn, periods.tld, ...found]).toEqual([
          expiresOn,
          periods.tld,
          ...(row && now.state !== 'gone' ? [row.milestone] : []),
        ]);
        const drawn = draws.filter((window) => within(window, periods.tld, expiresOn)).length;
        expect([expiresOn, drawn]).toEqual([expiresOn, drawsToday(now, { today, autoRenewDays: 10 }) ? 1 : 0]);
      }
  });

  test('days and hours are those of the desk’s clocks', () => {
    // 2 o’clock does not come on this day
    expect(clockIn(new Date('2027-03-28T00:59:00Z'), 'Europe/Paris')).toEqual({ day: '2027-03-28', hour: 1 });
    expect(clockIn(new Date('2027-03-28T01:00:00Z'), 'Europe/Paris')).toEqual({ day: '2027-03-28', hour: 3 });
    expect(clockIn(new Date('2026-11-29T11:00:00Z'), 'Pacific/Apia')).toEqual({ day: '2026-11-30', hour: 0 });
    expect(clockIn(new Date('2026-11-30T09:59:00Z'), 'Pacific/Kiritimati').day).toBe('2026-11-30');
    expect(clockIn(new Date('2026-11-30T10:00:00Z'), 'Pacific/Kiritimati').day).toBe('2026-12-01');
  });

  test('a day that a zone left out was not missed', () => {
    const over = { last: '2011-12-28', today: '2012-01-01' };
    expect(daysMissed({ ...over, timeZone: 'Europe/Paris' })).toEqual(['2011-12-29', '2011-12-30', '2011-12-31']);
    expect(daysMissed({ ...over, timeZone: 'Pacific/Apia' })).toEqual(['2011-12-29', '2011-12-31']);
    expect(daysMissed({ last: '2026-03-28', today: '2026-03-29', timeZone: 'Europe/Paris' })).toEqual([]);
  });
});

describe.each(databases())('as jobs, on $name', (provider) => {
  let ground: TestDesk;
  let orgs = 0;
  const thrown: unknown[] = [];
  const start = new Date('2026-12-01T09:00:00Z');

  beforeAll(async () => {
    ground = await openTestDesk(provider, { clock: testClock(start) });
  });
  afterAll(async () => {
    expect(thrown).toEqual([]);
    await ground.close();
  });

  const tick = (desk: Desk = ground.desk) => clockwork(desk, (error) => void thrown.push(error)).tick();
  const newOrg = () => newReseller(ground, {}, { company: `Domaines ${(orgs += 1)}`, locale: orgs % 2 ? 'fr' : 'en' });
  const notices = (name: string) =>
    ground.connection.reader.$queryRawUnsafe<{ milestone: number; outcome: string; reason: string | null }[]>(
      `SELECT n."milestone", n."outcome", n."reason" FROM "RenewalNotice" n JOIN "Domain" d ON d."id" = n."domainId"
       WHERE d."name" = '${name}' AND n."milestone" >= 0 ORDER BY n."milestone" DESC`,
    );
  const heard = async (work: () => Promise<unknown>, letter: string) =>
    (await ground.queuedBy(work)).filter((one) => one.letter === letter);
  const linesOf = ({ params }: { params: Readonly<Record<string, unknown>> }) =>
    params['lines'] as { domain: string; step: string; drawOn?: string; price: string }[];
  /** Goes on to a day, at nine o’clock UTC, without anything running meanwhile. */
  const goTo = (day: string, time = '09:00') => ground.clock.set(new Date(`${day}T${time}:00Z`));
  const add = async (...domains: NewDomain[]) => addDomains(ground.desk, domains);

  test('nothing is told on a desk without domains', async () => {
    await newStaff(ground, 'admin');
    expect(await ground.queuedBy(tick)).toEqual([]);
    expect(await ground.connection.reader.renewalRun.count()).toBe(1);
  });

  test('one domain: each milestone one mail, on its day, once whatever runs', async () => {
    const { id: orgId, email } = await newOrg();
    await add({ name: 'walk.fr', orgId, expiresOn: '2027-02-10' });
    const sentOn: string[] = [];
    for (const around of ['2026-12-12', '2027-01-11', '2027-01-26', '2027-02-09', '2027-02-11']) {
      for (const day of [plusDays(around, -1), around, plusDays(around, 1)]) {
        goTo(day);
        const told = await ground.queuedBy(() =>
          day === around ? Promise.all([tick(), tick()]).then(() => tick()) : tick(),
        );
        const mails = told.filter(({ letter, recipient }) => letter === 'renewals-due' && recipient === email);
        sentOn.push(...mails.map(() => day));
      }
    }
    expect(sentOn).toEqual(['2026-12-12', '2027-01-11', '2027-01-26', '2027-02-09', '2027-02-10']);
    expect((await notices('walk.fr')).map(({ outcome }) => outcome)).toEqual(reminderDays.map(() => 'sent'));
  });

  test('many domains are one mail, in the order of their days, and a long list is cut and counted', async () => {
    const { id: orgId, email } = await newOrg();
    const count = listedAtMost + 40;
    await add(
      ...Array.from({ length: count }, (_, at) => ({
        name: `storm-${String(at).padStart(4, '0')}.fr`,
        orgId,
        expiresOn: plusDays('2027-03-10', at % 2 ? 0 : 5),
      })),
      { name: 'bücher-storm.fr'.normalize(), orgId, expiresOn: '2027-03-02', autoRenew: true },
    );
    goTo('2027-02-15');
    const mails = await heard(tick, 'renewals-due');
    expect(mails.map(({ recipient }) => recipient)).toEqual([email]);
    const [mail] = mails;
    expect(mail?.params).toMatchObject({ total: count + 1, more: 41 });
    const lines = mail ? linesOf(mail) : [];
    expect(lines).toHaveLength(listedAtMost);
    expect(lines[0]).toMatchObject({
      domain: 'bücher-storm.fr',
      step: 'auto',
      drawOn: expect.stringMatching(/^20 (février|February) 2027$/),
    });
    expect(lines.slice(1, 121).every(({ domain }) => Number(domain.slice(6, 10)) % 2 === 1)).toBe(true);
    expect((await notices('storm-0000.fr')).map(({ outcome, reason }) => reason ?? outcome)).toEqual(['later', 'sent']);
  });

  test('what is being renewed is left out, what nobody can be told of is shown to staff, a broken one breaks alone', async () => {
    const { id: orgId } = await newOrg();
    const [silent] = [await newOrg()];
    await ground.connection.writer.membership.updateMany({ where: { orgId: silent.id }, data: { role: 'viewer' } });
    const ids = await add(
      { name: 'under-way.fr', orgId, expiresOn: '2027-05-01' },
      { name: 'nobody.fr', orgId: silent.id, expiresOn: '2027-05-01' },
      { name: 'fine.fr', orgId, expiresOn: '2027-05-01' },
      { name: 'unsold.example', orgId, expiresOn: '2027-05-01' },
      // its organisation is not there: the draw throws
      { name: 'broken.fr', orgId: 999_999, expiresOn: '2027-04-24', autoRenew: true },
    );
    await ground.connection.writer.registrarTask.create({
      data: {
        ...{ domainId: ids.get('under-way.fr') ?? 0, orgId, kind: 'renew', port: 'staff', state: 'waiting' },
        ...{ door: 'terminal', locale: 'fr', createdAt: ground.clock() },
      },
    });
    goTo('2027-04-16');
    const told = await ground.queuedBy(tick);
    expect(thrown.splice(0)).toHaveLength(1);
    const [mail, ...more] = told.filter(({ letter }) => letter === 'renewals-due');
    expect(more).toEqual([]);
    expect(mail && linesOf(mail).map(({ domain }) => domain)).toEqual(['fine.fr']);
    expect((await notices('under-way.fr')).at(-1)).toMatchObject({
      milestone: 15,
      outcome: 'skipped',
      reason: 'renewing',
    });
    const report = told.find(({ letter }) => letter === 'renewals-report');
    const names = (report?.params['names'] ?? []) as { label: string; value: string }[];
    expect(names.map(({ label }) => label).sort()).toEqual(['broken.fr', 'broken.fr', 'nobody.fr', 'unsold.example']);
    const run = await ground.connection.reader.renewalRun.findUnique({ where: { day: '2027-04-16' } });
    expect(JSON.parse(run?.detail ?? '')).toMatchObject({ failed: { fault: 1, 'no-recipient': 2, unsold: 1 } });

    // the next day: nothing new but the fault; then somebody is there
    goTo('2027-04-17');
    await tick();
    expect(thrown.splice(0)).toHaveLength(1);
    await ground.connection.writer.membership.updateMany({ where: { orgId: silent.id }, data: { role: 'owner' } });
    await ground.connection.writer.domain.updateMany({
      where: { name: 'broken.fr' },
      data: { state: 'transferred-out' },
    });
    goTo('2027-04-18');
    const late = await heard(tick, 'renewals-due');
    expect(late.map(({ recipient, params }) => [recipient, params['total']])).toEqual([[silent.email, 1]]);
  });

  test('an automatic renewal draws once, whatever processes run, and its reminders stop', async () => {
    const { id: orgId } = await newOrg();
    await fund(ground.desk, orgId, 1_500);
    const ids = await add({ name: 'drawn.fr', orgId, expiresOn: '2027-07-20', autoRenew: true });
    const other = await ground.another();
    goTo('2027-07-09');
    await tick();
    expect(await ground.connection.reader.registrarTask.count({ where: { orgId } })).toBe(0);
    goTo('2027-07-10');
    const told = await ground.queuedBy(() => Promise.all([tick(), tick(other.desk)]));
    expect(told.filter(({ letter }) => letter === 'renewals-due')).toEqual([]);
    const tasks = await ground.connection.reader.registrarTask.findMany({ where: { orgId } });
    expect(tasks.map(({ domainId, kind, years, grossCents }) => [domainId, kind, years, grossCents])).toEqual([
      [ids.get('drawn.fr'), 'renew', 1, 1_500],
    ]);
    for (const day of ['2027-07-19', '2027-07-20']) {
      goTo(day);
      expect(await heard(tick, 'renewals-due')).toEqual([]);
    }
    expect((await notices('drawn.fr')).slice(-2).map(({ reason }) => reason)).toEqual(['renewing', 'renewing']);
    const [task] = tasks;
    if (!task) throw new Error('no task');
    await ground.desk.database.transact((unit) =>
      finishTask(workOf(ground.desk, unit), task, { date: '2027-07-20', reference: 'R-1' }),
    );
    expect(await ground.connection.reader.domain.findUnique({ where: { id: task.domainId } })).toMatchObject({
      expiresOn: '2028-07-20',
    });
    goTo('2027-07-21');
    await tick();
    expect(await ground.connection.reader.registrarTask.count({ where: { orgId } })).toBe(1);
  });

  test('a balance that is too low is told once, tried again in silence, and drawn once it is enough, even in the hold', async () => {
    const { id: orgId, email } = await newOrg();
    await fund(ground.desk, orgId, 2_000);
    await add(
      { name: 'first.com', orgId, expiresOn: '2027-08-19', autoRenew: true },
      { name: 'second.com', orgId, expiresOn: '2027-08-20', autoRenew: true },
      { name: 'third.com', orgId, expiresOn: '2027-08-20', autoRenew: true },
    );
    goTo('2027-08-10');
    const told = await ground.queuedBy(tick);
    const alerts = told.filter(({ letter }) => letter === 'auto-renew-failed');
    // which of them ends first is drawn first
    expect(alerts.map(({ recipient, params }) => [recipient, params['total'], params['balance']])).toEqual([
      [email, 2, expect.stringMatching(/0[.,]92/)],
    ]);
    expect(told.find(({ letter }) => letter === 'renewals-report')?.params['names']).toHaveLength(2);
    for (const day of ['2027-08-11', '2027-08-18']) {
      goTo(day);
      expect(await heard(tick, 'auto-renew-failed')).toEqual([]);
    }
    goTo('2027-08-19');
    const [reminder] = await heard(tick, 'renewals-due');
    expect(reminder && linesOf(reminder).map(({ domain, step }) => [domain, step])).toEqual([
      ['second.com', 'failed'],
      ['third.com', 'failed'],
    ]);
    // the last day of the hold
    goTo('2027-10-04');
    await fund(ground.desk, orgId, 1_900);
    await tick();
    const tasks = await ground.connection.reader.registrarTask.findMany({ where: { orgId } });
    expect(tasks).toHaveLength(2);
    goTo('2027-10-05');
    await fund(ground.desk, orgId, 1_900);
    await tick();
    expect(await ground.connection.reader.registrarTask.count({ where: { orgId } })).toBe(2);
  });

  test('what the registrar refuses is tried three times, given back each time, then told', async () => {
    const { id: orgId, email } = await newOrg();
    await fund(ground.desk, orgId, 1_500);
    await add({ name: 'refused.fr', orgId, expiresOn: '2027-11-20', autoRenew: true });
    const alerts: string[] = [];
    for (let day = '2027-11-10'; day <= '2027-11-16'; day = plusDays(day, 1)) {
      goTo(day);
      alerts.push(...(await heard(tick, 'auto-renew-failed')).map(({ recipient }) => `${day} ${recipient}`));
      const task = await ground.connection.reader.registrarTask.findFirst({ where: { orgId, state: 'waiting' } });
      if (!task) continue;
      await ground.desk.database.transact((unit) => failTask(workOf(ground.desk, unit), task, { reason: 'no' }));
    }
    expect(alerts).toEqual([`2027-11-13 ${email}`]);
    expect(await ground.connection.reader.registrarTask.count({ where: { orgId, state: 'failed' } })).toBe(3);
    expect(await ground.connection.reader.balance.findUnique({ where: { orgId } })).toMatchObject({
      prepaidCents: 1_500,
    });
  });

  test('days without a run are told once at the next start, and the mails are the latest only', async () => {
    const { id: orgId } = await newOrg();
    await add({ name: 'outage.fr', orgId, expiresOn: '2028-01-30' });
    goTo('2027-12-30');
    await tick();
    goTo('2028-01-29');
    await tick();
    // down on the last days
    goTo('2028-02-02', '02:00');
    const early = await ground.queuedBy(tick);
    expect(early.map(({ letter }) => letter)).toEqual(['renewals-report']);
    expect(String(early[0]?.params['headline'])).toMatch(/3 (jours|days), .*30 .*2028.* 1(er)? .*2028/);
    goTo('2028-02-02');
    const later = await ground.queuedBy(() => tick().then(() => tick()));
    expect(later.map(({ letter }) => letter)).toEqual(['renewals-report']);
    expect((await notices('outage.fr')).map(({ milestone, outcome, reason }) => [milestone, outcome, reason])).toEqual([
      [60, 'sent', null],
      [30, 'skipped', 'later'],
      [15, 'skipped', 'later'],
      [1, 'sent', null],
      [0, 'skipped', 'over'],
    ]);
  });

  test('a run that keeps throwing is told after three hours, once; a process that died is taken over', async () => {
    goTo('2028-02-03', '07:00');
    // nothing can be read of the catalogue: every attempt throws
    const broken = changed(ground.desk, {
      get database() {
        return { ...ground.desk.database, read: () => Promise.reject(new Error('unreadable')) };
      },
    });
    const told: string[] = [];
    for (let quarter = 0; quarter < 5 * 4; quarter += 1) {
      const queued = await ground.queuedBy(() => tick(broken));
      told.push(...queued.map(({ letter }) => `${ground.clock().toISOString().slice(11, 13)} ${letter}`));
      ground.clock.advance(hourMs / 4);
    }
    expect(told).toEqual(['10 renewals-report']);
    // from seven o’clock UTC on, each quarter of an hour
    expect(thrown.splice(0)).toHaveLength(20);
    await tick();
    expect(await ground.connection.reader.renewalRun.findUnique({ where: { day: '2028-02-03' } })).not.toBeNull();
  });

  test('chat staff get it in their channel', async () => {
    goTo('2028-02-04');
    const [alert, ...others] = await ground.queuedBy(() => tick(changed(ground.desk, { chat: true })));
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ channel: 'chat', letter: 'alert', recipient: 'approvals' });
    expect(alert?.params['text']).toContain('Renouvellements du 4 février 2028\nRappels envoyés : 0, en 0 e-mail');
  });

  const zones = [
    // 2 o’clock does not come on the first, comes twice on the second
    ['Europe/Paris', '2028-03-25T23:00:00Z', '2028-03-26', '01:00'],
    ['Europe/Paris', '2028-10-28T22:00:00Z', '2028-10-29', '00:00'],
    // a day ahead of most
    ['Pacific/Apia', '2028-11-14T11:00:00Z', '2028-11-15', '13:00'],
  ] as const;
  // no database has a say in it
  test.each(zones.slice(0, provider.name === 'sqlite' ? 3 : 1))(
    'in %s from %s on it runs once, on %s at %s UTC',
    async (timeZone, from, day, at) => {
      const { catalogue } = ground.desk;
      const times = { ...catalogue.policy.times, renewalHour: 2 };
      const desk = changed(ground.desk, {
        timeZone,
        catalogue: { ...catalogue, policy: { ...catalogue.policy, times } },
      });
      ground.clock.set(new Date(from));
      const ran: string[] = [];
      for (let hour = 0; hour < 24; hour += 1) {
        const before = await ground.connection.reader.renewalRun.count();
        await tick(desk);
        if ((await ground.connection.reader.renewalRun.count()) > before)
          ran.push(ground.clock().toISOString().slice(11, 16));
        ground.clock.advance(hourMs);
      }
      expect(ran).toEqual([at]);
      const row = await ground.connection.reader.renewalRun.findFirst({ orderBy: { day: 'desc' } });
      expect(row?.day).toBe(day);
      ground.clock.advance(dayMs);
    },
  );
});

test('the letters read well whatever stands in a line', () => {
  const vendor = { ...sampleVendor(0), name: { fr: 'Lumen', en: 'Lumen' } };
  const letters = loadLetters('letters', () => ({ ...vendor, signature: [], links: {} }) as never);
  const line = { domain: 'a.fr', renewBy: '1 mars', expires: '2 mars', price: '15,00 €' };
  const lines = [
    { ...line, step: 'manual' as const },
    { ...line, step: 'auto' as const, drawOn: '20 février' },
    { ...line, step: 'failed' as const, company: 'Domaines 1' },
    { ...line, step: 'late' as const, holdUntil: '4 avril' },
  ];
  const { subject, text } = letters.render('renewals-due', 'fr', {
    total: 204,
    more: 200,
    lines,
    accountUrl: 'http://x.example',
  });
  expect(subject).toBe('204 domaines arrivent à échéance');
  expect(text.replace(/\s+/g, ' ')).toContain(
    'a.fr : renouvelé automatiquement le 20 février, vous n’avez rien à faire',
  );
  expect(text).toContain('200 de plus');
  const { text: late } = letters.render('renewals-due', 'en', {
    total: 1,
    more: 0,
    lines: lines.slice(3),
    accountUrl: 'http://x.example',
  });
  expect(late.replace(/\s+/g, ' ')).toContain(
    'was to be renewed by 1 mars; expires on 2 mars, can be renewed until 4 avril',
  );
});
