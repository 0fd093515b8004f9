/** What the built-in rules say, in both languages; the catalogue's own rules bring their words with them. */
import { formatDay } from '../../locales/format.js';
import type { Locale, Localised } from '../../locales/locale.js';
import type { ProductLine } from '../../catalogue/orders-shape.js';
import type { builtInRules, Term } from '../../catalogue/orders-terms.js';

/** `30 novembre 2026`, of a plain date. */
const dayText = (day: string, locale: Locale): string => formatDay(new Date(`${day}T12:00:00.000Z`), 'UTC', locale);
export const dayTexts = (day: string): Localised => ({ fr: dayText(day, 'fr'), en: dayText(day, 'en') });

export const lineNames: Readonly<Record<ProductLine, Localised>> = {
  erp: { fr: 'ERP', en: 'ERP' },
  crm: { fr: 'CRM', en: 'CRM' },
};

/** What rules speak of. */
export const termTexts: Readonly<Record<Term | 'delivery' | 'one-of', Localised>> = {
  type: { fr: 'Types de commande', en: 'Order types' },
  origin: { fr: 'Origines', en: 'Origins' },
  generation: { fr: 'Générations', en: 'Generations' },
  solution: { fr: 'Solutions', en: 'Solutions' },
  reference: { fr: 'Références', en: 'References' },
  'product-line': { fr: 'Gammes', en: 'Product lines' },
  'site-generation': { fr: 'Générations du site', en: 'Generations of the site' },
  'site-product-line': { fr: 'Gammes du site', en: 'Product lines of the site' },
  'one-of': { fr: 'Une seule de ces références', en: 'Only one of these references' },
  delivery: { fr: 'Prochains jours ouvrés', en: 'Next working days' },
};

/** What each built-in rule asks. */
export const builtInTexts: Readonly<Record<(typeof builtInRules)[number], Localised>> = {
  offered: {
    fr: 'Une commande ne peut contenir que ce qui est offert ce jour-là.',
    en: 'An order can only have what is on offer that day.',
  },
  'type-origin': {
    fr: 'Le type de commande décide des origines possibles.',
    en: 'The order type decides where an order can come from.',
  },
  'generation-solution': {
    fr: 'Chaque solution appartient à une génération.',
    en: 'Each solution belongs to one generation.',
  },
  'reference-product-line': {
    fr: 'Une référence doit être de la gamme du site et de la solution.',
    en: 'A reference has to be of the product line of the site and of the solution.',
  },
  'delivery-working-day': {
    fr: 'Le certificat est livré un jour ouvré, au plus tôt aujourd’hui et au plus tard dans deux ans, tant que le calendrier en connaît les jours fériés.',
    en: 'Certificates are delivered on working days, from today until two years ahead, as far as the calendar knows the holidays.',
  },
  'recipients-distinct': {
    fr: 'Le certificat est envoyé à une à cinq adresses, toutes différentes.',
    en: 'The certificate goes to one to five addresses, all different.',
  },
  'details-known': {
    fr: 'Les précisions sont celles que le type, la génération, la solution ou les références demandent.',
    en: 'Details are those that the type, the generation, the solution or the references ask for.',
  },
};

/** What is refused, and why. */
export const sentences = {
  offered: (id: string, entry: { from?: string | undefined } | undefined, today: string): Localised =>
    !entry
      ? { fr: `« ${id} » ne fait plus partie du catalogue.`, en: `“${id}” is no longer part of the catalogue.` }
      : entry.from !== undefined && entry.from > today
        ? {
            fr: `« ${id} » ne peut être commandé qu’à partir du ${dayText(entry.from, 'fr')}.`,
            en: `“${id}” can be ordered from ${dayText(entry.from, 'en')} on.`,
          }
        : { fr: `« ${id} » ne peut plus être commandé.`, en: `“${id}” can no longer be ordered.` },
  typeOrigin: (type: Localised): Localised => ({
    fr: `« ${type.fr} » ne va pas avec cette origine.`,
    en: `“${type.en}” does not go with this origin.`,
  }),
  generationSolution: (solution: Localised, generation: Localised | undefined): Localised => ({
    fr: `« ${solution.fr} » n’est pas une solution de ${generation ? `la génération ${generation.fr}` : 'cette génération'}.`,
    en: `“${solution.en}” is no solution of ${generation ? `the generation ${generation.en}` : 'this generation'}.`,
  }),
  referenceProductLine: (
    reference: string,
    line: ProductLine,
    other: { line: ProductLine; site: boolean },
  ): Localised => ({
    fr: `${reference} est pour la gamme ${lineNames[line].fr}, et ${other.site ? 'le site est' : 'la solution est'} en ${lineNames[other.line].fr}.`,
    en: `${reference} is for ${lineNames[line].en}, and the ${other.site ? 'site' : 'solution'} is of the ${lineNames[other.line].en} line.`,
  }),
  deliveryPast: (day: string): Localised => ({
    fr: `Le ${dayText(day, 'fr')} est déjà passé.`,
    en: `${dayText(day, 'en')} is already over.`,
  }),
  deliveryFar: (day: string, last: string): Localised => ({
    fr: `Le ${dayText(day, 'fr')} est trop loin : un certificat peut être livré jusqu’au ${dayText(last, 'fr')}.`,
    en: `${dayText(day, 'en')} is too far ahead: certificates can be delivered until ${dayText(last, 'en')}.`,
  }),
  deliveryHoliday: (day: string): Localised => ({
    fr: `Le ${dayText(day, 'fr')} n’est pas un jour ouvré.`,
    en: `${dayText(day, 'en')} is no working day.`,
  }),
  detailUnknown: (key: string): Localised => ({
    fr: `Cette commande ne demande aucune précision « ${key} ».`,
    en: `This order asks for no detail called “${key}”.`,
  }),
  recipients: (twice: readonly string[]): Localised => {
    const { fr, en } = builtInTexts['recipients-distinct'];
    const named = [...new Set(twice)].join(', ');
    return named === '' ? { fr, en } : { fr: `${fr} En double : ${named}.`, en: `${en} There twice: ${named}.` };
  },
} as const;
