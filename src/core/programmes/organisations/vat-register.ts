/** A register of VAT numbers as a port (G7): what it says stands beside a request, for whoever decides it. */
import { tellApprovals } from '../../guard/approval.js';
import type { Desk, Work } from '../../guard/work.js';
import type { Prisma } from '../../database/connect.js';
import type { Job } from '../../database/schedule.js';
import type { Unit } from '../../database/transact.js';
import { orgRef } from '../parties/organisation.js';
import { askedTax, editName } from './tax.js';

/** `unknown`: it gave no answer. */
export type VatVerdict = 'valid' | 'invalid' | 'unknown';

export interface VatRegister {
  /** Never throws. @param number.vat as its country writes it, with or without the country's prefix */
  check(number: { country: string; vat: string }): Promise<VatVerdict>;
}

const minuteMs = 60_000;
const atATime = 20;

/** Those that wait and were not asked about, in the first minute of an hour also those about which nothing could be said. */
function toAsk(now: Date): Prisma.ApprovalWhereInput {
  const verdicts = [{ vatVerdict: null }, now.getUTCMinutes() === 0 ? { vatVerdict: 'unknown' } : []].flat();
  return { state: 'pending', command: editName, OR: verdicts };
}

/** Asks it about the numbers of requests that wait, outside of any transaction, until it says something. */
export const vatNumbers = (desk: Desk, register: VatRegister, workOf: (unit: Unit) => Work): Job => {
  let waiting: { id: number; country: string; vat: string }[] = [];
  return {
    name: 'vat numbers',
    everyMs: minuteMs,
    async run({ tx }, now) {
      const rows = await tx.approval.findMany({ where: toAsk(now), orderBy: { id: 'asc' }, take: atATime });
      const orgs = await tx.organisation.findMany({ where: { id: { in: rows.map(({ object }) => idIn(object)) } } });
      const { vendor, domains } = desk.catalogue;
      // elsewhere no number counts, and it is in no European register
      const counting = new Set([vendor.country, ...(domains.vat?.reverseCharge ?? [])]);
      waiting = rows.flatMap(({ id, input, object }) => {
        const org = orgs.find((one) => orgRef(one.id) === object);
        const { vat, country: place } = askedTax(input, org);
        const country = place ?? vendor.country;
        return vat && counting.has(country) ? [{ id, vat, country }] : [];
      });
      const asked = new Set(waiting.map(({ id }) => id));
      const others = rows.filter(({ id }) => !asked.has(id)).map(({ id }) => id);
      // what there is nothing to ask about would stand before the others every time
      await tx.approval.updateMany({ where: { id: { in: others } }, data: { vatVerdict: 'none' } });
    },
    async after() {
      // all at once: a register that is slow holds up what else happens by itself for one answer, not for twenty
      const told = await Promise.all(
        waiting.map(async ({ id, ...number }) => ({ id, vatVerdict: await register.check(number) })),
      );
      if (told.length === 0) return;
      await desk.database.transact(async (unit) => {
        for (const { id, vatVerdict } of told) {
          const isNew = { OR: [{ vatVerdict: null }, { vatVerdict: { not: vatVerdict } }] };
          const where = { id, state: 'pending', ...isNew };
          const { count } = await unit.tx.approval.updateMany({ where, data: { vatVerdict } });
          if (count === 1) tellApprovals(workOf(unit), id);
        }
      });
    },
  };
};

const idIn = (object: string | null): number => Number(object?.slice(2) ?? 0);
