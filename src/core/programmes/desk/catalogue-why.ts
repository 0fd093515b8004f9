/** `catalogue why`: the rule that a refusal names, in words, and what it allows now (X10). */
import { command, required } from '../../command/define.js';
import { rule } from '../../command/dictionary.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { dayIn } from '../../locales/format.js';
import { textsOf } from '../../locales/texts.js';
import { explain, ruleIds, type Allowance } from '../orders/explain.js';
import { ordersInForce } from '../../catalogue/versions.js';
import { fold } from '../../text/fold.js';
import { nearest } from '../../text/nearest.js';

const rowsOf = (allowances: readonly Allowance[], { locale }: Work) =>
  allowances.map(({ about, allowed }) => ({ about: about[locale], allowed: allowed.map((one) => one[locale]) }));

export const catalogueWhy = command({
  name: 'catalogue why',
  help: {
    fr: 'Comprendre une règle qui a refusé une commande, et ce qu’elle permet',
    en: 'Understand a rule that refused an order, and what it allows',
  },
  who: ['reseller', 'staff'],
  reads: true,
  fields: [
    required(rule, {
      async suggest(tx) {
        const { orders } = await ordersInForce(tx);
        return ruleIds(orders).map((id) => ({ id, names: { fr: id, en: id } }));
      },
    }),
  ],
  async run(work, input) {
    const { orders } = await ordersInForce(work.tx);
    const ids = ruleIds(orders);
    const typed = fold(input.rule);
    const id = ids.find((one) => fold(one) === typed) ?? '';
    const found = explain(orders, id, dayIn(work.now, work.desk.timeZone));
    if (!found) {
      const { unknown, choice } = textsOf(work.locale).faults;
      const meant = ids.find((one) => typed !== '' && fold(one).includes(typed)) ?? nearest(input.rule, [...ids]);
      const told = [unknown({ nearest: meant ?? '' }), choice({ choices: ids.join(', ') })];
      throw new Refusal('input.invalid', {}, { rule: told.join('; ') });
    }
    const { explanation, when, allows, from, until } = found;
    return {
      code: 'catalogue.explained',
      data: {
        rule: id,
        explanation: explanation[work.locale],
        ...(from === undefined ? {} : { from }),
        ...(until === undefined ? {} : { until }),
        when: rowsOf(when, work),
        allows: rowsOf(allows, work),
      },
    };
  },
});
