import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { startInbox } from '../../src/mail/inbox.js';
import { accessToken } from '../../src/mail/oauth.js';
import { silent } from './ground.js';

const secrets = { clientId: 'desk', clientSecret: 's3cr3t', refreshToken: 'r3fr3sh' };
const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

async function tokenServer(status: number, body: unknown, headers: Record<string, string> = {}) {
  const asked: URLSearchParams[] = [];
  const server = createHttp((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      asked.push(new URLSearchParams(text));
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => void server.close());
  return { tokenUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, asked };
}

test('a refresh token is swapped for an access token', async () => {
  const { tokenUrl, asked } = await tokenServer(200, { access_token: 'acc3ss', expires_in: 3600 });
  expect(await accessToken({ tokenUrl, ...secrets })).toBe('acc3ss');
  expect(Object.fromEntries(asked[0]!)).toEqual({
    grant_type: 'refresh_token',
    client_id: 'desk',
    client_secret: 's3cr3t',
    refresh_token: 'r3fr3sh',
  });
});

test('a refusal is said by its code and without secrets', async () => {
  const { tokenUrl } = await tokenServer(400, { error: 'invalid_grant', error_description: 'r3fr3sh is s3cr3t' });
  await expect(accessToken({ tokenUrl, ...secrets })).rejects.toThrow(/^the token server answers 400 invalid_grant$/);
  const odd = await tokenServer(200, { token: 'x' });
  await expect(accessToken({ tokenUrl: odd.tokenUrl, ...secrets })).rejects.toThrow(/answers 200$/);
});

test('a redirect is not followed: it would carry the secret elsewhere', async () => {
  const thief = await tokenServer(200, { access_token: 'x' });
  const { tokenUrl } = await tokenServer(307, {}, { location: thief.tokenUrl });
  await expect(accessToken({ tokenUrl, ...secrets })).rejects.toThrow();
  expect(thief.asked).toEqual([]);
});

test('the inbox signs in with the token', async () => {
  const { tokenUrl } = await tokenServer(200, { access_token: 'acc3ss' });
  const lines: string[] = [];
  const imap = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR] ready\r\n');
    socket.on('data', (chunk) => {
      const line = chunk.toString().trim();
      lines.push(line);
      const tag = line.split(' ')[0];
      if (/ CAPABILITY$/.test(line)) socket.write(`* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\n${tag} OK\r\n`);
      else socket.write(`${tag} NO [AUTHENTICATIONFAILED] not today\r\n`);
    });
  });
  imap.listen(0, 'localhost');
  await once(imap, 'listening');
  ends.push(() => void imap.close());
  const inbox = await startInbox({
    url: `imap://desk%40guichet.test@localhost:${(imap.address() as AddressInfo).port}/INBOX`,
    folders: { processed: 'Processed', held: 'Held', ignored: 'Ignored' },
    receive: async () => 'answered',
    cursor: { load: async () => null, save: async () => {} },
    oauth: { tokenUrl, ...secrets },
    log: silent,
    random: () => 0,
    backoffMs: { first: 60_000, most: 60_000 },
  });
  await inbox.close();
  const sent = lines.flatMap((line) => / AUTHENTICATE XOAUTH2 (\S+)/.exec(line)?.[1] ?? []);
  expect(Buffer.from(sent[0] ?? '', 'base64').toString()).toBe('user=desk@guichet.test\x01auth=Bearer acc3ss\x01\x01');
  expect(inbox.state().status).toBe('closed');
});
