/** The part of the tour (tour.ts) that goes through sites and opportunities. */
import type { RawInput } from '../../src/core/command/input.js';
import type { Outcome } from '../../src/core/command/outcome.js';
import type { AskOptions } from './ground.js';

type Ask = (command: string, input?: RawInput, options?: AskOptions) => Promise<Outcome>;

const table = (...lines: string[]) => ({
  name: 'table.csv',
  type: 'text/csv',
  content: Buffer.from(`${lines.join('\n')}\n`),
});

/** @param who a reseller's member, and somebody who may approve */
export async function toSites(ask: Ask, { reseller, boss }: { reseller: string; boss: string }): Promise<void> {
  const head = 'number;reseller;generation;product-line;site-name;site-city';
  const own = { as: reseller };
  const site = (city: string) => table(head, `S-1;${reseller};one;erp;Usine Élan;${city}`);
  await ask('site import', { file: site('Lyon') });
  await ask('site import', { file: site('Lyon'), yes: 'yes' });
  await ask('site import', { file: table(head, `S-1;${reseller};two;erp;;Lyon`), yes: 'yes' });
  await ask('site import', { file: table(head, `;nobody@example.org;one;erp;Deux;Lyon`) });
  await ask('site list', { columns: 'site,site-name', filter: 'site-city=lyon', sort: '-site-name' }, own);
  const wrong: RawInput[] = [{ columns: 'town' }, { filter: 'lyon' }, { filter: 'reseller>G-1' }, { sort: 'town' }];
  for (const input of wrong) await ask('site list', input, own);
  await ask('site list');
  await ask('site show', { number: 'S-1' }, own);
  await ask('site show', { number: 'S-999' }, own);
  const change = async (city: string) => {
    const outcome = await ask('site change', { number: 'S-1', 'site-city': city, yes: 'yes' }, own);
    return String((outcome.ok && outcome.data['approval']) || '');
  };
  await ask('site change', { number: 'S-1', 'site-city': 'Paris' }, own);
  await ask('site change', { number: 'S-1', 'site-city': 'Lyon' }, own);
  await ask('site change', { number: 'S-1' }, own);
  await ask('approval refuse', { number: await change('Paris'), reason: 'no' }, { as: boss });
  await ask('approval approve', { number: await change('Paris') }, { as: boss });
  const late = await change('Nice');
  await ask('site import', { file: site('Lille'), yes: 'yes' });
  await ask('approval show', { number: late }, { as: boss });
  await ask('approval approve', { number: late }, { as: boss });
  await ask('site show', { number: 'S-1' }, own);

  const sale = (...cells: string[]) => table('number;reseller;name;solution;amount;closing-date', cells.join(';'));
  const good = sale('OP-1', reseller, 'Mairie', 'one-erp', '1 200,50', '2026-12-31');
  await ask('opportunity import', { file: good });
  await ask('opportunity import', { file: good, yes: 'yes' });
  await ask('opportunity import', { file: sale('OP-1', 'G-999999', 'Mairie', 'two', 'x', 'y'), yes: 'yes' });
  await ask('opportunity list', {}, own);
  await ask('opportunity list', { state: 'gone' }, own);
  await ask('opportunity show', { number: 'OP-1' }, own);
  await ask('opportunity show', { number: 'OP-9' }, own);
}
