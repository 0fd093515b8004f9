/** A draft where there is something to pick and click: menus that follow each other, and fields asked together (D1–D10). */
import type { Panel } from '../../command/outcome.js';
import type { Orders } from '../../catalogue/orders-shape.js';
import { orderRef, type OrderRow } from './order.js';
import { pickedOf, typedAgain, type Content } from './content.js';
import { allowed, pickedBefore } from './rules.js';

const menus = ['type', 'origin', 'generation', 'solution'] as const;

const site = {
  id: 'site',
  name: { fr: 'Site', en: 'Site' },
  fields: ['site-name', 'site-street', 'site-zip', 'site-city', 'site-country'],
} as const;
const siteMore = {
  id: 'site-more',
  name: { fr: 'Site, suite', en: 'Site, more' },
  fields: ['site-registration', 'site-vat', 'site-phone', 'site-email'],
} as const;
const known = { id: 'known', name: { fr: 'Site existant', en: 'Existing site' }, fields: ['site'] } as const;
const prospect = { id: 'prospect', name: { fr: 'Opportunité', en: 'Opportunity' }, fields: ['opportunity'] } as const;
const contact = {
  id: 'contact',
  name: { fr: 'Interlocuteur', en: 'Contact' },
  fields: ['contact-last-name', 'contact-first-name', 'contact-role', 'contact-email', 'contact-phone'],
} as const;
const delivery = {
  id: 'delivery',
  name: { fr: 'Livraison', en: 'Delivery' },
  fields: ['delivery-date', 'recipients'],
} as const;
const more = {
  id: 'more',
  name: { fr: 'Références et remarques', en: 'References and remarks' },
  fields: ['reference', 'quantity', 'details', 'quote-number', 'comments'],
} as const;
const files = {
  id: 'files',
  name: { fr: 'Documents', en: 'Documents' },
  fields: ['purchase-order', 'documents'],
} as const;

/**
 * Discord has five rows: while something of type, origin, generation and solution is open, each has its menu and one row
 * of buttons is left; afterwards the type gives way to a second row (`order edit` still takes it).
 */
export function orderPanel(
  row: OrderRow,
  { content, missing, orders, today }: { content: Content; missing: readonly string[]; orders: Orders; today: string },
): Panel {
  const chosen = menus.every((field) => content[field] !== undefined);
  const shown = chosen ? menus.slice(1) : menus;
  const places =
    content.origin === 'existing-site'
      ? [known]
      : content.origin === 'opportunity'
        ? [prospect, site, siteMore]
        : [site, siteMore];
  const groups = chosen
    ? [...places, contact, delivery, more, files]
    : [...places.filter((place) => place !== siteMore).slice(0, 1), contact, delivery, files];
  return {
    command: 'order edit',
    show: 'order show',
    number: orderRef(row.id),
    by: 'number',
    menus: shown.map((field) => {
      const options = allowed(orders, pickedBefore(pickedOf(content), field), { field, today });
      return { field, options, ...(content[field] === undefined ? {} : { chosen: content[field] }) };
    }),
    groups,
    values: typedAgain(content),
    missing,
    actions: [
      {
        command: 'order submit',
        name: { fr: 'Soumettre', en: 'Submit' },
        style: 'main',
        ready: missing.length === 0,
      },
      ...(chosen
        ? ([{ command: 'order cancel', name: { fr: 'Annuler', en: 'Cancel' }, style: 'danger', ready: true }] as const)
        : []),
    ],
  };
}
