/** What a request asks, as people read it before they decide: the command, then each field by its label, in their words. */
import type { SummaryLine } from '../guard/approval.js';
import type { Work } from '../guard/work.js';
import { camel } from '../locales/key.js';
import type { Locale } from '../locales/locale.js';
import { fieldContext, readerOf } from './context.js';
import type { AnyCommand, Use } from './define.js';
import { useOf } from './registry.js';
import { withoutSecrets } from './secret-fields.js';
import { Fault, type FieldContext, type Raw } from './type.js';
import { fieldLabel, fieldText, heading, type Reader } from './value.js';

/** A request with its command's declaration, which may be gone since. */
export interface PendingRequest {
  readonly id: number;
  readonly command: string;
  /** As it was typed: an object, or its JSON. */
  readonly input: unknown;
  readonly declared: AnyCommand | undefined;
}

/** What a request asks, as its command tells it; else as it was typed. The first line names the command. */
export async function summarised(
  { tx, desk }: Pick<Work, 'tx'> & { desk: Pick<Work['desk'], 'catalogue' | 'timeZone'> },
  request: PendingRequest,
  locale: Locale,
): Promise<SummaryLine[]> {
  const own = (await request.declared?.fourEyes?.summary?.(tx, request.id, readerOf(desk, locale))) ?? [];
  const typed = summaryOf(desk, request, locale);
  return own.length > 0 ? [...typed.slice(0, 1), ...own] : typed;
}

const noPart = new Set(['yes', 'dry-run']);

/** The command, and each field as it was typed, by the names that people know. */
export function summaryOf(
  desk: Pick<Work['desk'], 'catalogue' | 'timeZone'>,
  { command, input, declared }: Omit<PendingRequest, 'id'>,
  locale: Locale,
): SummaryLine[] {
  const typed = withoutSecrets((typeof input === 'string' ? JSON.parse(input) : input) as Record<string, unknown>);
  const reading = { context: fieldContext(desk, { locale }), reader: readerOf(desk, locale) };
  return [
    { label: heading('command', locale), value: command },
    ...Object.entries(typed)
      .filter(([name]) => !noPart.has(name))
      .map(([name, value]) => {
        const use = declared && useOf(declared, name);
        const label = use?.field.labels[locale][0] ?? fieldLabel(camel(name), locale);
        return { label, value: use ? readable(use, value, reading) : typedText(value) };
      }),
  ];
}

/** A value of a request as it was typed; a file by its name. */
export const typedText = (value: unknown): string =>
  [value]
    .flat()
    .map((one: unknown) => String(typeof one === 'object' && one !== null && 'name' in one ? one.name : one))
    .join(', ');

/** What a typed value means, in words; as it was typed where it no longer means anything, and of a file its name. */
function readable(
  { field }: Use,
  typed: unknown,
  { context, reader }: { context: FieldContext; reader: Reader },
): string {
  if (field.type.kind === 'file' || field.type.kind === 'files') return typedText(typed);
  try {
    return fieldText(field, field.type.parse(typed as Raw, context), reader);
  } catch (fault) {
    if (fault instanceof Fault) return typedText(typed);
    throw fault;
  }
}
