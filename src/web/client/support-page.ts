/** The pages of support, as HTML: the card on `/me`, one's tickets, and one of them. */
import { html } from 'hono/html';
import type { Data } from '../../core/command/outcome.js';
import { replyTo } from '../../core/command/reply.js';
import { formatInstant } from '../../core/locales/format.js';
import { stateName, textsOf } from '../../core/locales/texts.js';
import { commandButton, commandForm, fieldsFor, formId, reading, type MeView } from './me-view.js';
import { message, pager, table, type Html } from '../page.js';
import { replyHead } from '../reply.js';
import { pageTexts, type PageTexts } from '../texts.js';

export interface TicketItem {
  readonly ticket: string;
  readonly subject: string;
  readonly state: string;
  readonly priority: boolean;
  readonly requester: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Tickets {
  readonly items: readonly TicketItem[];
  readonly total: number;
  readonly page: number;
}

export const ticketsPerPage = 25;
const action = '/me/support';

const isStaff = ({ account }: MeView): boolean => (account['roles'] as readonly string[]).length > 0;

/** What there is on `/me`: how many are open, and the way to all. */
export function supportCard(view: MeView, open: Tickets): Html {
  const { support } = pageTexts(view.locale);
  return html`<section class="card" aria-labelledby="support">
    <h2 id="support">${support.title}</h2>
    <p>${open.total > 0 ? support.waiting(open.total) : support.about}</p>
    <p><a href="${action}">${support.all}</a></p>
  </section>`;
}

/** What came of a form, above the page. */
function head(view: MeView): Html {
  if (view.said) return message(view.said);
  if (!view.asked) return html``;
  const { command, outcome } = view.asked;
  const reply = replyTo(outcome, { ...reading(view), command });
  const shown = fieldsFor(view, command.name, { submit: '' });
  return replyHead(reply, { outcome, formId: formId(command.name), shown, locale: view.locale });
}

export function supportPage(view: MeView, tickets: Tickets): Html {
  const texts = pageTexts(view.locale);
  const { support } = texts;
  const isMember = (view.account['organisations'] as readonly unknown[]).length > 0;
  return html`<h1>${support.title}</h1>
    ${head(view)}
    <section class="card" aria-labelledby="tickets">
      <h2 id="tickets">${isStaff(view) ? support.queue : support.tickets}</h2>
      ${listed(view, tickets, texts)}
    </section>
    <section class="card" aria-labelledby="open">
      <h2 id="open">${support.open}</h2>
      ${commandForm(view, 'support open', { submit: support.openSubmit, action, without: isMember ? [] : ['customer'] })}
    </section>
    <p><a href="/me">${texts.me.title}</a></p>`;
}

function listed(view: MeView, { items, total, page }: Tickets, texts: PageTexts): Html {
  const { support } = texts;
  if (total === 0) return html`<p class="soft">${support.none}</p>`;
  const { keys, yes, no } = textsOf(view.locale);
  const staff = isStaff(view);
  const heads = ['ticket', 'subject', 'state', ...(staff ? ['priority', 'requester'] : []), 'updatedAt'];
  const row = (item: TicketItem) => [
    html`<a href="${action}/${item.ticket}">${item.ticket}</a>`,
    item.subject,
    stateName(item.state, { locale: view.locale, of: 'ticket' }),
    ...(staff ? [item.priority ? yes : no, item.requester] : []),
    formatInstant(new Date(item.updatedAt), view.timeZone, view.locale),
  ];
  return html`${table({
    caption: support.count(total),
    columns: heads.map((key) => keys[key] ?? key),
    rows: items.map(row),
    locale: view.locale,
    headed: true,
  })}${pager(texts, {
    ...{ total, page, perPage: ticketsPerPage, label: support.tickets },
    href: (number) => `${action}?page=${number}`,
  })}`;
}

interface Spoken {
  readonly at: string;
  readonly who: string;
  readonly staff: boolean;
  readonly text: string;
  readonly files: readonly string[];
}

/** A ticket with all that was said, the oldest first; the form to go on stands below. */
export function ticketPage(view: MeView, data: Data): Html {
  const texts = pageTexts(view.locale);
  const { support } = texts;
  const { ticket, subject, state } = data as { ticket: string; subject: string; state: string };
  const { messages, files: _, ...about } = data;
  const { lines } = replyTo({ ok: true, code: 'ticket.shown', data: about }, reading(view));
  const closed = state === 'closed';
  const end = closed ? 'support reopen' : 'support close';
  return html`<h1>${subject}</h1>
    ${head(view)}
    <section class="card" aria-labelledby="messages">
      <h2 id="messages">${support.messages}</h2>
      <ol class="plain">
        ${(messages as readonly Spoken[]).map((one) => spoken(view, ticket, one))}
      </ol>
    </section>
    <section class="card" aria-labelledby="reply">
      <h2 id="reply">${support.reply}</h2>
      ${closed ? html`<p>${support.over}</p>` : ''}
      ${commandForm(view, 'support reply', { submit: support.replySubmit, action, without: ['number'], hidden: { number: ticket } })}
      ${commandButton(view, end, { submit: closed ? support.reopen : support.close, about: ticket, input: { number: ticket }, action })}
    </section>
    <section class="card" aria-labelledby="about">
      <h2 id="about"><span class="number">${ticket}</span></h2>
      <dl>
        ${lines
          .filter(({ value }) => value !== '–')
          .map(
            ({ label, value }) =>
              html`<dt>${label}</dt>
                <dd>${value}</dd>`,
          )}
      </dl>
    </section>
    <p><a href="${action}">${support.back}</a></p>`;
}

function spoken(view: MeView, ticket: string, { at, who, staff, text, files }: Spoken): Html {
  const { keys } = textsOf(view.locale);
  const link = (name: string) =>
    html`<li><a href="${action}/${ticket}/file?name=${encodeURIComponent(name)}">${name}</a></li>`;
  return html`<li>
    <h3>${who}${staff ? html` <span class="soft">(${keys['staff']})</span>` : ''}</h3>
    <p class="soft">
      <time datetime="${at}">${formatInstant(new Date(at), view.timeZone, view.locale)}</time>
    </p>
    <p>${text.split('\n').map((line, index) => (index === 0 ? line : html`<br />${line}`))}</p>
    ${
      files.length === 0
        ? ''
        : html`<ul>
            ${files.map(link)}
          </ul>`
    }
  </li>`;
}
