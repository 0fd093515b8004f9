/** `/me` as HTML. */
import { html } from 'hono/html';
import type { AnyCommand } from '../core/command/define.js';
import type { RawInput } from '../core/command/input.js';
import type { Data, Outcome } from '../core/command/outcome.js';
import { replyTo } from '../core/command/reply.js';
import type { FieldContext, Raw } from '../core/command/type.js';
import { camel } from '../core/locales/key.js';
import type { Locale } from '../core/locales/locale.js';
import { form, hiddenInputs } from './controls.js';
import { formFields, type FormField, type FormGiven } from './form.js';
import { message, type Html } from './page.js';
import { replyHead } from './reply.js';
import { shopPage, type Shop } from './shop-page.js';
import { pageTexts, type PageTexts } from './texts.js';

/** A form that came back: what was asked and answered. */
export interface Asked {
  readonly command: AnyCommand;
  readonly input: RawInput;
  readonly outcome: Outcome;
}

export interface MeView {
  readonly locale: Locale;
  readonly timeZone: string;
  readonly mark: string;
  /** A new idempotency key. */
  readonly key: () => string;
  readonly context: FieldContext;
  readonly command: (name: string) => AnyCommand;
  readonly may: ReadonlySet<string>;
  readonly account: Data;
  readonly shop: Shop | undefined;
  readonly asked: Asked | undefined;
  readonly said: string | undefined;
}

/** The name of who is signed in, and the way out. */
export const signedInAs = (texts: PageTexts, who: { name: string; mark: string }): Html => html`<form method="post" action="/sign-out">${hiddenInputs({ _mark: who.mark })}<span>${who.name}</span><button type="submit" class="quiet">${texts.signOut}</button></form>`;

const formId = (command: string): string => command.replace(' ', '-');

interface Wanted extends Pick<FormGiven, 'own' | 'offered'> {
  readonly submit: string;
  readonly values?: RawInput;
  readonly hidden?: Readonly<Record<string, string>>;
  readonly quiet?: boolean;
  readonly className?: string;
}

/** Fields that the page answers itself, or that nobody asks for here. */
const leftOut = new Set(['person', 'org', 'dry-run']);

function fieldsFor(view: MeView, name: string, wanted: Wanted): FormField[] {
  const asked = view.asked?.command.name === name ? view.asked : undefined;
  const faults = asked && !asked.outcome.ok ? (asked.outcome.fields ?? {}) : {};
  const { own, offered } = wanted;
  return formFields(view.command(name), { context: view.context, values: asked?.input ?? wanted.values ?? {}, faults, only: (field) => !leftOut.has(field), ...(own ? { own } : {}), ...(offered ? { offered } : {}) });
}

/** The form of one command, with its faults if it is the one that came back. */
export function commandForm(view: MeView, name: string, wanted: Wanted): Html {
  return form({
    id: formId(name),
    action: '/me',
    submit: wanted.submit,
    fields: fieldsFor(view, name, wanted),
    locale: view.locale,
    hidden: { _mark: view.mark, _command: name, _key: view.key(), ...wanted.hidden },
    ...(wanted.quiet ? { quiet: true } : {}),
    ...(wanted.className ? { className: wanted.className } : {}),
  });
}

export function mePage(view: MeView): Html {
  const texts = pageTexts(view.locale);
  const { shop } = view;
  return html`
<h1>${texts.me.title}</h1>
${view.said ? message(view.said) : ''}
${view.asked ? answered(view, view.asked) : ''}
${shop ? shopPage(view, shop) : ''}
<div class="columns">
<div>${profile(view, texts)}</div>
<div>${packs(view, texts)}${password(view, texts)}</div>
</div>`;
}

function answered(view: MeView, asked: Asked): Html {
  const reply = replyTo(asked.outcome, { locale: view.locale, timeZone: view.timeZone, command: asked.command });
  return replyHead(reply, { outcome: asked.outcome, formId: formId(asked.command.name), shown: fieldsFor(view, asked.command.name, { submit: '' }), locale: view.locale });
}

function profile(view: MeView, texts: PageTexts): Html {
  if (!view.may.has('account edit')) return html``;
  const values = Object.fromEntries(
    view.command('account edit').uses.flatMap(({ field }): [string, Raw][] => {
      const value = view.account[camel(field.name)];
      return typeof value === 'string' ? [[field.name, value]] : [];
    }),
  );
  return html`<section class="card" aria-labelledby="profile"><h2 id="profile">${texts.me.profile}</h2>
<p class="soft">${(view.account['emails'] as string[]).join(', ')}</p>
${commandForm(view, 'account edit', { submit: texts.me.profileSubmit, values, own: true })}</section>`;
}

interface ShownPack {
  readonly pack: string;
  readonly name: string;
  readonly services: readonly string[];
}

function packs(view: MeView, texts: PageTexts): Html {
  const own = view.account['packs'] as readonly ShownPack[];
  return html`<section class="card" aria-labelledby="packs"><h2 id="packs">${texts.me.packs}</h2>
${own.length === 0 ? html`<p class="soft">${texts.me.noPacks}</p>` : html`<ul class="plain">${own.map(onePack)}</ul>`}
${view.may.has('pack redeem') ? html`<h3>${texts.me.redeem}</h3><p class="soft">${texts.me.redeemHint}</p>${commandForm(view, 'pack redeem', { submit: texts.me.redeemSubmit, className: 'fields one' })}` : ''}</section>`;
}

const onePack = ({ pack, name, services }: ShownPack): Html => html`<li><strong>${name}</strong><br><span class="number">${pack}</span>
${services.length === 0 ? '' : html`<ul>${services.map((service) => html`<li>${service}</li>`)}</ul>`}</li>`;

const password = (view: MeView, texts: PageTexts): Html =>
  view.may.has('account password')
    ? html`<section class="card" aria-labelledby="password"><h2 id="password">${texts.me.password}</h2><p>${texts.me.passwordText}</p>
${commandForm(view, 'account password', { submit: texts.me.passwordSubmit, quiet: true })}</section>`
    : html``;
