/** A secret that was typed is never shown again, whatever command asks for it, and nothing kept gives it away. */
import { describe, expect, test } from 'vitest';
import { formOf } from '../../src/bot/form.js';
import { command, optional, required } from '../../src/core/command/define.js';
import { authCode, domain } from '../../src/core/command/dictionary.js';
import { createRegistry } from '../../src/core/command/registry.js';
import { keyContent } from '../../src/core/command/repeat.js';
import { isSecret, looksSecret, withoutSecrets } from '../../src/core/command/secret-fields.js';
import type { FieldContext } from '../../src/core/command/type.js';
import { formFields } from '../../src/web/form.js';

const move = command({
  name: 'parcel move',
  help: { fr: 'Déplacer', en: 'Move' },
  who: 'person',
  fields: [required(domain), required(authCode)],
  run: () => Promise.resolve({ code: 'domain.requested', data: {} }),
});
const raw = { domain: 'x', 'auth-code': 'Gh7-left-over' };
const context = { locale: 'en', country: 'FR' } as FieldContext;

test.each(['auth-code', 'authCode'])('%s is the name of one', (name) => {
  expect(isSecret(name)).toBe(true);
  expect(withoutSecrets({ [name]: 'x', domain: 'y' })).toEqual({ domain: 'y' });
});

test.each(['auth-code', 'Auth cod', 'Code d’autorisation', 'code de transfer', 'EPP-code', 'TRANSFER CODE'])(
  '%j is taken for one',
  (typed) => expect(looksSecret(typed)).toBe(true),
);
test.each(['domain', 'Zip code', 'code', 'Code ID', 'Code postal', 'Numéro', ''])('%j is not', (typed) =>
  expect(looksSecret(typed)).toBe(false),
);

test('a page and a Discord form ask for it anew', () => {
  const fields = formFields(move, { context, values: raw, faults: { domain: 'is no domain' } });
  expect(fields.map(({ name, value }) => [name, value])).toEqual([
    ['domain', 'x'],
    ['auth-code', ''],
    ['dry-run', ''],
  ]);
  const draft = { command: move.name, raw, ask: ['domain', 'auth-code'], faults: {}, note: '' };
  const form = formOf({ customId: 'form:1', command: move, draft, locale: 'en', suggestions: new Map() });
  expect(JSON.stringify(form)).toContain('"value":"x"');
  expect(JSON.stringify(form)).not.toContain('Gh7');
});

test('what a repeat is compared by has its keyed hash', () => {
  const keyed = (key: string) => ({
    secrets: { hash: (purpose: string, value: string) => `${key} ${purpose} ${value.length}` },
  });
  const content = (key: string) => keyContent({ ...raw, 'EPP-code': 'other' }, keyed(key) as never);
  expect(JSON.stringify(content('a'))).not.toContain('Gh7');
  expect(content('a')).toEqual({ domain: 'x', 'auth-code': 'a input 15', 'EPP-code': 'a input 7' });
  expect(content('b')).not.toEqual(content('a'));
});

describe('a request for a second person', () => {
  test('is never made of one: it would keep and show it', () => {
    const fourEyes = {
      hold: () => Promise.resolve({}),
      content: () => Promise.resolve(null),
      release: () => Promise.resolve(),
    };
    expect(() => createRegistry([{ ...move, fourEyes }])).toThrow('“parcel move”');
    expect(() => createRegistry([{ ...move, uses: [optional(domain)], fourEyes }])).not.toThrow();
  });
});
