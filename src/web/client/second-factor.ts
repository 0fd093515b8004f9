/** The second factor's pages: `/sign-in/code`, which alone is open until the code is given, and `/me/second-factor`. */
import type { Hono } from 'hono';
import type { CodeFault } from '../../core/ports/sessions.js';
import { formatDay } from '../../core/locales/format.js';
import { signedInAs } from './me-page.js';
import { say, saidAt } from '../flash.js';
import { codePage, codePath, factorPage, factorPath, recoveryPage } from './second-factor-page.js';
import { come } from './sign-in.js';
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

/** Whoever still owes the code is led to it from every page of their own; for the others they are a stranger. */
export function secondFactorGate(app: Hono<Env>): void {
  for (const path of ['/', '/sign-in', '/password', '/me', '/me/*'])
    app.use(path, (c, next) => (c.var.visit.awaiting ? Promise.resolve(c.redirect(codePath, 303)) : next()));
}

/** After `/me`'s own routes, whose guard covers these. */
export function secondFactorRoutes(app: Hono<Env>, door: Door): void {
  app.get(codePath, (c) => {
    if (!c.var.visit.awaiting) return c.redirect(c.var.visit.session ? '/me' : '/sign-in', 303);
    const text = saidAt(c, door);
    return code(c, door, text ? { said: { text, kind: 'good' } } : {});
  });
  app.post(codePath, (c) => give(c, door));
  app.get(factorPath, (c) => {
    const text = saidAt(c, door);
    return factor(c, door, text ? { said: { text, kind: 'good' } } : {});
  });
  app.post(factorPath, (c) => change(c, door));
}

interface State {
  readonly said?: { readonly text: string; readonly kind: 'good' | 'bad' };
  readonly status?: 403 | 422 | 429;
}

const code = (c: Ctx, door: Door, { said, status }: State): Promise<Response> => {
  const { texts } = c.var.visit;
  const body = codePage(texts, formMark(c, door), { said });
  return show(c, door, { title: texts.code.title, body, faulty: status !== undefined, ...(status ? { status } : {}) });
};

async function give(c: Ctx, door: Door): Promise<Response> {
  checkOrigin(c, door);
  const body = await readForm(c, door, formMark(c, door));
  const { awaiting, ip, locale } = c.var.visit;
  if (!awaiting) return c.redirect('/sign-in', 303);
  const given = await door.sessions.factor.give({ token: awaiting.token, code: textIn(body, 'code'), ip, locale });
  if (given.ok) return come(c, door, given.token);
  if (given.why === 'ended') return c.redirect('/sign-in', 303);
  return code(c, door, fault(c, given));
}

function fault(c: Ctx, given: CodeFault): State {
  const { texts } = c.var.visit;
  return given.why === 'throttled'
    ? { said: { text: texts.code.throttled(given.minutes), kind: 'bad' }, status: 429 }
    : { said: { text: given.why === 'wrong' ? texts.code.wrong : texts.factor.ended, kind: 'bad' }, status: 403 };
}

async function factor(c: Ctx, door: Door, { said, status }: State): Promise<Response> {
  const { session, texts, locale } = c.var.visit;
  const { timeZone } = door.dispatcher.desk;
  const mark = formMark(c, door);
  const body = factorPage(texts, {
    factor: await door.sessions.factor.view(session?.personId ?? 0),
    mark,
    day: (at) => formatDay(at, timeZone, locale),
    email: session?.actor.emails[0] ?? '',
    said,
  });
  return show(c, door, {
    title: texts.factor.title,
    body,
    aside: signedInAs(texts, { name: session?.actor.name ?? '', mark }),
    faulty: status !== undefined,
    ...(status ? { status } : {}),
  });
}

async function change(c: Ctx, door: Door): Promise<Response> {
  checkOrigin(c, door);
  const body = await readForm(c, door, formMark(c, door));
  const { session, ip, locale, texts } = c.var.visit;
  const own = { personId: session?.personId ?? 0, ip, locale };
  switch (textIn(body, '_step')) {
    case 'begin': {
      const begun = await door.sessions.factor.begin({ ...own, password: textIn(body, 'password') });
      if (begun.ok) return c.redirect(factorPath, 303);
      if (begun.why === 'ended') return factor(c, door, fault(c, begun));
      const throttled = begun.why === 'throttled';
      const text = throttled ? texts.signIn.throttled(begun.minutes) : texts.factor.wrongPassword;
      return factor(c, door, { said: { text, kind: 'bad' }, status: throttled ? 429 : 403 });
    }
    case 'confirm': {
      const confirmed = await door.sessions.factor.confirm({ ...own, code: textIn(body, 'code') });
      if (!confirmed.ok) return factor(c, door, fault(c, confirmed));
      putCookie(c, door, { name: 'session', value: confirmed.token });
      return show(c, door, { title: texts.factor.codesTitle, body: recoveryPage(texts, confirmed.codes) });
    }
    case 'end': {
      const over = await door.sessions.factor.end({ ...own, code: textIn(body, 'code') });
      if (!over.ok) return factor(c, door, fault(c, over));
      say(c, door, texts.factor.isOff);
      return c.redirect(factorPath, 303);
    }
    default:
      return c.notFound();
  }
}
