/** `/c/NUMBER` and the published keys: for anybody, without an account, and without anybody's data. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { issueCertificate, revokeCertificate } from '../../src/core/programmes/certificates/certificate.js';
import { sendDueCertificates } from '../../src/core/programmes/certificates/sending.js';
import { workOf } from '../../src/core/jobs.js';
import { ground, hours, inBrowser, reseller, startBrowser, type Ground } from './ground.js';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const dayMs = 24 * hours;
const siteName = 'Menuiserie <b>Durand</b>';

let desk: Ground;
let order: { id: number; orgId: number };
beforeEach(async () => {
  desk = await ground({ publicUrl: 'https://desk.example' });
  const { email } = await reseller(desk);
  const { personId, person } = await desk.open.connection.reader.address.findUniqueOrThrow({
    where: { email },
    include: { person: { include: { memberships: true } } },
  });
  const orgId = person.memberships[0]!.orgId;
  const at = desk.open.desk.clock();
  const { id } = await desk.open.desk.database.transact(({ tx }) =>
    tx.order.create({
      data: {
        ...{ orgId, requesterId: personId, door: 'web', locale: 'en', state: 'done', type: 'initial' },
        ...{ origin: 'new-site', content: JSON.stringify({ recipients: ['zoe@maison.example'] }) },
        ...{ searchText: '', createdAt: at, updatedAt: at },
      },
    }),
  );
  order = { id, orgId };
});
afterEach(async () => {
  expect(desk.faults.splice(0)).toEqual([]);
  await desk.close();
});

/** Issued and sent. */
async function certificate(): Promise<string> {
  const at = desk.open.desk;
  const number = await at.database.transact((unit) =>
    issueCertificate(workOf(at, unit), {
      ...order,
      ...{ locale: 'en', siteName, siteNumber: 'S-000007', generation: 'one', solution: 'one-erp' },
      ...{ references: ['SAAS IO ODATA'], recipients: ['zoe@maison.example'], deliveryDate: '2026-11-30', months: 12 },
    }),
  );
  await sendDueCertificates(at, (unit) => workOf(at, unit));
  return number;
}

const revoke = () =>
  desk.open.desk.database.transact((unit) =>
    revokeCertificate(workOf(desk.open.desk, unit), { orderId: order.id, reason: 'secret reason' }),
  );
const get = (path: string, headers: Record<string, string> = {}) =>
  desk.send({ path, headers: { host: 'desk.example', 'accept-language': 'en', ...headers } });

describe('the page of a certificate', () => {
  test('says that it is valid and what for, in the visitor’s language, however its number is written', async () => {
    const number = await certificate();
    const en = await get(`/c/${number.toLowerCase()}`);
    expect(en.status).toBe(200);
    expect(en.text).toContain(`Certificate ${number}`);
    expect(en.text).toContain('This certificate is valid until 30 November 2027.');
    for (const told of ['O-000001', 'One ERP', 'SAAS IO ODATA', 'Maison Lumen', '30 November 2026'])
      expect(en.text).toContain(told);
    const fr = await get(`/c/${number}`, { 'accept-language': 'fr-FR,fr;q=0.9' });
    expect(fr.text).toContain('Ce certificat est valable jusqu’au 30 novembre 2027.');
    expect(fr.text).toContain('ERP One');
  });

  test('tells nobody’s data, asks nothing of other places, and is no search engine’s', async () => {
    const { text, headers } = await get(`/c/${await certificate()}`);
    for (const untold of ['Durand', 'Menuiserie', 'zoe@', 'anne@', 'Morel', 'Volts', 'secret'])
      expect(text).not.toContain(untold);
    expect(text).toContain('M… &lt;…');
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
    expect(headers['x-robots-tag']).toBe('noindex');
    expect(headers['cache-control']).toBe('no-store');
  });

  test('says since when it is revoked, and no reason', async () => {
    const number = await certificate();
    desk.pass(3 * dayMs);
    await revoke();
    desk.pass(dayMs);
    const { status, text } = await get(`/c/${number}`);
    expect(status).toBe(200);
    expect(text).toContain('This certificate was revoked on 3 December 2026: it no longer holds.');
    expect(text).not.toContain('is valid');
    expect(text).not.toContain('secret');
  });

  test('says when it ended', async () => {
    const number = await certificate();
    desk.pass(366 * dayMs);
    expect((await get(`/c/${number}`)).text).toContain('This certificate ended on 30 November 2027');
  });

  test('knows no other numbers, and looks up only so many', async () => {
    const number = await certificate();
    for (const path of ['/c/CT-000000000000', '/c/x', '/c/%00', '/c/<b>'])
      expect(await get(path), path).toMatchObject({
        status: 404,
        text: expect.stringContaining('Unknown certificate'),
      });
    expect((await get('/c/%3Cimg%20src%3Dx%3E')).text).not.toContain('<img');
    const local = await ground();
    try {
      for (let at = 0; at < 30; at += 1)
        expect((await local.send({ path: `/c/CT-${String(at).padStart(12, '0')}` })).status).toBe(404);
      expect(await local.send({ path: '/c/CT-000000000000' })).toMatchObject({
        status: 429,
        text: expect.stringContaining('Too many unknown numbers') as string,
      });
      expect((await local.send({ path: '/c/CT-000000000000', from: '127.0.0.2' })).status).toBe(404);
    } finally {
      await local.close();
    }
    expect((await get(`/c/${number}`)).status).toBe(200);
  });

  test('warns of a signature that does not fit', async () => {
    const number = await certificate();
    await desk.open.connection.writer.signingKey.deleteMany();
    expect((await get(`/c/${number}`)).text).toContain('Wrong signature');
    expect(desk.faults.splice(0)).toEqual([{ number }]);
  });
});

test('the keys are published: any library checks a certificate with them', async () => {
  expect(JSON.parse((await get('/.well-known/guichet-keys.json')).text)).toEqual({ keys: [] });
  const number = await certificate();
  const { status, text, headers } = await get('/.well-known/guichet-keys.json');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('application/json');
  expect(headers['cache-control']).toBe('public, max-age=3600');
  expect(headers['access-control-allow-origin']).toBe('*');
  const set = JSON.parse(text) as JSONWebKeySet;
  expect(Object.keys(set.keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  const { jws } = await desk.open.connection.reader.certificate.findUniqueOrThrow({ where: { number } });
  const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet(set));
  expect(protectedHeader).toMatchObject({ alg: 'EdDSA', kid: set.keys[0]?.kid });
  expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({ number });
});

inBrowser('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  it('a phone that scanned the code: valid, revoked, unknown; no fault for assistive technology', async () => {
    const number = await certificate();
    const page = await desk.page(browser, { viewport: { width: 320, height: 640 } });
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(new URL(request.url()).origin));
    const sound = async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.evaluate(axeSource);
        const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
          'axe.run(document)',
        );
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      }
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    };
    await page.goto(`/c/${number}`);
    expect(await page.getByRole('status').textContent()).toBe('This certificate is valid until 30 November 2027.');
    expect(await page.title()).toBe(`Certificate ${number} – Maison Lumen`);
    await sound();
    await page.getByRole('link', { name: 'See the keys' }).click();
    expect(page.url()).toBe(`${desk.web.url}/.well-known/guichet-keys.json`);
    await revoke();
    await page.goto(`/c/${number}`);
    expect(await page.getByRole('alert').textContent()).toContain('revoked on 30 November 2026');
    await sound();
    await page.goto('/c/CT-000000000000');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Unknown certificate');
    await sound();
    expect(new Set(asked)).toEqual(new Set([desk.web.url]));
    await page.context().close();
  }, 120_000);
});
