/** Opportunities whose closing date is past close by themselves (docs/commands.md, "States"). */
import type { Desk, Work } from '../../guard/work.js';
import { dayIn } from '../../locales/format.js';
import type { Job } from '../../database/schedule.js';
import type { Unit } from '../../database/transact.js';
import { opportunityRef } from './opportunity.js';

const hourMs = 3_600_000;
/** A day's work, however long nobody looked. */
const closedAtOnce = 5_000;

/**
 * Looks every hour, so that one is closed soon after its last day has ended.
 * @param workOf the desk's own work
 */
export const closing = (desk: Desk, workOf: (unit: Unit) => Work): Job => ({
  name: 'opportunities closing',
  everyMs: hourMs,
  async run(unit, now) {
    const where = { state: 'open', closingDate: { lt: dayIn(now, desk.timeZone) } };
    const ended = await unit.tx.opportunity.findMany({ where, select: { id: true }, take: closedAtOnce });
    const ids = ended.map(({ id }) => id);
    await unit.tx.opportunity.updateMany({
      where: { ...where, id: { in: ids } },
      data: { state: 'closed', updatedAt: now },
    });
    const work = workOf(unit);
    for (const id of ids) work.audit({ action: 'opportunity closed', object: opportunityRef(id) });
  },
});
