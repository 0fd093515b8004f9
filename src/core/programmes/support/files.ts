/** A ticket's file, handed over to whoever may see the ticket. */
import type { Upload } from '../../command/type.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import type { TicketFile } from '../../database/connect.js';

const sameName = (a: string, b: string): boolean =>
  a.normalize('NFC').trim().toLowerCase() === b.normalize('NFC').trim().toLowerCase();

/** @throws {Refusal} `input.invalid`, naming those that there are */
export async function fileNamed(work: Work, files: readonly TicketFile[], name: string): Promise<Upload> {
  const found = files.find((file) => sameName(file.name, name));
  if (!found) {
    const choices = files.map((file) => file.name).join(', ') || '–';
    throw new Refusal('input.invalid', {}, { file: textsOf(work.locale).faults.choice({ choices }) });
  }
  return { name: found.name, type: found.type, content: await work.desk.documents.read(found.sha256) };
}
