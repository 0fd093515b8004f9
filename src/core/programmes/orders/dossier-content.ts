/** What stands in an order's dossier: all that the desk keeps about it, as data and as people read it. */
import { createHash } from 'node:crypto';
import { certificateOf, drawnFrom } from '../certificates/certificate.js';
import { approvalRef } from '../../guard/approval.js';
import { fullName, isStaff } from '../../guard/identity.js';
import { printRef } from '../../guard/number.js';
import type { Work } from '../../guard/work.js';
import type { Locale } from '../../locales/locale.js';
import { mailRows } from '../mails/about.js';
import type { LetterName } from '../../letters/letters.js';
import type { Outbox } from '../../database/connect.js';
import { contentOf } from './content.js';
import { documentNames } from './documents.js';
import { jsonEntry, type DossierEntry } from './dossier.js';
import { documentsOf } from './draft.js';
import { orderRef, type OrderRow } from './order.js';

/** The entries of an order's dossier, in their order. */
export async function dossierEntries(work: Work, row: OrderRow): Promise<DossierEntry[]> {
  const number = orderRef(row.id);
  const documents = await documentsOf(work, row.id);
  const certificate = await certificateOf(work.tx, row.id);
  const approvals = await work.tx.approval.findMany({ where: { object: number }, orderBy: { id: 'asc' } });
  const decisions = await work.tx.approvalDecision.findMany({
    where: { approvalId: { in: approvals.map(({ id }) => id) } },
    orderBy: { decidedAt: 'asc' },
  });
  const audit = await work.tx.audit.findMany({ where: { object: number }, orderBy: { seq: 'asc' } });
  const details = await work.tx.auditDetail.findMany({ where: { seq: { in: audit.map(({ seq }) => seq) } } });
  const name = await namesOf(work, [
    row.requesterId,
    ...(row.reviewerId === null ? [] : [row.reviewerId]),
    ...documents.map(({ personId }) => personId),
    ...approvals.map(({ requesterId }) => requesterId),
    ...decisions.map(({ personId }) => personId),
    ...audit.flatMap(({ actorId }) => actorId ?? []),
  ]);
  const { id: _, content: __, searchText: ___, requesterId, reviewerId, ...life } = row;
  // names that differ by their case alone would fall on one another where the dossier is unpacked
  const names = documentNames(documents.map((one) => one.name));
  return [
    jsonEntry('order.json', {
      order: number,
      ...life,
      requester: name(requesterId),
      reviewer: reviewerId === null ? null : name(reviewerId),
      content: contentOf(row),
      documents: documents.map((one, at) => ({
        file: `documents/${names[at] ?? one.name}`,
        name: one.name,
        kind: one.kind,
        type: one.type,
        bytes: one.bytes,
        sha256: one.sha256,
        by: name(one.personId),
        door: one.door,
        at: one.createdAt,
      })),
    }),
    ...(await Promise.all(
      documents.map(async (one, at) => ({
        name: `documents/${names[at] ?? one.name}`,
        content: await work.desk.documents.read(one.sha256),
      })),
    )),
    ...(await mailEntries(work, number)),
    jsonEntry(
      'approvals.json',
      approvals.map((one) => ({
        approval: approvalRef(one.id),
        command: one.command,
        state: one.state,
        requester: name(one.requesterId),
        door: one.door,
        contentHash: one.contentHash,
        needed: one.needed,
        createdAt: one.createdAt,
        endedAt: one.endedAt,
        decisions: decisions
          .filter(({ approvalId }) => approvalId === one.id)
          .map((made) => ({
            by: name(made.personId),
            verdict: made.verdict,
            reason: made.reason,
            door: made.door,
            at: made.decidedAt,
          })),
      })),
    ),
    ...(certificate
      ? [
          jsonEntry('certificate.json', {
            certificate: certificate.number,
            state: certificate.state,
            issuedAt: certificate.issuedAt,
            sentAt: certificate.sentAt,
            expiresAt: certificate.expiresAt,
            endedAt: certificate.endedAt,
            reason: certificate.reason,
            jws: certificate.jws,
          }),
          {
            name: 'certificate.pdf',
            content: certificate.pdfSha256
              ? await work.desk.documents.read(certificate.pdfSha256)
              : await drawnFrom(work.desk, certificate),
          },
        ]
      : []),
    jsonEntry(
      'audit.json',
      audit.map((one) => ({
        seq: one.seq,
        at: one.at,
        who: one.actorId === null ? null : name(one.actorId),
        byOperator: one.operator,
        door: one.door,
        action: one.action,
        detail: parsed(details.find(({ seq }) => seq === one.seq)?.detail),
        hash: one.hash,
      })),
    ),
  ];
}

const parsed = (json: string | undefined): unknown => (json === undefined ? null : (JSON.parse(json) as unknown));

/** People as they are called, without their addresses. */
async function namesOf({ tx }: Work, ids: readonly number[]): Promise<(id: number) => string> {
  const people = await tx.person.findMany({ where: { id: { in: [...new Set(ids)] } } });
  return (id) => {
    const person = people.find((one) => one.id === id);
    if (person?.operator) return 'operator';
    return fullName(person) || `#${id}`;
  };
}

/** Each mail about the order, and its text where that holds no secret. */
async function mailEntries(work: Work, number: string): Promise<DossierEntry[]> {
  const mails = await mailRows(work.tx, { object: number, staff: isStaff(work.actor) });
  return mails.flatMap((mail) => {
    const ref = printRef('M', mail.id);
    const letter = textOf(work, mail);
    return [
      jsonEntry(`mails/${ref}.json`, {
        mail: ref,
        letter: mail.letter,
        recipient: mail.recipient,
        state: mail.state,
        subject: letter?.subject ?? null,
        attachments: ((parsed(mail.attachments ?? undefined) ?? []) as { name: string; sha256: string }[]).map(
          ({ name, sha256 }) => ({ name, sha256 }),
        ),
        messageId: mail.messageId,
        error: mail.error,
        createdAt: mail.createdAt,
        sentAt: mail.sentAt,
      }),
      ...(letter ? [{ name: `mails/${ref}.txt`, content: Buffer.from(`${letter.subject}\n\n${letter.text}`) }] : []),
    ];
  });
}

/** A letter whose secrets are gone, or that the vendor has changed since, can't be read again as it was. */
function textOf({ desk }: Work, mail: Outbox): { subject: string; text: string } | undefined {
  if (mail.secret !== null) return undefined;
  try {
    const letter = desk
      .letters?.()
      .render(mail.letter as LetterName, mail.locale as Locale, JSON.parse(mail.params) as never);
    return letter && { subject: letter.subject, text: letter.text };
  } catch {
    return undefined;
  }
}

/** Names an order's dossier by what it holds. */
export const dossierName = (number: string, content: Buffer): string =>
  `${number}-${createHash('sha256').update(content).digest('hex').slice(0, 8)}.zip`;
