/** What is known of a place and of who answers there: a site's data, an opportunity's prospect, an order's new site (D3–D7). */
import { optional } from '../../command/define.js';
import {
  contactEmail,
  contactFirstName,
  contactLastName,
  contactPhone,
  contactRole,
  siteCity,
  siteCountry,
  siteEmail,
  siteName,
  sitePhone,
  siteRegistration,
  siteStreet,
  siteVat,
  siteZip,
} from '../../command/dictionary.js';

/** SITE of the reference, in its order. */
export const siteFields = [
  optional(siteName),
  optional(siteStreet),
  optional(siteZip),
  optional(siteCity),
  optional(siteCountry),
  optional(siteRegistration),
  optional(siteVat),
  optional(sitePhone),
  optional(siteEmail),
] as const;

/** CONTACT of the reference. */
export const contactFields = [
  optional(contactLastName),
  optional(contactFirstName),
  optional(contactRole),
  optional(contactEmail),
  optional(contactPhone),
] as const;

/** Their keys in inputs, rows and JSON. */
export const dataKeys = [
  'siteName',
  'siteStreet',
  'siteZip',
  'siteCity',
  'siteCountry',
  'siteRegistration',
  'siteVat',
  'sitePhone',
  'siteEmail',
  'contactLastName',
  'contactFirstName',
  'contactRole',
  'contactEmail',
  'contactPhone',
] as const;
export type DataKey = (typeof dataKeys)[number];

export type SiteData = { readonly [Key in DataKey]?: string };

/** What stands after an input: what it says nothing about stays, what it empties goes. */
export function siteDataAfter(
  before: SiteData,
  input: { readonly [Key in DataKey]?: string | null | undefined },
): SiteData {
  const after = { ...before, ...siteDataOf(input) };
  return Object.fromEntries(Object.entries(after).filter(([key]) => input[key as DataKey] !== null));
}

/** What of it a row or an input has. */
export function siteDataOf(row: { readonly [Key in DataKey]?: string | null | undefined }): SiteData {
  return Object.fromEntries(
    dataKeys.flatMap((key) => {
      const value = row[key];
      return value === null || value === undefined ? [] : [[key, value]];
    }),
  );
}

/** The same as a row keeps it: every key, null where nothing is known. */
export function siteColumns(data: SiteData): { readonly [Key in DataKey]: string | null } {
  return Object.fromEntries(dataKeys.map((key) => [key, data[key] ?? null])) as Record<DataKey, string | null>;
}
