/** The numbers of declarations, and of packs (J): `PP`, the year, the month in English capitals, 48 random bits in hex. */
import { printRef } from '../../guard/number.js';
import type { Tx } from '../../database/connect.js';

/** As a declaration is called, by its row. */
export const declarationRef = (id: number): string => printRef('D', id);

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** Made here, or of an older system: the latter are taken as they are, with a warning. */
export const isUsual = (number: string): boolean =>
  /^PP\d{4}(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[0-9A-F]{12}$/.test(number);

/** New numbers that nobody has. 48 bits make a clash unlikely, not impossible, so it is looked up. */
export async function makeNumbers(
  tx: Tx,
  count: number,
  made: { now: Date; random: (bytes: number) => Buffer },
): Promise<string[]> {
  const head = `PP${made.now.getUTCFullYear()}${months[made.now.getUTCMonth()]}`;
  const numbers = new Set<string>();
  while (numbers.size < count) {
    const bytes = made.random(6 * (count - numbers.size));
    for (let at = 0; at < bytes.length; at += 6)
      numbers.add(
        head +
          bytes
            .subarray(at, at + 6)
            .toString('hex')
            .toUpperCase(),
      );
    const taken = await tx.stockUnit.findMany({
      where: { numberKey: { in: [...numbers] } },
      select: { numberKey: true },
    });
    for (const { numberKey: key } of taken) if (key) numbers.delete(key);
  }
  return [...numbers];
}
