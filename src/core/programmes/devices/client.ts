/** A device's client: what an installer may give of it, what is asked, and whose data are shown to whom (E3, E4, E7). */
import { optional, type Input, type Use } from '../../command/define.js';
import { city, company, country, firstName, lastName, locale, phone, street, zip } from '../../command/dictionary.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { camel } from '../../locales/key.js';
import { textsOf } from '../../locales/texts.js';
import type { Person } from '../../database/connect.js';

const or = {
  when: { fr: 'avec les autres données du client, ou aucune', en: 'with the client’s other details, or none' },
};

/** All of the required ones, or none at all (E4). */
export const clientFields = [
  optional(lastName, or),
  optional(firstName, or),
  optional(street, or),
  optional(zip, or),
  optional(city, or),
  optional(country, or),
  optional(company),
  optional(phone),
  optional(locale),
] as const;

/** What was given of a client, by field in camelCase. */
export type ClientData = Partial<Input<typeof clientFields>>;

const names = clientFields.map(({ field }) => field.name);
const keys = names.map((name) => camel(name)) as (keyof ClientData)[];
export const isRequired = ({ when }: Use): boolean => when !== undefined;
const required = clientFields.filter(isRequired).map(({ field }) => field.name);

type Said = { readonly [Key in keyof ClientData]?: ClientData[Key] | null };

/** The client's data among a command's input; nothing for what was left out. */
export const clientIn = (input: Said): ClientData =>
  Object.fromEntries(keys.flatMap((key) => (input[key] == null ? [] : [[key, input[key]]])));

/** What of it is to be taken out again. */
export const emptiedIn = (input: Said): (keyof ClientData)[] => keys.filter((key) => input[key] === null);
export const without = (client: ClientData, emptied: readonly (keyof ClientData)[]): ClientData =>
  Object.fromEntries(Object.entries(client).filter(([key]) => !emptied.includes(key as keyof ClientData)));

export const keptClient = (json: string): ClientData => clientIn(JSON.parse(json) as ClientData);

/** Required fields that lack something: none when all are there, or when nothing is (a language alone says nothing). */
export function missingOf(client: ClientData): readonly string[] {
  const { locale: _, ...data } = client;
  if (Object.keys(data).length === 0) return [];
  return required.filter((name) => client[camel(name) as keyof ClientData] === undefined);
}

/** @throws {Refusal} `input.invalid` naming what is missing of a client of whom something is given (E4) */
export function refusePartial(work: Pick<Work, 'locale'>, client: ClientData): void {
  const missing = missingOf(client);
  if (missing.length === 0) return;
  const say = textsOf(work.locale).faults.missing({});
  throw new Refusal('input.invalid', { missing }, Object.fromEntries(missing.map((name) => [name, say])));
}

/** What a person's own data say of it as a client. */
export const clientOf = (person: Person): ClientData =>
  clientIn(
    Object.fromEntries(
      keys.flatMap((key) => {
        const value = person[key as keyof Person];
        return typeof value === 'string' && value !== '' ? [[key, value]] : [];
      }),
    ),
  );

/** The client's form as `device check` answers it: each field, whether it is required, and what stands there. */
export const formOf = (
  client: ClientData,
): Readonly<Record<string, { readonly value?: string; readonly required: boolean }>> =>
  Object.fromEntries(
    clientFields.map((use) => {
      const value = client[camel(use.field.name) as keyof ClientData];
      return [camel(use.field.name), { ...(value === undefined ? {} : { value }), required: isRequired(use) }];
    }),
  );

/** The same by the fields' names, as it would be typed again. */
export const typedAgain = (client: ClientData): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = client[camel(name) as keyof ClientData];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** What a client has told about itself, for an installer that works for it already; nothing for any other (E3). */
export const prefilled = async (work: Work, client: Person | undefined): Promise<ClientData> =>
  client && (await worksFor(work, client.id)) ? clientOf(client) : {};

/**
 * Whether the asker, an installer, works for this client already: by a device that the client has activated, or a declaration of a
 * reseller that the installer belongs to. Only then does it see what the client has told about itself (E3).
 */
export async function worksFor({ tx, actor }: Pick<Work, 'tx' | 'actor'>, clientId: number): Promise<boolean> {
  const device = await tx.device.findFirst({
    where: { installerId: actor.personId, clientId, state: 'active' },
    select: { id: true },
  });
  if (device) return true;
  const orgIds = actor.members.map(({ orgId }) => orgId);
  if (orgIds.length === 0) return false;
  const declared = await tx.declaration.findFirst({
    where: { clientId, orgId: { in: orgIds }, state: { not: 'undone' } },
    select: { id: true },
  });
  return declared !== null;
}
