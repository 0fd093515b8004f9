/** `/me` as HTML. */
import { html } from 'hono/html';
import { replyTo } from '../../core/command/reply.js';
import type { Raw } from '../../core/command/type.js';
import { formatDay } from '../../core/locales/format.js';
import { camel } from '../../core/locales/key.js';
import { textsOf } from '../../core/locales/texts.js';
import { hiddenInputs } from '../controls.js';
import { commandForm, fieldsFor, formId, reading, type PostedForm, type MeView } from './me-view.js';
import { message, type Html } from '../page.js';
import { replyBody, replyHead } from '../reply.js';
import { factorCard } from './second-factor-page.js';
import { pageTexts, type PageTexts } from '../texts.js';

/** The name of who is signed in, and the way out. */
export const signedInAs = (texts: PageTexts, who: { name: string; mark: string }): Html =>
  html`<form method="post" action="/sign-out">
    ${hiddenInputs({ _mark: who.mark })}<span>${who.name}</span
    ><button type="submit" class="quiet">${texts.signOut}</button>
  </form>`;

/** @param parts the sections that not everybody has, made already: a reseller's stock, devices */
export function mePage(view: MeView, parts: readonly (Html | undefined)[]): Html {
  const texts = pageTexts(view.locale);
  return html` <h1>${texts.me.title}</h1>
    ${view.said ? message(view.said) : ''} ${view.stale ? message(texts.desk.stale, 'bad') : ''}
    ${view.asked ? answered(view, view.asked, texts) : ''} ${parts.map((part) => part ?? '')}
    <div class="columns">
      <div>${profile(view, texts)}${data(view, texts)}</div>
      <div>
        ${packs(view, texts)}${password(view, texts)}${factorCard(texts, view.factor, (at) => formatDay(at, view.timeZone, view.locale))}
      </div>
    </div>`;
}

/** What came of a form that did nothing yet: refused, or a preview with the button that confirms it. */
function answered(view: MeView, asked: PostedForm, texts: PageTexts): Html {
  const { command, outcome } = asked;
  const reply = replyTo(outcome, { ...reading(view), command });
  const head = replyHead(reply, {
    outcome,
    formId: formId(command.name),
    shown: asked.formless ? [] : fieldsFor(view, command.name, { submit: '' }),
    locale: view.locale,
  });
  if (!outcome.ok || outcome.pending === undefined) return head;
  return html`${head}
    <section class="card" aria-labelledby="preview" tabindex="-1" autofocus>
      <h2 id="preview">${textsOf(view.locale).keys['preview']}</h2>
      ${replyBody(reply, view.locale)}
      <form method="post" action="/me" class="row">
        ${hiddenInputs({ _mark: view.mark, _pending: outcome.pending })}
        <button type="submit">${texts.desk.confirm}</button> <a href="/me">${texts.me.leave}</a>
      </form>
    </section>`;
}

function profile(view: MeView, texts: PageTexts): Html {
  if (!view.may.has('account edit')) return html``;
  const values = Object.fromEntries(
    view.command('account edit').uses.flatMap(({ field }): [string, Raw][] => {
      const value = view.account[camel(field.name)];
      return typeof value === 'string' ? [[field.name, value]] : [];
    }),
  );
  // on paper a form is nothing to read
  const { lines } = replyTo({ ok: true, code: 'account.shown', data: camelled(values) }, reading(view));
  return html`<section class="card" aria-labelledby="profile">
    <h2 id="profile">${texts.me.profile}</h2>
    <p class="soft">${(view.account['emails'] as string[]).join(', ')}</p>
    <dl class="printed">
      ${lines.map(
        ({ label, value }) =>
          html`<dt>${label}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${commandForm(view, 'account edit', { submit: texts.me.profileSubmit, values, own: true })}
  </section>`;
}

const camelled = (values: Readonly<Record<string, Raw>>): Readonly<Record<string, Raw>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [camel(name), value]));

/** X11: what is held about somebody, to take along, and the way to have it erased. */
function data(view: MeView, texts: PageTexts): Html {
  const [take, erase] = [view.may.has('account export'), view.may.has('account erase')];
  if (!take && !erase) return html``;
  const { me } = texts;
  return html`<section class="card" aria-labelledby="data">
    <h2 id="data">${me.data}</h2>
    ${
      take
        ? html`<p>${me.exportText}</p>
            ${commandForm(view, 'account export', { submit: me.exportSubmit, quiet: true })}`
        : ''
    }
    ${
      erase
        ? html`<h3>${me.erase}</h3>
            <p>${me.eraseText((view.account['emails'] as string[])[0] ?? '')}</p>
            ${commandForm(view, 'account erase', { submit: me.eraseSubmit, quiet: true, className: 'fields one' })}`
        : ''
    }
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
