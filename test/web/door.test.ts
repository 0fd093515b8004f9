/** What the door lets through at all: names, sizes, headers, languages, and how it ends. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptedLocale } from '../../src/web/page-request.js';
import { ground, reseller, type Ground } from './ground.js';

let desk: Ground;
let ready = false;
beforeAll(async () => {
  desk = await ground({
    failing: () => Promise.resolve(ready ? {} : { start: 'not ready yet' }),
    publicUrl: 'http://desk.example.com',
  });
});
afterAll(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

it('says when it is ready', async () => {
  const alive = await desk.send({ path: '/healthz', headers: { host: 'anything' } });
  expect([alive.status, alive.text]).toEqual([200, '{"ok":true}']);
  const before = await desk.send({ path: '/readyz', headers: { host: 'anything' } });
  expect([before.status, before.text]).toEqual([503, '{"ok":false,"failing":{"start":"not ready yet"}}']);
  ready = true;
  const after = await desk.send({ path: '/readyz' });
  expect([after.status, after.text]).toEqual([200, '{"ok":true}']);
});

it.each([
  ['desk.example.com', 200],
  ['desk.example.com:80', 200],
  ['127.0.0.1:PORT', 200],
  ['localhost:PORT', 200],
  ['127.0.0.1:1', 421],
  ['evil.example', 421],
  ['desk.example.com.evil.example', 421],
  ['desk.example.com@evil.example', 421],
])('as %s answers %i', async (host, status) => {
  const answer = await desk.send({
    path: '/sign-in',
    headers: { host: host.replace('PORT', String(desk.web.port)), 'x-forwarded-host': 'desk.example.com' },
  });
  // the HTTP library refuses what is no host at all before we see it
  expect(status === 421 ? [400, 421] : [200]).toContain(answer.status);
});

it('keeps private pages out of stores and other sites’ frames', async () => {
  const { headers } = await desk.send({ path: '/sign-in' });
  expect(headers['cache-control']).toBe('no-store');
  const rules = String(headers['content-security-policy']);
  expect(rules).toContain("default-src 'none'");
  expect(rules).toContain("frame-ancestors 'none'");
  expect(rules).not.toMatch(/unsafe|https?:/);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['x-frame-options']).toBe('DENY');
});

it('serves its two assets for good, and nothing else from there', async () => {
  const { text } = await desk.send({ path: '/sign-in' });
  const path = /href="(\/assets\/[^"]+\.css)"/.exec(text)?.[1] ?? '';
  const asset = await desk.send({ path });
  expect(asset.headers['content-type']).toContain('text/css');
  expect(asset.headers['cache-control']).toContain('immutable');
  for (const other of ['/assets/constructor', '/assets/..%2f..%2fpackage.json', '/assets/x.css'])
    expect((await desk.send({ path: other })).status).toBe(404);
});

it('has a page for what is not there, in the reader’s language', async () => {
  const french = await desk.send({
    path: '/nothing?<script>',
    headers: { 'accept-language': 'de, fr;q=0.8, en;q=0.5' },
  });
  expect(french.status).toBe(404);
  expect(french.text).toContain('Page introuvable');
  expect(french.text).toContain('lang="fr"');
  expect((await desk.send({ path: '/nothing' })).text).toContain('Page not found');
  expect((await desk.send({ path: '/me' })).location).toBe('/sign-in');
  expect((await desk.send({ path: '/' })).location).toBe('/sign-in');
});

it('takes no more than it asked for', async () => {
  const type = { 'content-type': 'application/x-www-form-urlencoded', origin: desk.web.url };
  const large = await desk.send({
    method: 'POST',
    path: '/sign-in',
    headers: type,
    body: `email=${'x'.repeat(300_000)}`,
  });
  expect(large.status).toBe(413);
  expect(large.text).toContain('Too large');
  const damaged = await desk.send({
    method: 'POST',
    path: '/sign-in',
    headers: { origin: desk.web.url, 'content-type': 'multipart/form-data; boundary=x' },
    body: '--y',
  });
  expect([400, 403]).toContain(damaged.status);
  expect((await desk.send({ method: 'PUT', path: '/sign-in' })).status).toBe(404);
  expect((await desk.send({ path: `/${'x'.repeat(20_000)}` })).status).toBe(431);
});

it('reads a body that comes in chunks, up to the same limit', async () => {
  const { email, password } = await reseller(desk);
  const headers = { 'transfer-encoding': 'chunked' };
  const visitor = desk.visitor();
  const signedIn = await visitor.post('/sign-in', { email, password }, { headers });
  expect([signedIn.status, signedIn.location]).toEqual([303, '/me']);
  expect((await visitor.get('/me')).location).toBe('/password');
  const large = await desk.visitor().post('/sign-in', { email, password: 'x'.repeat(300_000) }, { headers });
  expect(large.status).toBe(413);
  // nothing of it makes a request without the page's mark a right one
  const bare = await desk.send({
    ...{ method: 'POST', path: '/sign-in', body: new URLSearchParams({ email, password }).toString() },
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', origin: desk.web.url },
  });
  expect(bare.status).toBe(403);
  expect((await desk.send({ method: 'GET', path: '/sign-in', headers })).status).toBe(200);
});

it('answers HEAD like GET, without a body', async () => {
  const head = await desk.send({ method: 'HEAD', path: '/sign-in' });
  expect([head.status, head.text]).toEqual([200, '']);
});

it('believes no proxy about who is asking', async () => {
  // behind a proxy everybody comes from its address: wrong tries then count for the address alone
  const tries = [];
  for (let at = 0; at < 32; at += 1) {
    const visitor = desk.visitor();
    tries.push(
      (
        await visitor.post(
          '/sign-in',
          { email: `n${at}@x.example`, password: 'wrong' },
          { headers: { 'x-forwarded-for': `10.0.0.${at}` } },
        )
      ).status,
    );
  }
  expect(new Set(tries)).toEqual(new Set([403]));
});

describe('Accept-Language', () => {
  it.each([
    [undefined, 'fr'],
    ['', 'fr'],
    ['en', 'en'],
    ['en-US,en;q=0.9', 'en'],
    ['de-DE, de', 'fr'],
    ['fr;q=0.2, en;q=0.3', 'en'],
    ['en;q=0, fr;q=0.1', 'fr'],
    ['english', 'fr'],
    ['*;q=1,,;;', 'fr'],
  ] as const)('%s → %s', (header, locale) => {
    expect(acceptedLocale(header, 'fr')).toBe(locale);
  });
});

it('finishes the requests in hand before it ends', async () => {
  const other = await ground();
  const socket = connect(other.web.port, '127.0.0.1');
  const body = 'email=nobody%40x.example&password=wrong';
  socket.write(
    `POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:${other.web.port}\r\nOrigin: ${other.web.url}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
  );
  await new Promise((resolve) => socket.once('connect', resolve));
  // a second connection is answered only after the first one's head has been read
  await other.send({ path: '/healthz' });
  const ended = other.web.close();
  await expect(other.send({ path: '/healthz' })).rejects.toThrow(/ECONNREFUSED|ECONNRESET|hang up/);
  socket.write(body.slice(10));
  const answer = await new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (piece: Buffer) => (text += piece.toString())).on('close', () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 403/);
  await ended;
  await other.open.close();
});
