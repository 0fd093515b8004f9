/** X6: the audit is append-only, hash-chained, and still verifies when personal data is erased. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyAudit, type Verified } from '../../src/core/database/audit.js';
import type { Connection } from '../../src/core/database/connect.js';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  declaring,
  newEmail,
  newReseller,
  newStaff,
  openTestDesk,
  type TestDesk,
  type TestReseller,
} from './ground.js';

const undone = new Error('undone');

describe.each(databases())('the audit on $name', (provider) => {
  let desk: TestDesk;
  let reseller: TestReseller;
  let writer: Connection['writer'];
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    ({ writer } = desk.connection);
    reseller = await newReseller(desk, { pro: 5 });
    for (let count = 0; count < 3; count += 1) await desk.done('declare new', declaring(), { as: reseller.email });
  });
  afterAll(() => desk.close());

  test('says who, by which door, what and about which object', async () => {
    const input = declaring();
    const { declaration } = await desk.done('declare new', input, { as: reseller.email });
    const { personId } = await desk.connection.reader.address.findUniqueOrThrow({ where: { email: reseller.email } });
    await desk.done(
      'declare resend',
      { number: String(declaration) },
      { caller: { kind: 'session', personId }, door: 'web' },
    );
    const staff = await newStaff(desk, 'support');
    const data = await desk.done('audit show', { object: String(declaration).toLowerCase() }, { as: staff });
    expect(data).toMatchObject({ object: String(declaration).toLowerCase(), total: 2, page: 1 });
    expect(data['items']).toMatchObject([
      { who: reseller.email, door: 'web', action: 'declare resend', object: declaration },
      {
        who: `operator as ${reseller.email}`,
        door: 'terminal',
        action: 'declare new',
        object: declaration,
        at: desk.clock().toISOString(),
        detail: { email: input['email'], product: 'pro' },
      },
    ]);
    expect(await desk.done('audit show', { object: staff })).toMatchObject({
      items: [{ who: 'operator', action: 'staff granted', detail: { role: 'support' } }],
    });
    expect(codeOf(await desk.ask('audit show', { object: 'x' }, { as: reseller.email }))).toBe('access.denied');
  });

  test('a pack’s events stand under its declaration; pages of 25', async () => {
    const { pack, declaration } = await desk.done('declare new', declaring(), { as: reseller.email });
    expect(await desk.done('audit show', { object: String(pack).toLowerCase() })).toMatchObject({
      total: 1,
      items: [{ object: declaration }],
    });
    for (let count = 0; count < 26; count += 1)
      await desk.done('stock threshold', { product: 'pro', quantity: 1 + (count % 2) }, { as: reseller.email });
    const pages: unknown[][] = [];
    for (const page of ['1', '2', '3'])
      pages.push((await desk.done('audit show', { object: reseller.ref, page }))['items'] as unknown[]);
    expect(pages.map((items) => items.length)).toEqual([25, 3, 0]);
  });

  test('one row a change, none for what is refused, read or only tried', async () => {
    const count = () => desk.connection.reader.audit.count();
    const before = await count();
    await desk.ask('declare new', declaring({ product: 'power' }), { as: reseller.email });
    await desk.ask('stock threshold', { product: 'pro', quantity: '1' }, { as: reseller.email, dryRun: true });
    await desk.done('stock show', {}, { as: reseller.email });
    expect(await count()).toBe(before);
    await desk.done('account edit', { city: 'Lyon' }, { as: reseller.email });
    expect(await count()).toBe(before + 1);
  });

  test('the chain verifies, also over many rows of one batch and of two processes', async () => {
    const other = await desk.another();
    const edit = (city: string) =>
      ({
        door: 'terminal',
        caller: { kind: 'operator', as: reseller.email },
        command: 'account edit',
        input: { city },
      }) as const;
    await Promise.all(
      Array.from({ length: 40 }, (_, at) => (at % 2 ? other : desk.open).dispatcher.dispatch(edit(`City ${at}`))),
    );
    const rows = await desk.connection.reader.audit.count();
    expect(await desk.done('audit verify')).toEqual({ rows, erased: 0 });
    const seqs = (await desk.connection.reader.audit.findMany({ orderBy: { seq: 'asc' }, select: { seq: true } })).map(
      ({ seq }) => seq,
    );
    expect(seqs).toEqual(Array.from({ length: rows }, (_, at) => at + 1));
  });

  test('erased details still verify', async () => {
    const email = newEmail('leaving');
    await desk.done('account edit', { city: 'Nice' }, { as: email });
    const { personId } = await desk.connection.reader.address.findUniqueOrThrow({ where: { email } });
    const rows = await desk.connection.reader.audit.findMany({ where: { actorId: personId } });
    await desk.done('account erase', { person: email, confirm: email, yes: 'yes' });
    expect(rows.length).toBeGreaterThan(0);
    const verified = await desk.done('audit verify');
    expect(Number(verified['erased'])).toBeGreaterThanOrEqual(rows.length);
    // the eraser's own erasure takes none of that away
    expect(await writer.audit.count({ where: { action: 'details erased' } })).toBeGreaterThan(0);
    expect(JSON.stringify(await desk.connection.reader.auditDetail.findMany())).not.toContain('Nice');
    const shown = await desk.done('audit show', { object: `person ${personId}` });
    expect(shown['items']).toContainEqual(expect.objectContaining({ action: 'account edit', detail: null }));
  });

  describe('the database itself refuses to', () => {
    test.each([
      ['change a row', `UPDATE "Audit" SET "action" = 'nothing' WHERE "seq" = 1`],
      ['delete a row', `DELETE FROM "Audit" WHERE "seq" = 1`],
      ['delete every row', `DELETE FROM "Audit"`],
      ['change a detail', `UPDATE "AuditDetail" SET "detail" = '{}' WHERE "seq" = 1`],
      ['delete a detail', `DELETE FROM "AuditDetail" WHERE "seq" = 1`],
      ...(provider.name === 'postgresql'
        ? ([
            ['empty the table', `TRUNCATE "Audit"`],
            [
              'replace a row',
              `INSERT INTO "Audit" SELECT * FROM "Audit" WHERE "seq" = 1 ON CONFLICT ("seq") DO UPDATE SET "action" = 'nothing'`,
            ],
          ] as const)
        : ([
            [
              'replace a row',
              `INSERT OR REPLACE INTO "Audit" SELECT "seq", "at", "actorId", "operator", "door", 'nothing', "object", "detailHash", "hash", "releasedById" FROM "Audit" WHERE "seq" = 1`,
            ],
          ] as const)),
    ] as readonly (readonly [string, string])[])('%s', async (_, sql) => {
      await expect(writer.$executeRawUnsafe(sql)).rejects.toThrow(/append-only/);
      expect(codeOf(await desk.ask('audit verify'))).toBe('audit.verified');
    });
  });

  describe('whoever gets past that is found out', () => {
    /** What verification says with the statements run, of which nothing stays. */
    async function after(...statements: string[]): Promise<Verified> {
      const drops =
        provider.name === 'sqlite'
          ? ['Audit', 'AuditDetail'].flatMap((table) =>
              ['update', 'delete', 'replace'].map((what) => `DROP TRIGGER "${table}_no_${what}"`),
            )
          : ['Audit', 'AuditDetail'].map((table) => `ALTER TABLE "${table}" DISABLE TRIGGER ALL`);
      let verified: Verified | undefined;
      await writer
        .$transaction(async (tx) => {
          for (const sql of [...drops, ...statements]) await tx.$executeRawUnsafe(sql);
          verified = await verifyAudit(tx);
          throw undone;
        })
        .catch((error: unknown) => {
          if (error !== undone) throw error;
        });
      if (!verified) throw new Error('not verified');
      return verified;
    }
    const text = (column: string) => [`"${column}" = "${column}" || 'x'`, `"${column}" = ''`];
    const columns = {
      at: [
        provider.name === 'sqlite' ? `"at" = replace("at", '2026', '2025')` : `"at" = "at" + interval '1 millisecond'`,
      ],
      actorId: [`"actorId" = 99`, `"actorId" = NULL`],
      operator: [`"operator" = NOT "operator"`],
      releasedById: [`"releasedById" = 99`],
      door: text('door'),
      action: text('action'),
      object: [...text('object'), `"object" = NULL`],
      detailHash: text('detailHash'),
      hash: text('hash'),
      seq: [`"seq" = 1000000`, `"seq" = 0`],
    };
    const changes = Object.entries(columns).flatMap(([column, sets]) => sets.map((set) => ({ column, set })));

    test('has every column of the table', async () => {
      const [row] = await desk.connection.reader.audit.findMany({ take: 1 });
      expect(Object.keys(columns).sort()).toEqual(Object.keys(row ?? {}).sort());
    });

    test.each(changes)('$set', async ({ set }) => {
      const row = await desk.connection.reader.audit.findFirstOrThrow({
        where: { action: 'declare new' },
        orderBy: { seq: 'desc' },
      });
      expect(await after(`UPDATE "Audit" SET ${set} WHERE "seq" = ${row.seq}`)).toMatchObject({
        broken: { seq: row.seq },
      });
    });

    test.each([
      [
        'a detail altered',
        `UPDATE "AuditDetail" SET "detail" = "detail" || ' ' WHERE "seq" = 2`,
        { seq: 2, why: 'detail' },
      ],
      ['a salt altered', `UPDATE "AuditDetail" SET "salt" = "salt" || 'x' WHERE "seq" = 2`, { seq: 2, why: 'detail' }],
      ['a detail removed', `DELETE FROM "AuditDetail" WHERE "seq" = 2`, { seq: 2, why: 'missing' }],
      ['all details removed', `DELETE FROM "AuditDetail"`, { seq: 1, why: 'missing' }],
      ['a row removed', `DELETE FROM "Audit" WHERE "seq" = 2`, { seq: 2, why: 'gap' }],
      ['the first row removed', `DELETE FROM "Audit" WHERE "seq" = 1`, { seq: 1, why: 'gap' }],
      ['the last row removed', `DELETE FROM "Audit" WHERE "seq" = (SELECT max("seq") FROM "Audit")`, { why: 'head' }],
      ['everything removed', `DELETE FROM "Audit"`, { seq: 1, why: 'head' }],
      ['the head set back', `UPDATE "AuditHead" SET "seq" = "seq" - 1`, { why: 'head' }],
      ['the head’s hash altered', `UPDATE "AuditHead" SET "hash" = ''`, { why: 'head' }],
      [
        'a row slipped in behind the head',
        `INSERT INTO "Audit" SELECT "seq" + 1, "at", "actorId", "operator", "door", 'nothing', "object", "detailHash", "hash", "releasedById" FROM "Audit" WHERE "seq" = (SELECT max("seq") FROM "Audit")`,
        { why: 'head' },
      ],
    ])('%s', async (_, sql, broken) => {
      expect(await after(sql)).toMatchObject({ broken });
    });

    test('two rows changed places', async () => {
      const swap = (from: number, to: number) => `UPDATE "Audit" SET "seq" = ${to} WHERE "seq" = ${from}`;
      expect(await after(swap(2, -1), swap(3, 2), swap(-1, 3))).toMatchObject({ broken: { seq: 2, why: 'hash' } });
    });

    test('and “audit verify” tells at which row', async () => {
      // what erasures do, without one
      await writer.auditErasing.create({ data: { seq: 2, at: desk.clock() } });
      await writer.auditDetail.delete({ where: { seq: 2 } });
      expect(await desk.ask('audit verify', {}, { locale: 'en' })).toMatchObject({
        ok: false,
        code: 'state.wrong',
        message: expect.stringContaining('row 2') as string,
      });
    });
  });
});
