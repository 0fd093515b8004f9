/** `/me/support`: one's tickets, and in each what was said, a form to reply and its files (G8). */
import type { Hono } from 'hono';
import type { Data } from '../../core/command/outcome.js';
import { replyTo } from '../../core/command/reply.js';
import { ask, commandNamed, handOver, read } from '../asking.js';
import type { PostedForm } from './me-view.js';
import { framed, viewOf, wantedBy, type Back } from './me-visit.js';
import { say } from '../flash.js';
import { supportPage, ticketPage, ticketsPerPage, type Tickets } from './support-page.js';
import { checkOrigin, formMark, readForm, show, textIn, type Ctx, type Door, type Env } from '../page-request.js';

const offered = ['support open', 'support reply', 'support close', 'support reopen'];
const ticketPath = /^T-\d{6,9}$/;

export function supportRoutes(app: Hono<Env>, door: Door): void {
  app.get('/me/support', (c) => allShown(c, door));
  app.post('/me/support', (c) => done(c, door));
  app.get('/me/support/:number', (c) => oneShown(c, door, { number: c.req.param('number') }));
  app.get('/me/support/:number/file', (c) => fetched(c, door, c.req.param('number')));
}

/** The tickets that are not over, for `/me`; nothing for whoever may not ask. */
export async function supportOf(c: Ctx, door: Door, may: ReadonlySet<string>): Promise<Tickets | undefined> {
  if (!may.has('support open') || !may.has('support list')) return undefined;
  return (await read(c, door, { command: 'support list', input: { state: 'open', 'per-page': '5' } })) as never;
}

async function allShown(c: Ctx, door: Door, back: Back = {}): Promise<Response> {
  const typed = c.req.query('page') ?? '';
  const page = /^[1-9]\d{0,4}$/.test(typed) ? typed : '1';
  const input = { 'per-page': String(ticketsPerPage), page };
  const tickets = (await read(c, door, { command: 'support list', input })) as unknown as Tickets;
  const view = await viewOf(c, door, back);
  const { title } = c.var.visit.texts.support;
  return show(c, door, { title, body: supportPage(view, tickets), ...framed(c, view, back) });
}

async function oneShown(c: Ctx, door: Door, { number, ...back }: Back & { number: string }): Promise<Response> {
  if (!ticketPath.test(number)) return c.notFound();
  const seen = await ask(c, door, { command: 'support show', input: { number } });
  if (!seen.ok) return c.notFound();
  const view = await viewOf(c, door, back);
  const title = `${number} ${seen.data['subject'] as string}`;
  return show(c, door, { title, body: ticketPage(view, seen.data), ...framed(c, view, back) });
}

async function fetched(c: Ctx, door: Door, number: string): Promise<Response> {
  const input = { number, file: c.req.query('name') ?? '' };
  const seen = input.file === '' ? undefined : await ask(c, door, { command: 'support show', input });
  return seen?.ok && seen.file ? handOver(c, seen.file) : c.notFound();
}

async function done(c: Ctx, door: Door): Promise<Response> {
  checkOrigin(c, door);
  const body = await readForm(c, door, formMark(c, door));
  const wanted = await wantedBy(c, door, body);
  if (!wanted || !offered.includes(wanted.command)) return c.notFound();
  const command = commandNamed(door, wanted.command);
  const outcome = await ask(c, door, wanted);
  const asked: PostedForm = { command, input: wanted.input, outcome, formless: textIn(body, '_formless') !== '' };
  const { number } = wanted.input;
  if (!outcome.ok) {
    const seen = typeof number === 'string' && ticketPath.test(number);
    return seen ? oneShown(c, door, { number, asked }) : allShown(c, door, { asked });
  }
  const { locale } = c.var.visit;
  say(c, door, replyTo(outcome, { ...door.dispatcher.reader(locale), command }).headline);
  return c.redirect(`/me/support/${ticketIn(outcome.data)}`, 303);
}

const ticketIn = ({ ticket }: Data): string => (typeof ticket === 'string' ? ticket : '');
