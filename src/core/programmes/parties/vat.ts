/** VAT numbers: what makes one a number of its country (its own check digits), by the rules that `stdnum` keeps. */
import type { euVat } from 'stdnum';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';

let rules: typeof euVat | undefined;

/** A command's `ahead`: the rules take a fifth of a second to load, once. */
export async function vatAhead(): Promise<void> {
  rules ??= (await import('stdnum')).euVat;
}

/**
 * The number as it is kept: its country's compact form. Of a country without rules it stays as typed.
 * @throws {Refusal} `input.invalid` naming `vat`
 */
export function vatIn({ locale }: Pick<Work, 'locale'>, typed: string, country: string): string {
  if (!rules) throw new Error('the rules of VAT numbers were not loaded: the command lacks `ahead: vatAhead`');
  const own = (rules as Readonly<Record<string, (typeof rules)[keyof typeof rules]>>)[country];
  if (!own) return typed;
  const prefix = country === 'GR' ? 'EL' : country;
  for (const rule of own) {
    const read = rule.validate(typed);
    if (read.isValid) return read.compact.startsWith(prefix) ? read.compact : `${prefix}${read.compact}`;
  }
  throw new Refusal('input.invalid', {}, { vat: textsOf(locale).faults.vat({ country }) });
}
