/**
 * One call of Gandi's v5 interface (https://api.gandi.net/docs/reference/): the rate limit kept, what only reads tried
 * again, everything else sent once. An error of the way there never leaves this file: it would carry the token.
 */
import got, { RequestError, TimeoutError, type OptionsInit } from 'got';
import pThrottle from 'p-throttle';

export const productionRoot = 'https://api.gandi.net/v5';

/** Gandi's own limit is 1,000 requests a minute for an address: several processes of a desk stay below it together. */
const callsAtOnce = 5;
const withinMs = 1_000;
const bodyAtMostBytes = 256 * 1024;
const patienceMs = 30_000;
const retriesAtMost = 2;
const quietMs = { unless: 60_000, atMost: 3_600_000 };

export interface CallOptions {
  readonly token: string;
  /** `GANDI_API`; a query in it stays on every call that is paid for (`?sharing_id=…`). */
  readonly root?: string | undefined;
  readonly clock: () => Date;
  /** Ends a call that takes too long, its retries included. */
  readonly patience?: () => AbortSignal;
  /** Waits for its turn; the default is shared by all calls of this client. */
  readonly turn?: () => Promise<void>;
  /** Between two tries of what only reads. */
  readonly retryMs?: (tries: number) => number;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Below the root, its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Only checked, not carried out. */
  readonly dryRun?: boolean;
}

/** What came of a call, once credentials, limits and the way there are accounted for. */
export type Reply =
  /** An answer of the interface itself: JSON, or nothing where it may have nothing to say. */
  | { readonly kind: 'answer'; readonly status: number; readonly body: unknown; readonly location: string | undefined }
  /** It never reached the registrar, or the registrar did not look at it. */
  | { readonly kind: 'unsent'; readonly reason: string; readonly retryAt?: Date }
  | { readonly kind: 'denied'; readonly reason: string }
  | { readonly kind: 'unclear'; readonly reason: string };

export type Caller = (call: Call) => Promise<Reply>;

/** Found out before anything was written to the connection. */
const unsentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const unsentPhases = new Set(['lookup', 'connect', 'secureConnect']);
/** 402: the desk's own account there is empty. */
const deniedStatuses = new Set([401, 402, 403]);

export function gandiCaller(options: CallOptions): Caller {
  const { token, clock } = options;
  const root = new URL(options.root ?? productionRoot);
  const turn = options.turn ?? pThrottle({ limit: callsAtOnce, interval: withinMs })(async () => undefined);
  const patience = options.patience ?? (() => AbortSignal.timeout(patienceMs));
  let quietUntil = 0;

  const urlOf = ({ path, query, method }: Call): URL => {
    const url = new URL(root);
    url.pathname = `${root.pathname.replace(/\/$/, '')}${path}`;
    if (method === 'GET') url.search = '';
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    return url;
  };

  const optionsOf = ({ method, body, dryRun }: Call): OptionsInit & { isStream?: never; responseType: 'buffer' } => ({
    method,
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      // a body that grows when unpacked can't be limited by what has come
      'accept-encoding': 'identity',
      'content-type': body === undefined ? undefined : 'application/json',
      'dry-run': dryRun ? '1' : undefined,
      'user-agent': 'guichet',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    responseType: 'buffer',
    decompress: false,
    followRedirect: false,
    throwHttpErrors: false,
    signal: patience(),
    timeout: { lookup: 5_000, connect: 10_000, secureConnect: 10_000 },
    retry: {
      limit: method === 'GET' ? retriesAtMost : 0,
      methods: ['GET'],
      statusCodes: [500, 502, 503, 504],
      maxRetryAfter: 5_000,
      ...(options.retryMs
        ? {
            calculateDelay: ({ attemptCount, computedValue }) =>
              computedValue === 0 ? 0 : (options.retryMs?.(attemptCount) ?? computedValue),
          }
        : {}),
    },
    // a retry takes its turn like any other call
    hooks: { beforeRetry: [async () => turn()] },
  });

  return async (call) => {
    await turn();
    // while this one waited for its turn, another may have heard that there is none for now
    if (quietUntil > clock().getTime()) return { kind: 'unsent', reason: 'rate limit', retryAt: new Date(quietUntil) };
    try {
      const request = got(urlOf(call), optionsOf(call));
      void request.on('downloadProgress', ({ transferred }) => {
        if (transferred > bodyAtMostBytes) request.cancel();
      });
      const { statusCode, headers, body } = await request;
      if (statusCode === 429) {
        quietUntil = clock().getTime() + quietFor(headers['retry-after'], clock());
        return { kind: 'unsent', reason: 'rate limit', retryAt: new Date(quietUntil) };
      }
      if (deniedStatuses.has(statusCode)) return { kind: 'denied', reason: `HTTP ${statusCode}` };
      return understood(call, { status: statusCode, location: headers.location, body });
    } catch (error) {
      return lost(error);
    }
  };
}

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110, 10.2.3). */
function quietFor(header: string | undefined, now: Date): number {
  const seconds = Number(header);
  const date = header === undefined ? Number.NaN : Date.parse(header);
  const given = Number.isNaN(seconds) ? date - now.getTime() : seconds * 1_000;
  return Number.isNaN(given) || given <= 0 ? quietMs.unless : Math.min(given, quietMs.atMost);
}

/** An answer that is not the interface's own (a proxy's page, half a body, a redirect elsewhere) says nothing. */
function understood(
  { method }: Call,
  { status, location, body }: { status: number; location: string | undefined; body: Uint8Array },
): Reply {
  if (status >= 500 || status === 408 || status < 200) return { kind: 'unclear', reason: `HTTP ${status}` };
  // GET …/createstatus points to a domain that has been made meanwhile
  if (status >= 300 && status < 400 && (status !== 303 || method !== 'GET'))
    return { kind: 'unclear', reason: `HTTP ${status}` };
  const text = Buffer.from(body).toString('utf8');
  if (text.trim() === '' && status < 400) return { kind: 'answer', status, body: undefined, location };
  try {
    return { kind: 'answer', status, body: JSON.parse(text), location };
  } catch {
    return { kind: 'unclear', reason: `HTTP ${status}, not JSON` };
  }
}

/** Why no answer came, in words that carry nothing of the call. */
function lost(error: unknown): Reply {
  if (error instanceof TimeoutError)
    return { kind: unsentPhases.has(error.event) ? 'unsent' : 'unclear', reason: `time-out (${error.event})` };
  if (!(error instanceof RequestError)) return { kind: 'unclear', reason: 'no answer' };
  return { kind: unsentCodes.has(error.code) ? 'unsent' : 'unclear', reason: error.code };
}
