/** Rows of a table of domains that a reseller holds already: new here, changed, known, or faulty. */
import type { Input } from '../../command/define.js';
import { optional, required } from '../../command/define.js';
import { autoRenew, customerEmail, domain, expires, tags } from '../../command/dictionary.js';
import type { RowFault, TableRow } from '../../command/table.js';
import { inCare } from '../customers/customer.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import type { Customer } from '../../database/connect.js';
import { inParts } from '../../database/bulk-insert.js';
import { distinctTags, tagsOf } from '../../database/tags.js';
import { standingOf, type DomainRow } from './domain.js';
import { plusYears, standing, todayIn } from './life.js';
import { soldTld } from './price.js';

export const columns = [
  required(domain),
  required(customerEmail),
  required(expires),
  optional(autoRenew),
  optional(tags),
] as const;
export type ImportRow = Input<typeof columns>;

export interface GoodRow {
  readonly row: number;
  readonly input: ImportRow;
  readonly tld: string;
  /** Held here by this reseller: what the row says of it is changed. */
  readonly before?: DomainRow;
  /** Whose name it was until its time was over. */
  readonly gone?: DomainRow;
}

export interface Sorted {
  readonly total: number;
  readonly good: readonly GoodRow[];
  /** Rows that say what is known already. */
  readonly repeated: number;
  readonly faults: readonly RowFault[];
  /** The reseller's customers by address: the first of several that have one. */
  readonly customers: ReadonlyMap<string, Customer>;
}

const yearsAtMost = 11;
const askedAtOnce = 500;

async function heldNow({ tx }: Work, names: readonly string[]): Promise<Map<string, DomainRow>> {
  const held = new Map<string, DomainRow>();
  await inParts(names, askedAtOnce, async (part) => {
    const rows = (await tx.domain.findMany({ where: { heldName: { in: [...part] } } })) as DomainRow[];
    for (const row of rows) held.set(row.name, row);
  });
  return held;
}

async function customersAt({ tx }: Work, orgId: number, emails: readonly string[]): Promise<Map<string, Customer>> {
  const found = new Map<string, Customer>();
  await inParts([...new Set(emails)], askedAtOnce, async (part) => {
    const where = { orgId, email: { in: [...part] }, state: { in: [...inCare] } };
    for (const one of await tx.customer.findMany({ where, orderBy: { id: 'desc' } })) found.set(one.email, one);
  });
  return found;
}

/** What a row changes of a domain; what it says nothing about stays. */
export function changesOf(before: DomainRow, input: ImportRow): Record<string, { old: unknown; new: unknown }> {
  const kept = input.tags && distinctTags(input.tags);
  const differs = (old: unknown, now: unknown) => now !== undefined && JSON.stringify(old) !== JSON.stringify(now);
  return {
    ...(differs(before.expiresOn, input.expires) ? { expiresOn: { old: before.expiresOn, new: input.expires } } : {}),
    ...(differs(before.autoRenew, input.autoRenew)
      ? { autoRenew: { old: before.autoRenew, new: input.autoRenew } }
      : {}),
    ...(differs(tagsOf(before), kept) ? { tags: { old: tagsOf(before), new: kept } } : {}),
  };
}

/** What is wrong with an understood row by itself. */
function objections(work: Work, input: ImportRow): { column: string; fault: string }[] {
  const say = textsOf(work.locale);
  const today = todayIn(work.desk, work.now);
  try {
    const tld = soldTld(work, input.domain);
    const { state } = standing({ state: 'active', expiresOn: input.expires }, tld, today);
    if (state !== 'gone' && input.expires <= plusYears(today, yearsAtMost)) return [];
    return [{ column: 'expires', fault: state === 'gone' ? say.domains.over({}) : say.domains.farAhead({}) }];
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return [{ column: 'domain', fault: refusal.fields?.['domain'] ?? '' }];
  }
}

/** What a domain that is held here says against a row. */
function against(work: Work, row: DomainRow, of: { orgId: number; owner: Customer | undefined; input: ImportRow }) {
  const say = textsOf(work.locale).domains;
  if (row.orgId !== of.orgId || (row.state !== 'active' && row.state !== 'suspended'))
    return [{ column: 'domain', fault: say.held({}) }];
  return of.owner?.email === of.input.customerEmail ? [] : [{ column: 'customer-email', fault: say.otherOwner({}) }];
}

/** Sorts rows of one reseller; every fault is told. */
export async function sortRows(
  work: Work,
  rows: readonly TableRow<typeof columns>[],
  { orgId }: { orgId: number },
): Promise<Sorted> {
  const inputs = rows.flatMap(({ input }) => (input ? [input] : []));
  const held = await heldNow(
    work,
    inputs.map((one) => one.domain),
  );
  const customers = await customersAt(
    work,
    orgId,
    inputs.map((one) => one.customerEmail),
  );
  const owners = await ownersOf(
    work,
    [...held.values()].filter((row) => row.orgId === orgId),
  );
  const say = textsOf(work.locale).domains;
  const seen = new Map<string, number>();
  const good: GoodRow[] = [];
  const faults: RowFault[] = [];
  let repeated = 0;
  for (const { row, input, faults: own } of rows) {
    if (!input) {
      faults.push(...own);
      continue;
    }
    const first = seen.get(input.domain);
    seen.set(input.domain, first ?? row);
    const there = held.get(input.domain);
    const gone = there && standingOf(work, there).state === 'gone' ? there : undefined;
    const before = gone ? undefined : there;
    const wrong = [
      ...(first === undefined ? [] : [{ column: 'domain', fault: say.twice({ line: first }) }]),
      ...objections(work, input),
      ...(before ? against(work, before, { orgId, owner: owners.get(before.customerId), input }) : []),
    ];
    if (wrong.length > 0) faults.push(...wrong.map((one) => ({ row, ...one })));
    else if (before && Object.keys(changesOf(before, input)).length === 0) repeated += 1;
    else
      good.push({
        ...{ row, input, tld: soldTld(work, input.domain).tld },
        ...(before ? { before } : {}),
        ...(gone ? { gone } : {}),
      });
  }
  return { total: rows.length, good, repeated, faults, customers };
}

async function ownersOf({ tx }: Work, rows: readonly DomainRow[]): Promise<Map<number, Customer>> {
  const owners = new Map<number, Customer>();
  await inParts([...new Set(rows.map(({ customerId }) => customerId))], askedAtOnce, async (part) => {
    for (const one of await tx.customer.findMany({ where: { id: { in: [...part] } } })) owners.set(one.id, one);
  });
  return owners;
}
