/** The text form of a letter: what is read where HTML isn't. */
import { address, colon, fill, type Filling, type Piece } from './markup.js';

const width = 78;

/** The letter as plain text: prose wrapped at 78 characters; a code or an address is never broken; links as `label: url`. */
export const toText = (pieces: readonly Piece[], filling: Filling): string =>
  `${blocks(pieces, { filling, width }).join('\n\n')}\n`;

interface Page {
  filling: Filling;
  width: number;
}

function blocks(pieces: readonly Piece[], page: Page): string[] {
  return pieces.map((piece) => {
    if (piece.type.endsWith('_list')) return list(piece, page);
    const paragraph = wrap(inline(piece.pieces, page.filling), page.width);
    return piece.type === 'heading' ? `${paragraph}\n${'='.repeat(longest(paragraph))}` : paragraph;
  });
}

function list({ type, start, pieces }: Piece, page: Page): string {
  const loose = pieces.some((item) => item.pieces.some((block) => block.type === 'paragraph' && !block.tight));
  const items = pieces.map((item, at) => {
    const bullet = type === 'ordered_list' ? `${start + at}. ` : '- ';
    const body = blocks(item.pieces, { ...page, width: page.width - bullet.length }).join(loose ? '\n\n' : '\n');
    return bullet + body.replace(/\n(?!\n)/g, `\n${' '.repeat(bullet.length)}`);
  });
  return items.join(loose ? '\n\n' : '\n');
}

/** Lines of words: only between two words may a line be broken. */
type Lines = string[][];

function inline(pieces: readonly Piece[], filling: Filling, lines: Lines = [['']]): Lines {
  for (const piece of pieces) {
    if (piece.type === 'text') prose(fill(piece.content, filling), lines);
    else if (piece.type === 'inline' || piece.type === 'strong' || piece.type === 'em')
      inline(piece.pieces, filling, lines);
    else if (piece.type === 'link') anchor(piece, filling, lines);
    else if (piece.type === 'code_inline') glue([fill(piece.content, filling).replaceAll('\n', ' ')], lines);
    else if (piece.type === 'softbreak') glue(['', ''], lines);
    else if (piece.type === 'hardbreak') lines.push(['']);
  }
  return lines;
}

function anchor({ href, pieces }: Piece, filling: Filling, lines: Lines): void {
  const url = address(href, filling).replace(/^mailto:/, '');
  const label = inline(pieces, filling)
    .map((words) => words.join(' '))
    .join(' ');
  // a link that shows its address needn't give it twice
  if (label !== url) prose(label + colon(filling.locale), lines);
  glue([url], lines);
}

function prose(text: string, lines: Lines): void {
  text.split('\n').forEach((part, at) => {
    if (at > 0) lines.push(['']);
    glue(part.split(/ +/), lines);
  });
}

/** Goes on where the last word ended. */
function glue([first = '', ...words]: readonly string[], lines: Lines): void {
  const line = lines.at(-1) as string[];
  line.push((line.pop() ?? '') + first, ...words);
}

const longest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

function wrap(lines: Lines, limit: number): string {
  return lines
    .flatMap((words) => broken(words.filter(Boolean), limit))
    .join('\n')
    .trim();
}

function broken(words: readonly string[], limit: number): string[] {
  const out: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > limit) {
      out.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...out, line];
}
