/** Certificates (D12): signed, sent once when due, revoked, ended, and readable on paper by people and machines. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  certificateOf,
  certificatePdf,
  issueCertificate,
  revokeCertificate,
  type Certified,
} from '../../src/core/programmes/certificates/certificate.js';
import { shownAs } from '../../src/core/programmes/certificates/glyphs.js';
import { publicKeys, signingKey } from '../../src/core/programmes/certificates/keys.js';
import { readPayload, sign, verify } from '../../src/core/programmes/certificates/payload.js';
import { sendDueCertificates } from '../../src/core/programmes/certificates/sending.js';
import { createVerification } from '../../src/core/programmes/certificates/verification.js';
import type { Desk } from '../../src/core/guard/work.js';
import { jobsOf, workOf } from '../../src/core/jobs.js';
import { createSchedule } from '../../src/core/database/schedule.js';
import { databases } from '../servers/databases.js';
import { dayMs, hourMs, minuteMs, newEmail, newReseller, openTestDesk, type TestDesk } from './ground.js';

/** What a scanner and a reader would see; without these the suite is skipped, and fails where the environment says CI=true. */
const hasTools = ['pdftotext', 'pdftoppm', 'zbarimg'].every((tool) => existsSync(join('/usr/bin', tool)));
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describe.each(databases())('certificates on $name', (provider) => {
  let desk: TestDesk;
  let reseller: { id: number; email: string };
  let recipients: string[];
  beforeEach(async () => {
    desk = await openTestDesk(provider);
    reseller = await newReseller(desk);
    recipients = [newEmail('zoe'), newEmail('abel')];
  });
  afterEach(() => desk.close());

  /** An order as its approval finds it. */
  async function anOrder(more: Partial<Certified> = {}): Promise<Certified> {
    const { personId } = await desk.connection.reader.address.findUniqueOrThrow({
      where: { email: reseller.email },
    });
    const at = desk.clock();
    const { id } = await desk.desk.database.transact(({ tx }) =>
      tx.order.create({
        data: {
          orgId: reseller.id,
          requesterId: personId,
          door: 'mail',
          locale: 'fr',
          state: 'done',
          type: 'initial',
          origin: 'new-site',
          content: JSON.stringify({ recipients: more.recipients ?? recipients }),
          searchText: '',
          createdAt: at,
          updatedAt: at,
        },
      }),
    );
    return {
      id,
      orgId: reseller.id,
      locale: 'fr',
      siteName: 'Forge & Émaillerie Lœuvre',
      siteCity: 'Besançon',
      siteNumber: 'S-000007',
      generation: 'one',
      solution: 'one-erp',
      references: ['SAAS IO ODATA'],
      recipients,
      deliveryDate: '2026-11-23',
      months: 12,
      ...more,
    };
  }

  const issue = (order: Certified, at: Desk = desk.desk) =>
    at.database.transact((unit) => issueCertificate(workOf(at, unit), order));
  const issued = async (more: Partial<Certified> = {}) => {
    const order = await anOrder(more);
    return { order, number: await issue(order) };
  };
  const revoke = (orderId: number, reason = 'Bon de commande annulé') =>
    desk.desk.database.transact((unit) => revokeCertificate(workOf(desk.desk, unit), { orderId, reason }));
  const send = (at: Desk = desk.desk) => sendDueCertificates(at, (unit) => workOf(at, unit));
  const rowOf = (number: string) => desk.connection.reader.certificate.findUniqueOrThrow({ where: { number } });
  const keys = () => desk.desk.database.read(publicKeys);
  const audited = async () =>
    (await desk.connection.reader.audit.findMany({ orderBy: { seq: 'asc' } }))
      .filter(({ action }) => action.startsWith('certificate'))
      .map(({ action, object }) => `${action} ${object}`);

  describe('issuing', () => {
    test('keeps what is certified, signed, with nobody’s address', async () => {
      const { order, number } = await issued();
      expect(number).toMatch(/^CT-[0-9A-F]{12}$/);
      const row = await desk.desk.database.read((tx) => certificateOf(tx, order.id));
      expect(row).toMatchObject({ number, state: 'issued', locale: 'fr', pdfSha256: null, sentAt: null });
      const [key] = await keys();
      expect(key).toEqual({
        kty: 'OKP',
        crv: 'Ed25519',
        x: expect.stringMatching(/^[\w-]{43}$/),
        kid: expect.stringMatching(/^[\w-]{43}$/),
        alg: 'EdDSA',
        use: 'sig',
      });
      const signed = await verify(row?.jws ?? '', await keys());
      expect(signed).toEqual({
        kid: key?.kid,
        payload: {
          number,
          order: 'O-000001',
          issuer: { name: 'Maison Lumen', url: 'http://127.0.0.1:8080' },
          site: { number: 'S-000007', name: 'Forge & Émaillerie Lœuvre', city: 'Besançon' },
          generation: { id: 'one', name: 'One' },
          solution: { id: 'one-erp', name: 'ERP One' },
          references: ['SAAS IO ODATA'],
          issued: '2026-11-23T09:00:00.000Z',
          validUntil: '2027-11-23T22:59:59.000Z',
          recipients: createHash('sha256')
            .update(`${number}\n${recipients.toSorted().join('\n')}\n`)
            .digest('hex'),
        },
      });
      expect(JSON.stringify(signed)).not.toContain('@');
      expect(await audited()).toEqual(['certificate issued O-000001']);
    });

    test('of a far day verifies, is sent when it is due and has not ended before', async () => {
      const { number } = await issued({ deliveryDate: '9999-12-31' });
      const verified = async () => createVerification(desk.desk).verify({ number, ip: undefined, locale: 'fr' });
      expect(await verified()).toMatchObject({ state: 'valid' });
      await createSchedule({
        database: desk.desk.database,
        clock: desk.clock,
        jobs: jobsOf(desk.desk, async () => undefined).filter(({ name }) => name === 'certificates that end'),
        onError: (error) => expect(error).toBeUndefined(),
      }).tick();
      expect((await rowOf(number)).state).toBe('issued');
      expect(await verified()).toMatchObject({ state: 'valid', validUntil: (await rowOf(number)).expiresAt });
      desk.clock.set(new Date('9999-12-31T09:00:00.000Z'));
      expect(await send()).toBe(1);
      // one that was signed before years had a bound
      const { number: old } = await issued();
      const row = await rowOf(old);
      const validUntil = '+010000-12-31T22:59:59.000Z';
      const key = await desk.desk.database.transact((unit) => signingKey(workOf(desk.desk, unit)));
      const jws = await sign({ ...readPayload(row.jws), validUntil }, key);
      await desk.connection.writer.certificate.update({
        where: { number: old },
        data: { jws, expiresAt: new Date(validUntil) },
      });
      expect(await createVerification(desk.desk).verify({ number: old, ip: undefined, locale: 'fr' })).toMatchObject({
        state: 'valid',
      });
    });

    test('happens once an order, and not at all when its command fails', async () => {
      const { order } = await issued();
      await expect(issue(order)).rejects.toThrow();
      const other = await anOrder();
      await expect(
        desk.desk.database.transact(async (unit) => {
          await issueCertificate(workOf(desk.desk, unit), other);
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      expect(await desk.connection.reader.certificate.count()).toBe(1);
    });

    test.each([
      ['today', '2026-11-23', '2026-11-23T09:00:00.000Z', '2027-11-23T22:59:59.000Z'],
      ['a day past', '2026-11-01', '2026-11-23T09:00:00.000Z', '2027-11-23T22:59:59.000Z'],
      ['tomorrow', '2026-11-24', '2026-11-24T07:00:00.000Z', '2027-11-24T22:59:59.000Z'],
      ['before the clocks go forward', '2027-03-27', '2027-03-27T07:00:00.000Z', '2028-03-27T21:59:59.000Z'],
      ['the day they do', '2027-03-28', '2027-03-28T06:00:00.000Z', '2028-03-28T21:59:59.000Z'],
    ])('for %s is due in the morning there, and holds whole days', async (_, deliveryDate, due, until) => {
      const { number } = await issued({ deliveryDate });
      const { dueAt, expiresAt, jws } = await rowOf(number);
      expect([dueAt.toISOString(), expiresAt?.toISOString()]).toEqual([due, until]);
      expect(readPayload(jws).validUntil).toBe(until);
    });

    test('of many at once, in two processes, makes one key; its secret is not readable at rest', async () => {
      const other = await desk.another();
      const orders = await Promise.all(Array.from({ length: 6 }, () => anOrder()));
      const numbers = await Promise.all(orders.map((order, at) => issue(order, at % 2 ? other.desk : desk.desk)));
      expect(new Set(numbers).size).toBe(6);
      const rows = await desk.connection.reader.signingKey.findMany();
      expect(rows).toHaveLength(1);
      expect(rows[0]?.secretKey).not.toMatch(/"d"|Ed25519/);
      expect(JSON.parse(desk.desk.secrets.open('signing key', rows[0]?.secretKey ?? ''))).toMatchObject({
        d: expect.stringMatching(/^[\w-]{43}$/) as string,
      });
      expect(rows[0]?.publicKey).not.toContain('"d"');
    });

    test('the newest key signs, older ones still verify', async () => {
      const first = await issued();
      const [old] = await desk.connection.reader.signingKey.findMany();
      await desk.connection.writer.signingKey.deleteMany();
      desk.clock.advance(dayMs);
      const second = await issued();
      await desk.connection.writer.signingKey.create({ data: old! });
      const third = await issued();
      const kids = [];
      for (const { number } of [first, second, third])
        kids.push((await verify((await rowOf(number)).jws, await keys()))?.kid);
      expect(kids).toEqual([old?.kid, (await keys())[0]?.kid, (await keys())[0]?.kid]);
      expect(await keys()).toHaveLength(2);
    });

    test('one changed character breaks the signature, wherever it is', async () => {
      const { number } = await issued();
      const { jws } = await rowOf(number);
      const known = await keys();
      for (let at = 0; at < jws.length; at += 1) {
        const letter = jws[at] ?? '';
        // the neighbour in the alphabet differs in the lowest bit, which at the end of a part may mean nothing
        const other = letter === '.' ? 'A' : alphabet[alphabet.indexOf(letter) ^ 1];
        expect(await verify(jws.slice(0, at) + other + jws.slice(at + 1), known), `at ${at}`).toBeUndefined();
      }
      for (const text of ['', '.', '..', 'a.b.c', `${jws}.`, ` ${jws}`, jws.split('.').slice(0, 2).join('.')])
        expect(await verify(text, known), text).toBeUndefined();
      expect(await verify(jws, [])).toBeUndefined();
      expect(await verify(jws, known)).toBeDefined();
    });
  });

  describe('sending', () => {
    test('leaves when it is due and not before, with the PDF, to each recipient and to whoever ordered', async () => {
      await desk.done('account edit', { locale: 'en' }, { as: recipients[1]! });
      const { number } = await issued({ deliveryDate: '2027-03-28' });
      desk.clock.set(new Date('2027-03-28T05:59:59.999Z'));
      expect(await desk.queuedBy(() => send())).toEqual([]);
      desk.clock.advance(1);
      const letters = await desk.queuedBy(async () => expect(await send()).toBe(1));
      expect(letters.map(({ letter, recipient, locale, object }) => [letter, recipient, locale, object])).toEqual([
        ['certificate', recipients[0], 'fr', 'O-000001'],
        ['certificate', recipients[1], 'en', 'O-000001'],
        ['certificate', reseller.email, 'fr', 'O-000001'],
      ]);
      expect(letters[1]?.params).toEqual({
        number,
        orderNumber: 'O-000001',
        siteName: 'Forge & Émaillerie Lœuvre',
        solution: 'ERP One',
        validUntil: '28 March 2028',
        verifyUrl: `http://127.0.0.1:8080/c/${number}`,
      });
      const row = await rowOf(number);
      expect(row).toMatchObject({ state: 'sent', sentAt: desk.clock() });
      const [mail] = await desk.connection.reader.outbox.findMany({ where: { letter: 'certificate' } });
      expect(JSON.parse(mail?.attachments ?? '')).toEqual([
        { name: `${number}.pdf`, type: 'application/pdf', sha256: row.pdfSha256 },
      ]);
      const kept = await desk.desk.documents.read(row.pdfSha256 ?? '');
      expect(kept.subarray(0, 5).toString()).toBe('%PDF-');
      expect((await certificatePdf(desk.desk, number)).equals(kept)).toBe(true);
      expect(await audited()).toEqual(['certificate issued O-000001', 'certificate sent O-000001']);
    });

    test('one letter a person: whoever ordered may be a recipient, and a recipient named twice is one', async () => {
      await issued({ recipients: [reseller.email, recipients[0]!, recipients[0]!] });
      const letters = await desk.queuedBy(() => send());
      expect(letters.map(({ recipient }) => recipient)).toEqual([reseller.email, recipients[0]]);
    });

    test('happens once, whatever processes try, however often', async () => {
      for (let count = 0; count < 3; count += 1) await issued();
      const other = await desk.another();
      const letters = await desk.queuedBy(async () => {
        const sent = await Promise.all([send(), send(other.desk), send(), send(other.desk)]);
        expect(sent.reduce((sum, one) => sum + one)).toBe(3);
      });
      expect(letters).toHaveLength(9);
      expect(await desk.queuedBy(() => send(other.desk))).toEqual([]);
    });

    test('the schedule does it within its first look after approval', async () => {
      const problems: unknown[] = [];
      const schedule = createSchedule({
        database: desk.desk.database,
        clock: desk.clock,
        jobs: jobsOf(desk.desk, async () => undefined),
        onError: (error) => problems.push(error),
      });
      await schedule.tick();
      const { number } = await issued();
      desk.clock.advance(minuteMs / 4);
      await schedule.tick();
      expect((await rowOf(number)).state).toBe('sent');
      expect(problems).toEqual([]);
    });

    test('one that can’t be made keeps no other waiting', async () => {
      const { number: broken } = await issued();
      const { number: good } = await issued();
      await desk.connection.writer.certificate.update({ where: { number: broken }, data: { jws: 'a.b.c' } });
      await expect(send()).rejects.toThrow('1 certificates could not be sent');
      expect([(await rowOf(broken)).state, (await rowOf(good)).state]).toEqual(['issued', 'sent']);
    });
  });

  describe('revoking', () => {
    test('before it was sent: it never leaves, and nobody hears of it', async () => {
      const { order, number } = await issued({ deliveryDate: '2026-12-01' });
      expect(await desk.queuedBy(() => revoke(order.id))).toEqual([]);
      desk.clock.advance(30 * dayMs);
      expect(await desk.queuedBy(() => send())).toEqual([]);
      expect(await rowOf(number)).toMatchObject({ state: 'revoked', reason: 'Bon de commande annulé', sentAt: null });
    });

    test('while its PDF is drawn: it does not leave either', async () => {
      const { order } = await issued();
      const { documents } = desk.desk;
      const slow: Desk = {
        ...desk.desk,
        documents: {
          ...documents,
          keep: async (content) => {
            await revoke(order.id);
            return documents.keep(content);
          },
        },
      };
      expect(await desk.queuedBy(async () => expect(await send(slow)).toBe(0))).toEqual([]);
    });

    test('after it was sent: its recipients are told why, once', async () => {
      const { order, number } = await issued();
      await send();
      desk.clock.advance(hourMs);
      const letters = await desk.queuedBy(() => revoke(order.id));
      expect(letters.map(({ letter, recipient, object }) => [letter, recipient, object])).toEqual(
        recipients.map((recipient) => ['certificate-revoked', recipient, 'O-000001']),
      );
      expect(letters[0]?.params).toEqual({
        number,
        orderNumber: 'O-000001',
        siteName: 'Forge & Émaillerie Lœuvre',
        reason: 'Bon de commande annulé',
        verifyUrl: `http://127.0.0.1:8080/c/${number}`,
      });
      const row = await rowOf(number);
      expect(row).toMatchObject({ state: 'revoked', endedAt: desk.clock() });
      desk.clock.advance(hourMs);
      expect(await desk.queuedBy(() => revoke(order.id, 'encore'))).toEqual([]);
      expect(await rowOf(number)).toEqual(row);
      expect(await audited()).toEqual(
        [1, 2, 3].map((at) => `certificate ${['', 'issued', 'sent', 'revoked'][at]} O-000001`),
      );
    });

    test('an order without one is left alone', async () => {
      const { id } = await anOrder();
      expect(await desk.queuedBy(() => revoke(id))).toEqual([]);
    });
  });

  test('ends after its last day; what is revoked stays so', async () => {
    const [sent, unsent, gone] = [
      await issued({ months: 1 }),
      await issued({ months: 1, deliveryDate: '2026-11-24' }),
      await issued({ months: 1 }),
    ];
    await send();
    await revoke(gone.order.id);
    const tick = createSchedule({
      database: desk.desk.database,
      clock: desk.clock,
      jobs: jobsOf(desk.desk, async () => undefined).filter(({ name }) => name === 'certificates that end'),
      onError: (error) => expect(error).toBeUndefined(),
    });
    const states = async () => Promise.all([sent, unsent, gone].map(async ({ number }) => (await rowOf(number)).state));
    desk.clock.set(new Date('2026-12-23T22:59:58Z'));
    await tick.tick();
    expect(await states()).toEqual(['sent', 'issued', 'revoked']);
    desk.clock.advance(hourMs);
    await tick.tick();
    expect(await states()).toEqual(['expired', 'issued', 'revoked']);
    desk.clock.advance(dayMs);
    // nobody is sent what no longer holds
    expect(await desk.queuedBy(() => send())).toEqual([]);
    await tick.tick();
    expect(await states()).toEqual(['expired', 'expired', 'revoked']);
    expect((await audited()).filter((line) => line.includes('expired'))).toHaveLength(2);
    expect(await desk.queuedBy(() => revoke(sent.order.id))).toEqual([]);
    expect(await states()).toEqual(['expired', 'expired', 'revoked']);
  });

  describe('asked by number', () => {
    const ask = (number: string, ip?: string) => createVerification(desk.desk).verify({ number, ip, locale: 'en' });

    test('tells what it is for and whether it holds, as of now', async () => {
      const { order, number } = await issued({ months: 1 });
      await send();
      expect(await ask(number.toLowerCase())).toEqual({
        state: 'valid',
        number,
        order: 'O-000001',
        issuer: 'Maison Lumen',
        site: 'F… & É… L…',
        generation: 'One',
        solution: 'One ERP',
        references: ['SAAS IO ODATA'],
        issued: new Date('2026-11-23T09:00:00Z'),
        validUntil: new Date('2026-12-23T22:59:59Z'),
        kid: (await keys())[0]?.kid,
      });
      for (const typed of [number.slice(3), ` ${number} `, number.replace('-', '')])
        expect(await ask(typed)).toMatchObject({ state: 'valid' });
      desk.clock.set(new Date('2026-12-23T22:59:59Z'));
      // no job has run
      expect(await ask(number)).toMatchObject({ state: 'expired', since: desk.clock() });
      desk.clock.advance(-hourMs);
      await revoke(order.id);
      desk.clock.advance(dayMs);
      expect(await ask(number)).toMatchObject({ state: 'revoked', since: new Date('2026-12-23T21:59:59Z') });
    });

    test('believes the signature, not the row', async () => {
      const [one, two] = [await issued(), await issued()];
      const { jws } = await rowOf(two.number);
      await desk.connection.writer.certificate.update({ where: { number: one.number }, data: { jws } });
      expect(await ask(one.number)).toEqual({ state: 'unsound', number: one.number });
      await desk.connection.writer.certificate.update({
        where: { number: two.number },
        data: { expiresAt: new Date('2036-01-01T00:00:00Z') },
      });
      expect(await ask(two.number)).toEqual({ state: 'unsound', number: two.number });
    });

    test('thirty unknown numbers an hour from one place, then none', async () => {
      const { number } = await issued();
      for (let at = 0; at < 30; at += 1)
        expect(await ask(`CT-${String(at).padStart(12, '0')}`, '192.0.2.7')).toMatchObject({ state: 'unknown' });
      expect(await ask(number, '192.0.2.7')).toEqual({ state: 'limited' });
      expect(await ask(number, '192.0.2.8')).toMatchObject({ state: 'valid' });
      expect(await ask(number)).toMatchObject({ state: 'valid' });
      desk.clock.advance(hourMs);
      expect(await ask(number, '192.0.2.7')).toMatchObject({ state: 'valid' });
      // no number at all costs nothing
      for (const typed of ['', 'CT-', 'x'.repeat(5000), 'CT-00000000000G', '../../etc/passwd'])
        expect(await ask(typed, '192.0.2.9')).toMatchObject({ state: 'unknown' });
      expect(await desk.connection.reader.attempt.count({ where: { key: { contains: '192.0.2.9' } } })).toBe(0);
    });
  });

  if (provider.name === 'sqlite')
    describe.skipIf(!hasTools && process.env['CI'] !== 'true')('the PDF', () => {
      let folder: string;
      beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'guichet-pdf-'))));
      afterEach(() => rmSync(folder, { recursive: true }));

      const read = (pdf: Buffer) => {
        writeFileSync(join(folder, 'it.pdf'), pdf);
        return execFileSync('pdftotext', ['-layout', join(folder, 'it.pdf'), '-'], { encoding: 'utf8' });
      };

      test('has everything in it, accents too, in both languages; the code leads to its page', async () => {
        const { number } = await issued();
        const fr = read(await certificatePdf(desk.desk, number));
        for (const text of [
          ...['Certificat d’activation', number, 'O-000001', 'Forge & Émaillerie Lœuvre · Besançon · S-000007'],
          ...['Génération', 'ERP One', 'SAAS IO ODATA', '23 novembre 2026', '23 novembre 2027', 'Maison Lumen'],
        ])
          expect(fr).toContain(text);
        const { number: second } = await issued({ locale: 'en' });
        const en = read(await certificatePdf(desk.desk, second));
        for (const text of ['Activation certificate', second, 'One ERP', '23 November 2027'])
          expect(en).toContain(text);
        execFileSync('pdftoppm', ['-r', '110', '-png', '-singlefile', join(folder, 'it.pdf'), join(folder, 'it')]);
        const code = execFileSync('zbarimg', ['-q', '--raw', join(folder, 'it.png')], {
          encoding: 'utf8',
          // it misses a desktop
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        expect(code.trim()).toBe(`http://127.0.0.1:8080/c/${second}`);
      });

      test('is the same each time, and the signature can be copied from it and checked as the documentation says', async () => {
        const { number } = await issued();
        const pdf = await certificatePdf(desk.desk, number);
        desk.clock.advance(dayMs);
        expect((await certificatePdf(desk.desk, number)).equals(pdf)).toBe(true);
        const printed = read(pdf);
        const from = printed.indexOf('eyJ');
        expect(printed.slice(from).replace(/\s/g, '')).toBe((await rowOf(number)).jws);
        const program = /```js\n([^]*?)```/.exec(readFileSync('docs/certificates.md', 'utf8'))?.[1] ?? '';
        writeFileSync(join(folder, 'check.mjs'), program);
        writeFileSync(join(folder, 'keys.json'), JSON.stringify(await createVerification(desk.desk).keys()));
        const check = (jws: string) => {
          writeFileSync(join(folder, 'it.jws'), jws);
          return execFileSync(process.execPath, ['check.mjs', 'keys.json', 'it.jws'], {
            cwd: folder,
            encoding: 'utf8',
          });
        };
        expect(JSON.parse(check(printed.slice(from)))).toMatchObject({ number });
        expect(() => check(printed.slice(from).replace('.', '.A'))).toThrow('Command failed');
      });

      test('shows a name as data, and says where it can’t show its letters', async () => {
        const { number } = await issued({ siteName: '(x) \\n <b>%PDF</b>\n‮Łódź Ελλάς', locale: 'en' });
        const text = read(await certificatePdf(desk.desk, number));
        expect(text).toContain('(x) \\n <b>%PDF</b> Lódz ?????');
        expect(text).toContain('Some letters of a name are shown here without their accent, or as “?”.');
        expect(readPayload((await rowOf(number)).jws).site.name).toContain('Łódź Ελλάς');
        expect(shownAs('Œuvre à 5 €')).toEqual({ text: 'Œuvre à 5 €', whole: true });
      });

      test('goes on over more pages', async () => {
        const references = Array.from({ length: 120 }, (_, at) => `REF ${at}`);
        const { number } = await issued({ references });
        const text = read(await certificatePdf(desk.desk, number));
        expect(text).toContain('REF 119');
        expect(text.split('\f').length).toBeGreaterThan(3);
      });
    });
});
