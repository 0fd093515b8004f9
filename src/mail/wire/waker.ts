/** A bell for one waiter, which is not missed when it rings while nobody waits. */
export class Waker {
  private rung = false;
  private release: (() => void) | undefined;

  wake(): void {
    this.rung = true;
    this.release?.();
  }

  /** Returns at the next ring, after `ms`, or when `until` resolves; false if `ms` have passed. Throws when `until` rejects. */
  async wait({ ms, until }: { ms?: number; until?: Promise<unknown> }): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<boolean>((resolve, reject) => {
        this.release = () => resolve(true);
        if (this.rung) resolve(true);
        if (ms !== undefined) timer = setTimeout(() => resolve(false), ms);
        until?.then(() => resolve(true), reject);
      });
    } finally {
      clearTimeout(timer);
      this.release = undefined;
      this.rung = false;
    }
  }
}

/** Returns after `ms`; does not keep the process alive. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
