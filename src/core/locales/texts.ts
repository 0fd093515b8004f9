/** What the desk says, in each language. A code without a text does not compile. */
import type { AnswerCode, Data } from '../command/outcome.js';
import type { FaultCode, FaultParams } from '../command/type.js';
import type { RefusalCode, RefusalParams } from '../guard/refusal.js';
import { en } from './en.js';
import { fr } from './fr.js';
import type { Locale } from './locale.js';

/** A value of an answer's data as people read it, a date or a product by its name; of `data` itself unless told. */
export type Read = (key: string, value?: unknown) => string;

export interface Texts {
  /** One sentence an answer; the data follow it at every door. */
  readonly answers: Readonly<Record<AnswerCode, (data: Data, read: Read) => string>>;
  readonly refusals: Readonly<Record<RefusalCode, (params: RefusalParams) => string>>;
  /** What is wrong with a value, and what to write instead. */
  readonly faults: Readonly<Record<FaultCode, (params: FaultParams) => string>>;
  /** Rows of an imported table. */
  readonly imports: Readonly<
    Record<
      | 'twice'
      | 'taken'
      | 'others'
      | 'ended'
      | 'unusual'
      | 'equal'
      | 'unheaded'
      | 'heading'
      | 'otherMac'
      | 'otherModel'
      | 'macTwice'
      | 'macTaken'
      | 'enrolled',
      (params: FaultParams) => string
    >
  >;
  /** What a register of VAT numbers says, to whoever decides about one. */
  readonly tax: Readonly<Record<'register' | 'valid' | 'invalid' | 'unknown', (params: FaultParams) => string>>;
  /** Who asked, where somebody else’s hand was in it: a mail that staff let pass, the operator in somebody’s name. */
  readonly hands: Readonly<Record<'released' | 'operator', (params: FaultParams) => string>>;
  /** Lists: what is wrong with a filter. */
  readonly lists: Readonly<Record<'unknown' | 'order' | 'condition' | 'sign', (params: FaultParams) => string>>;
  /** Site changes that would change nothing. */
  readonly sites: Readonly<Record<'same' | 'nothing', (params: FaultParams) => string>>;
  /** Organisations: what is wrong with a name or an agreement, and what is said before one becomes a reseller (G1). */
  readonly organisations: Readonly<
    Record<'accept' | 'confirm' | 'named' | 'permanent', (params: FaultParams) => string>
  >;
  /** Orders: what is wrong with a choice, and the cloud team's task. */
  readonly orders: Readonly<
    Record<
      'objection' | 'askChange' | 'noSite' | 'noOpportunity' | 'future' | 'beforeOrder' | 'task' | 'provisioned',
      (params: FaultParams) => string
    >
  >;
  /** Domains: what is wrong with an order of one, what staff are to do, and what a receipt says of it. */
  readonly domains: Readonly<
    Record<
      | 'notSold'
      | 'noneSold'
      | 'years'
      | 'yearsAhead'
      | 'untilWhen'
      | 'onlyNew'
      | 'doneBetween'
      | 'noExpiry'
      | 'doneWhen'
      | 'held'
      | 'twice'
      | 'over'
      | 'farAhead'
      | 'otherOwner'
      | 'noTags'
      | 'period'
      | 'line'
      | 'task'
      | 'tasks'
      | 'done'
      | 'failed'
      | 'ownerVerified',
      (params: FaultParams) => string
    >
  >;
  /** The registrar's API as port: why it fails what was ordered, and alerts to staff. */
  readonly registrar: Readonly<
    Record<
      'denied' | 'found' | 'inAccount' | 'notInAccount' | 'runsAlready' | 'lost' | 'ownSuspension',
      (params: FaultParams) => string
    >
  >;
  /** Tickets: what staff read in the approvals channel, its buttons, and how those are called who have no name. */
  readonly tickets: Readonly<
    Record<
      'opened' | 'replied' | 'reopened' | 'closed' | 'about' | 'attached' | 'reply' | 'close' | 'team' | 'discord',
      (params: FaultParams) => string
    >
  >;
  /** A fault of ours. */
  readonly fault: (params: { reference: string }) => string;
  /** The same in the middle of a command that is done in parts. */
  readonly interrupted: (params: { reference: string }) => string;
  /** A reminder in the approvals channel. */
  readonly waiting: (params: { number: string; command: string }) => string;
  /** An alert to staff: something can't be delivered. */
  readonly undelivered: (params: { number: string; letter: string; recipient: string; error: string }) => string;
  /** An alert to staff: a sender gets no more answers by mail this hour. */
  readonly unanswered: (params: { sender: string; perHour: number }) => string;
  /** Alerts to staff: the emergency stop of mail, and held mails that nobody decided on. */
  readonly mailPaused: (params: { by: string; reason: string }) => string;
  readonly mailResumed: (params: { by: string }) => string;
  readonly heldExpired: (params: { count: number }) => string;
  /** Why a held mail is discarded when its supposed sender gives no reason. */
  readonly notMine: string;
  /** Headings of data, by key. */
  readonly keys: Readonly<Record<string, string>>;
  /** Labels of states, by name. */
  readonly states: Readonly<Record<string, string>>;
  /** Those that are another word when said of something feminine. */
  readonly feminineStates: Readonly<Record<string, string>>;
  /** What has a state, by its key in data. */
  readonly genders: Readonly<Record<string, 'f' | 'm'>>;
  readonly yes: string;
  readonly no: string;
  readonly dryRun: string;
  /** How far a long command is. */
  readonly progress: (params: { done: number; total: number }) => string;
  /** Above a table that is too long to be shown whole. */
  /** An edit that would leave everything as it stands. */
  readonly nothingToChange: string;
  readonly firstRows: (params: { shown: number; total: number }) => string;
  /** What a fault of a table is about: a row's column. */
  readonly cell: (params: { row: string; column: string }) => string;
}

const texts: Readonly<Record<Locale, Texts>> = { fr, en };

export const textsOf = (locale: Locale): Texts => texts[locale];

/** A state's label. @param of what it is said of, by its key in data: in French a request is `expirée`, a mail `expiré` */
export function stateName(state: string, { locale, of }: { locale: Locale; of?: string | undefined }): string {
  const { states, feminineStates, genders } = textsOf(locale);
  const feminine = of !== undefined && genders[of] === 'f' ? feminineStates[state] : undefined;
  return feminine ?? states[state] ?? state;
}
