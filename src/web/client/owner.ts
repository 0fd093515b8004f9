/**
 * `/t/TOKEN` of a domain owner's address (G4): whoever has the link sees what it would confirm, and confirms it with a
 * button. No account, no sign-in; in the owner's language.
 */
import type { OwnerView } from '../../core/ports/owner-links.js';
import { endedOwnerPage, ownerPage } from './owner-page.js';
import { notice } from '../page.js';
import { pageTexts } from '../texts.js';
import { checkOrigin, formMark, readForm, show, textIn, type Ctx, type Door } from '../page-request.js';

interface Shown {
  readonly token: string;
  readonly view: OwnerView;
  /** It was just asked for or confirmed: no surprise that the link has ended. */
  readonly posted?: true;
  readonly limited?: true;
}

/** The page of an owner's link; nothing when the link is for something else. Changes nothing, whoever follows it. */
export async function showOwner(c: Ctx, door: Door, token: string): Promise<Response | undefined> {
  const view = await door.owners.view(token);
  return view && shown(c, door, { token, view });
}

/** The owner's word, or the wish for another link; nothing when the link is for something else. */
export async function confirmOwner(c: Ctx, door: Door, token: string): Promise<Response | undefined> {
  const view = await door.owners.view(token);
  if (!view) return undefined;
  checkOrigin(c, door, { nullToo: true });
  const body = await readForm(c, door, formMark(c, door));
  const visit = { token, ip: c.var.visit.ip };
  if (!textIn(body, '_renew')) {
    const after = await door.owners.confirm(visit);
    return after && shown(c, door, { token, view: after, posted: true });
  }
  const renewed = await door.owners.renew(visit);
  if (renewed === 'sent' && 'email' in view) return sent(c, door, view);
  const now = await door.owners.view(token);
  return now && shown(c, door, { token, view: now, posted: true, ...(renewed ? { limited: true } : {}) });
}

function sent(
  c: Ctx,
  door: Door,
  { locale, email }: { locale: OwnerView['locale']; email: string },
): Promise<Response> {
  const { owner } = pageTexts(locale);
  return show(c, door, { locale, title: owner.sent, body: notice({ title: owner.sent, text: owner.sentText(email) }) });
}

function shown(c: Ctx, door: Door, { token, view, posted, limited }: Shown): Promise<Response> {
  const { locale } = view;
  const { owner, choosing } = pageTexts(locale);
  const form = { action: `/t/${encodeURIComponent(token)}`, mark: formMark(c, door) };
  switch (view.is) {
    case 'open': {
      const { timeZone } = door.dispatcher.desk;
      return show(c, door, { locale, title: owner.title, body: ownerPage(view.shown, { locale, timeZone, form }) });
    }
    case 'ended': {
      const body = endedOwnerPage(view.email, { locale, form, ...(limited ? { limited } : {}) });
      return show(c, door, { locale, title: choosing.ended, body, faulty: true, status: limited ? 429 : 410 });
    }
    case 'verified': {
      const body = notice({ title: owner.verified, text: owner.verifiedText(view.email) });
      return show(c, door, { locale, title: owner.verified, body, status: posted ? 200 : 410 });
    }
    case 'registrar': {
      const body = notice({ title: owner.registrar, text: owner.registrarText(view.email) });
      return show(c, door, { locale, title: owner.registrar, body });
    }
  }
}
