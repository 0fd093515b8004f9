import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Locale } from '../../src/core/locales/locale.js';
import { loadCatalogue, type Vendor } from '../../src/core/catalogue/catalogue.js';
import { FileFaults } from '../../src/core/catalogue/faults.js';
import { letterNames, letterValues, sampleCount, sampleOf } from '../../src/core/letters/values.js';
import { loadLetters, type LetterName, type LetterParams, type Letters } from '../../src/core/letters/letters.js';

const { vendor } = loadCatalogue('catalogue');
const shipped = loadLetters('letters', () => vendor);
const locales: readonly Locale[] = ['fr', 'en'];
const every = locales.flatMap((locale) => letterNames.map((name) => [locale, name] as const));
const variants = Array.from({ length: sampleCount }, (_, at) => at);

const spaced = (text: string): string => text.replace(/\s+/g, ' ').trim();
const lines = (text: string): string[] => text.split('\n');

/** The sample values of a letter with every text in them replaced. */
function withTexts<Name extends LetterName>(
  name: Name,
  replace: (key: string, old: string) => string,
): LetterParams[Name] {
  const choices = new Set(['door', 'account', 'verdict', 'step', 'task']);
  const walk = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((it) => walk(it, key));
    if (value && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([k, it]) => [k, walk(it, k)]));
    return typeof value === 'string' && !choices.has(key) ? replace(key, value) : value;
  };
  return walk(sampleOf(name, 0), '') as LetterParams[Name];
}

const isAddress = (key: string): boolean => /url|link$/i.test(key);

/** Tags with their attributes as a browser would see them, and the text between them. */
function readHtml(html: string): { tags: string[]; text: string } {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  const tags: string[] = [];
  const text = html
    .replace(/<(?:"[^"]*"|[^">])*>/g, (tag) => {
      tags.push(tag.replace(/ href="[^"]*"/, ' href'));
      return tag.startsWith('<br') ? ' ' : '';
    })
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] as string);
  return { tags, text };
}

describe.each(every)('%s %s', (locale, name) => {
  test.each(variants)('reads whole, whatever is left out (%i)', (variant) => {
    const { subject, text, html } = shipped.render(name, locale, sampleOf(name, variant));
    for (const form of [subject, text, html]) {
      expect(form).not.toMatch(/undefined|\[object|NaN|[\uE000\uE001]/);
      expect(form).not.toMatch(/\{\{|\}\}|\{%|%\}/);
    }
    expect(lines(subject)).toHaveLength(1);
    expect(text).not.toMatch(/[*`\\]|\]\(|\n{3}| \n| ,| \./);
    expect(html).toContain(`<html lang="${locale}">`);
    expect(html).not.toMatch(/<(img|link|script|style|table|iframe|form)\b|src=|@import|url\(/);
  });

  test('shows each of its values in both forms', () => {
    const given: string[] = [];
    const params = withTexts(name, (key, old) => {
      const value = isAddress(key) ? `https://example.org/${given.length}` : old;
      // the declared client's other ways in are shown only instead of these
      if (!(key === 'passwordLink' && name !== 'password-link')) given.push(value);
      return value;
    });
    const { text, html } = shipped.render(name, locale, params);
    for (const value of given) {
      expect(spaced(text)).toContain(value);
      expect(html).toContain(value);
    }
  });
});

describe('a value is never markup', () => {
  // What has a meaning in Markdown, Liquid, HTML, mail or for this program itself.
  const pieces = [
    ...[
      '<b>',
      '</div>',
      '<img src=x onerror=alert(1)>',
      '"',
      "'",
      '" onclick="x',
      '&lt;',
      '&#106;',
      '[x](http://evil.example)',
      '<http://evil.example>',
    ],
    ...[
      'javascript:alert(1)',
      '![x](y)',
      '*a*',
      '**',
      '__a__',
      '_',
      '`',
      '``',
      '# h',
      '1. x',
      '- x',
      '> x',
      '---',
      '===',
      '\\',
      '|',
      '~~~',
    ],
    ...[
      '{{ evil }}',
      '{% raw %}',
      '{{',
      '%}',
      '\uE0000\uE001',
      '\uE000',
      '\uE001',
      '&amp;',
      ':',
      ' !',
      '« a »',
      'https://evil.example/',
      '\u202E',
    ],
    ...[' ', '    ', '\t', '\n', '\n\n', '\r\n', '\u2028', '\0', '\x07', '\uD800', 'é', '日本', '😀', 'a', 'B', '7'],
  ];
  const hostile = fc.oneof(
    fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((it) => it.join('')),
    fc.string({ unit: 'binary', minLength: 1 }),
  );
  /** What the desk promises to show of a value: gaps are one space, unseen characters are gone. */
  const shown = (value: string): string =>
    value
      .replace(/[ \t\v\f\r\n\u0085\u2028\u2029]+/g, ' ')
      .replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '')
      .replace(/\p{Surrogate}/gu, '\uFFFD')
      .trim();

  test.each(every)('%s %s', (locale, name) => {
    const tagsOf = (html: string): string[] => readHtml(html).tags.filter((tag) => tag !== '<br>');
    const withoutLinks = (html: string): string[] => tagsOf(html).filter((tag) => !/^<\/?a\b/.test(tag));
    const plain = shipped.render(
      name,
      locale,
      withTexts(name, (key, old) => (isAddress(key) ? old : 'x')),
    );
    fc.assert(
      fc.property(hostile, (value) => {
        const texts = shipped.render(
          name,
          locale,
          withTexts(name, (key, old) => (isAddress(key) ? old : value)),
        );
        const all = shipped.render(
          name,
          locale,
          withTexts(name, () => value),
        );
        // the very tags and attributes that a harmless value gives; an address that is none is no link
        expect(tagsOf(texts.html)).toEqual(tagsOf(plain.html));
        expect(withoutLinks(all.html)).toEqual(withoutLinks(plain.html));
        for (const [, href] of all.html.matchAll(/ href="([^"]*)"/g))
          expect(href).toMatch(/^(https?|mailto):[^\s<>]*$/);
        expect(spaced(all.text)).toContain(spaced(shown(value)));
        expect(spaced(readHtml(all.html).text)).toContain(spaced(shown(value)));
        expect(all.subject).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
      }),
      { numRuns: 60 },
    );
  });

  test('the subject shows the value as it is, in one line', () => {
    const params = {
      company: 'A*b* & <c>\r\nBcc: x@evil.example',
      contactName: 'n',
      contactEmail: 'e',
      clientName: 'c',
      product: 'p',
    };
    const { subject } = shipped.render('takeover-client', 'en', params);
    expect(subject).toBe('A*b* & <c> Bcc: x@evil.example is setting up your system');
  });

  test('an address can gain no recipient and no other scheme', () => {
    const render = (contactEmail: string): string =>
      shipped.render('takeover-client', 'en', {
        company: 'c',
        contactName: 'n',
        contactEmail,
        clientName: 'c',
        product: 'p',
      }).html;
    expect(render('a@b.example?bcc=x@evil.example')).toContain('href="mailto:a@b.example%3Fbcc%3Dx@evil.example"');
    const link = (url: string): string => shipped.render('password-link', 'en', { url, until: 'u', isNew: true }).html;
    expect(link('https://desk.example/t/abc')).toContain('<a href="https://desk.example/t/abc"');
    expect(link('mailto:x" onclick="y')).toContain('<a href="mailto:x&quot; onclick=&quot;y" style=');
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '//evil.example', '/t/abc', ''])
      expect(link(url)).not.toContain('<a ');
  });
});

describe('the text form', () => {
  const values: LetterParams['declared-client'] = {
    clientName: 'Jeanne d’Arc de la Très Longue Maison sur la Colline au Bord de la Rivière',
    company: 'Volts & Fils',
    orderNumber: 'F 1',
    product: 'Service Pack Pro',
    pack: `PP2016JUN ${'0'.repeat(70)} end`,
    account: 'created',
    chooseUrl: `https://desk.example/t/${'a'.repeat(90)}`,
    until: '15 December 2026',
    signInUrl: 'https://desk.example/sign-in',
    boxCredentials: [{ label: 'SSH', login: 'root', password: 'a b  c*_`' }],
    services: ['Support'],
    links: [{ label: 'https://desk.example/', url: 'https://desk.example/' }],
  };
  const { text } = shipped.render('declared-client', 'en', values);

  test('wraps prose and keeps codes and addresses whole', () => {
    const long = lines(text).filter((line) => line.length > 78);
    expect(long.map((line) => line.trim())).toEqual([values.pack, values.chooseUrl]);
    expect(lines(text)).toContain('  - password: a b c*_`');
  });

  test('gives an address that is its own label once', () => {
    expect(lines(text)).toContain('- https://desk.example/');
  });

  test('names other addresses', () => {
    const { text: french } = shipped.render('stock-low', 'fr', {
      name: 'n',
      available: 1,
      threshold: 2,
      stockUrl: 'https://desk.example/me',
    });
    expect(lines(french)).toContain('Voir mon stock\u00A0: https://desk.example/me');
  });

  test('keeps the line ends of what may have several', () => {
    const decided = { number: 'A-1', verdict: 'refused', reason: 'One\r\n\n- two\n', summary: [] } as const;
    const letter = shipped.render('approval-decided', 'en', { ...decided, summary: [] });
    expect(letter.text).toContain('\n\nOne\n\n- two\n\n');
    expect(letter.html).toContain('One<br>\n<br>\n- two</p>');
  });

  test('French spacing is for the letter’s words, not for values and codes', () => {
    const french = shipped.render('mail-unlinked', 'fr', { email: 'a !', signInUrl: 'https://desk.example/' });
    expect(french.text).toContain('- Commande: account link');
    expect(french.text).toContain('autre adresse\u00A0?');
    expect(french.text).toContain('E-mail: a !');
  });
});

test('the vendor is asked at each rendering', () => {
  let current: Vendor = vendor;
  const letters: Letters = loadLetters('letters', () => current);
  const subject = (): string => letters.render('reseller-registered', 'en', sampleOf('reseller-registered', 0)).subject;
  expect(subject()).toBe('You are now a Maison Lumen reseller');
  current = { ...vendor, name: { fr: 'Clarté', en: 'Clarity' } };
  expect(subject()).toBe('You are now a Clarity reseller');
});

test('the README lists every letter and every value', () => {
  const rows = lines(readFileSync('letters/README.md', 'utf8')).filter((line) => /^\| `/.test(line));
  const listed = Object.fromEntries(
    rows.map((row) => {
      const [, name, , values] = row.split('|').map((cell) => cell.trim());
      return [name?.replaceAll('`', ''), values];
    }),
  );
  const words = (type: z.core.$ZodType): string => {
    const inner = type instanceof z.ZodArray ? type.element : undefined;
    return inner instanceof z.ZodObject ? ` (${shape(inner)})` : '';
  };
  const shape = (type: z.ZodObject): string =>
    Object.entries(type.shape)
      .map(([key, of]) => `\`${key}${of instanceof z.ZodOptional ? '?' : ''}\`${words(of)}`)
      .join(' ');
  expect(listed).toEqual(Object.fromEntries(letterNames.map((name) => [name, shape(letterValues[name])])));
});

describe('letters of the vendor’s own', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'letters-'));
    cpSync('letters', dir, { recursive: true });
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const write = (file: string, content: string): void => writeFileSync(join(dir, file), content);
  const edit = (file: string, from: string, to: string): void => {
    const before = readFileSync(join(dir, file), 'utf8');
    expect(before).toContain(from);
    write(file, before.replace(from, to));
  };
  const letter = (body: string): string => `---\nsubject: "s"\n---\n${body}`;
  const load = (): Letters => loadLetters(dir, () => vendor);
  const faults = (): string[] => {
    try {
      load();
    } catch (error) {
      if (!(error instanceof FileFaults)) throw error;
      return error.faults.map(({ file, line, fault }) => `${file}${line ? `:${line}` : ''} ${fault}`);
    }
    return [];
  };
  const rendered = (body: string, email = 'E'): { text: string; html: string } => {
    write('en/mail-unlinked.md', letter(body));
    return load().render('mail-unlinked', 'en', { email, signInUrl: 'https://desk.example/' });
  };

  test('files with Windows line ends and a byte order mark are read', () => {
    edit('en/role-granted.md', 'Hello,', 'Dear colleague,');
    write(
      'en/role-granted.md',
      `\uFEFF${readFileSync(join(dir, 'en/role-granted.md'), 'utf8').replaceAll('\n', '\r\n')}`,
    );
    expect(load().render('role-granted', 'en', { role: 'r', by: 'b' }).text).toMatch(/^Dear colleague,\n\nb has/);
  });

  test('what is no markup of letters is shown as typed', () => {
    const { text, html } = rendered('<b>x</b> ![i](https://e.example/i.png)\n\n> quote\n\n| a | b |\n| - | - |\n');
    expect(text).toBe('<b>x</b> !i: https://e.example/i.png\n\n> quote\n\n| a | b | | - | - |\n');
    expect(html).not.toMatch(/<b>|<img|<blockquote|<table/);
  });

  test('numbered and loose lists, headings and emphasis come out in both forms', () => {
    const { text, html } = rendered('# One *two*\n\n3. a\n\n   b\n\n4. **c**\n   - d\n');
    expect(text).toBe('One two\n=======\n\n3. a\n\n   b\n\n4. c\n\n   - d\n');
    expect(html).toMatch(/<h1 [^>]+>One <em>two<\/em><\/h1>\n<ol [^>]+ start="3"><li [^>]+><p [^>]+>a<\/p>/);
    expect(html).toContain('<strong>c</strong>');
  });

  test('a line of tags leaves no gap in a list; what a partial puts in is a paragraph of its own', () => {
    write('en/_p.md', 'partial\n');
    const body =
      "- a\n{% if email %}\n- b\n  {% endif %}\n- c\n\n{% if email %}\n{% render 'p' %}\n{% endif %}\n\nd, {% render 'p' %}.\n";
    expect(rendered(body).text).toBe('- a\n- b\n- c\n\npartial\n\nd, partial.\n');
  });

  test('a value in the middle of an address is encoded', () => {
    const { text, html } = rendered('[x](https://e.example/?q={{ email }}&r=1)\n', 'a b&r=2#"');
    expect(html).toContain('href="https://e.example/?q=a%20b%26r%3D2%23%22&amp;r=1"');
    expect(text).toBe('x: https://e.example/?q=a%20b%26r%3D2%23%22&r=1\n');
  });

  test('every fault of every file is named at once', () => {
    mkdirSync(join(dir, 'de'));
    rmSync(join(dir, 'en/link-code.md'));
    write('fr/link-cod.md', '');
    write('fr/stock-low.md', 'Bonjour');
    write('fr/role-granted.md', '---\nsubject: a: b\n---\nx');
    write('fr/role-revoked.md', '---\nsubjekt: "a"\n---\nx');
    write('en/role-granted.md', letter('{{ by }}\n\n{{ role | raw }}'));
    write('en/role-revoked.md', letter('{% capture x %}{{ by }}{% endcapture %}'));
    write('en/stock-low.md', letter('{{ name }}\n{% if available %}'));
    write('en/password-changed.md', letter('{{ wen }}'));
    write('en/password-link.md', letter("{% render 'nothing' %}"));
    write('en/reseller-registered.md', letter('x\n\n{{ password }}'));
    write('en/mail-unlinked.md', letter('\uE000'));
    edit('fr/stock-received.md', '{{ line.name }}', '{{ line.nam }}');
    edit('en/_box-credentials.md', '{{ it.login }}', '{{ it.logn }}');
    edit('fr/_contact.md', '{% if vendor.email %}', '{% if vendor.mail %}');
    expect(faults().sort()).toEqual(
      [
        'de/ no language of the desk',
        'en/_box-credentials.md:5 undefined variable: it.logn',
        'en/link-code.md missing',
        'en/mail-unlinked.md holds U+E000 or U+E001, which the desk uses itself',
        'en/password-changed.md:4 no value is called wen',
        'en/password-link.md ENOENT: Failed to lookup "nothing" in "."',
        'en/reseller-registered.md:6 undefined variable: password',
        'en/role-granted.md:6 undefined filter: raw',
        'en/role-revoked.md:4 tag "capture" not found',
        'en/stock-low.md:5 tag {% if available -%} not closed',
        'fr/_contact.md:1 no value is called vendor.mail',
        'fr/link-cod.md no letter of this name is ever sent',
        'fr/role-granted.md:2 bad YAML: Nested mappings are not allowed in compact mappings',
        'fr/role-revoked.md:2 the front matter is not one subject',
        'fr/stock-low.md:1 no front matter',
        'fr/stock-received.md:10 undefined variable: line.nam',
      ].sort(),
    );
  });

  test('each fault says how to mend it', () => {
    write('fr/link-cod.md', '');
    expect(load).toThrow('fr/link-cod.md: no letter of this name is ever sent. Did you mean link-code.md?');
  });

  test('no folder at all names every letter', () => {
    rmSync(dir, { recursive: true });
    expect(faults()).toHaveLength(2 * letterNames.length);
    mkdirSync(dir);
  });
});
