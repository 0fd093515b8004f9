/** `/c/NUMBER`: whether a certificate holds, for anybody who has its number; and the keys to check one without this page. */
import type { Hono } from 'hono';
import { createVerification, type CertificateView } from '../../core/programmes/certificates/verification.js';
import { formatDay } from '../../core/locales/format.js';
import { html } from 'hono/html';
import { message, notice, type Html } from '../page.js';
import type { PageTexts } from '../texts.js';
import { show, type Ctx, type Door, type Env } from '../page-request.js';

export const keysPath = '/.well-known/guichet-keys.json';

export function certificateRoutes(app: Hono<Env>, door: Door): void {
  const verification = createVerification(door.dispatcher.desk);
  app.get(keysPath, async (c) => {
    // anybody's program may read them, and need not ask each time
    c.header('access-control-allow-origin', '*');
    c.header('cross-origin-resource-policy', 'cross-origin');
    c.header('cache-control', 'public, max-age=3600');
    return c.json(await verification.keys());
  });
  app.get('/c/:number', async (c) => {
    const { ip, locale, texts } = c.var.visit;
    const found = await verification.verify({ number: c.req.param('number'), ip, locale });
    // who searches for a company finds no certificate of it
    c.header('x-robots-tag', 'noindex');
    const { certificate } = texts;
    if (found.state === 'limited')
      return said(c, door, { title: certificate.limited, text: certificate.limitedText, status: 429 });
    if (found.state === 'unknown')
      return said(c, door, { title: certificate.unknown, text: certificate.unknownText, status: 404 });
    if (found.state === 'unsound') {
      door.log.error({ number: found.number }, 'a certificate’s signature does not fit');
      return said(c, door, { title: certificate.unsound, text: certificate.unsoundText, status: 200 });
    }
    const title = certificate.title(found.number);
    return show(c, door, { title, body: certificatePage(found, { ...c.var.visit, day: dayIn(c, door) }) });
  });
}

const said = (c: Ctx, door: Door, more: { title: string; text: string; status: 200 | 404 | 429 }): Promise<Response> =>
  show(c, door, { title: more.title, body: notice(more), status: more.status });

const dayIn = (c: Ctx, door: Door) => (at: Date) => formatDay(at, door.dispatcher.desk.timeZone, c.var.visit.locale);

function certificatePage(
  view: CertificateView,
  { texts: { certificate: texts }, day }: { texts: PageTexts; day: (at: Date) => string },
): Html {
  const since = view.since ?? view.validUntil;
  const standing = {
    valid: () => message(texts.valid(day(view.validUntil))),
    revoked: () => message(texts.revoked(day(since)), 'bad'),
    expired: () => message(texts.expired(day(since)), 'bad'),
  };
  const facts: readonly (readonly [label: string, value: string])[] = [
    [texts.issuer, view.issuer],
    [texts.order, view.order],
    [texts.site, view.site],
    [texts.generation, view.generation],
    [texts.solution, view.solution],
    ...(view.references.length > 0 ? [[texts.references, view.references.join(', ')] as const] : []),
    [texts.issued, day(view.issued)],
    [texts.validUntil, day(view.validUntil)],
  ];
  return html`<h1>${texts.title(view.number)}</h1>
    ${standing[view.state]()}
    <div class="card">
      <dl>
        ${facts.map(
          ([label, value]) =>
            html`<dt>${label}</dt>
              <dd>${value}</dd>`,
        )}
      </dl>
      <p class="soft">${texts.siteHint}</p>
    </div>
    <p>${texts.signature} <a href="${keysPath}">${texts.keys}</a></p>
    <p class="soft">${texts.key} <span class="number">${view.kid}</span></p>`;
}
