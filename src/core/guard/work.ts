/** What a command's handler is given: its transaction, who asks, and the only ways to leave anything behind. */
import type { Locale } from '../locales/locale.js';
import type { WorkerThreads } from '../threads/worker.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { CatalogueVersions } from '../catalogue/versions.js';
import type { Tx } from '../database/connect.js';
import type { Documents } from '../documents/store.js';
import type { Letters } from '../letters/letters.js';
import type { Dispatchable } from '../database/outbox.js';
import type { Scan } from '../documents/scan.js';
import type { Secrets } from '../secrets/secrets.js';
import type { Database, Unit } from '../database/transact.js';
import { chained } from './about.js';
import { byOperator, type Actor } from './identity.js';

/** Where a command came in. */
export type Door = 'chat' | 'mail' | 'terminal' | 'web' | 'desk' | 'schedule';

/** What the whole process shares; built once in `main`, passed down, never global. */
export interface Desk {
  readonly database: Database;
  /** In force now: read it where it is used, it changes while the desk runs. */
  readonly catalogue: Catalogue;
  readonly versions: CatalogueVersions;
  readonly secrets: Secrets;
  readonly documents: Documents;
  /** The raw bytes of mails that came in, for `KEEP_RAW`. */
  readonly rawMail: Documents;
  /** Where what strangers sent is read, so that it can be ended. */
  readonly aside: WorkerThreads;
  /** The vendor's letters, read when first asked for. */
  readonly letters?: (() => Letters) | undefined;
  /** The vendor's scanner for documents, where there is one. */
  readonly scan?: Scan | undefined;
  readonly clock: () => Date;
  readonly random: (count: number) => Buffer;
  /** Without a slash at its end. */
  readonly publicUrl: string;
  /** The desk's own address. */
  readonly mailFrom: string;
  readonly locale: Locale;
  readonly timeZone: string;
  /** Who carries out what is ordered of a registry (SPEC G, "port"). */
  readonly registrar: 'staff' | 'gandi';
  /** A Discord bot serves this desk, so that chat notices have somewhere to go. */
  readonly chat: boolean;
}

export interface Work {
  readonly tx: Tx;
  readonly desk: Desk;
  readonly actor: Actor;
  readonly door: Door;
  /** The asker's language. */
  readonly locale: Locale;
  readonly now: Date;
  /** The address a web request came from. */
  readonly ip: string | undefined;
  /** The organisation named by a member of several. */
  readonly org: string | undefined;
  /** Changes are rolled back; numbers not made are null in the answer. */
  readonly dryRun: boolean;
  /** Attempts that told the asker something (limit.ts, `countTelling`). */
  readonly told: string[];
  /** Null in a dry run: a number that was not made. */
  made<T>(value: T): T | null;
  /** Records what happened; `object` is the printed number it is about, for a person `personRef`. An address is hashed. */
  audit(event: { action: string; object?: string | null; detail?: unknown }): void;
  /** Queues a mail or chat notice; it leaves only if the command commits. */
  send(entry: Dispatchable): void;
  /** Called once the command is committed, never otherwise. */
  afterCommit(run: () => void): void;
  /** Tells whoever watches how far a long command is. */
  progress(done: number, total: number): void;
}

export interface WorkOptions {
  readonly desk: Desk;
  readonly actor: Actor;
  readonly door: Door;
  readonly locale: Locale;
  readonly org?: string | undefined;
  readonly ip?: string | undefined;
  readonly dryRun?: boolean;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** What only reads commits nothing. */
export type WorkUnit = Pick<Unit, 'tx' | 'leaves'> & Partial<Pick<Unit, 'afterCommit' | 'answered'>>;

/** Binds a unit of work to who asks for it. */
export function createWork(unit: WorkUnit, options: WorkOptions): Work {
  const { desk, actor, door, locale, dryRun = false } = options;
  const now = desk.clock();
  return {
    tx: unit.tx,
    desk,
    actor,
    door,
    locale,
    now,
    ip: options.ip,
    org: options.org,
    dryRun,
    told: [],
    made: (value) => (dryRun ? null : value),
    audit: ({ action, object = null, detail }) =>
      void unit.leaves.audit.push({
        at: now,
        actorId: actor.personId || null,
        operator: byOperator(actor),
        releasedById: actor.releasedById,
        door,
        action,
        object: chained(desk.secrets, object),
        detail,
      }),
    send: (entry) => {
      // Without a bot a chat notice would wait for ever: the desk page shows the same from the approvals themselves.
      if (entry.channel === 'mail' || desk.chat) unit.leaves.outbox.push(entry);
    },
    afterCommit: (run) => unit.afterCommit?.(run),
    progress: options.progress ?? (() => undefined),
  };
}
