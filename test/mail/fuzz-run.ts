/** The long run of the fuzzer in a process of its own (scripts/mail-fuzz.mjs): a line of progress, then the figures. */
import { fuzz, mostGrowthMb } from './fuzzing.js';

const [seed = 0, count = 0] = process.argv.slice(2).map(Number);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

try {
  const figures = await fuzz({ seed, count, onProgress: (done) => say({ done }) });
  say(figures);
  if (figures.growthMb > mostGrowthMb) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
