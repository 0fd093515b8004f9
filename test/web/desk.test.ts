/** The desk page: opened by a token, a command as anybody, approvals, mails. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLine, splitLine } from '../../src/cli/argv.js';
import { commands } from '../../src/core/programmes/index.js';
import { deskLinks } from '../../src/core/ports/desk-links.js';
import type { DeskPart } from '../../src/web/server.js';
import { newSiteOrder } from '../core/order-ground.js';
import { ground, reseller, type Ground, type Visitor } from './ground.js';

const token = 'the-token-printed-at-start';
const mail = {
  headers: 'Subject: Hello <script>\r\nTo: zoe@maison.example',
  text: 'See https://desk.example/t/abc. <script>alert(1)</script>',
  html: '<p style="color:red">Hi</p><script>alert(1)</script>',
};
const part: Omit<DeskPart, 'spend'> & { token: string } = {
  token,
  mails: {
    list: () =>
      Promise.resolve([
        {
          id: '2026-11-30T09-00-00.000Z-x.eml',
          at: '2026-11-30T09:00:00Z',
          to: 'zoe@maison.example',
          subject: 'Hello <script>',
        },
      ]),
    read: (id) => Promise.resolve(id === '2026-11-30T09-00-00.000Z-x.eml' ? mail : undefined),
  },
  // as main passes it
  parseLine: (line) => parseLine(splitLine(line), commands, () => Buffer.alloc(0)),
};

let desk: Ground;
let visitor: Visitor;
beforeEach(async () => {
  desk = await ground({ desk: part });
  visitor = desk.visitor();
});
afterEach(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

const open = () => visitor.get(`/desk?token=${token}`);
const send = (command: string, fields: Record<string, string>, as = '') =>
  visitor.post('/desk', { _command: command, _as: as, _key: JSON.stringify(fields), ...fields });

describe('coming in', () => {
  it('shows what waits without taking it into review', async () => {
    await reseller(desk, 'ann@moulin.example');
    const draft = await desk.run('order new', newSiteOrder(), 'ann@moulin.example');
    const number = String(draft.ok && draft.data['order']);
    expect(await desk.run('order submit', { number }, 'ann@moulin.example')).toMatchObject({ ok: true });
    await open();
    expect((await visitor.get('/desk')).text).toContain(number);
    expect(await desk.run('order show', { number })).toMatchObject({ data: { state: 'submitted' } });
  });

  it('takes each token once: another browser needs another one', async () => {
    const own: Ground = await ground({ desk: { ...part, spend: (one) => deskLinks(own.open.desk).spend(one) } });
    const links = deskLinks(own.open.desk);
    try {
      const once = await links.make();
      const [first, second] = [own.visitor(), own.visitor()];
      expect((await first.get(`/desk?token=${once}`)).location).toBe('/desk');
      expect((await first.get('/desk')).status).toBe(200);
      // whoever is inside may follow the old address
      expect((await first.get(`/desk?token=${once}`)).location).toBe('/desk');
      const refused = await second.get(`/desk?token=${once}`);
      expect([refused.status, refused.text.includes('npx guichet desk')]).toEqual([403, true]);
      expect((await second.get(`/desk?token=${await links.make()}`)).location).toBe('/desk');
      expect((await own.visitor().get('/desk?token=wrong')).status).toBe(403);
      // it opens nothing else
      expect((await own.visitor().get(`/t/${await links.make()}`)).status).toBe(410);
      const late = await links.make();
      own.pass(25 * 3_600_000);
      expect((await own.visitor().get(`/desk?token=${late}`)).status).toBe(403);
    } finally {
      await own.close();
    }
  });

  it('swaps the token for a strict cookie and leaves the address without it', async () => {
    expect((await desk.send({ path: '/' })).location).toBe('/sign-in');
    expect((await visitor.get('/sign-in')).status).toBe(200);
    const shut = await visitor.get('/desk');
    expect(shut.status).toBe(403);
    expect(shut.text).toContain('token included');
    const swapped = await open();
    expect(swapped.location).toBe('/desk');
    expect(String(swapped.headers['set-cookie'])).toMatch(/^guichet-desk=[\w-]+; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(String(swapped.headers['set-cookie'])).not.toContain(token);
    expect((await visitor.get('/desk')).status).toBe(200);
    expect((await visitor.get('/')).location).toBe('/desk');
    expect((await desk.visitor().get('/desk?token=wrong')).status).toBe(403);
    expect((await desk.visitor().get('/desk/mails/2026-11-30T09-00-00.000Z-x.eml')).status).toBe(403);
  });

  it('is refused where it is not allowed', async () => {
    const other = await ground();
    const answer = await other.send({ path: `/desk?token=${token}` });
    expect(answer.status).toBe(404);
    expect((await other.send({ path: '/' })).location).toBe('/sign-in');
    await other.close();
  });

  it('takes no form from another origin or without the mark', async () => {
    await open();
    const fields = { _command: 'staff grant', _as: '', email: 'evil@x.example', role: 'admin' };
    expect((await visitor.post('/desk', fields, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect((await visitor.post('/desk', fields, { headers: { origin: 'null' } })).status).toBe(403);
    expect((await visitor.post('/desk', { ...fields, _mark: 'x' })).status).toBe(403);
    expect(
      (await desk.run('staff list', {})).ok && (await desk.run('account show', { person: 'evil@x.example' })).ok,
    ).toBe(false);
  });
});

describe('a command', () => {
  it('is asked by its form as the operator, and as anybody', async () => {
    await open();
    const page = (await visitor.get('/desk?command=reseller+register')).text;
    expect(page).toContain('id="command-form-last-name"');
    const refused = await send('reseller register', { email: 'x', company: 'Volts' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('<a href="#command-form-email">Email must be one address');
    expect(refused.text).toContain('value="Volts"');
    const done = await send('reseller register', {
      email: 'anne@volts.example',
      'last-name': 'Morel',
      'first-name': 'Anne',
      company: 'Volts',
    });
    expect(done.text).toContain('Volts is registered as reseller G-000001');
    expect(done.text).toContain('&quot;code&quot;: &quot;reseller.registered&quot;');

    await desk.run('stock receive', { reseller: 'anne@volts.example', product: 'pro', quantity: '2', purchase: 'P-1' });
    const placed = await send(
      'declare new',
      { product: 'pro', email: 'zoe@maison.example', 'last-name': 'Durand', 'first-name': 'Zoé', 'order-number': '1' },
      'anne@volts.example',
    );
    expect(placed.text).toContain('Declaration D-000001 placed');
    const row = await desk.open.connection.reader.audit.findFirst({ where: { action: 'declare new' } });
    expect(row).toMatchObject({ door: 'desk', operator: true });
    expect((await visitor.get('/desk')).text).toContain('Anne Morel · anne@volts.example · Volts');
  });

  it('is asked anew by a form that somebody went back to and filled in otherwise', async () => {
    await open();
    const who = await reseller(desk);
    const asked = { reseller: who.email, product: 'pro', purchase: 'P-back', _key: 'one key' };
    const first = await send('stock receive', { ...asked, quantity: '0' });
    expect(first.status).toBe(422);
    for (const time of ['first', 'again'])
      expect((await send('stock receive', { ...asked, quantity: '2' })).text, time).toContain(
        '2 × Service Pack Pro in the stock',
      );
    const shown = await desk.run('stock show', { reseller: who.email });
    expect(shown.ok && JSON.stringify(shown.data['products'])).toContain(
      '"product":"pro","name":"Service Pack Pro","available":7',
    );
  });

  it('as a dry run changes nothing and keeps what was typed', async () => {
    await open();
    const dry = await send('reseller register', {
      email: 'anne@volts.example',
      'last-name': 'M',
      'first-name': 'A',
      company: 'Volts',
      'dry-run': 'yes',
    });
    expect(dry.text).toContain('Dry run: nothing was changed.');
    expect(dry.text).toContain('value="anne@volts.example"');
    expect((await desk.run('account show', { person: 'anne@volts.example' })).ok).toBe(false);
  });

  it('as no address is told so', async () => {
    await open();
    expect((await send('help', {}, 'not an address')).text).toContain('must be one address');
    expect((await visitor.get('/desk?other=nobody%40x.example&command=account+show')).text).toContain(
      'value="nobody@x.example"',
    );
  });

  it('is typed as a line', async () => {
    await open();
    const who = await reseller(desk);
    const shown = await visitor.post('/desk', { _line: `stock show --reseller ${who.email}`, _as: '' });
    expect(shown.text).toContain('Stock of Volts &amp; Fils.');
    const own = await visitor.post('/desk', {
      _line: `account edit --city "Le Mans" --as ${who.email} --dry-run`,
      _as: '',
    });
    expect(own.text).toContain('Your changes are saved. Dry run: nothing was changed.');
    expect(own.text).toContain('<dd>Le Mans</dd>');
    for (const [line, fault] of [
      ['nonsense', 'There is no command “nonsense”'],
      ['stock show extra', '“extra”: a word too many'],
      ['stock show --reseller', '--reseller: its value is missing'],
    ] as const) {
      const refused = await visitor.post('/desk', { _line: line, _as: '' });
      expect(refused.status).toBe(422);
      expect(refused.text).toContain(fault);
      expect(refused.text).toContain(`value="${line}"`);
    }
  });

  it('gives its file with the answer', async () => {
    await open();
    const who = await reseller(desk);
    const listed = await send('declare list', { export: 'csv' }, who.email);
    expect(listed.text).toMatch(/<a download="[\w-]+\.csv" href="data:text\/csv[^"]*;base64,/);
  });

  it('with a file is previewed, and confirmed once by its button', async () => {
    await open();
    const who = await reseller(desk);
    const boundary = 'x'.repeat(20);
    const mark = /name="_mark" value="([^"]+)"/.exec((await visitor.get('/desk')).text)?.[1] ?? '';
    const pieces: Record<string, string> = {
      _mark: mark,
      _command: 'stock import',
      _as: '',
      _key: 'k',
      reseller: who.email,
    };
    const fields = Object.entries(pieces).map(
      ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const file = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="packs.csv"\r\ncontent-type: text/csv\r\n\r\nnumber,product,purchase\r\nPP2016JUN002122662989,pro,F-9\r\n\r\n--${boundary}--\r\n`;
    const cookie = [...visitor.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const previewed = await desk.send({
      method: 'POST',
      path: '/desk',
      headers: { cookie, origin: desk.web.url, 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: fields.join('') + file,
    });
    expect(previewed.text).toContain('Nothing has changed yet');
    const pending = /name="_pending" value="([^"]+)"/.exec(previewed.text)?.[1] ?? '';
    expect(await desk.open.connection.reader.stockUnit.count({ where: { number: 'PP2016JUN002122662989' } })).toBe(0);
    expect((await visitor.post('/desk', { _pending: pending, _as: who.email })).text).toContain(
      'This preview no longer holds',
    );
    for (let clicks = 0; clicks < 2; clicks += 1)
      expect((await visitor.post('/desk', { _pending: pending, _as: '' })).text).toContain('1 pack imported.');
    expect(await desk.open.connection.reader.stockUnit.count({ where: { number: 'PP2016JUN002122662989' } })).toBe(1);
  });
});

describe('the approvals', () => {
  it('are shown, and decided as whoever was chosen', async () => {
    await open();
    const who = await reseller(desk);
    await desk.run('staff grant', { email: 'boss@x.example', role: 'admin' });
    await desk.run('stock withdraw', { reseller: who.email, product: 'pro', quantity: '2', reason: 'Broken <b>' });
    const page = (await visitor.get('/desk')).text;
    expect(page).toContain('A-000001');
    expect(page).toContain('Broken &lt;b&gt;');
    const decide = (command: string, as: string, more: Record<string, string> = {}) =>
      visitor.post('/desk', { _command: command, _as: as, _from: 'feed', number: 'A-000001', ...more });
    expect((await decide('approval approve', '')).text).toContain('A-000001 is your own request');
    expect((await decide('approval refuse', 'boss@x.example')).text).toContain('Reason is needed');
    const approved = (await decide('approval approve', 'boss@x.example')).text;
    expect(approved).toContain('A-000001 is approved and carried out.');
    expect(approved).toContain('No request is waiting.');
    expect((await decide('approval refuse', 'boss@x.example', { reason: 'too late' })).text).toContain(
      'has been decided already',
    );
  });
});

describe('the mails', () => {
  it('are listed and read as text; their HTML stands in a frame that runs nothing', async () => {
    await open();
    const list = (await visitor.get('/desk')).text;
    expect(list).toContain('Hello &lt;script&gt;');
    const href = /href="(\/desk\/mails\/[^"]+)"/.exec(list)?.[1] ?? '';
    const read = await visitor.get(href);
    expect(read.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(read.text).toContain('<a href="https://desk.example/t/abc" rel="noreferrer" target="_blank">');
    expect(read.text).toMatch(/<iframe\s[^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/);
    const framed = await visitor.get(`${href}/html`);
    const rules = String(framed.headers['content-security-policy']);
    expect(rules).toContain("default-src 'none'");
    expect(rules).toContain('sandbox');
    expect(rules).not.toContain('script-src');
    expect(rules).not.toContain('allow-scripts');
    expect((await visitor.get('/desk/mails/none')).status).toBe(404);
  });
});
