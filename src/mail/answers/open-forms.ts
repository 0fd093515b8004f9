/** What a transcript leaves to be taken up by a reply: refused forms, previews, and objects that are still filled in. */
import type { Dispatcher } from '../../core/command/dispatch.js';
import type { Outcome } from '../../core/command/outcome.js';
import { replyTo } from '../../core/command/reply.js';
import type { Locale } from '../../core/locales/locale.js';
import type { OpenForm } from '../../core/ports/mailbox.js';
import type { ThreadChange } from '../../core/programmes/mails/thread.js';
import { offeredForm, type Result } from './transcript.js';
import type { MailCommand, Proven, Wanted } from './requests.js';

/** What was asked and what became of it, in order. */
export type Outcomes = readonly { asked: MailCommand; outcome: Outcome }[];

export interface Threaded {
  readonly outcomes: Outcomes;
  readonly results: readonly Result[];
  readonly wanted: Wanted;
  readonly dispatcher: Dispatcher;
  readonly locale: Locale;
}

/** What the thread has open after this mail, and what is over in it. */
export function threadOf(mail: Proven, { outcomes, results, wanted, dispatcher, locale }: Threaded): ThreadChange {
  const over = wanted.untouched.filter((form) => form.follows && outcomes.some((one) => isOver(form, one, dispatcher)));
  const left = wanted.untouched.filter((form) => !over.includes(form));
  const next = results.flatMap(({ next: form }, at): OpenForm[] => {
    const asked = outcomes[at]?.asked;
    if (!form || !asked) return [];
    // an object goes on under the name it had in the thread, so that what ends it ends all its forms
    const known = left.find(({ follows }) => follows === form.number)?.origin;
    const origin = asked.follows ? asked.origin : (known ?? `${mail.id}.n${at}`);
    return [{ ...form.takes, origin, follows: form.number }];
  });
  const others = left.filter(({ origin }) => !next.some((one) => one.origin === origin));
  return {
    open: [...stillOpen(outcomes, { results, dispatcher, locale }), ...next, ...others],
    ended: [
      ...outcomes.flatMap(({ asked, outcome }, at) =>
        isEnd(outcome) && asked.resumes && !(asked.follows && results[at]?.next) ? [asked.origin] : [],
      ),
      ...over.map(({ origin }) => origin),
    ],
    mailKey: mail.mailKey,
  };
}

/** A command has changed the object so that it is no longer to be filled in. */
const isOver = (form: OpenForm, { asked, outcome }: Outcomes[number], { registry }: Dispatcher): boolean =>
  outcome.ok &&
  isEnd(outcome) &&
  outcome.panel === undefined &&
  !registry.find(asked.command)?.reads &&
  Object.values(outcome.data).includes(form.follows);

const isEnd = (outcome: Outcome): boolean => outcome.ok && outcome.pending === undefined && !outcome.dryRun;

/** What the reader may take up again by a reply: refused forms as they were shown, and previews. */
function stillOpen(
  outcomes: Outcomes,
  { results, dispatcher, locale }: { results: readonly Result[]; dispatcher: Dispatcher; locale: Locale },
): OpenForm[] {
  return outcomes.flatMap(({ asked, outcome }, at): OpenForm[] => {
    const result = results[at];
    if (!result || (!outcome.ok && outcome.code === 'fault')) return [];
    const reply = replyTo(outcome, { ...dispatcher.reader(locale), command: result.command });
    const offered = offeredForm(result, { reply, locale });
    if (!offered) return [];
    const { origin, command, follows } = asked;
    if (outcome.ok)
      return outcome.pending ? [{ origin, command, raw: {}, text: '', faults: [], preview: outcome.pending }] : [];
    const faults = Object.keys(outcome.fields ?? {});
    return [{ origin, command, raw: asked.raw, text: offered.text, faults, ...(follows ? { follows } : {}) }];
  });
}
