/** One mail that left, as its reader would see it. Its HTML part is shown apart, without scripts and under rules of its own. */
import { html } from 'hono/html';
import type { SentMails } from './part.js';
import { table, type Html } from '../page.js';
import { show, type Ctx, type Door } from '../page-request.js';

export async function mailPage(c: Ctx, door: Door, mails: SentMails): Promise<Response> {
  const id = c.req.param('id') ?? '';
  const mail = await mails.read(id);
  if (!mail) return c.notFound();
  const { texts, locale } = c.var.visit;
  const headers = headersOf(mail.headers);
  const subject = headers.find(([name]) => name.toLowerCase() === 'subject')?.[1] || texts.desk.noSubject;
  const body = html`<p><a href="/desk">${texts.desk.back}</a></p>
    <h1>${subject}</h1>
    <section class="card" aria-labelledby="text">
      <h2 id="text">${texts.desk.text}</h2>
      <pre>${linked(mail.text)}</pre>
    </section>
    ${
      mail.html
        ? html`<section class="card" aria-labelledby="laid-out">
            <h2 id="laid-out">${texts.desk.html}</h2>
            <iframe
              title="${texts.desk.html}"
              sandbox="allow-popups allow-popups-to-escape-sandbox"
              referrerpolicy="no-referrer"
              src="/desk/mails/${encodeURIComponent(id)}/html"
            ></iframe>
          </section>`
        : ''
    }
    <section class="card">
      <details>
        <summary>${texts.desk.headers}</summary>
        ${table({ caption: texts.desk.headers, hideCaption: true, columns: [texts.desk.header, texts.desk.value], rows: headers.map(([name, value]) => [name, value]), locale, headed: true })}
      </details>
    </section>`;
  return show(c, door, { title: subject, body, layout: 'wide' });
}

type Headers = readonly (readonly [name: string, value: string])[];

const headersOf = (headers: NonNullable<Awaited<ReturnType<SentMails['read']>>>['headers']): Headers => {
  if (typeof headers !== 'string')
    return Array.isArray(headers) ? (headers as Headers) : Object.entries(headers as Readonly<Record<string, string>>);
  const unfolded = headers
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .filter(Boolean);
  return unfolded.map((line): [string, string] => [
    line.slice(0, Math.max(line.indexOf(':'), 0)),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
};

/** Text with its web addresses as links; everything else as it stands. */
const linked = (text: string): (string | Html)[] =>
  text
    .split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/)
    .map((part, at) => (at % 2 === 1 ? html`<a href="${part}" rel="noreferrer" target="_blank">${part}</a>` : part));

/** What a mail's HTML may do in its frame: look as it was meant to, and nothing else. */
const framed =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

export async function mailHtml(c: Ctx, mails: SentMails): Promise<Response> {
  const mail = await mails.read(c.req.param('id') ?? '');
  if (!mail?.html) return c.notFound();
  c.header('content-security-policy', framed);
  c.header('x-frame-options', 'SAMEORIGIN');
  c.header('referrer-policy', 'no-referrer');
  return c.html(`<base target="_blank">${mail.html}`);
}
