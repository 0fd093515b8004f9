/** X11: a person's data handed out whole, and forgotten; what the law keeps, and that nothing else is left. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identify } from '../../src/core/guard/identity.js';
import { createWork } from '../../src/core/guard/work.js';
import { createMailbox } from '../../src/core/ports/mailbox.js';
import { jobsOf, tellUndelivered } from '../../src/core/jobs.js';
import { createSchedule } from '../../src/core/database/schedule.js';
import { takeFile } from '../../src/core/programmes/parties/file-link.js';
import { erasePerson } from '../../src/core/programmes/parties/erasure.js';
import { findSession, startSession } from '../../src/core/programmes/parties/session.js';
import { databases, type TestProvider } from '../servers/databases.js';
import { openHouse, type House } from '../mail/house.js';
import { png, upload } from './files.js';
import {
  codeOf,
  declaring,
  fieldsOf,
  hourMs,
  newEmail,
  newReseller,
  newStaff,
  openTestDesk,
  type TestDesk,
  type TestReseller,
} from './ground.js';

/** Somebody with something in every corner of the desk. */
interface Rich {
  readonly id: number;
  readonly email: string;
  readonly second: string;
  /** Linked once, and unlinked. */
  readonly former: string;
  readonly discordId: string;
  /** Of an open session. */
  readonly session: string;
  readonly device: number;
  /** Words that are this person's alone, folded. */
  readonly words: readonly string[];
}

interface Place {
  readonly desk: TestDesk;
  /** Where the person is a member; another is its owner. */
  readonly home: TestReseller;
  /** Whose client the person is. */
  readonly seller: TestReseller;
  readonly installer: { readonly id: number; readonly email: string };
}

async function newPlace(provider: TestProvider): Promise<Place> {
  const desk = await openTestDesk(provider);
  const home = await newReseller(desk, { pro: 20 });
  const seller = await newReseller(desk, { pro: 20 });
  const email = newEmail('installer');
  await desk.done('account edit', { company: 'Alarmes Petit', 'last-name': 'Petit' }, { as: email });
  return { desk, home, seller, installer: { id: await idOf(desk, email), email } };
}

const idOf = async ({ connection }: TestDesk, email: string): Promise<number> =>
  (await connection.reader.address.findUniqueOrThrow({ where: { email } })).personId;

let count = 0;
const unique = (word: string): string => `${word}${(count += 1)}x`;

/** @param more.trade also as a customer with domains, and in talks with support */
async function newRich({ desk, home, seller, installer }: Place, more: { trade?: true } = {}): Promise<Rich> {
  const { writer } = desk.connection;
  const name = unique('Quelleville');
  const [email, second, former] = ['main', 'second', 'former'].map((one) => `${one}@${name.toLowerCase()}.example`) as [
    string,
    string,
    string,
  ];
  const own = { street: unique('3 rue Bleuet'), city: unique('Zutkerque'), phone: `06${10_000_000 + (count += 1)}` };
  const company = unique('Atelier Myosotis');
  const first = unique('Zéphyrine');
  await desk.done(
    'account edit',
    { 'last-name': unique('Avant'), 'first-name': first, ...own, zip: '62370', country: 'FR', company },
    { as: email },
  );
  await desk.done('account edit', { 'last-name': name }, { as: email });
  const id = await idOf(desk, email);
  const discordId = String(700_000_000_000_000_000n + BigInt((count += 1)));
  await link(desk, { email, discordId });
  await link(desk, { email: second, as: email });
  await link(desk, { email: former, as: email });
  await desk.done('account unlink', { email: former }, { as: email });
  await desk.ask('account link', { email: unique('wrong') + '@example.org' }, { as: email });

  await writer.membership.create({ data: { orgId: home.id, personId: id, role: 'manager', createdAt: desk.clock() } });
  await desk.done('declare new', declaring(), { as: email });
  const buys = declaring({ email, 'last-name': name, 'first-name': first, takeover: 'yes' });
  await desk.done('declare new', buys, { as: seller.email });
  await writer.order.create({
    data: {
      ...{ orgId: home.id, requesterId: id, door: 'chat', locale: 'fr', type: 'initial', origin: 'new-site' },
      ...{ content: JSON.stringify({ siteName: 'Usine', contactEmail: 'autre@example.org' }), searchText: 'usine' },
      ...{ createdAt: desk.clock(), updatedAt: desk.clock() },
    },
  });
  const contact = {
    contactLastName: name,
    contactFirstName: first,
    contactEmail: email,
    searchText: name.toLowerCase(),
  };
  await writer.site.create({
    data: {
      ...{
        id: 10_000 + (count += 1),
        orgId: seller.id,
        generation: 'infinity',
        productLine: 'erp',
        siteName: 'Moulin',
      },
      ...{ ...contact, createdAt: desk.clock(), updatedAt: desk.clock() },
    },
  });
  const codeId = unique('CODE');
  const device = await writer.device.create({
    data: {
      ...{ installerId: installer.id, codeId, codeKey: codeId, enrolledKey: codeId, mac: unique('AA:BB') },
      ...{ webAddress: `http://${name.toLowerCase()}.dyn.example`, email, clientId: id, account: 'existing' },
      ...{ client: JSON.stringify({ lastName: name, firstName: first, ...own }), locale: 'fr', door: 'chat' },
      ...{ state: 'active', searchText: `${codeId} ${email} ${name}`.toLowerCase() },
      ...{ createdAt: desk.clock(), updatedAt: desk.clock(), activatedAt: desk.clock() },
    },
  });
  await writer.accessGrant.create({
    data: {
      ...{
        deviceId: device.id,
        personId: installer.id,
        use: 'session',
        tokenHash: randomUUID(),
        door: 'chat',
        uses: 3,
      },
      ...{ createdAt: desk.clock(), usedAt: desk.clock(), expiresAt: new Date(desk.clock().getTime() + hourMs) },
    },
  });
  if (more.trade) {
    await asCustomer(desk, { orgId: seller.id, id, email, name, first });
    await askSupport(desk, { email, second, name, orgId: seller.id });
  }
  await writer.secondFactor.create({ data: { personId: id, secret: 'sealed-factor', createdAt: desk.clock() } });
  const session = await desk.desk.database.transact(({ tx }) =>
    startSession(tx, desk.desk, { personId: id, now: desk.clock() }),
  );
  await desk.done('account password', {}, { as: email });
  for (const key of [`sign-in to ${email} from 192.0.2.7`, `code to ${second}`])
    await writer.attempt.create({ data: { key, at: desk.clock() } });
  await writer.inboundMail.create({
    data: {
      ...{
        sha256: createHash('sha256').update(name).digest('hex'),
        source: 'imap',
        sender: second,
        subject: `Bonjour de ${name}`,
        state: 'held',
      },
      ...{ reason: `no DKIM for ${second}`, receivedAt: desk.clock() },
    },
  });
  const street = own.street.split(' ').at(-1) ?? '';
  const words = [name, first, company.split(' ')[1] ?? '', street, own.city, own.phone.slice(2), discordId];
  const folded = [...words, 'avant', email, second, former].map(plain);
  return {
    id,
    email,
    second,
    former,
    discordId,
    session,
    device: device.id,
    words: folded.filter((one) => one !== 'avant'),
  };
}

/** Twice a reseller's customer, with a domain and without; a receipt, a reminder and an order are in the name. */
async function asCustomer(
  { connection: { writer }, clock }: TestDesk,
  who: { orgId: number; id: number; email: string; name: string; first: string },
): Promise<void> {
  const { orgId, id, email, name, first } = who;
  const times = { createdAt: clock(), updatedAt: clock() };
  const party = {
    ...{ orgId, type: 'individual', email, lastName: name, firstName: first, city: 'Zutkerque', locale: 'fr' },
    ...{ tags: '["fidèle"]', state: 'verified', searchText: name.toLowerCase(), ...times },
  };
  const [holding] = [await writer.customer.create({ data: party }), await writer.customer.create({ data: party })];
  const held = `${unique('domaine')}.fr`;
  const domain = await writer.domain.create({
    data: {
      ...{ name: held, heldName: held, tld: 'fr', orgId, customerId: holding.id, state: 'active', ...times },
      ...{ registeredOn: '2026-01-10', expiresOn: '2027-01-10', searchText: `${held} ${email}` },
    },
  });
  await writer.ownerAddress.create({ data: { email, state: 'verified', locale: 'fr', createdAt: clock() } });
  const due = { domainId: domain.id, expiresOn: '2027-01-10', outcome: 'sent', at: clock() };
  await writer.renewalNotice.create({ data: { ...due, milestone: 60, recipient: email, personId: id } });
  await writer.registrarTask.create({
    data: {
      ...{ domainId: domain.id, orgId, kind: 'register', port: 'staff', state: 'done', requesterId: id },
      ...{ door: 'chat', locale: 'fr', createdAt: clock(), endedAt: clock() },
    },
  });
  const money = { netCents: 1250, vatCents: 250, grossCents: 1500, currency: 'EUR' };
  const content = JSON.stringify({ buyer: { name: `${first} ${name}`, address: [] } });
  const year = 1900 + domain.id;
  await writer.receipt.create({
    data: {
      ...{ year, seq: 1, number: `R-${year}-000001`, orgId, entryId: 100_000 + domain.id, kind: 'charge' },
      ...{ ...money, content, locale: 'fr', issuedAt: clock() },
    },
  });
}

/** A ticket of its own with an answer, and a word in another's; each mail has a signature. */
async function askSupport(
  desk: TestDesk,
  who: { email: string; second: string; name: string; orgId: number },
): Promise<void> {
  const { email, second, name, orgId } = who;
  const { clock, connection } = desk;
  const { writer } = connection;
  const file = upload(`${name}.png`, png(name));
  const opened = await desk.ask(
    'support open',
    { subject: `Panne chez ${name}`, text: `Bonjour, ${second}`, file },
    { as: email },
  );
  if (!opened.ok) throw new Error(JSON.stringify(opened));
  const ticketId = Number(String(opened.data['ticket']).slice(2));
  await writer.ticketMessage.create({
    data: { ticketId, staff: true, door: 'mail', text: `Bonjour ${email}, essayez encore`, at: clock() },
  });
  const { id: personId } = await writer.person.findFirstOrThrow({ where: { addresses: { some: { email } } } });
  const other = await writer.ticket.create({
    data: {
      ...{ orgId, personId: 1, subject: `Pour ${email}`, priority: true, door: 'chat', locale: 'fr' },
      ...{ searchText: `pour ${email} anna`, createdAt: clock(), updatedAt: clock() },
    },
  });
  const reply = {
    ticketId: other.id,
    personId,
    staff: false,
    door: 'mail',
    text: `Cordialement, ${name}`,
    at: clock(),
  };
  await writer.ticketMessage.create({ data: reply });
}

/** Links an address, to a Discord user or to whoever has another one, as its owner would. */
async function link(desk: TestDesk, to: { email: string; discordId?: string; as?: string }): Promise<void> {
  const options = to.discordId
    ? ({ caller: { kind: 'discord', id: to.discordId, name: 'zeph' }, door: 'chat' } as const)
    : { as: to.as ?? to.email };
  const [letter] = await desk.queuedBy(() => desk.done('account link', { email: to.email }, options));
  await desk.done('account confirm', { code: letter?.secret['code'] ?? '' }, options);
}

const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Every table of the database, whoever knows of it. */
async function everything({ connection }: TestDesk): Promise<Record<string, Record<string, unknown>[]>> {
  const { reader, provider } = connection;
  const names =
    provider === 'sqlite'
      ? await reader.$queryRawUnsafe<{ name: string }[]>(`SELECT "name" FROM sqlite_master WHERE "type" = 'table'`)
      : await reader.$queryRawUnsafe<{ name: string }[]>(
          `SELECT table_name::text AS "name" FROM information_schema.tables WHERE table_schema = current_schema()`,
        );
  const tables: Record<string, Record<string, unknown>[]> = {};
  for (const { name } of names) {
    // the index of the site's and order's own text, in pieces
    if (/^(Site|Order)Search/.test(name)) continue;
    tables[name] = await reader.$queryRawUnsafe(`SELECT * FROM "${name}"`);
  }
  return tables;
}

/** The columns that hold one of these words. */
async function columnsWith(desk: TestDesk, words: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const [table, rows] of Object.entries(await everything(desk)))
    for (const row of rows)
      for (const [column, value] of Object.entries(row))
        if (typeof value === 'string' && words.some((word) => plain(value).includes(word)))
          found.add(`${table}.${column}`);
  return [...found].sort();
}

const keptColumns = [
  'Customer.email',
  'Customer.firstName',
  'Customer.lastName',
  'Customer.searchText',
  'Declaration.email',
  'Declaration.firstName',
  'Declaration.lastName',
  'Declaration.searchText',
  'Domain.searchText',
  'OwnerAddress.email',
  'Receipt.content',
  'Site.contactEmail',
  'Site.contactFirstName',
  'Site.contactLastName',
  'Site.searchText',
];
/** Of the declaration that still stands. */
const orDuplicate = (columns: readonly string[]): string[] =>
  columns.filter((column) => column !== 'Declaration.duplicateKey');

const schedule = (desk: TestDesk) =>
  createSchedule({
    database: desk.desk.database,
    clock: desk.clock,
    jobs: jobsOf(desk.desk, () => Promise.resolve()),
    onError: (error) => {
      throw error;
    },
  });

/** Everything that waits has left. */
const sendAll = ({ connection }: TestDesk) =>
  connection.writer.outbox.updateMany({ where: { state: 'queued' }, data: { state: 'sent', secret: null } });

describe.each(databases())('personal data on $name', (provider) => {
  let place: Place;
  let desk: TestDesk;
  let staff: string;
  beforeAll(async () => {
    place = await newPlace(provider);
    ({ desk } = place);
    staff = await newStaff(desk, 'admin');
  });
  afterAll(() => desk.close());

  const exported = async (as: string, input = {}) => {
    const outcome = await desk.ask('account export', input, { as });
    if (!outcome.ok || !outcome.file) throw new Error(JSON.stringify(outcome));
    const text = outcome.file.content.toString();
    return { outcome, file: outcome.file, text, data: JSON.parse(text) as Record<string, Record<string, unknown>> };
  };
  const erase = (as: string, input: Record<string, string>, more = {}) =>
    desk.ask('account erase', input, { as, ...more });

  describe('account export', () => {
    test('holds everything about the person, and no secret', async () => {
      const rich = await newRich(place, { trade: true });
      const { outcome, file, data, text } = await exported(rich.email);
      expect(outcome).toMatchObject({
        code: 'account.exported',
        data: { person: rich.email, file: 'guichet-data-2026-11-23.json' },
      });
      expect(file).toMatchObject({ name: 'guichet-data-2026-11-23.json', type: 'application/json' });
      expect(text.startsWith('{\n  "about": "person ')).toBe(true);
      for (const word of rich.words) expect(plain(text), word).toContain(word);
      expect(data).toMatchObject({
        about: `person ${rich.id}`,
        exportedAt: desk.clock().toISOString(),
        account: {
          state: 'active',
          addresses: [{ email: rich.email, main: true }, { email: rich.second }],
          discordUsers: [{ discordId: rich.discordId }],
          organisations: [{ org: place.home.ref, role: 'manager' }],
        },
        access: { sessions: [{ createdAt: desk.clock().toISOString() }], secondFactor: { confirmedAt: null } },
        packs: [{ kind: 'pack', product: 'pro', state: 'assigned' }],
        declaredForMe: [{ email: rich.email, takeover: true, state: 'completed', account: 'existing' }],
        declaredByMe: [{ product: 'pro' }],
        devices: [
          {
            email: rich.email,
            installer: 'Alarmes Petit',
            enteredByInstaller: { phone: expect.stringContaining('06') as string },
            grants: [{ use: 'session', uses: 3, state: 'active' }],
          },
        ],
        installedDevices: [],
        orders: [{ type: 'initial', state: 'draft' }],
        contacts: [{ in: expect.stringMatching(/^S-/) as string, contactEmail: rich.email }],
        mails: { fromMe: [{ sender: rich.second, state: 'held' }] },
        customers: [
          { organisation: expect.any(String) as string, email: rich.email, tags: ['fidèle'], domains: [/^domaine/] },
          { email: rich.email, domains: [] },
        ].map((one) => ({ ...one, domains: one.domains.map((name) => expect.stringMatching(name) as string) })),
        ownerAddresses: [{ email: rich.email, state: 'verified' }],
        renewalNotices: [{ recipient: rich.email, milestone: 60 }],
        registrarTasks: [{ kind: 'register', state: 'done' }],
        tickets: [
          {
            subject: expect.stringMatching(/^Panne/) as string,
            messages: [
              { byMe: true, files: [{ type: 'image/png' }] },
              { byMe: false, text: expect.stringContaining('essayez') as string },
            ],
          },
        ],
        ticketReplies: [{ text: expect.stringMatching(/^Cordialement/) as string }],
      });
      const letters = (data['mails']?.['toMe'] as { letter: string }[]).map(({ letter }) => letter);
      expect(letters).toEqual(
        expect.arrayContaining(['link-code', 'address-linked', 'takeover-client', 'password-link']),
      );
      expect(data['events']).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ action: 'account linked', byMe: true, detail: expect.anything() as unknown }),
          // about somebody else: that it was done, not what it says of them
          {
            at: desk.clock().toISOString(),
            byMe: true,
            door: 'terminal',
            action: 'declare new',
            object: expect.stringMatching(/^D-/) as string,
          },
        ]),
      );
      expect(text).not.toMatch(/hash"|sealed-factor|tokenHash|passwordHash|\/t\//i);
      for (const { secret } of await desk.letters())
        for (const value of Object.values(secret)) if (value.length > 5) expect(text).not.toContain(value);
    });

    test('says nothing of anybody else, nor what an installer’s clients told', async () => {
      const [rich, other] = [await newRich(place), await newRich(place)];
      const { text } = await exported(rich.email);
      for (const word of other.words) expect(plain(text), word).not.toContain(word);
      for (const { email } of [place.home, place.seller]) expect(text).not.toContain(email);
      const installers = (await exported(place.installer.email)).text;
      expect(installers).toContain('"installedDevices": [\n');
      for (const word of [...rich.words, ...other.words]) expect(plain(installers), word).not.toContain(word);
    });

    test('leaves a row in the audit each time; a dry run hands out nothing and leaves none', async () => {
      const email = newEmail();
      await desk.done('account edit', { city: 'Lyon' }, { as: email });
      const dry = await desk.ask('account export', {}, { as: email, dryRun: true });
      expect(dry).toMatchObject({ ok: true, data: { file: null } });
      expect(dry).not.toHaveProperty('file');
      const events = async () =>
        ((await desk.done('audit show', { object: email }))['items'] as { action: string }[]).map(
          ({ action }) => action,
        );
      expect(await events()).not.toContain('account export');
      await exported(email);
      expect(await events()).toContain('account export');
    });

    test('support asks for another’s, a second person agrees, and the file waits for whoever asked', async () => {
      const [email, support] = [newEmail(), await newStaff(desk, 'support')];
      await desk.done('account edit', { city: 'Lyon' }, { as: email });
      for (const role of ['sales', 'stock', 'cloud'] as const)
        expect(codeOf(await desk.ask('account export', { person: email }, { as: await newStaff(desk, role) }))).toBe(
          'access.denied',
        );
      const asked = await desk.ask('account export', { person: email }, { as: support });
      expect(asked).toMatchObject({ code: 'approval.pending', waiting: true });
      const number = String(asked.ok && asked.data['approval']);
      expect(codeOf(await desk.ask('approval approve', { number }, { as: support }))).toBe('approval.self');
      const letters = await desk.queuedBy(() => desk.done('approval approve', { number }, { as: staff }));
      const [ready] = letters.filter(({ letter }) => letter === 'file-ready');
      expect(ready).toMatchObject({ recipient: support, params: { number, by: staff } });
      const token = ready?.secret['url']?.split('/t/')[1] ?? '';
      expect(await takeFile(desk.desk, { token, personId: await idOf(desk, staff) })).toBeUndefined();
      const file = await takeFile(desk.desk, { token, personId: await idOf(desk, support) });
      expect(file?.content.toString()).toContain('Lyon');
    });

    test('another’s is for an admin; the operator and a stranger have none', async () => {
      const email = newEmail();
      await desk.done('account edit', { city: 'Lyon' }, { as: email });
      expect((await exported(staff, { person: email })).data['account']).toMatchObject({ city: 'Lyon' });
      expect(codeOf(await desk.ask('account export', { person: staff }, { as: email }))).toBe('access.denied');
      expect(codeOf(await desk.ask('account export', {}, { as: newEmail() }))).toBe('access.denied');
      expect(codeOf(await desk.ask('account export'))).toBe('state.wrong');
      expect(codeOf(await desk.ask('account export', { person: newEmail() }, { as: staff }))).toBe('person.unknown');
    });
  });

  describe('account erase', () => {
    test('without yes it says what goes and what stays, in the reader’s language, and changes nothing', async () => {
      const rich = await newRich(place, { trade: true });
      const before = await everything(desk);
      const outcome = await erase(rich.email, { confirm: rich.email });
      expect(outcome).toMatchObject({ ok: true, code: 'account.previewed', data: { preview: { person: rich.email } } });
      const { PendingCommand: _, ...after } = await everything(desk);
      const { PendingCommand: __, ...same } = before;
      // the chain's head is locked by an update that changes nothing
      expect(after).toEqual(same);
      const { erased, kept } = (outcome.ok ? outcome.data['preview'] : {}) as Record<string, Record<string, unknown>[]>;
      expect(erased).toEqual(
        expect.arrayContaining([
          { what: 'Adresses de messagerie', count: 2 },
          { what: 'Nom, société, coordonnées', count: 8 },
          { what: 'Dispositifs et données', count: 1 },
          { what: 'Fiches de client', count: 1 },
          { what: 'Messages au support', count: 2 },
        ]),
      );
      expect(kept).toEqual(
        expect.arrayContaining([
          { what: 'Ventes, telles que saisies', count: 1, why: '10 ans : C. com. L123-22' },
          { what: 'Titulaire de domaines', count: 1, why: 'contrat avec le registre' },
          { what: 'Reçus à ce nom', count: 1, why: '10 ans : C. com. L123-22' },
          { what: 'Tickets, sans leur texte', count: 1, why: 'suivi du support' },
        ]),
      );
      await desk.done('account edit', { locale: 'anglais' }, { as: rich.email });
      const english = await erase(rich.email, { confirm: rich.email });
      expect(JSON.stringify(english)).toContain('10 years: C. com. L123-22');
    });

    test('what has changed since it was shown is shown again first', async () => {
      const rich = await newRich(place);
      await erase(rich.email, { confirm: rich.second });
      await desk.done('declare new', declaring({ email: rich.email }), { as: place.seller.email });
      expect(codeOf(await erase(rich.email, { confirm: rich.second, yes: 'yes' }))).toBe('preview.stale');
      await erase(rich.email, { confirm: rich.second });
      // being shown it by mail is itself a mail
      await desk.done('account password', {}, { as: rich.email });
      expect(codeOf(await erase(rich.email, { confirm: rich.second, yes: 'yes' }))).toBe('account.erased');
    });

    test('with yes nothing that names the person is left but what is kept by law', async () => {
      const [rich, other] = [await newRich(place, { trade: true }), await newRich(place, { trade: true })];
      await exported(rich.email);
      await exported(staff, { person: rich.email });
      await erase(rich.email, { confirm: rich.email });
      const before = await columnsWith(desk, rich.words);
      // the test looks where there is something to find
      expect(before).toEqual(
        expect.arrayContaining([
          ...['Address.email', 'Attempt.key', 'AuditDetail.detail', 'Device.client', 'Device.searchText'],
          ...['DiscordUser.discordId', 'InboundMail.subject', 'LinkCode.email', 'Outbox.params', 'Person.lastName'],
        ]),
      );
      const others = await columnsWith(desk, other.words);
      const letters = await desk.queuedBy(async () => {
        const outcome = await erase(rich.email, { confirm: rich.email, yes: 'yes' });
        expect(outcome).toMatchObject({ ok: true, code: 'account.erased', data: { state: 'erased' } });
        expect(JSON.stringify(outcome)).not.toContain(rich.email);
      });
      expect(letters.find(({ letter }) => letter === 'account-erased')).toMatchObject({
        recipient: rich.email,
        state: 'queued',
        locale: 'fr',
      });
      await sendAll(desk);
      await schedule(desk).tick();
      expect(orDuplicate(await columnsWith(desk, rich.words))).toEqual(keptColumns);
      expect(await columnsWith(desk, other.words)).toEqual(others);
      expect(codeOf(await desk.ask('audit verify'))).toBe('audit.verified');
    });

    test('the row is a number; devices, grants, memberships and sessions have ended', async () => {
      const rich = await newRich(place, { trade: true });
      const { reader } = desk.connection;
      expect(await findSession(desk.desk, rich.session)).toMatchObject({ personId: rich.id });
      await erase(rich.email, { confirm: rich.email, yes: 'yes' });
      expect(await findSession(desk.desk, rich.session)).toBeUndefined();
      expect(await reader.person.findUniqueOrThrow({ where: { id: rich.id } })).toMatchObject({
        ...{ state: 'erased', lastName: null, firstName: null, company: null, phone: null, street: null, city: null },
        ...{ country: null, passwordKind: null, passwordHash: null },
      });
      const of = { where: { personId: rich.id } };
      expect(await reader.membership.count(of)).toBe(0);
      expect(await reader.secondFactor.count(of)).toBe(0);
      expect(await reader.device.findUniqueOrThrow({ where: { id: rich.device } })).toMatchObject({
        ...{ state: 'removed', enrolledKey: null, email: '', client: '{}', clientId: rich.id },
        endedAt: desk.clock(),
      });
      expect(await reader.accessGrant.findFirst({ where: { deviceId: rich.device } })).toMatchObject({
        state: 'revoked',
        uses: 3,
      });
      // the registry's owner stays; who held nothing is gone, and so are the words to support and their file
      const customers = await reader.customer.findMany({ where: { orgId: place.seller.id }, orderBy: { id: 'desc' } });
      expect(customers.slice(0, 2)).toMatchObject([
        { state: 'deleted', email: '', lastName: '' },
        { state: 'verified', email: rich.email },
      ]);
      const ticket = await reader.ticket.findFirstOrThrow({ where: { personId: rich.id } });
      const messages = await reader.ticketMessage.findMany({ where: { ticketId: ticket.id } });
      expect(messages.map(({ text }) => text)).toEqual(['–', '–']);
      expect(await reader.ticketFile.count({ where: { ticketId: ticket.id } })).toBe(0);
      expect(ticket.subject).toBe('–');
      // the sale stands, and the pack stays whose it was
      expect(await reader.declaration.count({ where: { clientId: rich.id, state: 'completed' } })).toBe(1);
      expect(await reader.stockUnit.count(of)).toBe(1);
      expect(await desk.done('audit show', { object: `person ${rich.id}` }, { as: staff })).toMatchObject({
        items: expect.arrayContaining([
          expect.objectContaining({
            action: 'account erase',
            who: `operator as #${rich.id}`,
            object: `person ${rich.id}`,
          }),
          expect.objectContaining({ action: 'account linked', detail: null }),
        ]) as unknown,
      });
    });

    test('the address is free: who comes with it is somebody new', async () => {
      const rich = await newRich(place);
      await erase(rich.email, { confirm: rich.email, yes: 'yes' });
      expect(codeOf(await desk.ask('account export', {}, { as: rich.email }))).toBe('access.denied');
      const shown = await desk.done('account show', {}, { as: rich.email });
      expect(shown).toMatchObject({
        person: rich.email,
        lastName: null,
        packs: [],
        organisations: [],
        emails: [rich.email],
      });
      expect(await idOf(desk, rich.email)).not.toBe(rich.id);
      const { data } = await exported(rich.email);
      expect(data).toMatchObject({ declaredForMe: [], devices: [], mails: { toMe: [], fromMe: [] } });
      expect(
        await desk.done('declare new', declaring({ email: rich.second }), { as: place.seller.email }),
      ).toMatchObject({
        account: 'created',
      });
    });

    test('a mail to the person that has not left is not sent; one that comes back later names nobody', async () => {
      const rich = await newRich(place);
      await desk.done('account password', {}, { as: rich.email });
      const { reader, writer } = desk.connection;
      const sent = await reader.outbox.findFirstOrThrow({ where: { personId: rich.id, letter: 'address-linked' } });
      await writer.outbox.update({ where: { id: sent.id }, data: { state: 'sent', sentAt: desk.clock() } });
      await erase(rich.email, { confirm: rich.email, yes: 'yes' });
      const rows = await reader.outbox.findMany({ where: { personId: rich.id } });
      expect(new Set(rows.map(({ letter, state }) => `${letter === 'account-erased' ? letter : ''} ${state}`))).toEqual(
        new Set([' sent', ' cancelled', 'account-erased queued']),
      );
      const number = await createMailbox(desk.desk).bounced({ mailId: sent.id, reason: `550 <${rich.email}> is gone` });
      expect(number).toMatch(/^M-/);
      const last = rows.find(({ letter }) => letter === 'account-erased');
      await desk.desk.database.transact(async (unit) => {
        await unit.tx.outbox.updateMany({ where: { id: last?.id ?? 0 }, data: { state: 'failed' } });
        await tellUndelivered(desk.desk, unit, {
          ...{
            id: last?.id ?? 0,
            letter: 'account-erased',
            recipient: rich.email,
            object: null,
            createdAt: desk.clock(),
          },
          reason: `550 <${rich.email}> is gone`,
        });
      });
      desk.clock.advance(hourMs);
      await schedule(desk).tick();
      expect(orDuplicate(await columnsWith(desk, [rich.email]))).toEqual([
        'Declaration.email',
        'Declaration.searchText',
        'Site.contactEmail',
      ]);
    });

    test('who has the name or a longer address keeps what is theirs', async () => {
      const tail = unique('b');
      const [short, long] = [`anna@${tail}.example`, `joanna@${tail}.example`];
      for (const as of [short, long]) await desk.done('account edit', { city: 'Lyon' }, { as });
      await desk.done('declare new', declaring({ email: long }), { as: place.seller.email });
      const before = await desk.done('audit show', { object: long });
      const [letter] = (await desk.letters()).filter(({ recipient }) => recipient === long);
      await erase(short, { confirm: short, yes: 'yes' });
      expect(await desk.done('audit show', { object: long })).toEqual(before);
      expect((await desk.letters()).find(({ id }) => id === letter?.id)).toEqual(letter);
      expect(await columnsWith(desk, [long])).toContain('AuditDetail.detail');
    });

    test('what others asked about the person loses the name, and stays', async () => {
      const email = newEmail('candidate');
      const [boss, second] = [await newStaff(desk, 'admin'), await newStaff(desk, 'admin')];
      await desk.done('account edit', { city: 'Lyon' }, { as: email });
      const { approval } = await desk.done('staff grant', { email, role: 'sales' }, { as: boss });
      expect(await erase(email, { confirm: email, yes: 'yes' })).toMatchObject({
        code: 'state.wrong',
        message: expect.stringContaining(String(approval)) as string,
      });
      await desk.done('approval refuse', { number: String(approval), reason: `${email} ne veut pas` }, { as: second });
      await erase(email, { confirm: email, yes: 'yes' });
      await sendAll(desk);
      desk.clock.advance(hourMs);
      await schedule(desk).tick();
      expect(await columnsWith(desk, [email])).toEqual([]);
      expect(await desk.done('approval show', { number: String(approval) }, { as: boss })).toMatchObject({
        state: 'refused',
        object: null,
        decisions: [{ verdict: 'refused', reason: null }],
      });
      expect(codeOf(await desk.ask('approval list', { search: 'candidate' }, { as: boss }))).toBe('approval.listed');
    });

    test('support erases another’s with a second person', async () => {
      const [email, support] = [newEmail(), await newStaff(desk, 'support')];
      await desk.done('account edit', { city: 'Lyon' }, { as: email });
      const input = { person: email, confirm: email, yes: 'yes' };
      expect(codeOf(await erase(await newStaff(desk, 'stock'), input))).toBe('access.denied');
      const asked = await erase(support, input);
      expect(codeOf(asked)).toBe('approval.pending');
      expect(await desk.connection.reader.address.count({ where: { email } })).toBe(1);
      await desk.done('approval approve', { number: String(asked.ok && asked.data['approval']) }, { as: staff });
      expect(await desk.connection.reader.address.count({ where: { email } })).toBe(0);
      expect(JSON.stringify((await desk.dump())['Approval'])).not.toContain(email);
    });

    test('an admin erases another’s; nobody else does', async () => {
      const [email, stranger] = [newEmail(), newEmail()];
      for (const as of [email, stranger]) await desk.done('account edit', { city: 'Lyon' }, { as });
      const input = { person: email, confirm: email, yes: 'yes' };
      expect(codeOf(await erase(stranger, input))).toBe('access.denied');
      expect(codeOf(await erase(newEmail(), { confirm: email, yes: 'yes' }))).toBe('access.denied');
      expect(await desk.connection.reader.address.count({ where: { email } })).toBe(1);
      expect(codeOf(await erase(staff, input))).toBe('account.erased');
      expect(await desk.connection.reader.address.count({ where: { email } })).toBe(0);
      expect(codeOf(await erase(staff, input))).toBe('person.unknown');
      // suspended, they can't ask themselves
      const id = await idOf(desk, stranger);
      await desk.connection.writer.person.update({ where: { id }, data: { state: 'suspended' } });
      expect(codeOf(await erase(stranger, { confirm: stranger, yes: 'yes' }))).toBe('access.denied');
      expect(codeOf(await erase(staff, { person: stranger, confirm: stranger, yes: 'yes' }))).toBe('account.erased');
    });

    test('a dry run erases nothing, nor does another address than one’s own', async () => {
      const rich = await newRich(place);
      const wrong = await erase(rich.email, { confirm: staff, yes: 'yes' });
      expect(fieldsOf(wrong)).toEqual(['confirm']);
      expect(JSON.stringify(wrong)).toContain(rich.email);
      expect(fieldsOf(await erase(rich.email, { confirm: 'oui', yes: 'yes' }))).toEqual(['confirm']);
      const before = await columnsWith(desk, rich.words);
      const dry = await erase(rich.email, { confirm: rich.email, yes: 'yes' }, { dryRun: true });
      expect(dry).toMatchObject({ code: 'account.erased', dryRun: true });
      expect(await columnsWith(desk, rich.words)).toEqual(before);
      expect(codeOf(await erase(rich.email, { confirm: rich.email.toUpperCase(), yes: 'yes' }))).toBe('account.erased');
    });

    test('the operator, staff, an only owner, an installer with devices and who waits for a decision are refused', async () => {
      const refusal = async (as: string) => {
        const before = await columnsWith(desk, [as]);
        const outcome = await erase(as, { confirm: as, yes: 'yes' });
        expect(await columnsWith(desk, [as])).toEqual(before);
        return outcome.ok ? outcome.code : outcome.message;
      };
      expect(codeOf(await desk.ask('account erase', { confirm: staff, yes: 'yes' }))).toBe('access.denied');
      expect(await refusal(staff)).toContain('« staff revoke »');
      expect(await refusal(place.home.email)).toContain('seul propriétaire');
      await newRich(place);
      expect(await refusal(place.installer.email)).toMatch(/gère \d+ dispositifs/);

      const asker = await newReseller(desk, { pro: 3 });
      const { approval } = await desk.done(
        'stock withdraw',
        { reseller: asker.ref, product: 'pro', quantity: '1', reason: 'essai' },
        { as: await newStaff(desk, 'stock') },
      );
      // asked by somebody who has left the staff since
      const { requesterId } = await desk.connection.reader.approval.findUniqueOrThrow({
        where: { id: Number(String(approval).slice(2)) },
      });
      await desk.connection.writer.staffRole.deleteMany({ where: { personId: requesterId } });
      const { email } = await desk.connection.reader.address.findFirstOrThrow({ where: { personId: requesterId } });
      expect(await refusal(email)).toContain(String(approval));
    });
  });

  test('an account that was made by mistake goes silently', async () => {
    const rich = await newRich(place, { trade: true });
    const { database } = desk.desk;
    const letters = await desk.queuedBy(() =>
      database.transact(async (unit) => {
        const actor = await identify(unit.tx, { kind: 'address', email: place.installer.email });
        const work = createWork(unit, { desk: desk.desk, actor, door: 'chat', locale: 'fr' });
        await unit.tx.device.updateMany({ where: { clientId: rich.id }, data: { state: 'removed' } });
        const { kept } = await erasePerson(work, { personId: rich.id, silent: true });
        expect(kept).toContainEqual({ what: 'declarations', count: 1 });
      }),
    );
    expect(letters).toEqual([]);
    await schedule(desk).tick();
    expect(orDuplicate(await columnsWith(desk, rich.words))).toEqual(keptColumns);
  });

  test('an owner beside another goes; the organisation stays', async () => {
    const reseller = await newReseller(desk);
    const email = newEmail('heir');
    await desk.done('account edit', { city: 'Lyon' }, { as: email });
    const personId = await idOf(desk, email);
    await desk.connection.writer.membership.create({
      data: { orgId: reseller.id, personId, role: 'owner', createdAt: desk.clock() },
    });
    expect(codeOf(await erase(reseller.email, { confirm: reseller.email, yes: 'yes' }))).toBe('account.erased');
    expect(codeOf(await erase(email, { confirm: email, yes: 'yes' }))).toBe('state.wrong');
    expect(await desk.connection.reader.organisation.count({ where: { id: reseller.id } })).toBe(1);
  });

  test('no address stands in the audit’s chain, whoever it is', async () => {
    const rows = await desk.connection.reader.audit.findMany({ where: { object: { contains: '@' } } });
    expect(rows).toEqual([]);
    const email = newEmail('nobody');
    await desk.done('account link', { email }, { caller: { kind: 'discord', id: '99', name: 'x' }, door: 'chat' });
    expect(await desk.done('audit show', { object: email }, { as: staff })).toMatchObject({
      items: [{ action: 'account link', object: email }],
    });
  });
});

const [sqlite] = databases();

describe('personal data by mail', () => {
  let house: House;
  const from = 'zelie@partner.test';
  beforeAll(async () => {
    house = await openHouse(sqlite!);
  });
  afterAll(() => house.close());
  const mine = (mails: Awaited<ReturnType<House['mail']>>) =>
    mails.filter(({ envelope }) => envelope.to.includes(from)).map(({ parsed }) => parsed);

  test('the export is attached; erasing is shown, confirmed with OK, answered, and then nothing is left', async () => {
    const { desk } = house;
    await house.mail('Commande: account edit\nNom: Vandenpeereboom\nPrénom: Zélie', { from });
    const [answer] = mine(await house.mail('Commande: account export', { from }));
    const file = answer?.attachments.find(({ filename }) => filename === 'guichet-data-2026-11-23.json');
    expect(JSON.parse(file?.content.toString() ?? '{}')).toMatchObject({
      account: { lastName: 'Vandenpeereboom', addresses: [{ email: from }] },
    });
    const { attachments } = await desk.connection.reader.outbox.findFirstOrThrow({
      where: { attachments: { not: null } },
    });
    const sha256 = (JSON.parse(attachments ?? '') as [{ sha256: string }])[0].sha256;
    const kept = join(desk.settings.DATA_DIR, 'documents', sha256.slice(0, 2), sha256);
    expect(existsSync(kept)).toBe(true);

    const [preview] = mine(await house.mail(`Commande: account erase\nConfirmation: ${from}`, { from }));
    expect(preview?.text).toMatch(/Adresses de messagerie\s*: 1$/m);
    expect(preview?.text).toContain('preuve d’intégrité');
    expect(await desk.connection.reader.address.count({ where: { email: from } })).toBe(1);
    const done = mine(
      await house.mail('OK', { from, headers: [`In-Reply-To: ${preview?.messageId ?? ''}`], subject: 'Re' }),
    );
    expect(done.map(({ subject, text }) => `${subject} ${text}`).join('\n')).toContain('Le compte est effacé');
    expect(done.map(({ subject }) => subject)).toContain('Votre compte a été effacé');
    expect(await desk.connection.reader.address.count({ where: { email: from } })).toBe(0);
    await schedule(desk).tick();
    expect(await columnsWith(desk, [from, 'vandenpeereboom', 'zelie'])).toEqual([]);
    // files go after the commit, and nobody waits for that
    await expect.poll(() => existsSync(kept)).toBe(false);
    const raws = await desk.connection.reader.inboundMail.findMany();
    expect(raws).toHaveLength(4);
    const lying = () =>
      raws.filter((raw) => existsSync(join(desk.settings.DATA_DIR, 'received', raw.sha256.slice(0, 2), raw.sha256)));
    await expect.poll(lying).toEqual([]);
    expect(codeOf(await desk.ask('audit verify'))).toBe('audit.verified');
  });
});
