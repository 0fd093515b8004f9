/** What the Gandi double has sold, and what is in the account: its own books, never the desk's. */
import { z } from 'zod';

const years = z.int().min(1).max(10);
const contact = z.strictObject({
  type: z.enum(['individual', 'company', 'association', 'publicbody']),
  given: z.string().min(1),
  family: z.string().min(1),
  email: z.email(),
  streetaddr: z.string().min(3),
  country: z.string().regex(/^[A-Z]{2}$/),
  city: z.string().min(1).optional(),
  zip: z.string().min(1).optional(),
  orgname: z.string().min(1).optional(),
  phone: z
    .string()
    .regex(/^\+\d{1,3}\.\d{4,14}$/)
    .optional(),
  lang: z.enum(['en', 'es', 'fr', 'ja', 'zh-hans', 'zh-hant']).optional(),
});

/** Bodies as the public documentation has them, as far as the desk sends them: anything else is refused. */
export const bodies = {
  create: z.strictObject({ fqdn: z.string().min(3), duration: years.optional(), owner: contact }),
  transfer: z.strictObject({
    fqdn: z.string().min(3),
    duration: years.optional(),
    owner: contact,
    authinfo: z.string().min(1).optional(),
  }),
  renew: z.strictObject({ duration: years.max(9).optional() }),
  restore: z.strictObject({}),
  reachability: z.strictObject({ action: z.literal('resend') }),
};

export type PaidKind = 'create' | 'transfer' | 'renew' | 'restore';

export interface Sale {
  readonly kind: PaidKind;
  readonly name: string;
  readonly years: number;
  /** The organisation that pays. */
  readonly payer: string | undefined;
  readonly owner?: z.output<typeof contact>;
}

export interface AccountDomain {
  id: string;
  /** A day. */
  endsOn: string;
  status: string[];
  reachability: string | undefined;
}

interface Operation {
  readonly sale: Sale;
  step: string;
  label?: string;
}

export interface GandiBooks {
  readonly sales: Sale[];
  /** What the registry says of the owner of a domain that is new. */
  newReach: string;
  /** Verification mails sent again, by name. */
  readonly resent: string[];
  readonly account: Map<string, AccountDomain>;
  readonly operations: Map<string, Operation>;
  /** Names that somebody else holds, with the code of their transfer. */
  readonly elsewhere: Map<string, string>;
  /** How often this was sold. */
  sold(name: string, kind?: PaidKind): number;
  /** What speaks against it; nothing when it can be sold. */
  against(kind: PaidKind, name: string, authinfo?: string): string | undefined;
  sell(sale: Sale): void;
  /** The registry has done what is under way. */
  finish(name: string): void;
  /** The registry has refused what is under way. */
  fail(name: string, label: string): void;
  own(name: string, endsOn: string, more?: Partial<AccountDomain>): void;
}

const later = (day: string, count: number): string => `${Number(day.slice(0, 4)) + count}${day.slice(4)}`;

export function createBooks(clock: () => Date): GandiBooks {
  const sales: Sale[] = [];
  const account = new Map<string, AccountDomain>();
  const operations = new Map<string, Operation>();
  const elsewhere = new Map<string, string>();
  const today = () => clock().toISOString().slice(0, 10);

  function own(name: string, endsOn: string, more: Partial<AccountDomain> = {}): void {
    const id = `ba1167be-2f76-11e9-9dfb-${String(account.size + 1).padStart(12, '0')}`;
    account.set(name, { id, endsOn, status: ['clientTransferProhibited'], reachability: 'none', ...more });
  }

  const books: GandiBooks = {
    newReach: 'done',
    sales,
    resent: [],
    account,
    operations,
    elsewhere,
    sold: (name, kind) => sales.filter((sale) => sale.name === name && (!kind || sale.kind === kind)).length,
    against(kind, name, authinfo) {
      const held = account.get(name);
      if (kind === 'renew' || kind === 'restore') {
        if (!held) return 'Unknown domain';
        if (kind === 'renew' && held.endsOn < today()) return 'Domain can not be renewed';
        return undefined;
      }
      if (held || operations.has(name)) return 'Domain already in the account';
      const code = elsewhere.get(name);
      if (kind === 'create') return code === undefined ? undefined : 'Domain is not available';
      if (code === undefined) return 'Domain is not registered';
      return code === authinfo ? undefined : `Wrong authorization code "${authinfo}"`;
    },
    sell(sale) {
      sales.push(sale);
      operations.set(sale.name, { sale, step: 'RUN' });
    },
    finish(name) {
      const operation = operations.get(name);
      if (!operation) throw new Error(`nothing is under way for ${name}`);
      operations.delete(name);
      elsewhere.delete(name);
      const held = account.get(name);
      if (held) held.endsOn = later(held.endsOn, operation.sale.years);
      else own(name, later(today(), operation.sale.years), { reachability: books.newReach });
    },
    fail(name, label) {
      const operation = operations.get(name);
      if (!operation) throw new Error(`nothing is under way for ${name}`);
      Object.assign(operation, { step: 'ERROR', label });
    },
    own,
  };
  return books;
}
