/**
 * `POST /api/access/verify`: a VPN gateway asks whether a grant of remote access holds (E9). It is a machine's: no
 * cookie, no session, no form mark, no other origin's scripts; and it says no more than yes or no.
 */
import type { Hono } from 'hono';
import { createAccess, type AccessAnswer } from '../core/ports/access.js';
import { clientIp, type Ctx, type Door, type Env } from './page-request.js';

export const accessPath = '/api/access/verify';
/** A question is one short token. */
const bodyBytes = 4 * 1024;
const tokenChars = 200;

export function accessRoutes(app: Hono<Env>, door: Door): void {
  const access = createAccess(door.dispatcher.desk);
  app.post(accessPath, async (c) => {
    const ip = clientIp(c, door);
    try {
      return told(c, door, await access.verify({ key: keyOf(c), token: await tokenOf(c), ip }));
    } catch (error) {
      const reference = door.dispatcher.desk.random(4).toString('hex');
      door.log.error({ err: error, reference, page: accessPath }, 'an access could not be verified');
      return c.json({ ok: false, code: 'fault', reference }, 500);
    }
  });
  // there is no page here, and no session is looked up for who tries
  app.all(accessPath, (c) => c.notFound());
}

function told(c: Ctx, door: Door, answer: AccessAnswer): Response {
  switch (answer.state) {
    case 'granted': {
      const { device, grant, expires } = answer;
      return c.json({ ok: true, device, grant, expires });
    }
    case 'limited':
      c.header('retry-after', String(answer.retryAfterS));
      return c.json({ ok: false, code: 'rate.limited' }, 429);
    case 'denied':
      // by its limit this is written at most as often as strangers are counted
      if (answer.stranger)
        door.log.warn({ ip: clientIp(c, door) ?? null }, 'a key of no gateway asked about an access');
      return c.json({ ok: false, code: 'access.denied' }, 403);
  }
}

const keyOf = (c: Ctx): string | undefined =>
  /^Bearer +([\w-]{1,100})$/i.exec(c.req.header('authorization')?.trim() ?? '')?.[1];

/** The token of a readable question. What is wrong with another one is not told: a parser's message would quote it. */
async function tokenOf(c: Ctx): Promise<string | undefined> {
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) return undefined;
  const text = await bodyOf(c);
  if (text === undefined) return undefined;
  let asked: unknown;
  try {
    asked = JSON.parse(text);
  } catch {
    return undefined;
  }
  const token = typeof asked === 'object' && asked !== null && 'token' in asked ? asked.token : undefined;
  return typeof token === 'string' && token.length <= tokenChars ? token : undefined;
}

/** Nothing when it is too large; what is left of it is not read (server.ts closes the connection). */
async function bodyOf(c: Ctx): Promise<string | undefined> {
  if (Number(c.req.header('content-length') ?? 0) > bodyBytes) return undefined;
  const reader = (c.req.raw.body as ReadableStream<Uint8Array> | null)?.getReader();
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
    bytes += piece.value.length;
    if (bytes > bodyBytes) return undefined;
    pieces.push(piece.value);
  }
  return Buffer.concat(pieces).toString('utf8');
}
