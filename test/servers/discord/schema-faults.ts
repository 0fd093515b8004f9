import type { ErrorObject } from 'ajv';
import type { FieldFault } from './refusal.js';

const pathOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/**
 * Schema faults in Discord's words. A union reports every branch that failed; what is kept is what says most:
 * the deepest faults, without "must be null" and without the union's own.
 */
export function faultsOf(errors: ErrorObject[]): FieldFault[] {
  const telling = errors.filter((error) => !isUnionNoise(error));
  const seen = new Set<string>();
  return (telling.length ? telling : errors).map(asFault).filter((fault) => {
    const key = JSON.stringify(fault);
    return !seen.has(key) && seen.add(key);
  });
}

const isUnionNoise = (error: ErrorObject): boolean =>
  error.keyword === 'oneOf' ||
  error.keyword === 'anyOf' ||
  error.keyword === 'if' ||
  (error.keyword === 'type' && error.params['type'] === 'null');

function asFault(error: ErrorObject): FieldFault {
  const path = pathOf(error.instancePath);
  const limit = error.params['limit'] as number | undefined;
  switch (error.keyword) {
    case 'required':
      return {
        path: [...path, String(error.params['missingProperty'])],
        code: 'BASE_TYPE_REQUIRED',
        message: 'This field is required',
      };
    case 'maxLength':
    case 'maxItems':
      return { path, code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${limit} or fewer in length.` };
    case 'minLength':
    case 'minItems':
      return { path, code: 'BASE_TYPE_MIN_LENGTH', message: `Must be ${limit} or more in length.` };
    case 'maximum':
      return { path, code: 'NUMBER_TYPE_MAX', message: `int value should be less than or equal to ${limit}.` };
    case 'minimum':
      return { path, code: 'NUMBER_TYPE_MIN', message: `int value should be greater than or equal to ${limit}.` };
    case 'enum':
      return {
        path,
        code: 'BASE_TYPE_CHOICES',
        message: `Value must be one of ${list(error.params['allowedValues'])}.`,
      };
    case 'format':
      return error.params['format'] === 'uri'
        ? { path, code: 'URL_TYPE_INVALID_URL', message: 'Not a well formed URL.' }
        : { path, code: 'BASE_TYPE_FORMAT', message: `Not a ${String(error.params['format'])}.` };
    case 'pattern':
      return { path, code: 'NUMBER_TYPE_COERCE', message: 'Value is not snowflake.' };
    default:
      return { path, code: `BASE_TYPE_${error.keyword.toUpperCase()}`, message: error.message ?? error.keyword };
  }
}

const list = (values: unknown): string => (Array.isArray(values) ? `(${values.join(', ')})` : String(values));
