/** `/me`: one's profile, packs and, for a reseller, stock and declared users. Everything shown and done is a command's. */
import type { Hono } from 'hono';
import type { AnyCommand } from '../core/command/define.js';
import type { RawInput } from '../core/command/input.js';
import type { Data, Outcome } from '../core/command/outcome.js';
import { replyTo } from '../core/command/reply.js';
import { suggest } from '../core/command/suggest.js';
import type { Caller } from '../core/guard/identity.js';
import { decodeForm } from './form.js';
import { mePage, signedInAs } from './me-page.js';
import type { Asked, MeView } from './me-view.js';
import { saidAt, say } from './said.js';
import { shopPage, type Shop } from './shop-page.js';
import { checkOrigin, formKey, formMark, readForm, show, textIn, type Ctx, type Door, type Env } from './visit.js';

/** What this page has forms for; each is offered to whoever may ask it, and refused by the command itself. */
const offered = ['account edit', 'account password', 'pack redeem', 'declare new'];

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

const callerOf = (c: Ctx): Caller => ({ kind: 'session', personId: c.var.visit.session?.personId ?? 0 });

function ask(c: Ctx, door: Door, asked: { command: string; input: RawInput; key?: string }): Promise<Outcome> {
  const { ip, locale } = c.var.visit;
  return door.dispatcher.dispatch({ door: 'web', caller: callerOf(c), ip, locale, ...asked });
}

async function read(c: Ctx, door: Door, asked: { command: string; input: RawInput }): Promise<Data> {
  const outcome = await ask(c, door, asked);
  if (!outcome.ok) throw new Error(`${asked.command} answered ${outcome.code}`);
  return outcome.data;
}

const commandNamed = (door: Door, name: string): AnyCommand => {
  const command = door.dispatcher.registry.find(name);
  if (!command) throw new Error(`there is no command ${name}`);
  return command;
};

/** What a query says for a reading command, as its form's fields. */
const queried = (c: Ctx, command: AnyCommand): RawInput => decodeForm(command, c.req.query());

async function done(c: Ctx, door: Door): Promise<Response> {
  checkOrigin(c, door);
  const body = await readForm(c, door, formMark(c, door));
  const name = textIn(body, '_command');
  if (!offered.includes(name)) return c.notFound();
  const command = commandNamed(door, name);
  const input = decodeForm(command, body);
  const outcome = await ask(c, door, { command: name, input, key: textIn(body, '_key') });
  if (!outcome.ok || outcome.dryRun) return meShown(c, door, { command, input, outcome });
  // it may just have been changed
  const locale = (await door.sessions.find(c.var.visit.session?.token ?? ''))?.actor.locale ?? c.var.visit.locale;
  say(c, door, replyTo(outcome, { locale, timeZone: door.dispatcher.desk.timeZone, command }).headline);
  const org = textIn(body, 'org');
  return c.redirect(org ? `/me?org=${encodeURIComponent(org)}` : '/me', 303);
}

async function meShown(c: Ctx, door: Door, asked?: Asked): Promise<Response> {
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
    said: saidAt(c, door),
  };
  const shop = may.has('stock show') ? await shopOf(c, door, account) : undefined;
  const status = asked && !asked.outcome.ok ? statusOf(asked.outcome) : 200;
  const aside = signedInAs(texts, { name: session?.actor.name ?? '', mark: view.mark });
  return show(c, door, {
    title: texts.me.title,
    body: mePage(view, shop && shopPage(view, shop)),
    aside,
    layout: 'wide',
    faulty: status !== 200,
    status,
  });
}

const statusOf = (outcome: { code: string }) =>
  outcome.code === 'fault' ? 500 : outcome.code === 'rate.limited' ? 429 : outcome.code === 'access.denied' ? 403 : 422;

interface Organisation {
  readonly org: string;
  readonly name: string;
  readonly state: string;
}

/** The reseller's part: its stock, and its declared users as the query filters them. */
async function shopOf(c: Ctx, door: Door, account: Data): Promise<Shop | undefined> {
  const resellers = (account['organisations'] as Organisation[]).filter(({ state }) => state === 'reseller');
  const chosen = resellers.find(({ org }) => org === c.req.query('org')) ?? resellers[0];
  if (!chosen) return undefined;
  // which of several is asked for only then
  const about: { org?: string } = resellers.length > 1 ? { org: chosen.org } : {};
  const command = commandNamed(door, 'declare list');
  const filters = queried(c, command);
  const stock = await read(c, door, { command: 'stock show', input: { ...about } });
  const products = stock['products'] as Shop['products'];
  const { locale } = c.var.visit;
  const kinds = await suggest(door.dispatcher, {
    caller: callerOf(c),
    door: 'web',
    command: 'declare new',
    field: 'product',
    typed: '',
    locale,
    ...about,
  });
  return {
    ...about,
    resellers: resellers.map(({ org, name }) => ({ org, name })),
    company: chosen.name,
    products,
    boxes: new Set(door.dispatcher.desk.catalogue.boxes.map(({ id }) => id)),
    kinds: kinds.map(({ value, name }) => ({ value, label: name })),
    filters,
    listed: await ask(c, door, { command: command.name, input: { ...filters, ...about } }),
  };
}

/** The declared users as a file, filtered as the page is. */
async function exported(c: Ctx, door: Door): Promise<Response> {
  const command = commandNamed(door, 'declare list');
  const outcome = await ask(c, door, { command: command.name, input: { export: 'csv', ...queried(c, command) } });
  if (!outcome.ok || !outcome.file) return outcome.ok ? c.notFound() : meShown(c, door);
  const { name, type, content } = outcome.file;
  return c.body(new Uint8Array(content), 200, {
    'content-type': type,
    'content-disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '-')}"`,
  });
}
