/**
 * What is known of a request before any page looks at it: language, session, and whether a posted form is one of ours.
 * Nothing a proxy adds is believed: the client's address is the socket's.
 */
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Activations } from '../core/ports/activations.js';
import { forwardedFor, type Trusts } from '../core/guard/proxies.js';
import type { Codes } from '../core/ports/code-links.js';
import type { Owners } from '../core/ports/owner-links.js';
import type { Dispatcher } from '../core/command/dispatch.js';
import type { RawInput } from '../core/command/input.js';
import { keyContent } from '../core/command/repeat.js';
import { contentHash } from '../core/guard/once.js';
import { localeOf, type Locale } from '../core/locales/locale.js';
import type { Session, Sessions } from '../core/ports/sessions.js';
import type { FormBody } from './form.js';
import { page, type Page } from './page.js';
import { pageTexts, type PageTexts } from './texts.js';

export interface Log {
  warn(data: object, text: string): void;
  error(data: object, text: string): void;
}

/** What the pages share. */
export interface Door {
  readonly dispatcher: Dispatcher;
  readonly sessions: Sessions;
  readonly activations: Activations;
  readonly owners: Owners;
  readonly codes: Codes;
  readonly publicUrl: URL;
  /** Proxies of ours, from which `X-Forwarded-For` and `-Proto` are believed. */
  readonly trusts: Trusts;
  /** Origins (`http://host:port`) under which this door is reached. */
  readonly origins: () => ReadonlySet<string>;
  readonly log: Log;
}

export interface Visit {
  readonly locale: Locale;
  readonly texts: PageTexts;
  /** Absent behind a proxy, where all clients look the same. */
  readonly ip: string | undefined;
  readonly session: (Session & { readonly token: string }) | undefined;
  /** The password was right, the second factor's code is still to come: for every page but that one a stranger. */
  readonly awaiting: (Session & { readonly token: string }) | undefined;
  /** The browser showed a session that has ended. */
  readonly ended: boolean;
}

export type Env = { Bindings: HttpBindings; Variables: { visit: Visit } };
export type Ctx = Context<Env>;

/** A request that is refused before any command hears of it. */
export class Rejected extends Error {
  override name = 'Rejected';
  readonly status: 400 | 403 | 413;
  constructor(status: 400 | 403 | 413) {
    super(`rejected with ${status}`);
    this.status = status;
  }
}

const secure = (door: Door) => door.publicUrl.protocol === 'https:';

/** With https a cookie can be bound to exactly this host; names differ so that plain http can't plant one. */
export const cookieName = (door: Door, name: string): string => `${secure(door) ? '__Host-' : ''}guichet-${name}`;

export function putCookie(
  c: Ctx,
  door: Door,
  cookie: { name: string; value: string; sameSite?: 'Lax' | 'Strict'; maxAgeS?: number },
): void {
  const { name, value, sameSite = 'Lax', maxAgeS } = cookie;
  setCookie(c, cookieName(door, name), value, {
    path: '/',
    httpOnly: true,
    secure: secure(door),
    sameSite,
    ...(maxAgeS === undefined ? {} : { maxAge: maxAgeS }),
  });
}

export const takeCookie = (c: Ctx, door: Door, name: string): string | undefined =>
  getCookie(c, cookieName(door, name));

/** The best language of an Accept-Language header that the desk speaks. */
export function acceptedLocale(header: string | undefined, fallback: Locale): Locale {
  const wanted = (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...more] = part.trim().split(';');
      const quality = more.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find(Boolean);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => /^(fr|en)(-|$)/i.test(tag) && quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return localeOf(wanted[0]?.tag, fallback);
}

const loopback = (address: string): boolean =>
  /^(::ffff:)?127\./i.test(address) || address === '::1' || address === 'localhost' || address === '[::1]';

/** The client's address: the socket's, or what a proxy of ours says; none behind another one, where all look the same. */
export function clientIp(c: Ctx, door: Door): string | undefined {
  const address = c.env.incoming.socket.remoteAddress;
  if (door.trusts(address)) return forwardedFor(address, c.req.header('x-forwarded-for'), door.trusts);
  const proxied = address !== undefined && loopback(address) && !loopback(door.publicUrl.hostname);
  return proxied ? undefined : address;
}

/** Who is there. */
export async function visitOf(c: Ctx, door: Door): Promise<Visit> {
  const token = takeCookie(c, door, 'session');
  const found = token === undefined || token === '' ? undefined : await door.sessions.find(token);
  const session = found && token ? { ...found, token } : undefined;
  const locale = session?.actor.locale ?? acceptedLocale(c.req.header('accept-language'), door.dispatcher.desk.locale);
  return {
    locale,
    texts: pageTexts(locale),
    ip: clientIp(c, door),
    session: session?.awaitsCode ? undefined : session,
    awaiting: session?.awaitsCode ? session : undefined,
    ended: Boolean(token) && !session,
  };
}

/** The mark that this browser's forms carry; a browser without a session gets a cookie to bind it to. */
export function formMark(c: Ctx, door: Door): string {
  const { session, awaiting } = c.var.visit;
  const signedIn = session ?? awaiting;
  if (signedIn) return door.sessions.formMark(signedIn.token);
  let secret = takeCookie(c, door, 'visit');
  if (!secret)
    putCookie(c, door, { name: 'visit', value: (secret = door.dispatcher.desk.random(18).toString('base64url')) });
  return door.sessions.formMark(secret);
}

/** Fresh for each rendered form: the same form sent twice is done once (X4). */
export const formKey = (door: Door): string => door.dispatcher.desk.random(18).toString('base64url');

/**
 * Under which key what a form says is asked: the same form sent twice with the same content is one request; a form that
 * somebody goes back to, and fills in otherwise, is another.
 */
export const formContentKey = (door: Door, key: string, input: RawInput): string | undefined =>
  key === '' ? undefined : `${key} ${contentHash(keyContent(input, door.dispatcher.desk))}`;

/**
 * Refuses what another site sends. Browsers say where a form comes from; a page whose referrer policy is `no-referrer`
 * sends `null`, which is taken only with the browser's word that it is the same origin, or where there is no such word.
 * @throws {Rejected}
 */
export function checkOrigin(c: Ctx, door: Door, more: { nullToo?: boolean } = {}): void {
  const [origin, site] = [c.req.header('origin'), c.req.header('sec-fetch-site')];
  const silent = origin === undefined || (origin === 'null' && more.nullToo === true);
  if (!silent && !door.origins().has(origin)) throw new Rejected(403);
  if (silent && site !== undefined && site !== 'same-origin') throw new Rejected(403);
}

/** A posted body, files read. @throws {Rejected} when it can't be read or doesn't carry `mark` */
export async function readForm(c: Ctx, door: Door, mark: string): Promise<FormBody> {
  const parsed = await c.req.parseBody({ all: true }).catch(() => {
    throw new Rejected(400);
  });
  const body = await bodyOf(parsed);
  const given = body['_mark'];
  if (typeof given !== 'string' || !door.dispatcher.desk.secrets.equal(given, mark)) throw new Rejected(403);
  return body;
}

/** A parsed body with its files read. */
export async function bodyOf(
  parsed: Readonly<Record<string, string | File | readonly (string | File)[]>>,
): Promise<FormBody> {
  const body: Record<string, FormBody[string]> = Object.create(null) as Record<string, FormBody[string]>;
  for (const [name, value] of Object.entries(parsed)) {
    const all = typeof value === 'string' || value instanceof File ? [value] : value;
    const texts = all.filter((one) => typeof one === 'string');
    const files = all.filter((one) => typeof one !== 'string');
    // an empty file control sends a file without a name
    const uploads = await Promise.all(
      files
        .filter((file) => file.size > 0 || file.name !== '')
        .map(async (file) => ({ name: file.name, type: file.type, content: Buffer.from(await file.arrayBuffer()) })),
    );
    const [first, ...others] = uploads;
    if (first) body[name] = others.length > 0 ? uploads : first;
    else if (files.length === 0) body[name] = texts.length === 1 ? (texts[0] ?? '') : texts;
  }
  return body;
}

/** One text of a body. */
export const textIn = (body: FormBody, name: string): string => {
  const value = body[name];
  return typeof value === 'string' ? value : '';
};

type Status = 200 | 400 | 403 | 404 | 410 | 413 | 421 | 422 | 429 | 500 | 503;

/** Answers with a page. */
export async function show(
  c: Ctx,
  door: Door,
  given: Omit<Page, 'locale' | 'vendor'> & { status?: Status; locale?: Locale },
): Promise<Response> {
  const { status = 200, ...rest } = given;
  const locale = given.locale ?? c.var.visit.locale;
  const vendor = door.dispatcher.desk.catalogue.vendor.name[locale];
  return c.html(await page({ ...rest, locale, vendor }), status);
}
