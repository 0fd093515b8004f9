/** `npm start -- --demo`: an example vendor's people and stock, made through the same commands as everybody's. */
import type { Dispatcher } from './core/command/dispatch.js';

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

/** Adds the demo; a second time it changes nothing. Answers the addresses worth trying. */
export async function addDemo(dispatcher: Dispatcher): Promise<{ staff: string; reseller: string }> {
  const ask = async (
    command: string,
    more: { input: Readonly<Record<string, string>>; as?: string },
  ): Promise<void> => {
    const outcome = await dispatcher.dispatch({
      door: 'terminal',
      caller: { kind: 'operator', as: more.as },
      command,
      input: more.input,
    });
    if (!outcome.ok && outcome.code !== 'declaration.duplicate')
      throw new Error(`the demo could not be added: ${command}: ${outcome.message}`);
  };
  for (const input of people) await ask('staff grant', { input });
  for (const input of resellers) await ask('reseller register', { input });
  for (const input of purchases) await ask('stock receive', { input });
  for (const { as, input } of declarations) await ask('declare new', { as, input });
  return { staff: people[0].email, reseller: resellers[0].email };
}
