/** One part of the catalogue as its file says it: read, held against its shape, with the means to say where something stands. */
import { createHash } from 'node:crypto';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { packsShape, policyShape, vendorShape } from './shape.js';
import { domainsShape } from './domains-shape.js';
import type { FileFault } from './faults.js';
import { ordersShape } from './orders-shape.js';

/** The parts of the catalogue: the names of its files without the ending. */
export const catalogueFiles = {
  vendor: vendorShape,
  packs: packsShape,
  orders: ordersShape,
  domains: domainsShape,
  policy: policyShape,
} as const;

/** A desk that sells none of it needs no such file. */
export const optionalParts: readonly string[] = ['domains'];

export type Part = keyof typeof catalogueFiles;
export const partNames = Object.keys(catalogueFiles) as readonly Part[];
export const isPart = (name: string): name is Part => Object.hasOwn(catalogueFiles, name);
/** What a part says, defaults filled in. */
export type ContentOf<P extends Part> = z.infer<(typeof catalogueFiles)[P]>;
export type Contents = { readonly [P in Part]: ContentOf<P> };

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** @throws {z.ZodError} for content that does not fit */
export const shaped = <P extends Part>(part: P, raw: unknown): ContentOf<P> =>
  (catalogueFiles[part] as unknown as z.ZodType<ContentOf<P>>).parse(raw);

/** A YAML file, whatever it is about; bad YAML is a fault told. */
export class Source {
  /** Undefined when it is no YAML. */
  readonly raw: unknown;
  readonly #lines = new LineCounter();
  readonly #document: Document;

  /** @param faults what is wrong is added to */
  constructor(text: string, { file, faults }: { file: string; faults: FileFault[] }) {
    this.#document = parseDocument(text, { lineCounter: this.#lines });
    const bad = (message: string, line?: number) =>
      faults.push({ file, line, fault: `bad YAML: ${message}`, fix: 'Correct the YAML.' });
    for (const { message, linePos } of this.#document.errors)
      bad(message.split(' at line ')[0] ?? message, linePos?.[0].line);
    if (this.#document.errors.length > 0) return;
    try {
      this.raw = this.#document.toJS() ?? {};
    } catch (error) {
      // aliases of aliases, which would grow without end
      bad(error instanceof Error ? error.message : String(error));
    }
  }

  has(path: readonly PropertyKey[]): boolean {
    return this.#document.getIn(path) !== undefined;
  }

  /** The line of what stands there or, if nothing does, of what it should stand in. */
  lineOf(path: readonly PropertyKey[]): number | undefined {
    for (let length = path.length; length > 0; length--) {
      const node = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return this.#lines.linePos(node.range[0]).line;
    }
    return undefined;
  }
}

/** A part: its source held against its shape. */
export class Page<P extends Part> {
  readonly part: P;
  /** Undefined when there are faults. */
  readonly content: ContentOf<P> | undefined;
  readonly #source: Source;
  readonly #file: string;
  readonly #faults: FileFault[];

  constructor(part: P, source: Source, { file, faults }: { file: string; faults: FileFault[] }) {
    this.part = part;
    this.#source = source;
    this.#file = file;
    this.#faults = faults;
    if (source.raw === undefined) return;
    const result = (catalogueFiles[part] as unknown as z.ZodType<ContentOf<P>>).safeParse(source.raw);
    if (result.success) this.content = result.data;
    else for (const issue of result.error.issues) this.#explain(issue);
  }

  /** What the file says, before defaults are filled in. */
  get raw(): unknown {
    return this.#source.raw;
  }

  fault(path: readonly PropertyKey[], fault: string, fix: string): void {
    this.#faults.push({ file: this.#file, line: this.#source.lineOf(path), path: path.join('.'), fault, fix });
  }

  #explain(issue: z.core.$ZodIssue): void {
    const { path } = issue;
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) this.fault([...path, key], 'unknown key', 'Remove it, or correct its name.');
    else if (issue.code === 'invalid_type' && !this.#source.has(path))
      this.fault(path, 'missing', `Add it (${issue.expected}).`);
    else if (issue.code === 'invalid_key')
      this.fault(path, issue.issues[0]?.message ?? issue.message, 'Correct the key.');
    else this.fault(path, issue.message, 'Correct the value.');
  }
}
