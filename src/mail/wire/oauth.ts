import { isLoopbackHost } from './hosts.js';

export interface OAuthSettings {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  refreshToken: string;
}

/** Keeps the newest refresh token for the next start; what it keeps is a secret. */
export interface TokenStore {
  /** The token that took the configured one's place; nothing when there is none, or it is of other settings. */
  load(): Promise<string | undefined>;
  save(refreshToken: string): Promise<void>;
}

/** Answers a fresh access token; `ending` gives up. Throws why there is none, without a secret in it. */
export type TokenSource = (ending?: AbortSignal) => Promise<string>;

/** What an operator can do about a code of RFC 6749 §5.2. */
const advice: Record<string, string> = {
  invalid_grant: 'the refresh token is no longer good, sign in again and set a new IMAP_OAUTH_REFRESH_TOKEN',
  invalid_client: 'check IMAP_OAUTH_CLIENT_ID and IMAP_OAUTH_CLIENT_SECRET',
  unauthorized_client: 'check IMAP_OAUTH_CLIENT_ID and IMAP_OAUTH_CLIENT_SECRET',
  interaction_required: 'its owner has to sign in again; then set a new IMAP_OAUTH_REFRESH_TOKEN',
};

class TokenFault extends Error {
  override name = 'TokenFault';
  readonly code: string;
  constructor(text: string, code = '') {
    super(text);
    this.code = code;
  }
}

/**
 * Access tokens by refresh token (RFC 6749 §6). A server that hands out a new refresh token with each answer, as large
 * providers do, has it used from then on, over restarts too where there is a store; when that one is refused, the
 * configured one is tried once more. An answer that takes longer than `waitMs` is none.
 */
export function tokenSource(settings: OAuthSettings, store?: TokenStore, waitMs = 8000): TokenSource {
  let newest: string | undefined;
  const swap = async (refreshToken: string, ending?: AbortSignal): Promise<string> => {
    const answer = await askToken({ ...settings, refreshToken }, { ending, waitMs });
    if (answer.refreshToken !== undefined && answer.refreshToken !== refreshToken) {
      newest = answer.refreshToken;
      await store?.save(answer.refreshToken);
    } else newest = refreshToken;
    return answer.accessToken;
  };
  return async (ending) => {
    // another process at the same mailbox may have got a newer one
    const kept = (await store?.load()) ?? newest ?? settings.refreshToken;
    try {
      return await swap(kept, ending);
    } catch (error) {
      if (kept === settings.refreshToken || !(error instanceof TokenFault) || error.code !== 'invalid_grant')
        throw error;
      return swap(settings.refreshToken, ending);
    }
  };
}

/**
 * Speaks only to the configured URL: a redirect is a fault, since it would hand our secret to somebody else. Throws with
 * the server's error code and what to do about it; never with a secret.
 */
async function askToken(
  { tokenUrl, clientId, clientSecret, refreshToken }: OAuthSettings,
  { ending, waitMs }: { ending: AbortSignal | undefined; waitMs: number },
): Promise<{ accessToken: string; refreshToken: string | undefined }> {
  const { protocol, hostname, host } = new URL(tokenUrl);
  if (protocol !== 'https:' && !isLoopbackHost(hostname)) {
    throw new TokenFault('IMAP_OAUTH_TOKEN_URL must begin with https://, or the secrets would go out in the clear');
  }
  const late = AbortSignal.timeout(waitMs);
  const answered = await fetch(tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
    }).toString(),
    redirect: 'manual',
    signal: ending ? AbortSignal.any([late, ending]) : late,
  })
    .then(async (response) => ({ response, body: await response.json().catch((): unknown => ({})) }))
    .catch((error: Error & { cause?: { code?: string; message?: string } }) => {
      if (late.aborted) throw new TokenFault(`the token server ${host} did not answer within ${waitMs / 1000} s`);
      const { cause } = error;
      throw new TokenFault(
        `the token server ${host} can not be reached: ${cause?.code ?? cause?.message ?? error.message}`,
      );
    });
  const { response, body } = answered;
  const said = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (!response.ok || typeof said['access_token'] !== 'string') throw refused(host, response.status, said['error']);
  const { refresh_token: rotated } = said;
  return {
    accessToken: said['access_token'],
    refreshToken: typeof rotated === 'string' && rotated !== '' ? rotated : undefined,
  };
}

function refused(host: string, status: number, error: unknown): TokenFault {
  // a code is of these letters (RFC 6749 §5.2 and its registry); anything else might be anything
  const code = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : '';
  const moved = status >= 300 && status < 400 ? 'with a redirect, which is not followed' : '';
  const what = [`the token server ${host} answers ${status}`, moved, code].filter(Boolean).join(' ');
  return new TokenFault([what, advice[code]].filter(Boolean).join(': '), code);
}
