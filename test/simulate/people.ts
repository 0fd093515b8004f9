/** What people do in the simulated year: staff at the registrar, resellers who read their mail, owners who are asked. */
import { createHash } from 'node:crypto';
import { DateTime } from 'luxon';
import { confirmOwner } from '../../src/core/programmes/owners/owner.js';
import { plusDays } from '../../src/core/programmes/domains/life.js';
import { workOf } from '../../src/core/jobs.js';
import { createOutboxWorker, type OutboxWorker, type Errand } from '../../src/core/database/outbox-worker.js';
import type { LetterName } from '../../src/core/letters/letters.js';
import { fund } from '../core/renewal-ground.js';
import { endDay, firstDay, startOf, timeZone, type Org, type World } from './world.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A reminder as it arrived. */
export interface Arrived {
  readonly letter: string;
  readonly recipient: string;
  readonly day: string;
  readonly total: number;
}

export interface People {
  readonly courier: OutboxWorker;
  readonly arrived: Arrived[];
  /** Everything that somebody wants to do by now. */
  act(): Promise<void>;
}

/** The same for the same words, from 0 to `below` − 1. */
const chosen = (words: string, below: number): number =>
  createHash('sha256').update(words).digest().readUInt32BE() % below;

const dayOf = (at: Date): string => DateTime.fromJSDate(at, { zone: timeZone }).toFormat('yyyy-MM-dd');

export function createPeople(world: World, { registrations }: { registrations: number }): People {
  const { desk, open, clock } = world;
  const arrived: Arrived[] = [];
  const agenda: { at: number; run: () => Promise<void> }[] = [];
  const later = (afterMs: number, run: () => Promise<void>) =>
    void agenda.push({ at: clock().getTime() + afterMs, run });
  const asked = new Set<string>();

  /** A command that may be refused for what happened meanwhile, and for nothing else. */
  const wish = async (command: string, input: Record<string, string>, as?: string): Promise<void> => {
    const code = await world.ask(command, input, as);
    const mayBe = ['state.wrong', 'balance.low', 'domain.renewed', 'domain.requested', 'domain.task-done'];
    if (![...mayBe, 'domain.task-failed'].includes(code))
      world.faults.push(`${command} ${JSON.stringify(input)}: ${code}`);
  };

  const expiryOf = async (domain: string) =>
    (await open.connection.reader.domain.findUnique({ where: { heldName: domain } }))?.expiresOn;

  /** Renews at once, some days later, or waits for the next reminder; not what was renewed meanwhile. */
  const reminded = async (org: Org, lines: readonly { domain: string; step: string }[], day: string) => {
    if (org.habit !== 'manual') return;
    for (const { domain, step } of lines) {
      if (step !== 'manual' && step !== 'late') continue;
      const mood = chosen(`${domain} ${day}`, 10);
      if (mood >= 4) continue;
      const expiry = await expiryOf(domain);
      later(mood * dayMs, async () => {
        if ((await expiryOf(domain)) === expiry) await wish('domain renew', { domains: domain, years: '1' }, org.email);
      });
    }
  };

  const verified = (email: string) => {
    if (asked.has(email)) return;
    asked.add(email);
    const days = chosen(email, 30);
    // a third never come; some come when it is too late
    if (days >= 20) return;
    later(days * dayMs, () =>
      desk.database.transact(async (unit) => void (await confirmOwner(workOf(desk, unit), email))),
    );
  };

  async function deliver({ letter, locale, params, recipient }: Errand) {
    // as it would be sent: what a letter can't show would be retried for ever
    world.letters.render(letter as LetterName, locale, params as never);
    const day = dayOf(clock());
    const org = world.orgs.find(({ email }) => email === recipient);
    if (letter === 'renewals-due' || letter === 'auto-renew-failed' || letter === 'renewals-report')
      arrived.push({ letter, recipient, day, total: Number(params['total'] ?? 0) });
    if (letter === 'renewals-due' && org)
      await reminded(org, params['lines'] as { domain: string; step: string }[], day);
    if (letter === 'auto-renew-failed' && org?.habit === 'filling') later(3 * dayMs, () => fund(desk, org.id, 9_000));
    if (letter === 'owner-verification') verified(recipient);
    return { result: 'sent' as const };
  }

  let waiting = true;
  desk.database.onOutbox(() => void (waiting = true));
  const courier = createOutboxWorker({
    ...{ database: desk.database, secrets: desk.secrets, clock, chance: () => 0.5, channels: { mail: deliver } },
    onError: (error) => void world.faults.push(`courier: ${String(error)}`),
  });

  /** Staff carry out what waits, each within two days, in office hours; some of it the registrar refuses. */
  async function staff(): Promise<void> {
    const { hour } = DateTime.fromJSDate(clock(), { zone: timeZone });
    if (hour < 9 || hour > 17) return;
    const tasks = await open.connection.reader.registrarTask.findMany({ where: { state: 'waiting' } });
    for (const { id, kind, createdAt } of tasks) {
      if (createdAt.getTime() + chosen(`wait ${id}`, 49) * hourMs > clock().getTime()) continue;
      const task = `W-${String(id).padStart(6, '0')}`;
      const refused = (kind === 'renew' || kind === 'register') && chosen(`refused ${id}`, 25) === 0;
      if (refused) await wish('domain failed', { task, reason: 'The registry says no' });
      else await wish('domain done', { task, date: dayOf(clock()), 'registrar-reference': `R-${id}` });
    }
  }

  const growing = world.orgs.filter(({ habit }) => habit === 'growing');
  const spanMs = startOf(plusDays(endDay, -60)).getTime() - startOf(firstDay).getTime();
  for (let at = 0; at < registrations; at += 1)
    later((at / registrations) * spanMs, () =>
      wish(
        'domain register',
        {
          ...{ domain: `new-${at}.${at % 3 ? 'com' : 'io'}`, customer: 'new', type: 'individual' },
          // two domains an owner
          ...{ email: `someone-${at >> 1}@owners.example`, 'last-name': 'Blanc', 'first-name': 'Noé' },
          ...{ street: '1 rue Haute', zip: '75001', city: 'Paris', country: 'FR' },
        },
        growing[at % growing.length]?.email,
      ),
    );

  return {
    courier,
    arrived,
    async act() {
      const due = agenda.filter(({ at }) => at <= clock().getTime());
      for (const one of due) agenda.splice(agenda.indexOf(one), 1);
      for (const { run } of due) await run();
      await staff();
      if (waiting) {
        waiting = false;
        await courier.round();
      }
    },
  };
}
