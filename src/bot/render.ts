/**
 * A reply as a Discord message. Every value is shown as it is: what comes from outside is never markup, a mention or a
 * link with another text (invariant 8).
 */
import {
  ButtonStyle,
  ComponentType,
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIStringSelectComponent,
} from 'discord.js';
import { attachableBytes, type FileLink } from '../core/ports/file-links.js';
import { aligned, type Reply, type Table } from '../core/command/reply.js';
import type { Upload } from '../core/command/type.js';
import type { Locale } from '../core/locales/locale.js';
import { wordsOf } from './words.js';

export type Row = APIActionRowComponent<APIButtonComponentWithCustomId | APIStringSelectComponent>;

/** What every answer is made of; an edit replaces all of it. */
export interface Payload {
  readonly content: string;
  readonly embeds: [];
  readonly components: Row[];
  readonly files: { name: string; attachment: Buffer }[];
  readonly allowedMentions: { parse: [] };
}

export const contentMost = 2000;
const cellMost = 26;
/** Of what somebody said in a conversation. */
const saidMost = 1000;

// Cf has the marks that reorder or hide text; the joiners of emoji and Indic scripts are left in
const hidden = /(?![\u200C\u200D])[\p{Cf}\u2028\u2029]|(?!\n)\p{Cc}/gu;
const markup = /[\\*_~`|<>[\]]|(?<=^[ \t]*)(?:[#+-])|(?<=^[ \t]*\d{1,9})[.)]/gm;

/** A text that Discord shows as it is. Its own escapes count, so that one typed before a mark does not free the mark. */
export const plain = (text: string): string => text.replace(hidden, '').replace(markup, '\\$&');

/** As much of a text as fits, shown as it is. */
export function fitting(text: string, most: number): string {
  const whole = plain(text);
  if (whole.length <= most) return whole;
  let letters = [...text].slice(0, most);
  for (;;) {
    const part = `${plain(letters.join(''))}…`;
    if (part.length <= most || letters.length === 0) return part.slice(0, Math.max(0, most));
    letters = letters.slice(0, letters.length - Math.max(1, Math.ceil((part.length - most) / 2)));
  }
}

/** A text as messages that each take it as it is, parted at line ends; no line is longer than one of them. */
export function inMessages(text: string, most: number): string[] {
  const messages: string[] = [];
  let now = '';
  for (const line of text.split('\n').flatMap((one) => pieces(one, most))) {
    const longer = now === '' ? line : `${now}\n${line}`;
    if (plain(longer).length <= most) now = longer;
    else {
      messages.push(now);
      now = line;
    }
  }
  return [...messages, now].filter((one) => one.trim() !== '');
}

/** At worst each character takes an escape. */
function pieces(line: string, most: number): string[] {
  const letters = [...line];
  const size = Math.floor(most / 4);
  if (letters.length <= size) return [line];
  return Array.from({ length: Math.ceil(letters.length / size) }, (_, at) =>
    letters.slice(at * size, (at + 1) * size).join(''),
  );
}

/** Several lines of somebody's stay apart from ours: they are a quotation. */
const valueOf = (text: string, most: number): string =>
  text.includes('\n')
    ? `\n${fitting(text, most)
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n')}`
    : fitting(text, most);

export const labelled = (label: string, value: string, most = 600): string =>
  `**${plain(label)}** ${valueOf(value, most)}`;

/** Joins lines while they fit; the rest is left out, and that is shown. */
export function joined(lines: readonly string[], most: number): string {
  const kept: string[] = [];
  let left = most;
  for (const line of lines) {
    if (line.length + 1 > left - 2) return [...kept, '…'].join('\n');
    kept.push(line);
    left -= line.length + 1;
  }
  return kept.join('\n');
}

export const button = (
  customId: string,
  label: string,
  style: ButtonStyle = ButtonStyle.Secondary,
): APIButtonComponentWithCustomId => ({
  type: ComponentType.Button,
  custom_id: customId,
  label,
  style: style as APIButtonComponentWithCustomId['style'],
});

export const rowOf = (...components: Row['components']): Row => ({
  type: ComponentType.ActionRow,
  components,
});

export const message = (content: string, components: Row[] = []): Payload => ({
  content,
  embeds: [],
  components,
  files: [],
  allowedMentions: { parse: [] },
});

export interface Rendering {
  readonly locale: Locale;
  /** Of a list: how many there are in all, and which page this is. */
  readonly paging?: { readonly total: number; readonly page: number; readonly perPage: number } | undefined;
  readonly file?: Upload | undefined;
  /** Where the file is fetched that is too large to come along. */
  readonly link?: FileLink | undefined;
  readonly components?: Row[];
  /** A refusal to be told first: what follows is how it stands. */
  readonly above?: Reply | undefined;
  /** Its last line is shown however long the others are. */
  readonly keepsLast?: boolean;
}

const faultLines = ({ faults }: Reply): string[] => faults.map(({ label, text }) => `- ${labelled(label, text)}`);

/** The message of a reply, within Discord's 2,000 characters and our 8 MB. */
export function render(reply: Reply, rendering: Rendering): Payload {
  const { locale, paging, file, link, above, components = [] } = rendering;
  const words = wordsOf(locale);
  const tooLarge = file && file.content.length > attachableBytes;
  const refusal = above ? `${joined([fitting(above.headline, 500), ...faultLines(above)], 900)}\n\n` : '';
  const lines = [
    fitting(reply.headline, 700),
    ...reply.lines.map(({ label, value, said }) => labelled(label, value, said ? saidMost : undefined)),
    ...faultLines(reply),
    // an address of ours, as it is: escapes would break it
    ...(link ? [`${plain(words.fileLinked(link.name))} <${link.url}>`] : []),
    ...(tooLarge && !link ? [plain(words.fileTooLarge(file.name))] : []),
  ];
  const last = rendering.keepsLast && lines.length > 1 ? `\n${lines.pop()}` : '';
  const room = contentMost - refusal.length - last.length;
  const told = joined(lines, reply.tables.length > 0 ? room - 600 : room);
  let content = refusal + told + last;
  for (const table of reply.tables)
    content += tableText(table, contentMost - content.length, {
      locale,
      paging: table.title === '' ? paging : undefined,
    });
  return {
    ...message(content, components),
    files: [
      ...(file && !tooLarge ? [{ name: file.name, attachment: file.content }] : []),
      ...conversation(reply, told.endsWith('\n…')),
    ],
  };
}

/** What was said, as a file, where a message has no room for all of it. */
function conversation({ lines }: Reply, cut: boolean): Payload['files'] {
  const said = lines.filter((line) => line.said);
  const whole = !cut && said.every(({ value }) => plain(value).length <= saidMost);
  if (said.length === 0 || whole) return [];
  const text = said.map(({ label, value }) => `${label}\n\n${value}\n`).join('\n---\n\n');
  return [{ name: 'conversation.txt', attachment: Buffer.from(text) }];
}

const cell = (text: string): string => text.replace(hidden, '').replace(/\s+/g, ' ').replaceAll('`', 'ˋ');

/** A table as a block of fixed-width text, with as many rows as fit and a word about the others. */
function tableText(table: Table, room: number, { locale, paging }: Pick<Rendering, 'locale' | 'paging'>): string {
  const words = wordsOf(locale);
  const [head = '', ...rows] = aligned(
    { ...table, columns: table.columns.map(cell), rows: table.rows.map((row) => row.map(cell)) },
    cellMost,
  );
  const title = table.title ? `\n**${plain(table.title)}**` : '';
  const pages = paging ? Math.ceil(paging.total / paging.perPage) : 1;
  const text = (count: number): string => {
    const left = rows.length - count;
    const cut = paging
      ? words.fitting(left + Math.max(0, paging.total - paging.page * paging.perPage), Math.max(1, count))
      : words.moreRows(left);
    const note = left > 0 ? cut : paging && paging.page < pages ? words.morePages(paging.page, pages) : '';
    return `${title}\n\`\`\`\n${[head, ...rows.slice(0, count)].join('\n')}\n\`\`\`${note}`;
  };
  let count = rows.length;
  while (count > 0 && text(count).length > room) count -= 1;
  if (text(count).length <= room) return text(count);
  const note = `${title}\n${words.moreRows(rows.length)}`;
  return note.length <= room ? note : '';
}
