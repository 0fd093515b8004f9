/** A mail of ours as blocks, and its two forms. What a block says is data in both: never markup, never a control character. */
import { aligned, type Table } from '../../core/command/reply.js';
import type { Locale } from '../../core/locales/locale.js';

export type Block =
  | { readonly kind: 'heading' | 'text' | 'small'; readonly text: string }
  | { readonly kind: 'lines'; readonly lines: readonly { readonly label: string; readonly value: string }[] }
  | { readonly kind: 'table'; readonly table: Table }
  /** Lines to be copied as they are. */
  | { readonly kind: 'form'; readonly text: string };

/** Wider cells are cut in the text form; the HTML has all. */
const widestCell = 60;
const colon = { fr: '\u00A0: ', en: ': ' } as const;

/** Control characters and those that reorder text are left out; line ends stay. */
export const shown = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(/(?!\n)[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, ' ');

const oneLine = (text: string): string => shown(text).replace(/\s*\n\s*/g, ' ');

/** The plain text, blocks parted by an empty line. */
export const asText = (blocks: readonly Block[], locale: Locale): string =>
  `${blocks.map((block) => textOf(block, locale)).join('\n\n')}\n`;

function textOf(block: Block, locale: Locale): string {
  switch (block.kind) {
    case 'heading': {
      const text = oneLine(block.text);
      return `${text}\n${'='.repeat(Math.min([...text].length, 72))}`;
    }
    case 'lines':
      return block.lines
        .map(({ label, value }) => `${oneLine(label)}${colon[locale]}${shown(value).replaceAll('\n', '\n    ')}`)
        .join('\n');
    case 'table':
      return [
        ...(block.table.title ? [`${oneLine(block.table.title)}${colon[locale].trimEnd()}`] : []),
        ...aligned(tidy(block.table), widestCell).map((line) => `  ${line}`),
      ].join('\n');
    default:
      return shown(block.text);
  }
}

const tidy = ({ title, columns, rows }: Table): Table => ({
  title,
  columns: columns.map(oneLine),
  rows: rows.map((row) => row.map(oneLine)),
});

const styles = {
  page: 'margin:0;padding:0;background:#f0efe9',
  sheet:
    'box-sizing:border-box;max-width:680px;margin:0 auto;padding:24px 20px;background:#ffffff;color:#24231f;' +
    'font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;overflow-wrap:break-word',
  heading: 'margin:28px 0 8px;font-size:18px;line-height:1.3',
  text: 'margin:0 0 14px',
  small: 'margin:24px 0 0;font-size:14px;color:#5c5a52',
  scroll: 'margin:0 0 14px;overflow-x:auto',
  table: 'border-collapse:collapse;font-size:15px',
  cell: 'padding:4px 14px 4px 0;text-align:left;vertical-align:top;border-bottom:1px solid #e4e2d8',
  label: 'padding:4px 14px 4px 0;text-align:left;vertical-align:top;font-weight:normal;color:#5c5a52',
  value: 'padding:4px 0;vertical-align:top;overflow-wrap:anywhere',
  form: 'margin:0 0 14px;padding:12px 14px;background:#f0efe9;border-radius:6px;font:14px/1.5 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere',
} as const;

/** One page with its styles inside, nothing to fetch, readable on a phone. */
export function asHtml(blocks: readonly Block[], { locale, title }: { locale: Locale; title: string }): string {
  return (
    `<!doctype html>\n<html lang="${locale}">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n` +
    `<title>${escaped(oneLine(title))}</title>\n</head>\n<body style="${styles.page}">\n<div style="${styles.sheet}">\n${blocks.map(htmlOf).join('\n')}\n</div>\n</body>\n</html>\n`
  );
}

function htmlOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h2 style="${styles.heading}">${escaped(oneLine(block.text))}</h2>`;
    case 'text':
    case 'small':
      return `<p style="${styles[block.kind]}">${broken(block.text)}</p>`;
    case 'lines': {
      const rows = block.lines.map(
        ({ label, value }) =>
          `<tr><th scope="row" style="${styles.label}">${escaped(oneLine(label))}</th><td style="${styles.value}">${broken(value)}</td></tr>`,
      );
      return `<table style="${styles.table};margin:0 0 14px">\n${rows.join('\n')}\n</table>`;
    }
    case 'table':
      return tableOf(tidy(block.table));
    case 'form':
      return `<pre style="${styles.form}">${escaped(shown(block.text))}</pre>`;
  }
}

function tableOf({ title, columns, rows }: Table): string {
  const row = (cells: readonly string[], tag: 'th scope="col"' | 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag} style="${styles.cell}">${escaped(cell)}</${tag.slice(0, 2)}>`).join('')}</tr>`;
  const caption = title ? `<p style="${styles.text}">${escaped(title)}</p>\n` : '';
  return `${caption}<div style="${styles.scroll}"><table style="${styles.table}">\n${[row(columns, 'th scope="col"'), ...rows.map((cells) => row(cells, 'td'))].join('\n')}\n</table></div>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => entities[char] ?? char);
const broken = (text: string): string => escaped(shown(text)).replaceAll('\n', '<br>\n');
