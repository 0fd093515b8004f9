/** The printed reference (docs/commands.md), made from the registry and the state tables, so that it can't drift. */
import { approvalStates } from './programmes/approvals/states.js';
import { certificateStates } from './programmes/certificates/states.js';
import type { AnyCommand, Use } from './command/define.js';
import { everyUseOf, type Registry } from './command/registry.js';
import type { FieldType } from './command/type.js';
import { inboundMailStates } from './programmes/mails/states.js';
import { opportunityStates } from './programmes/opportunities/states.js';
import { orderStates } from './programmes/orders/states.js';
import { customerStates } from './programmes/customers/states.js';
import { agedStates, domainStates, ownerStates, taskStates } from './programmes/domains/states.js';
import { organisationStates } from './programmes/organisations/states.js';
import { ticketStates } from './programmes/support/states.js';
import { deviceStates, grantStates } from './programmes/devices/states.js';
import { declarationStates, packStates } from './programmes/packs/states.js';
import { siteChangeStates } from './programmes/sites/states.js';

const stateTables = {
  pack: packStates,
  declaration: declarationStates,
  order: orderStates,
  certificate: certificateStates,
  'site change': siteChangeStates,
  opportunity: opportunityStates,
  device: deviceStates,
  'access grant': grantStates,
  organisation: organisationStates,
  customer: customerStates,
  domain: domainStates,
  'domain, by its dates': agedStates,
  'domain owner': ownerStates,
  'registrar task': taskStates,
  ticket: ticketStates,
  approval: approvalStates,
  'inbound mail': inboundMailStates,
} as const;

/** A type in words, as the reference and the forms tell it. */
export function typeInWords(type: FieldType<unknown>): string {
  const kinds: Record<FieldType<unknown>['kind'], () => string> = {
    text: () => `text, up to ${type.max}`,
    long: () => `several lines, ${type.min === undefined ? '' : `${type.min} to `}${type.max} characters`,
    bool: () => 'yes or no',
    choice: () => (type.choices ?? []).map(({ id }) => `\`${id}\``).join(', '),
    product: () => (type.boxes ? 'product or box model' : 'product'),
    email: () => 'address',
    date: () => 'date',
    phone: () => 'phone number',
    country: () => 'country',
    ref: () => `number \`${type.prefix}-…\``,
    mac: () => 'MAC address, with `:`, `-`, `.` or nothing',
    web: () => 'web address, or host and port',
    domain: () => 'domain name',
    secret: () => `secret, ${type.min} to ${type.max} characters`,
    whole: () => `whole number, ${type.min} to ${type.max}`,
    digits: () => `${type.min} digits`,
    list: () => `list of ${type.item ? typeInWords(type.item) : 'values'}`,
    pairs: () => 'list of `product=count`',
    details: () => 'list of `key=value`',
    amount: () => 'amount, as `1234.56`',
    catalogue: () => `${type.set} of the catalogue`,
    file: () => 'file',
    files: () => `files, at most ${type.max}`,
  };
  return kinds[type.kind]();
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

const row = (use: Use): string => {
  const { name, labels, type, hint } = use.field;
  const need = use.required ? 'yes' : use.terminal ? 'terminal only' : use.when ? use.when.en : '';
  return `| \`${name}\` | ${need} | ${cell(typeInWords(type))}${hint ? ` (${cell(hint.en)})` : ''} | ${labels.fr.map(cell).join(', ')} | ${labels.en.map(cell).join(', ')} |`;
};

function section(command: AnyCommand): string {
  const uses = everyUseOf(command);
  const notes = [
    `For: ${command.who.join(', ')}.`,
    command.fourEyes
      ? `${command.fourEyes.needed ? 'May wait' : 'Waits'} for a second person (\`approval.pending\`, exit 3).`
      : '',
    command.proof ? 'Takes one’s own proof: a mail that staff let pass does not do it.' : '',
    command.preview ? 'Previews first; changes nothing without `yes`.' : '',
    command.reads ? 'Changes nothing.' : '',
  ].filter(Boolean);
  const empties = uses.filter((use) => use.empties).map(({ field }) => `\`${field.name}\``);
  const head = '| field | needed | type | labels (fr) | labels (en) |\n| --- | --- | --- | --- | --- |';
  return [
    `### ${command.name}`,
    `${command.help.en}. ${notes.join(' ')}`,
    uses.length > 0 ? [head, ...uses.map(row)].join('\n') : 'No fields.',
    ...(empties.length > 0 ? [`Emptied by \`-\`: ${empties.join(', ')}.`] : []),
  ].join('\n\n');
}

function states(name: string, moves: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(moves).map(([state, to]) =>
    to.length > 0 ? `- **${state}** → ${to.join(' · ')}` : `- *${state}* (final)`,
  );
  return [`### ${name}`, lines.join('\n')].join('\n\n');
}

/** The whole reference as Markdown. */
export function reference(registry: Registry): string {
  return (
    [
      '# Commands',
      'Made by `npm run docs` from the commands themselves; a test fails when it is out of date.',
      'A command is the same at every door: `/declare new` in Discord, `Commande: declare new` in a mail, `npx guichet declare new --product pro …` in the terminal, and the forms of the web pages. A label is matched without case, accents, bullets and brackets; the field’s own name is a label too.',
      'In the terminal every command also takes `--json`, `--as person@mail`, `--key K` (a repeat gets the first answer) and `--out FILE` (where a file goes).',
      'A field that is left out, or left empty, keeps what stands there. `-` alone (or `–`, `—`) empties it again, at every door, where a command says so below; elsewhere a command that edits refuses it, naming the field. On a page and in a Discord form a box that was filled in does the same when it is emptied. What would change nothing is answered with the usual code and `changed: []`, and leaves no trace.',
      ...registry.all.map(section),
      '# States',
      ...Object.entries(stateTables).map(([name, moves]) => states(name, moves)),
    ].join('\n\n') + '\n'
  );
}
