/** A chat notice that Discord won't deliver to its person leaves as a mail instead (X5). */
import type { Errand } from './outbox-worker.js';
import type { Tx } from './connect.js';

/** Their mail left together with the chat notice, to whoever has an address. */
const mailedAnyway: ReadonlySet<string> = new Set(['mail-held', 'ticket-reply', 'ticket-closed']);

/**
 * Makes a failed chat notice to a person a queued mail with the same letter, in the transaction that records the failure.
 * @returns false when it is no notice to a person, or no address of the person is known: then it stays failed
 */
export async function fallBackToMail(
  tx: Tx,
  errand: Pick<Errand, 'id' | 'channel' | 'letter' | 'recipient' | 'personId'>,
  now: Date,
): Promise<boolean> {
  if (errand.channel !== 'chat' || errand.recipient === 'approvals') return false;
  if (mailedAnyway.has(errand.letter) && errand.personId !== null) return true;
  const personId =
    errand.personId ?? (await tx.discordUser.findUnique({ where: { discordId: errand.recipient } }))?.personId;
  const address = personId === undefined ? null : await tx.address.findFirst({ where: { personId, main: true } });
  if (!address) return false;
  await tx.outbox.update({
    where: { id: errand.id },
    data: {
      channel: 'mail',
      recipient: address.email,
      personId: address.personId,
      state: 'queued',
      attempts: 0,
      dueAt: now,
      leasedUntil: null,
      error: null,
    },
  });
  return true;
}
