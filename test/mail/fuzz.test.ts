import { expect, test } from 'vitest';
import { fuzz, mostGrowthMb } from './fuzzing.js';

// `npm run mail:fuzz -- --count 100000` is the long run, with a seed of its own
test('three thousand odd mails crash nothing, hang nothing and leave nothing behind', async () => {
  const { growthMb, ends, count } = await fuzz({ seed: 20261123, count: 3000 });
  expect(growthMb).toBeLessThan(mostGrowthMb);
  expect(Object.values(ends).reduce((sum, one) => sum + one)).toBe(count);
  // a fuzzer whose mails all end alike tests nothing
  for (const end of ['held', 'report', 'receipt', 'auto-submitted', 'out-of-office', 'proven', 'calendar', 'loop'])
    expect(ends[end], end).toBeGreaterThan(0);
}, 60_000);
