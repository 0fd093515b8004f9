/** Domains as rows: found by whoever may see them, and moved only as the table of states allows. */
import { domainToUnicode } from 'node:url';
import { lookedUp, type Suggest } from '../../command/define.js';
import { havingWords, searchWords } from '../../command/listing.js';
import { isStaff, membershipsOf } from '../../guard/identity.js';
import { Refusal } from '../../guard/refusal.js';
import { unknownObject } from '../../guard/unknown.js';
import type { Work } from '../../guard/work.js';
import { namedOrg, ownOrg } from '../parties/organisation.js';
import { customerRef, ownerName } from '../customers/customer.js';
import type { Customer, Domain, Tx } from '../../database/connect.js';
import { tldOf, type Tld } from '../../catalogue/domains-shape.js';
import { searchable } from '../../text/fold.js';
import { markedTags } from '../../database/tags.js';
import { standing, todayIn, type Standing } from './life.js';
import { domainStates, type DomainState } from './states.js';

/** A domain's row with its state by name, as it is stored. */
export type DomainRow = Domain & { state: DomainState };

/** As it is written: `bücher.de`. */
export const unicodeName = (name: string): string => domainToUnicode(name) || name;

/** What `search` and `tags` look in: the name in both forms, whom it is for, and its tags. */
export const domainSearch = (domain: { name: string; tags: readonly string[]; customer: string }): string =>
  searchable([domain.name, unicodeName(domain.name), domain.customer].join(' ')) + markedTags(domain.tags);

/** A customer as `domainSearch` takes it; `domain` where it was registered for somebody of another name or address. */
export const customerWords = (customer: Customer, domain?: Pick<Domain, 'ownerName' | 'ownerEmail'>): string => {
  const words = [customerRef(customer.id), ownerName(customer), customer.email];
  return [...new Set([...words, ...(domain ? [domain.ownerName, domain.ownerEmail] : [])])].join(' ');
};

/** The owner of what is ordered for a customer now. */
export const ownerColumns = (customer: Customer): Pick<Domain, 'ownerName' | 'ownerEmail'> => ({
  ownerName: ownerName(customer),
  ownerEmail: customer.email,
});

/** The catalogue's entry of a domain's TLD, if it still has one. */
export const tldOfRow = (work: Pick<Work, 'desk'>, { name }: Pick<Domain, 'name'>): Tld | undefined =>
  tldOf(work.desk.catalogue.domains, name);

/** Where a domain stands today, by the catalogue in force. */
export const standingOf = (
  work: Pick<Work, 'desk' | 'now'>,
  row: Pick<DomainRow, 'name' | 'state' | 'expiresOn'>,
): Standing => standing(row, tldOfRow(work, row), todayIn(work.desk, work.now));

/** Whose domains the asker sees: those of all their organisations, or of the one named in `org`; staff see everybody's. */
export async function ownedBy(work: Work): Promise<{ orgId?: number | { in: number[] } }> {
  if (isStaff(work.actor)) return work.org === undefined ? {} : { orgId: (await namedOrg(work, work.org, 'org')).id };
  if (work.org !== undefined) return { orgId: ownOrg(work).orgId };
  return { orgId: { in: membershipsOf(work.actor).map(({ orgId }) => orgId) } };
}

/**
 * A domain of one's own organisations, for staff any; of several rows of that name the one that is held, else the newest.
 * @param to.write a viewer only reads; `own`: staff too have to be a member who writes, for it costs money
 * @throws {Refusal} `object.unknown`, also when it is another's; `access.denied`
 */
export async function findDomain(
  work: Work,
  name: string,
  to: { write?: boolean; own?: boolean; field?: string } = {},
): Promise<DomainRow> {
  const owned = await ownedBy(work);
  const row =
    (await work.tx.domain.findFirst({ where: { heldName: name, ...owned } })) ??
    (await work.tx.domain.findFirst({ where: { name, ...owned }, orderBy: { id: 'desc' } }));
  if (!row) throw unknownObject(work, unicodeName(name), to.field ?? 'domain');
  const may = to.own ? isWriter(work, row.orgId) : !to.write || mayWrite(work, row.orgId);
  if (!may) throw new Refusal('access.denied', { why: 'role', command: '' });
  return row as DomainRow;
}

/** Owners and managers of its organisation. */
const isWriter = ({ actor }: Pick<Work, 'actor'>, orgId: number): boolean =>
  membershipsOf(actor).some((member) => member.orgId === orgId && member.role !== 'viewer');

/** These, and staff. */
export const mayWrite = (work: Pick<Work, 'actor'>, orgId: number): boolean =>
  isStaff(work.actor) || isWriter(work, orgId);

/** Refuses what a domain's state does not allow. @param state what its dates make of it, where that is the reason */
export const wrongState = (row: Pick<DomainRow, 'name' | 'state'>, state: string = row.state): Refusal =>
  new Refusal('state.wrong', { why: 'domain', number: unicodeName(row.name), state });

/** Whether the table has the move. */
export const leadsTo = (from: DomainState, to: DomainState): boolean =>
  (domainStates[from] as readonly DomainState[]).includes(to);

/** Columns that change along with a state. */
export type Moved = Partial<Omit<Domain, 'id' | 'state'>>;

/**
 * Moves a domain along its table by a guarded update (invariant 3).
 * @throws {Refusal} `state.wrong` when the table has no such move, or another was quicker
 */
export async function move(
  work: Work,
  row: DomainRow,
  { to, ...data }: { to: DomainState } & Moved,
): Promise<DomainRow> {
  if (!leadsTo(row.state, to)) throw wrongState(row);
  const changed = { ...data, state: to, updatedAt: work.now };
  const { count } = await work.tx.domain.updateMany({ where: { id: row.id, state: row.state }, data: changed });
  if (count !== 1) throw wrongState(row);
  return { ...row, ...changed };
}

/** The domain of a task; it is never deleted. */
export const domainOf = async (tx: Tx, id: number): Promise<DomainRow> =>
  (await tx.domain.findUniqueOrThrow({ where: { id } })) as DomainRow;

/**
 * Lets go of a name whose time is over by its dates.
 * @throws {Refusal} `state.wrong` (domain-held) when somebody holds it here, whoever that is
 */
export async function freeName(work: Work, name: string): Promise<void> {
  const row = (await work.tx.domain.findUnique({ where: { heldName: name } })) as DomainRow | null;
  if (!row) return;
  if (standingOf(work, row).state !== 'gone')
    throw new Refusal('state.wrong', { why: 'domain-held', number: unicodeName(name) });
  await letGo(work, row);
}

/** The name of a domain that is gone can be somebody else's. */
export async function letGo(work: Work, row: DomainRow): Promise<void> {
  await work.tx.domain.updateMany({
    where: { id: row.id, heldName: row.name },
    data: { heldName: null, endedAt: work.now, updatedAt: work.now },
  });
  work.audit({ action: 'domain gone', object: row.name, detail: { expiresOn: row.expiresOn } });
}

/** One's domains, by their names in either form. */
export const suggestDomains: Suggest = async (tx, { typed, work }) => {
  const rows = await tx.domain.findMany({
    where: {
      ...(await ownedBy(work)),
      heldName: { not: null },
      AND: havingWords(searchWords(typed)),
    },
    orderBy: { name: 'asc' },
    take: 25,
    select: { name: true },
  });
  return rows.map(({ name }) => lookedUp(name, unicodeName(name)));
};
