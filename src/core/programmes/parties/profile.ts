/** Whose account a command is about, and the second person that another's takes (SPEC 0, "Authority"). */
import type { FourEyes } from '../../command/define.js';
import { isStaff } from '../../guard/identity.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import type { Prisma } from '../../database/connect.js';

const profile = { addresses: true, discordUsers: true, roles: true, memberships: { include: { org: true } } } as const;
export type Profile = Prisma.PersonGetPayload<{ include: typeof profile }>;

/**
 * Whose account the command is about: the asker's, or for staff the one named.
 * @throws {Refusal} `access.denied` for another's, `person.unknown` when nobody has the address
 */
export async function subject(work: Work, named: string | undefined): Promise<Profile> {
  const other = named !== undefined && !work.actor.emails.includes(named);
  if (other && !isStaff(work.actor)) throw new Refusal('access.denied', { why: 'others' });
  const found = await work.tx.person.findFirst({
    where: other ? { addresses: { some: { email: named } } } : { id: work.actor.personId },
    include: profile,
  });
  if (found) return found;
  if (named === undefined) throw new Refusal('access.denied', { why: 'unlinked' });
  throw new Refusal(
    'person.unknown',
    { email: named },
    { person: textsOf(work.locale).refusals['person.unknown']({ email: named }) },
  );
}

/** The address that letters go to. */
export const mainOf = (found: Profile): string | null =>
  (found.addresses.find((address) => address.main) ?? found.addresses[0])?.email ?? null;

interface Named {
  readonly person?: string | undefined;
}

/** Whether it is somebody else's. */
const isOther = ({ actor }: Work, { person }: Named): boolean => person !== undefined && !actor.emails.includes(person);

/**
 * Another's data: an admin changes or hands them out alone, support with a second person.
 * @param of what the request is about besides the person: it is void once that has changed
 */
export const othersEyes = <I extends Named>(
  of: (work: Work, input: I) => Promise<unknown> = () => Promise.resolve(undefined),
): FourEyes<I> => ({
  needed: (work, input) => isOther(work, input) && !work.actor.roles.includes('admin'),
  async hold(work, input) {
    const object = mainOf(await subject(work, input.person));
    return { ...(object === null ? {} : { object }), content: await of(work, input) };
  },
  content: of,
  release: () => Promise.resolve(),
});
