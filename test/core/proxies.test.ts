/** `TRUSTED_PROXIES`: for whom a proxy of ours speaks, and that nobody else is believed. */
import { expect, test } from 'vitest';
import { forwardedFor, trusting } from '../../src/core/guard/proxies.js';
import { readSettings } from '../../src/settings.js';

const trusts = trusting(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);

test.each([
  // socket, header, client
  ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['127.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['::ffff:127.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['127.0.0.1', '6.6.6.6, 198.51.100.1, 10.1.2.3', '198.51.100.1'],
  ['10.9.9.9', '2001:db8::1', '2001:db8::1'],
  ['fd00::1', ' ::ffff:198.51.100.1 ', '198.51.100.1'],
  ['127.0.0.1', undefined, undefined],
  ['127.0.0.1', '10.0.0.1', undefined],
  ['127.0.0.1', 'unknown', undefined],
  ['127.0.0.1', '198.51.100.1, <script>', undefined],
])('from %s with “%s” it is %s', (address, header, client) => {
  expect(forwardedFor(address, header, trusts)).toBe(client);
});

test('without the setting nothing is believed', () => {
  expect(forwardedFor('127.0.0.1', '198.51.100.1', trusting([]))).toBe('127.0.0.1');
});

test('the setting takes addresses and networks, and names its fault', () => {
  expect(readSettings('/', { TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8 ::1' }).TRUSTED_PROXIES).toHaveLength(3);
  for (const wrong of ['proxy.example', '10.0.0.0/33', '10.0.0.0/', '::1/129'])
    expect(() => readSettings('/', { TRUSTED_PROXIES: wrong })).toThrow(/TRUSTED_PROXIES: write addresses or networks/);
});
