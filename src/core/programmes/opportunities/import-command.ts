/** `opportunity import`: sales in sight, as the vendor's own system knows them; previewed, then confirmed (D6). */
import { optional, required, type Input } from '../../command/define.js';
import { amount, closingDate, generation, name, numberOf, reseller, solution } from '../../command/dictionary.js';
import type { Work } from '../../guard/work.js';
import { stateName, textsOf } from '../../locales/texts.js';
import type { Opportunity } from '../../database/connect.js';
import type { Row } from '../../database/bulk-insert.js';
import { contactFields, siteColumns, siteDataOf, siteFields } from '../sites/fields.js';
import { importCommand, type GoodRow } from '../sites/importing.js';
import { opportunityRef, opportunitySearchText } from './opportunity.js';

const columns = [
  required(numberOf('OP')),
  required(reseller),
  required(name),
  optional(generation),
  optional(solution),
  ...siteFields,
  ...contactFields,
  optional(amount),
  optional(closingDate),
] as const;
type OpportunityRow = Input<typeof columns>;

/** What is kept of it, by column; what a row says nothing about stays. */
function contentOf(row: OpportunityRow, before?: Opportunity) {
  return {
    name: row.name,
    generation: row.generation ?? before?.generation ?? null,
    solution: row.solution ?? before?.solution ?? null,
    ...siteColumns({ ...(before ? siteDataOf(before) : {}), ...siteDataOf(row) }),
    amountCents: row.amount?.cents ?? before?.amountCents ?? null,
    currency: row.amount?.currency ?? before?.currency ?? null,
    closingDate: row.closingDate ?? before?.closingDate ?? null,
  };
}

type Content = ReturnType<typeof contentOf>;
const contentKeys = (content: Content) => Object.keys(content) as (keyof Content)[];

function changesOf(before: Opportunity, row: OpportunityRow): Record<string, unknown> {
  const after = contentOf(row, before);
  return Object.fromEntries(
    contentKeys(after).flatMap((key) =>
      before[key] === after[key] ? [] : [[key, { old: before[key], new: after[key] }]],
    ),
  );
}

/** Only what is open can still change; a solution is one of its generation. */
function objections(work: Work, row: OpportunityRow, before: Opportunity | undefined) {
  const say = textsOf(work.locale);
  const { generation: of, solution: chosen } = contentOf(row, before);
  const { solutions } = work.desk.catalogue.orders;
  const fitting = solutions.filter((one) => of === null || one.generation === of);
  const fits = fitting.map(({ id }) => id);
  return [
    ...(before && before.state !== 'open' && Object.keys(changesOf(before, row)).length > 0
      ? [
          {
            column: 'number',
            fault: say.imports.ended({ state: stateName(before.state, { locale: work.locale, of: 'opportunity' }) }),
          },
        ]
      : []),
    ...(chosen !== null && !fits.includes(chosen)
      ? [
          {
            column: 'solution',
            fault: say.faults.choice({
              choices: fitting.map(({ id, name }) => `${id} (${name[work.locale]})`).join(', '),
            }),
          },
        ]
      : []),
  ];
}

function rowOf(work: Work, { id, orgId, input, before }: GoodRow<OpportunityRow, Opportunity>): Row {
  const content = contentOf(input, before);
  const { generation: of, solution: chosen } = content;
  return {
    id,
    orgId,
    ...content,
    state: 'open',
    orderId: null,
    searchText: opportunitySearchText(
      { id, name: content.name, ...(of ? { generation: of } : {}), ...(chosen ? { solution: chosen } : {}) },
      siteDataOf(content),
    ),
    createdAt: before?.createdAt ?? work.now,
    updatedAt: work.now,
  };
}

export const opportunityImport = importCommand<typeof columns, OpportunityRow, Opportunity>({
  help: {
    fr: 'Reprendre les opportunités d’un fichier (colonnes : numéro, revendeur, nom, génération, solution, prospect, montant, date de clôture)',
    en: 'Take over opportunities from a file (columns: number, reseller, name, generation, solution, prospect, amount, closing date)',
  },
  ...{ noun: 'opportunity', table: 'Opportunity', listed: 'opportunities', columns, ref: opportunityRef },
  find: ({ tx }, ids) => tx.opportunity.findMany({ where: { id: { in: [...ids] } } }),
  highest: async ({ tx }) => (await tx.opportunity.aggregate({ _max: { id: true } }))._max.id ?? 0,
  changes: changesOf,
  objections,
  row: rowOf,
});
