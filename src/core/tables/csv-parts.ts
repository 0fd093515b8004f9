/**
 * Text tables too large to lie in memory as rows (csv.ts): the bytes are read a slice at a time, and what a slice held is
 * handed over before the next is looked at.
 */
import { setImmediate as breath } from 'node:timers/promises';
import { damaged, dialectOf, encodingOf, windows1252 } from './csv.js';
import { columnsAtMost, SheetFault, type Line } from './sheet-fault.js';
import { asWritten } from './sheet-writing.js';

/** Some thousand rows: read within a few milliseconds. */
const sliceBytes = 32 * 1024;

/**
 * The lines of a text table, blank ones included, those of a slice at a time.
 * @throws {SheetFault} `type`, `damaged` with its line, `wide`
 */
export async function* readCsvParts(content: Buffer): AsyncGenerator<readonly Line[], void> {
  const { parse } = await import('csv-parse');
  const slices = utf8Slices(content);
  const first = slices.next().value ?? Buffer.alloc(0);
  const { told, above, options } = dialectOf(first.toString());
  const parser = parse(options);
  let read: string[][] = [];
  let line = above;
  parser.on('readable', () => {
    for (let cells = parser.read() as string[] | null; cells !== null; cells = parser.read() as string[] | null)
      read.push(cells);
  });
  const failed = new Promise<never>((_, reject) =>
    parser.on('error', (error: Error & { lines?: unknown }) => reject(damaged(error.lines, above))),
  );
  // told to whoever waits; nobody may be waiting
  failed.catch(() => undefined);
  const written = (slice: Buffer) =>
    new Promise<void>((done) => parser.write(slice, (error) => (error ? undefined : done())));
  const taken = (): Line[] => {
    const lines = read.map((cells) => ({ line: (line += 1), cells: cells.map(asWritten) }));
    read = [];
    if (lines.some(({ cells }) => cells.length > columnsAtMost)) throw new SheetFault('wide');
    return lines;
  };
  try {
    for (let slice = first.subarray(Buffer.byteLength(told)); ;) {
      await Promise.race([written(slice), failed]);
      yield taken();
      await breath();
      const next = slices.next();
      if (next.done) break;
      slice = next.value;
    }
    const ended = new Promise<void>((done) => parser.on('end', done));
    parser.end();
    await Promise.race([ended, failed]);
    yield taken();
  } finally {
    parser.destroy();
  }
}

/** Its bytes as UTF-8, without a mark at the beginning; what is UTF-8 already is not copied. */
function* utf8Slices(content: Buffer): Generator<Buffer, void> {
  const encoding = encodingOf(content);
  const decoder = encoding === 'utf-16le' || encoding === 'utf-16be' ? new TextDecoder(encoding) : undefined;
  const marked = content.subarray(0, 3).equals(Buffer.from('\uFEFF'));
  for (let at = encoding === 'utf-8' && marked ? 3 : 0; at < content.length; at += sliceBytes) {
    const slice = content.subarray(at, at + sliceBytes);
    if (decoder) yield Buffer.from(decoder.decode(slice, { stream: true }));
    else yield encoding === 'utf-8' ? slice : Buffer.from(windows1252(slice));
  }
}
