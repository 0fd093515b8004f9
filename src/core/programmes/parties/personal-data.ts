/**
 * Everything held about a person, noun by noun (X11; docs/personal-data.md): what it is asked for and answered with, not
 * how it is stored. No password or token, hashed or not, and nobody else's data but what the person typed.
 */
import { personRef } from '../../guard/about.js';
import { approvalRef } from '../../guard/approval.js';
import { printRef } from '../../guard/number.js';
import type { Work } from '../../guard/work.js';
import { keptContacts } from './contact-data.js';
import { customerData, termsAccepted } from './customer-data.js';
import { deviceData } from './device-data.js';
import { detailsOf } from './forgetting.js';
import { orgRef } from './organisation.js';
import { ticketData } from './ticket-data.js';
import { knownAs, type Known } from './traces.js';

type Held = Readonly<Record<string, unknown>>;

/** What the file says. Times are ISO 8601 UTC; keys stand in the same order each time. */
export async function personalData(work: Work, personId: number): Promise<Held> {
  const known = await knownAs(work, personId);
  return {
    about: personRef(personId),
    exportedAt: work.now,
    account: { ...(await account(work, personId)), termsAccepted: await termsAccepted(work, personId) },
    access: await access(work, known),
    ...(await sales(work, personId)),
    ...(await deviceData(work, personId)),
    ...(await orders(work, personId)),
    ...(await customerData(work, known)),
    ...(await ticketData(work, known)),
    contacts: await keptContacts(work, known),
    ...(await approvals(work, personId)),
    mails: await mails(work, known),
    ...(await staffWork(work, personId)),
    events: await events(work, known),
  };
}

async function account({ tx }: Work, personId: number): Promise<Held> {
  const person = await tx.person.findUniqueOrThrow({
    where: { id: personId },
    include: {
      addresses: { orderBy: [{ main: 'desc' }, { email: 'asc' }] },
      discordUsers: true,
      roles: true,
      memberships: { include: { org: true } },
    },
  });
  const installer = await tx.installer.findUnique({ where: { personId } });
  const { state, lastName, firstName, company, phone, street, zip, city, country, locale, createdAt } = person;
  return {
    ...{ state, lastName, firstName, company, phone, street, zip, city, country, locale, createdAt },
    addresses: person.addresses.map(({ email, main, createdAt: at }) => ({ email, main, since: at })),
    discordUsers: person.discordUsers.map(({ discordId, linkedAt }) => ({ discordId, since: linkedAt })),
    roles: person.roles.map(({ role, grantedAt }) => ({ role, since: grantedAt })),
    organisations: person.memberships.map((one) => ({
      ...{ org: orgRef(one.orgId), name: one.org.name, role: one.role, since: one.createdAt },
    })),
    installer: installer && { vat: installer.vat, since: installer.createdAt },
    password: { kind: person.passwordKind, until: person.passwordUntil },
  };
}

/** Ways in, without what would open them. */
async function access({ tx }: Work, { personId, emails }: Known): Promise<Held> {
  const own = { where: { personId }, orderBy: { createdAt: 'asc' } } as const;
  const sessions = await tx.session.findMany(own);
  const links = await tx.oneTimeLink.findMany(own);
  const codes = await tx.linkCode.findMany({ where: { OR: [{ personId }, { email: { in: [...emails] } }] } });
  const factor = await tx.secondFactor.findUnique({ where: { personId } });
  const recovery = await tx.recoveryCode.findMany(own);
  const waiting = await tx.pendingCommand.findMany(own);
  const answers = await tx.storedAnswer.findMany(own);
  return {
    sessions: sessions.map(({ createdAt, seenAt }) => ({ createdAt, seenAt })),
    links: links.map(({ purpose, createdAt, expiresAt, usedAt }) => ({ purpose, createdAt, expiresAt, usedAt })),
    codes: codes.map(({ createdAt, expiresAt, usedAt }) => ({ createdAt, expiresAt, usedAt })),
    secondFactor: factor && { createdAt: factor.createdAt, confirmedAt: factor.confirmedAt },
    recoveryCodes: recovery.map(({ createdAt, usedAt }) => ({ createdAt, usedAt })),
    waitingCommands: waiting.map(({ command, createdAt, expiresAt }) => ({ command, createdAt, expiresAt })),
    storedAnswers: answers.map(({ command, createdAt }) => ({ command, createdAt })),
  };
}

/** Packs on the account; what resellers declared of the person, as they typed it; what the person declared of others: numbers. */
async function sales({ tx }: Work, personId: number): Promise<Held> {
  const packs = await tx.stockUnit.findMany({ where: { personId }, orderBy: { id: 'asc' } });
  const declared = await tx.declaration.findMany({ where: { clientId: personId }, orderBy: { id: 'asc' } });
  const placed = await tx.declaration.findMany({ where: { declarerId: personId }, orderBy: { id: 'asc' } });
  const resellers = await tx.organisation.findMany({
    where: { id: { in: [...new Set(declared.map(({ orgId }) => orgId))] } },
  });
  return {
    packs: packs.map(({ kind, product, number, serial, state }) => ({ kind, product, number, serial, state })),
    declaredForMe: declared.map(({ id, orgId, email, lastName, firstName, orderNumber, ...one }) => ({
      declaration: printRef('D', id),
      reseller: resellers.find((org) => org.id === orgId)?.name ?? null,
      ...{ email, lastName, firstName, orderNumber, product: one.product, takeover: one.takeover, locale: one.locale },
      ...{ account: one.account, state: one.state, createdAt: one.createdAt, completedAt: one.completedAt },
    })),
    declaredByMe: placed.map(({ id, product, state, createdAt, completedAt }) => ({
      ...{ declaration: printRef('D', id), product, state, createdAt, completedAt },
    })),
  };
}

async function orders({ tx }: Work, personId: number): Promise<Held> {
  const requested = await tx.order.findMany({ where: { requesterId: personId }, orderBy: { id: 'asc' } });
  const documents = await tx.orderDocument.findMany({ where: { personId }, orderBy: { id: 'asc' } });
  const changes = await tx.siteChange.findMany({ where: { requesterId: personId }, orderBy: { id: 'asc' } });
  return {
    orders: requested.map(
      ({ id, type, origin, state, door, createdAt, updatedAt, submittedAt, decidedAt, doneAt }) => ({
        ...{ order: printRef('O', id), type, origin, state, door },
        ...{ createdAt, updatedAt, submittedAt, decidedAt, doneAt },
      }),
    ),
    documents: documents.map(({ orderId, kind, name, type, bytes, door, createdAt }) => ({
      ...{ order: printRef('O', orderId), kind, name, type, bytes, door, createdAt },
    })),
    siteChanges: changes.map(({ id, siteId, state, door, createdAt, endedAt }) => ({
      ...{ change: printRef('SC', id), site: printRef('S', siteId), state, door, createdAt, endedAt },
    })),
  };
}

async function approvals({ tx }: Work, personId: number): Promise<Held> {
  const asked = await tx.approval.findMany({ where: { requesterId: personId }, orderBy: { id: 'asc' } });
  const decided = await tx.approvalDecision.findMany({ where: { personId }, orderBy: { decidedAt: 'asc' } });
  return {
    requests: asked.map(({ id, command, object, state, door, createdAt, endedAt }) => ({
      // what a request about somebody else is about is an address
      ...{ approval: approvalRef(id), command, object: object?.includes('@') ? null : object, state, door },
      ...{ createdAt, endedAt },
    })),
    decisions: decided.map(({ approvalId, verdict, reason, door, decidedAt }) => ({
      ...{ approval: approvalRef(approvalId), verdict, reason, door, decidedAt },
    })),
  };
}

/** Mails to the person, and those that came from its addresses; none of whoever had an address before. */
async function mails({ tx }: Work, { personId, emails, discordIds }: Known): Promise<Held> {
  const sent = await tx.outbox.findMany({
    where: { OR: [{ personId }, { personId: null, recipient: { in: [...emails, ...discordIds] } }] },
    orderBy: { id: 'asc' },
  });
  const received = await tx.inboundMail.findMany({
    where: { OR: [{ personId }, { personId: null, sender: { in: [...emails] } }] },
    orderBy: { id: 'asc' },
  });
  return {
    toMe: sent.map(({ id, channel, letter, recipient, params, state, createdAt, sentAt }) => ({
      ...{ mail: printRef('M', id), channel, letter, subject: subjectOf(params), recipient, state, createdAt, sentAt },
    })),
    fromMe: received.map(({ id, sender, subject, state, reason, source, receivedAt, endedAt }) => ({
      ...{ mail: printRef('H', id), sender, subject, state, reason, source, receivedAt, endedAt },
    })),
  };
}

/** Of an answer to a mail; a letter's is made from its name when it leaves. */
function subjectOf(params: string): string | null {
  const { subject } = JSON.parse(params) as { subject?: unknown };
  return typeof subject === 'string' ? subject : null;
}

async function staffWork({ tx }: Work, personId: number): Promise<Held> {
  const gateways = await tx.gateway.findMany({ where: { personId }, orderBy: { id: 'asc' } });
  const loads = await tx.catalogueVersion.findMany({ where: { personId }, orderBy: { id: 'asc' } });
  return {
    gateways: gateways.map(({ name, createdAt, removedAt }) => ({ name, createdAt, removedAt })),
    catalogues: loads.map(({ id, part, loadedAt }) => ({ version: id, part, loadedAt })),
  };
}

/** What the person did, and what was done about it; details only where they are about the person. */
async function events(work: Work, known: Known): Promise<readonly Held[]> {
  const { tx } = work;
  const about = personRef(known.personId);
  const rows = await tx.audit.findMany({
    where: { OR: [{ actorId: known.personId }, { object: about }] },
    orderBy: { seq: 'asc' },
  });
  const details = new Map<number, string>();
  const seqs = await detailsOf(work, known);
  for (let start = 0; start < seqs.length; start += 500)
    for (const row of await tx.auditDetail.findMany({ where: { seq: { in: seqs.slice(start, start + 500) } } }))
      details.set(row.seq, row.detail);
  return rows.map(({ seq, at, actorId, door, action, object }) => {
    const detail = details.get(seq);
    return {
      ...{ at, byMe: actorId === known.personId, door, action, object },
      ...(detail === undefined ? {} : { detail: JSON.parse(detail) as unknown }),
    };
  });
}
