import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyCommand, Use } from '../../src/core/command/define.js';
import { understand, type RawInput } from '../../src/core/command/input.js';
import { usesOf } from '../../src/core/command/registry.js';
import { withoutSecrets } from '../../src/core/command/secret-fields.js';
import type { FieldContext, Upload } from '../../src/core/command/type.js';
import { commands } from '../../src/core/programmes/index.js';
import { fold } from '../../src/core/text/fold.js';
import { Refusal } from '../../src/core/guard/refusal.js';
import { decodeMail, mostForms } from '../../src/mail/forms/form.js';
import { labelsOf } from '../../src/mail/forms/names.js';
import { blankForm, encodeForm } from '../../src/mail/forms/text.js';
import type { MailAttachment } from '../../src/mail/wire/message.js';

const products = ['power', 'pro'];
const context: FieldContext = {
  locale: 'fr',
  country: 'FR',
  products: (typed) => products.find((id) => id === typed),
  productChoices: () => products.map((id) => ({ id, names: { fr: `Pack ${id}`, en: `Pack ${id}` } })),
  catalogueChoices: () => products.map((id) => ({ id, names: { fr: `Choix ${id}`, en: `Choice ${id}` } })),
};

const mail = (text: string, more: { subject?: string; attachments?: MailAttachment[] } = {}) => ({
  text,
  subject: '',
  attachments: [],
  ...more,
});
const decode = (text: string, more: { subject?: string; attachments?: MailAttachment[]; replyToOurs?: boolean } = {}) =>
  decodeMail(mail(text, more), commands, { replyToOurs: more.replyToOurs ?? false });
const forms = (text: string, more = {}) => decode(text, more).forms.map(({ command, raw }) => [command, raw]);
const file = (name: string, more: Partial<MailAttachment> = {}): MailAttachment => ({
  name,
  type: 'text/csv',
  content: Buffer.from(name),
  inline: false,
  size: 1,
  ...more,
});
const command = (name: string): AnyCommand => commands.find(name) as AnyCommand;
const plain = (raw: RawInput): RawInput => ({ ...raw });

describe('the lines of a form (SPEC 0, "Mail")', () => {
  const client = {
    product: 'Service Pack Pro',
    email: 'zoe@client.test',
    'last-name': 'Roy',
    'first-name': 'Zoé',
    'order-number': 'F-17',
  };
  const french =
    'Licence : Service Pack Pro\nE-mail : zoe@client.test\nNom : Roy\nPrénom : Zoé\nN° de commande : F-17\n';

  test.each([
    ['French', `Commande : declare new\n${french}`],
    [
      'English',
      'Command: declare new\nProduct: Service Pack Pro\nEmail: zoe@client.test\nLast name: Roy\nFirst name: Zoé\nInvoice number: F-17\n',
    ],
    [
      'field names',
      'command: DECLARE NEW\nproduct: Service Pack Pro\nemail: zoe@client.test\nlast-name: Roy\nfirst_name: Zoé\norder-number: F-17\n',
    ],
    ['CRLF already made LF, spaces at line ends', `Commande: declare new  \n${french.replaceAll('\n', '  \n')}`],
    [
      'no-break spaces and full-width colons',
      `Commande\u00a0: declare\u00a0new\n${french.replaceAll(' :', '\u202f：')}`,
    ],
    ['decomposed accents', `Commande: declare new\n${french}`.normalize('NFD').replace('Zoe\u0301', 'Zoé')],
    ['bold labels', `*Commande*: declare new\n${french.replace(/^([^:]+) :/gm, '*$1*:')}`],
    ['bold labels with their colon', `**Commande :** declare new\n${french.replace(/^([^:]+) :/gm, '**$1 :**')}`],
    ['bold lines', `*Commande : declare new*\n${french.replace(/^(.+)$/gm, '*$1*')}`],
    ['bullets', `• Commande : declare new\n${french.replace(/^/gm, '- ').trimEnd().replace(/- $/, '')}`],
    ['indented', `  Commande : declare new\n${french.replace(/^(?=.)/gm, '    ')}`],
    ['the cells of a table', `Commande\tdeclare new\n${french.replaceAll(' : ', '\t')}`],
    ['quotes around the command', `Commande : « declare new ».\n${french}`],
    ['empty lines between', `Commande : declare new\n\n${french.replaceAll('\n', '\n\n')}`],
    [
      'prose around',
      `Bonjour,\nvoici : une commande de 10:30.\n\nCommande : declare new\n${french}\nMerci : à bientôt\n-- \nZoé\nTél : 01 23 45 67 89`,
    ],
  ])('%s', (_, text) => {
    const [first, ...more] = forms(text);
    expect(more).toEqual([]);
    expect(first).toEqual(['declare new', client]);
  });

  test('a value keeps its colons, dashes, marks and case', () => {
    expect(forms('Commande: stock receive\nAchat: https://x.test/a:b?c=1 -- *A* #1\nRevendeur: 12:30')).toEqual([
      ['stock receive', { purchase: 'https://x.test/a:b?c=1 -- *A* #1', reseller: '12:30' }],
    ]);
  });

  test('what Outlook makes of a linked address is one address', () => {
    expect(forms('Commande: account link\nEmail: a@b.test<mailto:a@b.test>')).toEqual([
      ['account link', { email: 'a@b.test' }],
    ]);
  });

  test('an unknown label stands as typed in the head and is prose below it', () => {
    const [form] = decode('Commande: declare new\nEmial: a@b.test\n\nMerci: beaucoup\nNom: Roy').forms;
    expect(form?.raw).toEqual({ Emial: 'a@b.test', 'last-name': 'Roy' });
    const told = () => understand(command('declare new'), form?.raw ?? {}, context);
    expect(told).toThrow(Refusal);
    try {
      told();
    } catch (error) {
      expect((error as Refusal).fields?.['Emial']).toContain('E-mail');
    }
  });

  test('a label given twice is several values; in what may be a signature it adds nothing', () => {
    expect(forms('Commande: declare new\nEmail: a@b.test\nEmail: c@d.test')).toEqual([
      ['declare new', { email: ['a@b.test', 'c@d.test'] }],
    ]);
    expect(forms('Commande: declare new\nEmail: a@b.test\n\nZoé Roy\nEmail: zoe@seller.test')).toEqual([
      ['declare new', { email: 'a@b.test' }],
    ]);
    expect(forms('Commande: stock reconcile\nComptage: pro=1\nComptage: power=2')).toEqual([
      ['stock reconcile', { counts: ['pro=1', 'power=2'] }],
    ]);
  });

  test('a line without a label continues a long field directly above it', () => {
    expect(forms('Commande: approval refuse\nNuméro: A-1\nMotif: le stock\nest épuisé\n\nBonne journée')).toEqual([
      ['approval refuse', { number: 'A-1', reason: 'le stock\nest épuisé' }],
    ]);
    expect(forms('Commande: declare new\nNom: Roy\nMartin\n')).toEqual([['declare new', { 'last-name': 'Roy' }]]);
  });

  test('a line deeper than its long field belongs to it, whatever it looks like', () => {
    const reason = 'voici :\nNuméro: A-9\n---\n> cité\n# un\n\nquit';
    const text = encodeForm(command('approval refuse'), { number: 'A-1', reason }, { locale: 'fr' });
    expect(text).toBe(
      'Commande : approval refuse\nNuméro : A-1\nMotif : voici :\n  Numéro: A-9\n  ---\n  > cité\n  # un\n  .\n  quit',
    );
    expect(forms(text)).toEqual([['approval refuse', { number: 'A-1', reason }]]);
  });

  test.each(['---', '-- ', '--', '—', '-----', '> cité', 'Le 3 nov. 2026 à 10:00, Guichet <g@x.test> a écrit :'])(
    '%j ends a form',
    (line) => {
      expect(forms(`Commande: declare new\nNom: Roy\n${line}\nPrénom: Zoé`)).toEqual([
        ['declare new', { 'last-name': 'Roy' }],
      ]);
    },
  );

  test('the next form begins at its command, after --- or without', () => {
    expect(forms('Commande: stock show\n---\nCommande: declare list\nPage: 2\nCommande: help')).toEqual([
      ['stock show', {}],
      ['declare list', { page: '2' }],
      ['help', {}],
    ]);
  });

  test('lines that begin with # are remarks', () => {
    expect(forms('Commande: declare new\n# Nom est à remplir\nNom: Roy\n  # rien')).toEqual([
      ['declare new', { 'last-name': 'Roy' }],
    ]);
  });

  test.each(['quit', 'Fin.', 'STOP'])('%s ends the reading', (word) => {
    const decoded = decode(`Commande: stock show\n${word}\nCommande: declare list`);
    expect(decoded.forms.map((form) => form.command)).toEqual(['stock show']);
    expect(decoded.stopped).toBe(true);
  });

  test.each([
    [
      'Outlook',
      '________________________________\nDe : Guichet <g@x.test>\nEnvoyé : lundi 3 novembre 2026 10:00\nÀ : Zoé\nObjet : Re: stock',
    ],
    ['Outlook in English', 'From: Guichet\nSent: Monday\nTo: Zoé\nSubject: Re: stock'],
    ['old Outlook', '-----Message d’origine-----'],
    ['one without marks', 'On Mon, 3 Nov 2026 at 10:00, Guichet <g@x.test> wrote:'],
  ])('an earlier mail quoted without marks is not read: %s', (_, head) => {
    expect(forms(`Commande: stock show\n\n${head}\n\nCommande: declare new\nNom: Roy\n---\nCommande: help`)).toEqual([
      ['stock show', {}],
    ]);
  });

  test('a list from a day to a day is no earlier mail', () => {
    expect(forms('Command: declare list\nFrom: 2026-01-01\nTo: 2026-02-01')).toEqual([
      ['declare list', { since: '2026-01-01', until: '2026-02-01' }],
    ]);
  });
});

describe('commands and help', () => {
  test.each([
    ['Commande: aide', {}],
    ['Command: help', {}],
    ['Commande: aide declare new', { topic: 'declare new' }],
    ['Commande: Aide « Declare New »', { topic: 'declare new' }],
    ['Commande: help stock', { topic: 'stock' }],
  ])('%s', (text, raw) => expect(forms(text)).toEqual([['help', raw]]));

  test('help is asked by a word alone, by the subject, and by a mail without a form', () => {
    expect(decode('Aide').help).toBe(true);
    expect(decode('?').help).toBe(true);
    expect(decode('', { subject: 'help' }).help).toBe(true);
    expect(decode('Bonjour, où en est ma commande ?').help).toBe(true);
    expect(decode('Commande: stock show').help).toBe(false);
  });

  test('an unknown command stays as typed, with its lines', () => {
    const [form] = decode('Commande: declarre new\nNom: Roy').forms;
    expect(form).toMatchObject({
      command: 'declarre new',
      raw: { Nom: 'Roy' },
      lines: [{ label: 'Nom', value: 'Roy' }],
    });
  });

  test('the subject of a mail that is no reply to ours names a command', () => {
    const expected = [['declare new', { 'last-name': 'Roy' }]];
    expect(forms('\nNom: Roy\n\nMerci', { subject: 'Client Roy [declare new]' })).toEqual(expected);
    expect(forms('Bonjour,\nNom: Roy', { subject: '[Declare  New]' })).toEqual(expected);
    expect(forms('Commande: declare new\nNom: Roy', { subject: '[declare new]' })).toEqual(expected);
    expect(forms('Nom: Roy', { subject: 'Re: [declare new]', replyToOurs: true })).toEqual([]);
    expect(forms('Nom: Roy', { subject: '[EXTERNAL] [SPAM?] Bonjour' })).toEqual([]);
    expect(forms('', { subject: '[declare nwe]' })).toEqual([['declare nwe', {}]]);
  });

  test('the language is that of the form', () => {
    expect(decode('Commande: stock show').locale).toBe('fr');
    expect(decode('Command: stock show').locale).toBe('en');
    expect(decode('').locale).toBeUndefined();
  });

  test('a trial is known before the form is understood', () => {
    const trial = (value: string) => decode(`Commande: declare new\nEssai: ${value}`).forms[0]?.dryRun;
    expect([trial('oui'), trial('non'), trial('peut-être')]).toEqual([true, false, false]);
  });
});

describe('attachments', () => {
  const stock = file('stock.csv');
  const named = (raw: RawInput | undefined): string | undefined => (raw?.['file'] as Upload | undefined)?.name;
  const one = (text: string, attachments: MailAttachment[]) =>
    decode(text, { attachments }).forms.map(({ raw }) => raw);

  test('a file field names its attachment, a sole one needs no name', () => {
    expect(named(one('Commande: stock import\nFichier: Stock.CSV', [file('a.csv'), stock])[0])).toBe('stock.csv');
    expect(named(one('Commande: stock import\n', [stock])[0])).toBe('stock.csv');
    expect(one('Commande: stock import\nFichier: other.csv', [stock])[0]).toEqual({ file: 'other.csv' });
    expect(one('Commande: stock import\n', [stock, file('b.csv')])[0]).toEqual({});
    expect(one('Commande: stock show\n', [stock])[0]).toEqual({});
  });

  test('logos and signatures are not meant', () => {
    const logo = file('logo.png', { type: 'image/png', inline: true });
    const signature = file('smime.p7s', { type: 'application/pkcs7-signature' });
    expect(named(one('Commande: stock import', [logo, stock, signature])[0])).toBe('stock.csv');
  });

  test('one file for two forms belongs to neither', () => {
    const both = one('Commande: stock import\n---\nCommande: stock import', [stock]);
    expect(both).toEqual([{}, {}]);
    const second = one('Commande: stock import\nFichier: stock.csv\n---\nCommande: stock import', [
      stock,
      file('b.csv'),
    ]);
    expect(second.map(named)).toEqual(['stock.csv', 'b.csv']);
  });
});

describe('bounds', () => {
  /** Milliseconds of this process: other work on the machine does not count. */
  const took = (text: string): number => {
    const begun = process.cpuUsage();
    decode(text);
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  };

  test('twenty forms a mail', () => {
    const decoded = decode('Commande: stock show\n'.repeat(mostForms + 3));
    expect([decoded.forms.length, decoded.more]).toEqual([mostForms, 3]);
  });

  test('1 MB is looked at, and quoted text costs nothing of it', () => {
    const form = '\nCommande: stock show\n';
    expect(decode(`${'x'.repeat(1024 * 1024)}${form}`).forms).toEqual([]);
    expect(decode(`${`> ${'x'.repeat(76)}\n`.repeat(20_000)}${form}`).forms).toHaveLength(1);
  });

  test.each([
    ['labels', 'a: b\n'],
    ['different labels', ''],
    ['beginnings of quoted mails', 'De:\n'],
    ['attributions', 'Le a écrit :\n'],
    ['commands', 'Commande: x\n'],
    ['dashes', '-'],
    ['brackets', '(: '],
    ['long text', 'x\n'],
    ['quotations', '>\n'],
  ])('1 MB of %s takes no second', (_, piece) => {
    const flood = piece
      ? piece.repeat(Math.floor((1024 * 1024) / piece.length))
      : Array.from({ length: 100_000 }, (__, at) => `l${at}: x`).join('\n');
    expect(took(`Commande: approval refuse\nMotif: x\n${flood}`)).toBeLessThan(1000);
  });
});

/** Values as each kind of field takes them. */
function valueOf(use: Use): fc.Arbitrary<string> {
  const type = use.field.type;
  const tricky = fc.constantFrom(
    'Commande: help',
    '---',
    '-- ',
    '> x',
    '# x',
    'quit',
    'Nom: x',
    'a:b',
    '*x*',
    'x (y)',
    'é',
    '«',
    '.',
    '..',
    '[declare new]',
    'https://x.test',
  );
  const line = (most: number) =>
    fc
      .array(fc.oneof(tricky, fc.string({ unit: 'grapheme', maxLength: 12 })), { minLength: 1, maxLength: 3 })
      .map((parts) =>
        [
          ...parts
            .join(' ')
            .normalize('NFC')
            .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
            .trim(),
        ]
          .slice(0, most)
          .join('')
          .trim(),
      )
      .filter((text) => text !== '');
  switch (type.kind) {
    case 'long':
      return fc
        .array(
          fc.oneof(
            line(80),
            fc.constant(''),
            line(20).map((text) => `   ${text}`),
          ),
          { minLength: 1, maxLength: 6 },
        )
        .map((lines) => lines.join('\n').trim())
        .filter((text) => [...text].length >= (type.min ?? 1) && [...text].length <= (type.max ?? 500));
    case 'bool':
      return fc.constantFrom('oui', 'non', 'yes', 'no', 'x');
    case 'choice':
      return fc.constantFrom(...(type.choices ?? []).flatMap(({ id, names }) => [id, names.fr, names.en]));
    case 'product':
    case 'catalogue':
      return fc.constantFrom(...products);
    case 'email':
      return fc.constantFrom('a@b.test', 'Zoé <zoe@client.test>');
    case 'date':
      return fc.constantFrom('2026-11-30', '30/11/2026');
    case 'phone':
      return fc.constantFrom('01 23 45 67 89', '+33 1 23 45 67 89');
    case 'country':
      return fc.constantFrom('FR', 'France', 'Allemagne');
    case 'ref':
      return fc.constantFrom(`${type.prefix}-000123`, '12');
    case 'amount':
      return fc.constantFrom('1234.56', '1 234,56', '12 €');
    case 'domain':
      return fc.constantFrom('example.fr', 'Bücher.de');
    case 'secret':
      return fc.constantFrom('Aé-9!xY#%&=x', 'secret');
    case 'mac':
      return fc.constantFrom('00:1a:2b:3c:4d:5e', '001A.2B3C.4D5E');
    case 'web':
      return fc.constantFrom('http://192.168.1.20:8080', 'box.example.com');
    case 'whole':
      return fc.integer({ min: type.min ?? 0, max: Math.min(type.max ?? 9, 150) }).map(String);
    case 'digits':
      return fc.constantFrom('1234 5678', '00000001');
    case 'details':
      return fc.constantFrom('postes=12', 'postes=12, base=sql');
    case 'list':
      if (type.item?.kind === 'email') return fc.constantFrom('a@b.test, c@d.test', 'a@b.test\nc@d.test');
      if (type.item?.kind === 'catalogue') return fc.constantFrom('power', 'power; pro');
      if (type.item?.kind === 'domain') return fc.constantFrom('example.fr', 'example.fr; Bücher.de');
      return fc.constantFrom('a, b', 'a\nb', '-a;b');
    case 'pairs':
      return fc.constantFrom('pro=3, power=0', 'pro=3\npower=0');
    default:
      return line(Math.min(type.max ?? 40, 40));
  }
}

describe.each(commands.all.map((one) => [one.name, one] as const))('decode(encode(%s))', (_, one) => {
  const uses = usesOf(one);
  const isFile = (use: Use): boolean => ['file', 'files'].includes(use.field.type.kind);
  const isSeveral = (use: Use): boolean => use.field.type.kind === 'files';
  const upload: Upload = { name: 'Liste des packs.csv', type: 'text/csv', content: Buffer.from('x') };
  const input = fc.record(
    Object.fromEntries(
      uses.map((use) => [use.field.name, isFile(use) ? fc.constant(isSeveral(use) ? [upload] : upload) : valueOf(use)]),
    ),
    {
      requiredKeys: uses.filter((use) => use.required).map((use) => use.field.name),
    },
  ) as fc.Arbitrary<RawInput>;

  test.each(['fr', 'en'] as const)('is the same in %s', (locale) => {
    fc.assert(
      fc.property(input, fc.boolean(), (raw, remarked) => {
        const notes = remarked ? Object.fromEntries(uses.map((use) => [use.field.name, 'une\nremarque'])) : {};
        const text = `Bonjour,\n\n${encodeForm(one, raw, { locale, notes, remarks: remarked ? ['autre'] : [] })}\n\nMerci\n`;
        const known = expect.objectContaining({ name: upload.name }) as unknown;
        const files = Object.fromEntries(
          uses
            .filter((use) => isFile(use) && raw[use.field.name])
            .map((use) => [use.field.name, isSeveral(use) ? [known] : known]),
        );
        // one that no line names would be taken for the form's own
        const attachments = Object.keys(files).length > 0 ? [file(upload.name)] : [];
        const [form, ...more] = decodeMail(mail(text, { attachments }), commands).forms;
        expect(more).toEqual([]);
        expect(form?.command).toBe(one.name);
        expect(plain(form?.raw ?? {})).toEqual({ ...withoutSecrets(raw), ...files });
        const { 'dry-run': __, ...rest } = raw;
        const { 'dry-run': ___, ...decoded } = form?.raw ?? {};
        // a secret is asked for again
        const hasSecret = Object.keys(withoutSecrets(raw)).length < Object.keys(raw).length;
        if (Object.keys(files).length === 0 && !hasSecret)
          expect(understand(one, decoded, context)).toEqual(understand(one, rest, context));
      }),
      { numRuns: 60 },
    );
  });

  test('its labels are unique, and its blank form asks for what it needs', () => {
    const labels = labelsOf(one);
    for (const { field } of uses) {
      for (const label of [field.name, ...field.labels.fr, ...field.labels.en])
        expect(labels.get(fold(label))?.field.name, label).toBe(field.name);
    }
    const [form] = decodeMail(mail(blankForm(one, { context })), commands).forms;
    expect([form?.command, form?.raw]).toEqual([one.name, {}]);
    expect(form?.lines).toHaveLength(one.uses.filter((use) => use.required).length);
  });
});

test('what docs/mail-format.md shows is read as it says', () => {
  const shown = readFileSync('docs/mail-format.md', 'utf8').match(/(?:^ {4}.*\n|^\n(?= {4}))+/gm) ?? [];
  const [first = '', second = '', third = ''] = shown.map((block) => block.replace(/^ {4}/gm, ''));
  expect(forms(first)).toEqual([
    [
      'declare new',
      {
        product: 'Service Pack Pro',
        email: 'zoe@client.example',
        'last-name': 'Roy',
        'first-name': 'Zoé',
        'order-number': 'F-2026-17',
      },
    ],
  ]);
  const reason = (lines: string) => forms(`Command: approval refuse\n${lines}`)[0]?.[1];
  expect(reason(second)).toEqual({ reason: 'the client\nhas changed his mind' });
  expect(reason(third)).toEqual({ reason: 'the client writes:\nEmail: I did not order this\n\n--- and nothing more' });
});
