/** `/desk` as HTML. */
import { html } from 'hono/html';
import { createHash } from 'node:crypto';
import { formatInstant } from '../../core/locales/format.js';
import { stateName, textsOf } from '../../core/locales/texts.js';
import type { KnownPerson } from '../../core/ports/sessions.js';
import { form, hiddenInputs } from '../controls.js';
import type { Feed, FeedItem } from './feed.js';
import { panelCard, panelFields, panelFormId } from './panel.js';
import type { Answer, DeskView } from './view.js';
import { formFields, type FormField } from '../form.js';
import { message, type Html } from '../page.js';
import { replyBody, replyHead } from '../reply.js';
import { pageTexts } from '../texts.js';

export interface DeskParts {
  readonly people: readonly KnownPerson[];
  readonly feed: Feed;
  readonly mails: readonly {
    readonly id: string;
    readonly at: Date | string;
    readonly to: string;
    readonly subject: string;
  }[];
}

export function deskPage(view: DeskView, parts: DeskParts): Html {
  const texts = pageTexts(view.locale).desk;
  return html` <h1>${texts.title}</h1>
    <div class="columns" data-refresh="/desk?as=${encodeURIComponent(view.as)}">
      <div>
        ${view.stale ? message(texts.stale, 'bad') : ''} ${view.answer ? answer(view, view.answer) : ''}
        ${isCorrected(view) ? commandCard(view) : ''} ${view.answer?.panel ? panelCard(view, view.answer.panel) : ''}
        ${chooser(view, parts.people)} ${view.answer?.panel ? '' : commandCard(view)}
      </div>
      <div>${approvals(view, parts.feed)} ${mails(view, parts.mails)}</div>
    </div>`;
}

function chooser(view: DeskView, people: readonly KnownPerson[]): Html {
  const texts = pageTexts(view.locale).desk;
  const known = people.some(({ email }) => email === view.as);
  const nouns = [...new Set(view.registry.all.map(({ name }) => name.split(' ')[0] ?? ''))];
  return html`<section class="card" aria-labelledby="who">
    <h2 id="who">${texts.who}</h2>
    <form class="fields" method="get" action="/desk" novalidate>
      <div class="field">
        <label for="as">${texts.person}</label
        ><select id="as" name="as">
          <option value="">${texts.operator}</option>
          ${people.map((person) => html`<option value="${person.email}" ${person.email === view.as ? html` selected` : ''}>${about(person)}</option>`)}
        </select>
      </div>
      <div class="field${view.faultyAs ? ' faulty' : ''}">
        <label for="other">${texts.other}</label>
        ${view.faultyAs ? html`<span class="fault" id="other-fault">${texts.badAddress}</span>` : ''}
        <input
          type="email"
          id="other"
          name="other"
          value="${known ? '' : view.as}"
          autocomplete="off"
          ${view.faultyAs ? html` aria-invalid="true" aria-describedby="other-fault"` : ''}
        />
      </div>
      <div class="field whole">
        <label for="command">${texts.command}</label
        ><select id="command" name="command">
          ${nouns.map((noun) => html`<optgroup label="${noun}">${view.registry.all.filter(({ name }) => name.split(' ')[0] === noun).map(({ name, help }) => html`<option value="${name}" ${name === view.command?.name ? html` selected` : ''}>${name} – ${help[view.locale]}</option>`)}</optgroup>`)}
        </select>
      </div>
      <p class="send"><button type="submit">${texts.open}</button></p>
    </form>
    ${view.lines ? lineForm(view) : ''}
  </section>`;
}

const about = ({ name, email, organisations, roles }: KnownPerson): string =>
  [name, email, ...organisations, roles.join(', ')].filter(Boolean).join(' · ');

function lineForm(view: DeskView): Html {
  const texts = pageTexts(view.locale).desk;
  const described = view.lineFault ? 'line-hint line-fault' : 'line-hint';
  return html`<form class="fields one" method="post" action="/desk" novalidate>
    ${hiddenInputs({ _mark: view.mark, _as: view.as })}
    <div class="field${view.lineFault ? ' faulty' : ''}">
      <label for="line">${texts.line}</label><span class="hint" id="line-hint">${texts.lineHint}</span>
      ${view.lineFault ? html`<span class="fault" id="line-fault">${view.lineFault}</span>` : ''}
      <input
        type="text"
        id="line"
        name="_line"
        class="number"
        value="${view.line ?? ''}"
        autocomplete="off"
        spellcheck="false"
        autocapitalize="none"
        aria-describedby="${described}"
      />
    </div>
    <p class="send"><button type="submit" class="quiet">${texts.run}</button></p>
  </form>`;
}

const formId = 'command-form';

/** What was refused is another command than the panel's own, and is put right in its own form. */
const isCorrected = ({ answer, command }: DeskView): boolean =>
  answer?.panel !== undefined && !answer.outcome.ok && command?.name !== answer.panel.command;

const fieldsOf = (view: DeskView): FormField[] => {
  const { answer, command } = view;
  const again = answer && answer.command === command ? answer : undefined;
  const faults = again && !again.outcome.ok ? (again.outcome.fields ?? {}) : {};
  return command ? formFields(command, { context: view.context, values: again?.kept ?? {}, faults }) : [];
};

/** The form that faults point into. */
function shownForm(view: DeskView): { formId: string; shown: readonly FormField[] } {
  const panel = view.answer?.panel;
  if (!panel || isCorrected(view)) return { formId, shown: fieldsOf(view) };
  return { formId: panelFormId, shown: panelFields(view, panel) };
}

function commandCard(view: DeskView): Html {
  const { command } = view;
  if (!command) return html``;
  const texts = pageTexts(view.locale).desk;
  return html`<section class="card" aria-labelledby="form">
    <h2 id="form">${command.name}</h2>
    <p class="soft">${command.help[view.locale]} · ${view.as || texts.operator}</p>
    ${form({ id: formId, action: '/desk', fields: fieldsOf(view), submit: texts.run, locale: view.locale, hidden: { _mark: view.mark, _as: view.as, _command: command.name, ...(command.reads ? {} : { _key: view.key() }) } })}
  </section>`;
}

function answer(view: DeskView, { outcome, reply, command }: Answer): Html {
  const texts = pageTexts(view.locale).desk;
  const {
    file: _,
    panel: __,
    talk: ___,
    ...json
  } = outcome as typeof outcome & { file?: unknown; panel?: unknown; talk?: unknown };
  const file = outcome.ok ? outcome.file : undefined;
  return html`<section class="card" aria-labelledby="answer">
    <h2 id="answer">${texts.answer}${command ? html` <span class="soft">${command.name}</span>` : ''}</h2>
    ${replyHead(reply, { outcome, ...shownForm(view), locale: view.locale })} ${replyBody(reply, view.locale)}
    ${file ? html`<p><a download="${file.name}" href="data:${file.type};base64,${file.content.toString('base64')}">${texts.download(file.name)}</a></p>` : ''}
    ${outcome.ok && outcome.pending ? confirm(view, outcome.pending) : ''}
    <details>
      <summary>JSON</summary>
      <pre>${JSON.stringify(json, null, 2)}</pre>
    </details>
  </section>`;
}

const confirm = (view: DeskView, pending: string): Html =>
  html`<form method="post" action="/desk">
    ${hiddenInputs({ _mark: view.mark, _as: view.as, _pending: pending })}<button type="submit">
      ${pageTexts(view.locale).desk.confirm}
    </button>
  </form>`;

/** A section that the script may replace: only when its version has changed, so that nothing is lost under one's hands. */
const section = (id: string, title: string, more: { body: Html | readonly Html[]; version: unknown }): Html =>
  html`<section
    class="card"
    id="${id}"
    aria-labelledby="${id}-title"
    data-version="${createHash('sha256').update(JSON.stringify(more.version)).digest('hex').slice(0, 16)}"
  >
    <h2 id="${id}-title">${title}</h2>
    ${more.body}
  </section>`;

function approvals(view: DeskView, feed: Feed): Html {
  const texts = pageTexts(view.locale).desk;
  const line = (item: FeedItem) =>
    html`<li>
      ${item.approval} · ${item.command} · ${stateName(item.state, { locale: view.locale, of: 'approval' })}
    </li>`;
  const body = html`${
    feed.waiting.length === 0
      ? html`<p class="soft">${texts.noApprovals}</p>`
      : html`<ul class="plain">
          ${feed.waiting.map((item) => waiting(view, item))}
        </ul>`
  }
  ${
    feed.decided.length === 0
      ? ''
      : html`<details>
          <summary>${texts.decided}</summary>
          <ul>
            ${feed.decided.map(line)}
          </ul>
        </details>`
  }`;
  return section('approvals', texts.approvals, { body, version: [view.as, feed] });
}

function waiting(view: DeskView, item: FeedItem): Html {
  const texts = pageTexts(view.locale).desk;
  const hidden = (command: string) => ({
    _mark: view.mark,
    _as: view.as,
    _command: command,
    _from: 'feed',
    number: item.approval,
  });
  const reason = `reason-${item.approval}`;
  const label = textsOf(view.locale).keys['reason'] ?? 'reason';
  return html`<li>
    <p>
      <strong>${item.approval}</strong> · ${texts.by(item.requester)} ·
      ${formatInstant(new Date(item.createdAt), view.timeZone, view.locale)}
    </p>
    <dl>
      ${item.summary.map(
        ({ label: key, value }) =>
          html`<dt>${key}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    <form method="post" action="/desk">
      ${hiddenInputs(hidden('approval approve'))}<button type="submit">
        ${texts.approve}<span class="hidden"> ${item.approval}</span>
      </button>
    </form>
    <form class="row" method="post" action="/desk" novalidate>
      ${hiddenInputs(hidden('approval refuse'))}
      <div class="field">
        <label for="${reason}">${label}<span class="hidden"> ${item.approval}</span></label
        ><input type="text" id="${reason}" name="reason" autocomplete="off" />
      </div>
      <button type="submit" class="quiet">${texts.refuse}<span class="hidden"> ${item.approval}</span></button>
    </form>
  </li>`;
}

function mails(view: DeskView, sent: DeskParts['mails']): Html {
  const texts = pageTexts(view.locale).desk;
  const line = ({ id, at, to, subject }: DeskParts['mails'][number]) =>
    html`<li>
      <a href="/desk/mails/${encodeURIComponent(id)}">${subject || texts.noSubject}</a><br /><span class="soft"
        >${to} · ${formatInstant(new Date(at), view.timeZone, view.locale)}</span
      >
    </li>`;
  const body =
    sent.length === 0
      ? html`<p class="soft">${texts.noMails}</p>`
      : html`<ul class="plain">
          ${sent.map(line)}
        </ul>`;
  return section('mails', texts.mails, { body, version: sent.map(({ id }) => id) });
}
