import { it } from 'vitest';
import { ground, reseller } from './ground.js';
import { createSessions } from '../../src/core/sessions.js';
it('t', async () => {
  const desk = await ground();
  const s = createSessions(desk.open.dispatcher);
  const a = await reseller(desk);
  const b = await reseller(desk, 'b@x.example');
  const r = await s.signIn({ email: b.email, password: b.password, ip: '1.1.1.1', locale: 'en' });
  if (r.ok) { const f = await s.find(r.token); await s.replaceFirst({ personId: f!.personId, password: 'a phrase that is long', ip: undefined, locale: 'en' }); }
  const time = async (email: string) => { const all: number[] = []; for (let i = 0; i < 40; i++) { desk.pass(20 * 60_000); const t = performance.now(); await s.signIn({ email, password: 'wrong', ip: `2.2.2.${i}`, locale: 'en' }); all.push(performance.now() - t); } return all.sort((x, y) => x - y)[20]; };
  for (let k = 0; k < 2; k++) console.log('first', await time(a.email), 'chosen', await time(b.email), 'unknown', await time('no@x.example'), 'bad', await time('xx'));
  await desk.close();
});
