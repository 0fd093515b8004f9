/** `site import`: the sites that a vendor's own system knows, from a table; previewed, then confirmed (D4). */
import { command, optional, required, type Input } from '../command/define.js';
import { file, generation, numberOf, productLine, reseller, siteName } from '../command/dictionary.js';
import { oncePerWork, readAhead, readTable } from '../command/table.js';
import type { Work } from '../guard/work.js';
import { orgRef } from '../parties/organisation.js';
import type { Site } from '../record/database.js';
import { inParts, putRows, type Row } from '../record/rows.js';
import { differences } from './change.js';
import { contactFields, siteColumns, siteDataOf, siteFields } from './fields.js';
import { basisOf, doneWith, firstOf, previewOf, refuseFaulty, sortRows, type GoodRow } from './importing.js';
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

const fields = [required(file)] as const;
const rowsAtATime = 500;

const sorted = oncePerWork(async (work: Work, input: Input<typeof fields>) => {
  const rows = await readTable(work, input, columns);
  return sortRows<typeof columns, SiteRow, Site>(work, rows, {
    find: (ids) => work.tx.site.findMany({ where: { id: { in: [...ids] } } }),
    highest: async () => (await work.tx.site.aggregate({ _max: { id: true } }))._max.id ?? 0,
    differs: (before, row) => Object.keys(changesOf(before, row)).length > 0,
  });
});

/** What a row changes; what it says nothing about stays. */
function changesOf(before: Site, row: SiteRow): Record<string, unknown> {
  const facts = (['generation', 'productLine'] as const).filter((key) => before[key] !== row[key]);
  return {
    ...Object.fromEntries(facts.map((key) => [key, { old: before[key], new: row[key] }])),
    ...differences(siteDataOf(before), siteDataOf(row)),
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

export const siteImport = command({
  name: 'site import',
  help: {
    fr: 'Reprendre les sites d’un fichier (colonnes : numéro, revendeur, génération, gamme, nom du site, adresse, contact)',
    en: 'Take over sites from a file (columns: number, reseller, generation, product line, site name, address, contact)',
  },
  who: 'staff',
  fields,
  ahead: readAhead,
  async preview(work, input) {
    const rows = await sorted(work, input);
    return { code: 'site.previewed', data: previewOf(rows), basis: basisOf(rows) };
  },
  async run(work, input) {
    const rows = await sorted(work, input);
    refuseFaulty(rows);
    await inParts(rows.good, rowsAtATime, async (part, done) => {
      await putRows(
        work.tx,
        { table: 'Site', key: 'id' },
        part.map((row) => rowOf(work, row)),
      );
      for (const { id, orgId, input: row, before } of part)
        work.audit({
          action: before ? 'site changed' : 'site added',
          object: siteRef(id),
          detail: {
            reseller: orgRef(orgId),
            file: input.file.name,
            ...(before ? { changes: changesOf(before, row) } : {}),
          },
        });
      work.progress(done, rows.good.length);
    });
    return {
      code: 'site.imported',
      data: { ...doneWith(rows), sites: firstOf(rows, siteRef).map((number) => work.made(number)) },
    };
  },
});
