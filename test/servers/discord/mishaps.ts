/** A mishap ordered for requests to come. */
export type Mishap =
  | { status: 429; retryAfterMs?: number; scope?: 'user' | 'global' | 'shared' }
  | { status: 500 | 502 | 503 | 504 }
  /** The connection breaks before the request is looked at, or after it was carried out: its answer is lost. */
  | { cut: 'before' | 'after' };

type Order = { mishap: Mishap; left: number; fits: (request: { operation: string; path: string }) => boolean };

/** Mishaps in the order they were ordered; each is used up by the requests that fit it. */
export class Mishaps {
  #orders: Order[] = [];

  /** The next `count` requests (of one operation, if named) meet the mishap. */
  order(count: number, mishap: Mishap, operation?: string): void {
    this.#orders.push({ mishap, left: count, fits: (one) => operation === undefined || one.operation === operation });
  }

  /** The mishap of this request, if one was ordered. */
  take(request: { operation: string; path: string }): Mishap | undefined {
    const order = this.#orders.find(({ fits }) => fits(request));
    if (!order) return undefined;
    order.left -= 1;
    if (!order.left) this.#orders = this.#orders.filter((one) => one !== order);
    return order.mishap;
  }
}
