/** The frame of every page, and the pieces that pages share. All text goes through `html`, which escapes it. */
import { html } from 'hono/html';
import type { Locale } from '../core/locales/locale.js';
import { script, scriptPath } from './desk/script.js';
import { style, stylePath } from './style.js';
import { pageTexts, type PageTexts } from './texts.js';

export type Html = ReturnType<typeof html>;

export interface Page {
  readonly locale: Locale;
  readonly title: string;
  /** Whose desk it is. */
  readonly vendor: string;
  readonly body: Html | readonly Html[];
  /** At the right of the head: who is signed in, and the way out. */
  readonly aside?: Html | undefined;
  /** The title says that something is to be corrected. */
  readonly faulty?: boolean;
  readonly layout?: 'narrow' | 'wide';
  readonly scripted?: boolean;
}

export const assets: Readonly<Record<string, { type: string; content: string }>> = {
  [stylePath]: { type: 'text/css; charset=utf-8', content: style },
  [scriptPath]: { type: 'text/javascript; charset=utf-8', content: script },
};

export function page(given: Page): Html {
  const texts = pageTexts(given.locale);
  return html`<!doctype html>
    <html lang="${given.locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${given.faulty ? `${texts.error} – ` : ''}${given.title} – ${given.vendor}</title>
        <link rel="stylesheet" href="${stylePath}" />
        <link rel="icon" href="data:," />
        ${given.scripted ? html`<script src="${scriptPath}" defer></script>` : ''}
      </head>
      <body>
        <a class="skip" href="#content">${texts.skip}</a>
        <header class="top">
          <div class="bar"><a class="brand" href="/">${given.vendor}</a>${given.aside ?? ''}</div>
        </header>
        <main id="content" tabindex="-1" class="${given.layout ?? 'narrow'}">${given.body}</main>
      </body>
    </html>`;
}

/** A short page: a title and what to do next. */
export const notice = (more: { title: string; text: string; link?: { href: string; label: string } }): Html =>
  html` <h1>${more.title}</h1>
    <p>${more.text}</p>
    ${more.link ? html`<p><a href="${more.link.href}">${more.link.label}</a></p>` : ''}`;

/** A message above everything else; `bad` ones are read out at once. */
export const message = (text: string, kind: 'good' | 'bad' | 'waiting' = 'good'): Html =>
  html`<p class="message ${kind}" role="${kind === 'bad' ? 'alert' : 'status'}">${text}</p>`;

/** A table that keeps to its own width on a small screen. */
export function table(given: {
  caption: string;
  columns: readonly string[];
  rows: readonly (readonly (string | Html)[])[];
  locale: Locale;
  hideCaption?: boolean;
  headed?: boolean;
  className?: string;
}): Html {
  const label = `${given.caption} (${pageTexts(given.locale).scroll})`;
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">
    <table class="${given.className ?? ''}">
      ${given.caption ? html`<caption${given.hideCaption ? html` class="hidden"` : ''}>${given.caption}</caption>` : ''}
      <thead>
        <tr>
          ${given.columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${given.rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, at) => (at === 0 && given.headed ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** The way through a list of many pages; nothing for one that fits on a page. */
export function pager(
  { me }: PageTexts,
  given: {
    /** What is listed. */
    label: string;
    total: number;
    page: number;
    perPage: number;
    href: (page: number) => string;
  },
): Html {
  const { page, href } = given;
  const last = Math.ceil(given.total / given.perPage);
  if (last <= 1) return html``;
  const to = (number: number, label: string) => html`<li><a href="${href(number)}">${label}</a></li>`;
  return html`<nav aria-label="${given.label}">
    <ul>
      ${page > 1 ? to(page - 1, me.previous) : ''}
      <li>${me.pageOf(page, last)}</li>
      ${page < last ? to(page + 1, me.next) : ''}
    </ul>
  </nav>`;
}
