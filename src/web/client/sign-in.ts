/** Coming in and going out: `/sign-in`, `/t/TOKEN`, `/password`, `/sign-out`. A GET never changes anything. */
import type { Hono } from 'hono';
import type { Choice } from '../../core/ports/sessions.js';
import { confirmActivation, showActivation } from './activation.js';
import { fetchFile, showFile } from './file-link.js';
import { onwardFrom } from './onward.js';
import { confirmOwner, showOwner } from './owner.js';
import { say, saidAt } from '../flash.js';
import { giveCode, showCode } from './transfer-code.js';
import { choicePage, endedPage, signInPage, type SignInState } from './sign-in-page.js';
import {
  checkOrigin,
  formMark,
  putCookie,
  readForm,
  show,
  takeCookie,
  textIn,
  type Ctx,
  type Door,
  type Env,
} from '../page-request.js';

export function signInRoutes(app: Hono<Env>, door: Door): void {
  app.get('/sign-in', (c) => {
    if (c.var.visit.session) return c.redirect('/me', 303);
    const { texts, ended } = c.var.visit;
    const said = saidAt(c, door);
    if (ended) putCookie(c, door, { name: 'session', value: '', maxAgeS: 0 });
    return page(c, door, {
      state: said
        ? { said: { text: said, kind: 'good' } }
        : ended
          ? { said: { text: texts.signIn.ended, kind: 'good' } }
          : {},
    });
  });
  app.post('/sign-in', (c) => signIn(c, door));
  app.post('/sign-in/link', (c) => askLink(c, door));
  app.post('/sign-out', async (c) => {
    // the page of a mailed link has no referrer, and a way out
    checkOrigin(c, door, { nullToo: true });
    await readForm(c, door, formMark(c, door));
    const { session = c.var.visit.awaiting, texts } = c.var.visit;
    if (session) await door.sessions.signOut(session.token);
    putCookie(c, door, { name: 'session', value: '', maxAgeS: 0 });
    say(c, door, texts.signIn.signedOut);
    return c.redirect('/sign-in', 303);
  });
  app.get(
    '/t/:token',
    async (c) =>
      (await showFile(c, door, tokenIn(c))) ??
      (await showActivation(c, door, tokenIn(c))) ??
      (await showOwner(c, door, tokenIn(c))) ??
      (await showCode(c, door, tokenIn(c))) ??
      showLink(c, door),
  );
  app.post(
    '/t/:token',
    async (c) =>
      (await fetchFile(c, door, tokenIn(c))) ??
      (await confirmActivation(c, door, tokenIn(c))) ??
      (await confirmOwner(c, door, tokenIn(c))) ??
      (await giveCode(c, door, tokenIn(c))) ??
      useLink(c, door),
  );
  app.get('/password', (c) => (c.var.visit.session?.mustChoose ? choose(c, door) : c.redirect('/me', 303)));
  app.post('/password', (c) => replace(c, door));
}

const page = (c: Ctx, door: Door, more: { state: SignInState; status?: 403 | 422 | 429 }): Promise<Response> => {
  const { texts } = c.var.visit;
  return show(c, door, {
    title: texts.signIn.title,
    body: signInPage(texts, formMark(c, door), more.state),
    faulty: more.status !== undefined,
    ...(more.status ? { status: more.status } : {}),
  });
};

/** Sets the cookie of a new session, and goes on to where somebody wanted to be. */
export function come(c: Ctx, door: Door, token: string): Response {
  putCookie(c, door, { name: 'session', value: token });
  return c.redirect(onwardFrom(c, door), 303);
}

async function signIn(c: Ctx, door: Door): Promise<Response> {
  checkOrigin(c, door);
  const body = await readForm(c, door, formMark(c, door));
  const { locale, ip, texts } = c.var.visit;
  const email = textIn(body, 'email');
  const signed = await door.sessions.signIn({
    email,
    password: textIn(body, 'password'),
    ip,
    locale,
    before: takeCookie(c, door, 'session'),
  });
  if (signed.ok) return come(c, door, signed.token);
  const text = signed.why === 'throttled' ? texts.signIn.throttled(signed.minutes) : texts.signIn[signed.why];
  return page(c, door, {
    state: { email, said: { text, kind: 'bad' } },
    status: signed.why === 'throttled' ? 429 : 403,
  });
}

async function askLink(c: Ctx, door: Door): Promise<Response> {
  checkOrigin(c, door, { nullToo: true });
  const body = await readForm(c, door, formMark(c, door));
  const { locale, ip, texts } = c.var.visit;
  const email = textIn(body, 'email');
  const answer = await door.sessions.requestLink({ email, ip, locale });
  if (answer === 'sent') return page(c, door, { state: { said: { text: texts.link.sent, kind: 'good' } } });
  if (answer === 'faulty')
    return page(c, door, { state: { linkEmail: email, linkFault: texts.link.faulty }, status: 422 });
  return page(c, door, { state: { linkEmail: email, said: { text: texts.link.limited, kind: 'bad' } }, status: 429 });
}

const tokenIn = (c: Ctx): string => c.req.param('token') ?? '';

async function showLink(c: Ctx, door: Door, fault?: Extract<Choice, { ok: false }>['why']): Promise<Response> {
  const { texts } = c.var.visit;
  const link = await door.sessions.viewLink(tokenIn(c));
  if (!link)
    return show(c, door, { title: texts.choosing.ended, body: endedPage(texts, formMark(c, door)), status: 410 });
  const text = link.signUp ? texts.choosing.signUp(link.email) : texts.choosing.link(link.email);
  const body = choicePage(texts, formMark(c, door), {
    action: `/t/${encodeURIComponent(tokenIn(c))}`,
    text,
    email: link.email,
    ...(fault ? { fault } : {}),
  });
  return show(c, door, { title: texts.choosing.title, body, ...(fault ? { status: 422, faulty: true } : {}) });
}

async function useLink(c: Ctx, door: Door): Promise<Response> {
  checkOrigin(c, door, { nullToo: true });
  const body = await readForm(c, door, formMark(c, door));
  const { locale, ip, texts } = c.var.visit;
  const chosen = await door.sessions.chooseByLink({ link: tokenIn(c), password: textIn(body, 'password'), ip, locale });
  if (!chosen.ok) return showLink(c, door, chosen.why);
  say(c, door, texts.choosing.done);
  return come(c, door, chosen.token);
}

function choose(c: Ctx, door: Door, fault?: Extract<Choice, { ok: false }>['why']): Promise<Response> {
  const { texts, session } = c.var.visit;
  const body = choicePage(texts, formMark(c, door), {
    action: '/password',
    text: texts.choosing.first,
    email: session?.actor.emails[0] ?? '',
    ...(fault ? { fault } : {}),
  });
  return show(c, door, { title: texts.choosing.title, body, ...(fault ? { status: 422, faulty: true } : {}) });
}

async function replace(c: Ctx, door: Door): Promise<Response> {
  checkOrigin(c, door);
  const { session, locale, ip, texts } = c.var.visit;
  if (!session) return c.redirect('/sign-in', 303);
  const body = await readForm(c, door, formMark(c, door));
  if (!session.mustChoose) return c.redirect('/me', 303);
  const chosen = await door.sessions.replaceFirst({
    personId: session.personId,
    password: textIn(body, 'password'),
    ip,
    locale,
  });
  if (!chosen.ok) return choose(c, door, chosen.why);
  say(c, door, texts.choosing.done);
  return come(c, door, chosen.token);
}
