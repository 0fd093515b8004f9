/** D13: a dossier holds all there is about an order, and tells when anything in it was touched. */
import { createHash } from 'node:crypto';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import type { Refusal } from '../../src/core/guard/refusal.js';
import { makeDossier, verifyDossier, type DossierFile } from '../../src/core/programmes/orders/dossier.js';
import { databases } from '../servers/databases.js';
import { collect, zip, type ZipEntry } from './files.js';
import { codeOf, fieldsOf, newReseller, openTestDesk, type TestDesk } from './ground.js';
import { newDeciders, newSiteOrder, pdf, submitted } from './order-ground.js';

const at = new Date('2026-11-23T09:00:00Z');
const entries = [
  { name: 'order.json', content: Buffer.from('{"order":"O-000017"}\n') },
  { name: 'documents/bon de commande é.pdf', content: Buffer.from(`%PDF-1.4 ${'x'.repeat(5000)}`) },
  { name: 'audit.json', content: Buffer.from('[]\n') },
];
const make = () => makeDossier({ order: 'O-000017', entries, at });

/** What is in a ZIP, by name. */
async function opened(content: Buffer): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  const archive = await fromBufferPromise(content, { autoClose: false });
  for await (const entry of archive.eachEntry())
    found.set(entry.fileName, await collect(await archive.openReadStreamPromise(entry)));
  return found;
}

const repacked = (files: ReadonlyMap<string, Buffer>): Promise<Buffer> =>
  zip([...files].map(([name, content]): ZipEntry => ({ name, content })));

/** Why a dossier is not taken, and which entry is meant. */
const wrong = (content: Buffer): Promise<string> =>
  verifyDossier(content).then(
    () => 'whole',
    ({ code, params }: Refusal) => `${code} ${String(params['why'])} ${String(params['entry'])}`.trim(),
  );

describe('a dossier', () => {
  test('has its entries in their order, the manifest last, and is the same each time', async () => {
    const { content, files } = await make();
    expect([...(await opened(content)).keys()]).toEqual([...entries.map(({ name }) => name), 'manifest.json']);
    expect((await make()).content).toEqual(content);
    expect(await verifyDossier(content)).toEqual({ order: 'O-000017', files });
    expect(files[2]).toEqual({
      name: 'audit.json',
      bytes: 3,
      sha256: createHash('sha256').update('[]\n').digest('hex'),
    });
  });

  test('tells what was altered, removed or added', async () => {
    const files = await opened((await make()).content);
    expect(await wrong(await repacked(files))).toBe('whole');
    const document = 'documents/bon de commande é.pdf';
    const altered = Buffer.from(files.get(document) ?? '');
    altered[100] = (altered[100] ?? 0) ^ 1;
    expect(await wrong(await repacked(new Map([...files, [document, altered]])))).toBe(
      `file.refused dossier-altered ${document}`,
    );
    const shorter = altered.subarray(0, 50);
    expect(await wrong(await repacked(new Map([...files, [document, shorter]])))).toMatch(/dossier-altered/);
    const without = new Map([...files].filter(([name]) => name !== 'audit.json'));
    expect(await wrong(await repacked(without))).toBe('file.refused dossier-missing audit.json');
    const more = new Map([...files, ['documents/other.pdf', Buffer.from('x')]]);
    expect(await wrong(await repacked(more))).toBe('file.refused dossier-added documents/other.pdf');
    const bare = new Map([...files].filter(([name]) => name !== 'manifest.json'));
    expect(await wrong(await repacked(bare))).toBe('file.refused dossier-unreadable');
  });

  test('of which any byte changed is never whole, unless it still says the same', async () => {
    const { content, files } = await make();
    for (let index = 0; index < content.length; index += 37) {
      const changed = Buffer.from(content);
      changed[index] = (changed[index] ?? 0) ^ 0x55;
      const verified = await verifyDossier(changed).catch((error: Refusal) => error.code);
      // dates and attributes of an entry are no part of what it says
      if (typeof verified === 'string') expect(verified).toBe('file.refused');
      else expect(verified).toEqual({ order: 'O-000017', files });
    }
  });

  test('is not opened when it declares or unpacks to too much, or leads elsewhere', async () => {
    expect(await wrong(Buffer.from('no archive'))).toBe('file.refused dossier-unreadable');
    const bomb = await zip([{ name: 'a', content: Buffer.alloc(257 * 1024 * 1024) }]);
    expect(await wrong(bomb)).toBe('file.refused dossier-large');
    // an entry that unpacks to more than it says
    const files = await opened((await make()).content);
    const lying = await repacked(new Map([...files, ['order.json', Buffer.alloc(5 * 1024 * 1024)]]));
    for (let place = lying.indexOf('order.json', 60); place > 0; place = lying.indexOf('order.json', place + 1))
      if (lying.readUInt32LE(place - 46) === 0x02014b50) lying.writeUInt32LE(21, place - 46 + 24);
    expect(await wrong(lying)).toBe('file.refused dossier-altered order.json');
    for (const [from, to] of [
      ['aa/order', '../order'],
      ['aaaorder', '/a/order'],
      ['aaaorder', '\\aaorder'],
    ] as const) {
      const renamed = await zip([{ name: from, content: 'x' }]);
      const slipping = Buffer.from(renamed.toString('latin1').replaceAll(from, to), 'latin1');
      expect(await wrong(slipping)).toBe('file.refused dossier-unreadable');
    }
    const twice = await zip([
      { name: 'order.json', content: '1' },
      { name: 'ordes.json', content: '2' },
    ]);
    const same = Buffer.from(twice.toString('latin1').replaceAll('ordes', 'order'), 'latin1');
    expect(await wrong(same)).toBe('file.refused dossier-added order.json');
    const manifest = (value: unknown) => zip([{ name: 'manifest.json', content: JSON.stringify(value) }]);
    for (const value of [{}, { order: 'x', files: [] }, { order: 'O-000001', files: [{ name: 'a' }] }, null])
      expect(await wrong(await manifest(value))).toBe('file.refused dossier-unreadable');
  });
});

describe.each(databases())('order dossier on $name', (provider) => {
  let desk: TestDesk;
  let as: string;
  let order: string;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    as = (await newReseller(desk)).email;
    const { sales } = await newDeciders(desk);
    const documents = [pdf('plan.pdf'), pdf('PLAN.pdf')];
    const made = await submitted(desk, as, newSiteOrder({ documents }));
    order = made.order;
    await desk.done('approval approve', { number: made.approval }, { as: sales });
  });
  afterAll(() => desk.close());

  const dossier = async (who?: string) => {
    const outcome = await desk.ask('order dossier', { number: order }, who ? { as: who } : {});
    if (!outcome.ok || !outcome.file) throw new Error(JSON.stringify(outcome));
    return { content: outcome.file.content, name: outcome.file.name, data: outcome.data };
  };

  test('holds the order, its documents, mails, approval, certificate and audit', async () => {
    const { content, data, name } = await dossier(as);
    expect(name).toMatch(/^O-\d{6}-[0-9a-f]{8}\.zip$/);
    const files = await opened(content);
    const names = [...files.keys()];
    expect(names).toEqual(
      expect.arrayContaining([
        ...['order.json', 'approvals.json', 'certificate.json', 'certificate.pdf', 'audit.json', 'manifest.json'],
        ...['documents/bc-17.pdf', 'documents/plan.pdf', 'documents/PLAN (2).pdf'],
      ]),
    );
    expect(data).toMatchObject({
      order,
      files: [...files].slice(0, -1).map(([one]) => ({ name: one })),
    });
    const json = (one: string) => JSON.parse(files.get(one)?.toString() ?? '') as Record<string, unknown>;
    expect(json('order.json')).toMatchObject({ order, content: { siteName: 'Atelier Nord' } });
    expect(json('approvals.json')).toMatchObject([{ state: 'approved', decisions: [{ verdict: 'approved' }] }]);
    expect(JSON.stringify(json('audit.json'))).toContain('order submit');
    const mails = names.filter((one) => /^mails\/M-\d+\.json$/.test(one));
    expect(mails.length).toBeGreaterThan(0);
    const texts = names.filter((one) => /^mails\/M-\d+\.txt$/.test(one)).map((one) => files.get(one)?.toString());
    expect(texts.some((text) => text?.includes(order))).toBe(true);
    expect(files.get('certificate.pdf')?.subarray(0, 5).toString()).toBe('%PDF-');
    for (const [, one] of files) expect(one.toString('latin1')).not.toMatch(/passwordHash|tokenHash/);
  });

  test('is checked in the terminal, and by hand', async () => {
    const { content } = await dossier();
    const file = { name: 'd.zip', type: 'application/zip', content };
    const outcome = await desk.ask('order dossier', { verify: file });
    expect(outcome).toMatchObject({ ok: true, code: 'order.dossier', data: { order, verified: true } });
    const other = await desk.ask('order dossier', { verify: file, number: 'O-999999' });
    expect([codeOf(other), fieldsOf(other)]).toEqual(['input.invalid', ['number']]);
    const broken = await desk.ask('order dossier', { verify: { ...file, content: content.subarray(0, 900) } });
    expect([codeOf(broken), fieldsOf(broken)]).toEqual(['file.refused', ['verify']]);
    const folder = mkdtempSync(join(tmpdir(), 'guichet-dossier-'));
    try {
      const files = await opened(content);
      const manifest = JSON.parse(files.get('manifest.json')?.toString() ?? '') as { files: DossierFile[] };
      const sums = manifest.files.map((one, index) => {
        writeFileSync(join(folder, String(index)), files.get(one.name) ?? '');
        return `${one.sha256}  ${index}`;
      });
      const said = execFileSync('sha256sum', ['-c', '-'], { cwd: folder, input: `${sums.join('\n')}\n` }).toString();
      expect(said.match(/: OK$/gm)).toHaveLength(manifest.files.length);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('is its reseller’s and staff’s alone', async () => {
    const stranger = (await newReseller(desk)).email;
    expect(codeOf(await desk.ask('order dossier', { number: order }, { as: stranger }))).toBe('object.unknown');
    expect(codeOf(await desk.ask('order dossier', { number: 'O-999999' }, { as }))).toBe('object.unknown');
    const nothing = await desk.ask('order dossier', {}, { as });
    expect([codeOf(nothing), fieldsOf(nothing)]).toEqual(['input.invalid', ['number']]);
  });
});
