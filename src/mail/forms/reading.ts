/** Reading the forms of a mail line by line: which line begins one, which belongs to one, which ends one. */
import { distance } from 'fastest-levenshtein';
import { typeOf, type AnyCommand, type Use } from '../../core/command/define.js';
import type { Registry } from '../../core/command/registry.js';
import type { Locale } from '../../core/locales/locale.js';
import { fold } from '../../core/text/fold.js';
import { indentOf, isRestQuoted, outdented, readLine, type Line } from './lines.js';
import { isCommandLabel, isHelpWord, labelsOf, named, type NamedCommand } from './names.js';

export const mostForms = 20;
const mostCharacters = 1024 * 1024;
/** Of a line, in characters, so that a megabyte of short ones costs no second. */
const leastPrice = 64;
/** No command has a fifth of it; each unknown label is compared with every known one. */
const mostLines = 200;

/** A form being read. */
export interface Open {
  readonly command: AnyCommand | undefined;
  readonly name: string;
  readonly labels: ReadonlyMap<string, Use>;
  readonly values: Map<string, string[]>;
  readonly lines: { label: string; value: string }[];
  /** An unknown label is a fault until the first empty line. */
  head: boolean;
  /** From the subject: empty lines before its first field are no end of its head. */
  readonly fromSubject: boolean;
  /** The field that a line without a label continues. */
  long: { values: string[]; line: { value: string }; indent: number } | undefined;
}

/** Reads one mail; give it the subject first. */
export class Reading {
  readonly registry: Registry;
  readonly forms: Open[] = [];
  help = false;
  stopped = false;
  more = 0;
  locale: Locale | undefined;
  #open: Open | undefined;

  constructor(registry: Registry) {
    this.registry = registry;
  }

  /** `[noun verb]`; other brackets are tags of lists and filters. A slip of two letters is still a command. */
  subject(subject: string): void {
    this.#helpAsked(subject);
    const typed = /\[([^[\]]{1,80})\]/.exec(subject)?.[1];
    if (typed === undefined) return;
    const asked = named(this.registry, typed);
    if (asked.command || (/\S\s+\S/.test(typed) && distance(fold(typed), fold(this.registry.nearest(typed))) <= 2))
      this.#start(asked, true);
  }

  body(text: string): void {
    const lines = text.split('\n');
    let left = mostCharacters;
    for (let at = 0; at < lines.length && left > 0; at += 1) {
      const raw = lines[at] ?? '';
      const continues = this.#continues(raw);
      if (!continues && isRestQuoted(lines, at)) break;
      const line: Line = continues ? { kind: 'note' } : readLine(raw);
      // quoted text costs nothing; a line has its price even if it is short
      if (line.kind !== 'quoted') left -= Math.max(raw.length, leastPrice);
      this.stopped = line.kind === 'stop';
      if (this.stopped) break;
      this.#take(line);
    }
    this.#end();
  }

  /** The forms, without a subject's that the body only repeats. */
  ended(): readonly Open[] {
    const [first, second] = this.forms;
    const repeated =
      second !== undefined &&
      first?.fromSubject &&
      first.values.size === 0 &&
      first.lines.length === 0 &&
      first.command === second.command;
    return repeated ? this.forms.slice(1) : this.forms;
  }

  #take(line: Line): void {
    if (line.kind === 'empty') {
      if (!this.#open) return;
      this.#open.long = undefined;
      if (!this.#open.fromSubject || this.#open.lines.length > 0) this.#open.head = false;
    } else if (line.kind === 'quoted' || line.kind === 'end' || line.kind === 'next') this.#end();
    else if (line.kind === 'labelled' && isCommandLabel(line.label) && line.value !== '') this.#command(line);
    else if (line.kind === 'labelled') this.#field(line);
    else if (line.kind === 'text') this.#text(line.text);
  }

  /** A line deeper than the long field directly above it belongs to it, whatever it looks like. */
  #continues(raw: string): boolean {
    const long = this.#open?.long;
    if (!long || raw.trim() === '' || indentOf(raw) < long.indent + 2) return false;
    const line = outdented(raw, long.indent + 2);
    // a dot alone stands for an empty line
    append(long, /^\.+\s*$/.test(line) ? line.slice(1) : line);
    return true;
  }

  #command(line: Line & { kind: 'labelled' }): void {
    this.locale ??= fold(line.label) === 'commande' ? 'fr' : 'en';
    if (this.forms.length < mostForms) return this.#start(named(this.registry, line.value), false);
    this.#end();
    this.more += 1;
  }

  #start(asked: NamedCommand, fromSubject: boolean): void {
    this.#end();
    const form: Open = {
      ...asked,
      labels: asked.command ? labelsOf(asked.command) : new Map(),
      values: new Map(),
      lines: [],
      head: true,
      fromSubject,
      long: undefined,
    };
    if (asked.topic) form.values.set('topic', [asked.topic]);
    this.forms.push(form);
    this.#open = form;
  }

  #field({ label, value, text, indent }: Line & { kind: 'labelled' }): void {
    const form = this.#open;
    if (!form || form.lines.length >= mostLines) return;
    const use = form.labels.get(fold(label));
    if (!use && !form.head) return this.#text(text);
    const several = use !== undefined && isSeveral(use);
    // below the head a label may be in a signature: it adds nothing to what was given
    if (use && !form.head && !several && form.values.has(use.field.name)) return;
    form.long = undefined;
    const line = { label, value };
    form.lines.push(line);
    const name = use?.field.name ?? label;
    const values = form.values.get(name) ?? [];
    if (value !== '') {
      values.push(value);
      form.values.set(name, values);
    }
    if (!use || !(several || typeOf(use).kind === 'long')) return;
    if (value === '') form.values.set(name, [...values, '']);
    form.long = { values: form.values.get(name) ?? [], line, indent };
  }

  #text(text: string): void {
    const long = this.#open?.long;
    if (long) append(long, text);
    else if (!this.#open) this.#helpAsked(text);
  }

  #helpAsked(text: string): void {
    if (isHelpWord(text)) this.help = true;
  }

  #end(): void {
    const form = this.#open;
    // a long field that was left empty was not given
    for (const [name, values] of form?.values ?? []) {
      const given = values.filter((value) => value.trim() !== '');
      if (given.length > 0) form?.values.set(name, given);
      else form?.values.delete(name);
    }
    this.#open = undefined;
  }
}

function append(long: NonNullable<Open['long']>, text: string): void {
  long.values.push(`${long.values.pop() ?? ''}\n${text}`);
  long.line.value += `\n${text}`;
}

/** Several values may be given, a line each. */
const isSeveral = (use: Use): boolean => typeOf(use).kind === 'list' || typeOf(use).kind === 'pairs';
