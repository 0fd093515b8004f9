/** Figures: always beside a floor that was measured in the same run, in turns, so that a busy machine slows both. */

export interface Figure {
  readonly bench: string;
  readonly figure: string;
  readonly unit: string;
  readonly ours: number;
  /** What the same thing costs at the least, and which thing that is. */
  readonly floor?: number;
  readonly than?: string;
  /** Ours ÷ floor: of rates more is better, of times and sizes less. */
  readonly ratio?: number;
}

/** A JSON line a figure; scripts/bench.mjs makes a table of them. */
export const tell = (figure: Figure): void => void process.stdout.write(`${JSON.stringify(figure)}\n`);

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** The value that a `share` of all is not above. */
export const quantile = (values: readonly number[], share: number): number =>
  sorted(values)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const rounded = (value: number, digits = 3): number => Number(value.toPrecision(digits));

/** How many a second `work` does of `count`. */
export async function rate(count: number, work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return (count / (performance.now() - began)) * 1000;
}

/** `count` calls of `one`, never more than `flights` of them under way. */
export async function inFlight(flights: number, count: number, one: () => Promise<unknown>): Promise<void> {
  let left = count;
  const flight = async () => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: flights }, flight));
}

type Measured = () => Promise<number>;

/** The medians over all rounds; `ratio` is the median of the rounds' own ratios, which what slows a round hardly moves. */
export async function beside<Name extends string>(
  rounds: number,
  floor: Measured,
  ours: Readonly<Record<Name, Measured>>,
): Promise<Record<Name, { ours: number; floor: number; ratio: number }>> {
  const names = Object.keys(ours) as Name[];
  const seen = names.map(() => ({ ours: [] as number[], floor: [] as number[], ratio: [] as number[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, name] of names.entries()) {
      const [least, mine] = [await floor(), await ours[name]()];
      seen[at]?.floor.push(least);
      seen[at]?.ours.push(mine);
      seen[at]?.ratio.push(mine / least);
    }
  }
  const result = seen.map((all, at) => [
    names[at],
    { ours: rounded(median(all.ours)), floor: rounded(median(all.floor)), ratio: rounded(median(all.ratio)) },
  ]);
  return Object.fromEntries(result) as Record<Name, { ours: number; floor: number; ratio: number }>;
}
