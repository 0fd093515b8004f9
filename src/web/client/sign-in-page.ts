/** The pages by which people come in: sign-in, the mailed link, the first choice of a password. */
import { html } from 'hono/html';
import { passwordMin, type ChoiceFault } from '../../core/ports/sessions.js';
import { hiddenInputs } from '../controls.js';
import { message, type Html } from '../page.js';
import type { PageTexts } from '../texts.js';

interface TextInput {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly type: 'email' | 'password' | 'text';
  readonly autocomplete: string;
  readonly value?: string;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  /** Digits alone: a phone shows the keys for them. */
  readonly numeric?: boolean;
}

/** A field of a page that is no command's form. */
export function field(given: TextInput): Html {
  const described = [given.hint ? `${given.id}-hint` : '', given.fault ? `${given.id}-fault` : '']
    .filter(Boolean)
    .join(' ');
  return html`<div class="field${given.fault ? ' faulty' : ''}">
    <label for="${given.id}">${given.label}</label>
    ${given.hint ? html`<span class="hint" id="${given.id}-hint">${given.hint}</span>` : ''}
    ${given.fault ? html`<span class="fault" id="${given.id}-fault">${given.label} ${given.fault}</span>` : ''}
    <input
      type="${given.type}"
      id="${given.id}"
      name="${given.name}"
      value="${given.value ?? ''}"
      autocomplete="${given.autocomplete}"
      aria-required="true"
      ${given.numeric ? html` inputmode="numeric"` : ''}${described ? html` aria-describedby="${described}"` : ''}${given.fault ? html` aria-invalid="true" autofocus` : ''}
    />
  </div>`;
}

export interface SignInState {
  readonly email?: string;
  readonly said?: { readonly text: string; readonly kind: 'good' | 'bad' };
  readonly linkEmail?: string;
  readonly linkFault?: string;
}

export const signInPage = (texts: PageTexts, mark: string, state: SignInState = {}): Html =>
  html` <h1>${texts.signIn.title}</h1>
    ${state.said ? message(state.said.text, state.said.kind) : ''}
    <section class="card">
      <form class="fields" method="post" action="/sign-in" novalidate>
        ${hiddenInputs({ _mark: mark })}
        ${field({ id: 'email', name: 'email', label: texts.signIn.email, type: 'email', autocomplete: 'username', value: state.email ?? '' })}
        ${field({ id: 'password', name: 'password', label: texts.signIn.password, type: 'password', autocomplete: 'current-password' })}
        <p class="send"><button type="submit">${texts.signIn.submit}</button></p>
      </form>
    </section>
    <section class="card">
      <h2>${texts.link.title}</h2>
      <p>${texts.link.text}</p>
      ${linkForm(texts, mark, { email: state.linkEmail ?? '', fault: state.linkFault })}
    </section>`;

export const linkForm = (texts: PageTexts, mark: string, state: { email: string; fault?: string | undefined }): Html =>
  html`<form class="fields" method="post" action="/sign-in/link" novalidate>
    ${hiddenInputs({ _mark: mark })}
    ${field({ id: 'link-email', name: 'email', label: texts.signIn.email, type: 'email', autocomplete: 'email', value: state.email, fault: state.fault })}
    <p class="send"><button type="submit" class="quiet">${texts.link.submit}</button></p>
  </form>`;

/** Choosing a password. The address stands there for password managers. */
export const choicePage = (
  texts: PageTexts,
  mark: string,
  state: { action: string; text: string; email: string; fault?: ChoiceFault },
): Html =>
  html` <h1>${texts.choosing.title}</h1>
    <p>${state.text}</p>
    <section class="card">
      <form class="fields" method="post" action="${state.action}" novalidate>
        ${hiddenInputs({ _mark: mark })}
        <div class="field">
          <label for="account">${texts.signIn.email}</label
          ><input type="email" id="account" value="${state.email}" autocomplete="username" readonly />
        </div>
        ${field({ id: 'password', name: 'password', label: texts.signIn.password, type: 'password', autocomplete: 'new-password', hint: texts.choosing.hint(passwordMin), fault: state.fault && texts.choosing.faults[state.fault] })}
        <p class="send"><button type="submit">${texts.choosing.submit}</button></p>
      </form>
    </section>`;

export const endedPage = (texts: PageTexts, mark: string): Html =>
  html` <h1>${texts.choosing.ended}</h1>
    <p>${texts.choosing.endedText}</p>
    <section class="card">${linkForm(texts, mark, { email: '' })}</section>
    <p>${texts.activation.unknown}</p>`;
