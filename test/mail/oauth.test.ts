/** Signing in by access token (RFC 6749 §6, XOAUTH2), at a token server of ours and a real Dovecot that asks it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { tokenSource, type TokenStore } from '../../src/mail/wire/oauth.js';
import { refreshTokens } from '../../src/core/programmes/mails/refresh-token.js';
import { openTestDesk } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import { dovecotMissing, startDovecot, type Dovecot } from '../servers/dovecot.js';
import { startImapProxy } from '../servers/imap-proxy.js';
import { until } from './ground.js';
import { begin, end, keptLog, mail, Receiver, user } from './inbox-ground.js';

const secrets = { clientId: 'desk', clientSecret: 'cl13nt', refreshToken: 'r3fr3sh-0' };
const ends: (() => unknown)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

type Answer = { status?: number; headers?: Record<string, string>; body?: unknown };

/** A token server that answers as told, and writes down what it was asked. */
async function tokenServer(answer: (asked: URLSearchParams) => Answer | undefined) {
  const asked: Record<string, string>[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const query = new URLSearchParams(request.method === 'POST' ? text : request.url?.split('?')[1]);
      asked.push(Object.fromEntries(query));
      const said = answer(query);
      if (!said) return;
      const { status = 200, headers = {}, body = {} } = said;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  ends.push(close);
  return { tokenUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, asked, close };
}

/** As large providers do: each answer brings a new refresh token, and the one before is no longer good. */
function rotating() {
  const state = { turns: 0, good: new Set<string>(), refresh: secrets.refreshToken };
  const answer = (asked: URLSearchParams): Answer => {
    if (asked.get('refresh_token') !== state.refresh) return { status: 400, body: { error: 'invalid_grant' } };
    state.turns += 1;
    state.refresh = `r3fr3sh-${state.turns}`;
    const accessToken = `acc3ss-${state.turns}`;
    state.good.add(accessToken);
    return {
      body: { access_token: accessToken, expires_in: 3600, token_type: 'Bearer', refresh_token: state.refresh },
    };
  };
  return { state, answer };
}

function keptTokens(): TokenStore & { kept: string | undefined } {
  return {
    kept: undefined,
    async load() {
      return this.kept;
    },
    async save(token) {
      this.kept = token;
    },
  };
}

describe('a token server', () => {
  test('swaps a refresh token for an access token', async () => {
    const { tokenUrl, asked } = await tokenServer(() => ({ body: { access_token: 'acc3ss', expires_in: 3600 } }));
    expect(await tokenSource({ tokenUrl, ...secrets })()).toBe('acc3ss');
    expect(asked).toEqual([
      { grant_type: 'refresh_token', client_id: 'desk', client_secret: 'cl13nt', refresh_token: 'r3fr3sh-0' },
    ]);
  });

  test.each<[string, Answer, RegExp]>([
    [
      'a refresh token that is no longer good',
      { status: 400, body: { error: 'invalid_grant', error_description: 'r3fr3sh-0 by cl13nt' } },
      /^the token server \S+ answers 400 invalid_grant: .* set a new IMAP_OAUTH_REFRESH_TOKEN$/,
    ],
    [
      'a wrong client',
      { status: 401, body: { error: 'invalid_client' } },
      /answers 401 invalid_client: check IMAP_OAUTH_CLIENT_ID and IMAP_OAUTH_CLIENT_SECRET$/,
    ],
    ['a fault of its own', { status: 500, body: '<h1>r3fr3sh-0</h1>' }, /^the token server \S+ answers 500$/],
    ['a code that is none', { status: 400, body: { error: 'r3fr3sh-0' } }, /answers 400$/],
    ['an answer without a token', { body: { token: 'x' } }, /answers 200$/],
    ['an answer that is no object', { body: 'null' }, /answers 200$/],
    [
      'a redirect, which would carry the secret elsewhere',
      { status: 307, headers: { location: 'http://127.0.0.1:1/' } },
      /answers 307 with a redirect, which is not followed$/,
    ],
  ])('%s is said, and no secret with it', async (_what, answer, said) => {
    const { tokenUrl, asked } = await tokenServer(() => answer);
    const fault = await tokenSource({ tokenUrl, ...secrets })().catch((error: Error) => error);
    expect((fault as Error).message).toMatch(said);
    expect((fault as Error).message).not.toMatch(/r3fr3sh|cl13nt/);
    expect(asked).toHaveLength(1);
  });

  test('one that is down, and one that has the secrets in the clear', async () => {
    const { tokenUrl, close } = await tokenServer(() => ({}));
    close();
    await expect(tokenSource({ tokenUrl, ...secrets })()).rejects.toThrow(/can not be reached: ECONNREFUSED$/);
    await expect(tokenSource({ ...secrets, tokenUrl: 'http://login.example.test/token' })()).rejects.toThrow(/https/);
  });

  test('one that never answers is given up', async () => {
    const { tokenUrl } = await tokenServer(() => undefined);
    await expect(tokenSource({ tokenUrl, ...secrets }, undefined, 50)()).rejects.toThrow(
      /^the token server \S+ did not answer within 0\.05 s$/,
    );
  });

  test('one that hands out new refresh tokens is shown the newest, over a restart too', async () => {
    const { answer, state } = rotating();
    const { tokenUrl, asked } = await tokenServer(answer);
    const store = keptTokens();
    const source = tokenSource({ tokenUrl, ...secrets }, store);
    expect([await source(), await source()]).toEqual(['acc3ss-1', 'acc3ss-2']);
    expect(await tokenSource({ tokenUrl, ...secrets }, store)()).toBe('acc3ss-3');
    expect(asked.map(({ refresh_token: token }) => token)).toEqual(['r3fr3sh-0', 'r3fr3sh-1', 'r3fr3sh-2']);
    expect(store.kept).toBe('r3fr3sh-3');
    // its owner has signed in anew, and the kept one is void
    state.refresh = secrets.refreshToken;
    expect(await source()).toBe('acc3ss-4');
    expect(store.kept).toBe('r3fr3sh-4');
  });

  test.each(databases())('the newest is kept encrypted, until another is configured, on $name', async (provider) => {
    const desk = await openTestDesk(provider);
    try {
      const tokens = refreshTokens(desk.desk, 'r3fr3sh-0');
      expect(await tokens.load()).toBeUndefined();
      await tokens.save('r3fr3sh-1');
      await tokens.save('r3fr3sh-2');
      expect(await refreshTokens((await desk.another()).desk, 'r3fr3sh-0').load()).toBe('r3fr3sh-2');
      expect(await refreshTokens(desk.desk, 'another').load()).toBeUndefined();
      expect(JSON.stringify(await desk.dump())).not.toContain('r3fr3sh');
    } finally {
      await desk.close();
    }
  });

  test('without a store they hold for the run', async () => {
    const { answer } = rotating();
    const { tokenUrl } = await tokenServer(answer);
    const source = tokenSource({ tokenUrl, ...secrets });
    expect([await source(), await source(), await source()]).toEqual(['acc3ss-1', 'acc3ss-2', 'acc3ss-3']);
  });
});

describe.skipIf(dovecotMissing)(`an inbox that signs in by token ${dovecotMissing ?? ''}`, () => {
  let server: Dovecot;
  const good = new Set<string>();
  const info = createServer((request, response) => {
    const token = decodeURIComponent(request.url?.split('=')[1] ?? '');
    response.writeHead(good.has(token) ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(good.has(token) ? { email: user, expires_in: 100 } : { error: 'invalid_token' }));
  });
  beforeAll(async () => {
    info.listen(0, '127.0.0.1');
    await once(info, 'listening');
    const tokenInfoUrl = `http://127.0.0.1:${(info.address() as AddressInfo).port}/info?access_token=`;
    server = await startDovecot({ users: { [user]: 'secret' }, tokenInfoUrl });
  });
  afterAll(async () => {
    await server.close();
    info.close();
  });
  const withoutPassword = (url: string) => url.replace(/:[^:@/]*@/, '@');
  const processed = (subject: string) =>
    until(async () => (await server.list(user, 'Processed')).some((one) => one.subject === subject));

  test.each([
    ['OAUTHBEARER', []],
    ['XOAUTH2', ['AUTH=OAUTHBEARER']],
  ])('by %s', async (mechanism, without) => {
    const line = await startImapProxy(server.imapPort, { without });
    ends.push(() => line.close());
    good.add('acc3ss');
    const { tokenUrl } = await tokenServer(() => ({ body: { access_token: 'acc3ss' } }));
    const inbox = await begin(server, new Receiver(), {
      url: line.url(withoutPassword(server.imapUrl(user))),
      oauth: { tokenUrl, ...secrets },
    });
    await until(() => inbox.state().status === 'waiting');
    expect(line.commands.some((command) => command.startsWith(`AUTHENTICATE ${mechanism} `))).toBe(true);
    await end(inbox);
  });

  test('a token that has run out during a long run is replaced', async () => {
    const { answer, state } = rotating();
    const { tokenUrl, asked } = await tokenServer((query) => {
      const said = answer(query);
      good.clear();
      for (const token of state.good) good.add(token);
      return said;
    });
    const line = await startImapProxy(server.imapPort);
    ends.push(() => line.close());
    const receiver = new Receiver();
    const log = keptLog();
    const inbox = await begin(server, receiver, {
      url: line.url(withoutPassword(server.imapUrl(user))),
      oauth: { tokenUrl, ...secrets },
      log,
    });
    await until(() => inbox.state().status === 'waiting');
    // as large providers do when the token runs out
    good.clear();
    state.good.clear();
    line.end('* BYE Session invalidated - AccessTokenExpired');
    await server.append(user, mail('after-expiry'));
    await processed('after-expiry');
    expect(asked.map(({ refresh_token: token }) => token)).toEqual(['r3fr3sh-0', 'r3fr3sh-1']);
    expect(log.lines.map(({ fault }) => fault)).toEqual([
      'the server closed the connection: Session invalidated - AccessTokenExpired',
      undefined,
    ]);
    expect(JSON.stringify(log.lines)).not.toMatch(/acc3ss|r3fr3sh|cl13nt/);
    await end(inbox);
  });

  test('a token that the server does not take is said, without it, and not tried again soon', async () => {
    const { tokenUrl } = await tokenServer(() => ({ body: { access_token: 'st0len' } }));
    const log = keptLog();
    const inbox = await begin(server, new Receiver(), {
      url: withoutPassword(server.imapUrl(user)),
      oauth: { tokenUrl, ...secrets },
      log,
      backoffMs: { first: 20, most: 10_000 },
    });
    expect(inbox.state().fault).toMatch(
      /refuses our sign-in .*: check the user in IMAP_URL and the IMAP_OAUTH_ settings/,
    );
    expect(log.lines[0]).toMatchObject({ waitMs: 480 });
    expect(JSON.stringify([log.lines, inbox.state()])).not.toMatch(/st0len|r3fr3sh|cl13nt/);
    await end(inbox);
  });

  test('while the token server stumbles, ever less often; then it goes on', async () => {
    good.add('acc3ss');
    let faults = 3;
    const { tokenUrl } = await tokenServer(() =>
      faults-- > 0 ? { status: 503, body: { error: 'temporarily_unavailable' } } : { body: { access_token: 'acc3ss' } },
    );
    const log = keptLog();
    const inbox = await begin(server, new Receiver(), {
      url: withoutPassword(server.imapUrl(user)),
      oauth: { tokenUrl, ...secrets },
      log,
    });
    await until(() => inbox.state().status === 'waiting');
    expect(log.lines.map(({ waitMs }) => waitMs)).toEqual([15, 30, 60, undefined]);
    expect(log.lines[0]).toMatchObject({ fault: expect.stringMatching(/answers 503 temporarily_unavailable$/) });
    await end(inbox);
  });

  test('one that never answers does not hold up the end', async () => {
    const { tokenUrl, asked } = await tokenServer(() => undefined);
    const inbox = await begin(server, new Receiver(), {
      url: withoutPassword(server.imapUrl(user)),
      oauth: { tokenUrl, ...secrets },
      firstMs: 50,
    });
    await until(() => asked.length === 1);
    const before = performance.now();
    await end(inbox);
    expect(performance.now() - before).toBeLessThan(2000);
    expect(inbox.state().status).toBe('closed');
  });
});
