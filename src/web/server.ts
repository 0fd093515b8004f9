/** The web door: pages for people, and nothing that trusts what it is sent. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { createServer } from 'node:http';
import { Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createCodes } from '../core/ports/code-links.js';
import { createActivations } from '../core/ports/activations.js';
import { documentBytes, documentsAtMost } from '../core/command/dictionary.js';
import type { Dispatcher } from '../core/command/dispatch.js';
import type { Failing } from '../core/ports/health.js';
import { localeOf } from '../core/locales/locale.js';
import { textsOf } from '../core/locales/texts.js';
import { createOwners } from '../core/ports/owner-links.js';
import { placeOf } from '../core/guard/limit.js';
import type { Trusts } from '../core/guard/proxies.js';
import { createSessions } from '../core/ports/sessions.js';
import { accessRoutes } from './access.js';
import { billingRoutes } from './client/billing.js';
import { certificateRoutes } from './client/certificate.js';
import { deskRoutes } from './desk/desk.js';
import type { DeskPart } from './desk/part.js';
import { meRoutes } from './client/me.js';
import { assets, notice, type Page } from './page.js';
import { secondFactorGate, secondFactorRoutes } from './client/second-factor.js';
import { signInRoutes } from './client/sign-in.js';
import { pageTexts } from './texts.js';
import { acceptedLocale, Rejected, show, visitOf, type Ctx, type Door, type Env, type Log } from './page-request.js';

export type { DeskPart, ReadLine, SentMails } from './desk/part.js';

export interface WebOptions {
  readonly dispatcher: Dispatcher;
  /** Port 0: any free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Where people reach this door; without a slash at its end. */
  readonly publicUrl: string;
  /** Proxies of ours (`TRUSTED_PROXIES`); none unless told. */
  readonly trusts?: Trusts | undefined;
  /** What keeps the desk from working (`/readyz`). */
  readonly failing: () => Promise<Failing>;
  /** At once from one place. */
  readonly connectionsAtMost?: number | undefined;
  /** Present when the desk page is allowed (settings.ts `deskAllowed`). */
  readonly desk?: DeskPart | undefined;
  readonly log: Log;
}

export interface Web {
  /** Of the listening socket. */
  readonly url: string;
  readonly port: number;
  /** Ends after the requests in hand. */
  close(): Promise<void>;
}

const loopbackHosts = ['127.0.0.1', 'localhost', '[::1]'];
/** At once from one place: an idle crowd of one client must not keep others out. */
const connectionsAtMost = 200;
const pageBytes = 256 * 1024;
/** An order's purchase order and its documents in one form; the desk page is its operator's alone. */
const uploadBytes = (documentsAtMost + 1) * documentBytes + pageBytes;
const timeouts = {
  requestTimeout: 60_000,
  headersTimeout: 15_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
};

/** Listens, and answers once it does. @throws what listening throws */
export async function startWeb(options: WebOptions): Promise<Web> {
  const { dispatcher, listen, desk, log } = options;
  const publicUrl = new URL(options.publicUrl);
  const hosts = new Set<string>();
  const door: Door = {
    dispatcher,
    sessions: createSessions(dispatcher),
    activations: createActivations(dispatcher),
    owners: createOwners(dispatcher),
    codes: createCodes(dispatcher),
    publicUrl,
    trusts: options.trusts ?? (() => false),
    log,
    origins: () => new Set([publicUrl.origin, ...[...hosts].map((host) => `http://${host}`)]),
  };
  const app = appOf(door, { ...options, hosts });
  const server = createServer(timeouts, (request, response) => void listener(request, response));
  const places = new Map<string, number>();
  server.on('connection', (socket) => {
    const place = placeOf(socket.remoteAddress);
    if (door.trusts(socket.remoteAddress)) return;
    const open = (places.get(place) ?? 0) + 1;
    if (open > (options.connectionsAtMost ?? connectionsAtMost)) return void socket.destroy();
    places.set(place, open);
    socket.once('close', () => {
      const left = (places.get(place) ?? 1) - 1;
      if (left > 0) places.set(place, left);
      else places.delete(place);
    });
  });
  const listener = getRequestListener(app.fetch, { hostname: 'localhost', overrideGlobalObjects: false });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(listen.port, listen.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = listen.host.includes(':') ? `[${listen.host.replace(/^\[|\]$/g, '')}]` : listen.host;
  // a browser leaves out the port that goes without saying
  for (const one of loopbackHosts.includes(host) ? [host, 'localhost'] : [host])
    hosts.add(new URL(`http://${one}:${port}`).host);
  if (desk)
    log.warn({ url: `http://${host}:${port}/desk` }, 'the desk page is served: whoever has its token is the operator');
  return { url: `http://${host}:${port}`, port, close: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  server.on('request', (_, response) => response.setHeader('connection', 'close'));
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  // a connection that was busy when closing began would stay until its keep-alive ends
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await done;
  clearInterval(sweep);
}

function appOf(door: Door, options: WebOptions & { hosts: ReadonlySet<string> }): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  app.get('/healthz', (c) => c.json({ ok: true }));
  app.get('/readyz', async (c) => {
    const failing = await options.failing();
    return Object.keys(failing).length === 0 ? c.json({ ok: true }) : c.json({ ok: false, failing }, 503);
  });
  app.use(headers(door, options));
  app.use(knownHost(door, options.hosts));
  app.use(encrypted(door));
  accessRoutes(app, door);
  app.get('/assets/:name', (c) => {
    const asset = assets[c.req.path];
    return asset
      ? c.body(asset.content, 200, {
          'content-type': asset.type,
          'cache-control': 'public, max-age=31536000, immutable',
        })
      : c.notFound();
  });
  app.use(async (c, next) => {
    c.set('visit', await visitOf(c, door));
    return next();
  });
  const small = limit(pageBytes);
  const large = limit(uploadBytes);
  const oneFile = limit(documentBytes + pageBytes);
  const atDesk = options.desk ? deskRoutes(app, door, { ...options.desk, limit: large }) : () => false;
  app.use((c, next) => {
    if (c.req.path.startsWith('/desk')) return next();
    // nobody's body is read there before they have signed in
    return c.req.path.startsWith('/me/support') ? oneFile(c, next) : small(c, next);
  });
  secondFactorGate(app);
  app.get('/', (c) => c.redirect(c.var.visit.session ? '/me' : atDesk(c) ? '/desk' : '/sign-in', 303));
  signInRoutes(app, door);
  meRoutes(app, door);
  billingRoutes(app, door);
  secondFactorRoutes(app, door);
  certificateRoutes(app, door);
  app.notFound((c) => short(c, door, { status: 404 }));
  app.onError((error, c) => failed(error, c, door));
  return app;
}

/** A request with neither header has no body (RFC 9112, section 6.3), and there is nothing to read of it. */
function limit(maxSize: number): MiddlewareHandler<Env> {
  const limited = bodyLimit({
    maxSize,
    onError: () => {
      throw new Rejected(413);
    },
  });
  return (c, next) => {
    const { 'content-length': length, 'transfer-encoding': coding } = c.env.incoming.headers;
    if (length === undefined && coding === undefined) return next();
    if (coding !== undefined) c.req.raw = rebuilt(c.req.raw);
    return limited(c, next);
  };
}

/** What bodyLimit makes of a body without a length begins with `new Request(request)`, which takes no request of the server's own. */
function rebuilt({ url, method, headers, body }: Request): Request {
  return body === null
    ? new Request(url, { method, headers })
    : new Request(url, { method, headers, body, duplex: 'half' });
}

const policy = (more: string) =>
  `default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; connect-src 'self'; ${more}form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

function headers(door: Door, { desk }: WebOptions): MiddlewareHandler<Env> {
  return async (c, next) => {
    const mailing = desk !== undefined && c.req.path.startsWith('/desk/mails/');
    c.header('content-security-policy', policy(mailing ? "frame-src 'self'; " : ''));
    c.header('x-content-type-options', 'nosniff');
    c.header('x-frame-options', 'DENY');
    // a link's token stays out of every other request; elsewhere forms say where they come from
    c.header('referrer-policy', c.req.path.startsWith('/t/') ? 'no-referrer' : 'same-origin');
    c.header('cross-origin-opener-policy', 'same-origin');
    c.header('cross-origin-resource-policy', 'same-origin');
    c.header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()');
    c.header('cache-control', 'no-store');
    if (door.publicUrl.protocol === 'https:') c.header('strict-transport-security', 'max-age=31536000');
    await next();
    // a body nobody wants is not waited for: what follows it on this connection would be lost
    if (!['GET', 'HEAD'].includes(c.req.method) && !c.env.incoming.complete) c.header('connection', 'close');
  };
}

/** A name that isn't ours may be another site's that points here (DNS rebinding). */
function knownHost(door: Door, hosts: ReadonlySet<string>): MiddlewareHandler<Env> {
  return async (c, next) => {
    const given = c.req.header('host') ?? '';
    const plain = `${door.publicUrl.protocol}//${given}`;
    const host = /^[\w.:[\]-]+$/.test(given) && URL.canParse(plain) ? new URL(plain).host : '';
    if (host !== '' && (host === door.publicUrl.host || hosts.has(host))) return next();
    return short(c, door, { status: 421 });
  };
}

/** What our own proxy took in the clear goes on over https, where that is where people reach us. */
function encrypted(door: Door): MiddlewareHandler<Env> {
  return async (c, next) => {
    const plain = door.trusts(c.env.incoming.socket.remoteAddress) && c.req.header('x-forwarded-proto') === 'http';
    if (!plain || door.publicUrl.protocol !== 'https:' || !['GET', 'HEAD'].includes(c.req.method)) return next();
    const { pathname, search } = new URL(c.req.url);
    return c.redirect(`${door.publicUrl.origin}${pathname}${search}`, 308);
  };
}

type ShortStatus = 400 | 403 | 404 | 413 | 421 | 500;

/** A short page that says what went wrong, in the reader's language. */
function short(c: Ctx, door: Door, more: { status: ShortStatus; text?: string }): Promise<Response> {
  const locale =
    (c.get('visit') as { locale: 'fr' | 'en' } | undefined)?.locale ??
    acceptedLocale(c.req.header('accept-language'), door.dispatcher.desk.locale);
  const texts = pageTexts(locale);
  const named: Record<ShortStatus, readonly [title: string, text: string]> = {
    400: [texts.unreadable, texts.unreadableText],
    403: [texts.forbidden, texts.forbiddenText],
    404: [texts.notFound, texts.notFoundText],
    413: [texts.tooLarge, texts.tooLargeText],
    421: [texts.host, texts.hostText],
    500: [texts.fault, more.text ?? ''],
  };
  const [title, text] = named[more.status];
  const body: Page['body'] = notice({
    title,
    text,
    ...(more.status === 421 ? {} : { link: { href: '/', label: texts.home } }),
  });
  return show(c, door, { title, body, status: more.status, locale: localeOf(locale, 'fr') });
}

/** The single gate from anything thrown to a page. */
function failed(error: Error, c: Ctx, door: Door): Promise<Response> {
  if (error instanceof Rejected) return short(c, door, { status: error.status });
  const reference = door.dispatcher.desk.random(4).toString('hex');
  // a link's token is in its path: the log gets the page's name alone
  door.log.error({ err: error, reference, page: c.req.path.split('/').slice(0, 2).join('/') }, 'a page failed');
  const locale = acceptedLocale(c.req.header('accept-language'), door.dispatcher.desk.locale);
  return short(c, door, { status: 500, text: textsOf(locale).fault({ reference }) });
}
