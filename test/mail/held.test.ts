/** Mail whose sender is not proven (X2): held, asked about, released or discarded, and never acted on before. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../src/core/guard/identity.js';
import { jobsOf } from '../../src/core/jobs.js';
import { dayMs, declaring, hourMs, newEmail, newReseller, newStaff, type TestReseller } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { openHouse, written, type House, type Posted } from './house.js';

const providers = databases();
const textOf = (mail: ReceivedMail | undefined): string => mail?.parsed.text ?? '';

describe.each(providers)('held mail on %s', (provider) => {
  let house: House;
  let reseller: TestReseller;
  let staff: string;
  beforeAll(async () => {
    // our own MX would say who is proven; it says nothing of these mails
    house = await openHouse(provider, {
      chat: true,
      trust: { trustLoopback: false, trustedAuthserv: 'mx.house.test' },
    });
    reseller = await newReseller(house.desk, { pro: 30 });
    staff = await newStaff(house.desk, 'support');
    await house.deliver();
  });
  afterAll(() => house.close());

  const proven = (from: string) => [
    `Authentication-Results: mx.house.test; spf=pass smtp.mailfrom=${from.slice(from.indexOf('@') + 1)}; dkim=none`,
  ];
  const order = (email: string): string =>
    `Commande: declare new\nLicence: pro\nE-mail: ${email}\nNom: Roy\nPrénom: Zoé\nNuméro de commande: F-${email}\n`;
  const placedFor = (email: string) => house.desk.connection.reader.declaration.count({ where: { email } });
  const rows = () => house.desk.connection.reader.inboundMail;
  const as = (email: string): Caller => ({ kind: 'address', email });
  const ask = (command: string, input: Record<string, string>, caller = as(staff)) =>
    house.desk.ask(command, input, { caller, door: 'terminal' });
  /** Posts an order in the reseller's name without proof; answers what left and the held mail's number. */
  async function forge(
    email: string,
    posted: Posted = {},
  ): Promise<{ mails: ReceivedMail[]; number: string; id: number }> {
    const mails = await house.mail(order(email), { from: reseller.email, ...posted });
    const { id } = await rows().findFirstOrThrow({ orderBy: { id: 'desc' } });
    return { mails, id, number: `H-${String(id).padStart(6, '0')}` };
  }
  const replyTo = (mail: ReceivedMail | undefined): string => mail?.parsed.replyTo?.value[0]?.address ?? '';
  /** A day later another question may be asked. */
  const nextDay = () => house.desk.clock.advance(dayMs + 1);

  test('nothing is done, and the person whose name it bears is asked; OK carries it out once, in its thread', async () => {
    const client = newEmail();
    const messageId = `<${crypto.randomUUID()}@partner.test>`;
    const { mails, number, id } = await forge(client, { messageId, subject: 'Commande <b>urgente</b>' });
    expect(await placedFor(client)).toBe(0);
    expect(mails.map(({ envelope }) => envelope.to)).toEqual([[reseller.email]]);
    const [question] = mails;
    expect(question?.parsed.subject).toBe(`Ce message est-il de vous\u00a0? (${number})`);
    expect(textOf(question)).toContain('Commande <b>urgente</b>');
    expect(question?.parsed.html).toContain('Commande &lt;b&gt;urgente');
    // the answer needs no proof of its own: nobody else was told where to send it
    const after = await house.mail('OK\n\nZoé\n', { from: reseller.email, to: replyTo(question) });
    expect(await placedFor(client)).toBe(1);
    const mine = after.filter(({ envelope }) => envelope.to.includes(reseller.email));
    expect(mine.map(textOf).join('\n')).toContain(`Le message ${number} de ${reseller.email} passe`);
    expect(mine.map((mail) => mail.parsed.inReplyTo)).toContain(messageId);
    expect(await rows().findUniqueOrThrow({ where: { id } })).toMatchObject({
      state: 'released',
      endedAt: expect.any(Date),
    });
    const again = await house.mail('OK\n', { from: reseller.email, to: replyTo(question) });
    expect(again.map(textOf).join('\n')).toContain('On a déjà décidé');
    expect(await placedFor(client)).toBe(1);
    expect(await house.release()).toBe(0);
  });

  test('NON discards it', async () => {
    nextDay();
    const client = newEmail();
    const { mails, id } = await forge(client);
    await house.mail('Non, ce n’est pas moi\n', { from: reseller.email, to: replyTo(mails[0]) });
    expect(await rows().findUniqueOrThrow({ where: { id } })).toMatchObject({ state: 'discarded' });
    expect(await placedFor(client)).toBe(0);
  });

  test('only the person asked may answer, only about that mail, and only for 48 hours', async () => {
    nextDay();
    const other = await newReseller(house.desk, { pro: 1 });
    await house.deliver();
    const [mine, theirs] = [newEmail(), newEmail()];
    const first = await forge(mine);
    const second = await forge(theirs, { from: other.email });
    const question = second.mails.find(({ envelope }) => envelope.to.includes(other.email));
    // somebody else writes to the address; the other's token in the other's name does nothing for the first mail
    await house.mail('OK\n', { from: staff, to: replyTo(question) });
    expect(await rows().findUniqueOrThrow({ where: { id: second.id } })).toMatchObject({ state: 'held' });
    const wrong = replyTo(first.mails[0]).replace(/\+h\d+-/, `+h${second.id}-`);
    await house.mail('OK\n', { from: other.email, to: wrong });
    expect(await rows().findUniqueOrThrow({ where: { id: second.id } })).toMatchObject({ state: 'held' });
    house.desk.clock.advance(48 * hourMs);
    const late = await house.mail('OK\n', { from: other.email, to: replyTo(question) });
    expect(late.map(textOf).join('\n')).toMatch(/lien|link/);
    expect(await placedFor(theirs)).toBe(0);
    expect(await ask('mail release', { number: first.number }, as(reseller.email))).toMatchObject({
      code: 'access.denied',
    });
  });

  test('a reply that says neither is held like any other, and one that is automatic is ignored', async () => {
    nextDay();
    const { mails, id } = await forge(newEmail());
    await house.mail('Peut-être\n', { from: reseller.email, to: replyTo(mails[0]) });
    await house.mail('OK\n', {
      from: reseller.email,
      to: replyTo(mails[0]),
      headers: ['Auto-Submitted: auto-replied'],
    });
    expect(await rows().findUniqueOrThrow({ where: { id } })).toMatchObject({ state: 'held' });
    expect(await rows().findFirstOrThrow({ orderBy: { id: 'desc' } })).toMatchObject({ state: 'ignored' });
  });

  test('three questions a day at most, and none to a stranger', async () => {
    nextDay();
    const sent: number[] = [];
    for (let nth = 0; nth < 4; nth += 1) sent.push((await forge(newEmail())).mails.length);
    expect(sent).toEqual([1, 1, 1, 0]);
    expect((await forge(newEmail(), { from: 'stranger@nowhere.test' })).mails).toEqual([]);
    expect(await rows().count({ where: { state: 'held' } })).toBeGreaterThan(4);
  });

  test('staff see what is held, release and discard it, with a reason', async () => {
    nextDay();
    const [kept, thrown] = [newEmail(), newEmail()];
    const first = await forge(kept, { subject: 'À garder' });
    const second = await forge(thrown, { subject: 'À jeter' });
    const listed = await ask('mail held', { search: 'garder' });
    expect(listed).toMatchObject({
      code: 'mail.held-listed',
      data: {
        total: 1,
        items: [{ mail: first.number, state: 'held', sender: reseller.email, subject: 'À garder', source: 'smtp' }],
      },
    });
    expect(await ask('mail release', { number: first.number })).toMatchObject({
      code: 'mail.released',
      data: { mail: first.number, state: 'released' },
    });
    expect(await placedFor(kept)).toBe(0);
    expect(await house.release()).toBe(1);
    expect(await placedFor(kept)).toBe(1);
    expect(await ask('mail discard', { number: second.number, reason: 'no' })).toMatchObject({ code: 'input.invalid' });
    expect(await ask('mail discard', { number: second.number, reason: 'Usurpation' })).toMatchObject({
      code: 'mail.discarded',
    });
    expect(await ask('mail release', { number: second.number })).toMatchObject({ code: 'state.wrong' });
    expect(await ask('mail release', { number: 'H-999999' })).toMatchObject({ code: 'object.unknown' });
    expect(await ask('mail held', { state: 'écarté', search: 'jeter' })).toMatchObject({
      data: { items: [{ mail: second.number, reason: 'Usurpation' }] },
    });
    expect(await house.release()).toBe(0);
    expect(await placedFor(thrown)).toBe(0);
  });

  test('two who decide at once make one decision', async () => {
    nextDay();
    const client = newEmail();
    const { number } = await forge(client);
    const answers = await Promise.all([
      ask('mail release', { number }),
      ask('mail discard', { number, reason: 'Usurpation' }),
    ]);
    expect(answers.map(({ code }) => code).sort()).toEqual(
      expect.arrayContaining(['state.wrong', expect.stringMatching(/^mail\.(released|discarded)$/)]),
    );
  });

  test('the same mail, proven this time, is carried out and ends the held one', async () => {
    nextDay();
    const client = newEmail();
    const raw = written(order(client), { from: reseller.email });
    await house.post(raw);
    const { id } = await rows().findFirstOrThrow({ orderBy: { id: 'desc' } });
    // the same bytes over a road that proves them
    await house.receive({ raw: Buffer.from(`${proven(reseller.email)[0]}\r\n${raw}`), source: 'smtp', recipients: [] });
    expect(await placedFor(client)).toBe(1);
    expect(await rows().findUniqueOrThrow({ where: { id } })).toMatchObject({ state: 'held' });
    await ask('mail release', { number: `H-${id}` });
    await house.release();
    // its key is that of the first: done once
    expect(await placedFor(client)).toBe(1);
  });

  test('after 30 days nobody decided: it ends, staff are told, and its bytes are kept until then', async () => {
    nextDay();
    const { id } = await forge(newEmail());
    const { sha256 } = await rows().findUniqueOrThrow({ where: { id } });
    const { desk } = house.desk;
    const job = jobsOf(desk, async () => undefined).find(({ name }) => name === 'held mails')!;
    const run = () => desk.database.transact((unit) => job.run(unit, desk.clock()));
    await run();
    expect(await rows().findUniqueOrThrow({ where: { id } })).toMatchObject({ state: 'held' });
    house.desk.clock.advance(31 * dayMs);
    await run();
    expect(await rows().findUniqueOrThrow({ where: { id } })).toMatchObject({ state: 'expired' });
    const alert = await house.desk.connection.reader.outbox.findFirstOrThrow({
      where: { letter: 'alert' },
      orderBy: { id: 'desc' },
    });
    expect(alert.params).toMatch(/messages? retenus? (a|ont) pris fin/);
    expect((await desk.rawMail.read(sha256)).length).toBeGreaterThan(0);
    await desk.rawMail.keep(Buffer.from('a mail that was answered'));
    expect(await desk.rawMail.prune(new Date(Date.now() + dayMs), new Set([sha256]))).toBeGreaterThan(0);
    expect((await desk.rawMail.read(sha256)).length).toBeGreaterThan(0);
  });

  test('the emergency stop: nothing is taken in, nothing leaves, and nothing is lost', async () => {
    nextDay();
    const admin = await newStaff(house.desk, 'admin');
    const client = newEmail();
    const posted = { from: reseller.email, headers: proven(reseller.email) };
    expect(await ask('mail pause', { reason: 'Boucle avec un robot' })).toMatchObject({ code: 'access.denied' });
    expect(await ask('mail pause', { reason: 'Boucle avec un robot' }, as(admin))).toMatchObject({
      code: 'mail.paused',
    });
    expect(await ask('mail pause', { reason: 'Encore' }, as(admin))).toMatchObject({ code: 'state.wrong' });
    await expect(house.post(written(order(client), posted), posted)).rejects.toMatchObject({ responseCode: 451 });
    await house.desk.done('declare new', declaring({ email: client }), { as: reseller.email });
    expect(await house.deliver()).toEqual([]);
    expect(await ask('mail resume', {}, as(admin))).toMatchObject({ code: 'mail.resumed' });
    expect(await ask('mail resume', {}, as(admin))).toMatchObject({ code: 'state.wrong' });
    expect((await house.deliver()).flatMap(({ envelope }) => envelope.to)).toContain(client);
    const mails = await house.mail(order(newEmail()), posted);
    expect(mails.map(textOf).join('\n')).toContain('declare new\u00a0: fait');
  });
});
