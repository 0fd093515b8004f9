/** The pages of the second factor: its code at sign-in, and switching it on and off. */
import { html } from 'hono/html';
import type { FactorView } from '../../core/ports/sessions.js';
import { hiddenInputs } from '../controls.js';
import { message, type Html } from '../page.js';
import { codeImage } from '../qr.js';
import { field } from './sign-in-page.js';
import type { PageTexts } from '../texts.js';

export const codePath = '/sign-in/code';
export const factorPath = '/me/second-factor';

interface Said {
  readonly text: string;
  readonly kind: 'good' | 'bad';
}

const said = (given: Said | undefined): Html | string => (given ? message(given.text, given.kind) : '');

/** The second half of signing in, with a way out. */
export const codePage = (texts: PageTexts, mark: string, state: { said?: Said | undefined }): Html =>
  html` <h1>${texts.code.title}</h1>
    ${said(state.said)}
    <section class="card">
      <form class="fields" method="post" action="${codePath}" novalidate>
        ${hiddenInputs({ _mark: mark })}
        ${field({ id: 'code', name: 'code', label: texts.code.label, type: 'text', autocomplete: 'one-time-code', hint: texts.code.text })}
        <p class="send"><button type="submit">${texts.code.submit}</button></p>
      </form>
    </section>
    <form method="post" action="/sign-out">
      ${hiddenInputs({ _mark: mark })}<button type="submit" class="quiet">${texts.code.other}</button>
    </form>`;

/** On one's own page: how it stands, and the way there. */
export const factorCard = (texts: PageTexts, factor: FactorView, day: (at: Date) => string): Html =>
  html`<section class="card" aria-labelledby="factor">
    <h2 id="factor">${texts.factor.title}</h2>
    <p>${factor.state === 'on' ? texts.factor.on(day(factor.since)) : texts.factor.off}</p>
    <p><a href="${factorPath}">${factor.state === 'on' ? texts.factor.change : texts.factor.setUp}</a></p>
  </section>`;

export interface FactorState {
  readonly factor: FactorView;
  readonly mark: string;
  readonly day: (at: Date) => string;
  /** For password managers. */
  readonly email: string;
  readonly said?: Said | undefined;
}

export function factorPage(texts: PageTexts, state: FactorState): Html {
  const { factor } = state;
  return html` <h1>${texts.factor.title}</h1>
    ${said(state.said)}
    <section class="card">
      ${factor.state === 'off' ? off(texts, state) : factor.state === 'begun' ? begun(texts, { ...state, factor }) : on(texts, { ...state, factor })}
    </section>
    <p><a href="/me">${texts.factor.back}</a></p>`;
}

const step = (
  name: 'begin' | 'confirm' | 'end',
  given: { mark: string; submit: string; fields: Html; quiet?: boolean },
): Html =>
  html`<form class="fields one" method="post" action="${factorPath}" novalidate>
    ${hiddenInputs({ _mark: given.mark, _step: name })} ${given.fields}
    <p class="send"><button type="submit" ${given.quiet ? html` class="quiet"` : ''}>${given.submit}</button></p>
  </form>`;

const off = (texts: PageTexts, { mark, email }: FactorState): Html =>
  html`<p>${texts.factor.why}</p>
    ${step('begin', {
      mark,
      submit: texts.factor.begin,
      fields: html`<div class="field">
          <label for="account">${texts.signIn.email}</label
          ><input type="email" id="account" value="${email}" autocomplete="username" readonly />
        </div>
        ${field({ id: 'password', name: 'password', label: texts.factor.password, type: 'password', autocomplete: 'current-password' })}`,
    })}`;

async function begun(
  texts: PageTexts,
  { mark, factor }: { mark: string; factor: FactorView & { state: 'begun' } },
): Promise<Awaited<Html>> {
  const image = await codeImage(factor.uri);
  return html`<p>${texts.factor.scan}</p>
    <img class="qr" src="${image}" alt="${texts.factor.picture}" width="224" height="224" />
    <p>${texts.factor.byHand}</p>
    <p class="number">${factor.secret.replace(/(.{4})(?=.)/g, '$1 ')}</p>
    <p>${texts.factor.then}</p>
    ${step('confirm', {
      mark,
      submit: texts.factor.confirm,
      fields: html`${field({ id: 'code', name: 'code', label: texts.code.label, type: 'text', autocomplete: 'one-time-code', hint: texts.code.digits, numeric: true })}`,
    })}`;
}

const on = (
  texts: PageTexts,
  { mark, factor, day }: Omit<FactorState, 'factor'> & { factor: FactorView & { state: 'on' } },
): Html =>
  html`<p>${texts.factor.on(day(factor.since))} ${texts.factor.left(factor.codesLeft)}</p>
    ${step('end', {
      mark,
      submit: texts.factor.end,
      quiet: true,
      fields: html`${field({ id: 'code', name: 'code', label: texts.code.label, type: 'text', autocomplete: 'one-time-code', hint: texts.factor.endText })}`,
    })}`;

/** Shown once. */
export const recoveryPage = (texts: PageTexts, codes: readonly string[]): Html =>
  html` <h1>${texts.factor.codesTitle}</h1>
    ${message(texts.factor.codesText)}
    <section class="card" aria-label="${texts.factor.codesTitle}">
      <ul class="codes">
        ${codes.map((code) => html`<li class="number">${code}</li>`)}
      </ul>
    </section>
    <p><a href="/me">${texts.factor.codesKept}</a></p>`;
