/**
 * Previews of commands with `yes`: what was shown is remembered by its basis, so that a confirmation of something that
 * has changed meanwhile is refused, and a button or a mail reply can confirm by id (invariant 5).
 */
import { contentHash } from '../guard/once.js';
import type { Work } from '../guard/work.js';
import type { RawInput } from './input.js';
import { keyContent } from './repeat.js';
import { areUploads, isUpload, type Raw, type Upload } from './type.js';

const purpose = 'pending';

interface StoredUpload {
  readonly name: string;
  readonly type: string;
  readonly content: string;
}
type Stored =
  string | number | boolean | readonly string[] | { upload: StoredUpload } | { uploads: readonly StoredUpload[] };

const stored = ({ name, type, content }: Upload): StoredUpload => ({ name, type, content: content.toString('base64') });
const restored = (upload: StoredUpload): Upload => ({ ...upload, content: Buffer.from(upload.content, 'base64') });

function storable(raw: Raw): Stored {
  if (isUpload(raw)) return { upload: stored(raw) };
  return areUploads(raw) ? { uploads: raw.map(stored) } : raw;
}

function rawOf(value: Stored): Raw {
  if (typeof value !== 'object') return value;
  if ('upload' in value) return restored(value.upload);
  return 'uploads' in value ? value.uploads.map(restored) : value;
}

/** An input as encrypted text, files included: a draft or preview survives a restart. */
export function sealInput(work: Pick<Work, 'desk'>, raw: RawInput): string {
  const values = Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, storable(value)]));
  return work.desk.secrets.seal(purpose, JSON.stringify(values));
}

export function openInput(work: Pick<Work, 'desk'>, sealed: string): RawInput {
  const values = JSON.parse(work.desk.secrets.open(purpose, sealed)) as Record<string, Stored>;
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, rawOf(value)]));
}

/** One preview a person, command and content: asking again replaces it. The id is not guessable, but bound to its person too. */
const idOf = (work: Work, command: string, raw: RawInput): string => {
  const { yes: _, 'dry-run': __, ...content } = raw;
  return `p${contentHash([work.actor.personId, command, keyContent(content, work.desk)]).slice(0, 30)}`;
};

/** Larger files are not kept with a preview. */
const keptBytes = 10 * 1024 * 1024;

const tooLarge = (raw: Raw): boolean =>
  (isUpload(raw) ? [raw] : areUploads(raw) ? raw : []).some(({ content }) => content.length > keptBytes);

/** Answers the id to confirm it by; undefined when its file is too large to be kept: it is confirmed by sending it again. */
export async function keepPreview(
  work: Work,
  preview: { command: string; raw: RawInput; basis: string; lastsMs: number },
): Promise<string | undefined> {
  const id = idOf(work, preview.command, preview.raw);
  const kept = Object.fromEntries(Object.entries(preview.raw).filter(([, raw]) => !tooLarge(raw)));
  const whole = Object.keys(kept).length === Object.keys(preview.raw).length;
  const row = {
    personId: work.actor.personId,
    kind: 'preview',
    command: preview.command,
    input: sealInput(work, kept),
    basis: preview.basis,
    createdAt: work.now,
    expiresAt: new Date(work.now.getTime() + preview.lastsMs),
    usedAt: null,
  };
  await work.tx.pendingCommand.upsert({ where: { id }, create: { id, ...row }, update: row });
  return whole ? id : undefined;
}

/** The basis last shown for exactly this command and content, if its preview still holds. */
export async function previewBasis(
  work: Work,
  preview: { command: string; raw: RawInput },
): Promise<string | undefined> {
  const row = await work.tx.pendingCommand.findUnique({ where: { id: idOf(work, preview.command, preview.raw) } });
  return row && row.usedAt === null && row.expiresAt > work.now ? (row.basis ?? undefined) : undefined;
}

/** Being confirmed, it is no longer compared: what it was made from changes by its own command. */
export async function forgetBasis(work: Work, preview: { command: string; raw: RawInput }): Promise<void> {
  await work.tx.pendingCommand.updateMany({
    where: { id: idOf(work, preview.command, preview.raw) },
    data: { basis: null },
  });
}

export async function dropPreview(work: Work, preview: { command: string; raw: RawInput }): Promise<void> {
  await work.tx.pendingCommand.updateMany({
    where: { id: idOf(work, preview.command, preview.raw) },
    data: { usedAt: work.now },
  });
}
