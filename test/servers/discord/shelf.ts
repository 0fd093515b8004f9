import type { Snowflakes } from './time.js';

export type Upload = { name: string; type: string; bytes: Buffer };

export type AttachmentJson = {
  id: string;
  filename: string;
  size: number;
  url: string;
  proxy_url: string;
  content_type: string;
  title?: string;
  description?: string;
  ephemeral?: boolean;
};

const types: Record<string, string> = {
  csv: 'text/csv; charset=utf-8',
  eml: 'message/rfc822',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json; charset=utf-8',
  pdf: 'application/pdf',
  png: 'image/png',
  txt: 'text/plain; charset=utf-8',
  webp: 'image/webp',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xml: 'application/xml',
  zip: 'application/zip',
};

/** A name as Discord keeps it: letters, digits, `_.-`; spaces become underscores; none at either end. */
export function cleanName(name: string): string {
  const clean = name
    .normalize('NFKD')
    .replaceAll(/[/\\\s]+/g, '_')
    .replaceAll(/[^\w.-]/g, '')
    .replaceAll(/^[._]+|[._]+$/g, '');
  return clean || 'unknown';
}

/** The files of messages and interactions, and the CDN that serves them. */
export class Shelf {
  readonly #files = new Map<string, Upload>();
  readonly #ids: Snowflakes;
  /** `http://127.0.0.1:PORT`, known once the server listens. */
  origin = '';

  constructor(ids: Snowflakes) {
    this.#ids = ids;
  }

  /** Keeps a file; ephemeral ones get the other folder, as on Discord's CDN. The address carries a signature to be kept whole. */
  keep(upload: Upload, place: { channelId: string; ephemeral: boolean; description?: string }): AttachmentJson {
    const id = this.#ids.next();
    const filename = cleanName(upload.name);
    const folder = place.ephemeral ? 'ephemeral-attachments' : 'attachments';
    const path = `/${folder}/${place.channelId}/${id}/${filename}`;
    const type = types[filename.split('.').at(-1)?.toLowerCase() ?? ''] ?? (upload.type || 'application/octet-stream');
    this.#files.set(path, { name: filename, type, bytes: upload.bytes });
    const url = `${this.origin}${path}?ex=7fffffff&is=00000000&hm=${id}`;
    return {
      id,
      filename,
      size: upload.bytes.length,
      url,
      proxy_url: url,
      content_type: type,
      ...(filename !== upload.name.replaceAll(' ', '_') && { title: upload.name.replace(/\.[^.]*$/, '') }),
      ...(place.description && { description: place.description }),
      ...(place.ephemeral && { ephemeral: true }),
    };
  }

  /** The file behind an address, undefined if there is none or the signature is missing (Discord's CDN then says 404). */
  find(address: string): Upload | undefined {
    const url = new URL(address, 'http://localhost');
    return url.searchParams.has('hm') ? this.#files.get(decodeURIComponent(url.pathname)) : undefined;
  }

  drop(attachments: readonly AttachmentJson[]): void {
    for (const { url } of attachments) this.#files.delete(decodeURIComponent(new URL(url).pathname));
  }
}
