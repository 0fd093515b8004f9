import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseBody, readBytes } from './body.js';
import { answerFaults, bodyFaults, match, parameterFaults, type Operation } from './document.js';
import { Limits, type RateLimits } from './limits.js';
import { Mishaps, type Mishap } from './mishaps.js';
import type { NumberedUpload } from './post.js';
import { invalidForm, Refusal, refusals, type FieldFault } from './refusal.js';
import type { World } from './world.js';

/** A request that passed the document's rules. */
export type Call = {
  operation: Operation;
  params: Record<string, string>;
  query: Record<string, unknown>;
  body: unknown;
  files: NumberedUpload[];
};
/** Without `json` the answer has no body and no content type. */
export type Reply = { status: number; json?: unknown };
export type Handler = (call: Call) => Reply;

/** A request as it was answered. */
export type RequestRecord = {
  method: string;
  path: string;
  operation: string;
  body: unknown;
  files: string[];
  status: number;
  /** Milliseconds since the double started. */
  atMs: number;
};

/** A request that Discord would have refused for what the bot got wrong. */
export type Violation = {
  method: string;
  path: string;
  code: number;
  message: string;
  faults: FieldFault[];
  body: unknown;
};

export type ServerSettings = {
  token: string;
  rateLimits: RateLimits | false;
  /** Holds our own answers against the document too; what differs is in `faults`. */
  checkAnswers: boolean;
  /** How many requests are remembered. */
  keptRequests: number;
};

/** Codes that are the bot's fault whenever it meets them; the others (a closed DM, a deleted message) can be life. */
const blamed = new Set([10062, 10015, 40005, 40060, 50006, 50027, 50035, 50109, 30032]);

/** Discord's HTTP API on 127.0.0.1: routing and form by the document, then the handlers by operation id. */
export class ApiServer {
  readonly #world: World;
  readonly #settings: ServerSettings;
  readonly #handlers: Record<string, Handler>;
  readonly #limits: Limits;
  readonly #startedAt: number;
  readonly http: Server;
  readonly mishaps = new Mishaps();
  readonly requests: RequestRecord[] = [];
  readonly violations: Violation[] = [];
  /** Faults of the double itself: an exception, an answer that the document doesn't allow. */
  readonly faults: string[] = [];

  constructor(world: World, handlers: Record<string, Handler>, settings: ServerSettings) {
    this.#world = world;
    this.#settings = settings;
    this.#handlers = handlers;
    this.#limits = new Limits(settings.rateLimits, world.clock);
    this.#startedAt = world.clock.elapsedMs();
    this.http = createServer((request, response) => void this.#serve(request, response));
    // A kept connection must not end just as a client sends on it: libraries take that for a broken network.
    this.http.keepAliveTimeout = 65_000;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (/^\/(ephemeral-)?attachments\//.test(url.pathname)) return this.#serveFile(request, response);
    const record: RequestRecord = {
      method: request.method ?? '',
      path: url.pathname,
      operation: '',
      body: undefined,
      files: [],
      status: 0,
      atMs: this.#world.clock.elapsedMs() - this.#startedAt,
    };
    const headers: Record<string, string> = {};
    let reply: Reply;
    try {
      const bytes = await readBytes(request);
      reply = await this.#answer(request, { url, bytes, record, headers });
    } catch (error) {
      if (error instanceof Cut) return void request.socket.destroy();
      reply = this.#refuse(error, record);
    }
    record.status = reply.status;
    this.#remember(record);
    send(response, reply, headers);
  }

  async #answer(
    request: IncomingMessage,
    {
      url,
      bytes,
      record,
      headers,
    }: { url: URL; bytes: Buffer; record: RequestRecord; headers: Record<string, string> },
  ): Promise<Reply> {
    const [, api, version, ...rest] = url.pathname.split('/').map((part) => decodeURIComponent(part));
    if (api !== 'api' || version !== 'v10') throw refusals.noRoute();
    const found = match(record.method, rest);
    if (!found) throw refusals.noRoute();
    if (found === 'method') throw refusals.noMethod();
    const { operation, params } = found;
    record.operation = operation.id;
    const mishap = this.mishaps.take({ operation: operation.id, path: url.pathname });
    if (mishap && 'cut' in mishap && mishap.cut === 'before') throw new Cut();
    if (mishap && 'status' in mishap) return mishapReply(mishap, headers);
    this.#authorize(operation, request.headers.authorization);
    const verdict = this.#limits.count(operation, params);
    Object.assign(headers, verdict.headers);
    if (verdict.refused) return tooMany(verdict.refused, headers);
    const { json, files } = await parseBody(bytes, request.headers['content-type']);
    record.body = json;
    record.files = files.map(({ name }) => name);
    const query = Object.fromEntries(url.searchParams) as Record<string, unknown>;
    this.#checkForm(operation, { path: params, query, json });
    const reply = this.#handle(operation, { operation, params, query, body: json, files });
    if (mishap && 'cut' in mishap) {
      this.#remember({ ...record, status: reply.status });
      throw new Cut();
    }
    return reply;
  }

  #handle(operation: Operation, call: Call): Reply {
    const handler = this.#handlers[operation.id];
    if (!handler) throw new Error(`${operation.id} is in Discord's document, but not built into the double`);
    const reply = handler(call);
    if (!this.#settings.checkAnswers) return reply;
    for (const fault of answerFaults(operation, reply.status, reply.json))
      this.faults.push(`${operation.id} ${reply.status} ${fault.path.join('.')}: ${fault.message}`);
    return reply;
  }

  #authorize(operation: Operation, authorization: string | undefined): void {
    if (authorization === undefined ? operation.auth === 'optional' : authorization === `Bot ${this.#settings.token}`)
      return;
    throw refusals.unauthorized();
  }

  #checkForm(operation: Operation, given: { path: object; query: object; json: unknown }): void {
    const { path, query } = given as { path: Record<string, unknown>; query: Record<string, unknown> };
    const faults = parameterFaults(operation, { path, query });
    if (operation.body?.required && given.json === undefined) throw refusals.invalidJson();
    if (given.json !== undefined) faults.push(...bodyFaults(operation, given.json));
    if (faults.length) throw invalidForm(faults);
  }

  #refuse(error: unknown, record: RequestRecord): Reply {
    const { method, path, body } = record;
    if (error instanceof Refusal) {
      const { code, message, faults, status } = error;
      if (blamed.has(code) || code === 0) this.violations.push({ method, path, code, message, faults, body });
      return { status, json: error.toJSON() };
    }
    this.faults.push(`${method} ${path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return { status: 500, json: { message: '500: Internal Server Error', code: 0 } };
  }

  #remember(record: RequestRecord): void {
    this.requests.push(record);
    if (this.requests.length > this.#settings.keptRequests) this.requests.shift();
    this.#world.changes.notify();
  }

  #serveFile(request: IncomingMessage, response: ServerResponse): void {
    const file = request.method === 'GET' ? this.#world.shelf.find(request.url ?? '') : undefined;
    if (!file) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('This content is no longer available.');
      return;
    }
    response.writeHead(200, { 'content-type': file.type, 'content-length': file.bytes.length }).end(file.bytes);
  }
}

/** Not an answer at all: the connection ends. */
class Cut extends Error {}

function mishapReply(mishap: Exclude<Mishap, { cut: unknown }>, headers: Record<string, string>): Reply {
  if (mishap.status !== 429) return { status: mishap.status, json: { message: `${mishap.status}: mishap`, code: 0 } };
  const { retryAfterMs = 50, scope = 'user' } = mishap;
  return tooMany({ retryAfterMs, global: scope === 'global' }, headers, scope);
}

function tooMany(
  { retryAfterMs, global }: { retryAfterMs: number; global: boolean },
  headers: Record<string, string>,
  scope = global ? 'global' : 'user',
): Reply {
  // The header counts whole seconds, rounded up; the body is exact, and reset-after is what libraries go by.
  const seconds = Number((retryAfterMs / 1000).toFixed(3));
  headers['retry-after'] = String(Math.ceil(seconds));
  headers['x-ratelimit-scope'] = scope;
  headers['x-ratelimit-reset-after'] = String(seconds);
  headers['x-ratelimit-remaining'] = '0';
  if (global) headers['x-ratelimit-global'] = 'true';
  return { status: 429, json: { message: 'You are being rate limited.', retry_after: seconds, global } };
}

function send(response: ServerResponse, { status, json }: Reply, headers: Record<string, string>): void {
  if (json === undefined) return void response.writeHead(status, headers).end();
  const text = JSON.stringify(json);
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
