/** A site: where an end client uses what was ordered. Its reseller sees it, and staff see all (D4). */
import type { Suggest } from '../../command/define.js';
import { isStaff, resellersOf } from '../../guard/identity.js';
import { idOf, parseRef, printRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import { unknownObject } from '../../guard/unknown.js';
import type { Work } from '../../guard/work.js';
import { namedReseller, ownReseller } from '../parties/organisation.js';
import type { Site } from '../../database/connect.js';
import { markedText } from '../../database/marked-text.js';
import { dataKeys, type SiteData } from './fields.js';
import { offered } from './offering.js';

export const siteRef = (id: number): string => printRef('S', id);

/** Everything that is searched and filtered, in one column. */
export const siteText = markedText(['site', 'generation', 'productLine', ...dataKeys]);

export const siteSearchText = (
  site: { readonly id: number; readonly generation: string; readonly productLine: string },
  data: SiteData,
): string =>
  siteText.write({ site: siteRef(site.id), generation: site.generation, productLine: site.productLine, ...data });

/** Whose objects the asker sees: those of every reseller of theirs, staff see all; `org` names one. */
export async function ownedBy(work: Work): Promise<{ orgId?: number | { in: number[] } }> {
  const members = resellersOf(work.actor);
  if (isStaff(work.actor))
    return work.org === undefined ? {} : { orgId: (await namedReseller(work, work.org, 'org')).id };
  if (work.org !== undefined || members.length <= 1) return { orgId: ownReseller(work).id };
  return { orgId: { in: members.map(({ orgId }) => orgId) } };
}

/** Changing anything of a reseller takes more than looking. @throws {Refusal} `access.denied` for its viewer */
export function mustWrite(work: Work, orgId: number): void {
  if (isStaff(work.actor)) return;
  const member = resellersOf(work.actor).find((one) => one.orgId === orgId);
  if (!member || member.role === 'viewer') throw new Refusal('access.denied', { why: 'role', command: '' });
}

/**
 * The site of this number.
 * @param field the field that named it, for the refusal
 * @throws {Refusal} `object.unknown`, also when it is another's
 */
export async function findSite(work: Work, number: string, field = 'number'): Promise<Site> {
  const found = await work.tx.site.findFirst({ where: { id: idOf(number), ...(await ownedBy(work)) } });
  if (!found) throw unknownObject(work, number, field);
  return found;
}

/** By number, name, or any words. */
export const suggestSites: Suggest = async (tx, { typed, work }) => {
  const owned = await ownedBy(work);
  const rows = await offered<Pick<Site, 'id' | 'siteName' | 'siteCity'>>({
    typed,
    id: parseRef('S', typed),
    nameOf: ({ siteName }) => siteName,
    begins: siteText.begins('siteName', typed),
    find: (where, take) =>
      tx.site.findMany({
        where: { ...where, ...owned },
        orderBy: { id: 'desc' },
        take,
        select: { id: true, siteName: true, siteCity: true },
      }),
  });
  return rows.map((site) => {
    const name = [siteRef(site.id), site.siteName, ...(site.siteCity ? [site.siteCity] : [])].join(', ');
    return { id: siteRef(site.id), names: { fr: name, en: name }, matches: true };
  });
};
