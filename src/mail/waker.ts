/** A bell for one waiter, which is not missed when it rings while nobody waits. */
export class Waker {
  private rung = false;
  private release: (() => void) | undefined;

  wake(): void {
    this.rung = true;
    this.release?.();
  }

  /** Returns at the next ring, after `ms`, or when `until` resolves; throws when `until` rejects. */
  async wait({ ms, until }: { ms?: number; until?: Promise<unknown> }): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.release = resolve;
        if (this.rung) resolve();
        if (ms !== undefined) timer = setTimeout(resolve, ms);
        until?.then(() => resolve(), reject);
      });
    } finally {
      clearTimeout(timer);
      this.release = undefined;
      this.rung = false;
    }
  }
}
