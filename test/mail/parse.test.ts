import { monitorEventLoopDelay } from 'node:perf_hooks';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { htmlToText } from '../../src/mail/read/html.js';
import type { Message } from '../../src/mail/wire/message.js';
import { maxMailBytes, parseMail } from '../../src/mail/read/parse.js';

const form = 'Commande: declare new\nProduit: Service Pack Pro\nCourriel: zoé@client.test';

/** The mail's lines with both line ends: no result may depend on them. */
const ends = ['\n', '\r\n'] as const;

function parse(lines: string, end: (typeof ends)[number], encoding: BufferEncoding = 'utf8'): Promise<Message> {
  return parseMail(Buffer.from(lines.replace(/\n/g, end), encoding));
}

function multipart(type: string, ...parts: string[]): string {
  const boundary = `b${type.length}${parts.length}`;
  const body = parts.map((part) => `--${boundary}\n${part}\n`).join('');
  return `Content-Type: multipart/${type}; boundary="${boundary}"\n\n${body}--${boundary}--\n`;
}

const plain = (text: string) => `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n${text}`;
const html = (text: string) => `Content-Type: text/html; charset=utf-8\n\n${text}`;
const file = (headers: string, content: Buffer | string) =>
  `${headers}\nContent-Transfer-Encoding: base64\n\n${Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\n')}`;

describe.each(ends)('with line end %j', (end) => {
  test('headers of a plain mail', async () => {
    const message = await parse(
      'From: =?utf-8?q?Zo=C3=A9?= =?utf-8?q?_Dupr=C3=A9?= <Zoe.Dupre@Revendeur.Test>\n' +
        'To: desk@guichet.test,\n "Autre, Nom" <autre@guichet.test>\nCc: equipe: a@b.test, c@d.test;\n' +
        'Subject: =?iso-8859-1?Q?D=E9claration?= du\n jour\nDate: Fri, 21 Nov 2025 10:00:00 +0100 (CET)\n' +
        'Message-ID: <m1@revendeur.test>\nIn-Reply-To: <r1@guichet.test>\n' +
        'References: <r0@guichet.test>\n <r1@guichet.test>\nX-Twice: one\nX-Twice: two\n\nbonjour\n',
      end,
    );
    expect(message).toMatchObject({
      messageId: '<m1@revendeur.test>',
      from: [{ name: 'Zoé Dupré', address: 'Zoe.Dupre@revendeur.test' }],
      fromAddress: 'zoe.dupre@revendeur.test',
      to: [{ address: 'desk@guichet.test' }, { name: 'Autre, Nom', address: 'autre@guichet.test' }],
      cc: [{ address: 'a@b.test' }, { address: 'c@d.test' }],
      subject: 'Déclaration du jour',
      date: new Date('2025-11-21T09:00:00Z'),
      inReplyTo: '<r1@guichet.test>',
      references: ['<r0@guichet.test>', '<r1@guichet.test>'],
      contentType: 'text/plain',
      text: 'bonjour',
      attachments: [],
      damaged: false,
    });
    expect(message.headers('X-Twice')).toEqual(['one', 'two']);
    expect(message.delivery).toBeUndefined();
  });

  test.each([
    ['two headers', 'From: a@b.test\nFrom: c@d.test'],
    ['two addresses', 'From: a@b.test, c@d.test'],
    ['none', 'To: a@b.test'],
    ['no domain', 'From: root'],
    ['an address in an encoded word', 'From: =?utf-8?q?a=40b.test?='],
    ['an encoded word as local part', 'From: =?utf-8?q?boss?=@b.test'],
    ['a second pair of brackets', 'From: <boss@b.test> <evil@d.test>'],
    ['an address before the brackets', 'From: boss@b.test <evil@d.test> x'],
    ['a space before the colon hiding a second one', 'From: a@b.test\nFrom : c@d.test'],
  ])('no single From: %s', async (_what, header) => {
    const message = await parse(`${header}\nSubject: x\n\nx\n`, end);
    expect(message.fromAddress).toBeUndefined();
  });

  test.each([
    ['Boss <BOSS@Bücher.Test>', 'boss@xn--bcher-kva.test'],
    ['"boss@bank.test" <real@b.test>', 'real@b.test'],
    ['real@b.test (boss@bank.test)', 'real@b.test'],
    ['=?utf-8?q?boss=40bank.test?= <real@b.test>', 'real@b.test'],
  ])('the single From of %s', async (value, address) => {
    expect((await parse(`From: ${value}\n\nx\n`, end)).fromAddress).toBe(address);
  });

  test('transfer encodings and charsets', async () => {
    const quoted = await parse(
      'From: a@b.test\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n' +
        'Pr=E9nom: Zo=E9, une ligne cou=\np=E9e\n',
      end,
    );
    expect(quoted.text).toBe('Prénom: Zoé, une ligne coupée');
    const base64 = await parse(file('Content-Type: text/plain; charset=utf-8', form), end);
    expect(base64.text).toBe(form);
    const unknown = await parse('Content-Type: text/plain; charset=x-nobody\n\nabc\n', end);
    expect(unknown.text).toBe('abc');
  });

  test('format=flowed is joined, a signature mark is not', async () => {
    const message = await parse(
      'Content-Type: text/plain; format=flowed\n\nAdresse: 12 rue de la \nGare\nVille: Lyon\n\n-- \nZoé\n',
      end,
    );
    expect(message.text).toBe('Adresse: 12 rue de la Gare\nVille: Lyon\n\n-- \nZoé');
  });

  test('bold marks in plain text stay', async () => {
    expect((await parse(plain('*Commande:* declare new'), end)).text).toBe('*Commande:* declare new');
  });

  test('of alternatives the plain one is taken, wherever it stands, unless it is empty', async () => {
    const both = multipart('alternative', html('<p>rich</p>'), plain(form));
    expect((await parse(both, end)).text).toBe(form);
    const blank = multipart('alternative', plain(' \n'), html('<div>Commande: help</div>'));
    expect((await parse(blank, end)).text).toBe('Commande: help');
    const nested = multipart(
      'mixed',
      multipart('alternative', plain(form), multipart('related', html('<p>rich</p>'))),
      plain('liste de diffusion'),
    );
    expect((await parse(nested, end)).text).toBe(`${form}\nliste de diffusion`);
    const footer = multipart('mixed', html('<p>Commande: help</p>'), plain('pied de page'));
    expect((await parse(footer, end)).text).toBe('Commande: help\npied de page');
  });

  test('attachments, and small inline images left out', async () => {
    const picture = (size: number, disposition: string) =>
      file(
        `Content-Type: image/png; name=logo.png\nContent-Disposition: ${disposition}\nContent-ID: <logo@x>`,
        Buffer.alloc(size, 7),
      );
    const message = await parse(
      multipart(
        'mixed',
        plain('voir pièces'),
        picture(20 * 1024 - 1, 'inline'),
        picture(20 * 1024, 'inline'),
        picture(10, 'attachment; filename=photo.png'),
        file(
          "Content-Type: text/csv\nContent-Disposition: attachment; filename*=utf-8''d%C3%A9clarations.csv",
          'a;b\r\n1;2\r\n',
        ),
        file('Content-Type: text/plain\nContent-Disposition: inline; filename=notes.txt', 'Commande: evil'),
        'Content-Type: message/rfc822\nContent-Disposition: inline\n\nFrom: x@y.test\nSubject: fwd\n\nCommande: order new\n',
      ),
      end,
    );
    expect(message.text).toBe('voir pièces');
    expect(message.attachments.map(({ name, type, size, inline }) => [name, type, size, inline])).toEqual([
      ['logo.png', 'image/png', 20 * 1024, true],
      ['photo.png', 'image/png', 10, false],
      ['déclarations.csv', 'text/csv', 10, false],
      ['', 'message/rfc822', expect.any(Number), true],
      ['notes.txt', 'text/plain', 14, true],
    ]);
    expect(message.attachments[0]?.contentId).toBe('logo@x');
    expect(message.attachments[2]?.content.toString()).toBe('a;b\r\n1;2\r\n');
  });

  test.each([
    ['message/rfc822', 'From: desk@guichet.test\nMessage-ID: <out1@guichet.test>\nSubject: hello\n\nbody'],
    ['text/rfc822-headers', 'From: desk@guichet.test\nMessage-ID: <out1@guichet.test>'],
  ])('a bounce with %s', async (type, returned) => {
    const report = multipart(
      'report; report-type=delivery-status',
      plain('I could not deliver your mail.'),
      'Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.client.test\n\n' +
        'Final-Recipient: rfc822; gone@client.test\nAction: failed\nStatus: 5.1.1 (bad mailbox)\n' +
        'Diagnostic-Code: smtp; 550 5.1.1 no such\n user\n\n' +
        'Original-Recipient: rfc822;slow@client.test\nAction: Delayed\nStatus: 4.2.2\n',
      `Content-Type: ${type}\n\n${returned}\n`,
    );
    const message = await parse(`From: MAILER-DAEMON@mx.client.test\n${report}`, end);
    expect(message.contentType).toBe('multipart/report');
    expect(message.delivery).toEqual({
      originalMessageId: '<out1@guichet.test>',
      recipients: [
        { address: 'gone@client.test', action: 'failed', status: '5.1.1', diagnostic: '550 5.1.1 no such user' },
        { address: 'slow@client.test', action: 'delayed', status: '4.2.2', diagnostic: '' },
      ],
    });
    expect(message.text).toBe('I could not deliver your mail.');
  });

  test('an HTML-only mail becomes lines', async () => {
    const outlook = html(
      '<html><head><title>no</title><style>p{x}</style></head><body>' +
        '<p class=MsoNormal><b>Commande&nbsp;:</b> declare new</p>\n<p class=MsoNormal>Produit : Pack&nbsp;Pro</p>' +
        '<p class=MsoNormal>&nbsp;</p><p class=MsoNormal>Cordialement</p></body></html>',
    );
    expect((await parse(outlook, end)).text).toBe('Commande : declare new\nProduit : Pack Pro\n\nCordialement');
  });

  test('damage is said and what can be had is given', async () => {
    const unclosed = await parse(
      `From: a@b.test\nContent-Type: multipart/mixed; boundary=x\n\n--x\n${plain('reste')}`,
      end,
    );
    expect(unclosed).toMatchObject({ fromAddress: 'a@b.test', text: 'reste' });
    const many = multipart('mixed', ...Array.from({ length: 205 }, () => file('Content-Type: text/csv', 'x')));
    const cut = await parse(`From: a@b.test\n${many}`, end);
    expect(cut.attachments).toHaveLength(200);
    expect(cut).toMatchObject({ damaged: true, damage: 'more than 200 attachments' });
    const bomb = multipart('mixed', ...Array.from({ length: 600 }, () => plain('x')));
    expect(await parse(`From: a@b.test\n${bomb}`, end)).toMatchObject({ damaged: true, fromAddress: 'a@b.test' });
    const header = await parse(`From: a@b.test\nX-Long: ${'x'.repeat(300_000)}\n\nhello`, end);
    expect(header).toMatchObject({ damaged: true, fromAddress: 'a@b.test' });
  });
});

test('deep nesting and a giant cost no more than their reading', async () => {
  let deep = plain('core');
  for (let level = 0; level < 60; level += 1) {
    deep = `Content-Type: multipart/mixed; boundary=n${level}\n\n--n${level}\n${deep}\n--n${level}--\n`;
  }
  expect(await parseMail(Buffer.from(deep))).toMatchObject({ damaged: true, text: '' });
  const giant = Buffer.alloc(maxMailBytes + 1, 'a');
  giant.write('From: a@b.test\r\nSubject: big\r\n\r\n');
  expect(await parseMail(giant)).toMatchObject({ damaged: true, fromAddress: 'a@b.test', subject: 'big', text: '' });
});

test('megabytes of text neither stop the process nor fill its memory', async () => {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  for (const head of ['', 'Content-Type: text/plain; format=flowed\r\n', 'Content-Type: text/html\r\n']) {
    const raw = Buffer.from(`From: a@b.test\r\n${head}\r\n${'<p>x \r\n'.repeat(3_000_000)}`);
    delay.enable();
    const message = await parseMail(raw);
    delay.disable();
    expect(message.damage).toMatch(/more than 1 MB of text/);
    expect(message.text.length).toBeLessThan(1_100_000);
    // unlimited it is two seconds and more; the rest is room for a busy machine
    expect(delay.max / 1e6).toBeLessThan(1500);
    delay.reset();
  }
});

test('empty and binary input', async () => {
  expect(await parseMail(Buffer.alloc(0))).toMatchObject({ text: '', from: [], references: [] });
  expect(await parseMail(Buffer.from([0, 255, 10, 13, 58, 128]))).toMatchObject({ from: [] });
});

test('whatever comes, a message comes out', async () => {
  const piece = fc.constantFrom(
    ...['From: a@b.test', 'Content-Type: multipart/mixed; boundary=q', '--q', '--q--', '', 'Content-Type: text/html'],
    ...['<table><tr><td>', 'Content-Transfer-Encoding: base64', 'AAAA', '=?utf-8?q?=', 'Content-Type: message/rfc822'],
    ...[' folded', 'Content-Type: text/plain; format=flowed; charset=utf-7', 'Subject: =?big5?b?////?=', '\0\x80'],
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), async (lines) => {
      const message = await parseMail(Buffer.from(lines.join('\r\n'), 'latin1'));
      expect(message.text).not.toContain('\r');
      expect(message.damaged).toBe(message.damage !== undefined);
    }),
    { numRuns: 150 },
  );
});

describe('htmlToText', () => {
  test.each([
    ['<div>a</div><div>b</div>', 'a\nb'],
    ['a<br>b<br/><br />c', 'a\nb\n\nc'],
    ['<div>a<br></div><div>b</div>', 'a\nb'],
    ['<div>a</div><div><br></div><div>b</div>', 'a\n\nb'],
    ['<p>one</p><p>two</p>', 'one\n\ntwo'],
    ['<p style="margin:0cm">one</p><p style="margin: 0">two</p>', 'one\ntwo'],
    ['<ul><li>a<li>b</ul>', 'a\nb'],
    [
      '<table><tr><td>Produit :</td><td>Pro</td></tr><tr><th>Nom</th><td><p>Zoé</p></td></tr></table>',
      'Produit :\tPro\nNom\tZoé',
    ],
    ['<table><tr><td>a<td>b<tr><td>c</table>', 'a\tb\nc'],
    ['<table><tr><td><div>one</div><div>two</div></td></tr></table>after', 'one\ntwo\nafter'],
    ['<table><tr><td><table><tr><td>x</td><td>y</td></tr></table></td></tr><tr><td>z</td></tr></table>', 'x\ty\nz'],
    ['<td>stray</td></table></div>text', 'stray\ntext'],
    ['x <b> bold </b>y<i>z</i>', 'x bold yz'],
    ['<b>Commande:</b> help', 'Commande: help'],
    ['&eacute;&#233;&#xe9;&amp;lt;&nbsp;&nosuch;&#0;', 'ééé&lt; &nosuch;'],
    ['a < b <3 c', 'a < b <3 c'],
    ['<a title="x > y" href=\'q\'>link</a>', 'link'],
    ['<!-- <div>no</div> -->yes<![if x]>!<![endif]>', 'yes!'],
    ['<script>if (a<b) {"</div>"}</script>on<style>x</style>', 'on'],
    ['<div style="display: none"><div>secret</div>preheader</div>seen', 'seen'],
    ['<pre>a  b\n  c</pre>', 'a  b\n  c'],
    [
      'new<blockquote type="cite">old<br>older<blockquote class="gmail_quote">oldest</blockquote></blockquote>',
      'new\n> old\n> older\n> > oldest',
    ],
    ['a<blockquote style="margin:0 0 0 40px">indent</blockquote>b', 'a\nindent\nb'],
    ['unclosed <div', 'unclosed'],
    ['', ''],
  ])('%j', (source, text) => {
    expect(htmlToText(source)).toBe(text);
  });

  test('costs time in proportion', () => {
    const timed = (source: string) => {
      const start = performance.now();
      htmlToText(source);
      return performance.now() - start;
    };
    for (const piece of [
      '<td>',
      '<div>x',
      '<blockquote type=cite>x',
      '<',
      '<a "',
      '<!--',
      '&',
      '<p>a</p>',
      '</table>',
    ]) {
      expect(timed(piece.repeat(Math.ceil(500_000 / piece.length))), piece).toBeLessThan(5000);
    }
  });
});
