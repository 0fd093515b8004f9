/**
 * The port that a registrar's interface fills (SPEC G, "Registry access is a port"): what the desk asks of it, and every
 * kind of answer the desk can act on. No HTTP here, no row either: `worker.ts` does the one, `src/registrar` the
 * other. Nothing here throws for what a registrar or the way to it does: each of that is an answer.
 */

/** What can be ordered. The first four cost money and are never sent twice. */
export type OrderKind = 'register' | 'transfer' | 'renew' | 'restore' | 'owner-mail';

/** Whom a domain is to belong to, as the desk knows it; what is missing is the registrar's to refuse. */
export interface RegistrarOwner {
  readonly type: string;
  readonly email: string;
  readonly lastName: string;
  readonly firstName: string;
  readonly company: string | null;
  readonly street: string | null;
  readonly zip: string | null;
  readonly city: string | null;
  /** Two capitals. */
  readonly country: string | null;
  /** As E.164: `+33123456789`. */
  readonly phone: string | null;
  readonly locale: string;
}

export interface RegistrarOrder {
  readonly kind: OrderKind;
  /** Each label as A-label. */
  readonly name: string;
  readonly years: number;
  readonly owner: RegistrarOwner;
  /** The code of a transfer: a secret. */
  readonly authCode?: string | undefined;
}

/** Nothing was ordered, and it is nobody's fault: to be tried again, at `retryAt` where the registrar says when. */
export type Later = { readonly result: 'later'; readonly reason: string; readonly retryAt?: Date };
/** The registrar does not take this desk's word (its token, its rights, its account): staff's to mend. Nothing was ordered. */
export type Denied = { readonly result: 'denied'; readonly reason: string };
/** A clear no: nothing was ordered, and asking the same again would be answered the same. */
export type Declined = { readonly result: 'refused'; readonly reason: string };
/** No answer, or none that can be understood: it may have been ordered. */
export type Unclear = { readonly result: 'unclear'; readonly reason: string };

export type Checked = { readonly result: 'fine' } | Declined | Later | Denied;

/** `accepted`: ordered, and carried out by and by. @see Registrar.order */
export type Ordered = { readonly result: 'accepted'; readonly reference: string } | Declined | Later | Denied | Unclear;

/** What the registrar knows of an owner's address (G4); nothing where it does not say. */
export type OwnerReach = 'pending' | 'done' | 'failed';

/** A domain in the desk's account at the registrar. */
export interface Held {
  readonly result: 'held';
  /** What the registrar calls it. */
  readonly reference: string;
  /** The day it runs until, in UTC; nothing until the registry has it. */
  readonly expiresOn: string | null;
  /** Off: the registrar or the registry suspended it. */
  readonly suspended: boolean;
  readonly ownerReach: OwnerReach | undefined;
}

export type Known =
  | Held
  /** Ordered, and not yet carried out. */
  | { readonly result: 'under-way' }
  /** The last order of this name has failed for good. */
  | { readonly result: 'failed'; readonly reason: string }
  /** Certainly not in the account, and no order of it under way. */
  | { readonly result: 'nothing' }
  | Later
  | Denied;

export interface Registrar {
  /** What is known of a name; changes nothing. `kind` says which orders are looked for beside the domain itself. */
  look(about: { readonly name: string; readonly kind: OrderKind }): Promise<Known>;
  /** Whether an order would be taken, without placing it; `fine` too where the registrar can't check this kind. */
  check(order: RegistrarOrder): Promise<Checked>;
  /** Places an order, once: it is never tried again in here, whatever the answer. */
  order(order: RegistrarOrder): Promise<Ordered>;
}
