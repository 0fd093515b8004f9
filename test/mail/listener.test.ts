import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createTransport } from 'nodemailer';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { trusting } from '../../src/core/guard/proxies.js';
import { isOurs, startListener } from '../../src/mail/wire/listener.js';
import type { Listener, ListenerOptions } from '../../src/mail/wire/listener.js';
import type { Arrival, MailEnd } from '../../src/mail/wire/message.js';
import { testCertificates } from '../servers/tls.js';
import { silent } from './ground.js';

const open = new Set<Listener>();
afterEach(async () => {
  await Promise.all([...open].map((listener) => listener.close()));
  open.clear();
});

async function begin(options: Partial<ListenerOptions> = {}) {
  const arrivals: Arrival[] = [];
  const receive = async (arrival: Arrival): Promise<MailEnd> => {
    arrivals.push(arrival);
    return 'answered';
  };
  const listener = await startListener({
    listen: 'smtp://127.0.0.1:0',
    address: 'guichet@localhost',
    receive,
    maxBytes: 100_000,
    log: silent,
    closeMs: 2000,
    ...options,
  });
  open.add(listener);
  return { listener, arrivals, talk: () => Talk.to(listener.port) };
}

/** A client that speaks line by line, as nodemailer would not. */
class Talk {
  private text = '';
  private readonly news = new EventEmitter();
  readonly socket: Socket;

  private constructor(port: number, { from, first }: { from?: string; first?: string } = {}) {
    this.socket = connect({ port, host: '127.0.0.1', ...(from ? { localAddress: from } : {}) });
    if (first !== undefined) this.socket.write(first);
    this.socket.setEncoding('latin1');
    this.socket.on('data', (chunk: string) => {
      this.text += chunk;
      this.news.emit('any');
    });
    this.socket.on('close', () => this.news.emit('any'));
    this.socket.on('error', () => {});
  }

  static async to(port: number): Promise<Talk> {
    const { talk } = await Talk.greeted(port);
    return talk;
  }

  /** @param more.from the loopback address it comes from. @param more.first what it says before it is greeted */
  static async greeted(port: number, more: { from?: string; first?: string } = {}) {
    const talk = new Talk(port, more);
    return { talk, greeting: await talk.answer() };
  }

  /** The next whole reply (all lines of it). */
  async answer(): Promise<string> {
    for (;;) {
      const reply = /^(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n/.exec(this.text);
      if (reply) {
        this.text = this.text.slice(reply[0].length);
        return reply[0].trimEnd();
      }
      if (this.socket.destroyed) return '';
      await once(this.news, 'any');
    }
  }

  async say(line: string): Promise<string> {
    this.socket.write(`${line}\r\n`);
    return this.answer();
  }

  async closed(): Promise<void> {
    if (!this.socket.destroyed) await once(this.socket, 'close');
  }
}

const hello = ['EHLO client.test', 'MAIL FROM:<a@partner.test>', 'RCPT TO:<guichet@localhost>'];

describe('who is at the other end', () => {
  const sending = async (talk: Talk) => {
    for (const line of [...hello, 'DATA']) await talk.say(line);
    return talk.say('Subject: x\r\n\r\nhello\r\n.');
  };

  test('a proxy of ours says for whom it speaks, and that is no longer this machine', async () => {
    const { listener, arrivals } = await begin({ trusts: trusting(['127.0.0.0/8']) });
    const first = 'PROXY TCP4 203.0.113.7 127.0.0.1 40000 25\r\n';
    const { talk, greeting } = await Talk.greeted(listener.port, { first });
    expect(greeting).toMatch(/^220/);
    expect(await sending(talk)).toMatch(/^250/);
    expect(arrivals[0]?.client).toMatchObject({ address: '203.0.113.7', loopback: false });
  });

  test('nobody else is believed', async () => {
    const { listener, arrivals } = await begin({ trusts: trusting(['10.0.0.0/8']) });
    const { talk } = await Talk.greeted(listener.port);
    expect(await talk.say('PROXY TCP4 203.0.113.7 127.0.0.1 40000 25')).toMatch(/^5/);
    expect(await sending(talk)).toMatch(/^250/);
    expect(arrivals[0]?.client).toMatchObject({ address: '127.0.0.1' });
  });

  test('230 idle connections from one place keep nobody else out', async () => {
    const { listener, arrivals } = await begin();
    const idle = await Promise.all(Array.from({ length: 230 }, () => Talk.greeted(listener.port)));
    const refused = idle.filter(({ greeting }) => greeting.startsWith('421'));
    expect(refused).toHaveLength(180);
    const other = await Talk.greeted(listener.port, { from: '127.0.0.2' });
    expect(await sending(other.talk)).toMatch(/^250/);
    expect(arrivals).toHaveLength(1);
    // once they have gone their place is free again
    const gone = idle.filter(({ greeting }) => greeting.startsWith('220'));
    for (const { talk } of gone) await talk.say('QUIT');
    expect((await Talk.greeted(listener.port)).greeting).toMatch(/^220/);
    for (const { talk } of idle) talk.socket.destroy();
  });

  test('behind a proxy each client is counted by itself', async () => {
    const { listener } = await begin({ trusts: trusting(['127.0.0.1']), connectionsAtMost: 2 });
    const from = (address: string) =>
      Talk.greeted(listener.port, { first: `PROXY TCP4 ${address} 127.0.0.1 40000 25\r\n` });
    const greetings = [];
    for (const address of ['203.0.113.1', '203.0.113.1', '203.0.113.1', '203.0.113.2'])
      greetings.push((await from(address)).greeting.slice(0, 3));
    expect(greetings).toEqual(['220', '220', '421', '220']);
  });
});

describe('taking mail', () => {
  test('from nodemailer, as it was sent, with its envelope', async () => {
    const { listener, arrivals } = await begin();
    const transport = createTransport({ url: listener.url, name: 'client.test' });
    await transport.sendMail({
      envelope: { from: 'bounce@partner.test', to: ['guichet+T0k3n@localhost'] },
      raw: 'From: a@partner.test\r\nSubject: x\r\n\r\n.leading dot\r\nCommande: help\r\n',
    });
    transport.close();
    expect(arrivals).toEqual([
      {
        raw: Buffer.from('From: a@partner.test\r\nSubject: x\r\n\r\n.leading dot\r\nCommande: help\r\n'),
        source: 'smtp',
        recipients: ['guichet+T0k3n@localhost'],
        mailFrom: 'bounce@partner.test',
        client: { address: '127.0.0.1', helo: 'client.test', loopback: true },
      },
    ]);
  });

  test('a null return path is null', async () => {
    const { arrivals, talk } = await begin();
    const client = await talk();
    for (const line of ['EHLO x', 'MAIL FROM:<>', 'RCPT TO:<GUICHET@LOCALHOST>', 'DATA']) await client.say(line);
    expect(await client.say('Subject: x\r\n\r\nbounce\r\n.')).toMatch(/^250/);
    expect(arrivals[0]).toMatchObject({ mailFrom: null, recipients: ['GUICHET@LOCALHOST'] });
  });

  test.each([
    ['another person', 'other@localhost'],
    ['another domain', 'guichet@elsewhere.test'],
    ['a domain below', 'guichet@localhost.elsewhere.test'],
    ['a longer name', 'guichet2@localhost'],
    ['a name before', 'xguichet+a@localhost'],
    ['the postmaster', 'postmaster'],
  ])('%s is refused', async (_who, recipient) => {
    const { talk } = await begin();
    const client = await talk();
    await client.say('EHLO x');
    await client.say('MAIL FROM:<a@partner.test>');
    expect(await client.say(`RCPT TO:<${recipient}>`)).toMatch(/^550 5\.1\.1/);
    expect(await client.say('DATA')).toMatch(/^503/);
  });

  test('several commands in one go, 8-bit text and international addresses', async () => {
    const { arrivals, talk } = await begin();
    const client = await talk();
    const ehlo = await client.say('EHLO client.test');
    for (const extension of ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'SIZE 100000', 'ENHANCEDSTATUSCODES']) {
      expect(ehlo).toContain(extension);
    }
    client.socket.write(
      'MAIL FROM:<zoé@bücher.test> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<guichet@localhost>\r\nDATA\r\n',
    );
    expect(await client.answer()).toMatch(/^250/);
    expect(await client.answer()).toMatch(/^250/);
    expect(await client.answer()).toMatch(/^354/);
    expect(await client.say('Subject: é\r\n\r\n€\r\n.')).toMatch(/^250/);
    expect(arrivals[0]?.raw.toString()).toBe('Subject: é\r\n\r\n€\r\n');
    expect(arrivals[0]?.mailFrom).toBe('zoé@bücher.test');
  });

  test('is answered only once the mail is taken', async () => {
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const order: string[] = [];
    const { talk } = await begin({
      receive: async () => {
        await gate;
        order.push('taken');
        return 'held';
      },
    });
    const client = await talk();
    for (const line of [...hello, 'DATA']) await client.say(line);
    const answered = client.say('\r\nx\r\n.').then((reply) => order.push(reply.slice(0, 3)));
    release();
    await answered;
    expect(order).toEqual(['taken', '250']);
  });

  test('a mail that could not be taken stays with its sender', async () => {
    let broken = true;
    const { talk } = await begin({
      receive: async () => {
        if (broken) throw new Error('database is down at /secret/path');
        return 'answered';
      },
    });
    const client = await talk();
    for (const line of [...hello, 'DATA']) await client.say(line);
    const refused = await client.say('\r\nx\r\n.');
    expect(refused).toMatch(/^451 /);
    expect(refused).not.toContain('secret');
    broken = false;
    for (const line of [...hello.slice(1), 'DATA']) await client.say(line);
    expect(await client.say('\r\nx\r\n.')).toMatch(/^250/);
  });
});

describe('refusing', () => {
  test('mail that is too large, announced or not', async () => {
    const { arrivals, talk } = await begin();
    const client = await talk();
    await client.say('EHLO x');
    expect(await client.say('MAIL FROM:<a@partner.test> SIZE=100001')).toMatch(/^552/);
    for (const line of [...hello.slice(1), 'DATA']) await client.say(line);
    expect(await client.say(`\r\n${`${'x'.repeat(70)}\r\n`.repeat(2000)}.`)).toMatch(/^552 5\.3\.4/);
    expect(arrivals).toEqual([]);
    for (const line of [...hello.slice(1), 'DATA']) await client.say(line);
    expect(await client.say('\r\nsmall\r\n.')).toMatch(/^250/);
  });

  test.each(['GET / HTTP/1.1', 'POST /x HTTP/1.1', 'OPTIONS /x HTTP/1.0'])('%s ends the session', async (line) => {
    const { arrivals, talk } = await begin();
    const client = await talk();
    // what a web page can make a browser send: a request whose body is a whole SMTP session
    client.socket.write(`${line}\r\nHost: x\r\n\r\n${hello.join('\r\n')}\r\nDATA\r\n\r\nCommande: help\r\n.\r\n`);
    expect(await client.answer()).toMatch(/^421/);
    await client.closed();
    expect(arrivals).toEqual([]);
  });

  test('sign-in, and STARTTLS without a certificate', async () => {
    const { talk } = await begin();
    const client = await talk();
    const ehlo = await client.say('EHLO x');
    expect(ehlo).not.toMatch(/AUTH|STARTTLS/);
    expect(await client.say('AUTH PLAIN AGEAYg==')).toMatch(/^5/);
    expect(await client.say('STARTTLS')).toMatch(/^5/);
    expect(await client.say('XCLIENT ADDR=192.0.2.1')).toMatch(/^5/);
  });

  test('a line that ends in a bare LF does not end the mail', async () => {
    const { arrivals, talk } = await begin();
    const client = await talk();
    for (const line of [...hello, 'DATA']) await client.say(line);
    await client.say('\r\none\n.\nMAIL FROM:<boss@partner.test>\r\n.');
    expect(arrivals).toHaveLength(1);
    expect(arrivals[0]?.mailFrom).toBe('a@partner.test');
  });
});

test('STARTTLS with a certificate that is checked', async () => {
  const certificates = testCertificates();
  try {
    const { listener, arrivals } = await begin({ tls: { cert: certificates.cert, key: certificates.key } });
    const mail = { envelope: { from: 'a@b.test', to: ['guichet@localhost'] }, raw: '\r\nx' };
    const options = { host: 'localhost', port: listener.port, requireTLS: true };
    const trusting = createTransport({ ...options, tls: { ca: certificates.ca } });
    await trusting.sendMail(mail);
    await expect(createTransport(options).sendMail(mail)).rejects.toThrow(/certificate/);
    expect(arrivals).toHaveLength(1);
  } finally {
    certificates.remove();
  }
});

describe('after STARTTLS', () => {
  const certificates = testCertificates();
  afterAll(() => certificates.remove());
  const start = async (ahead = '') => {
    const { listener, arrivals, talk } = await begin({ tls: { cert: certificates.cert, key: certificates.key } });
    const plain = await talk();
    expect(await plain.say('EHLO x')).toContain('STARTTLS');
    plain.socket.write(`STARTTLS\r\n${ahead}`);
    expect(await plain.answer()).toMatch(/^220/);
    plain.socket.removeAllListeners('data');
    const socket = connectTls({ socket: plain.socket, ca: certificates.ca, servername: 'localhost' });
    const say = async (line: string): Promise<string> => {
      const said = once(socket, 'data') as Promise<[Buffer]>;
      socket.write(`${line}\r\n`);
      return (await said)[0].toString();
    };
    return { listener, arrivals, socket, say };
  };

  test('nobody signs in, and nothing is passed on', async () => {
    const { listener, arrivals, socket, say } = await start();
    await once(socket, 'secureConnect');
    expect(await say('EHLO x')).not.toMatch(/AUTH|STARTTLS/);
    expect(await say('AUTH PLAIN AGEAYg==')).toMatch(/^5/);
    socket.destroy();
    const client = createTransport({
      host: 'localhost',
      port: listener.port,
      requireTLS: true,
      tls: { ca: certificates.ca },
      auth: { user: 'guichet@localhost', pass: 'x' },
    });
    const mail = { envelope: { from: 'guichet@localhost', to: ['someone@elsewhere.test'] }, raw: '\r\nx' };
    await expect(client.sendMail(mail)).rejects.toThrow(/no such address here/);
    expect(arrivals).toEqual([]);
  });

  test('what somebody on the way added in the clear is not taken as said under TLS', async () => {
    const { arrivals, socket, say } = await start('MAIL FROM:<boss@partner.test>\r\nRCPT TO:<guichet@localhost>\r\n');
    // hanging up on such a client is as good
    const secure = await once(socket, 'secureConnect').then(
      () => true,
      () => false,
    );
    if (secure) expect(await say('DATA')).toMatch(/^503/);
    socket.destroy();
    expect(arrivals).toEqual([]);
  });
});

test('LMTP takes mail and answers for each recipient', async () => {
  const { listener, arrivals, talk } = await begin({ listen: 'lmtp://127.0.0.1:0' });
  expect(listener.url).toBe(`lmtp://127.0.0.1:${listener.port}`);
  const client = await talk();
  expect(await client.say('EHLO x')).toMatch(/^500/);
  await client.say('LHLO mx.guichet.test');
  await client.say('MAIL FROM:<a@partner.test>');
  for (const to of ['guichet@localhost', 'guichet+a@localhost']) await client.say(`RCPT TO:<${to}>`);
  await client.say('DATA');
  expect(await client.say('\r\nx\r\n.')).toMatch(/^250/);
  expect(await client.answer()).toMatch(/^250/);
  expect(arrivals).toHaveLength(1);
  expect(arrivals[0]).toMatchObject({ source: 'lmtp', recipients: ['guichet@localhost', 'guichet+a@localhost'] });
});

describe('closing', () => {
  test('lets the mail in hand end, answers it, and takes no other', async () => {
    let release: () => void = () => {};
    let begun: () => void = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const inHand = new Promise<void>((resolve) => (begun = resolve));
    const { listener, talk } = await begin({
      receive: async () => {
        begun();
        await gate;
        return 'answered';
      },
    });
    const [busy, idle] = [await talk(), await talk()];
    for (const line of [...hello, 'DATA']) await busy.say(line);
    busy.socket.write('\r\nx\r\n.\r\n');
    await inHand;
    const closed = listener.close();
    await expect(once(connect(listener.port, '127.0.0.1'), 'connect')).rejects.toThrow(/ECONNREFUSED/);
    expect(await idle.say('EHLO late')).toMatch(/^421/);
    release();
    expect(await busy.answer()).toMatch(/^250/);
    await closed;
    await busy.closed();
  });

  test('does not wait longer than told', async () => {
    const { listener, talk } = await begin({ receive: () => new Promise(() => {}), closeMs: 50 });
    const client = await talk();
    for (const line of [...hello, 'DATA']) await client.say(line);
    client.socket.write('\r\nx\r\n.\r\n');
    await listener.close();
    await client.closed();
  });
});

test('a taken port is said at once', async () => {
  const { listener } = await begin();
  await expect(begin({ listen: `127.0.0.1:${listener.port}` })).rejects.toThrow(/EADDRINUSE/);
});

test.each([
  ['desk@guichet.test', true],
  ['Desk+A-b_9@GUICHET.test', true],
  ['desk+@guichet.test', true],
  ['desk@guichet.test.', true],
  ['desk', false],
  ['desk@guichet.test@evil.test', false],
  ['', false],
])('isOurs(%j)', (recipient, ours) => {
  expect(isOurs(recipient, 'Desk@guichet.test')).toBe(ours);
});
