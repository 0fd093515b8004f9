/** What a ticket is about: kept as it was typed, or as its owner knows it. Nothing tells whether it is anybody else's. */
import { membershipsOf } from '../../guard/identity.js';
import { numberKey, parseRef, printRef } from '../../guard/number.js';
import type { Work } from '../../guard/work.js';
import { domainName, Fault } from '../../command/type.js';
import { fieldContext } from '../../command/context.js';

/** A printed number, in any case and without its zeros; a number without its prefix could be anything's. */
const numbered = /^(G|C|D|O|S|SC|OP|V|X|A|T|W|H|M)-\d{1,9}$/i;

/** Something of the asker's, as it is called, and whose it is. */
export interface About {
  readonly object: string;
  /** The organisation it belongs to, when it is one of the asker's. */
  readonly orgId?: number;
}

/**
 * A number is written as numbers are, whatever there is under it. A pack or a domain of the asker's (or of their
 * organisations) is called as it is kept, and tells whose it is; anything else stays as typed.
 */
export async function aboutOf(work: Work, typed: string): Promise<About> {
  const plain = typed.trim();
  const prefix = numbered.exec(plain)?.[1]?.toUpperCase();
  const id = prefix === undefined ? undefined : parseRef(prefix, plain);
  if (prefix !== undefined && id !== undefined) return { object: printRef(prefix, id) };
  return (await ownPack(work, plain)) ?? (await ownDomain(work, plain)) ?? { object: plain };
}

const orgsOf = ({ actor }: Work): number[] => membershipsOf(actor).map(({ orgId }) => orgId);

async function ownPack(work: Work, typed: string): Promise<About | undefined> {
  const orgs = orgsOf(work);
  const { personId } = work.actor;
  const unit = await work.tx.stockUnit.findFirst({
    where: {
      numberKey: numberKey(typed),
      OR: [{ orgId: { in: orgs } }, ...(personId === 0 ? [] : [{ personId }])],
    },
    select: { number: true, orgId: true },
  });
  if (unit?.number == null) return undefined;
  return { object: unit.number, ...(orgs.includes(unit.orgId) ? { orgId: unit.orgId } : {}) };
}

async function ownDomain(work: Work, typed: string): Promise<About | undefined> {
  const name = nameIn(work, typed);
  const orgs = orgsOf(work);
  if (name === undefined || orgs.length === 0) return undefined;
  const row = await work.tx.domain.findFirst({ where: { name, orgId: { in: orgs } }, orderBy: { id: 'desc' } });
  return row ? { object: row.name, orgId: row.orgId } : undefined;
}

function nameIn({ desk, locale }: Work, typed: string): string | undefined {
  try {
    return domainName.parse(typed, fieldContext(desk, { locale }));
  } catch (fault) {
    if (fault instanceof Fault) return undefined;
    throw fault;
  }
}
