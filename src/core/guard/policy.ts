/** Who may do what (the "who" column of docs/commands.md). */
import { isStaff, membershipsOf, resellersOf, staffRoles, type Actor, type StaffRole } from './identity.js';
import { Refusal } from './refusal.js';
import type { Door } from './work.js';

/**
 * Who may ask, and of whose objects: `staff` and the roles may ask about anybody's that the command names, all the others
 * about their own only, whatever else they are. `anyone` with a proven door; `person`, anyone the desk knows; `reseller`, a member of a reseller;
 * `member`, a member of any organisation; `owner`, an owner of one; `installer`, a registered installer; `staff`, any staff role (the operator has them all); a role's name, only it (and the operator and admins);
 * `discord`, a Discord user whether linked or not (G8);
 * `confirmer`, whoever was asked whether a held mail is theirs, through the button or the reply address of that question.
 */
export type Who =
  'anyone' | 'person' | 'reseller' | 'member' | 'owner' | 'installer' | 'staff' | 'discord' | 'confirmer' | StaffRole;

/** Changing a reseller's stock takes an owner or manager; a viewer only reads. */
const mayWrite = (role: string): boolean => role !== 'viewer';

/** What of a command says who may ask it, and where. */
export interface Ruled {
  readonly who: readonly Who[];
  readonly reads: boolean;
  /** Its answer holds a secret, shown once: not by mail, which is kept and passed on. */
  readonly secret?: boolean;
  /**
   * It takes its person's own proof: it decides, changes who may act for whom, touches somebody's data or can't be undone.
   * A mail that staff let pass does not do it (SPEC 0, "Authority").
   */
  readonly proof?: 'own';
}

/** Why somebody may not. */
export type Denial = 'suspended' | 'unlinked' | 'role' | 'mail' | 'unproven';

/** Says why not, or nothing when the actor may at this door. */
export const denied = (actor: Actor, command: Ruled, door: Door): Denial | undefined =>
  barred(actor, command) ??
  (command.secret && door === 'mail' ? 'mail' : undefined) ??
  (isUnproven(actor, command) ? 'unproven' : undefined);

/** What somebody else let pass acts for nobody of staff, and does nothing that takes its person's own proof. */
const isUnproven = (actor: Actor, command: Ruled): boolean =>
  actor.proof === 'released' && (isStaff(actor) || command.proof === 'own');

/** The refusal for a denial. @param name the command's */
export const denial = (why: Denial, name: string): Refusal =>
  why === 'unproven'
    ? new Refusal('sender.unproven', { why: 'released', command: name })
    : new Refusal('access.denied', { why, command: name });

/**
 * The actor as a command sees it: a staff role counts only where the command is staff's, so that nobody who is a member
 * of one organisation reaches another's objects by a role that the command does not know.
 */
export const standing = (actor: Actor, { who }: Pick<Ruled, 'who'>): Actor =>
  actor.roles.length === 0 || who.some((one) => holds(actor, one)) ? actor : { ...actor, roles: [] };

/** By a staff role. */
const holds = ({ roles }: Actor, who: Who): boolean =>
  who === 'staff' ? roles.length > 0 : isRole(who) && (roles.includes(who) || roles.includes('admin'));

const isRole = (who: Who): who is StaffRole => (staffRoles as readonly string[]).includes(who);

function barred(actor: Actor, command: Ruled): 'suspended' | 'unlinked' | 'role' | undefined {
  if (actor.state === 'suspended' || actor.state === 'erased') return 'suspended';
  if (command.who.includes('anyone')) return undefined;
  if (actor.personId === 0)
    return command.who.includes('discord') && actor.proven.discordId !== undefined ? undefined : 'unlinked';
  const may = command.who.some((who) => {
    if (who === 'person') return true;
    if (who === 'confirmer') return actor.proven.held !== undefined;
    if (who === 'installer') return actor.installer;
    if (who === 'owner') return membershipsOf(actor).some(({ role }) => role === 'owner');
    if (who === 'member') return membershipsOf(actor).some((member) => command.reads || mayWrite(member.role));
    if (who === 'reseller') return resellersOf(actor).some((member) => command.reads || mayWrite(member.role));
    return holds(actor, who);
  });
  return may ? undefined : 'role';
}
