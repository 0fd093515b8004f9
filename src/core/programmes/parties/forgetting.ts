/** What is emptied or deleted when a person is erased, table by table (docs/personal-data.md says the same in words). */
import type { Work } from '../../guard/work.js';
import { detailsErased, eraseDetails } from '../../database/audit.js';
import { addressRef, personRef } from '../../guard/about.js';
import { Prisma } from '../../database/connect.js';
import { inParts } from '../../database/bulk-insert.js';
import { mayName, namer, type Known } from './traces.js';

type Tables = Pick<Work, 'tx'>;

const atATime = 500;
/** Of outgoing mail: nothing more happens by itself. */
export const endedMails = ['sent', 'failed', 'bounced', 'cancelled'];

/** The account itself: everything by which somebody is known or comes in. The row stays, as a number. */
export async function forgetAccount({ tx, now }: Pick<Work, 'tx' | 'now'>, known: Known): Promise<void> {
  const { personId, emails, discordIds } = known;
  const own = { where: { personId } };
  await tx.session.deleteMany(own);
  await tx.secondFactor.deleteMany(own);
  await tx.recoveryCode.deleteMany(own);
  const orAddress = { OR: [{ personId }, { email: { in: [...emails] } }] };
  // the bytes behind a link to a file are let go of by the pruning of ended links
  await tx.oneTimeLink.updateMany({
    where: { ...orAddress, purpose: 'file' },
    data: { personId: null, email: null, usedAt: now },
  });
  await tx.oneTimeLink.deleteMany({ where: { ...orAddress, purpose: { not: 'file' } } });
  await tx.linkCode.deleteMany({ where: { OR: [...orAddress.OR, { discordId: { in: [...discordIds] } }] } });
  await tx.pendingCommand.deleteMany({
    where: { OR: [{ personId }, { discordId: { in: [...discordIds] } }, { basis: { in: [...emails] } }] },
  });
  const asNobody = discordIds.map((id) => ({ personId: 0, key: { startsWith: `${id} ` } }));
  await tx.storedAnswer.deleteMany({ where: { OR: [{ personId }, ...asNobody] } });
  await forgetAttempts({ tx }, known);
  await tx.membership.deleteMany(own);
  await tx.installer.deleteMany(own);
  await tx.discordUser.deleteMany(own);
  await tx.address.deleteMany(own);
  const nothing = { lastName: null, firstName: null, company: null, phone: null };
  const nowhere = { street: null, zip: null, city: null, country: null };
  const noWayIn = { passwordKind: null, passwordHash: null, passwordUntil: null };
  await tx.person.update({
    where: { id: personId },
    data: { state: 'erased', ...nothing, ...nowhere, ...noWayIn },
  });
}

async function forgetAttempts({ tx }: Tables, known: Known): Promise<void> {
  const named = namer(known);
  const rows = await tx.$queryRaw<{ id: number; key: string }[]>`
    SELECT "id", "key" FROM "Attempt" WHERE ${mayName('key', known)}`;
  await eachPart(
    rows.filter(({ key }) => named(key)).map(({ id }) => id),
    (ids) => tx.attempt.deleteMany({ where: { id: { in: ids } } }),
  );
}

const eachPart = (ids: readonly (number | bigint)[], work: (part: number[]) => Promise<unknown>): Promise<void> =>
  inParts(ids.map(Number), atATime, async (part) => void (await work([...part])));

interface MailRow {
  readonly id: number;
  readonly personId: number | null;
  readonly recipient: string;
  readonly object: string | null;
  readonly params: string;
  readonly error: string | null;
}

/** Outgoing mails: those to the person keep number, letter, state and times; what others were told of it is emptied. */
export async function forgetSent({ tx }: Tables, known: Known): Promise<void> {
  const named = namer(known);
  const to = [...known.emails, ...known.discordIds];
  const addressed = to.length === 0 ? Prisma.sql`1 = 0` : Prisma.sql`"recipient" IN (${Prisma.join(to)})`;
  const rows = await tx.$queryRaw<MailRow[]>`
    SELECT "id", "personId", "recipient", "object", "params", "error" FROM "Outbox"
    WHERE "personId" = ${known.personId} OR ${addressed}
      OR ${mayName('params', known)} OR ${mayName('error', known)} OR ${mayName('object', known)}`;
  const theirs = rows.filter((row) => Number(row.personId) === known.personId || to.includes(row.recipient));
  const told = rows.filter((row) => !theirs.includes(row) && (named(row.params) || named(row.error)));
  const about = rows.filter(({ object }) => named(object));
  const empty = { params: '{}', secret: null, attachments: null, error: null };
  await eachPart(
    theirs.map(({ id }) => id),
    (ids) =>
      tx.outbox.updateMany({
        where: { id: { in: ids } },
        data: { ...empty, recipient: '', inReplyTo: null, thread: null },
      }),
  );
  await eachPart(
    told.map(({ id }) => id),
    (ids) => tx.outbox.updateMany({ where: { id: { in: ids } }, data: empty }),
  );
  // what has no content any more must not leave
  await eachPart(
    [...theirs, ...told].map(({ id }) => id),
    (ids) =>
      tx.outbox.updateMany({
        where: { id: { in: ids }, state: { notIn: endedMails } },
        data: { state: 'cancelled', leasedUntil: null },
      }),
  );
  await eachPart(
    about.map(({ id }) => id),
    (ids) => tx.outbox.updateMany({ where: { id: { in: ids } }, data: { object: null } }),
  );
}

/** Mails that came from the person's addresses, or claimed to. A held one can't be confirmed any more. */
export async function forgetReceived(work: Work, known: Known): Promise<void> {
  const { tx, desk, now } = work;
  const named = namer(known);
  const rows = await tx.inboundMail.findMany({
    where: { OR: [{ personId: known.personId }, { sender: { in: [...known.emails] } }] },
  });
  const ids = rows.map(({ id }) => id);
  // the mail that asks for it is still to be answered: it is known by the number from now on
  await eachPart(
    rows.filter(({ state }) => state === 'received').map(({ id }) => id),
    (some) => tx.inboundMail.updateMany({ where: { id: { in: some } }, data: { personId: known.personId } }),
  );
  await eachPart(
    rows.filter(({ state }) => state === 'held').map(({ id }) => id),
    async (some) => {
      const where = { id: { in: some } };
      await tx.inboundMail.updateMany({ where: { ...where, source: 'imap' }, data: { moveDue: true } });
      await tx.inboundMail.updateMany({ where, data: { state: 'discarded', reason: 'erased', endedAt: now } });
    },
  );
  await eachPart(
    rows.filter(({ reason }) => named(reason)).map(({ id }) => id),
    (some) => tx.inboundMail.updateMany({ where: { id: { in: some } }, data: { reason: null } }),
  );
  await eachPart(ids, (some) =>
    tx.inboundMail.updateMany({ where: { id: { in: some } }, data: { sender: null, subject: null } }),
  );
  work.afterCommit(
    () =>
      void dropAll(
        rows.map(({ sha256 }) => sha256),
        (sha256) => desk.rawMail.drop(sha256, always),
      ),
  );
}

/** However lately the bytes were kept: no two exports or mails are the same. */
export const always = new Date(8_640_000_000_000_000);

/** After the commit, when nobody waits: what can't be removed now is removed by its age. */
export const dropAll = (hashes: readonly string[], drop: (sha256: string) => Promise<unknown>): Promise<void> =>
  (async () => {
    for (const sha256 of hashes) await drop(sha256);
  })().catch((error: unknown) => process.emitWarning(error instanceof Error ? error : String(error)));

/** Details of audit rows that are about the person, or that it left about nobody else or a ticket; by their numbers. */
export async function detailsOf({ tx, desk }: Work, known: Known): Promise<number[]> {
  const objects = [
    personRef(known.personId),
    ...known.emails.flatMap((email) => [email, addressRef(desk.secrets, email)]),
  ];
  const rows = await tx.$queryRaw<{ seq: number }[]>`
    SELECT d."seq" FROM "Audit" a JOIN "AuditDetail" d ON d."seq" = a."seq"
    WHERE a."action" <> ${detailsErased} AND (a."object" IN (${Prisma.join(objects)})
      OR (a."actorId" = ${known.personId} AND (a."object" IS NULL OR a."object" LIKE 'T-%')))
    ORDER BY d."seq"`;
  return rows.map(({ seq }) => Number(seq));
}

/** Details that name the person, whatever they are about. */
async function detailsNaming({ tx }: Tables, known: Known): Promise<number[]> {
  const named = namer(known);
  const rows = await tx.$queryRaw<{ seq: number; detail: string }[]>`
    SELECT d."seq", d."detail" FROM "AuditDetail" d JOIN "Audit" a ON a."seq" = d."seq"
    WHERE a."action" <> ${detailsErased} AND ${mayName('detail', known)}`;
  return rows.filter(({ detail }) => named(detail)).map(({ seq }) => Number(seq));
}

/** The chain stays, and knows of these details their salted hash alone. */
export async function forgetDetails(work: Work, known: Known): Promise<void> {
  const seqs = new Set([...(await detailsOf(work, known)), ...(await detailsNaming(work, known))]);
  await eraseDetails(work, [...seqs]);
}

/** Requests that name the person; those that wait. */
export async function requestsNaming({ tx }: Tables, known: Known) {
  const named = namer(known);
  const rows = await tx.$queryRaw<{ id: number; state: string; input: string; object: string | null }[]>`
    SELECT "id", "state", "input", "object" FROM "Approval"
    WHERE ${mayName('input', known)} OR ${mayName('object', known)} ORDER BY "id"`;
  return rows
    .filter(({ input, object }) => named(input) || named(object))
    .map((row) => ({ ...row, id: Number(row.id) }));
}

/** What ended requests say of the person; nobody carries them out any more. */
export async function forgetRequests(work: Work, known: Known): Promise<void> {
  const { tx } = work;
  const named = namer(known);
  for (const { id, input, object } of await requestsNaming(work, known))
    await tx.approval.update({
      where: { id },
      data: { input: JSON.stringify(without(JSON.parse(input), named)), object: named(object) ? null : object },
    });
  const decisions = await tx.$queryRaw<{ approvalId: number; personId: number; reason: string }[]>`
    SELECT "approvalId", "personId", "reason" FROM "ApprovalDecision" WHERE ${mayName('reason', known)}`;
  for (const { approvalId, personId, reason } of decisions)
    if (named(reason))
      await tx.approvalDecision.updateMany({
        where: { approvalId: Number(approvalId), personId: Number(personId) },
        data: { reason: null },
      });
}

/** The same value, its texts that name the person replaced by a dash. */
function without(value: unknown, named: (text: string) => boolean): unknown {
  if (typeof value === 'string') return named(value) ? '–' : value;
  if (Array.isArray(value)) return value.map((one: unknown) => without(one, named));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, without(one, named)]));
}
