/** D9: what a document may be is what its bytes say; the vendor's scanner has a word; names do no harm. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Upload } from '../../src/core/command/type.js';
import { Refusal } from '../../src/core/guard/refusal.js';
import { textsOf } from '../../src/core/locales/texts.js';
import {
  documentIn,
  documentNames,
  documentsIn,
  inspectAhead,
  newDocuments,
} from '../../src/core/programmes/orders/documents.js';
import { createWorkerThreads, type WorkerThreads } from '../../src/core/threads/worker.js';
import { createDocuments } from '../../src/core/documents/store.js';
import { createScan, type Scan } from '../../src/core/documents/scan.js';
import { readSettings, SettingsFault } from '../../src/settings.js';
import {
  claiming,
  compound,
  docm,
  docx,
  exe,
  jpeg,
  odt,
  pdf,
  plainPdf,
  png,
  unpackingPdf,
  upload,
  xlsm,
  xlsx,
  zip,
} from './files.js';

let folder: string;
let aside: WorkerThreads;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guichet-documents-'));
  aside = createWorkerThreads();
});
afterAll(async () => {
  await aside.close();
  rmSync(folder, { recursive: true, force: true });
});

const keeping = (scan?: Scan) => ({ aside, documents: createDocuments(join(folder, 'documents')), scan });

async function taken(file: Upload, scan?: Scan) {
  await inspectAhead(keeping(scan), { 'purchase-order': file });
  return documentIn({ locale: 'en' }, file, 'purchase-order');
}

/** Why a file was refused, in English. */
async function refusedAs(file: Upload, scan?: Scan): Promise<string> {
  const refusal = await taken(file, scan).then(
    (document) => expect.fail(`taken as ${document.type}`),
    (error: unknown) => error as Refusal,
  );
  expect(refusal).toBeInstanceOf(Refusal);
  expect(refusal.code).toBe('file.refused');
  const sentence = textsOf('en').refusals['file.refused'](refusal.params);
  expect(refusal.fields).toEqual({ 'purchase-order': sentence });
  expect(textsOf('fr').refusals['file.refused'](refusal.params)).not.toMatch(/undefined|CSV/);
  return sentence;
}

const office = 'application/vnd.openxmlformats-officedocument.';

describe('types', () => {
  test.each([
    ['PDF', pdf, 'application/pdf', 'bc.pdf'],
    ['PNG', async () => png(), 'image/png', 'bc.png'],
    ['JPEG', async () => jpeg(), 'image/jpeg', 'bc.jpg'],
    ['DOCX', () => docx(), `${office}wordprocessingml.document`, 'bc.docx'],
    ['XLSX', () => xlsx(), `${office}spreadsheetml.sheet`, 'bc.xlsx'],
    ['ODT', () => odt(), 'application/vnd.oasis.opendocument.text', 'bc.odt'],
  ] as const)('%s is taken, whatever it is called, and its bytes are kept', async (_, make, type, name) => {
    const content = await make();
    const document = await taken(upload('bc.pdf', content, 'text/html'));
    expect(document).toMatchObject({ type, name, bytes: content.length });
    expect(await keeping().documents.read(document.sha256)).toEqual(content);
  });

  test.each([
    ['a program called PDF', async () => exe(), /is a Windows program\. Send a PDF/],
    ['a Word document with macros', docm, /macros/],
    ['an Excel workbook with macros', xlsm, /macros/],
    ['a DOCX that hides macros', () => docx([{ name: 'word/vbaProject.bin', content: 'x' }]), /contains macros/],
    ['an ODT that hides macros', () => odt([{ name: 'Basic/Standard/Module1.xml', content: 'x' }]), /contains macros/],
    ['a plain ZIP', () => zip([{ name: 'a.txt', content: 'a' }]), /a ZIP archive/],
    ['a text', async () => Buffer.from('just words'), /of an unknown kind/],
    ['a GIF', async () => Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;'), /a GIF picture/],
    ['a web page', async () => Buffer.from('<!doctype html><script>alert(1)</script>'), /of an unknown kind/],
  ] as const)('%s is refused for what it is', async (_, make, why) => {
    expect(await refusedAs(upload('bc.pdf', await make(), 'application/pdf'))).toMatch(why);
  });

  test('nothing, too much, and a broken archive', async () => {
    expect(await refusedAs(upload('bc.pdf', Buffer.alloc(0)))).toBe('bc.pdf is empty: check it and send it again.');
    const large = Buffer.concat([await pdf(), Buffer.alloc(10 * 1024 * 1024)]);
    expect(await refusedAs(upload('bc.pdf', large))).toMatch(/at most 10 MB/);
    const whole = await docx([{ name: 'word/media/image1.png', content: png() }]);
    expect(await refusedAs(upload('bc.docx', whole.subarray(0, whole.length - 30)))).toMatch(/does not open/);
  });

  test('an archive that unpacks to gigabytes is looked at in little time and memory', async () => {
    const bomb = await zip([
      { name: '[Content_Types].xml', content: Buffer.alloc(100 * 1024 * 1024) },
      { name: 'word/document.xml', content: '' },
    ]);
    expect(bomb.length).toBeLessThan(1024 * 1024);
    const [before, start] = [process.memoryUsage().rss, performance.now()];
    expect(await refusedAs(upload('bc.docx', bomb))).toMatch(/ZIP archive|unpacked it would be/);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  test('no bytes make it fall over', async () => {
    const [word, paper] = [await docx(), await pdf()];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(word, paper, png(), jpeg(), exe()),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 40 }),
        fc.nat(),
        async (base, changes, cut) => {
          const content = Buffer.from(base.subarray(0, base.length - (cut % 60)));
          for (const [at, byte] of changes) content[at % content.length] = byte;
          await taken(upload('x.pdf', content)).catch((error: unknown) => expect(error).toBeInstanceOf(Refusal));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a command that forgot to look ahead is a fault of ours', async () => {
    await expect(documentIn({ locale: 'en' }, upload('bc.pdf', await pdf()), 'file')).rejects.toThrow(/ahead/);
  });
});

describe('what opens', () => {
  const mebibyte = 1024 * 1024;
  const half = (content: Buffer): Buffer => content.subarray(0, content.length / 2);
  const large = (megabytes: number) => [{ name: 'word/media/image1.bmp', content: Buffer.alloc(megabytes * mebibyte) }];
  const typed = { name: '[Content_Types].xml', content: '' };

  /** An entry under another name. */
  const without = (archive: Buffer, name: string): Buffer =>
    Buffer.from(archive.toString('latin1').replaceAll(name, name.replace(/.xml$/, '.xmk')), 'latin1');
  /** What is packed, with one bit changed. */
  function flipped(archive: Buffer): Buffer {
    const changed = Buffer.from(archive);
    const at = changed.indexOf('word/document.xml') + 'word/document.xml'.length + 3;
    changed[at] = (changed[at] ?? 0) ^ 4;
    return changed;
  }

  test.each([
    ['a PDF that only its owner may change', () => pdf('a', { ownerPassword: 'secret' })],
    [
      'a PDF without its list of objects',
      async () =>
        plainPdf()
          .toString('latin1')
          .replace(/xref[^]*(?=trailer)/, ''),
    ],
    ['a PDF with something behind its end', async () => Buffer.concat([plainPdf(), Buffer.alloc(5_000)])],
    ['a PDF of packed objects', async () => unpackingPdf(1_000)],
    ['a document of some megabytes of blanks', () => docx(large(15))],
    ['a large picture', async () => png('', [15_000, 12_000])],
  ] as const)('%s is taken', async (_, make) => {
    const content = await make();
    expect((await taken(upload('bc.pdf', Buffer.from(content as string, 'latin1')))).bytes).toBe(content.length);
  });

  const locked = /^bc is protected by a password: save it without one/;
  const broken = /^bc does not open: it is damaged or not whole\. Open the original, save it again/;
  const tooMuch = /^bc was not opened: unpacked it would be more than 20 MB/;
  test.each([
    ['a PDF with a password', () => pdf('a', { userPassword: 'secret' }), locked],
    ['the same as of today', () => pdf('a', { userPassword: 'secret', pdfVersion: '1.7ext3' }), locked],
    ['nine bytes', async () => Buffer.from('%PDF-1.4\n'), broken],
    ['half a PDF', async () => half(await pdf()), broken],
    ['a PDF less its last bytes', async () => plainPdf().subarray(0, -10), broken],
    ['a PDF whose second half got lost', async () => Buffer.concat([plainPdf(), half(plainPdf({ pages: 9 }))]), broken],
    [
      'a PDF in name alone',
      async () => Buffer.concat([Buffer.from('%PDF-1.4\n'), exe(), Buffer.from('%%EOF')]),
      broken,
    ],
    [
      'a PDF that lacks a page',
      async () =>
        Buffer.from(plainPdf().toString('latin1').replace('[4 0 R', '[4 0 R 9 0 R').replace('Count 1', 'Count 2')),
      broken,
    ],
    ['a PDF without a page', () => pdf('', { autoFirstPage: false }), /^bc has no page/],
    ['a PDF that unpacks to far more', async () => unpackingPdf(80 * mebibyte), /^bc could not be checked/],
    [
      'a DOCX that unpacks to 600 MB',
      async () => claiming(await docx(large(1)), large(1)[0]!.name, 600 * mebibyte),
      tooMuch,
    ],
    ['a DOCX that unpacks to 25 MB', () => docx(large(25)), tooMuch],
    ['one that lies about it', async () => claiming(await docx(large(25)), large(1)[0]!.name, 1_000), tooMuch],
    ['one that lies about little', async () => claiming(await docx(large(1)), large(1)[0]!.name, 1_000), broken],
    ['a DOCX without its text', async () => without(await docx(), 'word/document.xml'), broken],
    ['an XLSX without its workbook', async () => without(await xlsx(), 'xl/workbook.xml'), broken],
    ['an ODT without its text', async () => without(await odt(), 'content.xml'), broken],
    ['a DOCX with a byte that fell over', async () => flipped(await docx()), broken],
    ['a DOCX or XLSX with a password', async () => compound('EncryptedPackage'), locked],
    ['an ODT with a password', () => odt([{ name: 'META-INF/manifest.xml', content: '<a:encryption-data/>' }]), locked],
    ['an ODT with a password, as of today', () => odt([{ name: 'encrypted-package', content: 'x' }]), locked],
    ['an old Word document', async () => compound('WordDocument'), /^bc is an old Office file/],
    ['a ZIP of one XML', () => zip([typed]), /is a ZIP archive/],
    ['half a PNG', async () => half(png('x'.repeat(100))), broken],
    ['half a JPEG', async () => half(jpeg(400, 300)), broken],
    ['a PNG of far too many pixels', async () => png('', [60_000, 60_000]), /more than 200 million pixels/],
  ] as const)('%s is refused, and why', async (_, make, why) => {
    expect(await refusedAs(upload('bc', await make()))).toMatch(why);
  });

  test('every file of a command that is refused is told of', async () => {
    const [good, empty, short] = [
      upload('a.pdf', plainPdf()),
      upload('b.pdf', exe()),
      upload('c.pdf', half(plainPdf())),
    ];
    await inspectAhead(keeping(), { documents: [good, empty, short] });
    const files = [good, empty, short].map((one) => ({ upload: one, field: 'documents' }));
    await expect(documentsIn({ locale: 'en' }, files)).rejects.toMatchObject({
      code: 'file.refused',
      fields: { documents: expect.stringMatching(/^b\.pdf is a Windows program.* c\.pdf does not open/) as string },
    });
  });
});

describe('the scanner', () => {
  /** A program that behaves as told; `$1` is the document. */
  function scanner(script: string, timeMs?: number): Scan {
    mkdirSync(folder, { recursive: true });
    const program = join(folder, `scan ${Math.random()}.sh`);
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
    const command = { program, arguments: ['--a b', '$HOME'], path: process.env['PATH'] ?? '' };
    return createScan({ command, folder: join(folder, 'scanning'), ...(timeMs === undefined ? {} : { timeMs }) });
  }
  const left = (): string[] => (existsSync(join(folder, 'scanning')) ? readdirSync(join(folder, 'scanning')) : []);

  test('lets in what it finds clean; it is given words and a path, no shell, no settings', async () => {
    const seen = join(folder, 'seen');
    const scan = scanner(`printf '%s|' "$@" > '${seen}'; cat "$3" > '${seen}.bytes'; env > '${seen}.env'; exit 0`);
    const content = await pdf();
    await taken(upload('bc.pdf', content), scan);
    expect(readFileSync(seen, 'utf8')).toMatch(/^--a b\|\$HOME\|.+\/scanning\/[\w-]+\|$/);
    expect(readFileSync(`${seen}.bytes`)).toEqual(content);
    const settings = readFileSync(`${seen}.env`, 'utf8').trim().split('\n');
    expect(settings.filter((line) => !/^(PATH|LC_ALL|PWD|OLDPWD|SHLVL|_)=/.test(line))).toEqual([]);
    expect(left()).toEqual([]);
  });

  test('keeps out what it refuses, and says why in its own last line', async () => {
    const scan = scanner('echo "looking"; printf "%s: Eicar-\\033[31mTest FOUND\\n\\n" "$3"; exit 1');
    const content = await pdf('one that is refused');
    const why = await refusedAs(upload('bc.pdf', content), scan);
    expect(why).toBe('The virus scanner refused bc.pdf: Eicar- [31mTest FOUND. Send another file.');
    const sha256 = createHash('sha256').update(content).digest('hex');
    await expect(keeping().documents.read(sha256)).rejects.toThrow();
    expect(left()).toEqual([]);
  });

  test('that hangs is ended with all it started; the document stays out, to be tried again', async () => {
    const scan = scanner('sleep 600 & echo $! > "$0.pid"; sleep 600', 300);
    expect(await scan(await pdf())).toEqual({ verdict: 'unknown', why: 'no answer after 0.3 s' });
    expect(await refusedAs(upload('bc.pdf', await pdf()), scan)).toMatch(/could not look .+ try again/);
    expect(left()).toEqual([]);
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.pid'))) {
      const pid = Number(readFileSync(join(folder, name), 'utf8'));
      await expect.poll(() => isRunning(pid)).toBe(false);
    }
  });

  test('that fails in another way is no verdict', async () => {
    expect(await scanner('echo "no signatures" >&2; exit 2')(png())).toEqual({
      verdict: 'unknown',
      why: 'ended with 2: no signatures',
    });
    expect(await scanner('kill -9 $$')(png())).toMatchObject({ verdict: 'unknown' });
    const missing = createScan({
      command: { program: join(folder, 'not there'), arguments: [], path: '' },
      folder: join(folder, 'scanning'),
    });
    expect(await missing(png())).toMatchObject({ verdict: 'unknown' });
  });

  test('that leaves something behind does not hold up its answer', async () => {
    const start = performance.now();
    expect(await scanner('sleep 600 & exit 0', 60_000)(png())).toEqual({ verdict: 'clean' });
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('runs no more than two at a time', async () => {
    const marks = join(folder, 'marks');
    mkdirSync(marks);
    const scan = scanner(`touch "${marks}/$$"; ls "${marks}" | wc -l; sleep 0.2; rm "${marks}/$$"; exit 1`);
    const all = await Promise.all(Array.from({ length: 6 }, () => scan(png())));
    const counts = all.map((one) => Number(one.verdict === 'refused' ? one.why : 9));
    expect(Math.max(...counts)).toBe(2);
  });

  test('is checked at start: quotes, and that there is such a program', () => {
    const read = (SCAN_COMMAND: string) =>
      readSettings('/srv/guichet', { SCAN_COMMAND, PATH: process.env['PATH'] }).SCAN_COMMAND;
    expect(read(`sh -c 'exit 0' "--a b"`)).toMatchObject({
      program: expect.stringMatching(/\/sh$/),
      arguments: ['-c', 'exit 0', '--a b'],
    });
    expect(() => read('no-such-scanner-here --fdpass')).toThrow(/SCAN_COMMAND: no such program/);
    expect(() => read('./data/scan.sh')).toThrow(/no such program/);
    expect(() => read(`sh -c 'exit 0`)).toThrow(/each quote closed/);
    const both = () => readSettings('/srv', { SCAN_COMMAND: 'no-such-scanner', LOCALE: 'de' });
    expect(both).toThrow(SettingsFault);
    expect(both).toThrow(/LOCALE[^]+SCAN_COMMAND/);
  });

  function isRunning(pid: number): boolean {
    try {
      process.kill(pid, 0);
      // a process that has ended stays in the table until its parent looks
      return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  }
});

describe('names', () => {
  test.each([
    ['../../etc/passwd', 'passwd.pdf'],
    ['C:\\bons\\bc.PDF', 'bc.pdf'],
    ['scan.png', 'scan.pdf'],
    ['bc v1.2', 'bc v1.2.pdf'],
    ['facture\u202Efdp.exe', 'facturefdp.exe.pdf'],
    ['a\r\nb\0.pdf', 'ab.pdf'],
    ['e\u0301te\u0301.pdf', 'été.pdf'],
    ['a<b>:"|?*.pdf', 'a-b------.pdf'],
    ['...', 'file.pdf'],
    [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(116)}.pdf`],
    ['.pdf', 'pdf.pdf'],
  ])('%j is shown as %j', async (given, shown) => {
    expect((await taken(upload(given, await pdf()))).name).toBe(shown);
  });

  test('stand side by side', () => {
    expect(documentNames(['bc.pdf', 'BC.pdf', 'bc.pdf', 'plan', 'plan'])).toEqual([
      'bc.pdf',
      'BC (2).pdf',
      'bc (3).pdf',
      'plan',
      'plan (2)',
    ]);
    expect(documentNames(['bc.pdf'], ['bc.pdf', 'bc (2).pdf'])).toEqual(['bc (3).pdf']);
  });

  test('are all different and no longer than 120 characters', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a.pdf', 'A.pdf', `${'a'.repeat(140)}.pdf`, 'a (2).pdf', 'é', 'e\u0301')),
        (given) => {
          const names = documentNames(given);
          expect(new Set(names.map((name) => name.normalize('NFC').toLowerCase())).size).toBe(given.length);
          for (const name of names) expect([...name].length).toBeLessThanOrEqual(120);
        },
      ),
    );
  });

  test('the same bytes come in once, whatever they are called', () => {
    const present = [{ name: 'bc.pdf', sha256: 'a' }];
    const added = [
      { name: 'other.pdf', sha256: 'a' },
      { name: 'bc.pdf', sha256: 'b' },
      { name: 'again.pdf', sha256: 'b' },
      { name: 'bc.pdf', sha256: 'c' },
    ];
    expect(newDocuments(present, added)).toEqual([
      { name: 'bc (2).pdf', sha256: 'b' },
      { name: 'bc (3).pdf', sha256: 'c' },
    ]);
  });
});
