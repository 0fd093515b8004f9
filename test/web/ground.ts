/** A desk with its web door on loopback, a clock that only moves when told, and a browser. */
import { existsSync, mkdtempSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { describe, inject } from 'vitest';
import { createDispatcher } from '../../src/core/command/dispatch.js';
import type { Registry } from '../../src/core/command/registry.js';
import type { RawInput } from '../../src/core/command/input.js';
import type { Trusts } from '../../src/core/guard/proxies.js';
import { createHealth, type Failing } from '../../src/core/ports/health.js';
import type { Outcome } from '../../src/core/command/outcome.js';
import { openDesk, type OpenDesk } from '../../src/core/open.js';
import { startWeb, type DeskPart, type Web } from '../../src/web/server.js';

const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** A suite that needs a browser: skipped where there is none, and failing where the environment says CI=true. */
export const inBrowser = describe.skipIf(chromiumPath === undefined && process.env['CI'] !== 'true');

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @param more further arguments: where a name leads to */
export function startBrowser(more: readonly string[] = []): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('No Chromium on this machine');
  return chromium.launch({ executablePath: chromiumPath, headless: true, args: [...quiet, ...more] });
}

/** The mail that was queued for somebody, its secrets opened. */
export interface Queued {
  readonly letter: string;
  readonly recipient: string;
  readonly params: Record<string, unknown>;
}

export interface Ground {
  readonly open: OpenDesk;
  readonly web: Web;
  readonly faults: unknown[];
  /** What the door warned of. */
  readonly warnings: unknown[];
  /** Where the database and the documents lie. */
  readonly dir: string;
  /** Moves the clock on. */
  pass(ms: number): void;
  run(command: string, input: RawInput, as?: string): Promise<Outcome>;
  mails(recipient?: string): Promise<Queued[]>;
  /** The path of the newest link mailed to somebody. */
  link(recipient: string): Promise<string>;
  /** A new browser profile's page. */
  page(browser: Browser, options?: BrowserContextOptions): Promise<Page>;
  /** A request as any program may send it. */
  send(asked: Sent): Promise<Answer>;
  /** A visitor with a cookie jar and no scripts. */
  visitor(from?: string): Visitor;
  close(): Promise<void>;
}

export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** The loopback address it comes from. */
  readonly from?: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly location: string;
}

export interface Visitor {
  readonly jar: Map<string, string>;
  get(path: string): Promise<Answer>;
  /** Posts a form of the page last seen at `page`, with its mark. */
  post(
    path: string,
    fields: Record<string, string>,
    more?: { page?: string; headers?: Record<string, string> },
  ): Promise<Answer>;
}

export async function ground(
  options: {
    /** Its token opens the page as often as a test likes, unless it says how it is spent. */
    desk?: Omit<DeskPart, 'spend'> & Partial<Pick<DeskPart, 'spend'>> & { token?: string };
    trusts?: Trusts;
    connectionsAtMost?: number;
    failing?: () => Promise<Failing>;
    /** Of a disk, in bytes. */
    roomAtLeast?: number;
    publicUrl?: string;
    locale?: 'fr' | 'en';
    registry?: Registry;
  } = {},
): Promise<Ground> {
  const dir = mkdtempSync(join(inject('databases').dir, 'web-'));
  const root = process.cwd();
  const faults: unknown[] = [];
  let now = new Date('2026-11-30T09:00:00Z').getTime();
  const settings = {
    ROOT: root,
    DATABASE_URL: `file:${join(dir, 'guichet.db')}`,
    DATA_DIR: dir,
    CATALOGUE: join(root, 'catalogue'),
    PUBLIC_URL: options.publicUrl ?? 'http://127.0.0.1',
    MAIL_FROM: 'guichet@localhost',
    LOCALE: options.locale ?? 'en',
    TIME_ZONE: 'Europe/Paris',
  } as const;
  const onFault = (fault: unknown) => void faults.push(fault);
  const opened = await openDesk(settings, { onFault, clock: () => new Date(now) });
  const { registry } = options;
  const dispatcher = registry ? createDispatcher({ desk: opened.desk, registry, onFault }) : opened.dispatcher;
  const open = { ...opened, dispatcher };
  const warnings: unknown[] = [];
  const log = { warn: (data: object) => void warnings.push(data), error: (data: object) => void faults.push(data) };
  const health = createHealth({
    desk: opened.desk,
    folders: [dir],
    patienceMs: 500,
    heldMs: 0,
    ...(options.roomAtLeast === undefined ? {} : { roomAtLeast: options.roomAtLeast }),
  });
  const web = await startWeb({
    dispatcher: open.dispatcher,
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: settings.PUBLIC_URL,
    ...(options.trusts ? { trusts: options.trusts } : {}),
    ...(options.connectionsAtMost ? { connectionsAtMost: options.connectionsAtMost } : {}),
    failing: options.failing ?? (() => health.failing()),
    desk: options.desk && {
      spend: (token) => Promise.resolve(token === options.desk?.token),
      ...options.desk,
    },
    log,
  });

  const send = (asked: Sent): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { method = 'GET', path, headers = {}, body, from } = asked;
      const going = request(
        {
          host: '127.0.0.1',
          port: web.port,
          method,
          path,
          headers: {
            ...headers,
            ...(body === undefined || 'transfer-encoding' in headers
              ? {}
              : { 'content-length': String(Buffer.byteLength(body)) }),
          },
          ...(from ? { localAddress: from } : {}),
        },
        (response) => {
          const pieces: Buffer[] = [];
          response.on('data', (piece: Buffer) => pieces.push(piece));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(pieces).toString(),
              location: response.headers.location ?? '',
            }),
          );
        },
      );
      going.on('error', reject).end(body);
    });

  const mails = async (recipient?: string): Promise<Queued[]> => {
    const rows = await open.connection.reader.outbox.findMany({
      where: { channel: 'mail', ...(recipient ? { recipient } : {}) },
      orderBy: { id: 'asc' },
    });
    return rows.map((row) => ({
      letter: row.letter,
      recipient: row.recipient,
      params: {
        ...(JSON.parse(row.params) as object),
        ...(row.secret ? (JSON.parse(open.desk.secrets.open('outbox', row.secret)) as object) : {}),
      },
    }));
  };

  return {
    open,
    web,
    faults,
    warnings,
    dir,
    pass: (ms) => void (now += ms),
    run: (command, input, as) =>
      open.dispatcher.dispatch({ door: 'terminal', caller: { kind: 'operator', as }, command, input }),
    mails,
    async link(recipient) {
      const urls = (await mails(recipient)).flatMap(
        ({ params }) => params['url'] ?? params['chooseUrl'] ?? params['passwordLink'] ?? [],
      );
      return new URL(urls.at(-1) as string).pathname;
    },
    async page(browser, more = {}) {
      const context = await browser.newContext({ baseURL: web.url, locale: 'en-GB', ...more });
      return context.newPage();
    },
    send,
    visitor: (from) => visitor(send, web.url, from),
    async close() {
      await web.close();
      await open.close();
    },
  };
}

function visitor(send: Ground['send'], url: string, from: string | undefined): Visitor {
  const jar = new Map<string, string>();
  const go = async (asked: Sent): Promise<Answer> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await send({ ...asked, from, headers: { ...(cookie ? { cookie } : {}), ...asked.headers } });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  return {
    jar,
    get: (path) => go({ path }),
    async post(path, fields, { page = path, headers = {} } = {}) {
      const mark = /name="_mark" value="([^"]+)"/.exec((await go({ path: page })).text)?.[1] ?? '';
      const body = new URLSearchParams({ _mark: mark, ...fields }).toString();
      return go({
        method: 'POST',
        path,
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: url, ...headers },
      });
    },
  };
}

export const minutes = 60_000;
export const hours = 60 * minutes;

/** A reseller with packs, and a first password that has been changed. */
export async function reseller(
  desk: Ground,
  email = 'anne@volts.example',
): Promise<{ email: string; password: string }> {
  await desk.run('reseller register', {
    email,
    'last-name': 'Morel',
    'first-name': 'Anne',
    company: 'Volts & Fils',
    locale: 'en',
  });
  await desk.run('stock receive', { reseller: email, product: 'box-pro', quantity: '5', purchase: 'P-1' });
  const letter = (await desk.mails(email)).find((mail) => mail.letter === 'reseller-registered');
  return { email, password: String(letter?.params['password']) };
}
