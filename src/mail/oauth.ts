export interface OAuthSettings {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  refreshToken: string;
}

const waitMs = 8000;

/**
 * A fresh access token by refresh token (RFC 6749 §6). Speaks only to the configured URL: a redirect is a fault, since
 * it would hand our secret to somebody else. Throws with the server's error code; never with a secret.
 */
export async function accessToken({ tokenUrl, clientId, clientSecret, refreshToken }: OAuthSettings): Promise<string> {
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
    }).toString(),
    redirect: 'error',
    signal: AbortSignal.timeout(waitMs),
  });
  const answer = (await response.json().catch(() => ({}))) as { access_token?: unknown; error?: unknown };
  if (!response.ok || typeof answer.access_token !== 'string') {
    const code = typeof answer.error === 'string' ? answer.error.replace(/[^\w.-]/g, '').slice(0, 60) : '';
    throw new Error(`the token server answers ${response.status} ${code}`.trimEnd());
  }
  return answer.access_token;
}
