/** SPEC 0, "One command, every door": the order of the checks, dry runs, faults of ours, and what everything is called. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command, required } from '../../src/core/command/define.js';
import { text } from '../../src/core/command/type.js';
import { createDispatcher } from '../../src/core/command/dispatch.js';
import { answerCodes, exitCode, type Outcome } from '../../src/core/command/outcome.js';
import { createRegistry } from '../../src/core/command/registry.js';
import { heading, replyTo } from '../../src/core/command/reply.js';
import { commands } from '../../src/core/programmes/index.js';
import { refusalCodes } from '../../src/core/guard/refusal.js';
import { localeNames, type Locale } from '../../src/core/locales/locale.js';
import { textsOf } from '../../src/core/locales/texts.js';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  declaring,
  fieldsOf,
  newEmail,
  newReseller,
  newStaff,
  openTestDesk,
  standing,
  type TestDesk,
  type TestReseller,
} from './ground.js';
import { everything } from './tour.js';

describe.each(databases())('dispatch on $name', (provider) => {
  let desk: TestDesk;
  let reseller: TestReseller;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    reseller = await newReseller(desk, { pro: 5 });
  });
  afterAll(() => desk.close());

  describe('checks in order', () => {
    test('who may comes before the form', async () => {
      expect(codeOf(await desk.ask('stock receive', { nonsense: 'x' }, { as: reseller.email }))).toBe('access.denied');
      expect(codeOf(await desk.ask('stock receive', { nonsense: 'x' }))).toBe('input.invalid');
    });

    test('the form comes before the object, the object before the stock', async () => {
      const withdrawal = { reseller: 'G-999999', product: 'pro', quantity: '9999', reason: 'why' };
      expect(fieldsOf(await desk.ask('stock withdraw', { ...withdrawal, reason: 'x' }))).toEqual(['reason']);
      expect(codeOf(await desk.ask('stock withdraw', withdrawal))).toBe('object.unknown');
      expect(codeOf(await desk.ask('stock withdraw', { ...withdrawal, reseller: reseller.ref }))).toBe('stock.empty');
    });

    test('an equal declaration is told before an empty stock', async () => {
      const own = await newReseller(desk, { power: 1 });
      const input = declaring({ product: 'power' });
      await desk.done('declare new', input, { as: own.email });
      expect(codeOf(await desk.ask('declare new', input, { as: own.email }))).toBe('declaration.duplicate');
      expect(codeOf(await desk.ask('declare new', { ...input, anyway: 'yes' }, { as: own.email }))).toBe('stock.empty');
    });

    test('a mistyped field names the nearest one as the asker would write it', async () => {
      const asked = async (locale: Locale) => {
        const answer = await desk.ask('reseller register', { 'nom-de-famile': 'X' }, { locale });
        return answer.ok ? '' : answer.fields?.['nom-de-famile'];
      };
      expect(await asked('fr')).toContain('« Nom »');
      expect(await asked('en')).toContain('“Last name”');
    });

    test('an unknown command names the nearest one', async () => {
      expect(await desk.ask('stok shwo', {}, { locale: 'en' })).toMatchObject({
        ok: false,
        code: 'command.unknown',
        message: expect.stringContaining('“stock show”') as string,
      });
      expect(codeOf(await desk.ask('', {}, { as: newEmail() }))).toBe('command.unknown');
      expect(codeOf(await desk.ask('  STOCK   Show ', {}, { as: reseller.email }))).toBe('stock.shown');
    });
  });

  describe('a dry run', () => {
    test.each([
      [
        'declare new',
        () => declaring({ product: 'pro' }),
        'declaration.placed',
        { declaration: null, pack: null, account: 'created' },
      ],
      [
        'declare new',
        () => declaring({ takeover: 'yes' }),
        'declaration.placed',
        { declaration: null, pack: null, state: 'completed' },
      ],
      ['stock threshold', () => ({ product: 'pro', quantity: '3' }), 'stock.threshold-set', { quantity: 3 }],
      ['account link', () => ({ email: newEmail() }), 'account.code-sent', { minutes: 15 }],
      ['account password', () => ({}), 'account.password-link-sent', {}],
    ] as const)('of “%s” answers as the real one would and changes nothing', async (name, input, code, data) => {
      for (const way of ['dryRun', 'field'] as const) {
        const before = standing(await desk.dump());
        const answer = await desk.ask(
          name,
          { ...input(), ...(way === 'field' ? { 'dry-run': 'yes' } : {}) },
          { as: reseller.email, dryRun: way === 'dryRun' },
        );
        expect(answer).toMatchObject({ ok: true, code, dryRun: true, data });
        expect(exitCode(answer)).toBe(0);
        expect(standing(await desk.dump())).toEqual(before);
      }
    });

    test('of what staff do', async () => {
      const email = newEmail();
      for (const [name, input, code, data] of [
        [
          'reseller register',
          { email, 'last-name': 'A', 'first-name': 'B', company: 'C' },
          'reseller.registered',
          { reseller: null },
        ],
        [
          'stock receive',
          { reseller: reseller.ref, product: 'pro', quantity: '2', purchase: 'dry' },
          'stock.received',
          { reseller: reseller.ref, packs: [null, null] },
        ],
        [
          'stock receive',
          {
            reseller: email,
            product: 'pro',
            quantity: '1',
            purchase: 'dry',
            'last-name': 'A',
            'first-name': 'B',
            company: 'C',
          },
          'stock.received',
          { reseller: null, packs: [null] },
        ],
        ['staff grant', { email, role: 'sales' }, 'staff.granted', { role: 'sales' }],
      ] as const) {
        const before = await desk.dump();
        expect(await desk.ask(name, input, { dryRun: true })).toMatchObject({ ok: true, code, dryRun: true, data });
        expect(await desk.dump()).toEqual(before);
      }
    });

    test('is refused as the real one would be, and says that it was one', async () => {
      for (const more of [{ dryRun: true }, {}]) {
        const answer = await desk.ask(
          'declare new',
          { ...declaring({ product: 'power' }), ...(more.dryRun ? {} : { 'dry-run': 'oui' }) },
          { as: reseller.email, ...more },
        );
        expect(answer).toMatchObject({ ok: false, code: 'stock.empty', dryRun: true });
        expect(exitCode(answer)).toBe(2);
      }
    });

    test('an unreadable “dry-run” changes nothing either; “no” is the real thing', async () => {
      const before = await desk.dump();
      expect(
        fieldsOf(
          await desk.ask(
            'stock threshold',
            { product: 'pro', quantity: '1', 'dry-run': 'perhaps' },
            { as: reseller.email },
          ),
        ),
      ).toEqual(['dry-run']);
      expect(await desk.dump()).toEqual(before);
      expect(
        await desk.ask('stock threshold', { product: 'pro', quantity: '1', 'dry-run': 'non' }, { as: reseller.email }),
      ).not.toHaveProperty('dryRun');
      expect(await desk.dump()).not.toEqual(before);
    });

    test('is not for commands that only read', async () => {
      expect(fieldsOf(await desk.ask('stock show', { 'dry-run': 'yes' }, { as: reseller.email }))).toEqual(['dry-run']);
    });
  });

  test('a fault of ours has a reference that finds it, changes nothing and ends with 1', async () => {
    const faults: { reference: string; error: unknown; command: string }[] = [];
    const breaking = command({
      name: 'test break',
      help: { fr: 'Casse', en: 'Breaks' },
      who: 'anyone',
      fields: [required({ name: 'how', labels: { fr: ['Comment'], en: ['How'] }, type: text(10) })],
      async run(work, { how }) {
        await work.tx.setting.create({ data: { name: 'left behind', value: '1' } });
        work.audit({ action: 'left behind' });
        work.send({ channel: 'mail', letter: 'link-code', recipient: 'x@example.org', locale: 'fr', params: {} });
        if (how === 'sql')
          await work.tx.$executeRaw`INSERT INTO "Setting" ("name", "value") VALUES ('left behind', '2')`;
        throw new TypeError('a bug of ours, with a secret in it');
      },
    });
    const dispatcher = createDispatcher({
      desk: desk.desk,
      registry: createRegistry([breaking]),
      onFault: (fault) => faults.push(fault),
    });
    for (const [how, key] of [
      ['throw', undefined],
      ['sql', undefined],
      ['throw', 'with a key'],
    ] as const) {
      const before = await desk.dump();
      const answer = await dispatcher.dispatch({
        door: 'terminal',
        caller: { kind: 'operator', as: reseller.email },
        command: 'test break',
        input: { how },
        key,
      });
      expect(answer).toMatchObject({
        ok: false,
        code: 'fault',
        reference: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
      });
      expect(exitCode(answer)).toBe(1);
      expect(faults.at(-1)).toMatchObject({ command: 'test break', reference: answer.ok ? '' : answer.reference });
      expect(JSON.stringify(answer)).not.toContain('secret');
      expect(await desk.dump()).toEqual(before);
    }
    expect(faults).toHaveLength(3);
  });

  test('a database that is gone is a fault, not a crash', async () => {
    const other = await openTestDesk(provider);
    await other.open.close();
    for (const name of ['stock show', 'account edit', 'no such']) {
      expect(
        await other.open.dispatcher.dispatch({
          door: 'terminal',
          caller: { kind: 'operator' },
          command: name,
          input: {},
        }),
      ).toMatchObject({ ok: false, code: 'fault' });
    }
    expect(other.faults.splice(0)).toHaveLength(3);
    await other.close();
  });

  test('exit codes: 0 done, 2 refused, 3 waiting', async () => {
    const ways: [Outcome, number][] = [
      [await desk.ask('help'), 0],
      [await desk.ask('no such'), 2],
      [await desk.ask('stock withdraw', { reseller: reseller.ref, product: 'pro', quantity: '1', reason: 'exit' }), 3],
      [
        await desk.ask(
          'stock withdraw',
          { reseller: reseller.ref, product: 'pro', quantity: '1', reason: 'exit' },
          { dryRun: true },
        ),
        3,
      ],
    ];
    expect(ways.map(([outcome]) => exitCode(outcome))).toEqual(ways.map(([, code]) => code));
  });

  test('people are answered in their language, strangers in the door’s guess, else the desk’s', async () => {
    const english = await newReseller(desk, {}, { locale: 'en' });
    const message = async (more: object) => {
      const answer = await desk.ask('declare show', { number: 'D-999999' }, more);
      return answer.ok ? '' : answer.message;
    };
    expect(await message({ as: english.email, locale: 'fr' })).toContain('was not found');
    expect(await message({ as: reseller.email, locale: 'en' })).toContain('est introuvable');
    const stranger = { caller: { kind: 'discord', id: '700000000000000001', name: 'x' } };
    expect(await message({ ...stranger, locale: 'en' })).toContain('does not know you');
    expect(await message(stranger)).toContain('ne vous connaît pas');
    expect(await message({ locale: 'en' })).toContain('was not found');
  });

  test('help tells what the asker may do, and how', async () => {
    const names = async (more: object, input = {}) =>
      ((await desk.done('help', input, more))['commands'] as { command: string }[]).map((one) => one.command);
    expect(await names({ as: newEmail() })).toEqual([
      'help',
      'account link',
      'account confirm',
      'account unlink',
      'account show',
      'account edit',
      'account password',
      'account export',
      'account erase',
      'org create',
      'org remove',
      'pack redeem',
      'installer register',
      'device list',
      'device show',
      'device grants',
      'device revoke',
      'device consent',
      'support open',
      'support reply',
      'support close',
      'support reopen',
      'support list',
      'support show',
    ]);
    expect(await names({ as: reseller.email })).toContain('declare new');
    expect(await names({ as: reseller.email })).not.toContain('stock receive');
    expect(await names({ as: await newStaff(desk, 'support') }, { topic: 'stock' })).toContain('stock withdraw');
    expect(await desk.done('help', { topic: 'declare new' }, { as: reseller.email })).toMatchObject({
      command: 'declare new',
      fields: expect.arrayContaining([{ field: 'product', label: 'Licence', required: true }]) as unknown[],
    });
    expect(codeOf(await desk.ask('help', { topic: 'nothing such' }))).toBe('command.unknown');
  });
});

/** What the tour came to, in each language: taken once, for every test that looks at it. */
const toured = new Map<Locale, Promise<Outcome[]>>();

async function tour(locale: Locale): Promise<Outcome[]> {
  const [provider] = databases();
  if (!provider) throw new Error('no database');
  const desk = await openTestDesk(provider, { locale, chat: true });
  return everything(desk).finally(() => desk.close());
}

function outcomesIn(locale: Locale): Promise<Outcome[]> {
  const taken = toured.get(locale) ?? tour(locale);
  toured.set(locale, taken);
  return taken;
}

describe('texts', { timeout: 120_000 }, () => {
  test.each(localeNames)(
    'every answer and refusal has a whole sentence in %s for the data it really gets',
    async (locale) => {
      const seen = new Map<string, string[]>();
      for (const outcome of await outcomesIn(locale)) {
        const { headline } = replyTo(outcome, { locale, timeZone: 'Europe/Paris', names: undefined });
        seen.set(outcome.code, [...(seen.get(outcome.code) ?? []), headline]);
      }
      // a mail that proves nothing never comes as far as a command
      const byTheMailDoor = ['sender.unproven'];
      expect(
        // the terminal's own, no command's
        [...answerCodes, ...refusalCodes].filter(
          (code) => code !== 'desk.address' && !seen.has(code) && !byTheMailDoor.includes(code),
        ),
      ).toEqual([]);
      for (const [code, headlines] of seen)
        for (const headline of headlines) {
          expect(headline, code).toMatch(/[.!?:]$/);
          expect(headline, code).not.toMatch(/undefined|null|\[object|–|«\s*»|“”|  /);
        }
    },
  );

  test('the two languages say different things, with the same keys', () => {
    const [fr, en] = [textsOf('fr'), textsOf('en')];
    expect(Object.keys(fr.keys).sort()).toEqual(Object.keys(en.keys).sort());
    expect(Object.keys(fr.states).sort()).toEqual(Object.keys(en.states).sort());
    for (const code of refusalCodes) expect(fr.refusals[code]({}), code).not.toBe(en.refusals[code]({}));
    for (const code of answerCodes) expect(fr.answers[code]({}, String), code).not.toBe(en.answers[code]({}, String));
  });

  test('every key and state that an answer may show has a word', async () => {
    const { keys, states } = textsOf('en');
    const unnamed = new Set<string>();
    const look = (value: unknown, key = ''): void => {
      if (Array.isArray(value)) value.forEach((one) => look(one, key));
      else if (typeof value === 'object' && value !== null) {
        // what an event was about, and the policy, are shown as they are
        for (const [name, inner] of Object.entries(value)) {
          const nested = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
          if (!nested && !(name in keys) && heading(name, 'en') === name) unnamed.add(name);
          if (name !== 'detail' && name !== 'policy') look(inner, name);
        }
      } else if (key === 'state' && typeof value === 'string' && !(value in states)) unnamed.add(`state ${value}`);
    };
    for (const outcome of await outcomesIn('en')) if (outcome.ok) look(outcome.data);
    expect([...unnamed]).toEqual([]);
  });

  test('every command says what it is for, in one line of each language, and who may', () => {
    for (const { name, help, who } of commands.all) {
      expect(help.fr, name).not.toBe(help.en);
      for (const line of Object.values(help)) expect(line, name).toMatch(/^\p{Lu}[^\n.]*[^\n. ]$/u);
      expect(who.length, name).toBeGreaterThan(0);
    }
  });
});
