/** A command whose fields are understood, to its answer: preview, request for a second person, or the handler itself. */
import { openApproval } from '../guard/approval.js';
import { contentHash } from '../guard/once.js';
import { Refusal } from '../guard/refusal.js';
import type { Work } from '../guard/work.js';
import type { Locale } from '../locales/locale.js';
import { textsOf } from '../locales/texts.js';
import { summarised } from './request-summary.js';
import type { AnyCommand } from './define.js';
import type { RawInput, Understood } from './input.js';
import { keptInput } from './kept-files.js';
import type { CountedRefusal, Done, Outcome } from './outcome.js';
import { dropPreview, keepPreview, previewBasis } from './preview.js';
import { withoutSecrets } from './secret-fields.js';
import { askedAlready } from './pending-request.js';

const previewLasts: NonNullable<AnyCommand['previewLasts']> = ({ previewHours }) => previewHours * 3_600_000;

/** `counted`: a refusal whose count is kept. */
export async function carryOut(
  work: Work,
  command: AnyCommand,
  asked: { understood: Understood; raw: RawInput },
): Promise<{ outcome: Outcome; counted: boolean; previewed?: true }> {
  const input = asked.understood.input as never;
  const preview = await command.preview?.(work, input);
  if (preview) {
    const basis = contentHash(preview.basis);
    if (!asked.understood.yes) {
      const pending = work.dryRun
        ? undefined
        : await keepPreview(work, {
            ...{ command: command.name, raw: asked.raw, basis },
            lastsMs: (command.previewLasts ?? previewLasts)(work.desk.catalogue.policy.times),
          });
      return {
        outcome: { ok: true, code: preview.code, data: { preview: preview.data }, ...(pending ? { pending } : {}) },
        counted: false,
        previewed: true,
      };
    }
    const seen = await previewBasis(work, { command: command.name, raw: asked.raw });
    await dropPreview(work, { command: command.name, raw: asked.raw });
    if (seen !== undefined && seen !== basis) throw new Refusal('preview.stale', { command: command.name });
  }
  const { fourEyes } = command;
  if (fourEyes && ((await fourEyes.needed?.(work, input)) ?? true)) {
    const waiting = await askedAlready(work, command, { input, raw: asked.raw });
    if (waiting !== undefined)
      return {
        outcome: { ok: true, code: 'approval.pending', data: { approval: waiting }, waiting: true },
        counted: false,
      };
    const kept = { command: command.name, input: keptInput(asked.raw) };
    const approval = await openApproval(work, {
      ...kept,
      hold: (approvalId) => fourEyes.hold(work, input, approvalId),
      rule: await fourEyes.rule?.(work, input),
      summary: (id, locale) => summarised(work, { id, ...kept, declared: command }, locale),
    });
    return {
      outcome: { ok: true, code: 'approval.pending', data: { approval: work.made(approval) }, waiting: true },
      counted: false,
    };
  }
  const done = await command.run(work, input);
  return { outcome: outcomeOf(done, work.locale), counted: 'refusal' in done };
}

/** The public shape of what a handler answered. */
function outcomeOf(done: Done | CountedRefusal, locale: Locale): Outcome {
  if ('refusal' in done) return refused(done.refusal, locale);
  const { code, data, file, waiting, panel, talk } = done;
  return {
    ok: true,
    code,
    data,
    ...(file ? { file } : {}),
    ...(waiting ? { waiting } : {}),
    ...(panel ? { panel: { ...panel, values: withoutSecrets(panel.values) } } : {}),
    ...(talk ? { talk } : {}),
  };
}

/** A refusal as an answer, in the asker's language. */
export function refused(refusal: Refusal, locale: Locale, more: { dryRun?: true } = {}): Outcome {
  const message = textsOf(locale).refusals[refusal.code](refusal.params);
  const { missing, rule } = refusal.params;
  const leftOut = Array.isArray(missing) && missing.length > 0 ? { missing: missing as readonly string[] } : {};
  return {
    ok: false,
    code: refusal.code,
    message,
    ...(refusal.fields ? { fields: refusal.fields } : {}),
    ...leftOut,
    ...(rule === undefined ? {} : { data: { rule } }),
    ...more,
  };
}
