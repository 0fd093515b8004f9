/** What is refused as a password: what is guessed first, and what is made of the person. */
import { dictionary } from '@zxcvbn-ts/language-common';
import { expect, test } from 'vitest';
import { passwordFault } from '../../src/core/programmes/parties/password.js';

const person = { emails: ['zoe.durand@alarmes-durand.example'], words: ['Zoé', 'Durand', 'Alarmes Durand SARL'] };
const faultOf = (password: string) => passwordFault(password, person);

test('none of the commonest 10,000', async () => {
  const commonest = (dictionary['passwords-common'] as readonly string[]).slice(0, 10_000);
  expect(commonest).toHaveLength(10_000);
  const taken: string[] = [];
  for (const one of commonest) if ((await faultOf(one)) === undefined) taken.push(one);
  expect(taken).toEqual([]);
  // nor doubled to be long enough
  for (const one of ['iloveyou', 'password', 'football', 'sunshine']) expect(await faultOf(one + one)).toBe('common');
});

test.each([
  ...[
    'password1234',
    'P@ssw0rd1234',
    'motdepasse1234',
    'Bienvenue2026',
    'azertyuiopqs',
    '123456789012',
    'abcd1234abcd',
  ],
  ...['zoe.durand@alarmes-durand.example', 'alarmes-durand', 'AlarmesDurandSARL', 'x'.repeat(200)],
])('%s is common', async (password) => {
  expect(await faultOf(password)).toBe('common');
});

test.each(['a phrase that is long enough', 'un chat bleu sur un toit', 'correct horse battery', 'k7Q!zz4-wm.Rt'])(
  '%s is taken',
  async (password) => {
    expect(await faultOf(password)).toBeUndefined();
  },
);

test('too short and too long are told apart', async () => {
  expect(await faultOf('Kz7!qW')).toBe('short');
  expect(await faultOf(`${'long phrase '.repeat(17)}`)).toBe('long');
});
