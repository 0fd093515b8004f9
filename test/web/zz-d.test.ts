import { it } from 'vitest';
import { ground } from './ground.js';
it('x', async () => {
  const desk = await ground();
  const type = { 'content-type': 'application/x-www-form-urlencoded', origin: desk.web.url };
  const t = async (n: string, a: Parameters<typeof desk.send>[0]) => console.log(n, await desk.send(a).then((x) => x.status, String));
  await t('large', { method: 'POST', path: '/sign-in', headers: type, body: `email=${'x'.repeat(300_000)}` });
  await t('damaged', { method: 'POST', path: '/sign-in', headers: { origin: desk.web.url, 'content-type': 'multipart/form-data; boundary=x' }, body: '--y' });
  await t('put', { method: 'PUT', path: '/sign-in' });
  await t('long', { path: `/${'x'.repeat(20_000)}` });
  await desk.close();
});
