/** G6: a small simulated year. `npm run simulate:year` is the same with a thousand domains. */
import { expect, test } from 'vitest';
import { judge } from '../simulate/checks.js';
import { monthsOf, simulateYear } from '../simulate/year.js';

test(
  'a year of 60 domains, two outages and both changes of the clocks keeps every promise',
  { timeout: 120_000 },
  async () => {
    // the clockwork's hour, and once in the day for everybody else
    const year = await simulateYear({ domains: 60, registrations: 12, steps: [8, 14] });
    const verdicts = await judge(year);
    expect(verdicts.filter(({ broken }) => broken.length > 0)).toEqual([]);
    // a promise about nothing would be kept by anybody
    expect(verdicts.filter(({ of }) => of === 0)).toEqual([]);
    const months = await monthsOf(year);
    expect(months.map(({ month }) => month)).toHaveLength(12);
    expect(months.reduce((sum, { renewed }) => sum + renewed, 0)).toBeGreaterThan(20);
    await year.world.close();
  },
);
