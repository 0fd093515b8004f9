/** Whose account a command is about. */
import { needed } from '../../command/input.js';
import { isStaff, membershipsOf } from '../../guard/identity.js';
import { parseRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { namedOrg, ownOrg } from '../parties/organisation.js';
import type { Organisation } from '../../database/connect.js';

/**
 * One's own, or for staff the one named: by a number or a member's address.
 * @throws {Refusal} `input.invalid`, `object.unknown`; `access.denied` for another's
 */
export async function accountOf(work: Work, named: string | undefined): Promise<Organisation> {
  const { actor, tx } = work;
  if (named !== undefined && isStaff(actor)) return namedOrg(work, named);
  const own = membershipsOf(actor);
  // only staff get here without an organisation of their own
  if (own.length === 0 && work.org !== undefined) return namedOrg(work, work.org, 'org');
  if (own.length === 0) throw needed(work.locale, ['reseller']);
  if (named === undefined) return tx.organisation.findUniqueOrThrow({ where: { id: ownOrg(work).orgId } });
  const id = parseRef('G', named);
  if (!own.some(({ orgId }) => orgId === id)) throw new Refusal('access.denied', { why: 'others' });
  return tx.organisation.findUniqueOrThrow({ where: { id: id ?? 0 } });
}
