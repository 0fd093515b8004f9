/** What `/me` and the pages below it have in common: who looks, what a posted form asks, and what it came to. */
import type { RawInput } from '../../core/command/input.js';
import type { Outcome } from '../../core/command/outcome.js';
import { previewOf } from '../../core/command/pending.js';
import { callerOf, commandNamed, read } from '../asking.js';
import { decodeForm, type FormBody } from '../form.js';
import { signedInAs } from './me-page.js';
import type { PostedForm, MeView } from './me-view.js';
import { saidAt } from '../flash.js';
import { formContentKey, formKey, formMark, textIn, type Ctx, type Door } from '../page-request.js';

export interface Wanted {
  readonly command: string;
  readonly input: RawInput;
  readonly key?: string;
}

/** What a posted form asks for; nothing when it confirms a preview that no longer holds. */
export async function wantedBy(c: Ctx, door: Door, body: FormBody): Promise<Wanted | undefined> {
  const id = textIn(body, '_pending');
  if (id) {
    const preview = await previewOf(door.dispatcher.desk, { id, caller: callerOf(c) });
    return preview && { command: preview.command, input: { ...preview.raw, yes: 'yes' }, key: preview.key };
  }
  const command = door.dispatcher.registry.find(textIn(body, '_command'));
  const input = command ? decodeForm(command, body) : {};
  const key = formContentKey(door, textIn(body, '_key'), input);
  return { command: command?.name ?? '', input, ...(key === undefined ? {} : { key }) };
}

export interface Back {
  readonly asked?: PostedForm;
  /** What was to be confirmed has changed, or ended. */
  readonly stale?: true;
}

/** What is shown to whoever has signed in. */
export async function viewOf(c: Ctx, door: Door, { asked, stale }: Back = {}): Promise<MeView> {
  const { locale, session } = c.var.visit;
  const { dispatcher } = door;
  const account = await read(c, door, { command: 'account show', input: {} });
  const help = await read(c, door, { command: 'help', input: {} });
  const may = new Set((help['commands'] as { command: string }[]).map(({ command }) => command));
  return {
    locale,
    timeZone: dispatcher.desk.timeZone,
    mark: formMark(c, door),
    key: () => formKey(door),
    context: dispatcher.context(locale, session?.actor),
    command: (name) => commandNamed(door, name),
    may,
    account,
    asked,
    stale: stale ?? false,
    factor: await door.sessions.factor.view(session?.personId ?? 0),
    said: saidAt(c, door),
  };
}

/** What stands around every page of whoever has signed in, and how it is answered. */
export const framed = (c: Ctx, view: MeView, { asked, stale }: Back) => ({
  aside: signedInAs(c.var.visit.texts, { name: c.var.visit.session?.actor.name ?? '', mark: view.mark }),
  layout: 'wide' as const,
  ...statusOf(asked?.outcome, stale),
});

function statusOf(outcome: Outcome | undefined, stale?: true) {
  if (!stale && (!outcome || outcome.ok)) return { faulty: false };
  const code = outcome?.ok === false ? outcome.code : '';
  const status = code === 'fault' ? 500 : code === 'rate.limited' ? 429 : code === 'access.denied' ? 403 : 422;
  return { faulty: true, status } as const;
}
