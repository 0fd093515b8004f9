/**
 * What an audit row is about when that is a person. The chain's rows stay for ever, so no address may stand in them (X6):
 * people are named by their number, an address that is nobody's by a keyed hash. What is personal goes into the detail.
 */
import type { Tx } from '../database/connect.js';
import type { Secrets } from '../secrets/secrets.js';

export const personRef = (id: number): string => `person ${id}`;

/** The person's id behind such a name; nothing for any other object. */
export function personIn(object: string): number | undefined {
  const [, id] = /^person[ #]?([1-9]\d{0,8})$/i.exec(object.trim()) ?? [];
  return id === undefined ? undefined : Number(id);
}

/** An address as the chain knows it: found again by who has the address, told to nobody else. */
export const addressRef = (secrets: Pick<Secrets, 'hash'>, email: string): string =>
  `address ${secrets.hash('audit address', email.trim().toLowerCase()).slice(0, 22)}`;

/** Whose address it is, else the address itself, which `work.audit` hashes. */
export async function aboutAddress(tx: Tx, email: string): Promise<string> {
  const owner = await tx.address.findUnique({ where: { email }, select: { personId: true } });
  return owner ? personRef(owner.personId) : email;
}

/** An object as it may stand in the chain. */
export const chained = (secrets: Pick<Secrets, 'hash'>, object: string | null): string | null =>
  object !== null && object.includes('@') ? addressRef(secrets, object) : object;
