/**
 * Where an organisation is taxed (G7): staff confirm it, so that nobody comes out of tax by what they write of themselves
 * (SPEC 0, "Authority"). Until then the rate of the vendor's own country holds.
 */
import { readerOf } from '../../command/context.js';
import type { SummaryBy } from '../../command/define.js';
import { country as countryField } from '../../command/dictionary.js';
import { emptiesField } from '../../command/input.js';
import type { Data } from '../../command/outcome.js';
import { noContext } from '../../command/type.js';
import { fieldLabel, heading, valueText, type Reader } from '../../command/value.js';
import { openApproval, type SummaryLine } from '../../guard/approval.js';
import type { Work } from '../../guard/work.js';
import { camel } from '../../locales/key.js';
import type { Locale } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import { orgRef } from '../parties/organisation.js';
import type { Organisation } from '../../database/connect.js';

/** The command by which it is changed and confirmed. */
export const editName = 'org edit';

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

/**
 * Staff are asked to confirm what an organisation from elsewhere gave when it was made, once: asked before, its own people
 * ask again (`org edit`). Answers the request's number.
 */
export async function askTax(work: Work, row: Organisation): Promise<string | undefined> {
  const { vendor } = work.desk.catalogue;
  if (row.country === null || row.country === vendor.country || row.taxConfirmedAt !== null) return undefined;
  const number = orgRef(row.id);
  const earlier = { command: editName, object: number, input: { contains: '"country":' } };
  if ((await work.tx.approval.count({ where: earlier })) > 0) return undefined;
  const named = { country: row.country, ...(row.vat === null ? {} : { vat: row.vat }) };
  return openApproval(work, {
    command: editName,
    input: { number, ...named },
    hold: () => Promise.resolve({ object: number, content: taxContent(row, named) }),
    summary: async (id, locale) => [
      { label: heading('command', locale), value: editName },
      ...(await editSummary(work.tx, id, readerOf(work.desk, locale))),
    ],
  });
}

/**
 * What stands where an edit would change something: once that has changed, the request is void. Country and number count
 * together, so whoever confirms one confirms both.
 */
export function taxContent(row: Organisation, named: TaxNamed): unknown {
  const { country, vat, taxCountry, taxVat } = row;
  const before = Object.fromEntries(Object.keys(named).map((key) => [key, row[key as keyof Organisation] ?? null]));
  return namesTax(named) ? { ...before, country, vat, taxCountry, taxVat } : before;
}

/** The organisation by name, each value old → new, where it is taxed now, and what the register of VAT numbers said. */
export const editSummary: SummaryBy = async (tx, approvalId, reader) => {
  const { locale } = reader;
  const { input, object, state, vatVerdict } = await tx.approval.findUniqueOrThrow({ where: { id: approvalId } });
  const row = await tx.organisation.findUnique({ where: { id: Number(object?.slice(2)) } });
  const { number: _, ...typed } = JSON.parse(input) as Partial<Record<string, string>>;
  const now = (key: string) => valueText(key, row?.[key as keyof Organisation], reader);
  const line = (name: string) => {
    const [before, after] = [
      now(camel(name)),
      typed[name] === undefined ? now(camel(name)) : wordsOf(name, typed[name], reader),
    ];
    // once it is decided, what stands there is no longer what was there before
    const value = state !== 'pending' || before === after ? after : `${before} → ${after}`;
    return { label: fieldLabel(name, locale), value };
  };
  const isTax = namesTax(typed);
  const names = new Set([...Object.keys(typed), ...(isTax ? ['country', 'vat'] : [])]);
  const confirmedLines = [
    { label: heading('taxCountry', locale), value: valueText('country', row?.taxCountry, reader) },
    { label: heading('taxVat', locale), value: now('taxVat') },
  ];
  return [
    { label: heading('org', locale), value: [object, row?.name].filter(Boolean).join(', ') },
    ...[...names].map(line),
    ...(isTax ? confirmedLines : []),
    ...verdictLine(vatVerdict, locale),
  ];
};

/** A typed value as people read it; a country by its name, and what is emptied as a dash. */
function wordsOf(name: string, typed: string, reader: Reader): string {
  const value = emptiesField(typed) ? null : name === 'country' ? countryCode(typed) : typed;
  return valueText(camel(name), value, reader);
}

const countryCode = (typed: string): string => countryField.type.parse(typed, noContext);

/** Country and number that count once a request is approved; nothing where it asks for neither. */
export function askedTax(input: string, row: Pick<Organisation, 'country' | 'vat'> | undefined): TaxNamed {
  const typed = JSON.parse(input) as { country?: string; vat?: string };
  if (!namesTax(typed)) return {};
  return {
    country: typed.country === undefined ? row?.country : countryCode(typed.country),
    vat: typed.vat === undefined ? row?.vat : compact(typed.vat),
  };
}

const compact = (vat: string): string | null => (emptiesField(vat) ? null : vat.replace(/[\s.-]/g, '').toUpperCase());

function verdictLine(verdict: string | null, locale: Locale): SummaryLine[] {
  const { register, ...said } = textsOf(locale).tax;
  const say = Object.entries(said).find(([key]) => key === verdict)?.[1];
  return say ? [{ label: register({}), value: say({}) }] : [];
}
