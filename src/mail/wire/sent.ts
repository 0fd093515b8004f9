import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { decodeWords, splitHeaders } from '../read/headers.js';

/**
 * Keeps a mail as `<dir>/<time>-<id>.eml` (SPEC section 0): whole or not at all, mode 0600 in a folder of mode 0700.
 * The time's colons are written as dashes. Returns the file's name. Throws what the disk throws.
 */
export async function keepSent(dir: string, mail: { date: Date; id: string; raw: Buffer }): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  // a folder that was there before keeps the mode it had
  await chmod(dir, 0o700);
  const id =
    mail.id
      .replace(/[^a-z0-9._-]+/gi, '-')
      .replace(/^[.-]+|-+$/g, '')
      .slice(0, 100) || 'mail';
  const name = `${mail.date.toISOString().replaceAll(':', '-')}-${id}.eml`;
  const unfinished = join(dir, `.${name}.tmp`);
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.writeFile(mail.raw);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, join(dir, name));
  return name;
}

/** Removes kept mails last written before `olderThan`, and what a crash left unfinished. Returns how many. */
export async function pruneSent(dir: string, olderThan: Date): Promise<number> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  let removed = 0;
  for (const name of names.filter((one) => /\.eml(\.tmp)?$/.test(one))) {
    const path = join(dir, name);
    const kept = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined; // renamed or removed since it was listed
      throw error;
    });
    if (!kept || kept.mtime >= olderThan) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}

/** A kept mail as the desk page lists it. */
export interface SentMail {
  /** Its file's name without `.eml`. */
  id: string;
  at: Date;
  to: string;
  subject: string;
}

export interface SentMails {
  /** The newest first. */
  list(limit: number): Promise<SentMail[]>;
  /** One mail; undefined when there is none of that id, whatever the id looks like. */
  read(id: string): Promise<{ headers: [name: string, value: string][]; text: string; html: string } | undefined>;
}

// Only names that keepSent makes: no slash, no dot at the start, so an id is never a path of its own.
const idPattern = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3}Z)-[\w.-]{1,100}$/;

/** The mails kept in a folder; a folder that is not there is empty. */
export function sentMails(dir: string): SentMails {
  return {
    async list(limit) {
      const names = await readdir(dir).catch(nothing<string[]>([]));
      const ids = names.filter((name) => name.endsWith('.eml')).map((name) => name.slice(0, -'.eml'.length));
      const newest = ids.filter((id) => idPattern.test(id)).sort((a, b) => (a < b ? 1 : -1));
      return Promise.all(newest.slice(0, limit).map((id) => listed(dir, id)));
    },
    async read(id) {
      if (!idPattern.test(id)) return undefined;
      const raw = await readFile(join(dir, `${id}.eml`)).catch(nothing(undefined));
      if (!raw) return undefined;
      const { text = '', html } = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true });
      const headers = splitHeaders(raw).fields.map(({ name, value }): [string, string] => [name, decodeWords(value)]);
      return { headers, text, html: html || '' };
    },
  };
}

const nothing =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };

async function listed(dir: string, id: string): Promise<SentMail> {
  // pruned between the two looks at the folder: it is listed without its headers
  const { fields } = splitHeaders(await readFile(join(dir, `${id}.eml`)).catch(nothing(Buffer.alloc(0))));
  const value = (name: string) => decodeWords(fields.find((field) => field.name === name)?.value ?? '');
  return { id, at: new Date(id.replace(idPattern, '$1:$2:$3')), to: value('to'), subject: value('subject') };
}
