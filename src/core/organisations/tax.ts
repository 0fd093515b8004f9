/**
 * Where an organisation is taxed (G7): staff confirm it, so that nobody comes out of tax by what they write of themselves
 * (SPEC 0, "Authority"). Until then the rate of the vendor's own country holds.
 */
import type { Data } from '../command/outcome.js';
import { fieldLabel, heading } from '../command/value.js';
import { summarised } from '../command/asked.js';
import type { AnyCommand, SummaryBy } from '../command/define.js';
import { openApproval } from '../guard/approval.js';
import type { Work } from '../guard/work.js';
import { camel } from '../locales/key.js';
import type { Locale } from '../locales/locale.js';
import { textsOf } from '../locales/texts.js';
import { orgRef } from '../parties/organisation.js';
import type { Organisation } from '../record/database.js';

/** What an edit says about tax. */
export interface TaxNamed {
  readonly country?: string | null | undefined;
  readonly vat?: string | null | undefined;
}

const namesTax = ({ country, vat }: TaxNamed): boolean => country !== undefined || vat !== undefined;

/** A reseller, and whoever has ordered or paid anything, or has a confirmed status to lose. */
async function isBuying({ tx }: Work, { id, state, taxConfirmedAt }: Organisation): Promise<boolean> {
  if (state === 'reseller' || taxConfirmedAt !== null) return true;
  const ordered = await tx.domain.count({ where: { orgId: id } });
  return ordered > 0 || (await tx.ledgerEntry.count({ where: { orgId: id } })) > 0;
}

/** Whether what its owner wrote is for staff to confirm. `after`: the organisation as it would be. */
export const asksTax = async (work: Work, row: Organisation, more: { named: TaxNamed; after: Organisation }) =>
  namesTax(more.named) && isOther(work, row, more.after) && (await isBuying(work, row));

/** Another country or number than stands there; or the same from abroad that nobody has confirmed. */
function isOther({ desk }: Work, row: Organisation, after: Pick<Organisation, 'country' | 'vat'>): boolean {
  const home = desk.catalogue.vendor.country;
  const place = after.country ?? home;
  const changes = (row.country ?? home) !== place || row.vat !== after.vat;
  return changes || (place !== home && (row.taxCountry !== place || row.taxVat !== after.vat));
}

/** The columns by which staff's yes confirms it. */
export const confirmed = (work: Work, after: Pick<Organisation, 'country' | 'vat'>) => ({
  taxCountry: after.country ?? work.desk.catalogue.vendor.country,
  taxVat: after.vat,
  taxConfirmedAt: work.now,
  taxConfirmedBy: work.actor.personId,
});

/** What `org show` tells of it. */
export const taxData = (row: Organisation): Data => ({
  taxCountry: row.taxCountry,
  taxVat: row.taxVat,
  taxConfirmedAt: row.taxConfirmedAt?.toISOString() ?? null,
});

/** Staff are asked to confirm what a company from elsewhere gave when it was made; answers the request's number. */
export async function askTax(work: Work, row: Organisation, declared: AnyCommand): Promise<string | undefined> {
  const { vendor } = work.desk.catalogue;
  if (row.country === null || row.country === vendor.country || row.taxConfirmedAt !== null) return undefined;
  const number = orgRef(row.id);
  const named = { country: row.country, ...(row.vat === null ? {} : { vat: row.vat }) };
  const input = { number, ...named };
  return openApproval(work, {
    command: declared.name,
    input,
    hold: () => Promise.resolve({ object: number, content: taxContent(row, named) }),
    summary: (id, locale) => summarised(work, { id, command: declared.name, input, declared }, locale),
  });
}

/** What stands where an edit would change something: once that has changed, the request is void. */
export const taxContent = (row: Organisation, named: object): unknown =>
  Object.fromEntries(Object.keys(named).map((key) => [key, row[key as keyof Organisation] ?? null]));

/** The organisation by name, each value old → new, and what the register of VAT numbers said. */
export const editSummary: SummaryBy = async (tx, approvalId, { locale }) => {
  const { input, object, vatVerdict } = await tx.approval.findUniqueOrThrow({ where: { id: approvalId } });
  const row = await tx.organisation.findUnique({ where: { id: Number(object?.slice(2)) } });
  const { number: _, ...typed } = JSON.parse(input) as Record<string, string>;
  return [
    { label: heading('org', locale), value: [object, row?.name].filter(Boolean).join(', ') },
    ...Object.entries(typed).map(([name, value]) => ({
      label: fieldLabel(name, locale),
      value: `${String(row?.[camel(name) as keyof Organisation] ?? '–')} → ${value}`,
    })),
    ...(vatVerdict === null ? [] : [{ label: textsOf(locale).tax.register({}), value: verdictIn(vatVerdict, locale) }]),
  ];
};

const verdictIn = (verdict: string, locale: Locale): string => {
  const { tax } = textsOf(locale);
  return verdict === 'valid' ? tax.valid({}) : verdict === 'invalid' ? tax.invalid({}) : tax.unknown({});
};
