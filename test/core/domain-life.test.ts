/** G6: a domain's life from its dates alone, at every boundary, both ways round; and prices by their day. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  daysBetween,
  expiriesOf,
  plusDays,
  plusYears,
  standing,
  todayIn,
  type Periods,
} from '../../src/core/programmes/domains/life.js';
import { netOf, pricesOn } from '../../src/core/programmes/domains/price.js';
import { domainsShape, tldOf } from '../../src/core/catalogue/domains-shape.js';

const com: Periods = { renewBy: 0, hold: 45, redemption: 30, pendingDelete: 5 };
const fr: Periods = { renewBy: 0, hold: 0, redemption: 30, pendingDelete: 1 };
const de: Periods = { renewBy: 3, hold: 0, redemption: 30, pendingDelete: 0 };
const at = (tld: Periods | undefined, today: string, state: 'active' | 'suspended' = 'active') =>
  standing({ state, expiresOn: '2026-03-01' }, tld, today);

describe('a life by its dates', () => {
  test.each([
    ['2026-03-01', 'active'],
    ['2026-03-02', 'expired'],
    ['2026-04-15', 'expired'],
    ['2026-04-16', 'redemption'],
    ['2026-05-15', 'redemption'],
    ['2026-05-16', 'pending-delete'],
    ['2026-05-20', 'pending-delete'],
    ['2026-05-21', 'gone'],
  ])('.com on %s is %s', (today, state) => {
    expect(at(com, today).state).toBe(state);
  });

  test('the days that are told are the last on which each holds', () => {
    expect(at(com, '2026-01-01')).toEqual({
      state: 'active',
      renewBy: '2026-03-01',
      expiresOn: '2026-03-01',
      holdUntil: '2026-04-15',
      redemptionUntil: '2026-05-15',
      goneOn: '2026-05-21',
    });
  });

  test('without hold it goes straight into redemption; without pending delete it is free after that', () => {
    expect(at(fr, '2026-03-02').state).toBe('redemption');
    expect(at(fr, '2026-03-31').state).toBe('redemption');
    expect(at(fr, '2026-04-01').state).toBe('pending-delete');
    expect(at(fr, '2026-04-02').state).toBe('gone');
    expect(at(de, '2026-03-31').state).toBe('redemption');
    expect(at(de, '2026-04-01').state).toBe('gone');
    expect(at(de, '2026-01-01').renewBy).toBe('2026-02-26');
  });

  test('a suspended one stays so until its last day', () => {
    expect(at(com, '2026-03-01', 'suspended').state).toBe('suspended');
    expect(at(com, '2026-03-02', 'suspended').state).toBe('expired');
  });

  test('of a TLD that is no longer sold nothing is known but that it is over', () => {
    expect(at(undefined, '2026-03-01').state).toBe('active');
    expect(at(undefined, '2036-03-01')).toMatchObject({ state: 'expired', goneOn: null });
  });

  test('what is not registered, or has ended, has no days', () => {
    const none = { renewBy: null, expiresOn: null, holdUntil: null, redemptionUntil: null, goneOn: null };
    expect(standing({ state: 'requested', expiresOn: null }, com, '2026-03-01')).toEqual({
      state: 'requested',
      ...none,
    });
    expect(standing({ state: 'transferred-out', expiresOn: '2020-01-01' }, com, '2026-03-01').state).toBe(
      'transferred-out',
    );
  });

  test('a list asks for exactly the expiries that make a state', () => {
    const period = fc.integer({ min: 0, max: 60 });
    const periods = fc.record({ renewBy: period, hold: period, redemption: period, pendingDelete: period });
    fc.assert(
      fc.property(fc.option(periods, { nil: undefined }), fc.integer({ min: -10, max: 200 }), (tld, ago) => {
        const today = '2026-07-01';
        const expiresOn = plusDays(today, -ago);
        const { state } = standing({ state: 'active', expiresOn }, tld, today);
        const asked = (['running', 'expired', 'redemption', 'pending-delete', 'gone'] as const).filter((one) => {
          const between = expiriesOf(one, tld, today);
          return between && expiresOn > (between.after ?? '') && expiresOn <= (between.until ?? '9');
        });
        expect(asked).toEqual([state === 'active' ? 'running' : state]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('days', () => {
  test('a leap day, a change of clocks, the turn of a year', () => {
    expect(plusYears('2028-02-29', 1)).toBe('2029-02-28');
    expect(plusYears('2028-02-29', 4)).toBe('2032-02-29');
    expect(plusDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(plusDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(daysBetween('2026-10-24', '2026-10-26')).toBe(2);
    expect(daysBetween('2026-03-01', '2026-02-27')).toBe(-2);
  });

  test('the day is the desk’s own', () => {
    const night = new Date('2026-03-01T23:30:00Z');
    expect(todayIn({ timeZone: 'Europe/Paris' }, night)).toBe('2026-03-02');
    expect(todayIn({ timeZone: 'UTC' }, night)).toBe('2026-03-01');
  });
});

describe('prices', () => {
  const list = [
    { from: '2024-01-01', register: 1000, renew: 1100, transfer: 1200, restore: 3000 },
    { from: '2026-01-01', register: 1500, renew: 1600, transfer: 1700, restore: 4000 },
  ];
  const shape = domainsShape.parse({ tlds: [{ tld: 'co.uk', prices: list }] });
  const tld = tldOf(shape, 'name.co.uk');

  test('each list holds from its day until the next; before the first nothing is sold', () => {
    expect(pricesOn({ prices: list }, '2023-12-31')).toBeUndefined();
    expect(pricesOn({ prices: list }, '2024-01-01')).toBe(list[0]);
    expect(pricesOn({ prices: list }, '2025-12-31')).toBe(list[0]);
    expect(pricesOn({ prices: list }, '2026-01-01')).toBe(list[1]);
  });

  test('by the year; a restoration once, with its renewal; a transfer at least one', () => {
    if (!tld) throw new Error('not found');
    const day = '2026-05-01';
    expect(netOf(tld, { kind: 'register', years: 3, day })).toBe(4500);
    expect(netOf(tld, { kind: 'renew', years: 2, day: '2025-05-01' })).toBe(2200);
    expect(netOf(tld, { kind: 'restore', years: 1, day })).toBe(5600);
    expect(netOf(tld, { kind: 'transfer', years: 0, day })).toBe(1700);
    expect(() => netOf(tld, { kind: 'register', years: 1, day: '2020-01-01' })).toThrow(RangeError);
  });
});
