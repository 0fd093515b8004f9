/** `site change`: a reseller asks for a site's data to be corrected; sales say yes or no (D5). */
import { overtake } from '../approvals/decision.js';
import { command, emptiable, lasting, optional, required, type Input } from '../../command/define.js';
import { numberOf, relatedOrder } from '../../command/dictionary.js';
import { idOf } from '../../guard/number.js';
import type { Work } from '../../guard/work.js';
import { camel } from '../../locales/key.js';
import {
  applyChange,
  changeOf,
  changeRef,
  changeSummary,
  differences,
  endChange,
  nothingChanges,
  seenOf,
  submitChange,
  type Wish,
} from './change.js';
import { contactFields, siteDataAfter, siteDataOf, siteFields } from './fields.js';
import { findSite, mustWrite, siteRef, suggestSites } from './site.js';
import { unknownObject } from '../../guard/unknown.js';

const [nameField, ...furtherFields] = siteFields;

const fields = [
  required(numberOf('S'), { suggest: suggestSites }),
  optional(relatedOrder),
  // a site is found by its name
  ...lasting([nameField]),
  ...emptiable([...furtherFields, ...contactFields]),
] as const;

/** What is wished, as the site stands now. @throws {Refusal} `object.unknown`, `access.denied`, `input.invalid` */
async function wished(work: Work, input: Input<typeof fields>): Promise<Wish> {
  const site = await findSite(work, input.number);
  mustWrite(work, site.orgId);
  const relatedOrderId = await orderOf(work, input.relatedOrder, site.orgId);
  const before = siteDataOf(site);
  const changes = differences(before, siteDataAfter(before, input));
  if (Object.keys(changes).length === 0) {
    const said = [...siteFields, ...contactFields].map(({ field }) => field.name as string);
    throw nothingChanges(
      work,
      said.filter((name) => camel(name) in input),
    );
  }
  return { site, changes, relatedOrderId };
}

async function orderOf(work: Work, number: string | undefined, orgId: number): Promise<number | null> {
  if (number === undefined) return null;
  const found = await work.tx.order.findFirst({ where: { id: idOf(number), orgId }, select: { id: true } });
  if (!found) throw unknownObject(work, number, 'related-order');
  return found.id;
}

export const siteChange = command({
  name: 'site change',
  help: {
    fr: 'Demander la correction d’un site : l’ancien et le nouveau sont montrés, puis les ventes valident',
    en: 'Ask for a site to be corrected: old and new are shown, then sales decide',
  },
  who: ['reseller', 'staff'],
  fields,
  home: { number: async (work, number) => (await findSite(work, number)).siteCountry },
  previewLasts: ({ siteChangePreviewMinutes }) => siteChangePreviewMinutes * 60_000,
  async preview(work, input) {
    const { site, changes, relatedOrderId } = await wished(work, input);
    return {
      code: 'site.change-previewed',
      data: {
        site: siteRef(site.id),
        ...(input.relatedOrder === undefined ? {} : { relatedOrder: input.relatedOrder }),
        changes,
      },
      basis: { ...seenOf(site), changes, relatedOrderId },
    };
  },
  fourEyes: {
    tells: true,
    same: fields.map(({ field }) => field.name),
    async hold(work, input, approvalId) {
      const wish = await wished(work, input);
      await submitChange(work, wish, approvalId);
      return { object: siteRef(wish.site.id), content: seenOf(wish.site) };
    },
    async content(work, _, approvalId) {
      const change = await changeOf(work.tx, approvalId);
      const site = change && (await work.tx.site.findUnique({ where: { id: change.siteId } }));
      return site && seenOf(site);
    },
    release: endChange,
    summary: changeSummary,
  },
  async run(work, _, approvalId) {
    if (approvalId === undefined) throw new Error('a site is changed by an approved request alone');
    const change = await work.tx.siteChange.findFirstOrThrow({ where: { approvalId } });
    const { site, changes } = await applyChange(work, approvalId);
    // other wishes were about the site as it was
    await overtake(work, { command: 'site change', object: siteRef(site.id), except: approvalId, release: endChange });
    return {
      code: 'site.changed',
      data: { site: siteRef(site.id), change: changeRef(change.id), state: 'applied', changes },
    };
  },
});
