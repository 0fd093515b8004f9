/**
 * `/me`: one's profile, devices, packs and data, and for a reseller stock and declared users. Everything shown and done is
 * a command's.
 */
import { html } from 'hono/html';
import type { Hono } from 'hono';
import type { RawInput } from '../core/command/input.js';
import type { Data, Outcome } from '../core/command/outcome.js';
import { previewOf } from '../core/command/pending.js';
import { replyTo } from '../core/command/reply.js';
import { ask, callerOf, commandNamed, handOver, queried, read } from './asking.js';
import { devicesOf } from './devices.js';
import { devicesPage } from './devices-page.js';
import { decodeForm, type FormBody } from './form.js';
import { mePage, signedInAs } from './me-page.js';
import type { Asked, MeView } from './me-view.js';
import { replyBody } from './reply.js';
import { saidAt, say } from './said.js';
import { shopOf } from './shop.js';
import { shopPage } from './shop-page.js';
import {
  checkOrigin,
  formKey,
  formMark,
  putCookie,
  readForm,
  show,
  textIn,
  type Ctx,
  type Door,
  type Env,
} from './visit.js';

/** What this page has forms for; each is offered to whoever may ask it, and refused by the command itself. */
const offered = [
  'account edit',
  'account password',
  'account export',
  'account erase',
  'pack redeem',
  'declare new',
  'device revoke',
  'device consent',
];

export function meRoutes(app: Hono<Env>, door: Door): void {
  app.use('/me/*', async (c, next) => {
    const { session } = c.var.visit;
    if (!session) return c.redirect('/sign-in', 303);
    if (session.mustChoose) return c.redirect('/password', 303);
    return next();
  });
  app.get('/me', (c) => meShown(c, door));
  app.post('/me', (c) => done(c, door));
  app.get('/me/declared', (c) => exported(c, door));
}

interface Wanted {
  readonly command: string;
  readonly input: RawInput;
  readonly key: string;
}

/** What a posted form asks for; nothing when it confirms a preview that no longer holds. */
async function wantedBy(c: Ctx, door: Door, body: FormBody): Promise<Wanted | undefined> {
  const id = textIn(body, '_pending');
  if (id) {
    const preview = await previewOf(door.dispatcher.desk, { id, caller: callerOf(c) });
    return preview && { command: preview.command, input: { ...preview.raw, yes: 'yes' }, key: preview.key };
  }
  const command = door.dispatcher.registry.find(textIn(body, '_command'));
  return { command: command?.name ?? '', input: command ? decodeForm(command, body) : {}, key: textIn(body, '_key') };
}

async function done(c: Ctx, door: Door): Promise<Response> {
  checkOrigin(c, door);
  const body = await readForm(c, door, formMark(c, door));
  const wanted = await wantedBy(c, door, body);
  if (!wanted) return meShown(c, door, { stale: true });
  if (!offered.includes(wanted.command)) return c.notFound();
  const command = commandNamed(door, wanted.command);
  const outcome = await ask(c, door, wanted);
  const asked: Asked = { command, input: wanted.input, outcome, formless: textIn(body, '_formless') !== '' };
  if (!outcome.ok || outcome.dryRun || outcome.pending) return meShown(c, door, { asked });
  if (outcome.file) return handOver(c, outcome.file);
  const session = await door.sessions.find(c.var.visit.session?.token ?? '');
  if (!session) return signedOff(c, door, asked);
  // it may just have been changed
  const locale = session.actor.locale ?? c.var.visit.locale;
  say(c, door, replyTo(outcome, { locale, timeZone: door.dispatcher.desk.timeZone, command }).headline);
  const org = textIn(body, 'org');
  return c.redirect(org ? `/me?org=${encodeURIComponent(org)}` : '/me', 303);
}

/** What was done ended the session: the answer is a page of its own, for there is no other to come back to. */
function signedOff(c: Ctx, door: Door, { outcome, command }: Asked): Promise<Response> {
  const { locale, texts } = c.var.visit;
  const reply = replyTo(outcome, { locale, timeZone: door.dispatcher.desk.timeZone, command });
  putCookie(c, door, { name: 'session', value: '', maxAgeS: 0 });
  const body = html`<h1>${reply.headline}</h1>
    <p>${texts.signIn.signedOut}</p>
    ${replyBody(reply, locale)}
    <p><a href="/">${texts.home}</a></p>`;
  return show(c, door, { title: reply.headline, body });
}

interface Back {
  readonly asked?: Asked;
  /** What was to be confirmed has changed, or ended. */
  readonly stale?: true;
}

async function meShown(c: Ctx, door: Door, { asked, stale }: Back = {}): Promise<Response> {
  const { locale, texts, session } = c.var.visit;
  const { dispatcher } = door;
  const account = await read(c, door, { command: 'account show', input: {} });
  const help = await read(c, door, { command: 'help', input: {} });
  const may = new Set((help['commands'] as { command: string }[]).map(({ command }) => command));
  const view: MeView = {
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
  return show(c, door, {
    title: texts.me.title,
    body: mePage(view, await partsOf(c, door, { view, account })),
    aside: signedInAs(texts, { name: session?.actor.name ?? '', mark: view.mark }),
    layout: 'wide',
    ...statusOf(asked?.outcome, stale),
  });
}

/** The sections that not everybody has. */
async function partsOf(c: Ctx, door: Door, { view, account }: { view: MeView; account: Data }) {
  const { may } = view;
  const shop = may.has('stock show') ? await shopOf(c, door, account) : undefined;
  const devices = may.has('device list') ? await devicesOf(c, door, { account, may }) : undefined;
  return [shop ? shopPage(view, shop) : undefined, devices ? devicesPage(view, devices) : undefined];
}

function statusOf(outcome: Outcome | undefined, stale?: true) {
  if (!stale && (!outcome || outcome.ok)) return { faulty: false };
  const code = outcome?.ok === false ? outcome.code : '';
  const status = code === 'fault' ? 500 : code === 'rate.limited' ? 429 : code === 'access.denied' ? 403 : 422;
  return { faulty: true, status } as const;
}

/** The declared users as a file, filtered as the page is. */
async function exported(c: Ctx, door: Door): Promise<Response> {
  const command = commandNamed(door, 'declare list');
  const outcome = await ask(c, door, { command: command.name, input: { export: 'csv', ...queried(c, command) } });
  if (!outcome.ok || !outcome.file) return outcome.ok ? c.notFound() : meShown(c, door);
  return handOver(c, outcome.file);
}
