/** DKIM signatures that a mail has acted by: each acts once, whatever else is changed about the mail (X2). */
import type { InboundMail, Tx } from '../../database/connect.js';
import type { Secrets } from '../../secrets/secrets.js';

/** The keyed hashes to look signatures (b=) up by. */
export const hashesOf = (secrets: Pick<Secrets, 'hash'>, signatures: readonly string[]): string[] =>
  signatures.map((signature) => secrets.hash('signature', signature));

/** The mail that has spent one of these, if it is not `besides`. */
export async function spenderOf(tx: Tx, hashes: readonly string[], besides?: number): Promise<InboundMail | undefined> {
  if (hashes.length === 0) return undefined;
  const spent = await tx.spentSignature.findMany({ where: { hash: { in: [...hashes] } } });
  const id = spent.map(({ inboundId }) => inboundId).find((one) => one !== besides);
  return id === undefined ? undefined : ((await tx.inboundMail.findUnique({ where: { id } })) ?? undefined);
}

/** Spends those that this mail has not spent yet; nobody else may have. */
export async function spend(tx: Tx, inboundId: number, hashes: readonly string[]): Promise<void> {
  for (const hash of hashes)
    await tx.spentSignature.upsert({ where: { hash }, create: { hash, inboundId }, update: {} });
}
