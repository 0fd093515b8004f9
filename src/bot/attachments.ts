/** Files that people hand over in Discord: fetched at once, for their addresses end; only from Discord's own hosts. */
import { typeOf, type AnyCommand } from '../core/command/define.js';
import { useOf } from '../core/command/registry.js';
import type { Upload } from '../core/command/type.js';
import { cleanName } from '../core/text/file-name.js';
import type { AttachmentRef, AttachmentRefs } from './slash.js';

export class AttachmentRefused extends Error {
  override name = 'AttachmentRefused';
  /** The field it was for. */
  readonly field: string;
  /**
   * `place`: not an address of Discord's; `gone`: it could not be fetched; `size`: larger than the field takes;
   * `many`: more files than it takes.
   */
  readonly why: 'place' | 'gone' | 'size' | 'many';
  readonly maxBytes: number;
  readonly host: string;
  readonly maxFiles: number;
  /** Fit to be shown; empty when it is about several. */
  readonly file: string;
  constructor(
    why: AttachmentRefused['why'],
    more: { field: string; maxBytes: number; host: string; maxFiles?: number; file?: string },
  ) {
    super(`${more.field}: ${why}`);
    this.why = why;
    this.field = more.field;
    this.maxBytes = more.maxBytes;
    this.host = more.host;
    this.maxFiles = more.maxFiles ?? 1;
    this.file = more.file ?? '';
  }
}

const hosts = new Set(['cdn.discordapp.com', 'media.discordapp.net']);
const patienceMs = 60_000;

export type FetchAttachment = (field: string, ref: AttachmentRef, maxBytes: number) => Promise<Upload>;

/** @param api DISCORD_API: its host serves files too, as a test server or a proxy does */
export function attachmentsFrom(api: string | undefined): FetchAttachment {
  const own = api === undefined ? undefined : new URL(api);
  const isOurs = (url: URL): boolean =>
    (url.protocol === 'https:' && url.port === '' && hosts.has(url.hostname)) ||
    (own !== undefined && url.protocol === own.protocol && url.host === own.host);
  return async (field, ref, maxBytes) => {
    const url = URL.canParse(ref.url) ? new URL(ref.url) : undefined;
    const about = { field, maxBytes, host: url?.host ?? '', file: cleanName(ref.name) };
    if (!url || !isOurs(url)) throw new AttachmentRefused('place', about);
    if (ref.size > maxBytes) throw new AttachmentRefused('size', about);
    const content = await read(ref.url, maxBytes).catch(() => {
      throw new AttachmentRefused('gone', about);
    });
    if (!content) throw new AttachmentRefused('size', about);
    return { name: about.file, type: ref.contentType ?? 'application/octet-stream', content };
  };
}

/**
 * Fetches the files of a command's fields, all at the same time.
 * @throws {AttachmentRefused} about the first that can't be had
 */
export async function fetchFiles(
  fetchAttachment: FetchAttachment,
  { command, files }: { command: AnyCommand | undefined; files: AttachmentRefs },
): Promise<Record<string, Upload | readonly Upload[]>> {
  const fields = [...files].map(async ([field, refs]) => {
    const use = command && useOf(command, field);
    const type = use && typeOf(use);
    const several = type?.kind === 'files';
    const [maxBytes, maxFiles] = [(several ? type.item?.max : type?.max) ?? 0, several ? (type.max ?? 1) : 1];
    if (refs.length > maxFiles) throw new AttachmentRefused('many', { field, maxBytes, host: '', maxFiles });
    const uploads = await Promise.all(refs.map((ref) => fetchAttachment(field, ref, maxBytes)));
    return [field, several ? uploads : uploads[0]] as const;
  });
  const fetched = await Promise.all(fields);
  return Object.fromEntries(fetched.flatMap(([field, value]) => (value ? [[field, value] as const] : [])));
}

/** The bytes; nothing when there are more than said, whatever was announced. @throws when there is no good answer */
async function read(url: string, maxBytes: number): Promise<Buffer | undefined> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(patienceMs) });
  if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    // leaving the loop ends the connection
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
