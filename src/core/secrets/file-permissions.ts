/**
 * Who on this machine may read what the desk keeps: its own user alone (0600, 0700), whatever the umask was and however
 * the files were made. SQLite gives its `-wal` and `-shm` the rights of the database file.
 */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';

const own = { file: 0o600, folder: 0o700 } as const;

/** The files of a SQLite database. */
const filesOf = (path: string): string[] => [path, `${path}-wal`, `${path}-shm`];

const pathOf = (url: string): string | undefined => (url.startsWith('file:') ? resolve(url.slice(5)) : undefined);

/**
 * Makes DATA_DIR and the database's files the desk's own. A database elsewhere keeps its folder as it is (`openFolder`): it
 * may be other programs' too.
 * @throws what the file system throws: the files are another user's
 */
export function tighten({ dataDir, databaseUrl }: { dataDir: string; databaseUrl: string }): void {
  mkdirSync(dataDir, { recursive: true, mode: own.folder });
  narrow(dataDir, own.folder);
  const path = pathOf(databaseUrl);
  if (path === undefined) return;
  mkdirSync(dirname(path), { recursive: true, mode: own.folder });
  if (!existsSync(path)) closeSync(openSync(path, 'a', own.file));
  for (const file of filesOf(path)) if (existsSync(file)) narrow(file, own.file);
}

/** Its own user may do less than it asks for, and others nothing. */
function narrow(path: string, mode: number): void {
  if ((statSync(path).mode & 0o777) !== mode) chmodSync(path, mode);
}

/** The database's folder, where others may look into it and it is not ours to change; told at start. */
export function openFolder({ dataDir, databaseUrl }: { dataDir: string; databaseUrl: string }): string | undefined {
  const path = pathOf(databaseUrl);
  if (path === undefined) return undefined;
  const folder = dirname(path);
  const inside = folder === resolve(dataDir) || folder.startsWith(resolve(dataDir) + sep);
  return !inside && (statSync(folder).mode & 0o077) !== 0 ? folder : undefined;
}
