import type { IncomingMessage } from 'node:http';
import type { NumberedUpload } from './post.js';
import { refusals } from './refusal.js';

/** A request carries 25 MiB at most. */
const REQUEST_LIMIT_BYTES = 25 * 1024 * 1024;

export type Body = { json: unknown; files: NumberedUpload[] };

/** The bytes of a request. Throws Discord's 413 for too many. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= REQUEST_LIMIT_BYTES) chunks.push(chunk);
  }
  if (size > REQUEST_LIMIT_BYTES) throw refusals.tooLarge();
  return Buffer.concat(chunks);
}

/** JSON, or `payload_json` with its `files[n]`. Throws 50109 for what is neither. */
export async function parseBody(bytes: Buffer, contentType: string | undefined): Promise<Body> {
  if (!bytes.length) return { json: undefined, files: [] };
  if (contentType?.startsWith('multipart/form-data')) return parseForm(bytes, contentType);
  if (!contentType?.startsWith('application/json')) throw refusals.invalidJson();
  return { json: parseJson(bytes.toString('utf8')), files: [] };
}

async function parseForm(bytes: Buffer, contentType: string): Promise<Body> {
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw refusals.invalidJson();
  }
  const files: NumberedUpload[] = [];
  let json: unknown = {};
  for (const [name, value] of form.entries()) {
    const index = /^files\[(\d+)\]$/.exec(name)?.[1];
    if (name === 'payload_json') json = parseJson(typeof value === 'string' ? value : await value.text());
    else if (index !== undefined && typeof value !== 'string')
      files.push({ index, name: value.name, type: value.type, bytes: Buffer.from(await value.arrayBuffer()) });
    else throw refusals.invalidJson();
  }
  return { json, files };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusals.invalidJson();
  }
}
