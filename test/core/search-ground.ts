/** What the index of searches should hold, and holds (prisma/sqlite/migrations/*_search_by_value). */
import type { Connection } from '../../src/core/database/connect.js';

interface Kept {
  readonly id: number;
  readonly orgId: number;
  readonly searchText: string;
}

/** A text's values, each with the mark before it and the one behind it; a text without marks is one value. */
const valuesOf = (text: string): string[] =>
  // eslint-disable-next-line no-control-regex -- the marks are control characters
  text.match(/[\x01-\x08\x0e-\x1f][^\x01-\x08\x0e-\x1f]*(?=([\x01-\x08\x0e-\x1f]))/g)?.map((value, at, all) => {
    const next = all[at + 1]?.[0] ?? text.slice(-1);
    return `${value}${next}`;
  }) ?? [text];

/** Every three characters that follow each other in a value, by row, and where they stand. */
const partsOf = ({ id, orgId, searchText }: Kept): string[] =>
  valuesOf(searchText).flatMap((value, column) => {
    const signs = [...value];
    return signs
      .slice(2)
      .map((_, at) => [orgId * 2 ** 32 + id, column, at, signs.slice(at, at + 3).join('')].join(' '));
  });

/** Both sorted, to be compared. */
export async function searchIndex(
  { writer }: Connection,
  table: 'Site' | 'Order',
): Promise<{ wanted: string[]; kept: string[] }> {
  const rows: readonly Kept[] = await (table === 'Site' ? writer.site.findMany() : writer.order.findMany());
  await writer.$executeRawUnsafe(
    `CREATE VIRTUAL TABLE temp."Vocabulary" USING fts5vocab('main', '${table}Search', 'instance')`,
  );
  const kept = await writer.$queryRawUnsafe<{ line: string }[]>(
    `SELECT v."doc" || ' ' || (SELECT c."cid" FROM pragma_table_info('${table}Search') c WHERE c."name" = v."col") || ' ' ||
       v."offset" || ' ' || v."term" AS "line" FROM temp."Vocabulary" v`,
  );
  await writer.$executeRawUnsafe('DROP TABLE temp."Vocabulary"');
  return { wanted: rows.flatMap(partsOf).sort(), kept: kept.map(({ line }) => line).sort() };
}
