/**
 * Files of a request that waits for a second person: the bytes lie in the document store, the request names them by hash,
 * so that it can be carried out after a restart and by another process.
 */
import { createHash } from 'node:crypto';
import type { Desk } from '../guard/work.js';
import type { AnyCommand } from './define.js';
import { usesOf } from './registry.js';
import type { RawInput } from './input.js';
import { areUploads, isUpload, type Raw, type Upload } from './type.js';

/** What stands in a request in place of a file. */
interface KeptFile {
  readonly name: string;
  readonly type: string;
  readonly sha256: string;
}
type Kept = Exclude<Raw, Upload | readonly Upload[]> | KeptFile | readonly KeptFile[];

const keptFile = ({ name, type, content }: Upload): KeptFile => ({
  name,
  type,
  sha256: createHash('sha256').update(content).digest('hex'),
});

export type KeptInput = Readonly<Record<string, Kept>>;

/** A file of a request is no longer in the store, or damaged. */
export class FileGone extends Error {
  override name = 'FileGone';
}

/** The input as a request keeps it. */
export const keptInput = (input: RawInput): KeptInput =>
  Object.fromEntries(
    Object.entries(input).map(([name, raw]): [string, Kept] => [
      name,
      isUpload(raw) ? keptFile(raw) : areUploads(raw) ? raw.map(keptFile) : (raw as Kept),
    ]),
  );

/** Whether a file of it may have to wait for a second person. A preview changes nothing, and keeps its own files. */
export const mayWait = (command: AnyCommand, input: RawInput): boolean =>
  command.fourEyes !== undefined &&
  (command.preview === undefined || input['yes'] !== undefined) &&
  Object.values(input).some((raw) => isUpload(raw) || areUploads(raw));

/** Puts a command's files in the store, before its transaction. */
export async function keepFiles(
  { documents }: Pick<Desk, 'documents'>,
  command: AnyCommand,
  input: RawInput,
): Promise<void> {
  for (const { field } of usesOf(command)) {
    const { max = Infinity } = field.type.kind === 'files' ? (field.type.item ?? field.type) : field.type;
    const raw = input[field.name];
    const files = isUpload(raw) ? [raw] : areUploads(raw) ? raw : [];
    await Promise.all(
      files.filter(({ content }) => content.length <= max).map(({ content }) => documents.keep(content)),
    );
  }
}

/** The input as it was typed. @throws {FileGone} */
export async function restoredInput({ documents }: Pick<Desk, 'documents'>, kept: KeptInput): Promise<RawInput> {
  const restored = async ({ name, type, sha256 }: KeptFile): Promise<Upload> => ({
    name,
    type,
    content: await documents.read(sha256).catch((cause: unknown) => {
      throw new FileGone(sha256, { cause });
    }),
  });
  const values = Object.entries(kept).map(async ([name, value]): Promise<[string, Raw]> => {
    if (isKept(value)) return [name, await restored(value)];
    return areKept(value) ? [name, await Promise.all(value.map(restored))] : [name, value];
  });
  return Object.fromEntries(await Promise.all(values));
}

const isKept = (value: Kept | undefined): value is KeptFile =>
  typeof value === 'object' && !Array.isArray(value) && 'sha256' in value;
const areKept = (value: Kept): value is readonly KeptFile[] =>
  Array.isArray(value) && value.length > 0 && value.every((one: Kept) => isKept(one));
