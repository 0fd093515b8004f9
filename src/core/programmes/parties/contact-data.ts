/** What partners noted of a person as a contact: in sites, opportunities and orders (X11). */
import { printRef } from '../../guard/number.js';
import type { Work } from '../../guard/work.js';
import { contactsOf, type Contact } from './erased.js';
import { namer, type Known } from './traces.js';

type Held = Readonly<Record<string, unknown>>;

const prefixes = { Site: 'S', Opportunity: 'OP', Order: 'O' } as const satisfies Record<Contact['table'], string>;

const contactKeys = ['contactLastName', 'contactFirstName', 'contactRole', 'contactEmail', 'contactPhone'] as const;

/** Each file that names one of the person's addresses; what it says of the contact only when that is the person. */
export async function keptContacts(work: Work, known: Known): Promise<readonly Held[]> {
  const named = namer({ ...known, names: [], discordIds: [] });
  const held: Held[] = [];
  for (const { table, id } of await contactsOf(work, known)) {
    const row = await contactIn(work, { table, id });
    const contact = Object.fromEntries(contactKeys.map((key) => [key, row[key] ?? null]));
    held.push({ in: printRef(prefixes[table], id), ...(named(String(row['contactEmail'])) ? contact : {}) });
  }
  return held;
}

async function contactIn({ tx }: Work, { table, id }: Contact): Promise<Held> {
  if (table === 'Site') return tx.site.findUniqueOrThrow({ where: { id } });
  if (table === 'Opportunity') return tx.opportunity.findUniqueOrThrow({ where: { id } });
  const { content } = await tx.order.findUniqueOrThrow({ where: { id } });
  return JSON.parse(content) as Held;
}
