/**
 * Commands of a thing whose panel is of the other shape: named by a field of its own (`crate`), and finished by a command
 * that does not take its number but all that it is made of. Its rows stand in the table of settings.
 */
import { command, optional, required, type AnyCommand, type Use } from '../../src/core/command/define.js';
import {
  city,
  company,
  lastName,
  locale,
  reason,
  siteEmail,
  siteName,
  type Field,
} from '../../src/core/command/dictionary.js';
import { needed } from '../../src/core/command/input.js';
import type { Done, Panel } from '../../src/core/command/outcome.js';
import { text } from '../../src/core/command/type.js';
import { Refusal } from '../../src/core/guard/refusal.js';
import type { Work } from '../../src/core/guard/work.js';
import { camel } from '../../src/core/locales/key.js';

const crate = {
  name: 'crate',
  labels: { fr: ['Caisse'], en: ['Crate'] },
  type: text(40),
} as const satisfies Field<'crate', string>;
const or = { when: { fr: 'avec les autres, ou aucune', en: 'with the others, or none' } };
const owner = [
  optional(lastName, or),
  optional(city, or),
  optional(company),
  optional(locale),
] as const satisfies Use[];
const given = [required(siteName), required(siteEmail)] as const;

export interface Crate {
  state: 'checked' | 'registered';
  personId: number;
  siteName: string;
  siteEmail: string;
  owner: Record<string, string>;
}

const ownerIn = (input: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    owner.flatMap(({ field: { name } }) => {
      const value = input[camel(name)];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
const missingIn = (values: Readonly<Record<string, string>>): string[] =>
  Object.keys(values).length === 0 ? [] : ['last-name', 'city'].filter((name) => values[name] === undefined);

async function crates({ tx, actor }: Work): Promise<(readonly [string, Crate])[]> {
  const rows = await tx.setting.findMany({ where: { name: { startsWith: 'C-' } }, orderBy: { name: 'asc' } });
  return rows
    .map(({ name, value }) => [name, JSON.parse(value) as Crate] as const)
    .filter(([, row]) => row.personId === actor.personId);
}

async function rowOf(work: Work, id: string): Promise<Crate> {
  const [, row] = (await crates(work)).find(([name]) => name === id) ?? [];
  if (!row) throw new Refusal('object.unknown', { number: id });
  return row;
}

async function checkedOf(work: Work, id: string): Promise<Crate> {
  const row = await rowOf(work, id);
  if (row.state !== 'checked') throw new Refusal('state.wrong', { why: 'mail', number: id });
  return row;
}

async function keep({ tx }: Work, id: string, row: Crate): Promise<void> {
  const value = JSON.stringify(row);
  await tx.setting.upsert({ where: { name: id }, create: { name: id, value }, update: { value } });
}

function panelOf(id: string, row: Crate): Panel {
  const missing = missingIn(row.owner);
  const choices = locale.type.choices ?? [];
  return {
    command: 'crate edit',
    show: 'crate show',
    by: 'crate',
    number: id,
    menus: [{ field: 'locale', options: choices, ...(row.owner['locale'] ? { chosen: row.owner['locale'] } : {}) }],
    groups: [{ id: 'owner', name: { fr: 'Client', en: 'Client' }, fields: ['last-name', 'city', 'company'] }],
    values: row.owner,
    missing,
    actions: [
      {
        command: 'crate add',
        input: { 'site-name': row.siteName, 'site-email': row.siteEmail },
        name: { fr: 'Enregistrer', en: 'Register' },
        style: 'main',
        ready: missing.length === 0,
      },
      { command: 'crate drop', name: { fr: 'Abandonner', en: 'Drop' }, style: 'danger', ready: true },
    ],
  };
}

const answer = (code: Done['code'], id: string, row: Crate): Done => ({
  code,
  data: {
    device: id,
    state: row.state,
    siteName: row.siteName,
    email: row.siteEmail,
    known: false,
    mails: 2,
    form: Object.fromEntries(
      owner.map(({ field: { name }, ...use }) => {
        const value = row.owner[name];
        return [camel(name), { ...(value === undefined ? {} : { value }), required: 'when' in use }];
      }),
    ),
  },
  ...(row.state === 'checked' ? { panel: panelOf(id, row) } : {}),
});

const common = { help: { fr: 'Une caisse', en: 'A crate' }, who: 'person' } as const;

export const crateCommands: readonly AnyCommand[] = [
  command({
    ...common,
    name: 'crate check',
    fields: given,
    async run(work, input) {
      const id = `C-${String((await crates(work)).length + 1).padStart(6, '0')}`;
      const row: Crate = { ...input, state: 'checked', personId: work.actor.personId, owner: {} };
      await keep(work, id, row);
      return answer('device.checked', id, row);
    },
  }),
  command({
    ...common,
    name: 'crate add',
    fields: [...given, ...owner],
    async run(work, input) {
      const missing = missingIn(ownerIn(input));
      if (missing.length > 0) throw needed(work.locale, missing);
      if (input.company === 'Nobody') throw new Refusal('input.invalid', {}, { company: 'is nobody' });
      const found = (await crates(work)).find(
        ([, { siteName: name, state }]) => name === input.siteName && state === 'checked',
      );
      if (!found) throw new Refusal('object.unknown', { number: input.siteName });
      const row: Crate = { ...found[1], siteEmail: input.siteEmail, owner: ownerIn(input), state: 'registered' };
      await keep(work, found[0], row);
      return answer('device.registered', found[0], row);
    },
  }),
  command({
    ...common,
    name: 'crate show',
    reads: true,
    fields: [required(crate)],
    run: async (work, input) => answer('device.shown', input.crate, await rowOf(work, input.crate)),
  }),
  command({
    ...common,
    name: 'crate edit',
    fields: [required(crate), optional(siteEmail), ...owner],
    async run(work, input) {
      const before = await checkedOf(work, input.crate);
      const email = input.siteEmail === undefined ? {} : { siteEmail: input.siteEmail };
      const row = { ...before, ...email, owner: { ...before.owner, ...ownerIn(input) } };
      await keep(work, input.crate, row);
      return answer('device.edited', input.crate, row);
    },
  }),
  command({
    ...common,
    name: 'crate drop',
    fields: [required(crate), required(reason)],
    async run(work, input) {
      await checkedOf(work, input.crate);
      await work.tx.setting.delete({ where: { name: input.crate } });
      return { code: 'device.removed', data: { device: input.crate } };
    },
  }),
];
