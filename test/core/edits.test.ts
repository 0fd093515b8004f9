/** Commands that edit: a dash alone empties a field, and what would change nothing says so and leaves no trace. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseLine } from '../../src/cli/argv.js';
import type { RawInput } from '../../src/core/command/input.js';
import { replyTo } from '../../src/core/command/reply.js';
import { commands } from '../../src/core/programmes/index.js';
import { camel } from '../../src/core/locales/key.js';
import { databases } from '../servers/databases.js';
import { activeDevice, newClient, newInstaller } from './device-ground.js';
import { codeOf, fieldsOf, newEmail, newReseller, newStaff, openTestDesk, type TestDesk } from './ground.js';
import { existingSiteOrder, newSite, newSiteOrder, pdf, submitted } from './order-ground.js';

const edits = commands.all.filter(({ name }) => / edit$/.test(name) || name === 'site change');

test('every command that edits says of each of its fields whether it can be emptied', () => {
  expect(edits.map(({ name }) => name).sort()).toEqual([
    'account edit',
    'customer edit',
    'device edit',
    'installer edit',
    'order edit',
    'org edit',
    'site change',
  ]);
  for (const { name, uses } of edits) {
    const unsaid = uses.filter(({ empties, required, field }) => {
      const isFile = ['file', 'files'].includes(field.type.kind);
      // whom it is about, and what goes with it
      const about = ['person', 'related-order'].includes(field.name);
      return !required && !isFile && !about && empties === undefined;
    });
    expect([name, unsaid.map(({ field }) => field.name)]).toEqual([name, []]);
    expect(uses.some(({ empties }) => empties)).toBe(true);
  }
});

/** One thing that is edited: who edits it, what is given, and what of that cannot be taken out again. */
interface Edited {
  readonly command: string;
  readonly as: string;
  readonly about: RawInput;
  readonly given: Record<string, string>;
  readonly lasting: Record<string, string>;
}

describe.each(databases())('edits on $name', (provider) => {
  let desk: TestDesk;
  let all: Readonly<Record<string, Edited>>;
  let as: string;
  let sales: string;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    const reseller = await newReseller(desk);
    as = reseller.email;
    sales = await newStaff(desk, 'sales');
    const person = { 'last-name': 'Roy', 'first-name': 'Zoé' };
    const party = { type: 'individual', email: newEmail(), ...person };
    const { customer } = await desk.done('customer add', party, { as });
    const { order } = await desk.done('order new', { type: 'initial', origin: 'new-site' }, { as });
    const installer = await newInstaller(desk);
    const device = await activeDevice(desk, { installer, client: await newClient(desk), state: 'checked' });
    const place = { street: '1 rue du Port', zip: '35000', city: 'Rennes' };
    const phone = { phone: '+33123456789' };
    all = {
      'order edit': {
        ...{ command: 'order edit', as, about: { number: String(order) } },
        given: {
          ...{ 'site-name': 'Nord', 'site-phone': '01 23 45 67 89', 'contact-last-name': 'Le Goff' },
          ...{ 'delivery-date': '2026-12-01', recipients: 'a@x.example; b@x.example', quantity: '12' },
          ...{ 'quote-number': 'Q-1', comments: 'Deux\nlignes', generation: 'one', solution: 'one-erp' },
        },
        lasting: { type: 'initial', origin: 'new-site' },
      },
      'org edit': {
        ...{ command: 'org edit', as, about: { number: reseller.ref } },
        given: {
          ...place,
          ...phone,
          'display-name': 'Chez nous',
          registration: '12345678901234',
          email: 'o@x.example',
        },
        lasting: { name: 'Société', country: 'FR' },
      },
      'customer edit': {
        ...{ command: 'customer edit', as, about: { number: String(customer) } },
        given: { ...place, ...phone, company: 'Roy & Fils', tags: 'or, argent' },
        lasting: { ...party, country: 'FR', locale: 'fr' },
      },
      'account edit': {
        ...{ command: 'account edit', as, about: {} },
        given: { ...place, ...phone, company: 'Weber', country: 'FR' },
        lasting: { ...person, locale: 'fr' },
      },
      'installer edit': {
        ...{ command: 'installer edit', as: installer.email, about: {} },
        given: { ...place, vat: 'FR40303265045', country: 'FR' },
        lasting: { ...person, ...phone, company: 'Alarmes' },
      },
      'device edit': {
        ...{ command: 'device edit', as: installer.email, about: { device: device.codeId } },
        given: { ...phone, company: 'Roy & Fils', locale: 'fr' },
        lasting: { 'web-address': 'http://box.example.com', email: newEmail() },
      },
    };
  });
  afterAll(() => desk.close());

  test('a phone typed without its prefix is one of the country beside it, or of what is edited', async () => {
    const [typed, belgian] = ['02 555 12 12', '+3225551212'];
    // France has no such number
    const refused = await desk.ask('account edit', { phone: typed }, { as });
    expect(fieldsOf(refused)).toEqual(['phone']);
    const about = { 'last-name': 'Roy', 'first-name': 'Zoé', phone: typed, country: 'Belgique' };
    const added = await desk.done('customer add', { type: 'individual', email: newEmail(), ...about }, { as });
    const number = String(added['customer']);
    expect(added).toMatchObject({ phone: belgian });
    await desk.done('customer edit', { number, phone: '-' }, { as });
    expect(await desk.done('customer edit', { number, phone: typed }, { as })).toMatchObject({ phone: belgian });
    const initial = { type: 'initial', origin: 'new-site', 'site-phone': typed, 'site-country': 'BE' };
    const order = String((await desk.done('order new', initial, { as }))['order']);
    expect(await desk.done('order show', { number: order }, { as })).toMatchObject({ sitePhone: belgian });
    await desk.done('order edit', { number: order, 'contact-phone': typed }, { as });
    expect(await desk.done('order show', { number: order }, { as })).toMatchObject({ contactPhone: belgian });
    const site = await newSite(desk, as, { 'site-country': 'BE', 'site-phone': typed });
    expect(await desk.done('site show', { number: site }, { as })).toMatchObject({ sitePhone: belgian });
    const change = { number: site, 'contact-phone': typed };
    expect(await desk.ask('site change', change, { as })).toMatchObject({
      data: { preview: { changes: { contactPhone: { new: belgian } } } },
    });
    await desk.ask('site change', { ...change, yes: 'yes' }, { as });
    const { approval } = await desk.connection.reader.approval
      .findFirstOrThrow({ orderBy: { id: 'desc' } })
      .then(({ id }) => ({ approval: `A-${id}` }));
    await desk.done('approval approve', { number: approval }, { as: sales });
    expect(await desk.done('site show', { number: site }, { as })).toMatchObject({ contactPhone: belgian });
    // another's tells nothing: it is no number of theirs
    const other = await newReseller(desk);
    expect(fieldsOf(await desk.ask('order edit', { number: order, 'site-phone': typed }, { as: other.email }))).toEqual(
      ['site-phone'],
    );
  });

  const names = edits.map(({ name }) => name).filter((name) => name !== 'site change');
  const edit = (of: Edited, input: RawInput) => desk.ask(of.command, { ...of.about, ...input }, { as: of.as });
  const headline = (outcome: Awaited<ReturnType<TestDesk['ask']>>) =>
    replyTo(outcome, { locale: 'fr', timeZone: 'Europe/Paris', names: undefined }).headline;
  const nothing = 'Rien à changer : c’est déjà ainsi.';

  test.each(names)('%s: nothing given, or what stands there already, is said and leaves no trace', async (name) => {
    const of = all[name]!;
    const first = await edit(of, { ...of.given });
    expect(codeOf(first)).toMatch(/\.edited$/);
    expect(first).not.toMatchObject({ data: { changed: [] } });
    expect(headline(first)).not.toBe(nothing);
    const before = await desk.dump();
    for (const input of [{}, of.given]) {
      const again = await edit(of, input);
      expect(again).toMatchObject({ ok: true, code: codeOf(first), data: { changed: [] } });
      expect(headline(again)).toBe(nothing);
    }
    expect(await desk.dump()).toEqual(before);
  });

  test.each(names)('%s: a dash alone empties a field, and what has to be there is named', async (name) => {
    const of = all[name]!;
    const dashes = ['-', ' – ', '—'];
    await edit(of, { ...of.given });
    const keys = Object.keys(of.given);
    const emptied = await edit(of, Object.fromEntries(keys.map((key, at) => [key, dashes[at % 3]!])));
    expect(emptied).toMatchObject({
      ok: true,
      data: { changed: expect.arrayContaining([camel(keys[0]!)]) as unknown },
    });
    const { number } = of.about as { number?: string };
    const shown = number?.startsWith('O-')
      ? await desk.done('order show', { number }, { as })
      : emptied.ok && emptied.data;
    for (const key of keys)
      if (key !== 'locale') expect([null, undefined, '', []]).toContainEqual(shown && shown[camel(key)]);
    // again there is nothing left to empty
    expect(await edit(of, Object.fromEntries(keys.map((key) => [key, '-'])))).toMatchObject({ data: { changed: [] } });
    const before = await desk.dump();
    for (const key of Object.keys(of.lasting)) {
      const refused = await edit(of, { [key]: '-' });
      expect([key, codeOf(refused), fieldsOf(refused)]).toEqual([key, 'input.invalid', [key]]);
    }
    expect(await desk.dump()).toEqual(before);
  });

  test('a required field of an order that was emptied is missing again, its contact included', async () => {
    const { order } = await desk.done('order new', newSiteOrder({ reference: '' }), { as });
    const number = String(order);
    const fields = ['delivery-date', 'site-city', 'contact-last-name', 'solution'];
    const { missing } = await desk.done(
      'order edit',
      { number, ...Object.fromEntries(fields.map((f) => [f, '-'])) },
      { as },
    );
    expect([...(missing as string[])].sort()).toEqual(fields.toSorted());
    expect(fieldsOf(await desk.ask('order submit', { number }, { as })).toSorted()).toEqual(fields.toSorted());
    // of an existing site, whose own contact is not put back
    const site = await newSite(desk, as);
    const second = await desk.done('order new', existingSiteOrder(site, { reference: 'SAAS IO ODATA' }), { as });
    const edit = { number: String(second['order']), reference: '-', 'contact-email': '–' };
    expect(await desk.done('order edit', edit, { as })).toMatchObject({ missing: ['contact-email'] });
    expect((await desk.done('order edit', { ...edit, comments: 'x' }, { as }))['missing']).toEqual(['contact-email']);
    expect((await desk.done('order show', { number: edit.number }, { as }))['reference']).toBeNull();
    // the site itself is corrected by a site change
    expect(fieldsOf(await desk.ask('order edit', { ...edit, 'site-city': '-' }, { as }))).toEqual(['site-city']);
  });

  test('an edit of a submitted order that gives nothing new voids no approval, though its site has changed', async () => {
    const site = await newSite(desk, as);
    const { order, approval } = await submitted(desk, as, existingSiteOrder(site, { comments: 'vite' }));
    const change = { number: site, 'site-city': 'Vannes', yes: 'yes' };
    const asked = await desk.done('site change', change, { as });
    await desk.done('approval approve', { number: String(asked['approval']) }, { as: sales });
    for (const input of [{}, { comments: 'vite' }, { site }] as RawInput[])
      expect(await desk.done('order edit', { number: order, ...input }, { as })).toMatchObject({ changed: [] });
    expect(await desk.done('approval show', { number: approval }, { as: sales })).toMatchObject({ state: 'pending' });
    // a document is something, and brings the site's data up to date
    const document = { number: order, documents: [pdf('plan.pdf')] };
    expect(await desk.done('order edit', document, { as })).toMatchObject({
      changed: ['siteCity', 'documents'],
      state: 'draft',
    });
  });

  test('site change empties what a site can do without', async () => {
    const site = await newSite(desk, as, { 'site-phone': '+33123456789' });
    const change = { number: site, 'site-phone': '-', 'contact-email': '—', yes: 'yes' };
    const { approval } = await desk.done('site change', change, { as });
    await desk.done('approval approve', { number: String(approval) }, { as: sales });
    expect(await desk.done('site show', { number: site }, { as })).toMatchObject({
      sitePhone: null,
      contactEmail: null,
    });
    expect(fieldsOf(await desk.ask('site change', { number: site, 'site-name': '-' }, { as }))).toEqual(['site-name']);
    // and what is empty already is no wish
    expect(codeOf(await desk.ask('site change', { number: site, 'site-phone': '-' }, { as }))).toBe('input.invalid');
  });

  test.each<[string, RawInput, RawInput]>([
    ['stock threshold', { product: 'pro', quantity: 3 }, { product: 'pro', quantity: 0 }],
    ['billing threshold', { amount: '12,50' }, { amount: '0' }],
  ])('%s set to what it is says so', async (command, some, none) => {
    for (const input of [some, none]) {
      expect(await desk.done(command, input, { as })).not.toMatchObject({ changed: [] });
      const before = await desk.dump();
      const again = await desk.ask(command, input, { as });
      expect(again).toMatchObject({ ok: true, data: { changed: [] } });
      expect(headline(again)).toBe(nothing);
      expect(await desk.dump()).toEqual(before);
    }
  });

  test('the terminal takes a dash for a value', async () => {
    const { order } = await desk.done('order new', newSiteOrder({ comments: 'x' }), { as });
    const words = ['order', 'edit', '--number', String(order), '--comments', '-', '--quote-number=-'];
    const { command, input } = parseLine(words, commands);
    expect(await desk.done(command, input, { as })).toMatchObject({ changed: ['comments'] });
  });
});
