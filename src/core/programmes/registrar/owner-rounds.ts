/**
 * What the registrar says of owners' addresses (G4, port `gandi`): asked once an hour of those that wait, and noted. It asks
 * and suspends by itself; the desk says what the registrar has confirmed, and nothing else.
 */
import type { Desk } from '../../guard/work.js';
import type { DomainRow } from '../domains/domain.js';
import { domainOf, leadsTo, move } from '../domains/domain.js';
import type { Held, Registrar } from './registrar.js';
import { reached } from './recording.js';
import type { Walk } from './walk.js';

const everyMs = 3_600_000;
const job = 'registrar owners';
/** Of one round: the others have their turn in the next. */
const atMost = 200;

export interface OwnerRounds {
  /** Does nothing but once an hour, whichever process comes first. */
  round(): Promise<void>;
}

export function createOwnerRounds(options: { desk: Desk; registrar: Registrar; write: Walk['write'] }): OwnerRounds {
  const { desk, registrar, write } = options;
  let last: string | undefined;
  let after = 0;

  /** The hour's slot, for one of several processes. */
  async function mine(): Promise<boolean> {
    const now = desk.clock();
    const slot = new Date(Math.floor(now.getTime() / everyMs) * everyMs).toISOString();
    if (last === slot) return false;
    last = slot;
    return write(async ({ tx }) => {
      if (await tx.jobRun.findUnique({ where: { job_slot: { job, slot } } })) return false;
      await tx.jobRun.create({ data: { job, slot, at: now } });
      return true;
    });
  }

  /** Domains whose owner's address waits, and those that are suspended; from where the last round ended. */
  async function asking(): Promise<DomainRow[]> {
    return desk.database.read(async (tx) => {
      const tlds = desk.catalogue.domains.tlds.filter(({ verifyOwner }) => verifyOwner).map(({ tld }) => tld);
      const waiting = await tx.ownerAddress.findMany({
        where: { state: { in: ['pending', 'overdue'] } },
        select: { email: true },
      });
      const ownerEmail = { in: waiting.map(({ email }) => email) };
      return (await tx.domain.findMany({
        where: {
          id: { gt: after },
          OR: [{ state: 'active', tld: { in: tlds }, ownerEmail }, { state: 'suspended' }],
        },
        orderBy: { id: 'asc' },
        take: atMost,
      })) as DomainRow[];
    });
  }

  async function note(row: DomainRow, known: Held): Promise<void> {
    await write(async (work) => {
      await reached(work, row, known.ownerReach);
      const domain = await domainOf(work.tx, row.id);
      // held off for another reason than the owner's address is not this clockwork's to tell
      const off = known.suspended && known.ownerReach === 'failed';
      if (known.suspended && !off) return;
      const to = off ? 'suspended' : 'active';
      if (domain.state === to || !leadsTo(domain.state, to)) return;
      await move(work, domain, { to, suspendedAt: off ? work.now : null });
      work.audit({
        action: off ? 'domain suspended' : 'domain resumed',
        object: domain.name,
        detail: { by: 'registrar' },
      });
    });
  }

  return {
    async round() {
      if (!(await mine())) return;
      const rows = await asking();
      after = rows.length < atMost ? 0 : (rows.at(-1)?.id ?? 0);
      for (const row of rows) {
        const known = await registrar.look({ name: row.name, kind: 'owner-mail' });
        // no answer today: nothing is known, the next hour asks again
        if (known.result === 'later' || known.result === 'denied') return;
        if (known.result === 'held') await note(row, known);
      }
    },
  };
}
