/** A command's reply as HTML: the same pieces, whatever the command. */
import { html } from 'hono/html';
import type { Outcome } from '../core/command/outcome.js';
import type { Reply } from '../core/command/reply.js';
import type { Locale } from '../core/locales/locale.js';
import { faultSummary } from './controls.js';
import type { FormField } from './form.js';
import { message, table, type Html } from './page.js';

export function replyHead(
  reply: Reply,
  more: { outcome: Outcome; formId: string; shown: readonly FormField[]; locale: Locale },
): Html {
  if (!reply.ok) return faultSummary({ text: reply.headline, faults: reply.faults, ...more });
  const waiting = more.outcome.ok && (more.outcome.waiting || more.outcome.pending);
  return message(reply.headline, waiting ? 'waiting' : 'good');
}

export const replyBody = (reply: Reply, locale: Locale): Html =>
  html` ${
    reply.lines.length === 0
      ? ''
      : html`<dl>
          ${reply.lines.map(
            ({ label, value }) =>
              html`<dt>${label}</dt>
                <dd>${value}</dd>`,
          )}
        </dl>`
  }
  ${reply.tables.map(({ title, columns, rows }) => table({ caption: title, columns, rows, locale }))}`;
