/** What happens to certificates by themselves: they are sent when they are due, and end (D12). */
import type { Desk, Work } from '../../guard/work.js';
import { orderRef } from '../orders/order.js';
import type { Certificate } from '../../database/connect.js';
import type { Job } from '../../database/schedule.js';
import type { Unit } from '../../database/transact.js';
import { drawnFrom } from './certificate.js';
import { tellSent } from './letters.js';

/** Binds a unit of work to the desk itself. */
export type WorkOf = (unit: Unit) => Work;

// Short, so that a certificate that is due at once arrives with the news of the approval; looking costs a read.
const sendEveryMs = 15_000;
const expireEveryMs = 3_600_000;
const atOnce = 50;

/**
 * Sends every certificate that is due, each in a transaction of its own. Its PDF is made before: drawing takes time that
 * the database is not kept waiting for.
 * @throws {AggregateError} of those that could not be made, after all others are sent; they are tried again next time
 */
export async function sendDueCertificates(desk: Desk, workOf: WorkOf): Promise<number> {
  const faults: unknown[] = [];
  let sent = 0;
  let last = '';
  for (let due = await dueAfter(desk, last); due.length > 0; due = await dueAfter(desk, last)) {
    for (const row of due) {
      try {
        const pdfSha256 = await desk.documents.keep(await drawnFrom(desk, row));
        if (await desk.database.transact((unit) => send(workOf(unit), row, pdfSha256))) sent += 1;
      } catch (error) {
        faults.push(error);
      }
      last = row.number;
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} certificates could not be sent`);
  return sent;
}

function dueAfter(desk: Desk, last: string): Promise<Certificate[]> {
  const now = desk.clock();
  // after a very long outage nobody is sent what no longer holds
  const where = { state: 'issued', dueAt: { lte: now }, expiresAt: { gt: now }, number: { gt: last } };
  return desk.database.read((tx) => tx.certificate.findMany({ where, orderBy: { number: 'asc' }, take: atOnce }));
}

/** issued → sent, guarded: of several processes one sends it, and none once it is revoked. */
async function send(work: Work, row: Certificate, pdfSha256: string): Promise<boolean> {
  const { count } = await work.tx.certificate.updateMany({
    where: { number: row.number, state: 'issued' },
    data: { state: 'sent', sentAt: work.now, pdfSha256 },
  });
  if (count !== 1) return false;
  work.audit({ action: 'certificate sent', object: orderRef(row.orderId), detail: { certificate: row.number } });
  await tellSent(work, row, pdfSha256);
  return true;
}

/** issued, sent → expired. */
async function expire(work: Work): Promise<void> {
  const where = { state: { in: ['issued', 'sent'] }, expiresAt: { lte: work.now } };
  const ending = await work.tx.certificate.findMany({ where, orderBy: { number: 'asc' } });
  await work.tx.certificate.updateMany({ where, data: { state: 'expired', endedAt: work.now } });
  for (const { number, orderId } of ending)
    work.audit({ action: 'certificate expired', object: orderRef(orderId), detail: { certificate: number } });
}

export const certificateJobs = (desk: Desk, workOf: WorkOf): readonly Job[] => [
  {
    name: 'certificates to send',
    everyMs: sendEveryMs,
    // the slot keeps processes from drawing the same; the guarded update keeps them from sending the same
    run: async () => undefined,
    after: async () => void (await sendDueCertificates(desk, workOf)),
  },
  { name: 'certificates that end', everyMs: expireEveryMs, run: (unit) => expire(workOf(unit)) },
];
