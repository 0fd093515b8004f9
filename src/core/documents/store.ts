/** The document store: bytes kept once, by their SHA-256, under the data folder; names from outside never reach the disk. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Documents {
  /** Keeps the bytes and answers their SHA-256 (hex) once they are on disk. */
  keep(content: Buffer): Promise<string>;
  /** @throws when nothing is kept under this hash, or the bytes no longer match it */
  read(sha256: string): Promise<Buffer>;
  /** Lets go of one, unless it was kept again since `olderThan`. Answers whether it went. */
  drop(sha256: string, olderThan: Date): Promise<boolean>;
  /** Lets go of what was last kept before `olderThan`, except what is `spared` (by SHA-256). Answers how many. */
  prune(olderThan: Date, spared: ReadonlySet<string>): Promise<number>;
}

/** What was named in a folder is on disk. */
async function flushed(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @param folder made when first written to, mode 0700 */
export function createDocuments(folder: string): Documents {
  const place = (sha256: string) => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('not a SHA-256');
    return join(folder, sha256.slice(0, 2), sha256);
  };
  return {
    async keep(content) {
      const sha256 = createHash('sha256').update(content).digest('hex');
      const file = place(sha256);
      const made = await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const draft = `${file}.${randomUUID()}`;
      await writeFile(draft, content, { mode: 0o600, flush: true });
      await rename(draft, file);
      // a power cut must not lose the name of what an answer has promised
      await flushed(dirname(file));
      if (made !== undefined) for (const above of new Set([folder, dirname(made)])) await flushed(above);
      return sha256;
    },
    async read(sha256) {
      const content = await readFile(place(sha256));
      if (createHash('sha256').update(content).digest('hex') !== sha256)
        throw new Error(`document ${sha256} is damaged`);
      return content;
    },
    async drop(sha256, olderThan) {
      const file = place(sha256);
      const written = await stat(file).then(
        ({ mtime }) => mtime,
        () => undefined,
      );
      if (!written || written >= olderThan) return false;
      await rm(file, { force: true });
      return true;
    },
    async prune(olderThan, spared) {
      let removed = 0;
      for (const sub of await readdir(folder).catch(() => [])) {
        for (const name of await readdir(join(folder, sub))) {
          const file = join(folder, sub, name);
          // another process may prune the same folder
          const written = await stat(file).then(
            ({ mtime }) => mtime,
            () => olderThan,
          );
          if (written >= olderThan || spared.has(name)) continue;
          await rm(file, { force: true });
          removed += 1;
        }
      }
      return removed;
    },
  };
}
