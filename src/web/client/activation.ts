/** `/t/TOKEN` of a device (E6): what it is about, and for its client signed in the form that makes it active. */
import { activationForm, type Activation } from '../../core/ports/activations.js';
import type { RawInput } from '../../core/command/input.js';
import { clientPage, otherPage, strangerPage, type DevicePart } from './activation-page.js';
import { decodeForm, formFields } from '../form.js';
import { signedInAs } from './me-page.js';
import { arrived, onward } from './onward.js';
import { notice } from '../page.js';
import { say } from '../flash.js';
import { pageTexts } from '../texts.js';
import { checkOrigin, formMark, readForm, show, type Ctx, type Door } from '../page-request.js';

/** A form that came back. */
interface Faulty {
  readonly input: RawInput;
  readonly faults: Readonly<Record<string, string>>;
}

/** The page of a device's link; nothing when the link is for something else. */
export async function showActivation(c: Ctx, door: Door, token: string): Promise<Response | undefined> {
  const { session, ip, locale } = c.var.visit;
  const holder = { token, personId: session?.personId, ip, locale };
  const view = await door.activations.view(holder);
  if (!view) return undefined;
  // asking for the head alone opens nothing
  if (c.req.method === 'GET' && 'unopened' in view && view.unopened) await door.activations.opened(holder);
  return shown(c, door, { token, view });
}

/** The client's confirmation; nothing when the link is for something else. */
export async function confirmActivation(c: Ctx, door: Door, token: string): Promise<Response | undefined> {
  const { session, ip, locale } = c.var.visit;
  const view = await door.activations.view({ token, personId: session?.personId });
  if (!view) return undefined;
  checkOrigin(c, door, { nullToo: true });
  const body = await readForm(c, door, formMark(c, door));
  if (!session || session.mustChoose) return shown(c, door, { token, view, status: 403 });
  const input = decodeForm(activationForm, body);
  const done = await door.activations.activate({ token, personId: session.personId, ip, locale, input });
  if (!done) return undefined;
  if (done.ok) {
    say(c, door, pageTexts(done.locale).activation.done(done.codeId));
    return c.redirect('/me', 303);
  }
  if (done.why === 'active') return active(c, door, 200);
  if (done.why === 'faulty') return shown(c, door, { token, view, faulty: { input, faults: done.faults } });
  return shown(c, door, { token, view: done.why === 'ended' ? { is: 'ended' } : view, status: 403 });
}

interface Shown {
  readonly token: string;
  readonly view: Activation;
  /** Of a page that would be well otherwise. */
  readonly status?: 403;
  readonly faulty?: Faulty;
}

async function shown(c: Ctx, door: Door, { token, view, status, faulty }: Shown): Promise<Response> {
  const { session, texts, locale } = c.var.visit;
  const more = status ? { status } : {};
  arrived(c, door);
  if (view.is === 'ended') return ended(c, door);
  if (view.is === 'active') return active(c, door, 410);
  // whoever has still to sign in, or to choose a password before, comes back here
  if (view.is !== 'client' || session?.mustChoose) onward(c, door, token);
  if (session?.mustChoose) return c.redirect('/password', 303);
  // half signed in: the second factor's code is asked for there
  if (c.var.visit.awaiting) return c.redirect('/sign-in', 303);
  const mark = formMark(c, door);
  const { name = '', emails: [address = name] = [] } = session?.actor ?? {};
  if (view.is === 'other') {
    const body = otherPage(texts, { mark, signedIn: address, email: view.email });
    return show(c, door, { title: texts.activation.other, body, ...more });
  }
  const { title } = texts.activation;
  const part: DevicePart = { shown: view.shown, locale, timeZone: door.dispatcher.desk.timeZone };
  if (view.is === 'stranger') return show(c, door, { title, body: strangerPage(part), ...more });
  const fields = formFields(activationForm, {
    context: door.dispatcher.context(locale, session?.actor),
    values: faulty?.input ?? view.values,
    faults: faulty?.faults ?? {},
    own: true,
  });
  const body = clientPage(part, { action: `/t/${encodeURIComponent(token)}`, mark, fields });
  const aside = signedInAs(texts, { name, mark });
  return show(c, door, { title, body, aside, ...more, ...(faulty ? { faulty: true, status: 422 } : {}) });
}

function ended(c: Ctx, door: Door): Promise<Response> {
  const { texts } = c.var.visit;
  const link = { href: '/', label: texts.home };
  const body = notice({ title: texts.choosing.ended, text: texts.activation.ended, link });
  return show(c, door, { title: texts.choosing.ended, body, status: 410 });
}

/** Told to its client alone, whichever of several forms came second. */
function active(c: Ctx, door: Door, status: 200 | 410): Promise<Response> {
  const { active: title, activeText: text, toMe: label } = c.var.visit.texts.activation;
  return show(c, door, { title, body: notice({ title, text, link: { href: '/me', label } }), status });
}
