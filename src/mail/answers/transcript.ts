/** The one answer to a mail (SPEC 0, "Mail"): a part for each command, and what was refused as a form to be corrected. */
import type { AnyCommand } from '../../core/command/define.js';
import type { RawInput } from '../../core/command/input.js';
import type { Outcome } from '../../core/command/outcome.js';
import { useOf } from '../../core/command/registry.js';
import type { Reader } from '../../core/command/value.js';
import { replyTo, type Reply, type Table } from '../../core/command/reply.js';
import { areUploads, isUpload } from '../../core/command/type.js';
import type { Locale } from '../../core/locales/locale.js';
import { asHtml, asText, type Block } from './blocks.js';
import { encodeForm } from '../forms/text.js';
import type { NextForm } from './next-form.js';
import { wordsOf, type Verdict, type Words } from '../words.js';

/** One command and what became of it. */
export interface Result {
  /** Undefined when there is no such command. */
  readonly command: AnyCommand | undefined;
  /** As known, else as typed. */
  readonly name: string;
  readonly raw: RawInput;
  readonly outcome: Outcome;
  /** The file that the answer came with is not attached: it is too large. */
  readonly fileLeftOut?: boolean;
  /** Where it can be fetched instead. */
  readonly fileUrl?: string;
  /** A form to be filled in, after help about a command. */
  readonly blank?: string;
  /** The next form of an object that is being filled in. */
  readonly next?: NextForm | undefined;
  /** It was asked without a form, which would be no way to correct it: a reply says it again. */
  readonly said?: true;
  /** Forms to be filled in, after help about everything: one for each command that the reader may use. */
  readonly blanks?: readonly { readonly name: string; readonly help: string; readonly form: string }[];
}

export interface TranscriptContent extends Reader {
  /** Of the mail that is answered. */
  readonly subject: string;
  readonly results: readonly Result[];
  /** Forms that were beyond the limit. */
  readonly more?: number;
  readonly damaged?: boolean;
  /** Nothing proved the sender: as whom it was carried out, and who let it pass. */
  readonly released?: { readonly as: string; readonly by: string };
  /** Blocks for a sender who needs help, after the results. */
  readonly help?: readonly Block[];
  /** Who signs, a line each. */
  readonly signature: readonly string[];
}

export interface Transcript {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export function renderTranscript(content: TranscriptContent): Transcript {
  const { locale, results } = content;
  const words = wordsOf(locale);
  const subject = replySubject(content.subject, words.yourMail);
  const several = results.length > 1;
  const refused = results.some(({ outcome, said }) => !outcome.ok && !said);
  const blocks: Block[] = [
    ...(content.damaged ? [text(words.damaged)] : []),
    ...(content.released ? [text(words.released(content.released))] : []),
    ...(several ? [text(words.several(results.length, countsOf(results)))] : []),
    ...results.flatMap((result, index) => resultBlocks(result, { content, place: several ? index + 1 : undefined })),
    ...(content.more ? [text(words.more(content.more))] : []),
    ...(content.help ?? []),
    ...(refused || content.help ? [{ kind: 'small', text: words.hint } as const] : []),
  ];
  const signature = content.signature.join('\n');
  return {
    subject,
    text: `${asText(blocks, locale)}\n-- \n${signature}\n`,
    html: asHtml([...blocks, { kind: 'small', text: signature }], { locale, title: subject }),
  };
}

const colon = { fr: '\u00A0: ', en: ': ' } as const;

const text = (value: string): Block => ({ kind: 'text', text: value });

/** `Re: ` once, one line, at most 200 characters; header injection ends here and once more where headers are made. */
export function replySubject(subject: string, fallback: string): string {
  let plain = subject.replace(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu, ' ').trim();
  for (let shorter = ''; plain !== shorter;) {
    shorter = plain;
    plain = plain.replace(/^(re|ré|rép|aw|sv|fw|fwd|tr|wg)\s?(\[\d+\])?\s?[:：]\s*/iu, '');
  }
  const chars = [...`Re: ${plain || fallback}`];
  return chars.length > 200 ? `${chars.slice(0, 199).join('')}…` : chars.join('');
}

export function verdictOf({ outcome, command }: Pick<Result, 'outcome' | 'command'>): Verdict {
  if (!outcome.ok) return outcome.code === 'fault' ? 'fault' : 'refused';
  if (outcome.dryRun) return 'trial';
  if (outcome.waiting) return 'waiting';
  if (outcome.pending) return 'preview';
  return command?.reads ? 'shown' : 'done';
}

const order: readonly Verdict[] = ['done', 'shown', 'trial', 'waiting', 'preview', 'refused', 'fault'];

const countsOf = (results: readonly Result[]): { verdict: Verdict; count: number }[] =>
  order
    .map((verdict) => ({ verdict, count: results.filter((result) => verdictOf(result) === verdict).length }))
    .filter(({ count }) => count > 0);

function resultBlocks(
  result: Result,
  { content, place }: { content: TranscriptContent; place: number | undefined },
): Block[] {
  const { locale } = content;
  const words = wordsOf(locale);
  const { command, outcome } = result;
  const reply = replyTo(outcome, { ...content, command });
  const verdict = verdictOf(result);
  const numbering = place === undefined ? '' : `${place}. `;
  const title = `${numbering}${result.name}${verdict === 'shown' ? '' : `${colon[locale]}${words.verdicts[verdict]}`}`;
  // what is not there needs no line
  const lines = reply.lines
    .filter(({ value }) => value !== '–')
    // somebody else's words are marked: quoted back without a mark they must not be lines of a form
    .map((line) => (line.said ? { ...line, value: `\n${line.value.replace(/^/gm, '> ')}` } : line));
  const file = outcome.ok && outcome.file ? [text(fileLine(result, outcome.file.name, words))] : [];
  // what is wrong stands in the form, where there is one
  const faults = result.said ? reply.faults.map((fault) => ({ label: fault.label, value: fault.text })) : [];
  return [
    { kind: 'heading', text: title },
    text(reply.headline),
    ...(faults.length > 0 ? [{ kind: 'lines', lines: faults } as const] : []),
    ...(lines.length > 0 && !result.blank && !result.blanks ? [{ kind: 'lines', lines } as const] : []),
    ...(result.blanks ? [] : reply.tables.map(tableBlock)),
    ...file,
    ...(result.blanks ? blankBlocks(result.blanks, words.fillIn) : []),
    ...(result.blank ? [text(words.fillIn), { kind: 'form', text: result.blank } as const] : []),
    ...formBlocks(result, { reply, locale }),
  ];
}

const blankBlocks = (blanks: NonNullable<Result['blanks']>, intro: string): Block[] => [
  text(intro),
  ...blanks.flatMap(({ name, help, form }): Block[] => [text(`${name} – ${help}`), { kind: 'form', text: form }]),
];

function fileLine({ fileLeftOut, fileUrl }: Result, name: string, words: Words): string {
  if (fileUrl) return words.linked(name, fileUrl);
  return fileLeftOut ? words.tooLarge : words.attached(name);
}

/** A table of two columns reads better as lines. */
function tableBlock(table: Table): Block {
  if (table.columns.length !== 2 || table.counts) return { kind: 'table', table };
  return { kind: 'lines', lines: table.rows.map(([label = '', value = '']) => ({ label, value })) };
}

/** Correcting the form would not help: somebody else must act, or it is over. */
const isFinal = (code: string): boolean =>
  code === 'access.denied' || code.startsWith('approval.') || code === 'rate.limited';

/** The same form again, to be corrected or to be tried once more; a preview to be confirmed needs none. */
export function offeredForm(
  result: Result,
  { reply, locale }: { reply: Reply; locale: Locale },
): { intro: string; text: string } | undefined {
  const words = wordsOf(locale);
  const { command, outcome, raw } = result;
  const form = (notes: Readonly<Record<string, string>>, remarks: readonly string[]): string =>
    encodeForm(command ?? result.name, raw, { locale, notes, remarks });
  if (outcome.ok && outcome.pending) return { intro: words.goAhead, text: '' };
  if (outcome.ok) return result.next?.text ? { intro: words[result.next.kind], text: result.next.text } : undefined;
  if (isFinal(outcome.code) || result.said) return undefined;
  if (outcome.code === 'fault') return { intro: words.again, text: form({}, []) };
  const isThere = (field: string): boolean =>
    raw[field] !== undefined || (command !== undefined && useOf(command, field) !== undefined);
  const isFile = (field: string): boolean =>
    command !== undefined &&
    ['file', 'files'].includes(useOf(command, field)?.field.type.kind ?? '') &&
    !isUpload(raw[field]) &&
    !areUploads(raw[field]);
  const note = ({ field, label, text: what }: Reply['faults'][number]): string =>
    isFile(field) ? words.attach(label) : `${label} ${what}`;
  const there = reply.faults.filter(({ field }) => isThere(field));
  const notes = Object.fromEntries(there.map((fault) => [fault.field, note(fault)]));
  // the way to have the same once more is to say so in its field
  if (outcome.code === 'declaration.duplicate')
    return { intro: words.second, text: form({ anyway: words.anyway }, []) };
  const others = reply.faults
    .filter(({ field }) => !isThere(field))
    .map((fault) => `${fault.label}${colon[locale]}${fault.text}`);
  return { intro: words.correct, text: form(notes, reply.faults.length === 0 ? [reply.headline] : others) };
}

function formBlocks(result: Result, more: { reply: Reply; locale: Locale }): Block[] {
  const offered = offeredForm(result, more);
  if (!offered) return [];
  return [text(offered.intro), ...(offered.text === '' ? [] : [{ kind: 'form', text: offered.text } as const])];
}
