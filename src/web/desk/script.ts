/** The one script, for the desk page alone: brings its requests and mails up to date. Every page works without it. */
import { createHash } from 'node:crypto';

export const script = `
const everyMs = 4000;
const parts = ['approvals', 'mails'];
const from = document.querySelector('[data-refresh]')?.dataset.refresh;
const busy = (part) => part.contains(document.activeElement) || [...part.querySelectorAll('input, textarea')].some((one) => one.type !== 'hidden' && one.value !== one.defaultValue);
async function refresh() {
  if (document.hidden) return;
  const response = await fetch(from, { credentials: 'same-origin' });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const id of parts) {
    const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
    if (!old || !now || busy(old) || old.dataset.version === now.dataset.version) continue;
    old.replaceWith(now);
  }
}
if (from) setInterval(() => void refresh().catch(() => undefined), everyMs);
`;

export const scriptPath = `/assets/${createHash('sha256').update(script).digest('hex').slice(0, 12)}.js`;
