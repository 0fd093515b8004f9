/** Who may do what (the "who" column of docs/commands.md). */
import { isStaff, membershipsOf, resellersOf, type Actor, type StaffRole } from './identity.js';

/**
 * Who may ask: `anyone` with a proven door; `person`, anyone the desk knows; `reseller`, a member of a reseller;
 * `member`, a member of any organisation; `installer`, a registered installer; `staff`, any staff role (the operator has them all); a role's name, only it (and the operator and admins);
 * `confirmer`, whoever was asked whether a held mail is theirs, through the button or the reply address of that question.
 */
export type Who = 'anyone' | 'person' | 'reseller' | 'member' | 'installer' | 'staff' | 'confirmer' | StaffRole;

/** Changing a reseller's stock takes an owner or manager; a viewer only reads. */
const mayWrite = (role: string): boolean => role !== 'viewer';

/** Says why not, or nothing when the actor may. */
export function denied(
  actor: Actor,
  command: { who: readonly Who[]; reads: boolean },
): 'suspended' | 'unlinked' | 'role' | undefined {
  if (actor.state === 'suspended' || actor.state === 'erased') return 'suspended';
  if (command.who.includes('anyone')) return undefined;
  if (actor.personId === 0) return 'unlinked';
  const may = command.who.some((who) => {
    if (who === 'person') return true;
    if (who === 'confirmer') return actor.proven.held !== undefined;
    if (who === 'installer') return actor.installer;
    if (who === 'staff') return isStaff(actor);
    if (who === 'member') return membershipsOf(actor).some((member) => command.reads || mayWrite(member.role));
    if (who === 'reseller') return resellersOf(actor).some((member) => command.reads || mayWrite(member.role));
    return actor.roles.includes(who as StaffRole) || actor.roles.includes('admin');
  });
  return may ? undefined : 'role';
}
