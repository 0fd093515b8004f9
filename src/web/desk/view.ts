/** What the desk page is made from, and an answer on it. */
import type { AnyCommand } from '../../core/command/define.js';
import type { RawInput } from '../../core/command/input.js';
import type { Outcome, Panel } from '../../core/command/outcome.js';
import type { Registry } from '../../core/command/registry.js';
import { replyTo, type Reply } from '../../core/command/reply.js';
import type { FieldContext } from '../../core/command/type.js';
import type { Locale } from '../../core/locales/locale.js';
import { reading } from '../client/me-view.js';

export interface DeskView {
  readonly locale: Locale;
  readonly timeZone: string;
  readonly mark: string;
  readonly key: () => string;
  readonly context: FieldContext;
  readonly registry: Registry;
  /** An address, or nothing for the operator. */
  readonly as: string;
  readonly faultyAs: boolean;
  readonly command: AnyCommand | undefined;
  /** Command lines can be typed. */
  readonly lines: boolean;
  readonly line?: string;
  readonly lineFault?: string;
  readonly stale?: boolean;
  readonly answer?: Answer;
}

export interface Answer {
  readonly outcome: Outcome;
  readonly reply: Reply;
  readonly command: AnyCommand | undefined;
  /** What the form below still holds: all of it until something has been done. */
  readonly kept: RawInput;
  /** The object that it is about, as far as that is being filled in. */
  readonly panel?: Panel | undefined;
}

export function answerFor(
  done: { outcome: Outcome; command: AnyCommand | undefined; input: RawInput; panel: Panel | undefined },
  view: DeskView,
): Answer {
  const { outcome, command, input, panel } = done;
  const nothingYet = !outcome.ok || outcome.dryRun || outcome.pending !== undefined || command?.reads;
  return {
    outcome,
    command,
    panel,
    reply: replyTo(outcome, { ...reading(view), command }),
    kept: nothingYet ? input : {},
  };
}
