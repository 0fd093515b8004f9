import { chmod, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

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
    if ((await stat(path)).mtime >= olderThan) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}
