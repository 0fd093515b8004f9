import { createHash } from 'node:crypto';
import type { Operation } from './document.js';
import type { Clock } from './time.js';

/** So many requests per window; the window opens with its first request. */
export type RateRule = { limit: number; windowMs: number };

/** Rules by operation id of the document; `default` for the others, `global` for all that carry the bot's token. */
export type RateLimits = Record<string, RateRule>;

/**
 * Discord publishes no table: these are what its answers show in practice. Interaction answers have no limit of their
 * own and don't count globally; what follows an interaction is limited per token like any webhook.
 */
export const usualLimits: RateLimits = {
  global: { limit: 50, windowMs: 1000 },
  default: { limit: 50, windowMs: 1000 },
  create_message: { limit: 5, windowMs: 5000 },
  update_message: { limit: 5, windowMs: 5000 },
  delete_message: { limit: 5, windowMs: 1000 },
  execute_webhook: { limit: 5, windowMs: 2000 },
  update_original_webhook_message: { limit: 5, windowMs: 2000 },
};

const unlimited = new Set(['create_interaction_response']);
const majorParameters = ['channel_id', 'guild_id', 'webhook_id', 'webhook_token'];

type Window = { left: number; endsAt: number };

export type Verdict = {
  headers: Record<string, string>;
  /** Present when the request is one too many. */
  refused?: { retryAfterMs: number; global: boolean };
};

/** Counts requests per route and channel, guild or webhook, as the `x-ratelimit-*` headers tell. */
export class Limits {
  readonly #rules: RateLimits | false;
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();
  readonly #buckets = new Map<string, string>();

  constructor(rules: RateLimits | false, clock: Clock) {
    this.#rules = rules;
    this.#clock = clock;
  }

  /** Counts a request and says whether it may pass. */
  count(operation: Operation, params: Record<string, string>): Verdict {
    const rules = this.#rules;
    if (!rules || unlimited.has(operation.id)) return { headers: {} };
    const rule = rules[operation.id] ?? rules['default'] ?? usualLimits['default']!;
    const major = majorParameters.flatMap((name) => params[name] ?? []).join('/');
    const local = this.#take(`${operation.id} ${major}`, rule);
    const headers = {
      'x-ratelimit-bucket': this.#bucketOf(operation.id),
      'x-ratelimit-limit': String(rule.limit),
      'x-ratelimit-remaining': String(local.left),
      'x-ratelimit-reset': ((this.#clock.wallMs() + local.restMs) / 1000).toFixed(3),
      'x-ratelimit-reset-after': (local.restMs / 1000).toFixed(3),
    };
    if (local.over) return { headers, refused: { retryAfterMs: local.restMs, global: false } };
    if (operation.auth === 'optional' || !rules['global']) return { headers };
    const all = this.#take('global', rules['global']);
    return all.over ? { headers, refused: { retryAfterMs: all.restMs, global: true } } : { headers };
  }

  #bucketOf(operationId: string): string {
    let bucket = this.#buckets.get(operationId);
    if (!bucket) this.#buckets.set(operationId, (bucket = createHash('sha1').update(operationId).digest('hex')));
    return bucket;
  }

  #take(key: string, rule: RateRule): { left: number; restMs: number; over: boolean } {
    const now = this.#clock.elapsedMs();
    let window = this.#windows.get(key);
    if (!window || window.endsAt <= now) {
      if (this.#windows.size > 2000) this.#sweep(now);
      this.#windows.set(key, (window = { left: rule.limit, endsAt: now + rule.windowMs }));
    }
    const over = window.left === 0;
    if (!over) window.left -= 1;
    return { left: window.left, restMs: window.endsAt - now, over };
  }

  #sweep(now: number): void {
    for (const [key, window] of this.#windows) if (window.endsAt <= now) this.#windows.delete(key);
  }
}
