/** J9 in the terminal: a preview, `--yes`, and how far it is: lines of JSON for scripts, one calm line for people. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { main } from '../../src/cli.js';
import { createProgress } from '../../src/cli/progress.js';
import { clientTable } from '../core/sheets.js';
import { databases, type TestDatabase } from '../servers/databases.js';

describe.each(databases())('guichet declare bulk on $name', (provider) => {
  let database: TestDatabase;
  let folder: string;
  let env: Record<string, string>;
  const reseller = 'ada@example.org';

  async function run(...args: string[]): Promise<{ code: number; out: string[]; err: string }> {
    const written = { out: '', err: '' };
    const catching = (key: 'out' | 'err') => (chunk: unknown) => ((written[key] += String(chunk)), true);
    const spies = [
      vi.spyOn(process.stdout, 'write').mockImplementation(catching('out')),
      vi.spyOn(process.stderr, 'write').mockImplementation(catching('err')),
    ];
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    try {
      const code = await main(args);
      return { code, out: written.out.trimEnd().split('\n'), err: written.err };
    } finally {
      for (const spy of spies) spy.mockRestore();
      vi.unstubAllEnvs();
    }
  }
  const table = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const bulk = (file: string, ...more: string[]) =>
    run('declare', 'bulk', '--file', file, '--as', reseller, '--json', ...more);

  beforeAll(async () => {
    database = await provider.fresh();
    folder = mkdtempSync(join(tmpdir(), 'guichet-bulk-'));
    env = { DATABASE_URL: database.url, DATA_DIR: join(folder, 'data'), LOCALE: 'en', LOG_LEVEL: 'silent' };
    const person = ['--last-name', 'Weber', '--first-name', 'Ada', '--company', 'Weber'];
    await run('reseller', 'register', '--email', reseller, ...person);
    await run('stock', 'receive', '--reseller', reseller, '--product', 'pro', '--quantity', '1200', '--purchase', 'P');
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  test('a thousand rows: seen, tried, then placed with lines of progress before the answer', async () => {
    const file = table('clients.csv', clientTable(1_000));
    const preview = await bulk(file);
    expect(preview).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(preview.out.at(-1) ?? '')).toMatchObject({
      ok: true,
      code: 'declaration.previewed',
      data: {
        preview: {
          ...{ total: 1_000, good: 1_000, faulty: 0, faults: [] },
          products: [{ product: 'pro', rows: 1_000, available: 1_200 }],
        },
      },
    });
    const tried = await bulk(file, '--yes', '--dry-run');
    expect(JSON.parse(tried.out.at(-1) ?? '')).toMatchObject({ code: 'declaration.bulk-placed', dryRun: true });
    const placed = await bulk(file, '--yes');
    expect(placed).toMatchObject({ code: 0, err: '' });
    const lines = placed.out.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.slice(0, -1)).toEqual([250, 500, 750, 1_000].map((done) => ({ progress: { done, total: 1_000 } })));
    expect(lines.at(-1)).toMatchObject({
      ok: true,
      code: 'declaration.bulk-placed',
      data: { placed: 1_000, refused: 0, items: { length: 1_000 } },
    });
    expect((lines.at(-1)?.['data'] as { items: unknown[] }).items[999]).toMatchObject({
      row: 1_001,
      declaration: expect.stringMatching(/^D-\d{6}$/) as string,
      pack: expect.stringMatching(/^PP/) as string,
      email: 'client-999@maison.example',
      state: 'placed',
    });
  });

  test('faults by row and column; exit 2, and nothing is placed', async () => {
    const file = table('faulty.csv', `${clientTable(1, { prefix: 'cli' })}prp;x;Roy;Zoé;F-9\r\n`);
    const refused = await bulk(file, '--yes');
    expect(refused.code).toBe(2);
    expect(JSON.parse(refused.out.at(-1) ?? '')).toMatchObject({
      ok: false,
      code: 'input.invalid',
      fields: { '3:product': expect.stringContaining('one of') as string, '3:email': expect.any(String) as string },
    });
    const good = await bulk(file, '--yes', '--mode', 'good');
    expect(JSON.parse(good.out.at(-1) ?? '')).toMatchObject({ data: { placed: 1, refused: 1 } });
  });

  test('for people: a preview and an answer as text, a row a line', async () => {
    const file = table('few.csv', clientTable(2, { prefix: 'text' }));
    const args = ['declare', 'bulk', '--file', file, '--as', reseller];
    const preview = await run(...args);
    expect(preview.out[0]).toBe('All 2 rows can be placed. Nothing has changed yet: confirm with “yes”.');
    const placed = await run(...args, '--yes');
    expect(placed).toMatchObject({ code: 0, err: '' });
    expect(placed.out[0]).toBe('2 declarations placed.');
    expect(placed.out.join('\n')).toMatch(/3 +D-\d{6} +PP\w+ +text-1@maison\.example +placed/);
  });
});

describe('progress on stderr', () => {
  const shown = (isTTY: boolean, at: readonly [ms: number, text: string][]) => {
    let [now, written] = [0, ''];
    const progress = createProgress({ isTTY, write: (text) => (written += text) }, () => now);
    for (const [ms, text] of at) {
      now = ms;
      progress.tell(text);
    }
    progress.end();
    return written;
  };

  test('on a terminal it is one line that changes, and goes before the answer', () => {
    expect(
      shown(true, [
        [0, 'a'],
        [50, 'b'],
        [150, 'c'],
      ]),
    ).toBe('\r\u001B[Ka\r\u001B[Kc\r\u001B[K');
    expect(shown(true, [])).toBe('');
  });

  test('elsewhere it is a line every two seconds, and none for what is quick', () => {
    expect(
      shown(false, [
        [500, 'a'],
        [1_999, 'b'],
        [2_000, 'c'],
        [3_000, 'd'],
        [4_100, 'e'],
      ]),
    ).toBe('c\ne\n');
  });
});
