/** An object that is not there, or is another's: no telling which. */
import { textsOf } from '../locales/texts.js';
import { Refusal } from './refusal.js';
import type { Work } from './work.js';

/** @param field the field that named it */
export const unknownObject = (work: Pick<Work, 'locale'>, named: string, field = 'number'): Refusal =>
  new Refusal(
    'object.unknown',
    { number: named },
    { [field]: textsOf(work.locale).refusals['object.unknown']({ number: named }) },
  );
