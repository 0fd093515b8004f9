/**
 * The desk page (`/desk`), which stands in for Discord on a desk without a bot: any command as anybody, the approvals,
 * the mails that left. It is the operator's own terminal in a browser, so it is served on loopback alone and opened by a
 * token that start prints. It knows no command: all is dispatched, and shown from the reply.
 */
import type { Hono, MiddlewareHandler } from 'hono';
import { email as emailField } from '../../core/command/dictionary.js';
import type { RawInput } from '../../core/command/input.js';
import { itself, type About } from '../../core/command/panel.js';
import { previewOf } from '../../core/command/pending.js';
import { Fault } from '../../core/command/type.js';
import type { Caller } from '../../core/guard/identity.js';
import { mailHtml, mailPage } from './mails.js';
import { feedOf } from './feed.js';
import { deskPage } from './page.js';
import type { DeskPart, ReadLine } from './part.js';
import { actedBy, askedBy } from './panel.js';
import { answerFor, type DeskView } from './view.js';
import { notice } from '../page.js';
import type { PageTexts } from '../texts.js';
import {
  checkOrigin,
  formContentKey,
  formKey,
  putCookie,
  readForm,
  show,
  takeCookie,
  textIn,
  type Ctx,
  type Door,
  type Env,
} from '../page-request.js';

const mailsShown = 20;

/** @returns whether somebody has been let in, by the token that start prints */
export function deskRoutes(
  app: Hono<Env>,
  door: Door,
  part: DeskPart & { readonly limit: MiddlewareHandler },
): (c: Ctx) => boolean {
  const { secrets } = door.dispatcher.desk;
  // of this process: a restart closes the page
  const pass = door.sessions.formMark(`desk ${secrets.token()}`);
  const mark = door.sessions.formMark(pass);

  const isAdmitted = (c: Ctx): boolean => secrets.equal(takeCookie(c, door, 'desk') ?? '', pass);

  const admit: MiddlewareHandler<Env> = async (c, next) => {
    const token = c.req.query('token');
    const inside = isAdmitted(c);
    if (token !== undefined && (inside || (await part.spend(token)))) {
      putCookie(c, door, { name: 'desk', value: pass, sameSite: 'Strict' });
      return c.redirect('/desk', 303);
    }
    if (!inside) {
      const { texts } = c.var.visit;
      const body = notice({
        title: texts.forbidden,
        text: texts.desk.closed,
        link: { href: '/sign-in', label: texts.signIn.title },
      });
      return show(c, door, { title: texts.forbidden, body, status: 403 });
    }
    if (c.req.method !== 'GET') checkOrigin(c, door);
    return next();
  };
  // the body is looked at only once it is known who sends it
  app.use('/desk/*', admit, part.limit);

  const given: Given = { door, part, mark };
  app.get('/desk', (c) =>
    shown(
      c,
      given,
      viewOf(c, given, {
        as: c.req.query('other')?.trim() || (c.req.query('as') ?? ''),
        command: c.req.query('command') ?? '',
      }),
    ),
  );
  app.post('/desk', (c) => done(c, given));
  app.get('/desk/mails/:id', (c) => mailPage(c, door, part.mails));
  app.get('/desk/mails/:id/html', (c) => mailHtml(c, part.mails));
  return isAdmitted;
}

interface Given {
  readonly door: Door;
  readonly part: DeskPart;
  readonly mark: string;
}

/** Who speaks: the operator, or the operator as somebody. Nothing when that is no address. */
function callerOf(door: Door, as: string): Caller | undefined {
  if (as.trim() === '') return { kind: 'operator' };
  try {
    return { kind: 'operator', as: emailField.type.parse(as, door.dispatcher.context(door.dispatcher.desk.locale)) };
  } catch (fault) {
    if (fault instanceof Fault) return undefined;
    throw fault;
  }
}

function viewOf(c: Ctx, { door, part, mark }: Given, chosen: { as: string; command: string }): DeskView {
  const { locale } = c.var.visit;
  const { dispatcher } = door;
  const caller = callerOf(door, chosen.as);
  return {
    locale,
    timeZone: dispatcher.desk.timeZone,
    mark,
    key: () => formKey(door),
    context: dispatcher.context(locale),
    registry: dispatcher.registry,
    as: caller?.kind === 'operator' ? (caller.as ?? '') : chosen.as,
    faultyAs: caller === undefined,
    command: dispatcher.registry.find(chosen.command),
    lines: part.parseLine !== undefined,
  };
}

async function shown(c: Ctx, { door, part }: Given, view: DeskView): Promise<Response> {
  const { texts } = c.var.visit;
  const [people, feed, mails] = [
    await door.sessions.people(500),
    await feedOf(door, view.locale),
    await part.mails.list(mailsShown),
  ];
  const body = deskPage(view, { people, feed, mails });
  const bad = view.answer !== undefined && !view.answer.outcome.ok;
  const status = bad
    ? view.answer?.outcome.code === 'fault'
      ? 500
      : 422
    : view.faultyAs || view.lineFault
      ? 422
      : 200;
  return show(c, door, {
    title: texts.desk.title,
    body,
    layout: 'wide',
    scripted: true,
    faulty: status !== 200,
    status,
  });
}

/** A posted form is a command, a line that is one, or a preview's confirmation. */
async function done(c: Ctx, given: Given): Promise<Response> {
  const { door, mark } = given;
  const body = await readForm(c, door, mark);
  const as = textIn(body, '_as');
  const base = viewOf(c, given, { as, command: textIn(body, '_command') });
  const caller = callerOf(door, as);
  if (!caller) return shown(c, given, base);
  if ('_line' in body) return typed(c, given, { view: base, caller, line: textIn(body, '_line') });
  if ('_pending' in body) return confirmed(c, given, { view: base, caller, id: textIn(body, '_pending') });
  if (!base.command) return c.notFound();
  const asked =
    '_do' in body
      ? await actedBy(body, { dispatcher: door.dispatcher, caller, visit: c.var.visit })
      : askedBy(base.command, body);
  if (!asked) return c.notFound();
  const key = formContentKey(door, textIn(body, '_key'), asked.input);
  return run(c, given, { view: base, caller, ...asked, key, form: textIn(body, '_from') !== 'feed' });
}

interface Run {
  readonly view: DeskView;
  readonly caller: Caller;
  readonly input: RawInput;
  readonly key?: string | undefined;
  readonly dryRun?: boolean;
  /** Show the command's form again. */
  readonly form?: boolean;
  readonly command?: string;
  /** The object whose panel it was asked from. */
  readonly about?: About;
}

async function run(c: Ctx, given: Given, asked: Run): Promise<Response> {
  const { view, caller, input, key, dryRun = false, form = true, about } = asked;
  const { ip, locale } = c.var.visit;
  const name = asked.command ?? view.command?.name ?? '';
  const common = { door: 'desk', caller, ip, locale } as const;
  const outcome = await given.door.dispatcher.dispatch({ ...common, command: name, input, key, dryRun });
  // a refusal leaves the panel standing, as it is now
  const stands =
    outcome.ok || !about
      ? outcome
      : await given.door.dispatcher.dispatch({ ...common, command: about.show, input: itself(about) });
  const panel = stands.ok ? stands.panel : undefined;
  const command = given.door.dispatcher.registry.find(name);
  return shown(c, given, {
    ...view,
    command: form ? command : undefined,
    answer: answerFor({ outcome, command, input, panel }, view),
  });
}

async function typed(c: Ctx, given: Given, more: { view: DeskView; caller: Caller; line: string }): Promise<Response> {
  const view = { ...more.view, line: more.line };
  const read = readLine(given.part, more.line, c.var.visit.texts);
  if ('fault' in read) return shown(c, given, { ...view, lineFault: read.fault });
  const caller = read.as === undefined ? more.caller : callerOf(given.door, read.as);
  if (!caller) return shown(c, given, { ...view, as: read.as ?? '', faultyAs: true });
  const as = caller.kind === 'operator' ? (caller.as ?? '') : '';
  return run(c, given, {
    view: { ...view, as },
    caller,
    command: read.command,
    input: read.input,
    key: read.key,
    dryRun: read.dryRun ?? false,
  });
}

/** The terminal's parser throws what is wrong with a line: a field, and why. */
function readLine(part: DeskPart, line: string, texts: PageTexts): ReadLine {
  try {
    return part.parseLine?.(line) ?? { fault: line };
  } catch (error) {
    const { field, why } = error as { field?: unknown; why?: unknown };
    const say =
      typeof why === 'string' && why in texts.desk.lineFaults
        ? texts.desk.lineFaults[why as keyof PageTexts['desk']['lineFaults']]
        : undefined;
    if (say && typeof field === 'string') return { fault: say(field) };
    throw error;
  }
}

async function confirmed(
  c: Ctx,
  given: Given,
  more: { view: DeskView; caller: Caller; id: string },
): Promise<Response> {
  const { view, caller, id } = more;
  const preview = await previewOf(given.door.dispatcher.desk, { id, caller });
  if (!preview) return shown(c, given, { ...view, stale: true });
  return run(c, given, {
    view,
    caller,
    command: preview.command,
    input: { ...preview.raw, yes: 'yes' },
    key: preview.key,
  });
}
