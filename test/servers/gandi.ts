/**
 * A local double of Gandi's v5 interface, built from its public documentation (https://api.gandi.net/docs/domains/,
 * /docs/organization/, /docs/reference/): Bearer tokens, `Dry-Run`, bodies checked strictly, orders that are carried out when
 * told, a rate limit, and faults on demand, before or after something was sold.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAnswers, refusal, type Answer, type PlainRoute } from './gandi-answers.js';
import { createBooks, type GandiBooks, type PaidKind } from './gandi-books.js';

export { reseller } from './gandi-answers.js';

/** What a call is for; a dry run is a route of its own. */
export type Route = PlainRoute | `${PaidKind} dry`;

/** `before` and `after` it was carried out. */
export type Fault =
  | 'silence before'
  | 'silence after'
  | 'cut before'
  | 'cut after'
  | '502 before'
  | '502 after'
  | 'garbage after'
  | 'odd after'
  | 'giant after'
  | 'elsewhere'
  | '401'
  | '402'
  | '403'
  | Answer
  | (() => void);

export interface GandiCall {
  readonly route: Route | undefined;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface GandiDouble {
  /** `GANDI_API`. */
  readonly root: string;
  readonly token: string;
  readonly books: GandiBooks;
  readonly calls: GandiCall[];
  /** The next call of this route goes wrong so; a function is run before it. Resolves once that has happened. */
  fault(route: Route, what: Fault): Promise<void>;
  /** From now on, so many calls within a minute of the given clock. */
  limit(calls: number): void;
  /** The next call, past or to come, for which there are so many. */
  until(count: number): Promise<void>;
  /** Nobody listens there any more, until `open`. */
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

const routes: readonly [string, RegExp, PlainRoute][] = [
  ['GET', /^\/organization\/organizations$/, 'organisations'],
  ['GET', /^\/domain\/domains$/, 'list'],
  ['POST', /^\/domain\/domains$/, 'create'],
  ['GET', /^\/domain\/domains\/([^/]+)$/, 'details'],
  ['GET', /^\/domain\/domains\/([^/]+)\/createstatus$/, 'create status'],
  ['POST', /^\/domain\/domains\/([^/]+)\/renew$/, 'renew'],
  ['POST', /^\/domain\/domains\/([^/]+)\/restore$/, 'restore'],
  ['PATCH', /^\/domain\/domains\/([^/]+)\/reachability$/, 'reachability'],
  ['POST', /^\/domain\/transferin$/, 'transfer'],
  ['GET', /^\/domain\/transferin\/([^/]+)$/, 'transfer status'],
];

export async function startGandi({ clock }: { clock: () => Date }): Promise<GandiDouble> {
  const token = 'pat_0123456789abcdefghijklmnopqrstuvwxyz';
  const books = createBooks(clock);
  const calls: GandiCall[] = [];
  const faults: { route: Route; what: Fault; struck: () => void }[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let allowed = Number.POSITIVE_INFINITY;
  let minute: number[] = [];

  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const root = `http://127.0.0.1:${port}/v5`;
  const carryOut = createAnswers(books, () => root);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const path = url.pathname.replace(/^\/v5/, '');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const found = routes.find(([method, pattern]) => method === request.method && pattern.test(path));
    const dry = request.headers['dry-run'] === '1';
    const route = found && (dry ? (`${found[2]} dry` as Route) : found[2]);
    calls.push({ route, path: url.pathname + url.search, authorization: request.headers.authorization, body });
    for (const one of waiting.filter(({ count }) => count <= calls.length)) one.resolve();
    const fault = take(route);
    const name = decodeURIComponent(found?.[1].exec(path)?.[1] ?? '');
    const answer = (): Answer =>
      gate(request) ??
      (found
        ? carryOut(found[2], { name, dry, body, query: url.searchParams })
        : refusal(404, 'The resource could not be found.'));
    if (!fault || typeof fault.what === 'function') {
      if (typeof fault?.what === 'function') fault.what();
      send(response, answer());
    } else if (typeof fault.what === 'object') send(response, fault.what);
    else goWrong(response, fault.what, answer);
    fault?.struck();
  }

  function take(route: Route | undefined) {
    const at = faults.findIndex((fault) => fault.route === route);
    return at < 0 ? undefined : faults.splice(at, 1)[0];
  }

  function gate(request: IncomingMessage): Answer | undefined {
    if (request.headers.authorization !== `Bearer ${token}`) return refusal(401, 'Invalid or expired token');
    if (request.method !== 'GET' && request.headers['content-type'] !== 'application/json')
      return refusal(400, 'Content-Type must be application/json');
    const now = clock().getTime();
    minute = [...minute.filter((at) => at > now - 60_000), now];
    if (minute.length <= allowed) return undefined;
    minute.pop();
    const waitS = Math.ceil(((minute[0] ?? now) + 60_000 - now) / 1_000);
    return { ...refusal(429, 'Rate limit exceeded'), headers: { 'retry-after': String(waitS) } };
  }

  function goWrong(response: ServerResponse, what: Extract<Fault, string>, answer: () => Answer): void {
    if (what.endsWith(' after')) answer();
    const kind = what.replace(/ (before|after)$/, '');
    if (kind === 'silence') return;
    if (kind === 'cut') return void response.socket?.destroy();
    if (kind === '502')
      return void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
    if (kind === 'garbage')
      return void response.writeHead(202, { 'content-type': 'application/json' }).end('{"message": "Do');
    if (kind === 'odd') return send(response, { status: 202, body: ['what', 'is', 'this'] });
    if (kind === 'giant') {
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: 'x'.repeat(4 * 1024 * 1024) }));
      return;
    }
    if (kind === 'elsewhere')
      return send(response, { status: 307, headers: { location: 'http://127.0.0.2:9/v5/domain/domains' } });
    send(response, refusal(Number(kind), `Refused with ${kind}`));
  }

  return {
    root,
    token,
    books,
    calls,
    fault: (route, what) => new Promise((struck) => faults.push({ route, what, struck })),
    limit(count) {
      allowed = count;
    },
    until: (count) => new Promise((resolve) => (calls.length >= count ? resolve() : waiting.push({ count, resolve }))),
    async shut() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
    async open() {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    async close() {
      server.closeAllConnections();
      if (server.listening) {
        server.close();
        await once(server, 'close');
      }
    },
  };
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
}
