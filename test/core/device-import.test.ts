/** The manufacturer's register (E3): what becomes of each kind of row, again, interrupted, in bounded memory. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/core/command/outcome.js';
import { pairOf } from '../../src/core/programmes/devices/register.js';
import { databases } from '../servers/databases.js';
import { newReseller, newStaff, openTestDesk, secretKey, type AskOptions, type TestDesk } from './ground.js';
import type { RegisterNews, RegisterTask } from './register-child.js';
import { codeOf, fileOf, macOf, registerFile } from './registers.js';
import { fileOf as sheetFile } from './sheets.js';

const child = fileURLToPath(new URL('register-child.ts', import.meta.url));
const hooks = fileURLToPath(new URL('../servers/typescript.mjs', import.meta.url));

interface Counts {
  readonly total: number;
  readonly added: number;
  readonly changed: number;
  readonly repeated: number;
  readonly faulty: number;
  readonly faults: readonly { row: number; column: string; fault: string }[];
  readonly faultsTotal: number;
}

describe.each(databases())('device import on $name', (provider) => {
  let desk: TestDesk;
  let numbers = 0;
  beforeAll(async () => {
    desk = await openTestDesk(provider, { locale: 'en' });
  });
  afterAll(() => desk.close());

  /** Numbers that no test has used. */
  const fresh = (count = 1): number => (numbers += count) - count + 1;
  const ask = (content: string | Buffer, more: Record<string, string> = {}, options: AskOptions = {}) =>
    desk.ask('device import', { file: fileOf(content), ...more }, { locale: 'en', ...options });
  const taken = async (content: string | Buffer): Promise<Counts> => {
    const outcome = await ask(content, { yes: 'yes' });
    expect(outcome).toMatchObject({ ok: true, code: 'device.imported' });
    return (outcome as Extract<Outcome, { ok: true }>).data as unknown as Counts;
  };
  const previewed = async (content: string | Buffer): Promise<Counts> => {
    const outcome = await ask(content);
    expect(outcome).toMatchObject({ ok: true, code: 'device.previewed' });
    return (outcome as Extract<Outcome, { ok: true }>).data['preview'] as Counts;
  };
  const counted = ({ total, added, changed, repeated, faulty }: Counts) => [total, added, changed, repeated, faulty];
  const registered = (n: number) =>
    desk.connection.reader.manufacturedDevice.findUnique({ where: { codeKey: codeOf(n) } });
  const table = () => desk.connection.reader.manufacturedDevice.findMany({ orderBy: { codeKey: 'asc' } });
  const audits = (action: string) => desk.connection.reader.audit.count({ where: { action } });
  const enrol = (n: number) =>
    desk.connection.writer.device.create({
      data: {
        installerId: 1,
        ...{ codeId: codeOf(n), codeKey: codeOf(n), enrolledKey: codeOf(n), mac: macOf(n) },
        ...{
          webAddress: 'device.local',
          email: 'client@example.org',
          state: 'active',
          locale: 'fr',
          door: 'web',
          searchText: '',
        },
        ...{ createdAt: desk.clock(), updatedAt: desk.clock() },
      } as never,
    });

  test('new pairs are added in any usual form of a MAC, and found by it', async () => {
    const [a, b, c] = [fresh(), fresh(), fresh()];
    const bare = macOf(b).replaceAll(':', '').toLowerCase();
    const dotted = macOf(c)
      .replaceAll(':', '')
      .replace(/(....)(?=.)/g, '$1.');
    const counts = await taken(
      `Code identifiant,Adresse MAC,Modèle\n${codeOf(a)},${macOf(a).replaceAll(':', '-')},Pro 1\nws-${String(b).padStart(4, '0')} ${''}x ,${bare},\n${codeOf(c)},${dotted},"Pro; 3"\n`,
    );
    expect(counted(counts)).toEqual([3, 3, 0, 0, 0]);
    expect(await registered(a)).toMatchObject({ codeId: codeOf(a), mac: macOf(a), model: 'Pro 1' });
    const written = `ws-${String(b).padStart(4, '0')} x`;
    const found = (codeId: string, mac: string) => desk.desk.database.read((tx) => pairOf(tx, { codeId, mac }));
    expect(await found(written.toUpperCase(), macOf(b))).toMatchObject({ codeId: written, model: null });
    expect(await found(codeOf(c).toLowerCase().replace('-', ' - '), macOf(c))).toMatchObject({ model: 'Pro; 3' });
    expect(await found(codeOf(a), macOf(b))).toBeUndefined();
    expect(await found('WS-UNKNOWN', macOf(a))).toBeUndefined();
  });

  test('the same again changes nothing and is told as known', async () => {
    const first = fresh(1_500);
    const { content } = registerFile(1_500, first);
    expect(counted(await taken(content))).toEqual([1_500, 1_500, 0, 0, 0]);
    const [before, parts] = [await table(), await audits('device import part')];
    desk.clock.advance(1_000);
    expect(counted(await taken(content))).toEqual([1_500, 0, 0, 1_500, 0]);
    expect(await table()).toEqual(before);
    expect(await audits('device import part')).toBe(parts);
    expect((await desk.ask('audit verify')).code).toBe('audit.verified');
  });

  test('another MAC or model changes a pair; what a row leaves out stays', async () => {
    const [a, b, c, free] = [fresh(), fresh(), fresh(), fresh()];
    await taken(
      `code-id;mac;model\n${codeOf(a)};${macOf(a)};X\n${codeOf(b)};${macOf(b)};X\n${codeOf(c)};${macOf(c)};\n`,
    );
    const madeAt = (await registered(a))?.createdAt;
    desk.clock.advance(1_000);
    const counts = await taken(
      `code-id;mac;model\n${codeOf(a).toLowerCase()};${macOf(free)};\n${codeOf(b)};${macOf(b)};Y\n${codeOf(c)};${macOf(c)};\n`,
    );
    expect(counted(counts)).toEqual([3, 0, 2, 1, 0]);
    expect(await registered(a)).toEqual({
      ...{ codeKey: codeOf(a), codeId: codeOf(a), mac: macOf(free), model: 'X' },
      ...{ createdAt: madeAt, updatedAt: desk.clock() },
    });
    expect(await registered(b)).toMatchObject({ mac: macOf(b), model: 'Y' });
    const [event] = await desk.connection.reader.audit.findMany({
      where: { action: 'device import part' },
      orderBy: { seq: 'desc' },
      take: 1,
    });
    const kept = await desk.connection.reader.auditDetail.findUnique({ where: { seq: event?.seq ?? 0 } });
    expect(JSON.parse(kept?.detail ?? '{}')).toMatchObject({
      rows: [2, 4],
      changed: 2,
      changes: [
        { codeId: codeOf(a), mac: { old: macOf(a), new: macOf(free) } },
        { codeId: codeOf(b), model: { old: 'X', new: 'Y' } },
      ],
    });
  });

  test('an enrolled device keeps its MAC; its model may change', async () => {
    const [a, b, free] = [fresh(), fresh(), fresh()];
    await taken(`code-id;mac;model\n${codeOf(a)};${macOf(a)};X\n${codeOf(b)};${macOf(b)};X\n`);
    await enrol(a);
    await enrol(b);
    const counts = await taken(`code-id;mac;model\n${codeOf(a)};${macOf(free)};Y\n${codeOf(b)};${macOf(b)};Y\n`);
    expect(counted(counts)).toEqual([2, 0, 1, 0, 1]);
    expect(counts.faults).toEqual([
      {
        row: 2,
        column: 'mac',
        fault: `the device is enrolled with MAC address ${macOf(a)}, which can no longer change`,
      },
    ]);
    expect(await registered(a)).toMatchObject({ mac: macOf(a), model: 'X' });
    expect(await registered(b)).toMatchObject({ model: 'Y' });
  });

  test('faults are told by row and column; the good rows are taken', async () => {
    const [known, a, b, c, d] = [fresh(), fresh(), fresh(), fresh(), fresh()];
    await taken(`code-id;mac\n${codeOf(known)};${macOf(known)}\n`);
    const content = [
      'code-id;mac;model',
      `${codeOf(a)};${macOf(a)};M`,
      `${codeOf(b)};${macOf(known)};`,
      `${codeOf(b)};${macOf(a)};`,
      `${codeOf(a).toLowerCase()};${macOf(b)};`,
      `${codeOf(a)};${macOf(a)};N`,
      `${codeOf(a)};${macOf(a)};M`,
      `;${macOf(c)};`,
      '',
      `${codeOf(c)};;`,
      `${codeOf(c)};02:00:00:00:00;`,
      `${codeOf(c)};zz:00:00:00:00:01;`,
      `${'x'.repeat(41)};${macOf(c)};${'y'.repeat(61)}`,
      `${codeOf(c)};${macOf(c)};;4`,
      `${codeOf(d)};${macOf(d)};`,
    ].join('\r\n');
    const counts = await taken(content);
    expect(counted(counts)).toEqual([13, 2, 0, 1, 10]);
    expect(counts.faultsTotal).toBe(11);
    expect(counts.faults).toEqual([
      { row: 3, column: 'mac', fault: `this MAC address is registered for Code ID ${codeOf(known)}` },
      { row: 4, column: 'mac', fault: 'row 2 gives this MAC address to another Code ID' },
      { row: 5, column: 'mac', fault: 'row 2 gives this Code ID another MAC address' },
      { row: 6, column: 'model', fault: 'row 2 gives this Code ID another model' },
      { row: 8, column: 'code-id', fault: 'is needed' },
      { row: 10, column: 'mac', fault: 'is needed' },
      { row: 11, column: 'mac', fault: expect.any(String) as string },
      { row: 12, column: 'mac', fault: expect.any(String) as string },
      { row: 13, column: 'code-id', fault: 'is too long: at most 40, it has 41' },
      { row: 13, column: 'model', fault: 'is too long: at most 60, it has 61' },
      { row: 14, column: '4', fault: expect.any(String) as string },
    ]);
    expect(await registered(a)).toMatchObject({ mac: macOf(a), model: 'M' });
    expect([await registered(b), await registered(c)]).toEqual([null, null]);
    expect(await registered(d)).not.toBeNull();
  });

  test('of many faults the first fifty are told, all are counted', async () => {
    const [good, first] = [fresh(), fresh(1_200)];
    const bad = Array.from({ length: 1_200 }, (_, at) => `${codeOf(first + at)};nonsense;`);
    const counts = await taken(['code-id;mac;model', ...bad, `${codeOf(good)};${macOf(good)};`].join('\n'));
    expect(counted(counts)).toEqual([1_201, 1, 0, 0, 1_200]);
    expect([counts.faults.length, counts.faultsTotal]).toEqual([50, 1_200]);
  });

  test('a file without a good row is refused, and so is what is no such table; nothing changes', async () => {
    const n = fresh();
    const before = await table();
    const [refused, shown] = [
      await ask(`code-id;mac\n${codeOf(n)};nonsense\n`, { yes: 'yes' }),
      await previewed(`code-id;mac\n${codeOf(n)};nonsense\n`),
    ];
    expect(refused).toMatchObject({
      ok: false,
      code: 'input.invalid',
      fields: { '2:mac': expect.any(String) as string },
    });
    expect(counted(shown)).toEqual([1, 0, 0, 0, 1]);
    for (const [content, said] of [
      [`code-id;address;mac;MAC\n${codeOf(n)};${macOf(n)};1;2\n`, /address.*there twice/s],
      [`code-id;model\n${codeOf(n)};X\n`, /missing: MAC address \(mac\)/],
      ['code-id;mac\n', /no rows/],
      ['\n;\n', /no rows|name the columns/],
      [`<table><tr><td>code-id</td></tr></table>`, /Only CSV/],
      [`${registerFile(1_300, fresh(1_300)).content.toString()}"unclosed;1\n`, /line 1302/],
    ] as const)
      for (const yes of [{}, { yes: 'yes' }] as Record<string, string>[])
        expect(await ask(content, yes)).toMatchObject({
          ok: false,
          code: 'file.refused',
          message: expect.stringMatching(said) as string,
        });
    expect(await table()).toEqual(before);
  });

  test('workbooks, JSON, and texts of other encodings are read too', async () => {
    const [a, b, c, d] = [fresh(), fresh(), fresh(), fresh()];
    const row = (n: number) => ({ 'code-id': codeOf(n), mac: macOf(n), model: 'Modèle é' });
    const book = await sheetFile('xlsx', [row(a)]);
    expect(counted(await taken(book))).toEqual([1, 1, 0, 0, 0]);
    expect(counted(await taken(JSON.stringify([row(b)])))).toEqual([1, 1, 0, 0, 0]);
    const text = (n: number) => `Code ID\tMAC\tModèle\n${codeOf(n)}\t${macOf(n)}\tModèle é\n`;
    expect(counted(await taken(Buffer.from(text(c), 'latin1')))).toEqual([1, 1, 0, 0, 0]);
    expect(counted(await taken(Buffer.from(`\uFEFF${text(d)}`, 'utf16le')))).toEqual([1, 1, 0, 0, 0]);
    for (const n of [a, b, c, d]) expect(await registered(n)).toMatchObject({ mac: macOf(n), model: 'Modèle é' });
  });

  test('a preview and a dry run tell what would happen, across parts, and change nothing', async () => {
    const first = fresh(2_600);
    const [known, taker, free] = [first, first + 1, first + 2_599];
    await taken(`code-id;mac;model\n${codeOf(known)};${macOf(known)};X\n`);
    const row = (n: number, mac = n, model = '') => `${codeOf(n)};${macOf(mac)};${model}`;
    const rows = [
      row(known, free),
      ...Array.from({ length: 2_400 }, (_, at) => row(first + 2 + at)),
      // its former owner has had another since the first row, a part ago
      row(taker, known),
      row(first + 2, first + 2, 'Late'),
      row(first + 2, first + 2, 'Late'),
      row(first + 2, first + 2_500),
      row(first + 2_501, first + 3),
      row(known, known),
    ];
    const content = ['code-id;mac;model', ...rows].join('\n');
    const before = await desk.dump();
    const shown = await previewed(content);
    expect(counted(shown)).toEqual([2_407, 2_401, 2, 1, 3]);
    expect(shown.faults.map(({ row: at, column }) => [at, column])).toEqual([
      [2_406, 'mac'],
      [2_407, 'mac'],
      [2_408, 'mac'],
    ]);
    const dry = await ask(content, { yes: 'yes' }, { dryRun: true });
    expect(dry).toMatchObject({ ok: true, code: 'device.imported', dryRun: true, data: { ...shown } });
    const { PendingCommand: _, ...unchanged } = await desk.dump();
    expect({ ...unchanged, PendingCommand: before['PendingCommand'] }).toEqual(before);
    expect(await taken(content)).toEqual(shown);
    expect(await registered(taker)).toMatchObject({ mac: macOf(known) });
    expect(await registered(first + 2)).toMatchObject({ mac: macOf(first + 2), model: 'Late' });
  });

  test('a preview holds for what it has shown; once confirmed it is not shown again', async () => {
    const [a, b] = [fresh(), fresh()];
    const content = `code-id;mac\n${codeOf(a)};${macOf(a)}\n${codeOf(b)};${macOf(b)}\n`;
    await previewed(content);
    await taken(`code-id;mac\n${codeOf(a)};${macOf(a)}\n`);
    const before = await table();
    expect(await ask(content, { yes: 'yes' })).toMatchObject({ ok: false, code: 'preview.stale' });
    expect(await table()).toEqual(before);
    expect(counted(await previewed(content))).toEqual([2, 1, 0, 1, 0]);
    const first = await ask(content, { yes: 'yes' }, { key: 'k-1' });
    expect(first).toMatchObject({ ok: true, data: { added: 1, repeated: 1 } });
    expect(await ask(content, { yes: 'yes' }, { key: 'k-1' })).toEqual(first);
  });

  test('asked twice at once under one key, both get the first answer', async () => {
    const { content } = registerFile(2_500, fresh(2_500));
    const imports = await audits('device import');
    const staff = await newStaff(desk, 'stock');
    const twice = [1, 2].map(() => ask(content, { yes: 'yes' }, { key: 'k-2', as: staff }));
    const [one, other] = await Promise.all(twice);
    expect(one).toMatchObject({ ok: true, data: { added: 2_500, repeated: 0 } });
    expect(other).toEqual(one);
    expect(await audits('device import')).toBe(imports + 1);
  });

  test(
    'a file too large to be kept with its preview is confirmed by sending it again',
    { timeout: 90_000 },
    async () => {
      const n = fresh();
      const long = Array.from({ length: 110 }, (_, at) => `L-${at};${macOf(n)};${'m'.repeat(100_000)}`);
      const content = ['code-id;mac;model', `${codeOf(n)};${macOf(n)};`, ...long].join('\n');
      const shown = await ask(content, {}, { key: 'k-3' });
      expect(shown).toMatchObject({ ok: true, code: 'device.previewed' });
      expect('pending' in shown).toBe(false);
      // nor is a preview the first answer under its key
      expect(await ask(content, { yes: 'yes' }, { key: 'k-3' })).toMatchObject({
        ok: true,
        data: { total: 111, added: 1, faulty: 110 },
      });
    },
  );

  test('only staff may; nobody else’s file is as much as read', async () => {
    const n = fresh();
    const reseller = await newReseller(desk);
    const seen: number[] = [];
    const outcome = await ask(
      `code-id;mac\n${codeOf(n)};${macOf(n)}\n`,
      { yes: 'yes' },
      { as: reseller.email, progress: (done) => void seen.push(done) },
    );
    expect([outcome.code, seen, await registered(n)]).toEqual(['access.denied', [], null]);
  });

  test('whoever loses the right meanwhile gets no further', async () => {
    const first = fresh(5_000);
    const email = await newStaff(desk, 'stock');
    let revoked: Promise<unknown> | undefined;
    const outcome = await desk.ask(
      'device import',
      { file: registerFile(5_000, first), yes: 'yes' },
      {
        as: email,
        progress: () => {
          revoked ??= desk.done('staff revoke', { email, role: 'stock' });
        },
      },
    );
    await revoked;
    expect(outcome.code).toBe('access.denied');
    expect(await registered(first)).not.toBeNull();
    expect(await registered(first + 4_999)).toBeNull();
  });

  test('progress is told, and others are answered meanwhile', async () => {
    const told: [number, number][] = [];
    const order: string[] = [];
    const meanwhile: Promise<unknown>[] = [];
    const importing = desk.ask(
      'device import',
      { file: registerFile(12_000, fresh(12_000)), yes: 'yes' },
      {
        progress: (done, total) => {
          told.push([done, total]);
          if (done !== 1_000) return;
          for (const [command, input] of [
            ['staff list', {}],
            ['staff grant', { email: 'meanwhile@example.org', role: 'support' }],
          ] as const)
            meanwhile.push(desk.done(command, input).then(() => order.push(command)));
        },
      },
    );
    const outcome = await importing.finally(() => order.push('import'));
    await Promise.all(meanwhile);
    expect(outcome).toMatchObject({ ok: true, data: { added: 12_000 } });
    expect(told).toEqual(Array.from({ length: 12 }, (_, at) => [(at + 1) * 1_000, 12_000]));
    expect(order).toEqual([expect.any(String), expect.any(String), 'import']);
  });

  test('broken off by its desk, it says so, and the rest is taken when it is asked for again', async () => {
    const first = fresh(6_000);
    const file = registerFile(6_000, first);
    const other = await desk.another();
    let closing: Promise<unknown> | undefined;
    const outcome = await other.dispatcher.dispatch({
      ...{ door: 'terminal', caller: { kind: 'operator' }, locale: 'en', command: 'device import', key: 'k-4' },
      input: { file, yes: 'yes' },
      progress: (done) => {
        if (done === 2_000) closing = other.close();
      },
    });
    await closing;
    expect(outcome).toMatchObject({
      ok: false,
      code: 'fault',
      message: expect.stringMatching(/the rest is taken/) as string,
    });
    expect(desk.faults.splice(0)).toHaveLength(1);
    const again = await desk.ask('device import', { file, yes: 'yes' }, { key: 'k-4' });
    expect(again).toMatchObject({ ok: true, data: { total: 6_000, changed: 0, faulty: 0 } });
    const { added, repeated } = (again as Extract<Outcome, { ok: true }>).data as unknown as Counts;
    expect([added + repeated, repeated >= 2_000, added > 0]).toEqual([6_000, true, true]);
    expect((await desk.ask('audit verify')).code).toBe('audit.verified');
  });

  describe('in a process of its own', () => {
    const started = async (task: Omit<RegisterTask, 'settings'>, argv: readonly string[] = []) => {
      const { SECRET_KEY: _, ...settings } = desk.settings;
      const process = fork(child, {
        execArgv: ['--import', hooks, ...argv],
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      await once(process, 'message');
      process.send({ ...task, settings: { ...settings, key: secretKey.toString('base64') } } satisfies RegisterTask);
      return process;
    };
    /** Its outcome; undefined when it died before. */
    const ended = async (process: ChildProcess): Promise<unknown> => {
      let outcome: unknown;
      process.on('message', (news: RegisterNews) => {
        if ('outcome' in news) outcome = news.outcome;
      });
      await once(process, 'exit');
      return outcome;
    };

    // the first numbers belong to the other tests: these files hold them too, as rows known or faulty
    test('killed between two parts, it is harmless', { timeout: 120_000 }, async () => {
      const process = await started({ rows: 12_000, mode: 'import' });
      const exit = once(process, 'exit');
      process.on('message', (news: RegisterNews) => {
        if ('done' in news && news.done >= 3_000) process.kill('SIGKILL');
      });
      expect(await exit).toEqual([null, 'SIGKILL']);
      const kept = await desk.connection.reader.manufacturedDevice.count({ where: { codeId: { startsWith: 'WS-' } } });
      expect((await desk.ask('audit verify')).code).toBe('audit.verified');
      const file = registerFile(12_000);
      const shown = await desk.ask('device import', { file });
      const { added } = (shown as Extract<Outcome, { ok: true }>).data['preview'] as Counts;
      expect(added).toBeGreaterThan(0);
      const counts = (await desk.done('device import', { file, yes: 'yes' })) as unknown as Counts;
      expect([counts.total, counts.added]).toEqual([12_000, added]);
      expect(await desk.connection.reader.manufacturedDevice.count({ where: { codeId: { startsWith: 'WS-' } } })).toBe(
        kept + added,
      );
    });

    // what is measured is this process, whatever keeps the rows
    if (provider.name === 'sqlite')
      test('200,000 rows take no memory to speak of', { timeout: 240_000 }, async () => {
        const small = ['--max-old-space-size=110'];
        // the measure itself: all of the rows at once do not fit
        expect(await ended(await started({ rows: 200_000, mode: 'whole' }, small))).toBeUndefined();
        expect(await ended(await started({ rows: 200_000, mode: 'import' }, small))).toMatchObject({
          ok: true,
          data: { total: 200_000 },
        });
      });
  });
});
