import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mailTransport } from '../../src/mail/wire/deliver.js';
import type { MailTransport, MailTransportOptions, OutgoingMail } from '../../src/mail/wire/deliver.js';
import { parseMail } from '../../src/mail/read/parse.js';
import { pruneSent } from '../../src/mail/wire/sent.js';
import { startSmtpReceiver } from '../servers/smtp.js';
import type { SmtpReceiver, SmtpReceiverOptions } from '../servers/smtp.js';
import { testCertificates } from '../servers/tls.js';
import type { TestCertificates } from '../servers/tls.js';
import { silent } from './ground.js';

const date = new Date('2025-11-21T10:00:00.123Z');

function letter(more: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    from: { name: 'Guichet, le vrai', address: 'guichet@guichet.test' },
    to: 'anna@partner.test',
    subject: 'Déclaration prise en compte',
    text: 'Bonjour Zoé,\n\nD-1 est prise.\n',
    messageId: '<out-1@guichet.test>',
    envelopeFrom: 'guichet+b0unce@guichet.test',
    autoSubmitted: 'auto-replied',
    date,
    ...more,
  };
}

let dir: string;
let certificates: TestCertificates;
const ends: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'guichet-sent-'));
  certificates = testCertificates();
});
afterAll(async () => {
  await rm(dir, { recursive: true });
  certificates.remove();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function transport(options: Partial<MailTransportOptions>): MailTransport {
  const made = mailTransport({ sentDir: join(dir, 'none'), log: silent, timeoutMs: 3000, ...options });
  ends.push(() => made.close());
  return made;
}

async function begin(server: SmtpReceiverOptions = {}, options: Partial<MailTransportOptions> = {}) {
  const receiver = await startSmtpReceiver(server);
  ends.push(() => receiver.close());
  return { receiver, mailer: transport({ smtpUrl: receiver.url, ...options }) };
}

async function send(mailer: MailTransport, more: Partial<OutgoingMail> = {}) {
  const delivery = await mailer.send(letter(more));
  return 'reason' in delivery ? `${delivery.result}: ${delivery.reason}` : delivery.result;
}

describe('over SMTP', () => {
  test('a whole letter arrives with its headers, envelope and files', async () => {
    const { receiver, mailer } = await begin();
    const html = '<p>Bonjour Zoé</p>';
    const files = [{ name: 'état.csv', type: 'text/csv', content: Buffer.from('a;b\r\n') }];
    const thread = { inReplyTo: '<in-1@partner.test>', references: ['<in-0@partner.test>', '<in-1@partner.test>'] };
    const delivery = await mailer.send(
      letter({
        html,
        attachments: files,
        ...thread,
        replyTo: 'guichet+t0k@guichet.test',
        headers: { 'X-Guichet': 'é' },
      }),
    );
    expect(delivery).toMatchObject({ result: 'sent', response: expect.stringMatching(/^250/) });
    const { raw, envelope } = receiver.mails[0]!;
    expect(envelope).toEqual({ from: 'guichet+b0unce@guichet.test', to: ['anna@partner.test'] });
    const message = await parseMail(raw);
    expect(message).toMatchObject({
      from: [{ name: 'Guichet, le vrai', address: 'guichet@guichet.test' }],
      to: [{ address: 'anna@partner.test' }],
      subject: 'Déclaration prise en compte',
      messageId: '<out-1@guichet.test>',
      ...thread,
      date: new Date('2025-11-21T10:00:00Z'),
      text: 'Bonjour Zoé,\n\nD-1 est prise.',
      attachments: [{ name: 'état.csv', type: 'text/csv', content: Buffer.from('a;b\r\n') }],
    });
    expect(message.headers('auto-submitted')).toEqual(['auto-replied']);
    expect(message.headers('reply-to')).toEqual(['guichet+t0k@guichet.test']);
    expect(message.headers('x-guichet')).toHaveLength(1);
    expect(raw.toString()).toContain('text/html');
  });

  test('text from outside never becomes a header or a recipient', async () => {
    const { receiver, mailer } = await begin();
    const evil = 'x\r\nBcc: evil@evil.test\r\n\r\nbody';
    await send(mailer, {
      from: { name: evil, address: 'guichet@guichet.test' },
      subject: evil,
      inReplyTo: `<a@b>${evil}`,
      references: [`<a@b>${evil}`],
      headers: { 'X-A': evil, 'X-B\r\nBcc': 'evil@evil.test' },
      attachments: [{ name: evil, type: 'text/plain\r\nX-C: 1', content: Buffer.from('x') }],
    });
    const { raw, envelope } = receiver.mails[0]!;
    expect(envelope.to).toEqual(['anna@partner.test']);
    const message = await parseMail(raw);
    expect(message.headerNames).not.toContain('bcc');
    expect(raw.toString()).not.toMatch(/^(Bcc|X-C):/im);
    expect(message.text).toBe('Bonjour Zoé,\n\nD-1 est prise.');
    for (const to of ['a@b.test, evil@evil.test', 'a@b.test>\r\nRCPT TO:<evil@evil.test', 'nobody', '<a@b.test>']) {
      expect(await send(mailer, { to })).toMatch(/^failed: not an address/);
    }
    expect(receiver.mails).toHaveLength(1);
  });

  test.each([
    ['a recipient refused for good', { to: 'reject-me@client.test' }, /^failed: .*550/],
    ['a recipient put off', { to: 'defer-me@client.test' }, /^retry: .*451/],
    ['a mail refused for good', { subject: 'spam' }, /^failed: .*554/],
    ['a mail put off', { subject: 'greylist' }, /^retry: .*451/],
  ])('%s, and the next one goes out', async (_what, more, result) => {
    const { receiver, mailer } = await begin();
    expect(await send(mailer, more)).toMatch(result);
    expect(await send(mailer)).toBe('sent');
    expect(receiver.mails).toHaveLength(1);
  });

  test('an answer lost after the whole mail went is uncertain, and it may have arrived', async () => {
    let drops = 1;
    const { receiver, mailer } = await begin({ dropAfterData: () => drops-- > 0 });
    expect(await send(mailer)).toMatch(/^uncertain: the answer to the mail was lost/);
    expect(receiver.mails).toHaveLength(1);
    expect(await send(mailer)).toBe('sent');
    expect(receiver.mails.map(({ parsed }) => parsed.messageId)).toEqual([
      '<out-1@guichet.test>',
      '<out-1@guichet.test>',
    ]);
  });

  test('the same on a connection that has carried mails before', async () => {
    let count = 0;
    const { receiver, mailer } = await begin({ dropAfterData: () => (count += 1) === 2 });
    expect(await send(mailer)).toBe('sent');
    expect(await send(mailer)).toMatch(/^uncertain/);
    expect(receiver.mails).toHaveLength(2);
  });

  test('a connection cut before the mail went is only another try', async () => {
    for (const until of ['EHLO', 'MAIL', 'RCPT', 'DATA'] as const) {
      const server = await cuttingServer(until);
      ends.push(server.close);
      const mailer = transport({ smtpUrl: `smtp://127.0.0.1:${server.port}` });
      expect(await send(mailer), until).toMatch(/^retry: /);
    }
  });

  test('a silent server is another try before the mail, uncertain after it', async () => {
    const silentAt = async (until: 'MAIL' | 'never', timeoutMs: number) => {
      const server = await cuttingServer(until, { silent: true });
      ends.push(server.close);
      return send(transport({ smtpUrl: `smtp://127.0.0.1:${server.port}`, timeoutMs }));
    };
    expect(await silentAt('MAIL', 200)).toMatch(/^retry: /);
    expect(await silentAt('never', 200)).toMatch(/^uncertain: /);
  });

  test('a large mail cut in the middle is neither sent nor failed', async () => {
    const server = await cuttingServer('DATA', { afterBytes: 200_000 });
    ends.push(server.close);
    const mailer = transport({ smtpUrl: `smtp://127.0.0.1:${server.port}` });
    const content = Buffer.alloc(20_000_000, 'x');
    expect(await send(mailer, { attachments: [{ name: 'x', type: 'text/plain', content }] })).toMatch(
      /^(retry|uncertain): /,
    );
  });

  test('no server at all', async () => {
    const { receiver } = await begin();
    await receiver.close();
    expect(await send(transport({ smtpUrl: receiver.url }))).toMatch(/^retry: no connection to the mail server/);
  });

  test('several at once use several connections and all arrive', async () => {
    const { receiver, mailer } = await begin();
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const sent = await Promise.all(numbers.map((number) => send(mailer, { messageId: `<n${number}@guichet.test>` })));
    expect(new Set(sent)).toEqual(new Set(['sent']));
    expect(new Set(receiver.mails.map(({ parsed }) => parsed.messageId)).size).toBe(20);
  });

  test('closing waits for what is on its way', async () => {
    const { receiver, mailer } = await begin();
    const way = send(mailer);
    await mailer.close();
    expect(await way).toBe('sent');
    expect(receiver.mails).toHaveLength(1);
  });

  test('closing does not wait for a silent server longer than told', async () => {
    const server = await cuttingServer('never', { silent: true });
    ends.push(server.close);
    const mailer = transport({ smtpUrl: `smtp://127.0.0.1:${server.port}`, timeoutMs: 60_000, closeMs: 300 });
    const way = send(mailer);
    await server.body;
    await mailer.close();
    expect(await way).toMatch(/^uncertain: /);
  });

  test('international addresses', async () => {
    const { receiver, mailer } = await begin();
    expect(await send(mailer, { to: 'anna@bücher.test' })).toBe('sent');
    expect(await send(mailer, { to: 'zoé@bücher.test' })).toBe('sent');
    const { to } = receiver.mails[0]!.envelope;
    expect(to[0]).toMatch(/^anna@(bücher|xn--bcher-kva)\.test$/);
    expect(receiver.mails[0]!.raw.toString()).toContain('anna@xn--bcher-kva.test');
    expect(receiver.mails[1]!.envelope.to[0]).toMatch(/^zoé@/);
  });
});

describe('safe connections', () => {
  const auth = { user: 'desk@guichet.test', pass: 'p@ss/w:rd' };
  const withUser = (receiver: SmtpReceiver, pass = auth.pass) =>
    receiver.url.replace('://', `://${encodeURIComponent(auth.user)}:${encodeURIComponent(pass)}@`);

  test.each([false, true])('TLS and sign-in, from the start: %s', async (implicitTls) => {
    const { receiver } = await begin({ tls: certificates, implicitTls, auth });
    const mailer = transport({ smtpUrl: withUser(receiver), ca: certificates.ca });
    expect(await send(mailer)).toBe('sent');
    expect(receiver.mails[0]?.secure).toBe(true);
  });

  test.each([false, true])('a certificate that nobody vouches for, from the start: %s', async (implicitTls) => {
    const { receiver, mailer } = await begin({ tls: certificates, implicitTls });
    expect(await send(mailer)).toMatch(/^retry: no safe connection to the mail server: .*certificate/);
    expect(receiver.mails).toEqual([]);
  });

  test('a server that wants a sign-in we have none for', async () => {
    const { mailer } = await begin({ tls: certificates, auth }, { ca: certificates.ca });
    expect(await send(mailer)).toMatch(/^retry: the mail server refuses our sign-in: .*530/);
  });

  test('a refused sign-in is said, without the password', async () => {
    const { receiver } = await begin({ tls: certificates, auth });
    const result = await send(transport({ smtpUrl: withUser(receiver, 'wr0ng'), ca: certificates.ca }));
    expect(result).toMatch(/^retry: the mail server refuses our sign-in/);
    expect(result).not.toContain('wr0ng');
  });
});

describe('kept mails', () => {
  test('are whole files that only we may read', async () => {
    const sentDir = join(dir, 'kept');
    const mailer = transport({ sentDir });
    expect(await mailer.send(letter({ messageId: '<../../etc/x y@guichet.test>' }))).toMatchObject({ result: 'sent' });
    const [name, ...others] = await readdir(sentDir);
    expect(others).toEqual([]);
    expect(name).toMatch(/^2025-11-21T10-00-00\.123Z-[\w.-]+\.eml$/);
    expect((await stat(sentDir)).mode & 0o777).toBe(0o700);
    expect((await stat(join(sentDir, name!))).mode & 0o777).toBe(0o600);
    const message = await parseMail(await readFile(join(sentDir, name!)));
    expect(message).toMatchObject({ fromAddress: 'guichet@guichet.test', to: [{ address: 'anna@partner.test' }] });
    expect(message.headers('auto-submitted')).toEqual(['auto-replied']);
  });

  test('a folder that was opened to others is closed again', async () => {
    const sentDir = join(dir, 'loose');
    const mailer = transport({ sentDir });
    await mailer.send(letter());
    await chmod(sentDir, 0o755);
    await mailer.send(letter({ messageId: '<out-2@guichet.test>' }));
    expect((await stat(sentDir)).mode & 0o777).toBe(0o700);
  });

  test('are pruned by age, and nothing else is', async () => {
    const sentDir = join(dir, 'pruned');
    const mailer = transport({ sentDir });
    await mailer.send(letter({ messageId: '<old@guichet.test>' }));
    await mailer.send(letter({ messageId: '<new@guichet.test>' }));
    await writeFile(join(sentDir, 'notes.txt'), 'mine');
    for (const name of await readdir(sentDir)) {
      if (!name.includes('new')) await utimes(join(sentDir, name), date, date);
    }
    expect(await pruneSent(sentDir, new Date(date.getTime() + 1))).toBe(1);
    expect((await readdir(sentDir)).sort()).toEqual([expect.stringContaining('new'), 'notes.txt']);
    expect(await pruneSent(join(dir, 'nowhere'), date)).toBe(0);
  });
});

/** A server that talks SMTP up to a command and then cuts the line, or says nothing more. */
async function cuttingServer(until: string, { silent: quiet = false, afterBytes = 0 } = {}) {
  let bodyBegan: () => void = () => {};
  const body = new Promise<void>((resolve) => (bodyBegan = resolve));
  const server = createServer((socket) => {
    let inData = 0;
    socket.on('error', () => {});
    socket.write('220 test\r\n');
    const end = () => (quiet ? undefined : socket.destroy());
    socket.on('data', (chunk) => {
      if (inData > 0) {
        inData += chunk.length;
        bodyBegan();
        if (until === 'DATA' && inData > afterBytes) end();
        return;
      }
      for (const line of chunk.toString().split('\r\n').filter(Boolean)) {
        if (line.startsWith(until) && !(until === 'DATA' && afterBytes > 0)) return end();
        if (line === 'DATA') inData = 1;
        socket.write(line === 'DATA' ? '354 go\r\n' : '250 ok\r\n');
      }
      return undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    /** The first bytes of a mail have come. */
    body,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
