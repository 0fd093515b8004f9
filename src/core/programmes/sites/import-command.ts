/** `site import`: the sites that a vendor's own system knows, from a table; previewed, then confirmed (D4). */
import { optional, required, type Input } from '../../command/define.js';
import { generation, numberOf, productLine, reseller, siteName } from '../../command/dictionary.js';
import type { Work } from '../../guard/work.js';
import type { Site } from '../../database/connect.js';
import type { Row } from '../../database/bulk-insert.js';
import { differences } from './change.js';
import { contactFields, siteColumns, siteDataAfter, siteDataOf, siteFields } from './fields.js';
import { importCommand, type GoodRow } from './importing.js';
import { lastSite } from './making.js';
import { siteRef, siteSearchText } from './site.js';

const [, ...furtherFields] = siteFields;

const columns = [
  optional(numberOf('S')),
  required(reseller),
  required(generation),
  required(productLine),
  required(siteName),
  ...furtherFields,
  ...contactFields,
] as const;
type SiteRow = Input<typeof columns>;

/** What a row changes; what it says nothing about stays. */
function changesOf(before: Site, row: SiteRow): Record<string, unknown> {
  const facts = (['generation', 'productLine'] as const).filter((key) => before[key] !== row[key]);
  return {
    ...Object.fromEntries(facts.map((key) => [key, { old: before[key], new: row[key] }])),
    ...differences(siteDataOf(before), siteDataAfter(siteDataOf(before), row)),
  };
}

function rowOf(work: Work, { id, orgId, input, before }: GoodRow<SiteRow, Site>): Row {
  const { generation: of, productLine: line } = input;
  const data = { ...(before ? siteDataOf(before) : {}), ...siteDataOf(input) };
  return {
    id,
    orgId,
    generation: of,
    productLine: line,
    ...siteColumns(data),
    revision: (before?.revision ?? 0) + 1,
    searchText: siteSearchText({ id, generation: of, productLine: line }, data),
    createdAt: before?.createdAt ?? work.now,
    updatedAt: work.now,
  };
}

export const siteImport = importCommand<typeof columns, SiteRow, Site>({
  help: {
    fr: 'Reprendre les sites d’un fichier (colonnes : numéro, revendeur, génération, gamme, nom du site, adresse, contact)',
    en: 'Take over sites from a file (columns: number, reseller, generation, product line, site name, address, contact)',
  },
  ...{ noun: 'site', table: 'Site', listed: 'sites', columns, ref: siteRef },
  find: ({ tx }, ids) => tx.site.findMany({ where: { id: { in: [...ids] } } }),
  highest: ({ tx }) => lastSite(tx),
  changes: changesOf,
  row: rowOf,
});
