/** What stands in an order: entered field by field, taken over from a site or an opportunity, and judged by the catalogue. */
import { canonical, contentHash } from '../../guard/once.js';
import { idOf } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { dayIn, formatDay } from '../../locales/format.js';
import { camel } from '../../locales/key.js';
import { textsOf } from '../../locales/texts.js';
import { findOpportunity } from '../opportunities/opportunity.js';
import type { OrderDocument, Site } from '../../database/connect.js';
import { orderChoices, type Orders, type ProductLine } from '../../catalogue/orders-shape.js';
import { dataKeys, siteDataOf, type SiteData } from '../sites/fields.js';
import { findSite } from '../sites/site.js';
import { newFields, type Entered, type Typed } from './fields.js';
import { isPickedField } from './offences.js';
import { allowed, asked, judge, pickedBefore, pickedFields, type Objection, type Picked } from './rules.js';

/** Everything entered so far, by field in camelCase; documents stand in rows of their own. */
export interface Content extends SiteData {
  readonly type: string;
  readonly origin: string;
  readonly generation?: string;
  readonly solution?: string;
  readonly site?: string;
  readonly opportunity?: string;
  readonly reference?: readonly string[];
  readonly quantity?: number;
  readonly deliveryDate?: string;
  readonly recipients?: readonly string[];
  readonly quoteNumber?: string;
  readonly comments?: string;
  readonly details?: Readonly<Record<string, string>>;
  /** What the site it is for is itself: what is ordered must fit it. */
  readonly siteGeneration?: string;
  readonly siteProductLine?: ProductLine;
}

export const contentOf = (row: { readonly content: string }): Content => JSON.parse(row.content) as Content;

const siteKeys = dataKeys.filter((key) => key.startsWith('site'));
const contactKeys = dataKeys.filter((key) => key.startsWith('contact'));
/** What an order keeps of its site for the rules alone. */
export const siteFacts = ['siteGeneration', 'siteProductLine'] as const;
const without = <T extends object>(content: T, keys: readonly string[]): T =>
  Object.fromEntries(Object.entries(content).filter(([key]) => !keys.includes(key))) as T;
const given = <T extends object>(input: T): T =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as T;

export const pickedOf = (content: Partial<Content>): Picked => ({ ...content });

/** What an input says, files apart: values, and what is to be emptied. */
function saidIn(input: Entered): { typed: Typed; emptied: readonly string[] } {
  const { purchaseOrder: _, documents: __, ...said } = given(input);
  const entries = Object.entries(said);
  return {
    typed: Object.fromEntries(entries.filter(([, value]) => value !== null)),
    emptied: entries.flatMap(([key, value]) => (value === null ? [key] : [])),
  };
}

/** Whether an input says anything but what stands there, files apart. What a site says by now is no change of an edit's. */
export function differs(before: Content, input: Entered): boolean {
  const { typed, emptied } = saidIn(input);
  const after = without({ ...before, ...typed, details: { ...before.details, ...typed.details } }, emptied);
  const stands = { ...before, details: emptied.includes('details') ? before.details : { ...before.details } };
  return canonical(after) !== canonical(stands);
}

/**
 * What stands in the order once this is entered too. Picking a site or an opportunity takes its data over; picking an
 * earlier choice anew drops later ones that no longer go with it.
 * @param before absent for a new order
 * @throws {Refusal} `rule.refused`, `input.invalid`, `object.unknown`, `state.wrong`
 */
export async function composed(
  work: Work,
  { before, input, orders, orderId }: { before?: Content; input: Entered; orders: Orders; orderId?: number },
): Promise<Content> {
  const { typed, emptied } = saidIn(input);
  // named twice it is wanted once
  if (typed.reference) typed.reference = [...new Set(typed.reference)];
  let content = without({ ...before, ...typed } as Content, emptied);
  if (before?.details && typed.details) content = { ...content, details: { ...before.details, ...typed.details } };
  // another site may allow other things than the one before
  if (typed.site !== undefined) content = without(content, siteFacts);
  if (before) content = fitting(content, { typed, orders, today: today(work) });
  content = await takenOver(work, { content, typed, emptied, before: before?.opportunity, orderId });
  const objections = judge(orders, pickedOf(content), today(work));
  if (objections.length > 0) throw ruleRefused(work, objections);
  return content;
}

export const today = (work: Pick<Work, 'now' | 'desk'>): string => dayIn(work.now, work.desk.timeZone);

/** The menus follow each other: a choice typed now wins over later ones made before. */
function fitting(content: Content, more: { typed: Typed; orders: Orders; today: string }): Content {
  const first = pickedFields.findIndex((field) => more.typed[field] !== undefined);
  const later = first < 0 ? [] : pickedFields.slice(first + 1).filter((field) => more.typed[field] === undefined);
  return later.reduce((fits, field) => {
    const value = fits[field];
    if (value === undefined) return fits;
    const choices = allowed(more.orders, pickedBefore(pickedOf(fits), field), { field, today: more.today });
    const possible = choices.map(({ id }) => id);
    if (Array.isArray(value)) {
      const left = (value as readonly string[]).filter((one) => possible.includes(one));
      return left.length > 0 ? { ...fits, reference: left } : without(fits, [field]);
    }
    if (possible.includes(value as string)) return fits;
    // an order is never without an origin: it becomes one that goes with its type
    return field === 'origin' && possible[0] ? { ...fits, origin: possible[0] } : without(fits, [field]);
  }, content);
}

/** A site's or an opportunity's data, where the order is for one. */
async function takenOver(
  work: Work,
  more: {
    content: Content;
    typed: Typed;
    emptied: readonly string[];
    before: string | undefined;
    orderId: number | undefined;
  },
): Promise<Content> {
  const { content, typed, emptied, before, orderId } = more;
  const wrong = (field: string, fault: string) => new Refusal('input.invalid', {}, { [field]: fault });
  const say = textsOf(work.locale).orders;
  if (content.origin === 'existing-site') {
    const own = siteKeys.filter((key) => typed[key] !== undefined || emptied.includes(key));
    if (own.length > 0)
      throw new Refusal('input.invalid', {}, Object.fromEntries(own.map((key) => [dashed(key), say.askChange({})])));
    const kept = without(content, ['opportunity']);
    if (kept.site === undefined) return without(kept, [...siteKeys, ...siteFacts]);
    return fromSite(work, { content: kept, typed, emptied });
  }
  if (typed.site !== undefined) throw wrong('site', say.noSite({}));
  const kept = without(content, [...(content.site === undefined ? [] : siteKeys), 'site', ...siteFacts]);
  const own = { ...kept, ...given(Object.fromEntries(siteKeys.map((key) => [key, typed[key]]))) } as Content;
  if (content.origin !== 'opportunity') {
    if (typed.opportunity !== undefined) throw wrong('opportunity', say.noOpportunity({}));
    return without(own, ['opportunity']);
  }
  if (typed.opportunity === undefined) return own;
  const found = await findOpportunity(work, typed.opportunity, 'opportunity');
  if (found.state !== 'open' && found.orderId !== (orderId ?? 0))
    throw new Refusal('state.wrong', { why: 'opportunity', number: typed.opportunity, state: found.state });
  const { generation, solution } = found;
  // of the one before nothing stays: what this one does not say is asked
  const another = content.opportunity !== before && before !== undefined;
  const theirs = {
    ...(generation ? { generation } : {}),
    ...(solution ? { solution } : {}),
    ...siteDataOf(found),
  };
  return { ...(another ? without(own, dataKeys) : own), ...theirs, ...typed };
}

/** What the rules look at of a site. */
export const factsOf = (site: Pick<Site, 'generation' | 'productLine'>) => ({
  siteGeneration: site.generation,
  siteProductLine: site.productLine as ProductLine,
});

/** The site's own data is always the site's; its contact is only the first guess at the order's. */
export async function fromSite(
  work: Work,
  { content, typed, emptied = [] }: { content: Content; typed: Typed; emptied?: readonly string[] },
): Promise<Content> {
  const found = await findSite(work, content.site ?? '', 'site');
  const data = siteDataOf(found);
  const of = (wanted: (key: string) => boolean) =>
    Object.fromEntries(Object.entries(data).filter(([key]) => wanted(key)));
  // who was taken out again is not put back
  const nobody = contactKeys.every((key) => content[key] === undefined && !emptied.includes(key));
  const contact = nobody || typed.site !== undefined;
  return {
    ...without(content, siteKeys),
    ...(contact ? of((key) => key.startsWith('contact')) : {}),
    ...(contact ? given(Object.fromEntries(dataKeys.map((key) => [key, typed[key]]))) : {}),
    ...of((key) => key.startsWith('site')),
    ...factsOf(found),
  };
}

const dashed = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** A refusal that names the first rule, and for every field what would be allowed and why. */
export function ruleRefused(work: Pick<Work, 'locale' | 'desk'>, objections: readonly Objection[]): Refusal {
  const [first] = objections;
  const say = textsOf(work.locale).orders;
  const told: Record<string, string> = {};
  for (const { field, because, allowed: ids } of objections) {
    const shown = ids.slice(0, 30).map((id) => allowedText(work, field, id));
    const text = say.objection({ because: because[work.locale], allowed: shown.join(', ') });
    told[field] = told[field] === undefined ? text : `${told[field]} ${text}`;
  }
  return new Refusal('rule.refused', { rule: first?.rule ?? '', because: first?.because[work.locale] ?? '' }, told);
}

/** What may be picked instead, as people read it. */
function allowedText({ locale, desk }: Pick<Work, 'locale' | 'desk'>, field: string, id: string): string {
  if (field === 'delivery-date') return formatDay(new Date(id), 'utc', locale);
  if (!isPickedField(field)) return id;
  return orderChoices(desk.catalogue.orders, field).find((one) => one.id === id)?.names[locale] ?? id;
}

const always = [
  'generation',
  'solution',
  'contact-last-name',
  'contact-first-name',
  'contact-email',
  'delivery-date',
  'recipients',
  'purchase-order',
];
const ofNewSite = ['site-name', 'site-street', 'site-zip', 'site-city', 'site-country'];

/** The fields that an order still has to get before it can be submitted, in the order in which people are asked. */
export function missingIn(
  orders: Orders,
  content: Content,
  documents: readonly Pick<OrderDocument, 'kind'>[],
): readonly string[] {
  const { fields, details } = asked(orders, pickedOf(content));
  const wanted = new Set([
    ...always,
    ...(content.origin === 'existing-site' ? ['site'] : ofNewSite),
    ...(content.origin === 'opportunity' ? ['opportunity'] : []),
    ...fields,
    ...(details.some(({ key, required }) => required && content.details?.[key] === undefined) ? ['details'] : []),
  ]);
  const has = (field: string): boolean => {
    if (field === 'purchase-order') return documents.some(({ kind }) => kind === 'purchase-order');
    if (field === 'documents') return documents.some(({ kind }) => kind !== 'purchase-order');
    if (field === 'details') return false;
    return content[camel(field) as keyof Content] !== undefined;
  };
  return newFields.map(({ field }) => field.name as string).filter((field) => wanted.has(field) && !has(field));
}

/** Of what is entered and attached: an approval holds for it. */
export const orderHash = (
  content: Content,
  documents: readonly Pick<OrderDocument, 'kind' | 'name' | 'sha256'>[],
): string =>
  contentHash({
    content,
    documents: documents.map(({ kind, name, sha256 }) => [kind, name, sha256].join('\n')).sort(),
  });

/** The columns of a row that repeat what stands in its content, for lists. */
export const columnsOf = (content: Content) => ({
  type: content.type,
  origin: content.origin,
  generation: content.generation ?? null,
  solution: content.solution ?? null,
  siteId: content.site === undefined ? null : idOf(content.site),
  opportunityId: content.opportunity === undefined ? null : idOf(content.opportunity),
  content: JSON.stringify(content),
});

/** The content as it would be typed again, by field name. */
export function typedAgain(content: Content): Readonly<Record<string, string>> {
  return Object.fromEntries(
    newFields.flatMap(({ field }) => {
      const value = content[camel(field.name) as keyof Content];
      return value === undefined ? [] : [[field.name, (field.type.print as (value: unknown) => string)(value)]];
    }),
  );
}
