/** The printed numbers of objects: a prefix and at least six digits (docs/commands.md, "Numbers"). */

export const printRef = (prefix: string, id: number): string => `${prefix}-${String(id).padStart(6, '0')}`;

/** Reads a number with or without prefix and leading zeros, in any case: `d-123`, `D-000123` and `123` are the same. */
export function parseRef(prefix: string, typed: string): number | undefined {
  const match = new RegExp(`^(?:${prefix}[- ]?)?0*([1-9]\\d{0,8})$`, 'i').exec(typed.trim());
  return match ? Number(match[1]) : undefined;
}

/** The id behind a number that has been checked already. */
export function idOf(number: string): number {
  return Number(number.slice(number.lastIndexOf('-') + 1));
}

/** How numbers that others made are compared (packs, Code IDs): they are opaque, but typed in any case and with spaces. */
export const numberKey = (number: string): string => number.normalize('NFKC').toUpperCase().replace(/\s+/g, '');

/** How purchase references are compared: trimmed and in any case (J2); kept so, one index tells equal ones. */
export const purchaseKey = (reference: string): string => reference.normalize('NFKC').trim().toUpperCase();
