/** Where somebody goes on after signing in: a mailed link that was opened before. */
import { putCookie, takeCookie, type Ctx, type Door } from '../page-request.js';

const purpose = 'onward';
/** Signing in, perhaps with a new password first, takes its time. */
const onwardMaxAgeS = 30 * 60;

/** Remembers, sealed, that this link is where to go on. */
export function onward(c: Ctx, door: Door, token: string): void {
  const value = door.dispatcher.desk.secrets.seal(purpose, `/t/${token}`);
  putCookie(c, door, { name: 'onward', value, maxAgeS: onwardMaxAgeS });
}

/** Whoever has signed in has arrived, whatever they find. */
export function arrived(c: Ctx, door: Door): void {
  const { session } = c.var.visit;
  if (session && !session.mustChoose && takeCookie(c, door, 'onward'))
    putCookie(c, door, { name: 'onward', value: '', maxAgeS: 0 });
}

/** Where to go on after signing in: a link of ours that was opened before, else one's own page. */
export function onwardFrom(c: Ctx, door: Door): string {
  const sealed = takeCookie(c, door, 'onward');
  if (!sealed) return '/me';
  try {
    const path = door.dispatcher.desk.secrets.open(purpose, sealed);
    return /^\/t\/[\w-]{10,100}$/.test(path) ? path : '/me';
  } catch {
    return '/me';
  }
}
