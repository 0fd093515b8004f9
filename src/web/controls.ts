/** Fields as HTML: label, hint, fault and control tied together for whoever can't see the page. */
import { html } from 'hono/html';
import type { Locale } from '../core/locales/locale.js';
import type { FormField } from './form.js';
import type { Html } from './page.js';
import { pageTexts } from './texts.js';

export interface FormParts {
  /** Begins every id in the form: unique on its page. */
  readonly id: string;
  readonly action: string;
  readonly submit: string;
  readonly fields: readonly FormField[];
  /** Fields that belong together, below those. */
  readonly sets?: readonly { readonly legend: string; readonly fields: readonly FormField[] }[];
  readonly locale: Locale;
  /** The page's own values; their names begin with `_`, as no field's does. */
  readonly hidden?: Readonly<Record<string, string>>;
  readonly method?: 'get' | 'post';
  readonly className?: string;
  /** The button is not the page's main one. */
  readonly quiet?: boolean;
  /** Required fields bear a star, in place of a word at the others; the page says what it means. */
  readonly starred?: boolean;
}

export const hiddenInputs = (values: Readonly<Record<string, string>>): Html[] =>
  Object.entries(values).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);

/** No native checks: all faults are told at once, by the command's own rules. */
export function form(parts: FormParts): Html {
  const { sets = [] } = parts;
  const all = [...parts.fields, ...sets.flatMap(({ fields }) => fields)];
  const multipart = all.some(({ control }) => control === 'file' || control === 'files');
  const mixed = !parts.starred && all.some(({ required }) => required);
  const controls = (fields: readonly FormField[]) => fields.map((field) => control(field, { ...parts, mixed }));
  return html`<form
    id="${parts.id}"
    class="${parts.className ?? 'fields'}"
    method="${parts.method ?? 'post'}"
    action="${parts.action}"
    novalidate${multipart ? html` enctype="multipart/form-data"` : ''}
  >
    ${hiddenInputs(parts.hidden ?? {})} ${controls(parts.fields)}
    ${sets.map(
      ({ legend, fields }) =>
        html`<fieldset class="whole fields">
          <legend>${legend}</legend>
          ${controls(fields)}
        </fieldset>`,
    )}
    <p class="send"><button type="submit" ${parts.quiet ? html` class="quiet"` : ''}>${parts.submit}</button></p>
  </form>`;
}

/** @param more.mixed the form has required fields too: the others say that they are not */
function control(field: FormField, more: { id: string; locale: Locale; mixed: boolean; starred?: boolean }): Html {
  const id = `${more.id}-${field.name}`;
  const described = [field.hint ? `${id}-hint` : '', field.fault ? `${id}-fault` : ''].filter(Boolean).join(' ');
  const about = html`${described ? html` aria-describedby="${described}"` : ''}${field.fault ? html` aria-invalid="true"` : ''}`;
  const label = html`<label for="${id}"
    >${field.label}${more.starred && field.required ? html` <span aria-hidden="true">*</span>` : ''}${field.required || field.control === 'check' || !more.mixed ? '' : html` <span class="soft">(${pageTexts(more.locale).optional})</span>`}${field.missing ? html` <span class="missing">(${pageTexts(more.locale).missing})</span>` : ''}</label
  >`;
  const notes = html`${field.hint ? html`<span class="hint" id="${id}-hint">${field.hint}</span>` : ''}${field.fault ? html`<span class="fault" id="${id}-fault">${faultText(field.label, field.fault)}</span>` : ''}`;
  const faulty = field.fault ? ' faulty' : '';
  if (field.control === 'check') {
    return html`<div class="field check${faulty}">
      <input
        type="checkbox"
        id="${id}"
        name="${field.name}"
        value="yes"
        ${about}${field.value === 'yes' ? html` checked` : ''}
      />${label}${notes}
    </div>`;
  }
  return html`<div class="field${field.control === 'lines' ? ' whole' : ''}${faulty}">
    ${label}${notes}${input(field, { id, about, locale: more.locale })}
  </div>`;
}

function input(field: FormField, more: { id: string; about: Html; locale: Locale }): Html {
  const common = html`id="${more.id}"
  name="${field.name}"${field.required ? html` aria-required="true"` : ''}${more.about}`;
  switch (field.control) {
    case 'lines':
      // a line end right after the tag is dropped by the browser, so that the value may begin with one
      return html`<textarea ${common} rows="3">${'\n'}${field.value}</textarea>`;
    case 'file':
      return html`<input type="file" ${common} />`;
    case 'files':
      return html`<input type="file" multiple ${common} />`;
    case 'select':
      return html`<select ${common}>
        <option value="">${field.required ? pageTexts(more.locale).choose : '–'}</option>
        ${field.options.map((option) => html`<option value="${option.value}" ${option.value === field.value ? html` selected` : ''}>${option.label}</option>`)}
      </select>`;
    default:
      return html`<input
          type="${field.type}"
          ${common}
          value="${field.value}"
          autocomplete="${field.autocomplete}"
          ${field.numeric ? html` inputmode="numeric"` : ''}${field.options.length === 0 ? '' : html` list="${more.id}-list"`}
        />
        ${field.options.length === 0 ? '' : html`<datalist id="${more.id}-list">${field.options.map((option) => html`<option value="${option.value}">${option.label}</option>`)}</datalist>`}`;
  }
}

/** Most faults go on from the field's label; a whole sentence stands for itself. */
const faultText = (label: string, text: string): string => (/^\p{Lu}.* /u.test(text) ? text : `${label} ${text}`);

/** What is to be corrected, with a way to each field; what has no field here is told all the same. */
export function faultSummary(given: {
  text: string;
  faults: readonly { field: string; label: string; text: string }[];
  formId: string;
  shown: readonly FormField[];
  locale: Locale;
}): Html {
  const has = (name: string) => given.shown.some((field) => field.name === name);
  return html`<div class="message bad" role="alert" tabindex="-1" autofocus>
    <p><strong>${given.text}</strong></p>
    ${
      given.faults.length === 0
        ? ''
        : html`<ul>
            ${given.faults.map((one) => html`<li>${has(one.field) ? html`<a href="#${given.formId}-${one.field}">${faultText(one.label, one.text)}</a>` : faultText(one.label, one.text)}</li>`)}
          </ul>`
    }
  </div>`;
}
