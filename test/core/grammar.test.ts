/** X9: what French does to names, counts, dates and states, in everything that people read. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatDay, formatInstant } from '../../src/core/locales/format.js';
import { de, enumerated, plural, que } from '../../src/core/locales/grammar.js';
import { stateName, textsOf } from '../../src/core/locales/texts.js';
import { pageTexts } from '../../src/web/texts.js';

test.each([
  ['Alarmes Durand', 'd’Alarmes Durand', 'qu’Alarmes Durand'],
  ['Électricité Roy', 'd’Électricité Roy', 'qu’Électricité Roy'],
  ['Œuvrard', 'd’Œuvrard', 'qu’Œuvrard'],
  ['Hélène Petit', 'd’Hélène Petit', 'qu’Hélène Petit'],
  ['HSBC', 'd’HSBC', 'qu’HSBC'],
  ['Yves Martin', 'd’Yves Martin', 'qu’Yves Martin'],
  ['ada@example.org', 'd’ada@example.org', 'qu’ada@example.org'],
  ['Martin', 'de Martin', 'que Martin'],
  ['Halles de Lyon', 'de Halles de Lyon', 'que Halles de Lyon'],
  ['Hauts-de-France', 'de Hauts-de-France', 'que Hauts-de-France'],
  ['Yannick', 'de Yannick', 'que Yannick'],
  ['Onze Alarmes', 'de Onze Alarmes', 'que Onze Alarmes'],
  ['3M', 'de 3M', 'que 3M'],
  ['« Alarmes »', 'de « Alarmes »', 'que « Alarmes »'],
  ['', 'de ', 'que '],
])('%s', (name, after, subordinate) => {
  expect([de(name), que(name)]).toEqual([after, subordinate]);
});

test('none is singular in French and plural in English', () => {
  const words = ([0, 1, 1.5, 2, 1_000_000] as const).map((count) => [
    plural('fr')(count, 'demande', 'demandes'),
    plural('en')(count, 'request', 'requests'),
  ]);
  expect(words).toEqual([
    ['demande', 'requests'],
    ['demande', 'request'],
    ['demande', 'requests'],
    ['demandes', 'requests'],
    ['demandes', 'requests'],
  ]);
  expect(enumerated(['Martin', 'Durand', 'Roy'], 'fr')).toBe('Martin, Durand et Roy');
});

test('the first of a month is its 1er', () => {
  const at = new Date('2026-12-01T09:05:00Z');
  expect(formatDay(at, 'Europe/Paris', 'fr')).toBe('1er décembre 2026');
  expect(formatInstant(at, 'Europe/Paris', 'fr')).toBe('1er décembre 2026 à 10:05');
  expect(formatDay(new Date('2026-12-11T09:05:00Z'), 'Europe/Paris', 'fr')).toBe('11 décembre 2026');
  expect(formatDay(at, 'Europe/Paris', 'en')).toBe('1 December 2026');
});

test.each([
  ['expired', 'approval', 'expirée'],
  ['expired', 'domain', 'expiré'],
  ['expired', 'mail', 'expiré'],
  ['expired', undefined, 'expiré'],
  ['refused', 'order', 'refusée'],
  ['open', 'ticket', 'ouvert'],
  ['open', 'opportunity', 'ouverte'],
  ['done', 'task', 'terminée'],
  ['suspended', 'org', 'suspendue'],
  ['suspended', 'domain', 'suspendu'],
  ['draft', 'order', 'brouillon'],
])('%s of a %s is %s', (state, of, label) => {
  expect(stateName(state, { locale: 'fr', of })).toBe(label);
});

describe('in what the desk says', () => {
  /** Every sentence with a count, for one and for two. */
  const data = (total: number) => ({
    ...{ total, imported: total, rows: total, placed: total, refused: total, quantity: total, minutes: total },
    ...{ added: total, changed: total, repeated: total, faulty: total, object: 'G-000001', company: 'Alarmes Durand' },
    ...{
      name: 'Alarmes Durand',
      person: 'Éva Roy',
      domain: 'été.fr',
      sender: 'ada@example.org',
      org: 'Alarmes Durand',
    },
    ...{ count: total, product: 'pro', email: 'x@example.org', number: 'C-000001', asker: 'Éva Roy' },
    preview: { total: total + 1, faulty: total, good: total, changesTotal: total },
  });
  const sentences = (locale: 'fr' | 'en', total: number): string[] => {
    const { answers, refusals, tickets } = textsOf(locale);
    const read = (key: string, value?: unknown) => String(value ?? key);
    const { preview: _, ...params } = data(total);
    return [
      ...Object.values(answers).map((say) => say(data(total), read)),
      ...Object.values(refusals).map((say) => say(params)),
      ...Object.values(tickets).map((say) => say(params)),
    ];
  };

  test.each(['fr', 'en'] as const)('one thing is never called by a plural in %s', (locale) => {
    const several = /(?:^|[ (])1 (?!accès|\w+ss\b)\p{L}+s\b/u;
    expect(sentences(locale, 1).filter((sentence) => several.test(sentence))).toEqual([]);
    const single =
      /(?:^|[ (])2 (?:demande|déclaration|ligne|pack|personne|événement|minute|request|declaration|row|person|event)\b/;
    expect(sentences(locale, 2).filter((sentence) => single.test(sentence))).toEqual([]);
    expect(sentences(locale, 1)).toContain({ fr: '1 demande.', en: '1 request.' }[locale]);
    expect(sentences('fr', 0)).toContain('0 demande.');
  });

  test('no name that begins with a vowel follows a whole “de” or “que”', () => {
    const whole = /\b(?:de|que) (?:Alarmes Durand|Éva Roy|été\.fr|ada@example\.org)/;
    expect(sentences('fr', 1).filter((sentence) => whole.test(sentence))).toEqual([]);
    expect(textsOf('fr').answers['stock.shown'](data(1), String)).toBe('Stock d’Alarmes Durand.');
    const { me, billing, owner } = pageTexts('fr');
    expect([me.stock('Alarmes Durand'), billing.title('Alarmes Durand')]).toEqual([
      'Stock d’Alarmes Durand',
      'Compte d’Alarmes Durand',
    ]);
    expect([me.found(0), me.found(1), me.found(2)]).toEqual(['0 utilisateur', '1 utilisateur', '2 utilisateurs']);
    expect(owner.text(['A', 'B'])).toMatch(/^A et B s’occupent/);
  });

  test('nor in a letter: names that are put there go through the filter', () => {
    const names =
      /\b(?:de|que) \{\{ (?:company|owner|org|reseller|asker|by|decider|clientName|name|email|siteName|domain)\b/;
    const lines = readdirSync('letters/fr').flatMap((file) =>
      readFileSync(`letters/fr/${file}`, 'utf8')
        .split('\n')
        .map((line) => `${file}: ${line}`),
    );
    expect(lines.filter((line) => names.test(line))).toEqual([]);
  });
});
