/** A table attached to a form whose command takes no file is that command for every row (SPEC 0, "Mail"). */
import type { RawInput } from '../../core/command/input.js';
import type { RefusalParams } from '../../core/guard/refusal.js';
import type { Registry } from '../../core/command/registry.js';
import type { WorkerThreads } from '../../core/threads/worker.js';
import { readSheetInThread } from '../../core/tables/sheet-reading.js';
import { SheetFault, type Sheet } from '../../core/tables/sheet.js';
import { fold } from '../../core/text/fold.js';
import { soleFile, takesFiles } from './files.js';
import { labelsOf } from './names.js';
import type { DecodedForm } from './form.js';
import type { Message } from '../wire/message.js';

/** A transcript tells of each; a thousand declarations are `declare bulk`, which is one command. */
export const mostRows = 200;

const isTable = /\.(csv|tsv|xlsx|json)$/i;

/** Commands that have a table of their own for what they do once. */
const inBulk: Readonly<Record<string, string>> = { 'declare new': 'declare bulk' };

export interface RowForm extends DecodedForm {
  /** Its line in the table; the header is 1. */
  readonly row: number;
}

/** `forms`: one a row; `bulk`: the same as one command; `tooMany`: nothing of it is done. */
export type Rows =
  | { readonly kind: 'forms'; readonly forms: readonly RowForm[] }
  | { readonly kind: 'bulk'; readonly form: DecodedForm }
  | { readonly kind: 'unread'; readonly name: string; readonly params: RefusalParams }
  | { readonly kind: 'tooMany'; readonly rows: number };

/** The rows that a mail's only form stands for; undefined when it has no such table. What the form says holds for each. */
export async function rowsOf(
  forms: readonly DecodedForm[],
  { attachments }: Pick<Message, 'attachments'>,
  { registry, aside }: { registry: Registry; aside: WorkerThreads },
): Promise<Rows | undefined> {
  const [form, ...others] = forms;
  const command = form && registry.find(form.command);
  if (!form || !command || others.length > 0 || command.reads) return undefined;
  if (takesFiles(command)) return undefined;
  const table = soleFile(attachments);
  if (!table || !isTable.test(table.name)) return undefined;
  const bulk = inBulk[command.name];
  if (bulk && registry.find(bulk) && Object.keys(form.raw).every((name) => name === 'dry-run'))
    return { kind: 'bulk', form: { ...form, command: bulk, raw: { ...form.raw, file: table } } };
  let sheet: Sheet;
  try {
    sheet = await readSheetInThread(table.content, { aside });
  } catch (error) {
    if (!(error instanceof SheetFault)) throw error;
    return { kind: 'unread', name: table.name, params: { ...error.params, why: error.why } };
  }
  if (sheet.rows.length > mostRows) return { kind: 'tooMany', rows: sheet.rows.length };
  const labels = labelsOf(command);
  const names = sheet.header.map((heading) => labels.get(fold(heading))?.field.name ?? heading);
  return {
    kind: 'forms',
    forms: sheet.rows.map(({ line, cells }) => {
      const given = names.flatMap((name, at) => (name === '' || !cells[at] ? [] : [[name, cells[at]] as const]));
      const raw: RawInput = { ...form.raw, ...Object.fromEntries(given) };
      return { ...form, raw, row: line };
    }),
  };
}
