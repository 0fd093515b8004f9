/** The billing part of `/me`, and the page with all of it, as HTML: the answers of its commands, whatever they tell. */
import { html } from 'hono/html';
import type { Outcome } from '../../core/command/outcome.js';
import { replyTo } from '../../core/command/reply.js';
import type { Reader } from '../../core/command/value.js';
import { commandForm, reading, type MeView } from './me-view.js';
import { message, pager, table, type Html } from '../page.js';
import { replyBody } from '../reply.js';
import { pageTexts, type PageTexts } from '../texts.js';

/** The lists that the page turns, each by a parameter of its name; the commands have the same names. */
export const listNames = ['orders', 'receipts', 'history'] as const;
export type ListName = (typeof listNames)[number];

interface Chosen {
  /** Only for a member of several organisations. */
  readonly org?: string;
  readonly orgs: readonly { readonly org: string; readonly name: string }[];
  readonly name: string;
}

/** What `/me` shows of it. */
export interface Billing extends Chosen {
  readonly balance: Outcome;
  readonly orders: Outcome;
  readonly receipts: Outcome;
}

/** The page of its own. */
export interface Account extends Chosen {
  readonly forecast: Outcome;
  readonly lists: ReadonlyMap<ListName, Outcome>;
}

const perPage = 25;

/** The query of an organisation's pages. */
const query = ({ org }: Chosen, more: Readonly<Record<string, string>> = {}): string => {
  const pairs = new URLSearchParams({ ...(org ? { org } : {}), ...more }).toString();
  return pairs ? `?${pairs}` : '';
};

function choice(path: string, chosen: Chosen, texts: PageTexts): Html {
  if (chosen.orgs.length <= 1) return html``;
  const item = ({ org, name }: Chosen['orgs'][number]) =>
    html`<li><a href="${path}?org=${org}" ${org === chosen.org ? html` aria-current="page"` : ''}>${name}</a></li>`;
  return html`<nav aria-label="${texts.billing.organisations}">
    <ul>
      ${chosen.orgs.map(item)}
    </ul>
  </nav>`;
}

/** An answer without what the headings say already. */
function told(outcome: Outcome & { ok: true }, reading: Reader): Html {
  const { org: _, name: __, ...data } = outcome.data;
  return replyBody(replyTo({ ...outcome, data }, reading), reading.locale);
}

const refused = (outcome: Outcome, reading: Reader): Html => message(replyTo(outcome, reading).headline, 'bad');

/** A receipt's number leads to its PDF. */
const cell = (text: string, chosen: Chosen): string | Html =>
  /^R-\d{4}-\d{6,}$/.test(text)
    ? html`<a href="/me/receipts/${text}${query(chosen)}" download><span class="number">${text}</span> (PDF)</a>`
    : text;

/** The rows of a list's answer. */
function listed(
  outcome: Outcome,
  { reading, chosen, caption, none }: { reading: Reader; chosen: Chosen; caption: string; none: string },
): Html {
  if (!outcome.ok) return refused(outcome, reading);
  const [shown] = replyTo(outcome, reading).tables;
  if (!shown || shown.rows.length === 0) return html`<p class="soft">${none}</p>`;
  const { locale } = reading;
  const rows = shown.rows.map((row) => row.map((text) => cell(text, chosen)));
  return table({ caption, columns: shown.columns, rows, locale, hideCaption: true, headed: true });
}

export function billingPage(view: MeView, billing: Billing): Html {
  const texts = pageTexts(view.locale);
  const { balance, orders, receipts, org } = billing;
  const reader = reading(view);
  const about = { reading: reader, chosen: billing };
  return html`${choice('/me', billing, texts)}
    <section class="card" aria-labelledby="billing">
      <h2 id="billing">${texts.billing.title(billing.name)}</h2>
      ${balance.ok ? told(balance, reader) : refused(balance, reader)}
      <h3>${texts.billing.orders}</h3>
      ${listed(orders, { ...about, caption: texts.billing.orders, none: texts.billing.none.orders })}
      <h3>${texts.billing.receipts}</h3>
      ${listed(receipts, { ...about, caption: texts.billing.latest, none: texts.billing.none.receipts })}
      <p><a href="/me/billing${query(billing)}">${texts.billing.all}</a></p>
      ${
        view.may.has('billing threshold')
          ? html`<h3>${texts.billing.threshold}</h3>
              <p class="soft">${texts.billing.thresholdText}</p>
              ${commandForm(view, 'billing threshold', {
                ...{ submit: texts.billing.thresholdSubmit, quiet: true, className: 'fields one' },
                ...(org ? { hidden: { org } } : {}),
              })}`
          : ''
      }
    </section>`;
}

export function accountPage(reading: Reader, account: Account): Html {
  const texts = pageTexts(reading.locale);
  const part = (name: ListName): Html => {
    const outcome = account.lists.get(name);
    const { [name]: caption } = texts.billing;
    return html`<section class="card" aria-labelledby="${name}">
      <h2 id="${name}">${caption}</h2>
      ${outcome ? listed(outcome, { reading, chosen: account, caption, none: texts.billing.none[name] }) : ''}
      ${outcome?.ok ? html`${pages(outcome, { name, account, texts })} ${exports(name, account, texts)}` : ''}
    </section>`;
  };
  return html` <p><a href="/me${query(account)}">${texts.billing.back}</a></p>
    <h1>${texts.billing.title(account.name)}</h1>
    ${choice('/me/billing', account, texts)} ${part('orders')} ${forecast(reading, account, texts)} ${part('receipts')}
    ${part('history')}`;
}

/** The picture says nothing that the table doesn't. */
function forecast(reading: Reader, { forecast: outcome }: Account, { billing }: PageTexts): Html {
  const reply = replyTo(outcome, reading);
  const picture = outcome.ok && outcome.file?.type.startsWith('image/') ? outcome.file : undefined;
  const source = picture && `data:${picture.type};base64,${picture.content.toString('base64')}`;
  return html`<section class="card" aria-labelledby="forecast">
    <h2 id="forecast">${billing.forecast}</h2>
    ${
      outcome.ok
        ? html`<p>${reply.headline}</p>
            ${source ? html`<p><img class="picture" src="${source}" alt="${billing.picture}" /></p>` : ''}
            ${told(outcome, reading)}`
        : refused(outcome, reading)
    }
  </section>`;
}

const pages = (
  { data }: Outcome & { ok: true },
  { name, account, texts }: { name: ListName; account: Account; texts: PageTexts },
): Html =>
  pager(texts, {
    ...(data as { total: number; page: number }),
    ...{ perPage, label: texts.billing[name] },
    href: (page) => `/me/billing${query(account, { [name]: String(page) })}#${name}`,
  });

const exports = (name: ListName, account: Account, { me, billing }: PageTexts): Html =>
  html`<p>
    ${me.exportAs}
    ${(['csv', 'xlsx'] as const).map(
      (type, at) =>
        html`${at > 0 ? ' · ' : ''}<a href="/me/billing/${name}${query(account, { export: type })}"
            >${type.toUpperCase()}<span class="hidden"> ${billing[name]}</span></a
          >`,
    )}
  </p>`;
