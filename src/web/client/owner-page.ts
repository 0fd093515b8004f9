/** The page behind the link that verifies a domain owner's address, as HTML. */
import { html } from 'hono/html';
import type { ShownOwner } from '../../core/ports/owner-links.js';
import { formatDay, formatInstant } from '../../core/locales/format.js';
import type { Locale } from '../../core/locales/locale.js';
import { hiddenInputs } from '../controls.js';
import { message, type Html } from '../page.js';
import { pageTexts } from '../texts.js';

export interface OwnerForm {
  readonly action: string;
  readonly mark: string;
}

const button = ({ action, mark }: OwnerForm, given: { label: string; renew?: true }): Html =>
  html`<form class="fields" method="post" action="${action}">
    ${hiddenInputs({ _mark: mark, ...(given.renew ? { _renew: 'yes' } : {}) })}
    <p class="send"><button type="submit">${given.label}</button></p>
  </form>`;

/** What is confirmed, for whom, until when, and the button that does it. */
export function ownerPage(
  shown: ShownOwner,
  { locale, timeZone, form }: { locale: Locale; timeZone: string; form: OwnerForm },
): Html {
  const { owner } = pageTexts(locale);
  const { email, domains, companies, until, due, late } = shown;
  return html` <h1>${owner.title}</h1>
    ${late && domains.length > 0 ? message(owner.late, 'waiting') : ''}
    <p>${owner.text(companies)}</p>
    <section class="card">
      <dl>
        <dt>${owner.email}</dt>
        <dd>${email}</dd>
        ${
          domains.length === 0
            ? ''
            : html`<dt>${owner.domains}</dt>
                <dd>${domains.map((domain, at) => html`${at > 0 ? html`<br />` : ''}${domain}`)}</dd>`
        }
        ${
          due
            ? html`<dt>${owner.due}</dt>
                <dd>${formatDay(due, timeZone, locale)}</dd>`
            : ''
        }
        <dt>${owner.until}</dt>
        <dd>${formatInstant(until, timeZone, locale)}</dd>
      </dl>
      <p>${owner.only}</p>
      ${button(form, { label: owner.submit })}
    </section>`;
}

/** A link that has ended, and the button that asks for another. */
export function endedOwnerPage(
  email: string,
  { locale, form, limited }: { locale: Locale; form: OwnerForm; limited?: true },
): Html {
  const { owner, choosing } = pageTexts(locale);
  return html` <h1>${choosing.ended}</h1>
    ${limited ? message(owner.limited, 'bad') : ''}
    <p>${owner.endedText(email)}</p>
    ${button(form, { label: owner.renew, renew: true })}`;
}
