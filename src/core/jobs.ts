/** The desk's scheduled jobs (STATES, "Times"). */
import { expire } from './programmes/approvals/decision.js';
import { certificateJobs } from './programmes/certificates/sending.js';
import { summarised } from './command/request-summary.js';
import { commands } from './programmes/index.js';
import { deviceJobs } from './programmes/devices/clockwork.js';
import { followMail, type LetterOutcome } from './programmes/devices/letter-outcome.js';
import { grantJobs } from './programmes/devices/grants.js';
import { renewalJobs } from './programmes/renewals/run.js';
import { ownerJobs } from './programmes/owners/clockwork.js';
import { approvalRef, mailApprovers } from './guard/approval.js';
import { aboutAddress } from './guard/about.js';
import type { Actor } from './guard/identity.js';
import { createWork, type Desk, type Work } from './guard/work.js';
import { letterName } from './locales/letter-texts.js';
import { localeOf, type Locale } from './locales/locale.js';
import { textsOf } from './locales/texts.js';
import { closing } from './programmes/opportunities/closing.js';
import { writersTo } from './programmes/parties/organisation.js';
import { forgetting, toErased } from './programmes/parties/erasure.js';
import { dropLinkedFiles } from './programmes/parties/file-link.js';
import type { Job } from './database/schedule.js';
import type { Unit } from './database/transact.js';
import { alertNotice } from './database/outbox.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The desk itself: nobody asked. */
const itself: Actor = {
  personId: 0,
  name: 'guichet',
  firstName: '',
  lastName: '',
  emails: [],
  locale: undefined,
  country: undefined,
  state: 'active',
  roles: [],
  members: [],
  installer: false,
  operator: false,
  proof: 'desk',
  proven: {},
};

/** A unit of work that the desk does by itself. */
export const workOf = (desk: Desk, unit: Unit): Work =>
  createWork(unit, { desk, actor: itself, door: 'schedule', locale: desk.locale });

/** Reminders of waiting approvals after the policy's hours, and their end. */
const approvals = (desk: Desk): Job => ({
  name: 'approvals',
  everyMs: minuteMs,
  async run(unit, now) {
    const work = workOf(desk, unit);
    const { approvalReminderHours } = desk.catalogue.policy.times;
    for (const row of await unit.tx.approval.findMany({ where: { state: 'pending' }, orderBy: { id: 'asc' } })) {
      if (row.expiresAt <= now) {
        await expire(work, row.id, commands);
        continue;
      }
      const due = approvalReminderHours.filter(
        (hours) => row.createdAt.getTime() + hours * hourMs <= now.getTime(),
      ).length;
      if (due <= row.reminders) continue;
      // after an outage the latest reminder only: its number says how many are past
      await unit.tx.approval.update({ where: { id: row.id }, data: { reminders: due } });
      const text = textsOf(desk.locale).waiting({ number: approvalRef(row.id), command: row.command });
      work.send(alertNotice(desk.locale, text));
      const request = { ...row, declared: commands.find(row.command) };
      const summary = (locale: Locale) => summarised(work, request, locale);
      await mailApprovers(work, { ...row, summary }, 'approval-reminder');
    }
  },
});

/** Tells a reseller once when a stock has fallen to its threshold, and again only after it was above. */
const thresholds = (desk: Desk): Job => ({
  name: 'stock thresholds',
  everyMs: minuteMs,
  async run(unit, now) {
    const work = workOf(desk, unit);
    for (const row of await unit.tx.stockThreshold.findMany()) {
      const available = await unit.tx.stockUnit.count({
        where: { orgId: row.orgId, product: row.product, state: 'available' },
      });
      const low = available <= row.quantity;
      if (low === (row.toldAt !== null)) continue;
      await unit.tx.stockThreshold.update({
        where: { orgId_product: { orgId: row.orgId, product: row.product } },
        data: { toldAt: low ? now : null },
      });
      if (!low) continue;
      for (const { email, personId, locale } of await writersTo(unit.tx, row.orgId)) {
        // a kind that is no longer sold may still be watched
        const name =
          [...desk.catalogue.packs, ...desk.catalogue.boxes].find(({ id }) => id === row.product)?.name[locale] ??
          row.product;
        work.send({
          channel: 'mail',
          letter: 'stock-low',
          recipient: email,
          personId,
          locale,
          params: { name, available, threshold: row.quantity, stockUrl: `${desk.publicUrl}/me` },
        });
      }
    }
  },
});

/** Held mails that nobody decided on end after the policy's days; staff are told how many. */
const heldMails = (desk: Desk): Job => ({
  name: 'held mails',
  everyMs: hourMs,
  async run(unit, now) {
    const receivedAt = { lte: new Date(now.getTime() - desk.catalogue.policy.times.heldMailDays * dayMs) };
    const end = { state: 'expired', endedAt: now };
    const where = { state: 'held', receivedAt };
    const fromImap = await unit.tx.inboundMail.updateMany({
      where: { ...where, source: 'imap' },
      data: { ...end, moveDue: true },
    });
    const { count } = await unit.tx.inboundMail.updateMany({ where, data: end });
    const total = fromImap.count + count;
    if (total === 0) return;
    const work = workOf(desk, unit);
    work.audit({ action: 'held mails expired', detail: { count: total } });
    const text = textsOf(desk.locale).heldExpired({ count: total });
    work.send(alertNotice(desk.locale, text));
  },
});

/** Lets go of what has ended: stored answers, attempts, codes, links, sessions, drafts, old slots. */
const pruning = (desk: Desk, prune: (now: Date) => Promise<void>): Job => ({
  name: 'pruning',
  everyMs: hourMs,
  async run({ tx }, now) {
    const before = (ms: number) => new Date(now.getTime() - ms);
    const { times } = desk.catalogue.policy;
    await tx.storedAnswer.deleteMany({ where: { createdAt: { lt: before(times.answerDays * dayMs) } } });
    await tx.attempt.deleteMany({ where: { at: { lt: before(2 * dayMs) } } });
    await tx.linkCode.deleteMany({ where: { expiresAt: { lt: before(dayMs) } } });
    await tx.oneTimeLink.deleteMany({ where: { expiresAt: { lt: before(30 * dayMs) } } });
    await tx.session.deleteMany({ where: { createdAt: { lt: before(times.sessionHours * hourMs) } } });
    await tx.pendingCommand.deleteMany({ where: { expiresAt: { lt: now } } });
    await tx.jobRun.deleteMany({ where: { at: { lt: before(7 * dayMs) } } });
  },
  after: async (now) => {
    await dropLinkedFiles(desk, now);
    await prune(now);
  },
});

/** @param prune removes what has ended outside the database: kept mail */
export const jobsOf = (desk: Desk, prune: (now: Date) => Promise<void>): readonly Job[] => [
  approvals(desk),
  thresholds(desk),
  heldMails(desk),
  ...certificateJobs(desk, (unit) => workOf(desk, unit)),
  closing(desk, (unit) => workOf(desk, unit)),
  ...deviceJobs((unit) => workOf(desk, unit)),
  ...grantJobs((unit) => workOf(desk, unit)),
  ...ownerJobs((unit) => workOf(desk, unit)),
  ...renewalJobs(desk, (unit) => workOf(desk, unit)),
  forgetting(),
  pruning(desk, prune),
];

/** A letter was handed over: whatever waits for that goes on (E8). */
export const tellSent = (desk: Desk, unit: Unit, sent: LetterOutcome): Promise<void> =>
  followMail(workOf(desk, unit), sent);

/** A mail that was refused, given up, or came back. */
export interface Undelivered {
  readonly id: number;
  readonly letter: string;
  readonly recipient: string;
  readonly object: string | null;
  readonly reason: string;
  readonly createdAt: Date;
  readonly bounced?: boolean;
}

/** What can't be delivered is shown to staff: by an alert in the approvals channel, else by mail to admins (X5). */
export async function tellUndelivered(desk: Desk, unit: Unit, failed: Undelivered): Promise<void> {
  const work = workOf(desk, unit);
  const number = `M-${String(failed.id).padStart(6, '0')}`;
  const { letter, recipient: to, reason, object } = failed;
  if (await toErased(unit.tx, failed)) {
    // nobody can mend it, and its address is to be forgotten
    work.audit({ action: failed.bounced ? 'mail bounced' : 'mail failed', object: number, detail: { letter } });
    return;
  }
  work.audit({
    action: failed.bounced ? 'mail bounced' : 'mail failed',
    object: object?.includes('@') ? await aboutAddress(unit.tx, object) : (object ?? number),
    detail: { mail: number, letter, recipient: to, reason },
  });
  await followMail(work, failed);
  // a letter about an undeliverable letter that can't be delivered either would never end
  if (failed.letter === 'delivery-failed') return;
  const text = textsOf(desk.locale).undelivered({
    number,
    letter: letterName(failed.letter, desk.locale),
    recipient: failed.recipient,
    error: failed.reason,
  });
  // when it is the channel that takes nothing, an alert there would fail too, and the next one about it
  const inChannel = desk.chat && failed.recipient !== 'approvals';
  if (inChannel) {
    work.send(alertNotice(desk.locale, text));
    return;
  }
  const admins = await unit.tx.person.findMany({
    where: { roles: { some: { role: 'admin' } }, state: { in: ['active', 'invited'] } },
    include: { addresses: { where: { main: true } } },
  });
  for (const admin of admins) {
    const recipient = admin.addresses[0]?.email;
    if (!recipient || recipient === failed.recipient) continue;
    const locale = localeOf(admin.locale, desk.locale);
    work.send({
      channel: 'mail',
      letter: 'delivery-failed',
      recipient,
      personId: admin.id,
      locale,
      object: failed.object,
      params: {
        number,
        letter: letterName(failed.letter, locale),
        recipient: failed.recipient,
        ...(failed.object ? { object: failed.object } : {}),
        error: failed.reason,
      },
    });
  }
}
