/** What the desk keeps is its own user's alone, however it was made. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDesk, type DeskSettings } from '../../src/core/open.js';
import { openFolder } from '../../src/core/secrets/file-permissions.js';
import { root, secretKey } from './ground.js';

describe('the files of a desk', () => {
  let folder: string;
  let before: number;
  beforeAll(() => {
    before = process.umask(0);
    folder = mkdtempSync(join(tmpdir(), 'guichet-rights-'));
  });
  afterAll(() => {
    process.umask(before);
    rmSync(folder, { recursive: true, force: true });
  });
  const settings = (name: string): DeskSettings => ({
    ...{ ROOT: root, DATABASE_URL: `file:${join(folder, name, 'guichet.db')}`, DATA_DIR: join(folder, name) },
    ...{ SECRET_KEY: secretKey, CATALOGUE: join(root, 'catalogue'), LETTERS: join(root, 'letters') },
    ...{ PUBLIC_URL: 'http://127.0.0.1:8080', MAIL_FROM: 'guichet@localhost', LOCALE: 'fr', TIME_ZONE: 'Europe/Paris' },
  });
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

  test.each(['new', 'wide open before'])('%s', async (name) => {
    const data = join(folder, name);
    if (name !== 'new') {
      mkdirSync(data, { recursive: true, mode: 0o777 });
      chmodSync(data, 0o777);
      writeFileSync(join(data, 'guichet.db'), '', { mode: 0o666 });
    }
    const open = await openDesk(settings(name), { onFault: () => undefined });
    await open.desk.documents.keep(Buffer.from('a document'));
    await open.desk.rawMail.keep(Buffer.from('a mail'));
    await open.dispatcher.dispatch({
      door: 'terminal',
      caller: { kind: 'operator' },
      command: 'staff list',
      input: {},
    });
    const wrong = (where: string): string[] =>
      readdirSync(where, { withFileTypes: true }).flatMap((entry) => {
        const path = join(where, entry.name);
        const right = entry.isDirectory() ? '700' : '600';
        return [
          ...(modeOf(path) === right ? [] : [`${path} ${modeOf(path)}`]),
          ...(entry.isDirectory() ? wrong(path) : []),
        ];
      });
    expect(existsSync(join(data, 'guichet.db-wal'))).toBe(true);
    expect([modeOf(data), wrong(data)]).toEqual(['700', []]);
    await open.close();
    expect(wrong(data)).toEqual([]);
  });

  test('a folder of the database that others may look into, and that is not ours to close, is told', () => {
    const elsewhere = join(folder, 'shared');
    mkdirSync(elsewhere, { mode: 0o755 });
    const databaseUrl = `file:${join(elsewhere, 'guichet.db')}`;
    expect(openFolder({ dataDir: join(folder, 'new'), databaseUrl })).toBe(elsewhere);
    chmodSync(elsewhere, 0o700);
    expect(openFolder({ dataDir: join(folder, 'new'), databaseUrl })).toBeUndefined();
    expect(openFolder({ dataDir: folder, databaseUrl })).toBeUndefined();
    expect(openFolder({ dataDir: folder, databaseUrl: 'postgres://somewhere/desk' })).toBeUndefined();
  });
});
