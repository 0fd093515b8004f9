/** A dossier (D13): one ZIP of an order, with a manifest by which it can be checked later, by us or by hand. */
import { createHash } from 'node:crypto';
import { fromBufferPromise, type Entry, type ZipFile as OpenZip } from 'yauzl';
import { ZipFile } from 'yazl';
import { z } from 'zod';
import { Refusal } from '../../guard/refusal.js';
import { inParts } from '../../database/bulk-insert.js';

export interface DossierEntry {
  /** Its path in the ZIP: `documents/bc.pdf`. */
  readonly name: string;
  readonly content: Buffer;
}

/** A file as the manifest tells it. */
export interface DossierFile {
  readonly name: string;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

export interface Dossier {
  /** As printed, `O-…`. */
  readonly order: string;
  readonly entries: readonly DossierEntry[];
  /** When the order last changed: the same order gives the same bytes. */
  readonly at: Date;
}

const manifestName = 'manifest.json';

const fileOf = ({ name, content }: DossierEntry): DossierFile => ({
  name,
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});

/** Text as the dossier keeps data. */
export const jsonEntry = (name: string, value: unknown): DossierEntry => ({
  name,
  content: Buffer.from(`${JSON.stringify(value, null, 2)}\n`),
});

/** The ZIP, its manifest last, and what the manifest says. */
export async function makeDossier({
  order,
  entries,
  at,
}: Dossier): Promise<{ content: Buffer; files: readonly DossierFile[] }> {
  const files = entries.map(fileOf);
  const archive = new ZipFile();
  for (const { name, content } of [...entries, jsonEntry(manifestName, { order, files })])
    // pictures and PDFs are packed already
    archive.addBuffer(content, name, { mtime: at, mode: 0o100644, compress: /\.(json|txt)$/.test(name) });
  archive.end();
  const chunks: Buffer[] = [];
  for await (const chunk of archive.outputStream) chunks.push(chunk as Buffer);
  return { content: Buffer.concat(chunks), files };
}

const manifestShape = z.strictObject({
  order: z.string().regex(/^O-\d{6,9}$/),
  files: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(400),
        bytes: z.int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .max(5_000),
});

const manifestMost = 4 * 1024 * 1024;
/** Ten documents of ten megabytes, and room for the mails; what says that it has more is not opened. */
const unpackedMost = 256 * 1024 * 1024;
const entriesMost = 5_001;

const refused = (why: string, entry = ''): Refusal => new Refusal('file.refused', { why: `dossier-${why}`, entry });

/**
 * Checks a dossier against its own manifest: every file is there, none is altered, none was added. What is in it is never
 * written to disk, and no more of it is unpacked than it says it has.
 * @throws {Refusal} `file.refused`, with the first entry that is wrong
 */
export async function verifyDossier(content: Buffer): Promise<{ order: string; files: readonly DossierFile[] }> {
  const zip = await fromBufferPromise(content, { strictFileNames: true, autoClose: false }).catch(() => {
    throw refused('unreadable');
  });
  const entries = await entriesOf(zip);
  const manifest = await manifestOf(zip, entries.get(manifestName));
  const told = new Set(manifest.files.map(({ name }) => name));
  const stranger = [...entries.keys()].find((name) => name !== manifestName && !told.has(name));
  if (stranger !== undefined) throw refused('added', stranger);
  await inParts(manifest.files, 1, async ([file]) => {
    if (file) await checked(zip, entries.get(file.name), file);
  });
  return manifest;
}

/** The archive's directory. A path that leads out of it (`../x`, `/x`) makes it unreadable; so does a name that is there twice. */
async function entriesOf(zip: OpenZip): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  if (zip.entryCount > entriesMost) throw refused('large');
  let unpacked = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      if (entries.has(entry.fileName)) throw refused('added', entry.fileName);
      entries.set(entry.fileName, entry);
      unpacked += entry.uncompressedSize;
    }
  } catch (error) {
    throw error instanceof Refusal ? error : refused('unreadable');
  }
  if (unpacked > unpackedMost) throw refused('large');
  return entries;
}

async function manifestOf(zip: OpenZip, entry: Entry | undefined): Promise<z.infer<typeof manifestShape>> {
  if (!entry) throw refused('unreadable');
  if (entry.uncompressedSize > manifestMost) throw refused('large');
  const chunks: Buffer[] = [];
  try {
    await unpack(zip, entry, (chunk) => void chunks.push(chunk));
    const manifest = manifestShape.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    if (new Set(manifest.files.map(({ name }) => name)).size === manifest.files.length) return manifest;
  } catch {
    // told below
  }
  throw refused('unreadable');
}

/** @throws {Refusal} when it is missing, or not what the manifest says */
async function checked(zip: OpenZip, entry: Entry | undefined, file: DossierFile): Promise<void> {
  if (!entry) throw refused('missing', file.name);
  if (entry.uncompressedSize !== file.bytes) throw refused('altered', file.name);
  const hash = createHash('sha256');
  await unpack(zip, entry, (chunk) => void hash.update(chunk)).catch(() => {
    throw refused('altered', file.name);
  });
  if (hash.digest('hex') !== file.sha256) throw refused('altered', file.name);
}

/** Reads an entry as far as it says it goes. @throws when it is damaged, or goes further */
async function unpack(zip: OpenZip, entry: Entry, take: (chunk: Buffer) => void): Promise<void> {
  let left = entry.uncompressedSize;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    left -= (chunk as Buffer).length;
    if (left < 0) throw new Error('longer than it says');
    take(chunk as Buffer);
  }
  if (left > 0) throw new Error('shorter than it says');
}
