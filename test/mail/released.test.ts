/** SPEC 0, "Authority": a mail that staff let pass is the releaser's act, and never more than that. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../src/core/guard/identity.js';
import { codeOf, dayMs, newEmail, newReseller, newStaff, type TestReseller } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { openHouse, type House, type Posted } from './house.js';

const textOf = (mail: ReceivedMail | undefined): string => mail?.parsed.text ?? '';

describe.each(databases())('what staff let pass, on $name', (provider) => {
  let house: House;
  let reseller: TestReseller;
  let clerk: string;
  let admin: string;
  beforeAll(async () => {
    house = await openHouse(provider, { trust: { trustLoopback: false, trustedAuthserv: 'mx.house.test' } });
    reseller = await newReseller(house.desk, { pro: 30 });
    clerk = await newStaff(house.desk, 'sales');
    admin = await newStaff(house.desk, 'admin');
    await house.deliver();
  });
  afterAll(() => house.close());

  /** Each person by a door of its own, without the operator. */
  const by = async (email: string): Promise<{ caller: Caller }> => {
    const { personId } = await house.desk.connection.reader.address.findUniqueOrThrow({ where: { email } });
    return { caller: { kind: 'session', personId } };
  };
  const ask = async (command: string, input: Record<string, string>, as: string) =>
    house.desk.ask(command, input, { ...(await by(as)), door: 'web' });
  const rows = () => house.desk.connection.reader.inboundMail;
  const held = async (text: string, posted: Posted): Promise<string> => {
    house.desk.clock.advance(dayMs + 1);
    await house.mail(text, posted);
    const { id, state } = await rows().findFirstOrThrow({ orderBy: { id: 'desc' } });
    expect(state).toBe('held');
    return `H-${String(id).padStart(6, '0')}`;
  };
  /** Released by the clerk and carried out; what was answered to its supposed sender. */
  async function released(text: string, from: string, posted: Posted = {}): Promise<string> {
    const number = await held(text, { ...posted, from });
    expect(codeOf(await ask('mail release', { number }, clerk))).toBe('mail.released');
    expect(await house.release()).toBe(1);
    const mails = (await house.deliver()).filter(({ envelope }) => envelope.to.includes(from));
    return mails.map(textOf).join('\n');
  }
  const rolesOf = (email: string) =>
    house.desk.connection.reader.staffRole.findMany({ where: { person: { addresses: { some: { email } } } } });

  test('a clerk cannot release what claims to be from somebody of staff, and so not make himself admin', async () => {
    const other = await newStaff(house.desk, 'admin');
    const grant = await held(`Commande: staff grant\nE-mail: ${clerk}\nRôle: admin\n`, { from: admin });
    expect(await ask('mail release', { number: grant }, clerk)).toMatchObject({
      code: 'sender.unproven',
      message: expect.stringContaining(admin) as string,
    });
    // not through another colleague's hand either, nor the operator's
    expect(codeOf(await ask('mail release', { number: grant }, other))).toBe('sender.unproven');
    expect(codeOf(await house.desk.ask('mail release', { number: grant }))).toBe('sender.unproven');
    expect(codeOf(await house.desk.ask('mail release', { number: grant }, { as: admin }))).toBe('sender.unproven');
    expect(await house.release()).toBe(0);
    expect((await rolesOf(clerk)).map(({ role }) => role)).toEqual(['sales']);
    expect(await rows().findUniqueOrThrow({ where: { id: Number(grant.slice(2)) } })).toMatchObject({ state: 'held' });
  });

  test('its own person lets it pass, by a door that proves it', async () => {
    const newcomer = newEmail('newcomer');
    const number = await held(`Commande: staff grant\nE-mail: ${newcomer}\nRôle: stock\n`, { from: admin });
    expect(codeOf(await ask('mail release', { number }, admin))).toBe('mail.released');
    expect(await house.release()).toBe(1);
    expect((await house.deliver()).map(textOf).join('\n')).toContain('attend l’accord');
    const last = await house.desk.connection.reader.approval.findFirstOrThrow({ orderBy: { id: 'desc' } });
    expect(last).toMatchObject({ command: 'staff grant', releasedById: null, byOperator: false });
  });

  test('whoever gets a staff role between release and act does not act by it', async () => {
    const email = newEmail('rising');
    await house.desk.done('account edit', { city: 'Lyon' }, { as: email });
    const number = await held('Commande: stock show\nRevendeur: G-1\n', { from: email });
    expect(codeOf(await ask('mail release', { number }, clerk))).toBe('mail.released');
    await house.desk.done('staff grant', { email, role: 'stock' });
    await house.deliver();
    await house.release();
    const text = (await house.deliver()).map(textOf).join('\n');
    expect(text).toMatch(/votre propre preuve/);
    expect(text).not.toContain('Service Pack');
  });

  test('it decides nothing: neither a form nor the OK to a question of ours', async () => {
    const owner = reseller.email;
    const invited = await ask('org invite', { number: reseller.ref, email: clerk, role: 'owner' }, clerk);
    expect(codeOf(invited)).toBe('approval.pending');
    const approval = String(invited.ok && invited.data['approval']);
    const question = (await house.deliver()).find(({ envelope }) => envelope.to.includes(owner));
    const to = question?.parsed.replyTo?.value[0]?.address ?? '';
    expect(await released('OK\n', owner, { to })).toMatch(/votre propre preuve/);
    expect(await released(`Commande: approval approve\nNuméro: ${approval}\n`, owner)).toMatch(/votre propre preuve/);
    expect(await house.desk.done('approval show', { number: approval })).toMatchObject({
      state: 'pending',
      decisions: [],
    });
  });

  test.each([
    ['account link', 'E-mail: second@evil.test'],
    ['account edit', 'Ville: Ailleurs'],
    ['account password', ''],
    ['account export', ''],
    ['org invite', 'Numéro: $ORG\nE-mail: evil@evil.test\nRôle: owner'],
    ['org edit', 'Numéro: $ORG\nVille: Ailleurs'],
  ])('%s takes one’s own proof', async (name, fields) => {
    const before = await house.desk.dump();
    const text = await released(`Commande: ${name}\n${fields.replace('$ORG', reseller.ref)}\n`, reseller.email);
    expect(text).toMatch(new RegExp(`« ${name} » demande votre propre preuve`));
    const after = await house.desk.dump();
    for (const table of ['Person', 'Address', 'LinkCode', 'Membership', 'Organisation', 'OneTimeLink'])
      expect([table, after[table]]).toEqual([table, before[table]]);
  });

  test('what it does is told and audited as “as A, released by B”, and B is the asker too', async () => {
    const client = newEmail();
    const declared = await released(
      `Commande: declare new\nLicence: pro\nE-mail: ${client}\nNom: Roy\nPrénom: Zoé\nNuméro de commande: F-${client}\n`,
      reseller.email,
    );
    expect(declared).toMatch(/exécuté au nom de .*, libéré par /);
    const { id } = await house.desk.connection.reader.declaration.findFirstOrThrow({ where: { email: client } });
    const shown = await house.desk.done('audit show', { object: `D-${id}` });
    expect(shown['items']).toContainEqual(
      expect.objectContaining({ action: 'declare new', who: `as ${reseller.email}, released by ${clerk}` }),
    );
    expect(await house.desk.done('audit verify')).toMatchObject({ rows: expect.any(Number) as number });

    const table = `number;reseller;generation;product-line;site-name;site-city\nS-77;${reseller.ref};one;erp;Atelier;Lyon\n`;
    const file = { name: 'sites.csv', type: 'text/csv', content: Buffer.from(table) };
    const imported = await house.desk.ask('site import', { file, yes: 'yes' });
    expect(imported).toMatchObject({ ok: true });
    const site = await house.desk.connection.reader.site.findFirstOrThrow({ orderBy: { id: 'desc' } });
    const change = `Commande: site change\nNuméro: S-${site.id}\nVille du site: Nantes\nValider: oui\n`;
    expect(await released(change, reseller.email)).toContain('attend l’accord');
    const asked = await house.desk.connection.reader.approval.findFirstOrThrow({ orderBy: { id: 'desc' } });
    const number = `A-${String(asked.id).padStart(6, '0')}`;
    expect(await ask('approval approve', { number }, clerk)).toMatchObject({
      code: 'approval.self',
      message: expect.stringContaining('libéré') as string,
    });
    const another = await newStaff(house.desk, 'sales');
    expect(await ask('approval show', { number }, another)).toMatchObject({ data: { releasedBy: clerk } });
    expect(codeOf(await ask('approval approve', { number }, another))).toBe('approval.approved');
  });

  test('somebody unknown who is let pass is no proven person', async () => {
    const stranger = newEmail('stranger');
    await released('Commande: support open\nObjet: Bonjour\nTexte: Une question.\n', stranger);
    const { person } = await house.desk.connection.reader.address.findUniqueOrThrow({
      where: { email: stranger },
      include: { person: true },
    });
    expect(person.state).toBe('invited');
  });
});
