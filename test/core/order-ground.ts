/** Orders to test with: a partner, its sites and opportunities, documents that are what they say, and complete drafts. */
import type { RawInput } from '../../src/core/command/input.js';
import type { Upload } from '../../src/core/command/type.js';
import { plainPdf } from './files.js';
import { newEmail, newReseller, newStaff, type TestDesk, type TestReseller } from './ground.js';

let count = 0;

/** A PDF of one page; another one each time. */
export const pdf = (name = 'bon.pdf'): Upload => ({
  name,
  type: 'application/octet-stream',
  content: plainPdf({ comment: String((count += 1)) }),
});

/** Bytes of a Windows program, whatever its name says. */
export const program = (name: string): Upload => ({
  name,
  type: 'application/pdf',
  content: Buffer.concat([Buffer.from('MZ\x90\x00\x03\x00\x00\x00', 'latin1'), Buffer.alloc(300)]),
});

const csv = (text: string): Upload => ({ name: 'table.csv', type: 'text/csv', content: Buffer.from(text) });

/** A site of a reseller, as staff import it. @returns its number */
export async function newSite(desk: TestDesk, reseller: string, more: Record<string, string> = {}): Promise<string> {
  const row: Record<string, string> = {
    reseller,
    generation: 'infinity-v10-weavy-v5',
    'product-line': 'erp',
    'site-name': `Usine ${(count += 1)}`,
    'site-street': '1 rue du Port',
    'site-zip': '35000',
    'site-city': 'Rennes',
    'site-country': 'FR',
    'contact-last-name': 'Le Goff',
    'contact-first-name': 'Anne',
    'contact-email': 'anne@usine.example',
    ...more,
  };
  const file = csv(`${Object.keys(row).join(';')}\n${Object.values(row).join(';')}\n`);
  await desk.done('site import', { file, yes: 'yes' });
  const { _max } = await desk.connection.reader.site.aggregate({ _max: { id: true } });
  return `S-${String(_max.id).padStart(6, '0')}`;
}

/** An opportunity, as staff import it. @returns its number */
export async function newOpportunity(
  desk: TestDesk,
  reseller: string,
  more: Record<string, string> = {},
): Promise<string> {
  const { _max } = await desk.connection.reader.opportunity.aggregate({ _max: { id: true } });
  const number = `OP-${String((_max.id ?? 0) + 1).padStart(6, '0')}`;
  const row: Record<string, string> = {
    number,
    reseller,
    name: `Affaire ${(count += 1)}`,
    generation: 'one',
    solution: 'one-erp',
    'site-name': 'Prospect & Fils',
    'site-city': 'Lyon',
    'contact-last-name': 'Morel',
    ...more,
  };
  const file = csv(`${Object.keys(row).join(';')}\n${Object.values(row).join(';')}\n`);
  await desk.done('opportunity import', { file, yes: 'yes' });
  return number;
}

export const newPartner = (desk: TestDesk): Promise<TestReseller> => newReseller(desk);

/** Sales, cloud and a second salesperson. */
export async function newDeciders(desk: TestDesk): Promise<{ sales: string; other: string; cloud: string }> {
  return {
    sales: await newStaff(desk, 'sales'),
    other: await newStaff(desk, 'sales'),
    cloud: await newStaff(desk, 'cloud'),
  };
}

/** Everything that a new site's order needs, its purchase order too. */
export const newSiteOrder = (more: RawInput = {}): RawInput => ({
  type: 'initial',
  origin: 'new-site',
  generation: 'infinity-v10-weavy-v5',
  solution: 'v10-erp',
  'site-name': 'Atelier Nord',
  'site-street': '4 quai Est',
  'site-zip': '59000',
  'site-city': 'Lille',
  'site-country': 'FR',
  'contact-last-name': 'Weiß',
  'contact-first-name': 'Zoé',
  'contact-email': 'zoe@atelier.example',
  'delivery-date': '2026-12-01',
  recipients: 'zoe@atelier.example, it@atelier.example',
  'purchase-order': pdf('bc-17.pdf'),
  ...more,
});

/** The same for an existing site. */
export const existingSiteOrder = (site: string, more: RawInput = {}): RawInput => ({
  type: 'additional',
  origin: 'existing-site',
  generation: 'infinity-v10-weavy-v5',
  solution: 'v10-erp',
  site,
  'delivery-date': '2026-12-01',
  recipients: newEmail('client'),
  'purchase-order': pdf('bc-18.pdf'),
  ...more,
});

/** Drafts it and submits it. @returns the order's and the approval's number */
export async function submitted(
  desk: TestDesk,
  as: string,
  input: RawInput,
): Promise<{ order: string; approval: string }> {
  const { order } = await desk.done('order new', input, { as });
  const { approval } = await desk.done('order submit', { number: String(order) }, { as });
  return { order: String(order), approval: String(approval) };
}

export const stateOf = async (desk: TestDesk, order: string): Promise<string> =>
  String((await desk.done('order show', { number: order }))['state']);
