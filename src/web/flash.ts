/** A sentence carried over a redirect, so that reloading the page that follows sends nothing again. */
import { putCookie, takeCookie, type Ctx, type Door } from './page-request.js';

const purpose = 'said';

/** Sealed: what a page says comes from us alone. */
export function say(c: Ctx, door: Door, text: string): void {
  putCookie(c, door, {
    name: 'said',
    value: door.dispatcher.desk.secrets.seal(purpose, text.slice(0, 1000)),
    maxAgeS: 60,
  });
}

/** What is to be said now; it is said once. */
export function saidAt(c: Ctx, door: Door): string | undefined {
  const sealed = takeCookie(c, door, 'said');
  if (!sealed) return undefined;
  putCookie(c, door, { name: 'said', value: '', maxAgeS: 0 });
  try {
    return door.dispatcher.desk.secrets.open(purpose, sealed);
  } catch {
    return undefined;
  }
}
