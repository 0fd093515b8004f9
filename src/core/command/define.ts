/**
 * How a command is declared: once, with its fields; every door, the help and the printed reference are made from it
 * (SPEC 0, "One command, every door").
 */
import type { ApprovalRule, SummaryLine } from '../guard/approval.js';
import type { Actor } from '../guard/identity.js';
import type { Who } from '../guard/policy.js';
import type { Desk, Work } from '../guard/work.js';
import type { Localised } from '../locales/locale.js';
import type { Policy } from '../catalogue/shape.js';
import type { Field } from './dictionary.js';
import type { CountedRefusal, Done, Preview } from './outcome.js';
import type { Steps } from './parts.js';
import type { Choice, FieldType, Raw } from './type.js';
import type { Reader } from './value.js';

/** A field as one command uses it. */
export interface Use<F extends Field = Field, Required extends boolean = boolean> {
  readonly field: F;
  readonly required: Required;
  /** Asked by the panel's modals, no Discord option (◦). */
  readonly panel?: boolean;
  /** Only the terminal offers it. */
  readonly terminal?: boolean;
  /** Of a command that edits: whether `-` alone empties it; where not, that is refused. */
  readonly empties?: boolean;
  /** Required when a rule of the command says so: marked † in the reference. */
  readonly when?: Localised;
  /** Values worth offering while typing, best first; at most 25 are shown. */
  readonly suggest?: Suggest;
}

export type Suggest = (
  tx: Work['tx'],
  asker: { actor: Actor; typed: string; work: Work },
) => Promise<readonly Suggested[]>;

/** A choice; `matches` when it was looked up by what was typed, else it is offered only if that is in its id or name. */
export type Suggested = Choice & { readonly matches?: true };

/** One that was looked up by what was typed, called by these words. */
export function lookedUp(id: string, ...words: readonly (string | null)[]): Suggested {
  const name = words.filter(Boolean).join(', ');
  return { id, names: { fr: name, en: name }, matches: true };
}

export const required = <F extends Field>(field: F, more: Omit<Use, 'field' | 'required'> = {}): Use<F, true> => ({
  field,
  required: true,
  ...more,
});
export const optional = <F extends Field>(field: F, more: Omit<Use, 'field' | 'required'> = {}): Use<F, false> => ({
  field,
  required: false,
  ...more,
});

type Edited<Uses extends readonly Use[], Empties extends boolean> = {
  readonly [At in keyof Uses]: Uses[At] & { readonly empties: Empties };
};

/** Fields of a command that edits which can be emptied again, by `-` alone: its handler gets null. */
export const emptiable = <const Uses extends readonly Use<Field, false>[]>(uses: Uses): Edited<Uses, true> =>
  uses.map((use) => ({ ...use, empties: true })) as unknown as Edited<Uses, true>;
/** Fields of a command that edits which always have a value: `-` alone is refused, by their name. */
export const lasting = <const Uses extends readonly Use<Field, false>[]>(uses: Uses): Edited<Uses, false> =>
  uses.map((use) => ({ ...use, empties: false })) as unknown as Edited<Uses, false>;

type Camel<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;
type Value<F> = F extends Field<string, infer T> ? T : never;
type Emptied<U> = U extends { readonly empties: true } ? null : never;

/** What a handler gets: field names in camelCase, optional fields perhaps undefined, those to be emptied null. */
export type Input<Uses extends readonly Use[]> = {
  readonly [U in Uses[number] as U['required'] extends true ? Camel<U['field']['name']> : never]: Value<U['field']>;
} & {
  readonly [U in Uses[number] as U['required'] extends true ? never : Camel<U['field']['name']>]?:
    Value<U['field']> | Emptied<U>;
};

/** A command's own way to say what a request of it asks; nothing where that is not known any more. */
export type SummaryBy = (tx: Work['tx'], approvalId: number, reader: Reader) => Promise<readonly SummaryLine[]>;

/** A command that needs a second person (X3). */
export interface FourEyes<I> {
  /** Absent: always. The operator grants roles alone. */
  needed?(work: Work, input: I): boolean | Promise<boolean>;
  /** Who decides this one, where that is not what the policy says: an organisation's owner, of what staff ask for it. */
  rule?(work: Work, input: I): Promise<ApprovalRule>;
  /** What the request takes hold of until it is decided; says which object it is about. Throws refusals. */
  hold(work: Work, input: I, approvalId: number): Promise<{ object?: string; content?: unknown }>;
  /** What the request is about *now*: its hash must still be the one approved (an edit voids it). */
  content(work: Work, input: I, approvalId: number): Promise<unknown>;
  /** Lets go again. */
  release(work: Work, approvalId: number, why: Ending): Promise<void>;
  /** What approval does, where that is not the command itself: an order was submitted before it is approved. */
  approved?(work: Work, input: I, approvalId: number): Promise<Done>;
  /** Fields by which two requests are the same one; asked again, the one that waits is named. Absent: each is its own. */
  readonly same?: readonly string[];
  /** Its handlers tell the requester themselves what came of it. */
  readonly tells?: boolean;
  /** What it asks, in better words than what was typed. */
  readonly summary?: SummaryBy;
  /** Somebody who may decide it looks at it. */
  seen?(work: Work, approvalId: number): Promise<void>;
}

/**
 * The country of what a command is about, by the fields that name it, the first that is given: a phone without its
 * prefix is one of there, where the form says none (FIELDS "phone"). May throw refusals, which are left to `run`.
 */
export type Home = Readonly<Record<string, (work: Work, named: string) => Promise<string | null>>>;

/** How a request ended that was not approved. */
export interface Ending {
  readonly state: 'refused' | 'expired' | 'void' | 'cancelled';
  /** Why it was refused. */
  readonly reason?: string;
  /** Refused as it is, to be completed and asked again. */
  readonly returned?: boolean;
}

export interface Command<I = never> {
  /** `noun verb`. */
  readonly name: string;
  /** What it is for, in one line. */
  readonly help: Localised;
  readonly who: readonly Who[];
  /** Changes nothing: no key, no dry run, no audit. */
  readonly reads: boolean;
  readonly uses: readonly Use[];
  readonly fourEyes?: FourEyes<I>;
  /** What takes long and needs no transaction, for whoever may ask: reading a large file. It changes and refuses nothing. */
  readonly ahead?: (desk: Desk, raw: Readonly<Record<string, Raw>>) => Promise<void>;
  /**
   * What it does in many short transactions, before its preview or its `run` tells of it (parts.ts): can be broken off
   * and repeated at any point. No command with `fourEyes` has it.
   */
  readonly parts?: (steps: Steps, input: I) => Promise<unknown>;
  /** Its answer holds a secret, shown once: not by mail, which is kept and passed on. */
  readonly secret?: boolean;
  /** Takes its person's own proof (guard/policy.ts). */
  readonly proof?: 'own';
  readonly home?: Home;
  /** What `yes` would do; the command changes nothing without it, but where it answers nothing. */
  readonly preview?: (work: Work, input: I) => Promise<Preview | undefined>;
  /** How long a preview can be confirmed, in milliseconds; the policy's `previewHours` unless told. */
  readonly previewLasts?: (times: Policy['times']) => number;
  /** Does it, in the caller's transaction. `approvalId`: it was asked for before and has now been approved. */
  readonly run: (work: Work, input: I, approvalId?: number) => Promise<Done | CountedRefusal>;
}

/** A command whose input type is no longer needed: what the registry holds. */
export type AnyCommand = Command;

/** What showing and understanding a form takes; a page may have one that is no command's. */
export type Form = Pick<AnyCommand, 'uses' | 'who' | 'reads' | 'preview'>;

/**
 * Declares a command.
 * @param definition.fields in the order people are asked for them, required ones first
 */
export function command<const Uses extends readonly Use[]>(definition: {
  name: string;
  help: Localised;
  who: Who | readonly Who[];
  reads?: boolean;
  fields: Uses;
  fourEyes?: FourEyes<Input<Uses>>;
  ahead?: Command['ahead'];
  parts?: (steps: Steps, input: Input<Uses>) => Promise<unknown>;
  secret?: boolean;
  proof?: 'own';
  home?: Home;
  previewLasts?: Command['previewLasts'];
  preview?: (work: Work, input: Input<Uses>) => Promise<Preview | undefined>;
  run: (work: Work, input: Input<Uses>, approvalId?: number) => Promise<Done | CountedRefusal>;
}): AnyCommand {
  const { fields, who, reads = false, ...rest } = definition;
  const whos = typeof who === 'string' ? [who] : who;
  return { ...rest, who: whos, reads, uses: fields };
}

/** The type of a use, whatever its value. */
export const typeOf = (use: Use): FieldType<unknown> => use.field.type;
