/** A guess at what was meant is made where it is likely, and not otherwise; wrong items of a list are told all at once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/core/programmes/index.js';
import { nearest } from '../../src/core/text/nearest.js';
import { databases } from '../servers/databases.js';
import { newReseller, openTestDesk, type TestDesk, type TestReseller } from './ground.js';

test.each([
  ['stok show', 'stock show'],
  ['stock shw', 'stock show'],
  ['declare nex', 'declare new'],
  ['domains list', 'domain list'],
  ['delcare new', 'declare new'],
  ['colour red', ''],
  ['xyzzy', ''],
])('of commands, for %j %j is meant', (typed, meant) => {
  expect(commands.nearest(typed)).toBe(meant);
});

test.each([
  ['quantite', 'Quantité'],
  ['Quantitee', 'Quantité'],
  ['colour', undefined],
  ['couleur', undefined],
  ['Numéro de téléphone', 'Téléphone'],
  ['Prénon', 'Prénom'],
])('of labels, for %j %j is meant', (typed, meant) => {
  expect(nearest(typed, ['Quantité', 'Téléphone', 'Prénom', 'Licence', 'Motif', 'Colonnes'])).toBe(meant);
});

describe.each(databases().slice(0, 1))('at the desk on $name', (provider) => {
  let desk: TestDesk;
  let reseller: TestReseller;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    reseller = await newReseller(desk, { pro: 1 });
  });
  afterAll(() => desk.close());

  const faultsOf = async (command: string, input: Record<string, string>, as?: string) => {
    const outcome = await desk.ask(command, input, as === undefined ? { locale: 'fr' } : { as, locale: 'fr' });
    return outcome.ok ? {} : (outcome.fields ?? {});
  };

  test('an unknown field is called so, and none is proposed that it is not like', async () => {
    const asked = { reseller: reseller.email, product: 'pro', purchase: 'P-9', quantity: '1' };
    expect((await faultsOf('stock receive', { ...asked, colour: 'red' }))['colour']).toBe('est inconnu');
    expect((await faultsOf('stock receive', { ...asked, quantty: '1' }))['quantty']).toMatch(
      /vouliez-vous dire « Quantité »/,
    );
  });

  test.each([
    ['domain renew', 'domains', 'a b.fr, exemple.fr, http://x', ['« a b.fr »', '« http://x »'], 'exemple.fr'],
    ['stock reconcile', 'counts', 'pro=1, gold=2, power=x, pro=3', ['« gold=2 »', '« power=x »', '« pro=3 »'], 'pro=1'],
    ['order new', 'recipients', 'a@example.org; b@; c', ['« b@ »', '« c »'], 'a@example.org'],
    ['order new', 'reference', 'SAAS IO ODATA, X1, X2', ['« X1 »', '« X2 »'], '« SAAS IO ODATA »'],
    ['order new', 'details', 'users=1, many, =x', ['« many »', '« =x »'], '« users=1 »'],
    ['domain tag', 'tags', `ok, ${'x'.repeat(31)}, ${'y'.repeat(32)}`, ['« xxx', '« yyy'], '« ok »'],
    ['site list', 'sort', 'site-name, colour, -shape', ['« colour »', '« shape »'], '« site-name »'],
    ['site list', 'columns', 'colour, site-name, shape', ['« colour »', '« shape »'], '« site-name »'],
    ['declare list', 'sort', 'email, colour, -shape', ['« colour »', '« -shape »'], '« email »'],
  ])('%s: of %s each that is wrong is named, all at once', async (command, field, given, wrong, right) => {
    const input = {
      [field]: given,
      ...(command === 'order new' ? { type: 'additional', origin: 'existing-site' } : {}),
    };
    const { [field]: told = '' } = await faultsOf(command, input, reseller.email);
    for (const one of wrong) expect(told).toContain(one);
    expect(told).not.toContain(`« ${right} »`);
    expect(told).not.toContain(`${right} »`);
  });
});
