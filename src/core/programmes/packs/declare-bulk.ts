/** `declare bulk`: a table of end users to be declared (J9), previewed row by row, then placed: all, or the good rows. */
import { command, optional, required, type Input } from '../../command/define.js';
import { file, mode, sheet } from '../../command/dictionary.js';
import type { Data } from '../../command/outcome.js';
import { faultReport, oncePerWork, readAhead, rowsAtATime, rowsRefused, type RowFault } from '../../command/table.js';
import type { Work } from '../../guard/work.js';
import { camel } from '../../locales/key.js';
import { textsOf } from '../../locales/texts.js';
import { orgRef } from '../parties/organisation.js';
import { inParts } from '../../database/bulk-insert.js';
import { planBulk, type Plan } from './bulk-plan.js';
import { record, type Placed } from './declaration.js';
import { declarationRef } from './number.js';
import { moveUnits } from './declaration-units.js';

const fields = [required(file), optional(sheet), optional(mode)] as const;

const planned = oncePerWork((work: Work, input: Input<typeof fields>) => planBulk(work, input));

export const declareBulk = command({
  name: 'declare bulk',
  help: {
    fr: 'Déclarer beaucoup d’utilisateurs finaux d’un coup, depuis un fichier (colonnes : les champs de declare new)',
    en: 'Declare many end users at once, from a file (columns: the fields of declare new)',
  },
  who: 'reseller',
  fields,
  ahead: readAhead,
  async preview(work, input) {
    const plan = await planned(work, input);
    return {
      code: 'declaration.previewed',
      data: {
        reseller: orgRef(plan.reseller.id),
        mode: input.mode ?? 'all',
        total: plan.total,
        good: plan.good.length,
        ...faultReport(plan.faults),
        products: plan.products,
      },
      basis: {
        org: plan.reseller.id,
        good: plan.good.map(({ row }) => row),
        faults: plan.faults.map(({ row, column }) => [row, column]),
      },
    };
  },
  async run(work, input) {
    const plan = await planned(work, input);
    if ((input.mode ?? 'all') === 'all' && plan.faults.length > 0) throw rowsRefused(plan.faults);
    const placed = await placeAll(work, plan);
    const { faulty, faults } = faultReport(plan.faults);
    const data = { reseller: orgRef(plan.reseller.id), placed: placed.length, refused: faulty };
    work.audit({
      action: 'declare bulk',
      object: data.reseller,
      detail: { ...data, file: input.file.name, mode: input.mode ?? 'all' },
    });
    return { code: 'declaration.bulk-placed', data: { ...data, faults, items: itemsOf(work, plan, placed) } };
  },
});

/** Places the good rows, a part at a time: units, accounts, declarations, letters. */
async function placeAll(work: Work, { reseller, good }: Plan): Promise<Placed[]> {
  const placed: Placed[] = [];
  await inParts(good, rowsAtATime, async (part, done) => {
    await moveUnits(work.tx, part);
    placed.push(...(await record(work, { reseller, action: 'declare bulk' }, part)));
    work.progress(done, good.length);
  });
  return placed;
}

/** A line a row of the table, in its order: what was placed, or why not. */
function itemsOf(work: Work, { good, faults }: Plan, placed: readonly Placed[]): Data[] {
  const items: (Data & { row: number })[] = good.map(({ row, given }, at) => {
    const one = placed[at];
    return {
      row,
      declaration: work.made(one ? declarationRef(one.id) : null),
      pack: work.made(one?.pack ?? null),
      email: given.email,
      state: one?.state ?? null,
    };
  });
  const whys = new Map<number, string[]>();
  for (const fault of faults) whys.set(fault.row, [...(whys.get(fault.row) ?? []), sentence(work, fault)]);
  for (const [row, why] of whys)
    items.push({ row, declaration: null, pack: null, email: null, state: 'refused', fault: why.join('; ') });
  return items.sort((a, b) => a.row - b.row);
}

const sentence = (work: Work, { column, fault }: RowFault): string =>
  `${textsOf(work.locale).keys[camel(column)] ?? column}: ${fault}`;
