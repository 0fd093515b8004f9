/** The terminal door as a script sees it: exit codes, JSON on stdout, files. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { main } from '../../src/cli.js';
import { jsonOf, textOf } from '../../src/cli/print.js';
import { deskLinks } from '../../src/core/ports/desk-links.js';
import { openDesk } from '../../src/core/open.js';
import { readSettings } from '../../src/settings.js';
import { pdf } from '../core/files.js';
import { databases, type TestDatabase } from '../servers/databases.js';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The last line of stdout. */
  readonly json: Readonly<Record<string, unknown>>;
}

describe.each(databases())('guichet on $name', (provider) => {
  let database: TestDatabase;
  let folder: string;
  let env: Record<string, string>;
  const reseller = 'ada@example.org';
  const declaring = (order: string, ...more: string[]) => [
    'declare',
    'new',
    '--product',
    'pro',
    '--email',
    'c@example.org',
    '--last-name',
    'C',
    '--first-name',
    'D',
    '--order-number',
    order,
    '--as',
    reseller,
    ...more,
  ];
  const answerIn = (out: string) =>
    out.trimEnd().split('\n').at(-1)?.startsWith('{')
      ? (JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as Ran['json'])
      : {};

  /** In this process: what `bin/guichet.mjs` calls once the build is there. */
  async function run(args: readonly string[], more: Record<string, string> = {}): Promise<Ran> {
    const written = { out: '', err: '' };
    const catching = (key: 'out' | 'err') => (chunk: unknown) => ((written[key] += String(chunk)), true);
    const spies = [
      vi.spyOn(process.stdout, 'write').mockImplementation(catching('out')),
      vi.spyOn(process.stderr, 'write').mockImplementation(catching('err')),
    ];
    for (const [name, value] of Object.entries({ ...env, ...more })) vi.stubEnv(name, value);
    try {
      const code = await main(args);
      return { code, ...written, json: answerIn(written.out) };
    } finally {
      for (const spy of spies) spy.mockRestore();
      vi.unstubAllEnvs();
    }
  }

  beforeAll(async () => {
    database = await provider.fresh();
    folder = mkdtempSync(join(tmpdir(), 'guichet-cli-'));
    env = { DATABASE_URL: database.url, DATA_DIR: join(folder, 'data'), LOCALE: 'en', LOG_LEVEL: 'silent' };
    await run([
      'reseller',
      'register',
      '--email',
      reseller,
      '--last-name',
      'Weber',
      '--first-name',
      'Ada',
      '--company',
      'Weber',
    ]);
    await run(['stock', 'receive', '--reseller', reseller, '--product', 'pro', '--quantity', '9', '--purchase', 'P']);
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  test('0 when done: text for people, one line of JSON for scripts', async () => {
    const text = await run(['stock', 'show', '--as', reseller]);
    expect(text).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Stock of Weber.') as string });
    expect(text.out).toMatch(
      /^ +Power +Power EnOcean +Power Ultimate +Pro\nAvailable .* 9\nReserved .* 0\nDeclared .* 0$/m,
    );
    const json = await run(['stock', 'show', '--as', reseller, '--json']);
    expect(json.out.trimEnd().split('\n')).toHaveLength(1);
    expect(json).toMatchObject({
      code: 0,
      err: '',
      json: { ok: true, code: 'stock.shown', data: { reseller: 'G-000001' } },
    });
  });

  test('2 when refused, with the fields as they were typed', async () => {
    const json = await run([
      'stock',
      'receive',
      '--reseller',
      reseller,
      '--product',
      'prp',
      '--purchase',
      'P',
      '--json',
    ]);
    expect(json).toMatchObject({
      code: 2,
      json: {
        ok: false,
        code: 'input.invalid',
        fields: { product: expect.stringContaining('must be one of') as string, quantity: 'is needed' },
      },
    });
    expect(json.json).not.toHaveProperty('missing');
    const text = await run(['stock', 'receive', '--reseller', reseller]);
    expect(text).toMatchObject({ code: 2, out: '' });
    expect(text.err).toContain('--quantity is needed');
  });

  test('3 when it waits for another person, in a dry run too', async () => {
    const withdraw = [
      'stock',
      'withdraw',
      '--reseller',
      reseller,
      '--product',
      'pro',
      '--quantity',
      '1',
      '--reason',
      'sent back',
      '--json',
    ];
    expect(await run([...withdraw, '--dry-run'])).toMatchObject({
      code: 3,
      json: { code: 'approval.pending', data: { approval: null }, dryRun: true },
    });
    expect(await run(withdraw)).toMatchObject({
      code: 3,
      json: { ok: true, code: 'approval.pending', data: { approval: expect.stringMatching(/^A-\d{6}$/) as string } },
    });
  });

  test('1 when it is a fault of ours, with a reference, and still one line of JSON', async () => {
    const gone = await run(['stock', 'show', '--json'], {
      DATABASE_URL:
        provider.name === 'sqlite'
          ? `file:${join(folder, 'data', 'secret.key', 'x.db')}`
          : 'postgres://guichet@127.0.0.1:1/x',
    });
    expect(gone).toMatchObject({
      code: 1,
      json: { ok: false, code: 'fault', reference: expect.any(String) as string },
    });
    const key = await run(['help', '--json'], { SECRET_KEY: Buffer.alloc(32, 9).toString('base64') });
    expect(key).toMatchObject({
      code: 1,
      json: { code: 'fault' },
      err: expect.stringContaining('secret key') as string,
    });
    const settings = await run(['help', '--json'], { LOCALE: 'xx', HTTP_LISTEN: 'nowhere' });
    expect(settings).toMatchObject({ code: 1, json: { code: 'fault' } });
    for (const name of ['LOCALE', 'HTTP_LISTEN']) expect(settings.err).toContain(name);
  });

  test('without --as the operator, with it that person', async () => {
    expect(await run(['account', 'show', '--as', ' ADA@example.org ', '--json'])).toMatchObject({
      json: { data: { person: reseller } },
    });
    expect(await run(declaring('F-0').slice(0, -2).concat('--json'))).toMatchObject({
      code: 2,
      json: { code: 'access.denied' },
    });
    expect(await run(['help', '--as', 'nonsense', '--json'])).toMatchObject({
      code: 2,
      json: { code: 'input.invalid', fields: { as: expect.any(String) as string } },
    });
  });

  test('--key: a repeat prints the same answer, other content is refused', async () => {
    const first = await run(declaring('F-1', '--key', 'k1', '--json'));
    expect(first).toMatchObject({ code: 0, json: { code: 'declaration.placed' } });
    expect(await run(declaring('F-1', '--json', '--key=k1'))).toEqual(first);
    expect(await run(declaring('F-2', '--key', 'k1', '--json'))).toMatchObject({
      code: 2,
      json: { code: 'key.reused' },
    });
  });

  test('--dry-run changes nothing and says so', async () => {
    const dry = await run(declaring('F-3', '--dry-run', '--json'));
    expect(dry).toMatchObject({
      code: 0,
      json: { ok: true, code: 'declaration.placed', dryRun: true, data: { declaration: null, pack: null } },
    });
    const real = await run(declaring('F-3', '--dry-run=no', '--takeover', '--json'));
    expect(real).toMatchObject({
      json: { data: { declaration: expect.stringMatching(/^D-/) as string, takeover: true } },
    });
    expect(real.json).not.toHaveProperty('dryRun');
  });

  test('a document that is empty, too large or has a password is refused by name', async () => {
    const order = ['order', 'new', '--type', 'initial', '--origin', 'new-site', '--as', reseller, '--json'];
    const kept = (name: string, content: Buffer): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const [empty, large] = [kept('vide.pdf', Buffer.alloc(0)), kept('plan.pdf', Buffer.alloc(10 * 1024 * 1024 + 1))];
    const both = await run([...order, '--purchase-order', empty, '--documents', large, '--documents', empty]);
    expect(both).toMatchObject({
      code: 2,
      json: { code: 'file.refused', fields: { documents: expect.stringMatching(/plan\.pdf.*vide\.pdf/) as string } },
    });
    const locked = kept('bc.pdf', await pdf('a', { userPassword: 'secret' }));
    const refused = await run([...order, '--purchase-order', locked]);
    const told = expect.stringMatching(/^bc\.pdf .*(password|mot de passe)/) as string;
    expect(refused).toMatchObject({ code: 2, json: { code: 'file.refused', fields: { 'purchase-order': told } } });
  });

  test('--yes confirms what a preview showed', async () => {
    const file = join(folder, 'packs.csv');
    writeFileSync(file, 'number,product,purchase\nPP2016JUN000000000001,power,P\n');
    const ask = ['stock', 'import', '--reseller', reseller, '--file', file, '--json'];
    const preview = await run(ask);
    expect(preview).toMatchObject({
      code: 0,
      json: { ok: true, code: 'stock.previewed', data: { preview: { good: 1 } } },
    });
    expect(Object.keys(preview.json).sort()).toEqual(['code', 'data', 'ok']);
    expect(await run([...ask, '--yes'])).toMatchObject({
      code: 0,
      json: { code: 'stock.imported', data: { imported: 1 } },
    });
  });

  test.each([
    [['stock', 'import', '--reseller', reseller, '--file', '/nowhere/packs.csv'], ['file']],
    [['stock', 'show', '--reseller'], ['reseller']],
    [
      ['stock', 'show', '--colour', 'red', '--shape'],
      ['colour', 'shape'],
    ],
    [['stock', 'show', 'now'], ['now']],
    [['stock', 'show', '--yes'], ['yes']],
  ])('%j is refused by name', async (args, fields) => {
    const ran = await run([...args, '--json']);
    expect(ran).toMatchObject({ code: 2, json: { code: 'input.invalid' } });
    expect(Object.keys(ran.json['fields'] as object)).toEqual(fields);
  });

  test('an unknown command names the nearest, no command is help', async () => {
    expect(await run(['stok', 'shwo'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('“stock show”') as string,
    });
    expect(await run([])).toMatchObject({ code: 0, out: expect.stringContaining('audit verify') as string });
    expect(await run(['aide', 'declare', 'new', '--json'])).toMatchObject({
      json: { code: 'help.shown', data: { command: 'declare new' } },
    });
  });

  test('desk: a new address for the desk page, which opens it once; none where there is no such page', async () => {
    const asked = await run(['desk', '--json'], { HTTP_LISTEN: '127.0.0.1:8081' });
    expect(asked).toMatchObject({ code: 0, json: { ok: true, code: 'desk.address' } });
    const { url } = asked.json['data'] as { url: string };
    expect((await run(['desk'])).out).toMatch(/^.*http:\/\/127\.0\.0\.1:8080\/desk\?token=[\w-]{20,}$/m);
    const [address, token = ''] = url.split('?token=');
    expect(address).toBe('http://127.0.0.1:8081/desk');
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const open = await openDesk(readSettings(process.cwd()), { onFault: () => undefined });
    try {
      expect([await deskLinks(open.desk).spend(token), await deskLinks(open.desk).spend(token)]).toEqual([true, false]);
    } finally {
      vi.unstubAllEnvs();
      await open.close();
    }
    expect(await run(['desk', '--json'], { DISCORD_TOKEN: 'x' })).toMatchObject({
      code: 2,
      json: { ok: false, code: 'state.wrong' },
    });
  });

  test('a file goes where --out says, else into the data folder, over nothing', async () => {
    const list = ['declare', 'list', '--as', reseller, '--export', 'csv', '--json'];
    const places = [];
    for (let count = 0; count < 2; count += 1) places.push(((await run(list)).json['data'] as { file: string }).file);
    expect(places).toEqual(
      ['declaration-listed.csv', 'declaration-listed-2.csv'].map((name) => join(folder, 'data', 'exports', name)),
    );
    expect(statSync(places[0] ?? '').mode & 0o077).toBe(0);
    const out = join(folder, 'own.csv');
    expect(await run([...list, '--out', out])).toMatchObject({ json: { data: { file: out } } });
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(places[0] ?? '', 'utf8'));
    expect(await run([...list, '--out', '/nowhere/at/all.csv'])).toMatchObject({
      code: 2,
      json: { ok: false, code: 'input.invalid', fields: { out: expect.any(String) as string } },
    });
    expect((await run(list.slice(0, -1))).out).toContain(join('exports', 'declaration-listed-3.csv'));
  });

  test('the key is made once, readable by its owner alone', () => {
    expect(readdirSync(join(folder, 'data'))).toContain('secret.key');
    expect(statSync(join(folder, 'data', 'secret.key')).mode & 0o077).toBe(0);
  });

  test(
    'bin/guichet.mjs itself: stdout holds only JSON, stderr the log, and the exit code is the answer’s',
    { timeout: 240_000 },
    () => {
      const spawned = (args: readonly string[], more: Record<string, string> = {}) =>
        spawnSync(process.execPath, ['bin/guichet.mjs', ...args], {
          env: { PATH: process.env['PATH'], ...env, LOG_LEVEL: 'debug', ...more },
          encoding: 'utf8',
          cwd: process.cwd(),
        });
      const done = spawned(['stock', 'show', '--as', reseller, '--json']);
      expect(done).toMatchObject({ status: 0 });
      expect(
        done.stdout
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown),
      ).toMatchObject([{ ok: true, code: 'stock.shown' }]);
      expect(spawned(['stok', '--json'])).toMatchObject({
        status: 2,
        stdout: expect.stringMatching(/^\{"ok":false,"code":"command\.unknown".*\}\n$/) as string,
      });
      const fault = spawned(['help', '--json'], { SECRET_KEY: Buffer.alloc(32, 9).toString('base64') });
      expect(fault).toMatchObject({
        status: 1,
        stdout: expect.stringMatching(/^\{"ok":false,"code":"fault".*\}\n$/) as string,
      });
    },
  );

  test('a database that is not there yet is made and migrated', async () => {
    const empty = await provider.empty();
    const fresh = { DATABASE_URL: empty.url, DATA_DIR: join(folder, 'new') };
    expect(await run(['audit', 'verify', '--json'], fresh)).toMatchObject({
      code: 0,
      json: { code: 'audit.verified', data: { rows: 0 } },
    });
    expect(existsSync(join(folder, 'new', 'secret.key'))).toBe(true);
    await empty.drop();
  });
});

describe('printing', () => {
  test('control characters from outside never reach the terminal', () => {
    const hostile = '\u001B[2J\u0007\u009B\u202Eevil';
    const text = textOf({
      ok: true,
      headline: hostile,
      lines: [{ label: hostile, value: hostile }],
      tables: [{ title: hostile, columns: [hostile], rows: [[hostile]] }],
      faults: [{ field: hostile, label: '', text: hostile }],
    });
    // eslint-disable-next-line no-control-regex -- they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
    expect(text).toContain('evil');
  });

  test('JSON has what is public, and no more', () => {
    const upload = { name: 'x.csv', type: '', content: Buffer.from('x') };
    expect(
      JSON.parse(
        jsonOf({ ok: true, code: 'help.shown', data: { a: 1 }, file: upload, pending: 'p1', waiting: true }, '/x.csv'),
      ),
    ).toEqual({ ok: true, code: 'help.shown', data: { a: 1, file: '/x.csv' } });
    expect(
      JSON.parse(
        jsonOf({ ok: false, code: 'input.invalid', message: 'm', fields: { a: 'b' }, missing: ['a'], dryRun: true }),
      ),
    ).toEqual({ ok: false, code: 'input.invalid', message: 'm', fields: { a: 'b' }, dryRun: true });
  });
});
