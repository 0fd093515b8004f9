/** VPN gateways: the machines that may ask whether a grant of remote access holds (E9). */
import { Refusal } from '../../guard/refusal.js';
import { unknownObject } from '../../guard/unknown.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import type { Gateway } from '../../database/connect.js';
import { searchable } from '../../text/fold.js';
import { keyPurpose } from './grants.js';

const keyPrefix = 'gk_';

/** How names are compared: without case and accents. What is all signs is compared as it is. */
const nameKey = (name: string): string => searchable(name) || name;

/** Whether it can be a gateway's key at all: what can't need not be looked up. */
export const isKey = (typed: string): boolean => /^gk_[\w-]{24}$/.test(typed);

/**
 * Lets a gateway ask from now on.
 * @returns the only copy of its key; the database has a keyed hash of it
 * @throws {Refusal} `input.invalid` when another one in use has the name, whatever its case and accents
 */
export async function addGateway(work: Work, name: string): Promise<{ row: Gateway; key: string }> {
  const { tx, desk, actor, now } = work;
  const activeName = nameKey(name);
  if (await tx.gateway.findUnique({ where: { activeName } }))
    throw new Refusal('input.invalid', {}, { name: textsOf(work.locale).faults.twice({ value: name }) });
  const key = `${keyPrefix}${desk.secrets.token()}`;
  const row = await tx.gateway.create({
    data: {
      name,
      activeName,
      keyHash: desk.secrets.hash(keyPurpose, key),
      personId: actor.personId,
      createdAt: now,
    },
  });
  work.audit({ action: 'gateway added', object: name });
  return { row, key };
}

/**
 * Lets it ask no more; its name is free again.
 * @throws {Refusal} `object.unknown`
 */
export async function removeGateway(work: Work, name: string): Promise<Gateway> {
  const { tx, now } = work;
  const row = await tx.gateway.findUnique({ where: { activeName: nameKey(name) } });
  const removed =
    row &&
    (await tx.gateway.updateMany({
      where: { id: row.id, removedAt: null },
      data: { removedAt: now, activeName: null },
    }));
  if (!row || removed?.count !== 1) throw unknownObject(work, name, 'name');
  work.audit({ action: 'gateway removed', object: row.name });
  return row;
}

/** Those in use, by name. */
export const gatewaysInUse = ({ tx }: Pick<Work, 'tx'>): Promise<Gateway[]> =>
  tx.gateway.findMany({ where: { removedAt: null }, orderBy: { activeName: 'asc' } });
