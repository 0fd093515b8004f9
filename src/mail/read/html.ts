import { decodeEntities, tokens } from './markup.js';

const words = (list: string) => new Set(list.split(' '));
const block = words(
  'address article aside body caption center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr html ' +
    'li main nav ol p pre section tbody tfoot thead ul',
);
const paragraph = words('p h1 h2 h3 h4 h5 h6 ul ol pre');
const unseen = words('head script style template title noscript svg math object');
const childless = words('area base br col embed hr img input link meta source track wbr');
/** Each level costs one more pass over its text; real mails nest layout tables about ten deep. */
const maxDepth = 30;

type Kind = 'page' | 'table' | 'row' | 'cell' | 'quote';

/** Text under way. Parts are kept in a list: looking at the end of a long string after each append would be quadratic. */
interface Frame {
  kind: Kind;
  parts: string[];
  cells: string[];
  /** What each line of a quotation starts with. */
  prefix: string;
  /** Line ends at the end of `parts`. */
  ends: number;
  /** Line ends owed before the next character. */
  owed: number;
  space: boolean;
}

/**
 * The text of an HTML mail as its reader sees it: a table row, a list item, a `<br>` each one line; the cells of a row
 * are parted by a tab; text quoted from an earlier mail starts with `> `; hidden elements are left out. Pure, linear in
 * the length, never throws.
 */
export function htmlToText(html: string): string {
  const page = new Page();
  let hidden: { name: string; depth: number } | undefined;
  for (const token of tokens(html)) {
    if (hidden) {
      if (token.kind !== 'text' && token.name === hidden.name) hidden.depth += token.kind === 'open' ? 1 : -1;
      if (hidden.depth === 0) hidden = undefined;
    } else if (token.kind === 'text') page.write(token.text);
    else if (token.kind === 'close') page.close(token.name);
    else if (unseen.has(token.name) || /display\s*:\s*none/i.test(token.attributes)) {
      if (!childless.has(token.name)) hidden = { name: token.name, depth: 1 };
    } else page.open(token.name, token.attributes);
  }
  return page.end();
}

class Page {
  private readonly frames: Frame[] = [];
  private preformatted = 0;

  constructor() {
    this.push('page');
  }

  private get top(): Frame {
    return this.frames.at(-1)!;
  }

  private push(kind: Kind, prefix = ''): void {
    // beyond the limit a frame would cost more than its line breaks are worth
    if (this.frames.length < maxDepth)
      this.frames.push({ kind, parts: [], cells: [], prefix, ends: 0, owed: 0, space: false });
    else this.owe(1);
  }

  open(name: string, attributes: string): void {
    if (name === 'br') this.append('\n');
    else if (name === 'table') this.push('table');
    else if (name === 'tr') {
      this.leaveWhile('cell', 'row');
      this.push('row');
    } else if (name === 'td' || name === 'th') {
      this.leaveWhile('cell');
      if (this.top.kind !== 'row') this.push('row');
      this.push('cell');
    } else if (name === 'blockquote') {
      // one without a mark of a quotation is only an indent
      this.push('quote', /cite|quote/i.test(attributes) ? '> ' : '');
    } else if (block.has(name)) {
      // Outlook writes one <p class=MsoNormal> a line, without space between them
      const tight = name === 'p' && /mso|margin\s*:\s*0/i.test(attributes);
      this.owe(paragraph.has(name) && !tight ? 2 : 1);
      if (name === 'pre') this.preformatted += 1;
    }
  }

  close(name: string): void {
    if (name === 'table') {
      if (this.frames.some(({ kind }) => kind === 'table')) this.leaveTo('table');
      else this.leaveWhile('cell', 'row');
    } else if (name === 'tr') this.leaveTo('row');
    else if (name === 'td' || name === 'th') this.leaveTo('cell');
    else if (name === 'blockquote') this.leaveTo('quote');
    else if (block.has(name)) {
      this.owe(1);
      if (name === 'pre' && this.preformatted > 0) this.preformatted -= 1;
    }
  }

  write(source: string): void {
    const text = decodeEntities(source);
    if (this.preformatted > 0) return this.append(text.replace(/\r\n?/g, '\n'));
    const flat = text.replace(/[ \t\r\n\f]+/g, ' ');
    if (flat === '') return;
    if (flat === ' ') {
      this.top.space = true;
      return;
    }
    const { space, ends, owed, parts } = this.top;
    const lineStart = parts.length === 0 || owed > 0 || ends > 0;
    const lead = (space || flat.startsWith(' ')) && !lineStart ? ' ' : '';
    this.append(lead + flat.replace(/^ | $/g, '').replaceAll('\u00a0', ' '));
    this.top.space = flat.endsWith(' ');
  }

  end(): string {
    while (this.frames.length > 1) this.leave();
    return tidy(this.top.parts.join(''));
  }

  private owe(breaks: number): void {
    const frame = this.top;
    if (frame.parts.length > 0) frame.owed = Math.max(frame.owed, breaks - frame.ends);
    frame.space = false;
  }

  private append(text: string): void {
    const frame = this.top;
    if (text === '') return;
    if (frame.owed > 0) frame.parts.push('\n'.repeat(frame.owed));
    frame.parts.push(text);
    const trailing = text.length - withoutEnds(text).length;
    frame.ends = trailing === text.length ? frame.ends + Math.max(frame.owed, 0) + trailing : trailing;
    frame.owed = 0;
    frame.space = false;
  }

  private leaveWhile(...kinds: Kind[]): void {
    while (kinds.includes(this.top.kind)) this.leave();
  }

  /** Closes the innermost frame of this kind; a stray end tag never closes what lies outside its own table. */
  private leaveTo(kind: Kind): void {
    for (let at = this.frames.length - 1; at > 0; at -= 1) {
      if (this.frames[at]!.kind === kind) {
        while (this.frames.length > at) this.leave();
        return;
      }
      if (this.frames[at]!.kind === 'table') break;
    }
    this.owe(1);
  }

  private leave(): void {
    const frame = this.frames.pop()!;
    const text = tidy(frame.parts.join(''));
    if (frame.kind === 'cell') {
      this.top.cells.push(text);
      return;
    }
    const line = frame.kind === 'row' ? [...frame.cells, text].filter((cell) => cell !== '').join('\t') : text;
    this.owe(1);
    this.append(frame.prefix && line ? line.replace(/^/gm, frame.prefix) : line);
    this.owe(1);
  }
}

/** Spaces before line ends and line ends at the edges go; several empty lines in a row become one. */
function tidy(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return withoutEnds(
    lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .replace(/^\n+/, ''),
  );
}

/**
 * Without the line ends at its end. Not by `/\n+$/`: it would look for the end of the text from each line end of a row,
 * and a mail of a million of them would take a day.
 */
export function withoutEnds(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '\n') end -= 1;
  return text.slice(0, end);
}
