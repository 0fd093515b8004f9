/** Documents of an order (D9): what may come in, found out before anybody waits for the transaction, and their names. */
import { documentBytes, documentsAtMost } from '../../command/dictionary.js';
import { areUploads, isUpload, type Raw, type Upload } from '../../command/type.js';
import { Refusal, type RefusalParams } from '../../guard/refusal.js';
import type { Desk, Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { contentTypeOf } from '../../documents/content-type.js';
import { cleanName, joinName, splitName } from '../../text/file-name.js';

/** A document whose bytes are kept. */
export interface DocumentIn {
  /** Fit to be shown, with the ending that belongs to its type. */
  readonly name: string;
  /** A media type, by the bytes. */
  readonly type: string;
  readonly bytes: number;
  /** Where its bytes are kept. */
  readonly sha256: string;
}

/** What a document may be, and how such files are called; the first ending is theirs. */
const endings: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'application/pdf': ['.pdf'],
  'image/png': ['.png'],
  'image/jpeg': ['.jpg', '.jpeg'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['.docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['.xlsx'],
  'application/vnd.oasis.opendocument.text': ['.odt'],
};

/** An animated picture is a PNG to whoever does not animate it. */
const alike: Readonly<Record<string, string>> = { 'image/apng': 'image/png' };

type Keeping = Pick<Desk, 'aside' | 'scan' | 'documents'>;

type Found =
  | { readonly type: string; readonly sha256: string; readonly why?: undefined }
  | { readonly why: string; readonly params?: RefusalParams };

/** By the upload's own bytes: a command looks at them before its transaction, and again in it. */
const found = new WeakMap<Buffer, Promise<Found>>();

/**
 * A command's `ahead` for its file fields: what each file is by its bytes, whether it opens, whether the scanner lets it
 * in, its bytes kept by their hash. It refuses nothing; `documentIn` tells.
 */
export async function inspectAhead(desk: Keeping, raw: Readonly<Record<string, Raw>>): Promise<void> {
  for (const value of Object.values(raw)) {
    const uploads = isUpload(value) ? [value] : areUploads(value) ? value : [];
    // more than that are refused by their field, unseen
    for (const { content } of uploads.slice(0, documentsAtMost)) {
      const looking = found.get(content) ?? inspect(desk, content);
      found.set(content, looking);
      await looking.catch(() => undefined);
    }
  }
}

async function inspect(desk: Keeping, content: Buffer): Promise<Found> {
  if (content.length === 0) return { why: 'document-empty' };
  if (content.length > documentBytes) return { why: 'document-large' };
  const { type: said, fault } = await contentTypeOf(content, desk.aside);
  const type = alike[said ?? ''] ?? said;
  if (fault) return { why: `document-${fault.why}`, params: { atMost: fault.atMost ?? 0 } };
  if (!type || !endings[type]) return { why: 'document-type', ...(type ? { params: { type } } : {}) };
  const scanned = await desk.scan?.(content);
  if (scanned?.verdict === 'refused') return { why: 'document-refused', params: { because: scanned.why } };
  if (scanned?.verdict === 'unknown') return { why: 'document-unscanned' };
  return { type, sha256: await desk.documents.keep(content) };
}

/**
 * What was found out ahead about this upload (D9).
 * @throws {Refusal} `file.refused`, naming `field`, the file and what to change: nothing in it, too large, no type that is
 * taken (what it is, and what is taken), protected by a password, damaged, without a page, with macros, far larger than its
 * bytes, too dear to open, refused by the scanner, not to be scanned now
 */
export async function documentIn({ locale }: Pick<Work, 'locale'>, upload: Upload, field: string): Promise<DocumentIn> {
  const looking = found.get(upload.content);
  if (!looking) throw new Error('a document was not looked at ahead: the command lacks `ahead: inspectAhead`');
  const seen = await looking;
  const shown = cleanName(upload.name);
  if (seen.why !== undefined) {
    const params = { ...seen.params, why: seen.why, name: shown, max: documentBytes / 1024 / 1024 };
    throw new Refusal('file.refused', params, { [field]: textsOf(locale).refusals['file.refused'](params) });
  }
  const { type, sha256 } = seen;
  return { name: nameOf(shown, type), type, bytes: upload.content.length, sha256 };
}

/** A file of a command, and the field it came in. */
export interface Incoming {
  readonly upload: Upload;
  readonly field: string;
}

/**
 * The same of several, in their order.
 * @throws {Refusal} `file.refused`, telling of every one that is refused
 */
export async function documentsIn<One extends Incoming>(
  work: Pick<Work, 'locale'>,
  files: readonly One[],
): Promise<(One & { readonly document: DocumentIn })[]> {
  const taken: (One & { readonly document: DocumentIn })[] = [];
  const refusals: Refusal[] = [];
  for (const one of files)
    try {
      taken.push({ ...one, document: await documentIn(work, one.upload, one.field) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.push(error);
    }
  const [first] = refusals;
  if (!first) return taken;
  const told: Record<string, string> = {};
  for (const [field, text] of refusals.flatMap(({ fields = {} }) => Object.entries(fields)))
    told[field] = told[field] === undefined ? text : `${told[field]} ${text}`;
  throw new Refusal('file.refused', first.params, told);
}

/** Endings that are replaced when they are not the bytes' own; any other belongs to the name. */
const mistaken = new Set(Object.values(endings).flat());

/** The name with the ending that belongs to the type; nothing in it that a disk or an archive would take amiss. */
function nameOf(name: string, type: string): string {
  const own = endings[type] ?? [''];
  const plain = name.replace(/[<>:"|?*]/g, '-').replace(/[. ]+$/, '') || 'file';
  const [stem, ending] = splitName(plain);
  const lower = ending.toLowerCase();
  if (own.includes(lower)) return joinName(stem, lower);
  return joinName(mistaken.has(lower) ? stem : plain, own[0]);
}

/**
 * The names under which documents stand side by side, in their order: one that is taken, whatever the case of its
 * letters, becomes `name (2).pdf`, then `(3)`.
 */
export function documentNames(names: readonly string[], taken: readonly string[] = []): string[] {
  const fold = (name: string): string => name.normalize('NFC').toLowerCase();
  const used = new Set(taken.map(fold));
  return names.map((name) => {
    const [stem, ending] = splitName(name);
    let free = joinName(stem, ending);
    for (let count = 2; used.has(fold(free)); count += 1) free = joinName(stem, ` (${count})${ending}`);
    used.add(fold(free));
    return free;
  });
}

/** Those of `added` that `present` lacks, each of them once whatever it is called, with names of their own. */
export function newDocuments<D extends Pick<DocumentIn, 'name' | 'sha256'>>(
  present: readonly { readonly name: string; readonly sha256: string }[],
  added: readonly D[],
): D[] {
  const known = new Set(present.map(({ sha256 }) => sha256));
  const fresh = added.filter(({ sha256 }) => !known.has(sha256) && known.add(sha256));
  const names = documentNames(
    fresh.map(({ name }) => name),
    present.map(({ name }) => name),
  );
  return fresh.map((one, at) => ({ ...one, name: names[at] ?? one.name }));
}
