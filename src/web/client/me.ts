/**
 * `/me`: one's profile, devices, packs and data, and for a reseller stock and declared users. Everything shown and done is
 * a command's.
 */
import { html } from 'hono/html';
import type { Hono } from 'hono';
import type { Data } from '../../core/command/outcome.js';
import { replyTo } from '../../core/command/reply.js';
import { ask, commandNamed, handOver, queried } from '../asking.js';
import { billingOf } from './billing.js';
import { billingPage } from './billing-page.js';
import { devicesOf } from './devices.js';
import { devicesPage } from './devices-page.js';
import { mePage } from './me-page.js';
import type { PostedForm, MeView } from './me-view.js';
import { framed, viewOf, wantedBy, type Back } from './me-visit.js';
import { replyBody } from '../reply.js';
import { say } from '../flash.js';
import { shopOf } from './shop.js';
import { shopPage } from './shop-page.js';
import { supportOf, supportRoutes } from './support.js';
import { supportCard } from './support-page.js';
import {
  checkOrigin,
  formMark,
  putCookie,
  readForm,
  show,
  textIn,
  type Ctx,
  type Door,
  type Env,
} from '../page-request.js';

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
  'billing threshold',
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
  supportRoutes(app, door);
}

async function done(c: Ctx, door: Door): Promise<Response> {
  checkOrigin(c, door);
  const body = await readForm(c, door, formMark(c, door));
  const wanted = await wantedBy(c, door, body);
  if (!wanted) return meShown(c, door, { stale: true });
  if (!offered.includes(wanted.command)) return c.notFound();
  const command = commandNamed(door, wanted.command);
  const outcome = await ask(c, door, wanted);
  const asked: PostedForm = { command, input: wanted.input, outcome, formless: textIn(body, '_formless') !== '' };
  if (!outcome.ok || outcome.dryRun || outcome.pending) return meShown(c, door, { asked });
  if (outcome.file) return handOver(c, outcome.file);
  const session = await door.sessions.find(c.var.visit.session?.token ?? '');
  if (!session) return signedOff(c, door, asked);
  // it may just have been changed
  const locale = session.actor.locale ?? c.var.visit.locale;
  say(c, door, replyTo(outcome, { ...door.dispatcher.reader(locale), command }).headline);
  const org = textIn(body, 'org');
  return c.redirect(org ? `/me?org=${encodeURIComponent(org)}` : '/me', 303);
}

/** What was done ended the session: the answer is a page of its own, for there is no other to come back to. */
function signedOff(c: Ctx, door: Door, { outcome, command }: PostedForm): Promise<Response> {
  const { locale, texts } = c.var.visit;
  const reply = replyTo(outcome, { ...door.dispatcher.reader(locale), command });
  putCookie(c, door, { name: 'session', value: '', maxAgeS: 0 });
  const body = html`<h1>${reply.headline}</h1>
    <p>${texts.signIn.signedOut}</p>
    ${replyBody(reply, locale)}
    <p><a href="/">${texts.home}</a></p>`;
  return show(c, door, { title: reply.headline, body });
}

async function meShown(c: Ctx, door: Door, back: Back = {}): Promise<Response> {
  const { texts } = c.var.visit;
  const view = await viewOf(c, door, back);
  return show(c, door, {
    title: texts.me.title,
    body: mePage(view, await partsOf(c, door, { view, account: view.account })),
    ...framed(c, view, back),
  });
}

/** The sections that not everybody has. */
async function partsOf(c: Ctx, door: Door, { view, account }: { view: MeView; account: Data }) {
  const { may } = view;
  const shop = may.has('stock show') ? await shopOf(c, door, account) : undefined;
  const billing = await billingOf(c, door, { account, may });
  const support = await supportOf(c, door, may);
  const devices = may.has('device list') ? await devicesOf(c, door, { account, may }) : undefined;
  return [
    shop ? shopPage(view, shop) : undefined,
    billing ? billingPage(view, billing) : undefined,
    devices ? devicesPage(view, devices) : undefined,
    support ? supportCard(view, support) : undefined,
  ];
}

/** The declared users as a file, filtered as the page is. */
async function exported(c: Ctx, door: Door): Promise<Response> {
  const command = commandNamed(door, 'declare list');
  const outcome = await ask(c, door, { command: command.name, input: { export: 'csv', ...queried(c, command) } });
  if (!outcome.ok || !outcome.file) return outcome.ok ? c.notFound() : meShown(c, door);
  return handOver(c, outcome.file);
}
