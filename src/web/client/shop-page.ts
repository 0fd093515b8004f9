/** The reseller's part of `/me`: its stock with kinds as columns (J3), and its declared users (J8). */
import { html } from 'hono/html';
import type { RawInput } from '../../core/command/input.js';
import type { Outcome } from '../../core/command/outcome.js';
import { replyTo } from '../../core/command/reply.js';
import { formatDay } from '../../core/locales/format.js';
import { stateName, textsOf } from '../../core/locales/texts.js';
import { form } from '../controls.js';
import { formFields, type FormField } from '../form.js';
import { commandForm, reading, type MeView } from './me-view.js';
import { message, pager, table, type Html } from '../page.js';
import { pageTexts } from '../texts.js';

export interface Shop {
  /** Only for a member of several resellers. */
  readonly org?: string;
  readonly resellers: readonly { readonly org: string; readonly name: string }[];
  readonly company: string;
  readonly products: readonly {
    readonly product: string;
    readonly name: string;
    readonly available: number;
    readonly reserved: number;
    readonly declared: number;
  }[];
  readonly boxes: ReadonlySet<string>;
  /** What can be declared now. */
  readonly kinds: FormField['options'];
  readonly filters: RawInput;
  readonly listed: Outcome;
}

interface Item {
  readonly declaration: string;
  readonly pack: string | null;
  readonly product: string;
  readonly email: string;
  readonly lastName: string;
  readonly firstName: string;
  readonly orderNumber: string;
  readonly takeover: boolean;
  readonly state: string;
  readonly createdAt: string;
}

export function shopPage(view: MeView, shop: Shop): Html {
  const texts = pageTexts(view.locale).me;
  return html` ${
      shop.resellers.length > 1
        ? html`<nav aria-label="${texts.resellers}">
            <ul>
              ${shop.resellers.map((one) => html`<li><a href="/me?org=${one.org}" ${one.org === shop.org ? html` aria-current="page"` : ''}>${one.name}</a></li>`)}
            </ul>
          </nav>`
        : ''
    }
    <section class="card" aria-labelledby="stock">
      <h2 id="stock">${texts.stock(shop.company)}</h2>
      ${stock(view, { caption: texts.packsTable, products: shop.products.filter(({ product }) => !shop.boxes.has(product)) })}
      ${stock(view, { caption: texts.boxesTable, products: shop.products.filter(({ product }) => shop.boxes.has(product)) })}
    </section>
    ${view.may.has('declare new') ? declareForm(view, shop) : ''}
    ${view.may.has('declare list') ? declared(view, shop) : ''}`;
}

const counted = ['available', 'reserved', 'declared'] as const;

function stock(view: MeView, given: { caption: string; products: Shop['products'] }): Html {
  const { keys } = textsOf(view.locale);
  if (given.products.length === 0) return html``;
  return table({
    caption: given.caption,
    columns: [pageTexts(view.locale).me.count, ...given.products.map(({ name }) => name)],
    rows: counted.map((key) => [keys[key] ?? key, ...given.products.map((product) => String(product[key]))]),
    locale: view.locale,
    headed: true,
    className: 'counts',
  });
}

/** Folded away until it is wanted, or has come back. */
function declareForm(view: MeView, shop: Shop): Html {
  const texts = pageTexts(view.locale).me;
  const asked = view.asked?.command.name === 'declare new';
  return html`<section class="card" aria-labelledby="declare"><h2 id="declare">${texts.declare}</h2>
<details${asked ? html` open` : ''}><summary>${texts.declareOpen}</summary>
${commandForm(view, 'declare new', { submit: texts.declareSubmit, offered: { product: shop.kinds }, ...(shop.org ? { hidden: { org: shop.org } } : {}) })}</details></section>`;
}

/** The states a declaration can be looked for in. */
const filterStates = ['placed', 'completed', 'undone'];
const filterNames = ['search', 'state', 'product', 'since', 'until'];

function declared(view: MeView, shop: Shop): Html {
  const texts = pageTexts(view.locale).me;
  const { listed } = shop;
  const command = view.command('declare list');
  const faults = listed.ok ? {} : (listed.fields ?? {});
  const options = filterStates.map((value) => ({
    value,
    label: stateName(value, { locale: view.locale, of: 'declaration' }),
  }));
  const fields = formFields(command, {
    context: view.context,
    values: shop.filters,
    faults,
    only: (name) => filterNames.includes(name),
  })
    .sort((a, b) => filterNames.indexOf(a.name) - filterNames.indexOf(b.name))
    .map((field): FormField => (field.name === 'state' ? { ...field, control: 'select', options } : field));
  return html`<section class="card" aria-labelledby="declared">
    <h2 id="declared">${texts.declared}</h2>
    ${form({ id: 'declared-filter', action: '/me', method: 'get', fields, submit: texts.filter, locale: view.locale, quiet: true, className: 'fields filter', ...(shop.org ? { hidden: { org: shop.org } } : {}) })}
    ${listed.ok ? list(view, shop, listed.data as unknown as Listed) : message(replyTo(listed, { ...reading(view), command }).headline, 'bad')}
  </section>`;
}

interface Listed {
  readonly items: readonly Item[];
  readonly total: number;
  readonly page: number;
}

function list(view: MeView, shop: Shop, { items, total, page }: Listed): Html {
  const texts = pageTexts(view.locale).me;
  if (total === 0) return html`<p class="soft">${texts.noDeclared}</p>`;
  const { keys, yes, no } = textsOf(view.locale);
  const heads = ['declaration', 'person', 'email', 'product', 'pack', 'orderNumber', 'takeover', 'state', 'createdAt'];
  const productName = (id: string) => shop.products.find(({ product }) => product === id)?.name ?? id;
  return html` ${table({
      caption: texts.found(total),
      columns: heads.map((head) => keys[head] ?? head),
      rows: items.map((item) => [
        item.declaration,
        `${item.firstName} ${item.lastName}`,
        item.email,
        productName(item.product),
        item.pack === null ? '–' : html`<span class="number">${item.pack}</span>`,
        item.orderNumber,
        item.takeover ? yes : no,
        stateName(item.state, { locale: view.locale, of: 'declaration' }),
        formatDay(new Date(item.createdAt), view.timeZone, view.locale),
      ]),
      locale: view.locale,
      headed: true,
    })}
    ${pages(view, shop, { total, page })}
    <p>
      ${texts.exportAs} <a href="/me/declared?${query(shop, { export: 'csv' })}">CSV</a> ·
      <a href="/me/declared?${query(shop, { export: 'xlsx' })}">XLSX</a>
    </p>`;
}

/** The query of the page as it is filtered now. */
function query(shop: Shop, more: Readonly<Record<string, string>>): string {
  const { page: _, export: __, org: ___, ...filters } = shop.filters;
  return new URLSearchParams([
    ...Object.entries(filters).map(([name, value]): [string, string] => [name, String(value as string)]),
    ...(shop.org ? [['org', shop.org] as [string, string]] : []),
    ...Object.entries(more),
  ]).toString();
}

const perPage = 25;

function pages(view: MeView, shop: Shop, at: { total: number; page: number }): Html {
  const texts = pageTexts(view.locale);
  return pager(texts, {
    ...at,
    perPage: Number(shop.filters['per-page'] ?? perPage) || perPage,
    label: texts.me.declared,
    href: (page) => `/me?${query(shop, { page: String(page) })}#declared`,
  });
}
