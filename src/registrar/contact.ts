/** An owner as Gandi's v5 interface takes one: `POST /domain/domains`, `POST /domain/transferin`. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { RegistrarOwner } from '../core/programmes/registrar/registrar.js';

/** What is missing stays away: the registrar says which of it the TLD needs. */
export interface GandiContact {
  readonly type: string;
  readonly given: string;
  readonly family: string;
  readonly email: string;
  readonly orgname?: string;
  readonly streetaddr?: string;
  readonly zip?: string;
  readonly city?: string;
  readonly country?: string;
  readonly phone?: string;
  readonly lang?: string;
}

export function contactOf(owner: RegistrarOwner): GandiContact {
  const { type, company, street, zip, city, country, phone, locale } = owner;
  return {
    type,
    given: owner.firstName,
    family: owner.lastName,
    email: owner.email,
    ...(type !== 'individual' && company ? { orgname: company } : {}),
    ...(street ? { streetaddr: street } : {}),
    ...(zip ? { zip } : {}),
    ...(city ? { city } : {}),
    ...(country ? { country } : {}),
    ...(phone ? { phone: dotted(phone) } : {}),
    ...(locale === 'fr' || locale === 'en' ? { lang: locale } : {}),
  };
}

/** The registries' form: `+33.123456789`. What can't be read is left to the registrar. */
function dotted(phone: string): string {
  const parsed = parsePhoneNumberFromString(phone);
  return parsed ? `+${parsed.countryCallingCode}.${parsed.nationalNumber}` : phone;
}
