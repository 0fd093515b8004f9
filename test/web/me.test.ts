/** `/me`: profile, packs, stock and declared users, through real HTTP without scripts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ground, hours, reseller, type Ground, type Visitor } from './ground.js';

let desk: Ground;
beforeEach(async () => {
  desk = await ground();
});
afterEach(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

const good = 'a phrase that is long enough';

/** Declares an end user and lets it choose a password by its letter's link. */
async function client(
  by: string,
  email: string,
  more: Record<string, string> = {},
): Promise<{ visitor: Visitor; pack: string; declaration: string }> {
  const placed = await desk.run(
    'declare new',
    { product: 'pro', email, 'last-name': 'Durand', 'first-name': 'Zoé', 'order-number': email, ...more },
    by,
  );
  if (!placed.ok) throw new Error(placed.code);
  const visitor = desk.visitor();
  const chosen = await visitor.post(await desk.link(email), { password: good });
  expect(chosen.location).toBe('/me');
  const letter = (await desk.mails(email)).find((mail) => mail.letter === 'declared-client');
  return { visitor, pack: String(letter?.params['pack']), declaration: placed.data['declaration'] as string };
}

const send = (visitor: Visitor, command: string, fields: Record<string, string>) =>
  visitor.post('/me', { _command: command, _key: Math.random().toString(), ...fields });

/** A reseller who is signed in. */
async function seller(): Promise<{ visitor: Visitor; email: string }> {
  const who = await reseller(desk);
  const visitor = desk.visitor();
  await visitor.post('/sign-in', { email: who.email, password: who.password });
  await visitor.post('/password', { password: good });
  return { visitor, email: who.email };
}

describe('the profile', () => {
  it('is edited by `account edit`, keeps what was faulty and says what is wrong', async () => {
    const { visitor, email } = await seller();
    const refused = await send(visitor, 'account edit', { 'last-name': 'Petit', phone: 'not a phone' });
    expect(refused.status).toBe(422);
    expect(refused.text).toMatch(/value="not a phone"/);
    expect(refused.text).toMatch(/<a href="#account-edit-phone">Phone must be a phone number/);
    expect(refused.text).toMatch(/aria-describedby="account-edit-phone-fault" aria-invalid="true"/);
    expect((await desk.run('account show', {}, email)).ok).toBe(true);

    const saved = await send(visitor, 'account edit', {
      'last-name': '<b>Petit</b>',
      phone: '01 23 45 67 89',
      locale: 'fr',
    });
    expect(saved.location).toBe('/me');
    const shown = await visitor.get('/me');
    expect(shown.text).toContain('Vos changements sont enregistrés.');
    expect(shown.text).toContain('lang="fr"');
    expect(shown.text).toContain('value="&lt;b&gt;Petit&lt;/b&gt;"');
    expect(shown.text).not.toContain('<b>Petit');
    expect(shown.text).toContain('value="+33123456789"');
    const events = await desk.open.connection.reader.audit.findMany({ where: { action: 'account edit' } });
    expect(events).toMatchObject([{ door: 'web', operator: false }]);
  });

  it('a box that comes back empty empties its field; one that was empty changes nothing', async () => {
    const { visitor, email } = await seller();
    await desk.run('account edit', { phone: '+33123456789', city: 'Rennes' }, email);
    const page = await visitor.get('/me');
    const standing = /name="_standing" value="([^"]*)"/.exec(page.text)?.[1]?.replaceAll('&quot;', '"') ?? '';
    expect(JSON.parse(standing)).toMatchObject({ phone: '+33123456789', city: 'Rennes' });
    const shown = await desk.run('account show', {}, email);
    const { lastName, locale } = (shown.ok ? shown.data : {}) as Record<string, string>;
    const saved = await send(visitor, 'account edit', {
      ...{
        'last-name': lastName ?? '',
        phone: '',
        city: 'Rennes',
        street: '',
        locale: locale ?? '',
        _standing: standing,
      },
    });
    expect(saved.location).toBe('/me');
    expect(await desk.run('account show', {}, email)).toMatchObject({
      data: { phone: null, city: 'Rennes', lastName },
    });
    const refused = await send(visitor, 'account edit', { 'last-name': '', _standing: standing });
    expect(refused.status).toBe(422);
    expect(refused.text).toMatch(/account-edit-last-name-fault/);
  });

  it('edits nobody else’s account, and runs no command it has no form for', async () => {
    const { visitor } = await seller();
    await reseller(desk, 'other@x.example');
    expect((await send(visitor, 'account edit', { person: 'other@x.example', 'last-name': 'Forged' })).status).toBe(
      403,
    );
    expect(
      (
        await send(visitor, 'stock receive', {
          reseller: 'anne@volts.example',
          product: 'pro',
          quantity: '5',
          purchase: 'X',
        })
      ).status,
    ).toBe(404);
  });

  it('mails a link to change the password', async () => {
    const { visitor, email } = await seller();
    expect((await send(visitor, 'account password', {})).location).toBe('/me');
    expect((await visitor.get('/me')).text).toContain(`A link to choose a password is on its way to ${email}`);
    expect((await visitor.get(await desk.link(email))).status).toBe(200);
  });
});

describe('a pack number', () => {
  it('puts the pack on the account, with what comes with it', async () => {
    const { email } = await seller();
    const { visitor, pack, declaration } = await client(email, 'zoe@maison.example');
    expect((await visitor.get('/me')).text).toContain('There is no service pack on this account.');
    expect((await send(visitor, 'pack redeem', { number: ` ${pack.toLowerCase()} ` })).location).toBe('/me');
    const me = (await visitor.get('/me')).text;
    expect(me).toContain(`Pack ${pack} is on your account.`);
    expect(me).toContain('Service Pack Pro');
    expect(me).toContain('Daily online backup');
    const shown = await desk.run('declare show', { number: declaration }, email);
    expect(shown.ok && shown.data['state']).toBe('completed');
    const account = await desk.run('account show', {}, 'zoe@maison.example');
    expect(account.ok && account.data['packs']).toMatchObject([
      { pack, product: 'pro', name: 'Service Pack Pro', state: 'assigned' },
    ]);
  });

  it('sent twice by the same form is taken once, and answered alike', async () => {
    const { email } = await seller();
    const { visitor, pack } = await client(email, 'zoe@maison.example');
    const fields = { _key: 'one key', number: pack };
    expect((await send(visitor, 'pack redeem', fields)).location).toBe('/me');
    expect((await send(visitor, 'pack redeem', fields)).location).toBe('/me');
  });

  it('that was wrong is corrected in the form that somebody went back to; the wrong one again is answered alike', async () => {
    const { email } = await seller();
    const { visitor, pack } = await client(email, 'zoe@maison.example');
    const form = { _key: 'one key' };
    for (const number of ['PP2026NOV000000000000', 'PP2026NOV000000000000']) {
      const refused = await send(visitor, 'pack redeem', { ...form, number });
      expect([refused.status, refused.text.includes('This number cannot be taken.')]).toEqual([422, true]);
    }
    const again = await send(visitor, 'pack redeem', { ...form, number: pack });
    expect(again.location).toBe('/me');
    expect((await visitor.get('/me')).text).toContain(`Pack ${pack} is on your account.`);
  });

  it('that is wrong, foreign or used is refused in the same words', async () => {
    const { email } = await seller();
    const zoe = await client(email, 'zoe@maison.example');
    const tom = await client(email, 'tom@maison.example');
    await send(tom.visitor, 'pack redeem', { number: tom.pack });
    const third = await client(email, 'ann@maison.example');
    const refusals = [];
    for (const number of ['PP2026NOV000000000000', third.pack, tom.pack])
      refusals.push(await send(zoe.visitor, 'pack redeem', { number }));
    const plain = refusals.map(({ text }) => text.replace(/value="[^"]*"/g, ''));
    expect(refusals.map(({ status }) => status)).toEqual([422, 422, 422]);
    expect(new Set(plain).size).toBe(1);
    expect(plain[0]).toContain('This number cannot be taken.');
    expect(plain[0]).not.toMatch(/tom@|ann@/);
    expect((await send(third.visitor, 'pack redeem', { number: third.pack })).location).toBe('/me');
  });

  it('can be tried ten times an hour', async () => {
    const { email } = await seller();
    const { visitor, pack } = await client(email, 'zoe@maison.example');
    for (let tries = 0; tries < 10; tries += 1)
      expect((await send(visitor, 'pack redeem', { number: `PP${tries}` })).status).toBe(422);
    expect((await send(visitor, 'pack redeem', { number: pack })).status).toBe(429);
    desk.pass(hours);
    // the session has idled out meanwhile
    const again = desk.visitor();
    await again.post('/sign-in', { email: 'zoe@maison.example', password: good });
    expect((await send(again, 'pack redeem', { number: pack })).location).toBe('/me');
  });
});

describe('a reseller', () => {
  it('sees its stock with kinds as columns', async () => {
    const { visitor, email } = await seller();
    await client(email, 'zoe@maison.example');
    const { text } = await visitor.get('/me');
    const packs = /<caption>Service packs<\/caption>([\s\S]*?)<\/table>/.exec(text)?.[1] ?? '';
    const columns = [...packs.matchAll(/<th scope="col">([^<]*)/g)].map(([, name]) => name);
    expect(columns).toEqual([
      'Count',
      'Service Pack Power',
      'Service Pack Power EnOcean',
      'Service Pack Power Ultimate',
      'Service Pack Pro',
    ]);
    const rows = [...packs.matchAll(/<tr>\s*<th scope="row">([^<]*)<\/th>((?:\s*<td>\d+<\/td>)+)/g)].map(
      ([, name, cells]) => [name, ...[...(cells ?? '').matchAll(/\d+/g)].map(([count]) => Number(count))],
    );
    expect(rows).toEqual([
      ['Available', 0, 0, 0, 4],
      ['Reserved', 0, 0, 0, 0],
      ['Declared', 0, 0, 0, 1],
    ]);
    expect(text).toContain('<caption>Boxes</caption>');
  });

  it('declares a user; only kinds in stock are offered, and a duplicate is told', async () => {
    const { visitor } = await seller();
    const select =
      /<select id="declare-new-product"[\s\S]*?<\/select>/.exec((await visitor.get('/me')).text)?.[0] ?? '';
    expect([...select.matchAll(/option value="([^"]*)"/g)].map(([, id]) => id)).toEqual(['', 'pro', 'box-pro']);
    const fields = {
      product: 'pro',
      email: 'zoe@maison.example',
      'last-name': 'Durand',
      'first-name': 'Zoé',
      'order-number': 'F-1',
    };
    expect((await send(visitor, 'declare new', fields)).location).toBe('/me');
    expect((await visitor.get('/me')).text).toMatch(/Declaration D-000001 placed for zoe@maison.example: pack PP/);
    const again = await send(visitor, 'declare new', fields);
    expect(again.status).toBe(422);
    expect(again.text).toContain('The same declaration exists already: D-000001');
    expect(again.text).toContain('value="zoe@maison.example"');
    expect((await send(visitor, 'declare new', { ...fields, anyway: 'yes' })).location).toBe('/me');
    const faulty = await send(visitor, 'declare new', { email: 'x' });
    expect(faulty.text.match(/is needed<\/a>/g)).toHaveLength(4);
    expect(faulty.text).toContain('<title>Error – My account');
  });

  it('searches, filters, pages and exports its declared users', async () => {
    const { visitor, email } = await seller();
    await desk.run('stock receive', { reseller: email, product: 'pro', quantity: '40', purchase: 'P-2' });
    for (let at = 0; at < 30; at += 1) {
      await desk.run(
        'declare new',
        {
          product: 'pro',
          email: `c${at}@maison.example`,
          'last-name': at === 3 ? 'Béranger' : 'Durand',
          'first-name': 'Zoé',
          'order-number': `F-${at}`,
          takeover: at < 2 ? 'yes' : 'no',
        },
        email,
      );
    }
    const items = (text: string) => [...text.matchAll(/<th scope="row">(D-\d+)/g)].map(([, number]) => number);
    const first = (await visitor.get('/me')).text;
    expect(items(first)).toHaveLength(25);
    expect(first).toContain('Page 1 of 2');
    const next = /href="(\/me\?[^"#]*page=2)#declared"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(items((await visitor.get(next)).text)).toHaveLength(5);
    expect(items((await visitor.get('/me?search=beranger')).text)).toEqual(['D-000004']);
    expect(items((await visitor.get('/me?state=completed')).text)).toEqual(['D-000002', 'D-000001']);
    expect((await visitor.get('/me?since=2027-01-01')).text).toContain('No declared user matches.');
    const bad = (await visitor.get('/me?since=yesterday')).text;
    expect(bad).toContain('Since must be a date');
    expect(bad).toContain('value="yesterday"');

    const filtered = (await visitor.get('/me?search=beranger')).text;
    const href = /href="(\/me\/declared\?[^"]*export=csv)"/.exec(filtered)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const csv = await visitor.get(href);
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.headers['content-disposition']).toMatch(/^attachment; filename="[\w.-]+\.csv"$/);
    expect(csv.headers['cache-control']).toBe('no-store');
    expect(csv.text.trim().split('\n')).toHaveLength(2);
    expect(csv.text).toContain('Béranger');
    const xlsx = await visitor.get('/me/declared?export=xlsx');
    expect(xlsx.headers['content-type']).toContain('spreadsheetml');
    expect(xlsx.text.startsWith('PK')).toBe(true);
  });

  it('of several organisations chooses which', async () => {
    const { visitor, email } = await seller();
    await desk.run('reseller register', {
      email: 'other@x.example',
      'last-name': 'O',
      'first-name': 'P',
      company: 'Second Ltd',
    });
    await desk.open.desk.database.transact(async ({ tx }) => {
      const person = await tx.address.findUniqueOrThrow({ where: { email } });
      await tx.membership.create({
        data: { orgId: 2, personId: person.personId, role: 'owner', createdAt: desk.open.desk.clock() },
      });
    });
    await desk.run('stock receive', { reseller: 'G-2', product: 'power', quantity: '2', purchase: 'Q-1' });
    expect((await visitor.get('/me')).text).toContain('Stock of Volts &amp; Fils');
    const second = (await visitor.get('/me?org=G-000002')).text;
    expect(second).toContain('Stock of Second Ltd');
    const fields = {
      org: 'G-000002',
      product: 'power',
      email: 'zoe@maison.example',
      'last-name': 'Durand',
      'first-name': 'Zoé',
      'order-number': 'F-1',
    };
    expect((await send(visitor, 'declare new', fields)).location).toBe('/me?org=G-000002');
    expect((await visitor.get('/me?org=G-000002')).text).toContain('zoe@maison.example');
    expect((await visitor.get('/me')).text).not.toContain('zoe@maison.example');
    expect((await visitor.get('/me/declared?org=G-000002')).text).toContain('zoe@maison.example');
  });

  it('is no client’s affair: a client sees neither stock nor other people', async () => {
    const { email } = await seller();
    const { visitor } = await client(email, 'zoe@maison.example');
    const { text } = await visitor.get('/me?org=G-000001');
    expect(text).not.toContain('Stock of');
    expect(text).not.toContain('declare-new');
    const exported = await visitor.get('/me/declared');
    expect(exported.headers['content-disposition']).toBeUndefined();
  });
});
