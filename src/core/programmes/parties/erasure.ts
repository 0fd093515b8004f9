/**
 * Erasing a person (X11): who can't be yet, what goes, what the law keeps, and the last letter. Everything happens in the
 * caller's transaction, which queues behind the audit chain's head like any other writer.
 */
import { z } from 'zod';
import { searchTextOf } from '../devices/enrolment.js';
import { personRef } from '../../guard/about.js';
import { approvalRef } from '../../guard/approval.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { formatInstant } from '../../locales/format.js';
import { localeOf } from '../../locales/locale.js';
import type { KeptWhat } from '../../locales/personal-texts.js';
import type { Tx } from '../../database/connect.js';
import type { Job } from '../../database/schedule.js';
import { forgetCustomers, forgetNotices, forgetOrgAddress } from './customer-data.js';
import { keptOf } from './erased.js';
import { isNeeded } from './file-link.js';
import {
  always,
  dropAll,
  endedMails,
  forgetAccount,
  forgetDetails,
  forgetReceived,
  forgetRequests,
  forgetSent,
  requestsNaming,
} from './forgetting.js';
import { forgetTickets } from './ticket-data.js';
import { knownAs, type Known } from './traces.js';

/** What stays, and how many of it. */
export interface Kept {
  readonly what: KeptWhat;
  readonly count: number;
}

export interface Erasing {
  readonly personId: number;
  /** No letter goes: the account was made by mistake, for an address that is perhaps a stranger's. */
  readonly silent?: true;
}

/**
 * Refuses what somebody else still depends on.
 * @throws {Refusal} `access.denied` for the operator; `state.wrong` for staff (`erase-staff`), the only owner of an
 *   organisation (`erase-owner`), an installer with devices (`erase-installer`), and while a request that they made or
 *   that names them waits (`erase-approval`)
 */
export async function refuseErasing(work: Work, known: Known): Promise<void> {
  const { tx } = work;
  const { personId } = known;
  const person = await tx.person.findUniqueOrThrow({ where: { id: personId }, include: { roles: true } });
  if (person.operator) throw new Refusal('access.denied', { why: 'role', command: 'account erase' });
  if (person.roles.length > 0)
    throw new Refusal('state.wrong', { why: 'erase-staff', roles: person.roles.map(({ role }) => role).join(', ') });
  const alone = await tx.organisation.findFirst({
    where: {
      memberships: {
        some: { personId, role: 'owner' },
        none: { personId: { not: personId }, role: 'owner', person: { state: { not: 'erased' } } },
      },
    },
    orderBy: { id: 'asc' },
  });
  if (alone) throw new Refusal('state.wrong', { why: 'erase-owner', company: alone.name });
  const devices = await tx.device.count({ where: { installerId: personId, state: { not: 'removed' } } });
  if (devices > 0) throw new Refusal('state.wrong', { why: 'erase-installer', count: devices });
  const asked = await tx.approval.findFirst({ where: { requesterId: personId, state: 'pending' } });
  const waiting = asked ?? (await requestsNaming(work, known)).find(({ state }) => state === 'pending');
  if (waiting) throw new Refusal('state.wrong', { why: 'erase-approval', number: approvalRef(waiting.id) });
}

/**
 * Erases a person: names, addresses, ways in, and what was mailed go; the row stays, as a number. Devices of which they
 * are the client must have left before (devices/leaving.ts); what removed ones still say of them goes here.
 * @throws {Refusal} as `refuseErasing`
 * @returns what had to stay
 */
export async function erasePerson(
  work: Work,
  { personId, silent }: Erasing,
): Promise<{ personId: number; kept: readonly Kept[] }> {
  const { tx } = work;
  const known = await knownAs(work, personId);
  await refuseErasing(work, known);
  const kept = await keptOf(work, known);
  const letter = silent ? undefined : await lastLetter(work, personId);
  await dropExports(work, personId);
  await forgetDevices(tx, known);
  // of an account made by mistake the address is perhaps a stranger's, and whose customer that is stays
  if (!silent) await forgetCustomers(work, known);
  await forgetNotices(work, known);
  await forgetOrgAddress(work, known);
  await forgetTickets(work, known);
  await forgetSent(work, known);
  await forgetReceived(work, known);
  await forgetRequests(work, known);
  await forgetDetails(work, known);
  await forgetAccount(work, known);
  if (letter) work.send(letter);
  work.audit({
    action: 'account erase',
    object: personRef(personId),
    detail: { kept: Object.fromEntries(kept.map(({ what, count }) => [what, count])) },
  });
  return { personId, kept };
}

/** Removed devices, and those that an installer only began with one of their addresses. */
async function forgetDevices(tx: Tx, known: Known): Promise<void> {
  const theirs = { OR: [{ clientId: known.personId }, { email: { in: [...known.emails] } }] };
  for (const row of await tx.device.findMany({ where: { ...theirs, state: 'removed' } })) {
    const nothing = { email: '', client: '{}', webAddress: '' };
    await tx.device.update({
      where: { id: row.id },
      data: { ...nothing, reason: null, searchText: searchTextOf({ ...row, ...nothing }) },
    });
  }
}

/** Tells the main address that the account is gone; its row forgets the address once it has left (`forgetting`). */
async function lastLetter(work: Work, personId: number): Promise<Parameters<Work['send']>[0] | undefined> {
  const person = await work.tx.person.findUniqueOrThrow({
    where: { id: personId },
    include: { addresses: { orderBy: [{ main: 'desc' }, { email: 'asc' }], take: 1 } },
  });
  const recipient = person.addresses[0]?.email;
  if (recipient === undefined) return undefined;
  const locale = localeOf(person.locale, work.desk.locale);
  return {
    channel: 'mail',
    letter: 'account-erased',
    recipient,
    personId,
    locale,
    params: { when: formatInstant(work.now, work.desk.timeZone, locale) },
  };
}

const exportDetail = z.object({ sha256: z.string() });

/** Copies of earlier exports, attached to mails or behind links, whoever asked for them. */
async function dropExports(work: Work, personId: number): Promise<void> {
  const { tx, desk, now } = work;
  const rows = await tx.audit.findMany({ where: { object: personRef(personId), action: 'account export' } });
  const details = await tx.auditDetail.findMany({ where: { seq: { in: rows.map(({ seq }) => seq) } } });
  const hashes = details.flatMap(({ detail }) => exportDetail.safeParse(JSON.parse(detail)).data?.sha256 ?? []);
  const unneeded: string[] = [];
  for (const sha256 of hashes) {
    const named = { contains: sha256 };
    await tx.outbox.updateMany({ where: { attachments: named }, data: { attachments: null } });
    await tx.oneTimeLink.updateMany({ where: { content: named }, data: { usedAt: now } });
    if (!(await isNeeded(tx, { sha256, but: '', now }))) unneeded.push(sha256);
  }
  work.afterCommit(() => void dropAll(unneeded, (sha256) => desk.documents.drop(sha256, always)));
}

/**
 * Forgets where mails to erased people went, once they have left or can't: the last letter, and an answer that was on its
 * way.
 */
export const forgetting = (): Job => ({
  name: 'forgetting',
  everyMs: 3_600_000,
  async run({ tx }) {
    for (const state of endedMails)
      await tx.$executeRaw`
        UPDATE "Outbox" SET "recipient" = '', "params" = '{}', "secret" = NULL, "error" = NULL, "attachments" = NULL,
          "inReplyTo" = NULL, "thread" = NULL, "object" = NULL
        WHERE "state" = ${state} AND ("recipient" <> '' OR "error" IS NOT NULL)
          AND "personId" IN (SELECT "id" FROM "Person" WHERE "state" = 'erased')`;
    await tx.$executeRaw`
      DELETE FROM "PendingCommand" WHERE "personId" IN (SELECT "id" FROM "Person" WHERE "state" = 'erased')`;
  },
});

/** Whether an outgoing mail was to somebody whose account is erased. */
export async function toErased(tx: Tx, mail: { readonly id: number; readonly recipient: string }): Promise<boolean> {
  if (mail.recipient === '') return true;
  const row = await tx.outbox.findUnique({ where: { id: mail.id }, select: { personId: true } });
  const person = row?.personId ? await tx.person.findUnique({ where: { id: row.personId } }) : null;
  return person?.state === 'erased';
}
