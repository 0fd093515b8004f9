/** Time as the double sees it. Tests may hand in their own to let 15 minutes pass at once. */
export type Clock = {
  /** Milliseconds that only go forward: deadlines and rate limits are counted in them. */
  elapsedMs: () => number;
  /** Milliseconds since 1970, for timestamps and ids. */
  wallMs: () => number;
};

export const systemClock: Clock = { elapsedMs: () => performance.now(), wallMs: () => Date.now() };

/** Discord's ids: milliseconds since 2015 in the upper bits, so that later is greater; never the same twice. */
export class Snowflakes {
  readonly #wallMs: () => number;
  #last = 0n;

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  next(): string {
    const now = BigInt(this.#wallMs() - 1_420_070_400_000) << 22n;
    this.#last = now > this.#last ? now : this.#last + 1n;
    return String(this.#last);
  }
}

/** News that something changed, and waiting for a condition to hold: nothing here polls. */
export class Changes {
  readonly #listeners = new Set<() => void>();

  notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /**
   * What `look` returns as soon as it is neither false, null nor undefined. Throws after `timeoutMs`, naming what was
   * waited for and what `seen` tells of the state then.
   */
  async until<T>(look: () => T, { timeoutMs, what, seen }: { timeoutMs: number; what: string; seen: () => string }) {
    type Found = Exclude<T, false | null | undefined>;
    return new Promise<Found>((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.#listeners.delete(check);
      };
      const check = () => {
        try {
          const found = look();
          if (found === false || found === null || found === undefined) return;
          end();
          resolve(found as Found);
        } catch (error) {
          end();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`waited ${timeoutMs} ms for ${what}; seen so far:\n${seen()}`));
      }, timeoutMs);
      this.#listeners.add(check);
      check();
    });
  }
}
