/** Behind a proxy of ours (`TRUSTED_PROXIES`) limits count the client; without the setting nobody is believed. */
import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { trusting } from '../../src/core/guard/proxies.js';
import { ground, reseller, type Ground } from './ground.js';

/** So many wrong passwords at an address that nobody has, each as said to come from there; the statuses. */
async function guesses(desk: Ground, count: number, forwarded: (nth: number) => string): Promise<number[]> {
  const statuses: number[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    const visitor = desk.visitor();
    const headers = { 'x-forwarded-for': forwarded(nth), 'x-forwarded-proto': 'https' };
    const fields = { email: `nobody${nth}@client.example`, password: 'not the right one at all' };
    statuses.push((await visitor.post('/sign-in', fields, { headers })).status);
  }
  return statuses;
}

it('counts the client that the proxy names, and not what the client wrote before it', async () => {
  const desk = await ground({ trusts: trusting(['127.0.0.1']) });
  await reseller(desk);
  const one = await guesses(desk, 31, (nth) => `10.9.8.${nth}, 203.0.113.5`);
  expect(one.at(-1)).toBe(429);
  expect((await guesses(desk, 1, () => '203.0.113.6')).at(-1)).not.toBe(429);
  await desk.close();
});

it('without the setting the header changes nothing', async () => {
  const desk = await ground();
  const statuses = await guesses(desk, 31, (nth) => `203.0.113.${nth}`);
  expect(statuses.at(-1)).toBe(429);
  await desk.close();
});

it('sends on to https what the proxy took in the clear', async () => {
  const desk = await ground({ trusts: trusting(['127.0.0.1']), publicUrl: 'https://desk.example.com' });
  const asked = (proto: string) =>
    desk.send({ path: '/sign-in?x=1', headers: { host: 'desk.example.com', 'x-forwarded-proto': proto } });
  expect(await asked('http')).toMatchObject({ status: 308, location: 'https://desk.example.com/sign-in?x=1' });
  expect((await asked('https')).status).toBe(200);
  await desk.close();
});

it('a crowd of idle connections from one place keeps nobody else out', async () => {
  const desk = await ground({ connectionsAtMost: 5 });
  const idle = Array.from({ length: 12 }, () => connect({ port: desk.web.port, host: '127.0.0.1' }));
  await Promise.all(idle.slice(5).map((socket) => once(socket, 'close')));
  expect((await desk.send({ path: '/healthz', from: '127.0.0.2' })).status).toBe(200);
  for (const socket of idle) socket.destroy();
  await desk.close();
});
