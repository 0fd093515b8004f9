/**
 * What the catalogue says about an order: what may be picked, what speaks against it, what it asks for besides, who
 * decides it (D1, D2, D8, D11, X10). Pure: the catalogue, what is picked and a day in, an answer out.
 */
import type { Choice } from '../../command/type.js';
import type { StaffRole } from '../../guard/identity.js';
import type { Localised } from '../../locales/locale.js';
import { orderChoices, type Orders } from '../../catalogue/orders-shape.js';
import { isWorkingDay, lastDay, nextWorkingDays } from './calendar.js';
import {
  entriesOf,
  indexOf,
  isPickedField,
  keyOf,
  offencesOf,
  pickedFields,
  soldIn,
  some,
  type Picked,
  type PickedField,
} from './offences.js';
import { sentences } from './rule-texts.js';

export { pickedFields, type Picked, type PickedField };

export interface Objection {
  /** The rule's id, for `catalogue why`. */
  readonly rule: string;
  /** Dictionary name of the field to change: of those that clash, the one that is picked last. */
  readonly field: string;
  readonly because: Localised;
  /** What the field might be instead, by id. */
  readonly allowed: readonly string[];
}

/** What is picked before this field: menus built on it let people change their mind further up. */
export function pickedBefore(picked: Picked, field: PickedField): Picked {
  const later = new Set<string>(pickedFields.slice(pickedFields.indexOf(field)));
  return Object.fromEntries(Object.entries(picked).filter(([name]) => !later.has(name)));
}

/**
 * Everything that speaks against it, as far as it is picked: what is not picked yet is no fault.
 * @param today a day in the desk's zone
 */
export function judge(orders: Orders, picked: Picked, today: string): Objection[] {
  return [
    ...judgePicks(orders, picked, today),
    ...deliveryObjections(orders, picked, today),
    ...detailObjections(orders, picked),
  ];
}

/** Of that, what speaks against what is picked from menus and the site: neither days nor people. */
export function judgePicks(orders: Orders, picked: Picked, today: string): Objection[] {
  return offencesOf(orders, picked, today).map(({ rule, field, because }) => ({
    rule,
    field,
    because,
    allowed: isPickedField(field)
      ? allowed(orders, pickedBefore(picked, field), { field, today }).map(({ id }) => id)
      : [],
  }));
}

/** What may be picked in `field` given the rest, so that an order can still be completed (menus, autocomplete). */
export function allowed(
  orders: Orders,
  picked: Picked,
  { field, today }: { field: PickedField; today: string },
): readonly Choice[] {
  const { [field]: _, ...others } = picked;
  const rest: Picked = field === 'reference' ? picked : others;
  const before = new Set(offencesOf(orders, rest, today).map(keyOf));
  return orderChoices(orders, field).filter(({ id }) => {
    const tried: Picked =
      field === 'reference'
        ? { ...rest, reference: [...new Set([...(picked.reference ?? []), id])] }
        : { ...rest, [field]: id };
    return (
      offencesOf(orders, tried, today).every((one) => before.has(keyOf(one))) &&
      (before.size > 0 || completable(orders, tried, today))
    );
  });
}

/** What the catalogue asks besides what every order needs: fields by dictionary name, and keys of `details`. */
export function asked(
  orders: Orders,
  picked: Picked,
): {
  readonly fields: readonly string[];
  readonly details: readonly { readonly key: string; readonly name: Localised; readonly required: boolean }[];
} {
  const asking = entriesOf(orders, picked);
  const details = new Map<string, { key: string; name: Localised; required: boolean }>();
  for (const { key, name, required } of asking.flatMap((entry) => entry.details))
    details.set(key, { key, name, required: required || details.get(key)?.required === true });
  return { fields: [...new Set(asking.flatMap(({ ask }) => ask))], details: [...details.values()] };
}

/** The cloud team has a part in it: its solution or one of its references is set up by them. */
export const needsCloud = (orders: Orders, picked: Picked): boolean =>
  soldIn(orders, picked).some(({ cloud }) => cloud);

/**
 * Who decides it where its solution or references say so: the most people that one of them asks for, from the roles
 * that all of them name (where they share none, the roles of the one that asks for most).
 */
export function decidedBy(
  orders: Orders,
  picked: Picked,
): { readonly approvers: readonly StaffRole[]; readonly needed: number } | undefined {
  const wishes = soldIn(orders, picked).flatMap(({ approval }) => (approval ? [approval] : []));
  const strictest = wishes.reduce<(typeof wishes)[number] | undefined>(
    (most, one) => (most && most.needed >= one.needed ? most : one),
    undefined,
  );
  if (!strictest) return undefined;
  const shared = strictest.approvers.filter((role) => wishes.every(({ approvers }) => approvers.includes(role)));
  return { approvers: shared.length > 0 ? shared : strictest.approvers, needed: strictest.needed };
}

/** Some order begins like this: there is a solution for it that nothing speaks against. */
function completable(orders: Orders, picked: Picked, today: string): boolean {
  if (picked.solution !== undefined && picked.type !== undefined && picked.origin !== undefined) return true;
  const types = picked.type === undefined ? orders.types.map(({ id }) => id) : [picked.type];
  const solutions =
    picked.solution === undefined ? orders.solutions : some(indexOf(orders).solutions.get(picked.solution));
  return types.some((type) => {
    const origins = picked.origin === undefined ? (indexOf(orders).types.get(type)?.origins ?? []) : [picked.origin];
    return origins.some((origin) =>
      solutions.some(
        ({ id, generation }) =>
          (picked.generation === undefined || picked.generation === generation) &&
          offencesOf(orders, { ...picked, type, origin, generation, solution: id }, today).length === 0,
      ),
    );
  });
}

function deliveryObjections(orders: Orders, { deliveryDate, recipients }: Picked, today: string): Objection[] {
  const objections: Objection[] = [];
  const because = deliveryDate === undefined ? undefined : undeliverable(orders, deliveryDate, today);
  if (deliveryDate !== undefined && because) {
    const last = lastDay(orders.calendar, today);
    const days = nextWorkingDays(orders.calendar, {
      from: deliveryDate < today || deliveryDate > last ? today : deliveryDate,
      count: 5,
    });
    objections.push({
      rule: 'delivery-working-day',
      field: 'delivery-date',
      because,
      allowed: days.filter((day) => day <= last),
    });
  }
  if (recipients && (recipients.length < 1 || recipients.length > 5 || new Set(recipients).size < recipients.length))
    objections.push({
      rule: 'recipients-distinct',
      field: 'recipients',
      because: sentences.recipients(recipients.filter((one, at) => recipients.indexOf(one) < at)),
      allowed: [...new Set(recipients)].slice(0, 5),
    });
  return objections;
}

/** Why nothing can be delivered on that day. */
function undeliverable({ calendar }: Orders, day: string, today: string): Localised | undefined {
  const last = lastDay(calendar, today);
  if (day < today) return sentences.deliveryPast(day);
  if (day > last) return sentences.deliveryFar(day, last);
  return isWorkingDay(calendar, day) ? undefined : sentences.deliveryHoliday(day);
}

/** While nothing sold is picked, a key that anything could ask for may still turn out to be wanted. */
function detailObjections(orders: Orders, picked: Picked): Objection[] {
  const open = soldIn(orders, picked).length === 0;
  const known = new Set(
    open
      ? [...orders.types, ...orders.generations, ...orders.solutions, ...orders.references].flatMap(({ details }) =>
          details.map(({ key }) => key),
        )
      : asked(orders, picked).details.map(({ key }) => key),
  );
  return Object.keys(picked.details ?? {})
    .filter((key) => !known.has(key))
    .map((key) => ({
      rule: 'details-known',
      field: 'details',
      because: sentences.detailUnknown(key),
      allowed: [...known],
    }));
}
