import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from '../../src/core/text/fold.js';

describe('fold (FIELDS.md, "Matching a label")', () => {
  test.each([
    ['Numéro de commande', 'numero de commande'],
    ['  E-mail  ', 'e mail'],
    ['order_number', 'order number'],
    ['Prise en charge\u00A0 de\u202Fl’installation', "prise en charge de l'installation"],
    ['**Nom** *', 'nom'],
    ['• Prénom', 'prenom'],
    ['- Prénom', 'prenom'],
    ['Licence (obligatoire, voir (1))', 'licence'],
    ['Licence (obligatoire', 'licence (obligatoire'],
    ['N° de commande', 'n° de commande'],
    ['nº de commande', 'n° de commande'],
    ['№ de commande', 'n° de commande'],
    ['No de commande', 'n° de commande'],
    ['num. de facture', 'n° de facture'],
    ['Nom', 'nom'],
    ['Numéro', 'numero'],
    ['Télé\u00ADphone\u200B', 'telephone'],
    ['POWER–EnOcean', 'power enocean'],
    ['', ''],
  ])('%j is %j', (typed, folded) => {
    expect(fold(typed)).toBe(folded);
  });

  test('folding twice changes nothing more', () => {
    const pieces = ['no', 'num', 'nº', '(', ')', '*', '-', '_', ' ', '’', 'É', '•', '.', 'n', 'o', '\u0301', 'ﬁ', 'İ'];
    const labels = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...pieces)).map((it) => it.join('')),
    );
    fc.assert(
      fc.property(labels, (label) => fold(fold(label)) === fold(label)),
      { numRuns: 500 },
    );
  });

  test('case, accents, spaces and stars make no difference', () => {
    const word = fc.stringMatching(/^[a-z]{3,9}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        expect(fold(`* ${words.join('_').toUpperCase().replace(/E/g, 'É')}* (x)`)).toBe(fold(words.join(' ')));
      }),
    );
  });

  test('a hostile label costs no more than its length', () => {
    expect(fold('('.repeat(50_000))).toHaveLength(50_000);
  });
});
