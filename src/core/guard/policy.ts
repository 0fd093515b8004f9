/** Who may do what (the "who" column of docs/commands.md). */
import { isStaff, membershipsOf, resellersOf, type Actor, type StaffRole } from './identity.js';
import type { Door } from './work.js';

/**
 * Who may ask: `anyone` with a proven door; `person`, anyone the desk knows; `reseller`, a member of a reseller;
 * `member`, a member of any organisation; `installer`, a registered installer; `staff`, any staff role (the operator has them all); a role's name, only it (and the operator and admins);
 * `discord`, a Discord user whether linked or not (G8);
 * `confirmer`, whoever was asked whether a held mail is theirs, through the button or the reply address of that question.
 */
export type Who =
  'anyone' | 'person' | 'reseller' | 'member' | 'installer' | 'staff' | 'discord' | 'confirmer' | StaffRole;

/** Changing a reseller's stock takes an owner or manager; a viewer only reads. */
const mayWrite = (role: string): boolean => role !== 'viewer';

/** What of a command says who may ask it, and where. */
export interface Ruled {
  readonly who: readonly Who[];
  readonly reads: boolean;
  /** Its answer holds a secret, shown once: not by mail, which is kept and passed on. */
  readonly secret?: boolean;
}

/** Says why not, or nothing when the actor may at this door. */
export const denied = (
  actor: Actor,
  command: Ruled,
  door: Door,
): 'suspended' | 'unlinked' | 'role' | 'mail' | undefined =>
  barred(actor, command) ?? (command.secret && door === 'mail' ? 'mail' : undefined);

function barred(actor: Actor, command: Ruled): 'suspended' | 'unlinked' | 'role' | undefined {
  if (actor.state === 'suspended' || actor.state === 'erased') return 'suspended';
  if (command.who.includes('anyone')) return undefined;
  if (actor.personId === 0)
    return command.who.includes('discord') && actor.proven.discordId !== undefined ? undefined : 'unlinked';
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
