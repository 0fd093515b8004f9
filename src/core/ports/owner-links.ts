/** What the web door needs of the core for the page behind the link that verifies a domain owner's address (G4). */
import type { Dispatcher } from '../command/dispatch.js';
import { confirmByLink, renewLink, viewOwner, type OwnerView, type OwnerVisit } from '../programmes/owners/link.js';

export type { OwnerView, OwnerVisit, ShownOwner } from '../programmes/owners/link.js';

export interface Owners {
  /** What the page shows; nothing when the link is for something else. Looking changes nothing. */
  view(token: string): Promise<OwnerView | undefined>;
  /** Verifies the address, once, and answers what the link is then; nothing when it is for something else. */
  confirm(visit: OwnerVisit): Promise<OwnerView | undefined>;
  /** Mails another link in place of one that has ended; nothing when there is nothing to send. */
  renew(visit: OwnerVisit): Promise<'sent' | 'limited' | undefined>;
}

export const createOwners = ({ desk }: Pick<Dispatcher, 'desk'>): Owners => ({
  view: (token) => desk.database.read((tx) => viewOwner(tx, desk, token)),
  confirm: (visit) => confirmByLink(desk, visit),
  renew: (visit) => renewLink(desk, visit),
});
