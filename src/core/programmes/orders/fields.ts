/** What is asked of an order (D1–D10): the fields of `order new` and `order edit`, and how they are grouped where people click. */
import { emptiable, lasting, optional, required, type Input, type Suggest, type Use } from '../../command/define.js';
import {
  comments,
  deliveryDate,
  details,
  documents,
  generation,
  numberOf,
  opportunity,
  orderType,
  origin,
  purchaseOrder,
  quantity,
  quoteNumber,
  recipients,
  reference,
  site,
  solution,
} from '../../command/dictionary.js';
import { dayIn } from '../../locales/format.js';
import { suggestOpportunities } from '../opportunities/opportunity.js';
import { contactFields, siteFields } from '../sites/fields.js';
import { suggestSites } from '../sites/site.js';
import { allowed } from './rules.js';

/** What the catalogue lets be picked at all; what is allowed together is judged when it is entered. */
const offered =
  (field: 'type' | 'origin' | 'generation' | 'solution' | 'reference'): Suggest =>
  async (_, { work }) =>
    allowed(work.desk.catalogue.orders, {}, { field, today: dayIn(work.now, work.desk.timeZone) });

const when = {
  site: { fr: 'si l’origine est un site existant', en: 'if the origin is an existing site' },
  opportunity: { fr: 'si l’origine est une opportunité', en: 'if the origin is an opportunity' },
  submit: { fr: 'avant de soumettre', en: 'before submitting' },
} as const;

/** Asked by the panel's modals in chat, for a Discord command takes 25 options. */
type Panelled<Uses extends readonly Use[]> = { readonly [At in keyof Uses]: Uses[At] };
const panelled = <const Uses extends readonly Use[]>(uses: Uses): Panelled<Uses> =>
  uses.map((use) => ({ ...use, panel: true })) as unknown as Panelled<Uses>;

const others = [
  ...emptiable([
    optional(generation, { when: when.submit, suggest: offered('generation') }),
    optional(solution, { when: when.submit, suggest: offered('solution') }),
    optional(site, { when: when.site, suggest: suggestSites }),
    optional(opportunity, { when: when.opportunity, suggest: suggestOpportunities }),
    optional(reference),
    optional(quantity),
    optional(deliveryDate, { when: when.submit }),
    optional(recipients, { when: when.submit }),
  ]),
  // a document is taken out by `order detach`
  optional(purchaseOrder, { when: when.submit }),
  ...emptiable([optional(quoteNumber), optional(comments)]),
  ...emptiable(panelled(siteFields)),
  ...emptiable(panelled(contactFields)),
  optional(documents, { panel: true }),
  ...emptiable([optional(details, { panel: true })]),
] as const;

export const newFields = [
  required(orderType, { suggest: offered('type') }),
  required(origin, { suggest: offered('origin') }),
  ...others,
] as const;

export const orderNumber = numberOf('O');

export const editFields = [
  required(orderNumber),
  ...lasting([optional(orderType, { suggest: offered('type') }), optional(origin, { suggest: offered('origin') })]),
  ...others,
] as const;

/** Everything that can be entered, or emptied again; of `order new` some of it must be. */
export type Entered = Omit<Partial<Input<typeof newFields>>, never>;
/** What is entered alone. */
export type Typed = { -readonly [Key in keyof Entered]: Exclude<Entered[Key], null> };
