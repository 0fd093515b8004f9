/** What a command ends with, at every door: the shape scripts rely on (SPEC 0, "JSON"). */
import type { Refusal } from '../guard/refusal.js';
import type { Localised } from '../locales/locale.js';
import type { Choice, Upload } from './type.js';

/** Every answer of the public interface that is in use; one without a text does not compile (locales). */
export const answerCodes = [
  'desk.address',
  'account.code-sent',
  'account.linked',
  'account.unlinked',
  'account.shown',
  'account.edited',
  'account.password-link-sent',
  'account.exported',
  'account.previewed',
  'account.erased',
  'reseller.registered',
  'reseller.existing',
  'stock.shown',
  'stock.received',
  'stock.previewed',
  'stock.imported',
  'stock.withdrawn',
  'stock.threshold-set',
  'stock.reconciled',
  'declaration.placed',
  'declaration.previewed',
  'declaration.bulk-placed',
  'declaration.listed',
  'declaration.shown',
  'declaration.resent',
  'pack.redeemed',
  'approval.pending',
  'approval.listed',
  'approval.shown',
  'approval.approved',
  'approval.refused',
  'staff.granted',
  'staff.revoked',
  'staff.listed',
  'catalogue.shown',
  'catalogue.previewed',
  'catalogue.loaded',
  'catalogue.explained',
  'order.drafted',
  'order.edited',
  'order.attached',
  'order.detached',
  'order.submitted',
  'order.cancelled',
  'order.listed',
  'order.shown',
  'order.dossier',
  'order.approved',
  'order.refused',
  'order.returned',
  'order.provisioned',
  'site.listed',
  'site.shown',
  'site.change-previewed',
  'site.changed',
  'site.previewed',
  'site.imported',
  'opportunity.previewed',
  'opportunity.imported',
  'opportunity.listed',
  'opportunity.shown',
  'installer.registered',
  'installer.existing',
  'installer.shown',
  'installer.edited',
  'device.checked',
  'device.registered',
  'device.listed',
  'device.shown',
  'device.edited',
  'device.resent',
  'device.previewed',
  'device.removed',
  'device.access-granted',
  'device.grants-listed',
  'device.access-revoked',
  'device.consent-set',
  'device.imported',
  'org.created',
  'org.edited',
  'org.listed',
  'org.shown',
  'org.invited',
  'org.member-removed',
  'org.became-reseller',
  'customer.added',
  'customer.edited',
  'customer.listed',
  'customer.shown',
  'customer.previewed',
  'customer.released',
  'customer.deleted',
  'customer.verification-sent',
  'domain.requested',
  'domain.listed',
  'domain.shown',
  'domain.previewed',
  'domain.renewed',
  'domain.autorenew-set',
  'domain.tagged',
  'domain.validation-sent',
  'domain.imported',
  'domain.task-done',
  'domain.task-failed',
  'billing.listed',
  'billing.receipt',
  'billing.balance',
  'billing.forecast',
  'billing.threshold-set',
  'billing.topped-up',
  'billing.credit-set',
  'ticket.opened',
  'ticket.replied',
  'ticket.closed',
  'ticket.reopened',
  'ticket.listed',
  'ticket.shown',
  'gateway.added',
  'gateway.listed',
  'gateway.removed',
  'audit.shown',
  'audit.verified',
  'mail.held-listed',
  'mail.released',
  'mail.discarded',
  'mail.paused',
  'mail.resumed',
  'help.shown',
] as const;
export type AnswerCode = (typeof answerCodes)[number];

/** JSON-ready; keys are field names in camelCase. */
export type Data = Readonly<Record<string, unknown>>;

export interface Done {
  readonly code: AnswerCode;
  readonly data: Data;
  /** A file that goes with the answer: an export, a picture. */
  readonly file?: Upload;
  /** It waits for somebody else's decision (exit 3). */
  readonly waiting?: boolean;
  /** How it can be filled in further where there is something to pick and click (chat, desk), or a form to send back (mail). */
  readonly panel?: Panel;
  readonly talk?: Talk;
}

/** A conversation that the answer is about: who replies to the answer goes on with it. */
export interface Talk {
  /** Its printed number. */
  readonly number: string;
  /** Who writes in it by mail waits for no answer to each of their mails. */
  readonly quiet?: true;
}

/** An object that is being filled in: a draft order. Everything in it is data; doors know no command of it. */
export interface Panel {
  /** Changes fields of it, by their names (`order edit`), and shows it again (`order show`). */
  readonly command: string;
  readonly show: string;
  readonly number: string;
  /** The field by which both commands take the number: `number`, `device`. */
  readonly by: string;
  /** Menus that follow each other: what is allowed now, and what is chosen. */
  readonly menus: readonly { readonly field: string; readonly options: readonly Choice[]; readonly chosen?: string }[];
  /** Fields asked together, at most five. */
  readonly groups: readonly { readonly id: string; readonly name: Localised; readonly fields: readonly string[] }[];
  /** What stands in it, as it would be typed again; no files. */
  readonly values: Readonly<Record<string, string>>;
  /** Fields it can't do without. */
  readonly missing: readonly string[];
  /** What can be done with it; `ready` when nothing is missing for it. */
  readonly actions: readonly {
    readonly command: string;
    /** What it is asked with, as it would be typed; its number alone unless told. */
    readonly input?: Readonly<Record<string, string>>;
    readonly name: Localised;
    readonly style: 'main' | 'danger' | 'plain';
    readonly ready: boolean;
  }[];
}

/** A refusal that still commits what was counted: a wrong code, a wrong number. */
export interface CountedRefusal {
  readonly refusal: Refusal;
}

export interface Preview {
  readonly code: AnswerCode;
  readonly data: Data;
  /** What the preview was made from; if it differs when confirmed, the preview is stale. */
  readonly basis: unknown;
}

export type Outcome =
  | {
      readonly ok: true;
      readonly code: AnswerCode;
      readonly data: Data;
      readonly dryRun?: true;
      readonly file?: Upload;
      readonly waiting?: boolean;
      /** a preview to confirm */ readonly pending?: string;
      /** No part of the public shape. */
      readonly panel?: Panel;
      /** No part of the public shape. */
      readonly talk?: Talk;
    }
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly fields?: Readonly<Record<string, string>>;
      /** Those of `fields` that were left out: a door that can ask for them does. No part of the public shape. */
      readonly missing?: readonly string[];
      /** Finds the log entry of a fault of ours. */
      readonly reference?: string;
      readonly data?: Data;
      readonly dryRun?: true;
    };

/** Exit code of an outcome (SPEC 0): 0 done, 2 refused, 3 waiting for approval, 1 a fault of ours. */
export function exitCode(outcome: Outcome): 0 | 1 | 2 | 3 {
  if (outcome.ok) return outcome.waiting ? 3 : 0;
  return outcome.code === 'fault' ? 1 : 2;
}
