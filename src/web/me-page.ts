/** `/me` as HTML. */
import { html } from 'hono/html';
import { replyTo } from '../core/command/reply.js';
import type { Raw } from '../core/command/type.js';
import { camel } from '../core/locales/key.js';
import { hiddenInputs } from './controls.js';
import { commandForm, fieldsFor, formId, type Asked, type MeView } from './me-view.js';
import { message, type Html } from './page.js';
import { replyHead } from './reply.js';
import { pageTexts, type PageTexts } from './texts.js';

/** The name of who is signed in, and the way out. */
export const signedInAs = (texts: PageTexts, who: { name: string; mark: string }): Html =>
  html`<form method="post" action="/sign-out">
    ${hiddenInputs({ _mark: who.mark })}<span>${who.name}</span
    ><button type="submit" class="quiet">${texts.signOut}</button>
  </form>`;

/** @param shop the reseller's part, made already; nothing for anybody else */
export function mePage(view: MeView, shop: Html | undefined): Html {
  const texts = pageTexts(view.locale);
  return html` <h1>${texts.me.title}</h1>
    ${view.said ? message(view.said) : ''} ${view.asked ? answered(view, view.asked) : ''} ${shop ?? ''}
    <div class="columns">
      <div>${profile(view, texts)}</div>
      <div>${packs(view, texts)}${password(view, texts)}</div>
    </div>`;
}

function answered(view: MeView, asked: Asked): Html {
  const reply = replyTo(asked.outcome, { locale: view.locale, timeZone: view.timeZone, command: asked.command });
  return replyHead(reply, {
    outcome: asked.outcome,
    formId: formId(asked.command.name),
    shown: fieldsFor(view, asked.command.name, { submit: '' }),
    locale: view.locale,
  });
}

function profile(view: MeView, texts: PageTexts): Html {
  if (!view.may.has('account edit')) return html``;
  const values = Object.fromEntries(
    view.command('account edit').uses.flatMap(({ field }): [string, Raw][] => {
      const value = view.account[camel(field.name)];
      return typeof value === 'string' ? [[field.name, value]] : [];
    }),
  );
  return html`<section class="card" aria-labelledby="profile">
    <h2 id="profile">${texts.me.profile}</h2>
    <p class="soft">${(view.account['emails'] as string[]).join(', ')}</p>
    ${commandForm(view, 'account edit', { submit: texts.me.profileSubmit, values, own: true })}
  </section>`;
}

interface ShownPack {
  readonly pack: string;
  readonly name: string;
  readonly services: readonly string[];
}

function packs(view: MeView, texts: PageTexts): Html {
  const own = view.account['packs'] as readonly ShownPack[];
  return html`<section class="card" aria-labelledby="packs">
    <h2 id="packs">${texts.me.packs}</h2>
    ${
      own.length === 0
        ? html`<p class="soft">${texts.me.noPacks}</p>`
        : html`<ul class="plain">
            ${own.map(onePack)}
          </ul>`
    }
    ${
      view.may.has('pack redeem')
        ? html`<h3>${texts.me.redeem}</h3>
            <p class="soft">${texts.me.redeemHint}</p>
            ${commandForm(view, 'pack redeem', { submit: texts.me.redeemSubmit, className: 'fields one' })}`
        : ''
    }
  </section>`;
}

const onePack = ({ pack, name, services }: ShownPack): Html =>
  html`<li>
    <strong>${name}</strong><br /><span class="number">${pack}</span> ${
      services.length === 0
        ? ''
        : html`<ul>
            ${services.map((service) => html`<li>${service}</li>`)}
          </ul>`
    }
  </li>`;

const password = (view: MeView, texts: PageTexts): Html =>
  view.may.has('account password')
    ? html`<section class="card" aria-labelledby="password">
        <h2 id="password">${texts.me.password}</h2>
        <p>${texts.me.passwordText}</p>
        ${commandForm(view, 'account password', { submit: texts.me.passwordSubmit, quiet: true })}
      </section>`
    : html``;
