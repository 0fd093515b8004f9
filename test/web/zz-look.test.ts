import { mkdirSync } from 'node:fs';
import { it } from 'vitest';
import { ground, reseller, startBrowser } from './ground.js';
it('looks', async () => {
  mkdirSync('/tmp/shots', { recursive: true });
  const mails = { list: async () => [{ id: 'a', at: new Date(), to: 'c@x.fr', subject: 'Votre commande 12 : bien démarrer' }], read: async () => ({ headers: 'Subject: Votre commande 12\r\nTo: c@x.fr', text: 'Bonjour\n\nAllez sur https://example.org/t/abc. Merci', html: '<p style="color:green">Bonjour <a href="https://example.org">lien</a></p>' }) };
  const g = await ground({ desk: { token: 'tok', mails, parseLine: (text) => ({ fault: text }) }, locale: 'fr' });
  const browser = await startBrowser();
  const who = await reseller(g);
  const p = await g.page(browser, { locale: 'fr-FR' });
  const shot = async (name: string, page = p) => {
    for (const [w, tag] of [[1200, 'wide'], [320, 'phone']] as const) {
      await page.setViewportSize({ width: w, height: 800 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth);
      if (over > w) console.log('OVERFLOW', name, tag, over);
      await page.screenshot({ path: `/tmp/shots/${name}-${tag}.png`, fullPage: true });
    }
    await page.setViewportSize({ width: 1200, height: 800 });
  };
  await p.goto('/sign-in');
  await shot('sign-in');
  await p.fill('#email', who.email); await p.fill('#password', 'no'); await p.click('main button >> nth=0');
  await shot('sign-in-wrong');
  await p.fill('#email', who.email); await p.fill('#password', who.password); await p.click('main button >> nth=0');
  await p.fill('#password', 'short'); await p.click('main button');
  await shot('choose');
  await p.fill('#password', 'une phrase assez longue'); await p.click('main button');
  for (let i = 0; i < 3; i++) await g.run('declare new', { product: 'pro', email: `client${i}@maison.example`, 'last-name': 'Durand', 'first-name': 'Zoé', 'order-number': `F-${i}`, takeover: i === 1 ? 'yes' : 'no' }, who.email);
  await p.goto('/me');
  await shot('me');
  await p.click('summary >> nth=0'); await p.fill('#declare-new-email', 'x'); await p.click('#declare-new button');
  await shot('me-faults');
  await g.run('staff grant', { email: 'boss@x.example', role: 'admin' });
  await g.run('stock withdraw', { reseller: who.email, product: 'pro', quantity: '1', reason: 'casse' });
  const d = await g.page(browser, { locale: 'fr-FR', colorScheme: 'dark' });
  await d.goto('/desk?token=tok'); 
  await shot('desk', d);
  await d.goto('/desk?as=anne%40volts.example&command=declare+new'); await shot('desk-form', d);
  await d.selectOption('#as', ''); await d.selectOption('#command', 'stock import'); await d.click('text=Ouvrir le formulaire');
  await d.fill('#command-form-reseller', who.email);
  await d.setInputFiles('#command-form-file', { name: 'x.csv', mimeType: 'text/csv', buffer: Buffer.from('number,product,purchase\nPP2016JUN002122662989,pro,F9\nX,nope,F9\n') });
  await d.click('#command-form button'); await shot('desk-preview', d);
  await d.click('text=Valider >> nth=-1').catch(() => undefined); await shot('desk-confirmed', d);
  await d.goto('/desk/mails/a'); await shot('mail', d);
  await d.goto('/nowhere'); await shot('404', d);
  console.log(g.faults);
  await browser.close(); await g.close();
}, 120_000);
