/** `order dossier` (D13): everything about an order in one ZIP, and in the terminal whether such a ZIP is still whole. */
import { command, optional } from '../../command/define.js';
import { dossierFile } from '../../command/dictionary.js';
import { needed } from '../../command/input.js';
import { Refusal } from '../../guard/refusal.js';
import { textsOf } from '../../locales/texts.js';
import { dossierEntries, dossierName } from './dossier-content.js';
import { makeDossier, verifyDossier } from './dossier.js';
import { orderNumber } from './fields.js';
import { findOrder } from './order.js';

export const orderDossier = command({
  name: 'order dossier',
  help: {
    fr: 'Tout ce qui concerne une commande en un ZIP, avec un manifeste',
    en: 'All there is about an order in one ZIP, with a manifest',
  },
  who: ['reseller', 'staff'],
  reads: true,
  fields: [
    optional(orderNumber, { when: { fr: 'sauf pour vérifier un dossier', en: 'unless a dossier is verified' } }),
    optional(dossierFile, { terminal: true }),
  ],
  async run(work, { number, verify }) {
    if (verify) {
      const { order, files } = await verifyDossier(verify.content).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        const text = textsOf(work.locale).refusals['file.refused'](error.params);
        throw new Refusal(error.code, error.params, { verify: text });
      });
      if (number !== undefined && number !== order) {
        const text = textsOf(work.locale).faults.exactly({ expected: order });
        throw new Refusal('input.invalid', {}, { number: text });
      }
      return { code: 'order.dossier', data: { order, verified: true, files } };
    }
    if (number === undefined) throw needed(work.locale, ['number']);
    const row = await findOrder(work, number);
    const entries = await dossierEntries(work, row);
    const { content, files } = await makeDossier({ order: number, entries, at: row.updatedAt });
    const name = dossierName(number, content);
    return { code: 'order.dossier', data: { order: number, files }, file: { name, type: 'application/zip', content } };
  },
});
