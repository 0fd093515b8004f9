/** `npm start -- --demo`: an example vendor's people and stock, made through the same commands as everybody's. */
import type { Dispatcher } from './core/command/dispatch.js';
import type { RawInput } from './core/command/input.js';
import type { Data } from './core/command/outcome.js';
import { plusDays, todayIn } from './core/programmes/domains/life.js';

const people = [
  { email: 'alice@lumen.example', role: 'admin' },
  { email: 'bruno@lumen.example', role: 'stock' },
  { email: 'chloe@lumen.example', role: 'sales' },
] as const;

const resellers = [
  {
    email: 'martin@domotique-martin.example',
    'last-name': 'Martin',
    'first-name': 'Zoé',
    company: 'Domotique Martin',
    locale: 'fr',
  },
  {
    email: 'leroy@leroy-elec.example',
    'last-name': 'Leroy',
    'first-name': 'Hugo',
    company: 'Leroy Électricité',
    locale: 'fr',
  },
  {
    email: 'smith@smarthomes.example',
    'last-name': 'Smith',
    'first-name': 'Ann',
    company: 'Smart Homes Ltd',
    locale: 'en',
  },
] as const;

const purchases = [
  { reseller: resellers[0].email, product: 'box-pro', quantity: '12', purchase: 'DEMO-1' },
  { reseller: resellers[0].email, product: 'power', quantity: '8', purchase: 'DEMO-1' },
  { reseller: resellers[1].email, product: 'box-power-enocean', quantity: '5', purchase: 'DEMO-2' },
  { reseller: resellers[2].email, product: 'power-ultimate', quantity: '6', purchase: 'DEMO-3' },
  { reseller: resellers[2].email, product: 'box-pro', quantity: '4', purchase: 'DEMO-3' },
] as const;

const declarations = [
  {
    as: resellers[0].email,
    input: {
      product: 'pro',
      email: 'claire.dupont@client.example',
      'last-name': 'Dupont',
      'first-name': 'Claire',
      'order-number': 'F-2026-101',
    },
  },
  {
    as: resellers[0].email,
    input: {
      product: 'pro',
      email: 'paul.henry@client.example',
      'last-name': 'Henry',
      'first-name': 'Paul',
      'order-number': 'F-2026-102',
      takeover: 'yes',
    },
  },
  {
    as: resellers[2].email,
    input: {
      product: 'power-ultimate',
      email: 'jane.doe@client.example',
      'last-name': 'Doe',
      'first-name': 'Jane',
      'order-number': 'INV-77',
      locale: 'en',
    },
  },
] as const;

const sites = [
  [
    'S-1',
    resellers[0].email,
    'one',
    'erp',
    'Menuiserie Vidal',
    '8 rue du Port',
    '13002',
    'Marseille',
    'FR',
    'Vidal',
    'Inès',
  ],
  [
    'S-2',
    resellers[0].email,
    'infinity-v10-weavy-v5',
    'crm',
    'Clinique des Lilas',
    '21 avenue Foch',
    '69006',
    'Lyon',
    'FR',
    'Roux',
    'Karim',
  ],
  [
    'S-3',
    resellers[1].email,
    'infinity-v7',
    'erp',
    'Laiterie du Vercors',
    '3 place du Marché',
    '38250',
    'Villard-de-Lans',
    'FR',
    'Blanc',
    'Élise',
  ],
  [
    'S-4',
    resellers[2].email,
    'one',
    'erp',
    'Harbour Hotel',
    '12 Quay Street',
    'BS1 4DB',
    'Bristol',
    'GB',
    'Jones',
    'Mark',
  ],
] as const;

const opportunities = [
  [
    'OP-1',
    resellers[0].email,
    'Extension Vidal',
    'one',
    'one-erp',
    'Menuiserie Vidal Est',
    'Toulon',
    'Vidal',
    '4 800',
    '2027-03-31',
  ],
  [
    'OP-2',
    resellers[1].email,
    'Caves réunies',
    'infinity-v10-weavy-v5',
    'v5-crm',
    'Caves réunies',
    'Valence',
    'Martin',
    '12 500',
    '2027-02-26',
  ],
  [
    'OP-3',
    resellers[2].email,
    'Bristol Museums',
    'one',
    'one-erp',
    'Bristol Museums',
    'Bristol',
    'Clarke',
    '9 000',
    '2027-04-30',
  ],
] as const;

const table = (name: string, header: string, rows: readonly (readonly string[])[]) => ({
  name,
  type: 'text/csv',
  content: Buffer.from([header, ...rows.map((cells) => cells.join(';'))].join('\n')),
});

const siteTable = table(
  'sites.csv',
  'number;reseller;generation;product-line;site-name;site-street;site-zip;site-city;site-country;contact-last-name;contact-first-name',
  sites,
);
const opportunityTable = table(
  'opportunities.csv',
  'number;reseller;name;generation;solution;site-name;site-city;contact-last-name;amount;closing-date',
  opportunities,
);

const registerTable = table(
  'register.csv',
  'code-id;mac;model',
  Array.from({ length: 12 }, (_, at) => {
    const end = String(at + 1).padStart(2, '0');
    return [`LUM-2026-00${end}`, `00:1D:5A:26:00:${end}`, at % 3 === 2 ? 'Lumen Hub XL' : 'Lumen Hub'];
  }),
);

const installer = {
  email: 'durand@alarmes-durand.example',
  company: 'Alarmes Durand',
  'last-name': 'Durand',
  'first-name': 'Nina',
  phone: '+33 4 78 00 00 00',
  city: 'Lyon',
} as const;

/** What an installer has done: one device that waits for its client, and one that was only checked. */
const devices = [
  {
    command: 'device add',
    input: {
      'code-id': 'LUM-2026-0001',
      mac: '00:1D:5A:26:00:01',
      'web-address': 'http://192.168.1.20:8080',
      email: 'marc.petit@client.example',
      'last-name': 'Petit',
      'first-name': 'Marc',
      street: '3 rue Haute',
      zip: '69001',
      city: 'Lyon',
      country: 'FR',
    },
  },
  {
    command: 'device check',
    input: {
      'code-id': 'LUM-2026-0002',
      mac: '00:1D:5A:26:00:02',
      'web-address': 'hub.lilas.example:8443',
      email: 'claire.dupont@client.example',
    },
  },
] as const;

/** Customers of a reseller, and domains that they hold: name, whose, days until it expires, whether it renews itself. */
const customers = [
  {
    ...{ type: 'company', company: 'Menuiserie Vidal', email: 'ines.vidal@client.example' },
    ...{ 'last-name': 'Vidal', 'first-name': 'Inès', street: '8 rue du Port', zip: '13002', city: 'Marseille' },
  },
  {
    ...{ type: 'company', company: 'Clinique des Lilas', email: 'karim.roux@client.example' },
    ...{ 'last-name': 'Roux', 'first-name': 'Karim', street: '21 avenue Foch', zip: '69006', city: 'Lyon' },
  },
] as const;

const held = [
  ['menuiserie-vidal.fr', customers[0].email, 12, 'yes'],
  ['vidal-bois.com', customers[0].email, -5, 'no'],
  ['clinique-lilas.com', customers[1].email, 45, 'no'],
  ['lilas-sante.eu', customers[1].email, 200, 'no'],
  ['laverie-bleue.fr', 'sam.bleu@client.example', -10, 'no'],
] as const;

/** An organisation that could become a reseller, and a question to support. */
const newcomer = {
  as: 'lea@atelier-numerique.example',
  input: { name: 'Atelier Numérique', type: 'company', street: '5 rue Neuve', zip: '35000', city: 'Rennes' },
} as const;
const question = {
  subject: 'Changer le titulaire d’un domaine',
  text: 'Bonjour, un de mes clients cède son entreprise. Comment passer son domaine au nom du repreneur ?',
} as const;

type Ask = (command: string, more: { input: RawInput; as?: string }) => Promise<Data>;

/** Customers, their domains, a balance, an order that waits at the registrar, a ticket. What a real registrar does stays undone. */
async function addTrade({ desk }: Dispatcher, ask: Ask): Promise<void> {
  const as = resellers[0].email;
  const today = todayIn(desk, desk.clock());
  await ask('billing topup', { input: { reseller: as, amount: '200', payment: 'DEMO-VIR-1' } });
  await ask('billing credit', { input: { reseller: resellers[1].email, amount: '100' } });
  const [first] = [
    await ask('customer add', { as, input: customers[0] }),
    await ask('customer add', { as, input: customers[1] }),
  ];
  if (desk.registrar === 'staff')
    await ask('domain register', { as, input: { domain: 'atelier-vidal.fr', customer: String(first['customer']) } });
  await ask('org create', newcomer);
  await ask('support open', { as: resellers[1].email, input: question });
  const file = table(
    'domains.csv',
    'domain;customer-email;expires;auto-renew',
    held.map(([name, email, days, renews]) => [name, email, plusDays(today, days), renews]),
  );
  await ask('domain import', { input: { reseller: as, file, yes: 'yes' } });
}

/** Adds the demo; a second time it changes nothing. Answers the addresses worth trying. */
export async function addDemo(dispatcher: Dispatcher): Promise<{ staff: string; reseller: string }> {
  const ask: Ask = async (command, more) => {
    const outcome = await dispatcher.dispatch({
      door: 'terminal',
      caller: { kind: 'operator', as: more.as },
      command,
      input: more.input,
    });
    if (!outcome.ok && outcome.code !== 'declaration.duplicate')
      throw new Error(`the demo could not be added: ${command}: ${outcome.message}`);
    return outcome.ok ? outcome.data : {};
  };
  for (const input of people) await ask('staff grant', { input });
  for (const input of resellers) await ask('reseller register', { input });
  for (const input of purchases) await ask('stock receive', { input });
  // of an opportunity that was ordered meanwhile, or a site that was changed, the demo takes nothing back
  const isNew = async (command: string, input: RawInput): Promise<boolean> =>
    !(await dispatcher.dispatch({ door: 'terminal', caller: { kind: 'operator' }, command, input })).ok;
  if (await isNew('site show', { number: 'S-1' })) await ask('site import', { input: { file: siteTable, yes: 'yes' } });
  if (await isNew('opportunity show', { number: 'OP-1' }))
    await ask('opportunity import', { input: { file: opportunityTable, yes: 'yes' } });
  for (const { as, input } of declarations) await ask('declare new', { as, input });
  await ask('installer register', { input: installer });
  if (await isNew('device show', { device: 'V-1' })) {
    await ask('device import', { input: { file: registerTable, yes: 'yes' } });
    for (const { command, input } of devices) await ask(command, { as: installer.email, input });
  }
  const { tlds } = dispatcher.desk.catalogue.domains;
  const isSold = held.every(([name]) => tlds.some(({ tld }) => name.endsWith(`.${tld}`)));
  // what was imported comes last of it: once that is there, all of it is
  if (isSold && (await isNew('domain show', { domain: held[0][0] }))) await addTrade(dispatcher, ask);
  return { staff: people[0].email, reseller: resellers[0].email };
}
