/** What is printed and matched by name: the reference, the labels, the state tables, the numbers. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { approvalStates } from '../../src/core/programmes/approvals/states.js';
import { opportunityStates } from '../../src/core/programmes/opportunities/states.js';
import { siteChangeStates } from '../../src/core/programmes/sites/states.js';
import { certificateStates } from '../../src/core/programmes/certificates/states.js';
import { usesOf } from '../../src/core/command/registry.js';
import { commands } from '../../src/core/programmes/index.js';
import { parseRef, printRef } from '../../src/core/guard/number.js';
import { camel } from '../../src/core/locales/key.js';
import { localeNames } from '../../src/core/locales/locale.js';
import { textsOf } from '../../src/core/locales/texts.js';
import { numberKey } from '../../src/core/guard/number.js';
import { isUsual } from '../../src/core/programmes/packs/number.js';
import { declarationStates, packStates } from '../../src/core/programmes/packs/states.js';
import { fold } from '../../src/core/text/fold.js';
import { reference } from '../../src/core/reference.js';

test('docs/commands.md is what the commands say (npm run docs)', () => {
  expect(readFileSync('docs/commands.md', 'utf8')).toBe(reference(commands));
});

describe.each(commands.all.map((command) => ({ name: command.name, uses: usesOf(command), command })))(
  '$name',
  ({ name, uses, command }) => {
    test('a label means one field, the ones that come with the command’s nature included', () => {
      const owners = new Map<string, string>();
      for (const { field } of uses)
        for (const label of new Set([field.name, ...field.labels.fr, ...field.labels.en].map(fold))) {
          expect(owners.get(label) ?? field.name, `“${label}”`).toBe(field.name);
          owners.set(label, field.name);
        }
    });

    test('asks what is required first, and takes no flag of the terminal’s own', () => {
      const needs = uses.map(({ required }) => required);
      expect(needs).toEqual(needs.toSorted((a, b) => Number(b) - Number(a)));
      for (const { field } of uses) expect(['as', 'key', 'out', 'json']).not.toContain(field.name);
    });

    test('can be tried where it changes something, and only there', () => {
      expect(uses.some(({ field }) => field.name === 'dry-run')).toBe(!command.reads);
      expect(uses.some(({ field }) => field.name === 'yes')).toBe(command.preview !== undefined);
      expect(name).toMatch(/^[a-z]+( [a-z]+(-[a-z]+)*)?$/);
    });

    test('its fields have a heading in both languages', () => {
      for (const { field } of uses)
        for (const locale of localeNames) expect(field.labels[locale][0], field.name).toBeTruthy();
    });
  },
);

// an order's type and a party's have their own words (docs/commands.md)
const several = new Set(['type']);

test('a name means the same in every command', () => {
  const labels = new Map<string, string>();
  for (const command of commands.all)
    for (const { field } of usesOf(command)) {
      if (several.has(field.name)) continue;
      const text = JSON.stringify(field.labels);
      expect(labels.get(field.name) ?? text, `${command.name} --${field.name}`).toBe(text);
      labels.set(field.name, text);
    }
});

test('what a request asks has a heading for each of its fields', () => {
  // some tell it in words of their own
  for (const command of commands.all.filter(({ fourEyes }) => fourEyes && !fourEyes.summary))
    for (const { field } of command.uses)
      for (const locale of localeNames)
        expect(textsOf(locale).keys, `${command.name} --${field.name}`).toHaveProperty(camel(field.name));
});

describe.each([
  ['pack', packStates, 'available'],
  ['declaration', declarationStates, 'held'],
  ['approval', approvalStates, 'pending'],
  ['certificate', certificateStates, 'issued'],
  ['site change', siteChangeStates, 'submitted'],
  ['opportunity', opportunityStates, 'open'],
] as [string, Readonly<Record<string, readonly string[]>>, string][])('the life of a(n) %s', (_, moves, first) => {
  test('leads from the beginning to every state, and always to an end', () => {
    const reached = new Set([first]);
    for (const state of reached) for (const next of moves[state] ?? []) reached.add(next);
    expect([...reached].sort()).toEqual(Object.keys(moves).sort());
    const ending = new Set(Object.keys(moves).filter((state) => moves[state]?.length === 0));
    expect(ending.size).toBeGreaterThan(0);
    for (let before = -1; before !== ending.size;) {
      before = ending.size;
      for (const [state, next] of Object.entries(moves)) if (next.some((one) => ending.has(one))) ending.add(state);
    }
    expect([...ending].sort()).toEqual(Object.keys(moves).sort());
  });

  test('has a label for each state, in both languages', () => {
    for (const locale of localeNames)
      for (const state of Object.keys(moves)) expect(textsOf(locale).states[state], `${locale} ${state}`).toBeTruthy();
  });
});

describe('numbers', () => {
  test('have a prefix and at least six digits, and are read in any way', () => {
    expect([printRef('D', 7), printRef('D', 1_234_567)]).toEqual(['D-000007', 'D-1234567']);
    for (const typed of ['D-000007', 'd-7', 'D7', 'd 007', ' 7 ', '000007'])
      expect(parseRef('D', typed), typed).toBe(7);
    for (const typed of ['', 'D-', 'A-7', 'D-0', 'D--7', '7D', '-7', '7.0', 'D-7 8'])
      expect(parseRef('D', typed), typed).toBeUndefined();
  });

  test('of packs are opaque: compared without case, spaces and width', () => {
    expect(numberKey(' pp2026 nov\u00A00123 ')).toBe('PP2026NOV0123');
    expect(numberKey('ＰＰ１')).toBe('PP1');
    expect(['PP2016JUN002122662989', 'PP2016JUN00212266298F'].map(isUsual)).toEqual([true, true]);
    expect(
      ['PP2016JUN0212', 'PP2016JUX002122662989', 'pp2016jun002122662989', 'PP2016JUN00212266298G', ''].map(isUsual),
    ).toEqual([false, false, false, false, false]);
  });
});
