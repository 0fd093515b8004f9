/** What doors with forms share about panels. */
import type { RawInput } from './input.js';
import { areUploads, isUpload, type Raw } from './type.js';

/** As it is compared; a file is always another one. */
function plain(value: Raw): string | undefined {
  if (isUpload(value) || areUploads(value)) return undefined;
  const text = typeof value === 'object' ? value.join(', ') : String(value);
  return text.replace(/\r\n?/g, '\n').trim();
}

/**
 * What a form of a panel changes: a value that came back as it stood when the form was shown is left out, so that what
 * another door has changed meanwhile stays changed.
 * @returns nothing when there is no change at all
 */
export function changesIn(input: RawInput, standing: Readonly<Record<string, string>>): RawInput | undefined {
  const changed = Object.entries(input).filter(([name, value]) => {
    const stood = standing[name];
    return stood === undefined || plain(value) !== plain(stood);
  });
  return changed.every(([name]) => name === 'number') ? undefined : Object.fromEntries(changed);
}
