/** Files that people hand over in Discord: fetched at once, for their addresses end; only from Discord's own hosts. */
import type { Upload } from '../core/command/type.js';
import type { AttachmentRef } from './slash.js';

export class AttachmentRefused extends Error {
  override name = 'AttachmentRefused';
  /** The field it was for. */
  readonly field: string;
  /** `place`: not an address of Discord's; `gone`: it could not be fetched; `size`: more than the field takes. */
  readonly why: 'place' | 'gone' | 'size';
  readonly maxBytes: number;
  readonly host: string;
  constructor(why: AttachmentRefused['why'], more: { field: string; maxBytes: number; host: string }) {
    super(`${more.field}: ${why}`);
    this.why = why;
    this.field = more.field;
    this.maxBytes = more.maxBytes;
    this.host = more.host;
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
    const about = { field, maxBytes, host: url?.host ?? '' };
    if (!url || !isOurs(url)) throw new AttachmentRefused('place', about);
    if (ref.size > maxBytes) throw new AttachmentRefused('size', about);
    const content = await read(ref.url, maxBytes).catch(() => {
      throw new AttachmentRefused('gone', about);
    });
    if (!content) throw new AttachmentRefused('size', about);
    return { name: cleanName(ref.name), type: ref.contentType ?? 'application/octet-stream', content };
  };
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

/** A file's name as data: no path, no control or reordering characters, at most 120 characters. */
export function cleanName(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const shown = last
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
    .replace(/^[\s.]+/, '')
    .trim();
  const letters = [...shown];
  return letters.length > 120 ? letters.slice(-120).join('') : shown || 'file';
}
