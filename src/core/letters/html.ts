/** The HTML form of a letter: one page with its styles inside, nothing to fetch, readable on a phone. */
import { address, colon, fill, type Filling, type Piece } from './markup.js';

const styles: Readonly<Record<string, string>> = {
  p: 'margin:0 0 16px',
  ul: 'margin:0 0 16px;padding-left:22px',
  ol: 'margin:0 0 16px;padding-left:22px',
  li: 'margin:0 0 6px',
  h1: 'margin:0 0 16px;font-size:22px;line-height:1.3',
  h2: 'margin:24px 0 10px;font-size:18px;line-height:1.3',
  h3: 'margin:20px 0 8px;font-size:16px;line-height:1.3',
  code: 'font-family:ui-monospace,Menlo,Consolas,monospace;font-size:15px;background:#f0efe9;padding:2px 5px;overflow-wrap:anywhere',
  a: 'color:#0b57a4;overflow-wrap:anywhere',
};
const desk = 'margin:0;padding:0;background:#f0efe9';
const sheet =
  'box-sizing:border-box;max-width:600px;margin:0 auto;padding:24px 20px;background:#ffffff;color:#24231f;' +
  'font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;overflow-wrap:break-word';

/** The letter as an HTML document; every value and every word of the letter is escaped. */
export function toHtml(pieces: readonly Piece[], filling: Filling & { subject: string }): string {
  return (
    `<!doctype html>\n<html lang="${filling.locale}">\n<head>\n<meta charset="utf-8">\n` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n' +
    `<title>${escaped(filling.subject)}</title>\n</head>\n<body style="${desk}">\n<div style="${sheet}">\n` +
    `${render(pieces, filling)}</div>\n</body>\n</html>\n`
  );
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => entities[char] as string);

const styled = (tag: string): string => `<${tag}${styles[tag] ? ` style="${styles[tag]}"` : ''}>`;

const render = (pieces: readonly Piece[], filling: Filling): string =>
  pieces.map((piece) => one(piece, filling)).join('');

function one(piece: Piece, filling: Filling): string {
  switch (piece.type) {
    case 'text':
      return escaped(fill(piece.content, filling)).replaceAll('\n', '<br>\n');
    case 'code_inline':
      return `${styled('code')}${escaped(fill(piece.content, filling)).replaceAll('\n', ' ')}</code>`;
    case 'softbreak':
      return '\n';
    case 'hardbreak':
      return '<br>\n';
    case 'link':
      return anchor(piece, filling);
    case 'inline':
      return render(piece.pieces, filling);
    case 'strong':
    case 'em':
      return `<${piece.tag}>${render(piece.pieces, filling)}</${piece.tag}>`;
    default:
      return block(piece, filling);
  }
}

function block(piece: Piece, filling: Filling): string {
  const body = render(piece.pieces, filling);
  if (piece.tight) return body;
  const start = piece.start === 1 ? '' : ` start="${piece.start}"`;
  return `${styled(piece.tag).replace(/>$/, `${start}>`)}${body}</${piece.tag}>\n`;
}

function anchor(piece: Piece, filling: Filling): string {
  const label = render(piece.pieces, filling);
  const url = address(piece.href, filling);
  const href = safe(url);
  if (href === undefined) return `${label}${colon(filling.locale)}${escaped(url)}`;
  return `<a href="${escaped(href)}" style="${styles['a']}">${label}</a>`;
}

/** The address as a browser would take it, or undefined if it is no absolute http, https or mailto address. */
function safe(url: string): string | undefined {
  try {
    const { protocol, href } = new URL(url);
    return protocol === 'http:' || protocol === 'https:' || protocol === 'mailto:' ? href : undefined;
  } catch {
    return undefined;
  }
}
