/** A named party (PARTY in the fields): who a customer is, as a registry wants to know its owner. */
import { emptiable, lasting, optional, required } from '../../command/define.js';
import {
  city,
  company,
  country,
  email,
  firstName,
  lastName,
  locale,
  partyType,
  phone,
  street,
  vat,
  zip,
} from '../../command/dictionary.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import type { Locale } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import { vatIn } from '../parties/vat.js';

export const partyTypes = ['individual', 'company', 'association', 'publicbody'] as const;
export type PartyType = (typeof partyTypes)[number];

export interface Party {
  readonly type: PartyType;
  readonly email: string;
  readonly lastName: string;
  readonly firstName: string;
  readonly company?: string | null | undefined;
  readonly vat?: string | null | undefined;
  readonly street?: string | null | undefined;
  readonly zip?: string | null | undefined;
  readonly city?: string | null | undefined;
  readonly country?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly locale?: Locale | undefined;
}

/** As far as it was given. */
export type PartyInput = { readonly [Key in keyof Party]?: Party[Key] | undefined };

const ofGroups = { when: { fr: 'sauf pour un particulier', en: 'unless an individual' } };
const rest = [
  optional(company, ofGroups),
  optional(vat),
  optional(street),
  optional(zip),
  optional(city),
  optional(country),
  optional(phone),
  optional(locale),
] as const;

/** A command that takes a party has `ahead: vatAhead` (parties/vat.ts). */
export const partyUses = [
  required(partyType),
  required(email),
  required(lastName),
  required(firstName),
  ...rest,
] as const;

export const partyOptionalUses = [
  optional(partyType),
  optional(email),
  optional(lastName),
  optional(firstName),
  ...rest,
] as const;

const [typeUse, emailUse, lastUse, firstUse, companyUse, vatUse, streetUse, zipUse, cityUse, countryUse, ...others] =
  partyOptionalUses;
const [phoneUse, localeUse] = others;

/** Of a party there is already: without these it would be none, the rest can be taken out again. */
export const partyEdits = [
  ...lasting([typeUse, emailUse, lastUse, firstUse]),
  // who is no individual needs a company, which `partyOf` tells
  ...emptiable([companyUse, vatUse, streetUse, zipUse, cityUse]),
  ...lasting([countryUse]),
  ...emptiable([phoneUse]),
  ...lasting([localeUse]),
] as const;

/** Field names by their keys. */
const names = { type: 'type', email: 'email', lastName: 'last-name', firstName: 'first-name' } as const;

/**
 * The party that was given; its country the vendor's unless told, its VAT number as that country writes it.
 * @throws {Refusal} `input.invalid` naming every field that is missing or wrong
 */
export function partyOf(work: Pick<Work, 'locale' | 'desk'>, input: PartyInput): Party {
  const { type, email: address, lastName: last, firstName: first } = input;
  const missing: string[] = Object.entries(names).flatMap(([key, name]) =>
    input[key as keyof typeof names] === undefined ? [name] : [],
  );
  if (type !== undefined && type !== 'individual' && !input.company) missing.push('company');
  const place = input.country ?? work.desk.catalogue.vendor.country;
  const number = checkedVat(work, { vat: input.vat, country: place });
  if (
    typeof number === 'object' ||
    missing.length > 0 ||
    !type ||
    !address ||
    last === undefined ||
    first === undefined
  ) {
    const say = textsOf(work.locale).faults.missing({});
    throw new Refusal(
      'input.invalid',
      { missing },
      { ...Object.fromEntries(missing.map((name) => [name, say])), ...(typeof number === 'object' ? number : {}) },
    );
  }
  return { ...input, type, email: address, lastName: last, firstName: first, country: place, vat: number };
}

/** As it is kept, or what is wrong with it. */
function checkedVat(
  work: Pick<Work, 'locale'>,
  given: { vat: string | null | undefined; country: string },
): string | undefined | Readonly<Record<string, string>> {
  if (!given.vat) return undefined;
  try {
    return vatIn(work, given.vat, given.country);
  } catch (error) {
    if (error instanceof Refusal && error.fields) return error.fields;
    throw error;
  }
}
