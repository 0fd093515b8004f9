/** A register of VAT numbers as a port (G7): what it says stands beside a request, for whoever decides it. */
import { country as countryField } from '../command/dictionary.js';
import { noContext } from '../command/type.js';
import { tellApprovals } from '../guard/approval.js';
import type { Desk, Work } from '../guard/work.js';
import type { Job } from '../record/schedule.js';
import type { Unit } from '../record/transact.js';
import { orgRef } from '../parties/organisation.js';

/** `unknown`: it gave no answer. */
export type VatVerdict = 'valid' | 'invalid' | 'unknown';

export interface VatRegister {
  /** Never throws. @param number.vat as its country writes it, with or without the country's prefix */
  check(number: { country: string; vat: string }): Promise<VatVerdict>;
}

const minuteMs = 60_000;

/** Asks it about the numbers of requests that wait, each once, outside of any transaction. */
export const vatNumbers = (desk: Desk, register: VatRegister, workOf: (unit: Unit) => Work): Job => {
  let waiting: { id: number; country: string; vat: string }[] = [];
  return {
    name: 'vat numbers',
    everyMs: minuteMs,
    async run({ tx }) {
      const rows = await tx.approval.findMany({
        where: { state: 'pending', command: 'org edit', vatVerdict: null },
        take: 20,
      });
      const orgs = await tx.organisation.findMany({ where: { id: { in: rows.map(({ object }) => idIn(object)) } } });
      waiting = rows.flatMap(({ id, input, object }) => {
        const { vat, country: typed } = JSON.parse(input) as { vat?: string; country?: string };
        const org = orgs.find((one) => orgRef(one.id) === object);
        const country = codeOf(typed) ?? org?.country ?? desk.catalogue.vendor.country;
        return vat ? [{ id, vat: vat.replace(/[\s.-]/g, '').toUpperCase(), country }] : [];
      });
    },
    async after() {
      for (const { id, ...number } of waiting) {
        const vatVerdict = await register.check(number);
        await desk.database.transact(async (unit) => {
          const { count } = await unit.tx.approval.updateMany({
            where: { id, state: 'pending' },
            data: { vatVerdict },
          });
          if (count === 1) tellApprovals(workOf(unit), id);
        });
      }
    },
  };
};

/** A country as it was typed, by its code. */
function codeOf(typed: string | undefined): string | undefined {
  return typed === undefined ? undefined : countryField.type.parse(typed, noContext);
}

const idIn = (object: string | null): number => Number(object?.slice(2) ?? 0);
