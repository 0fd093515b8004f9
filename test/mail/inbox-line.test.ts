/** The line to an IMAP server: how a dead one is noticed, who is let in, and what the log says about either. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Inbox } from '../../src/mail/wire/inbox.js';
import { dovecotMissing, startDovecot, type Dovecot } from '../servers/dovecot.js';
import { startImapProxy, type ImapProxy, type ImapProxyOptions } from '../servers/imap-proxy.js';
import { until } from './ground.js';
import { begin, keptLog, mail, Receiver, user, type LogLine } from './inbox-ground.js';

describe.skipIf(dovecotMissing)(`the line to Dovecot ${dovecotMissing ?? ''}`, () => {
  let server: Dovecot;
  let line: ImapProxy | undefined;
  beforeAll(async () => {
    server = await startDovecot({ users: { [user]: 'secret' } });
  });
  afterAll(() => server.close());
  afterEach(async () => {
    await line?.close();
    line = undefined;
  });
  const through = async (options: ImapProxyOptions = {}) => {
    line = await startImapProxy(server.imapPort, options);
    return { url: line.url(server.imapUrl(user)), line };
  };
  const waiting = (inbox: Inbox) => until(() => inbox.state().status === 'waiting');
  const processed = (subject: string) =>
    until(async () => (await server.list(user, 'Processed')).some((one) => one.subject === subject));
  const offline = (lines: LogLine[]) => lines.filter(({ text }) => text === 'inbox: no connection, trying again');

  describe('that has gone silent', () => {
    test('in IDLE is given up and made anew', async () => {
      const { url, line } = await through();
      const inbox = await begin(server, new Receiver(), { url, silenceMs: 300 });
      await waiting(inbox);
      line.freeze();
      await server.append(user, mail('silent-idle'));
      await processed('silent-idle');
      expect(line.connections).toBe(2);
    });

    test('between two polls, at a server without IDLE', async () => {
      const { url, line } = await through({ without: ['IDLE'] });
      const inbox = await begin(server, new Receiver(), { url, silenceMs: 300, pollMs: 50 });
      await waiting(inbox);
      line.freeze();
      await server.append(user, mail('silent-poll'));
      await processed('silent-poll');
      expect(line.connections).toBe(2);
    });

    test.each([
      ['search', /^UID SEARCH/],
      ['fetch', /^UID FETCH .*BODY/],
      ['move', /^UID MOVE/],
    ])('in the middle of a %s', async (what, pattern) => {
      let frozen = false;
      const { url, line } = await through({
        refuse: (command) => {
          if (!frozen && pattern.test(command)) {
            frozen = true;
            line.freeze();
          }
          return undefined;
        },
      });
      const receiver = new Receiver();
      await server.append(user, mail(`silent-${what}`));
      await begin(server, receiver, { url, silenceMs: 300 });
      await processed(`silent-${what}`);
      expect(frozen).toBe(true);
      expect(receiver.subjects).toEqual([`silent-${what}`]);
    });

    test('a live one is asked now and then, and IDLE goes on', async () => {
      const { url, line } = await through();
      const inbox = await begin(server, new Receiver(), { url, silenceMs: 60 });
      await until(() => line.commands.filter((command) => command === 'NOOP').length >= 3);
      await waiting(inbox);
      expect(line.connections).toBe(1);
    });
  });

  test('IDLE is asked for anew before a server ends it', async () => {
    const { url, line } = await through();
    const inbox = await begin(server, new Receiver(), { url, idleMs: 40 });
    await until(() => line.commands.filter((command) => command === 'IDLE').length >= 4);
    const idling = line.commands.slice(line.commands.indexOf('IDLE'));
    expect(idling.slice(0, 5)).toEqual(['IDLE', 'DONE', 'IDLE', 'DONE', 'IDLE']);
    await server.append(user, mail('after-renewals'));
    await processed('after-renewals');
    expect(line.connections).toBe(1);
    await waiting(inbox);
  });

  test('a server that refuses IDLE although it offers it is polled', async () => {
    const { url } = await through({ refuse: (command) => (command === 'IDLE' ? 'NO not today' : undefined) });
    const inbox = await begin(server, new Receiver(), { url, pollMs: 50 });
    await waiting(inbox);
    await server.append(user, mail('polled'));
    await processed('polled');
  });

  test('why a server hangs up is said, and one that always does is asked ever more seldom', async () => {
    const { url, line } = await through({
      refuse: (command) => {
        if (command === 'IDLE') line.end('* BYE Too many connections');
        return undefined;
      },
    });
    const log = keptLog();
    await begin(server, new Receiver(), { url, log });
    await until(() => offline(log.lines).length >= 5);
    const lines = offline(log.lines);
    expect(lines[0]).toMatchObject({ level: 'warn', fault: 'the server closed the connection: Too many connections' });
    expect(lines.slice(0, 5).map(({ waitMs }) => waitMs)).toEqual([15, 30, 60, 120, 150]);
    expect(log.lines.filter(({ text }) => text === 'inbox: connected again').length).toBeGreaterThanOrEqual(4);
  });

  test('after a connection that lasted the waits start anew', async () => {
    const { url, line } = await through();
    const log = keptLog();
    const inbox = await begin(server, new Receiver(), { url, log, steadyMs: 0 });
    for (let round = 1; round <= 3; round += 1) {
      await waiting(inbox);
      line.end('* BYE restart');
      await until(() => offline(log.lines).length === round);
    }
    expect(offline(log.lines).map(({ waitMs }) => waitMs)).toEqual([15, 15, 15]);
  });

  describe('certificates', () => {
    const fault = async (url: string, ca?: string): Promise<string> => {
      const log = keptLog();
      const inbox = await begin(server, new Receiver(), { url, ca, log });
      expect(inbox.state().status).toBe('offline');
      expect(offline(log.lines)[0]).toMatchObject({ host: new URL(url).hostname, fault: inbox.state().fault });
      expect(JSON.stringify(log.lines)).not.toContain('secret');
      return inbox.state().fault ?? '';
    };

    test.each(['imapUrl', 'imapsUrl'] as const)('%s: nobody vouches for it', async (url) => {
      expect(await fault(server[url](user))).toMatch(/not trusted.*set NODE_EXTRA_CA_CERTS to the PEM file/);
    });

    test('of another host', async () => {
      const { port } = new URL(server.imapsUrl(user));
      const pipe = await startPipe('127.0.0.2', Number(port));
      try {
        const url = server.imapsUrl(user).replace(/localhost:\d+/, `127.0.0.2:${pipe.port}`);
        expect(await fault(url, server.ca)).toMatch(/for another name.*127\.0\.0\.2.*IMAP_URL/);
      } finally {
        await pipe.close();
      }
    });

    test('TLS at a port without it', async () => {
      const url = server.imapUrl(user).replace('imap://', 'imaps://');
      expect(await fault(url, server.ca)).toMatch(/no TLS on this port.*993/);
    });

    test('a server elsewhere that offers no STARTTLS never sees the password', async () => {
      const { line } = await through();
      const pipe = await startPipe('127.0.0.1', line.port);
      try {
        // an address that leads here too, but is not known as this machine's
        const url = server.imapUrl(user).replace(/localhost:\d+/, `0.0.0.0:${pipe.port}`);
        expect(await fault(url, server.ca)).toMatch(/STARTTLS/);
        expect(line.commands.join('\n')).not.toMatch(/LOGIN|AUTHENTICATE/);
      } finally {
        await pipe.close();
      }
    });
  });

  describe('signing in', () => {
    test('that is refused is said without the password, and not tried again soon', async () => {
      const url = server.imapUrl(user).replace('secret', 'wr0ngs3cret');
      const log = keptLog();
      const inbox = await begin(server, new Receiver(), { url, log, backoffMs: { first: 20, most: 10_000 } });
      expect(inbox.state().fault).toMatch(/refuses our sign-in \(.*\): check the user and password in IMAP_URL/);
      expect(offline(log.lines)[0]).toMatchObject({ waitMs: 480 });
      await until(() => offline(log.lines).length === 2);
      expect(offline(log.lines)[1]).toMatchObject({ waitMs: 960 });
      expect(JSON.stringify([log.lines, inbox.state()])).not.toContain('wr0ngs3cret');
    });

    test('a server that repeats the password does not get it into the log', async () => {
      const { url } = await through({
        refuse: (command) =>
          /^(LOGIN|AUTHENTICATE)/.test(command) ? `NO [AUTHENTICATIONFAILED] ${user} secret is wrong` : undefined,
      });
      const log = keptLog();
      const inbox = await begin(server, new Receiver(), { url, log });
      expect(inbox.state().fault).toContain('[secret] is wrong');
      expect(JSON.stringify(log.lines)).not.toContain(`${user} secret`);
    });

    test('that the server can not check now is tried again soon', async () => {
      let refusals = 1;
      const { url } = await through({
        refuse: (command) =>
          /^(LOGIN|AUTHENTICATE)/.test(command) && refusals-- > 0 ? 'NO [UNAVAILABLE] directory is down' : undefined,
      });
      const log = keptLog();
      const inbox = await begin(server, new Receiver(), { url, log });
      await waiting(inbox);
      expect(offline(log.lines)).toMatchObject([
        { waitMs: 15, fault: expect.stringMatching(/at the moment: directory is down/) },
      ]);
    });
  });

  test('a closed port is said, although the system gives no message', async () => {
    const { url, line } = await through();
    await line.close();
    const inbox = await begin(server, new Receiver(), { url });
    expect(inbox.state().fault).toMatch(/ECONNREFUSED/);
  });
});

/** Passes bytes on from an address of its own. */
async function startPipe(host: string, target: number) {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, 'localhost');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
