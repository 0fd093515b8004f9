/**
 * Commands of a thing that is filled in bit by bit and has a panel: a basket. For tests of what doors make of a panel; its
 * rows stand in the table of settings.
 */
import { command, optional, required, type Use } from '../../src/core/command/define.js';
import {
  comments,
  documents,
  numberOf,
  purchaseOrder,
  reason,
  recipients,
  siteCity,
  siteEmail,
  siteName,
  task,
  type Field,
} from '../../src/core/command/dictionary.js';
import type { Done, Panel } from '../../src/core/command/outcome.js';
import { createRegistry, type Registry } from '../../src/core/command/registry.js';
import { choice, text, type Choice, type Upload } from '../../src/core/command/type.js';
import { commands } from '../../src/core/programmes/index.js';
import { Refusal } from '../../src/core/guard/refusal.js';
import type { Work } from '../../src/core/guard/work.js';
import type { TaskButton } from '../../src/core/database/outbox.js';
import { crateCommands } from './crate.js';

const colours: readonly Choice[] = [
  { id: 'red', names: { fr: 'rouge', en: 'red' } },
  { id: 'blue', names: { fr: 'bleu', en: 'blue' } },
];
const sizes: Readonly<Record<string, readonly Choice[]>> = {
  red: [
    { id: 'small', names: { fr: 'petit', en: 'small' } },
    { id: 'large', names: { fr: 'grand', en: 'large' } },
  ],
  blue: [{ id: 'large', names: { fr: 'grand', en: 'large' } }],
};
const shades: readonly Choice[] = Array.from({ length: 30 }, (_, at) => ({
  id: `shade-${at}`,
  names: { fr: `teinte ${at}`, en: `shade ${at}` },
}));

const named = <const Name extends string>(name: Name, fr: string, en: string) => ({
  name,
  labels: { fr: [fr], en: [en] } as const,
});
const colour = {
  ...named('colour', 'Couleur', 'Colour'),
  type: choice({ red: { fr: 'rouge', en: 'red' }, blue: { fr: 'bleu', en: 'blue' } }),
} satisfies Field<'colour', 'red' | 'blue'>;
const size = {
  ...named('size', 'Taille', 'Size'),
  type: choice({ small: { fr: 'petit', en: 'small' }, large: { fr: 'grand', en: 'large' } }),
} satisfies Field<'size', 'small' | 'large'>;
const shade = { ...named('shade', 'Teinte', 'Shade'), type: text(40) } satisfies Field<'shade', string>;

const filled = [
  optional(colour),
  optional(size),
  optional(shade),
  optional(siteName, { panel: true }),
  optional(siteCity, { panel: true }),
  optional(siteEmail, { panel: true }),
  optional(recipients),
  optional(comments),
  optional(purchaseOrder),
  optional(documents, { panel: true }),
] as const satisfies readonly Use[];
const number = numberOf('K');

/** What a test asks a basket's panel to be, besides what it is. */
export interface Shape {
  groups?: number;
  actions?: number;
}

interface Row {
  state: 'draft' | 'submitted';
  personId: number;
  values: Record<string, string>;
  files: { field: string; name: string; text: string }[];
}

const camel = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const fields = filled.map(({ field }) => field);
const wanted = ['colour', 'size', 'site-name', 'site-email', 'recipients', 'purchase-order'];

async function rowOf({ tx, actor }: Work, id: string): Promise<Row> {
  const row = await tx.setting.findUnique({ where: { name: id } });
  const found = row && (JSON.parse(row.value) as Row);
  if (!found || found.personId !== actor.personId) throw new Refusal('object.unknown', { number: id });
  return found;
}

async function keep({ tx }: Work, id: string, row: Row): Promise<void> {
  const value = JSON.stringify(row);
  await tx.setting.upsert({ where: { name: id }, create: { name: id, value }, update: { value } });
}

const missingIn = ({ values, files }: Row): string[] =>
  wanted.filter((name) => values[name] === undefined && !files.some(({ field }) => field === name));

function changed(row: Row, input: Readonly<Record<string, unknown>>): Row {
  const next = { ...row, values: { ...row.values }, files: [...row.files] };
  for (const { name, type } of fields) {
    const value = input[camel(name)];
    if (value === undefined) continue;
    if (type.kind === 'file' || type.kind === 'files')
      for (const { name: file, content } of [value].flat() as Upload[])
        next.files.push({ field: name, name: file, text: content.toString() });
    else next.values[name] = type.print(value as never);
  }
  if (input['colour'] !== undefined && input['size'] === undefined && input['colour'] !== row.values['colour'])
    delete next.values['size'];
  const allowed = sizes[next.values['colour'] ?? ''] ?? [];
  if (next.values['size'] !== undefined && !allowed.some(({ id }) => id === next.values['size']))
    throw new Refusal('rule.refused', {
      rule: 'size',
      because: `${next.values['size']}: no such size in this colour.`,
    });
  return next;
}

function panelOf(id: string, row: Row, shape: Shape): Panel {
  const { colour: tint, size: extent, shade: tone } = row.values;
  const group = (name: string, ...names: string[]) => ({ id: name, name: { fr: name, en: name }, fields: names });
  const more = Array.from({ length: shape.groups ?? 0 }, (_, at) => group(`more-${at}`, 'comments'));
  const missing = missingIn(row);
  const action = (verb: string, style: 'main' | 'danger' | 'plain', ready: boolean) => ({
    command: `basket ${verb}`,
    name: { fr: verb === 'submit' ? 'Soumettre' : 'Abandonner', en: verb === 'submit' ? 'Submit' : 'Drop' },
    style,
    ready,
  });
  return {
    command: 'basket edit',
    show: 'basket show',
    number: id,
    by: 'number',
    menus: [
      { field: 'colour', options: colours, ...(tint ? { chosen: tint } : {}) },
      { field: 'size', options: sizes[tint ?? ''] ?? [], ...(extent ? { chosen: extent } : {}) },
      { field: 'shade', options: shades, ...(tone ? { chosen: tone } : {}) },
    ],
    groups: [
      group('site', 'site-name', 'site-city', 'site-email', 'recipients'),
      group('files', 'purchase-order', 'documents'),
      ...more,
    ],
    values: row.values,
    missing,
    actions: [action('submit', 'main', missing.length === 0), action('drop', 'danger', true)].slice(0, shape.actions),
  };
}

const help = { fr: 'Un panier', en: 'A basket' };

/**
 * All commands there are, and the basket's: `basket new`, `edit`, `show`, `submit`, `drop`; `ask`, which a second person
 * reviews and a task goes with, and `look` and `settle`, which are for staff. And the crate's (crate.ts).
 */
export function withBaskets(shape: Shape = {}): Registry {
  const answer = (code: Done['code'], id: string, row: Row): Done => ({
    code,
    data: {
      order: id,
      state: row.state,
      ...Object.fromEntries(Object.entries(row.values).map(([name, value]) => [camel(name), value])),
      documents: row.files.map(({ field, name, text: content }) => `${field}: ${name} (${content})`),
      missing: missingIn(row),
    },
    ...(row.state === 'draft' ? { panel: panelOf(id, row, shape) } : {}),
  });
  const common = { help, who: 'person' } as const;
  const drafted = async (work: Work, id: string): Promise<Row> => {
    const row = await rowOf(work, id);
    if (row.state !== 'draft') throw new Refusal('state.wrong', { why: 'mail', number: id });
    return row;
  };
  return createRegistry([
    ...commands.all,
    ...crateCommands,
    command({
      ...common,
      name: 'basket new',
      fields: filled,
      async run(work, input) {
        const count = await work.tx.setting.count({ where: { name: { startsWith: 'K-' } } });
        const id = `K-${String(count + 1).padStart(6, '0')}`;
        const row = changed({ state: 'draft', personId: work.actor.personId, values: {}, files: [] }, input);
        await keep(work, id, row);
        return answer('order.drafted', id, row);
      },
    }),
    command({
      ...common,
      name: 'basket edit',
      fields: [required(number), ...filled],
      async run(work, input) {
        const row = changed(await drafted(work, input.number), input);
        await keep(work, input.number, row);
        return answer('order.edited', input.number, row);
      },
    }),
    command({
      ...common,
      name: 'basket show',
      reads: true,
      fields: [required(number)],
      run: async (work, input) => answer('order.shown', input.number, await rowOf(work, input.number)),
    }),
    command({
      ...common,
      name: 'basket submit',
      fields: [required(number)],
      async run(work, input) {
        const row = await drafted(work, input.number);
        const [first] = missingIn(row);
        if (first) throw new Refusal('rule.refused', { rule: 'whole', because: `${first} is missing.` });
        const next = { ...row, state: 'submitted' } as const;
        await keep(work, input.number, next);
        return answer('order.submitted', input.number, next);
      },
    }),
    command({
      ...common,
      name: 'basket ask',
      fields: [required(number)],
      fourEyes: {
        async hold(work, input) {
          await drafted(work, input.number);
          const buttons: TaskButton[] = [
            { command: 'basket look', number: input.number, label: 'Looked' },
            { command: 'basket settle', number: 'W-000007', label: 'Settled', by: 'task', style: 'danger' },
            { command: 'basket settle', number: '7', label: 'No number' },
          ];
          const params = { text: `Please look at *${input.number}*.`, buttons };
          work.send({ channel: 'chat', letter: 'task', recipient: 'approvals', locale: 'en', params });
          return { object: input.number };
        },
        content: async () => null,
        release: async () => undefined,
        seen: async () => undefined,
      },
      run: async (work, input) => answer('order.shown', input.number, await rowOf(work, input.number)),
    }),
    command({
      ...common,
      who: 'staff',
      name: 'basket look',
      fields: [required(number)],
      run: async (_, input) => ({ code: 'order.shown', data: { order: input.number } }),
    }),
    command({
      ...common,
      who: 'staff',
      name: 'basket settle',
      fields: [required(task), required(reason)],
      run: async (_, { task: settled, reason: why }) => ({
        code: 'order.cancelled',
        data: { order: settled, reason: why },
      }),
    }),
    command({
      ...common,
      name: 'basket drop',
      fields: [required(number), required(reason)],
      async run(work, input) {
        await drafted(work, input.number);
        await work.tx.setting.delete({ where: { name: input.number } });
        return { code: 'order.cancelled', data: { order: input.number } };
      },
    }),
  ]);
}
