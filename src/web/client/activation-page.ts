/** The page behind a device's mailed link, as HTML. */
import { html } from 'hono/html';
import type { ShownDevice } from '../../core/ports/activations.js';
import { formatInstant } from '../../core/locales/format.js';
import type { Locale } from '../../core/locales/locale.js';
import { textsOf } from '../../core/locales/texts.js';
import { faultSummary, form, hiddenInputs } from '../controls.js';
import type { FormField } from '../form.js';
import type { Html } from '../page.js';
import { pageTexts, type PageTexts } from '../texts.js';

export const formId = 'activation';

export interface DevicePart {
  readonly shown: ShownDevice;
  readonly locale: Locale;
  readonly timeZone: string;
}

/** What the link is about, so that its reader can tell whether it is meant for them. */
function about({ shown, locale, timeZone }: DevicePart): Html {
  const { activation } = pageTexts(locale);
  const { company, name } = shown.installer;
  const lines = [
    [activation.codeId, html`<span class="number">${shown.codeId}</span>`],
    ...(shown.model === undefined ? [] : [[activation.model, shown.model]]),
    [activation.installer, company === name ? company : `${company} – ${name}`],
    [activation.until, formatInstant(shown.until, timeZone, locale)],
  ];
  return html` <p>${activation.text(company)}</p>
    <section class="card">
      <dl>
        ${lines.map(
          ([label, value]) =>
            html`<dt>${label}</dt>
              <dd>${value}</dd>`,
        )}
      </dl>
    </section>`;
}

/** For whoever has not signed in. */
export function strangerPage(part: DevicePart): Html {
  const { activation, signIn } = pageTexts(part.locale);
  return html` <h1>${activation.title}</h1>
    ${about(part)}
    <section class="card" aria-labelledby="todo">
      <h2 id="todo">${activation.todo}</h2>
      <ol>
        ${activation.steps.map((step) => html`<li>${step}</li>`)}
      </ol>
      <form method="get" action="/sign-in">
        <button type="submit">${signIn.submit}</button>
      </form>
    </section>`;
}

export interface ClientForm {
  readonly action: string;
  readonly mark: string;
  readonly fields: readonly FormField[];
}

/** For the client: its data to complete and confirm, with the faults if the form came back. */
export function clientPage(part: DevicePart, { action, mark, fields }: ClientForm): Html {
  const { locale } = part;
  const { activation } = pageTexts(locale);
  const faults = fields.flatMap(({ name: field, label, fault }) => (fault ? [{ field, label, text: fault }] : []));
  const text = textsOf(locale).refusals['input.invalid']({});
  return html` <h1>${activation.title}</h1>
    ${faults.length === 0 ? '' : faultSummary({ text, faults, formId, shown: fields, locale })} ${about(part)}
    <section class="card" aria-labelledby="data">
      <h2 id="data">${activation.data}</h2>
      <p>${activation.dataText}</p>
      <p class="soft">${activation.starred}</p>
      ${form({ id: formId, action, submit: activation.submit, fields, locale, hidden: { _mark: mark }, starred: true })}
    </section>`;
}

/** For whoever has signed in as somebody else. */
export const otherPage = (texts: PageTexts, more: { mark: string; signedIn: string; email: string }): Html =>
  html` <h1>${texts.activation.other}</h1>
    <p>${texts.activation.otherText(more.signedIn, more.email)}</p>
    <form method="post" action="/sign-out">
      ${hiddenInputs({ _mark: more.mark })}<button type="submit">${texts.signOut}</button>
    </form>`;
