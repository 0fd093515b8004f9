import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { accessSync, chmodSync, chownSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ImapFlow } from 'imapflow';
import { testCertificates } from './tls.js';

const run = promisify(execFile);
const binaries = ['/usr/sbin/dovecot', '/usr/bin/doveadm', '/usr/lib/dovecot/imap'];

/** Why no Dovecot can be started here; undefined when it can. */
export const dovecotMissing: string | undefined = (() => {
  const missing = binaries.find((path) => !executable(path));
  if (missing) return `${missing} is not installed (Debian: dovecot-core dovecot-imapd)`;
  return process.getuid?.() === 0 ? undefined : 'Dovecot drops privileges itself and must be started by root';
})();

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface DovecotOptions {
  /** Address → password. */
  users: Record<string, string>;
  /** Prefix of all folders but INBOX, with its delimiter at the end: `INBOX.`; none by default. */
  prefix?: string;
  /** Capabilities to announce instead of Dovecot's own, to stand for a lesser server. */
  capability?: string;
  /** Further lines of configuration, which win over the ones here. */
  more?: string;
  /** Signs in by access token too: asked with the token at its end, the URL answers 200 with `{"email": user}`, or 401. */
  tokenInfoUrl?: string;
}

export interface Dovecot {
  /** Plain IMAP with STARTTLS. */
  imapUrl(user: string): string;
  imapsUrl(user: string): string;
  imapPort: number;
  caFile: string;
  ca: string;
  /** Puts a mail into a mailbox, INBOX by default; the bytes as they are. */
  append(user: string, raw: Buffer | string, folder?: string): Promise<void>;
  /** What a folder holds, in order; empty when there is no such folder. */
  list(user: string, folder: string): Promise<{ uid: number; subject: string }[]>;
  folders(user: string): Promise<string[]>;
  /** Does something at the server as the user's own mail program would. */
  asUser<T>(user: string, work: (client: ImapFlow) => Promise<T>): Promise<T>;
  /** Gives the mailbox another UIDVALIDITY, as a restored backup does. */
  renew(user: string, folder?: string): Promise<void>;
  /** Ends the server and every session at once. */
  kill(): Promise<void>;
  /** Starts it again on the same ports. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A real Dovecot on loopback, without systemd, with a configuration of a screen's length and mails in /tmp. */
export async function startDovecot(options: DovecotOptions): Promise<Dovecot> {
  // unix sockets below it must stay under 108 characters, and Dovecot's own users must be able to reach it
  const dir = mkdtempSync('/tmp/guichet-dc-');
  chmodSync(dir, 0o755);
  const certificates = testCertificates();
  const ports = { imap: await freePort(), imaps: await freePort() };
  const uid = 5000;
  for (const name of ['mail', 'run', 'state']) mkdirSync(join(dir, name));
  chownSync(join(dir, 'mail'), uid, uid);
  const users = Object.entries(options.users).map(([user, password]) => `${user}:{PLAIN}${password}::::::`);
  writeFileSync(join(dir, 'users'), `${users.join('\n')}\n`);
  const config = join(dir, 'dovecot.conf');
  writeFileSync(config, configuration(dir, { ...options, ports, uid, certificates }));
  writeFileSync(join(dir, 'oauth2'), `tokeninfo_url = ${options.tokenInfoUrl ?? ''}\nusername_attribute = email\n`);
  let server = await start(config, ports.imap);
  const urlOf = (scheme: string, port: number) => (user: string) =>
    `${scheme}://${encodeURIComponent(user)}:${encodeURIComponent(options.users[user] ?? '')}@localhost:${port}/INBOX`;
  const asUser = <T>(user: string, work: (client: ImapFlow) => Promise<T>) =>
    withClient({ port: ports.imap, user, pass: options.users[user] ?? '' }, work);
  return {
    imapUrl: urlOf('imap', ports.imap),
    imapsUrl: urlOf('imaps', ports.imaps),
    imapPort: ports.imap,
    caFile: certificates.caFile,
    ca: certificates.ca,
    append: (user, raw, folder = 'INBOX') =>
      asUser(user, async (client) => {
        await client.append(folder, raw);
      }),
    list: (user, folder) => asUser(user, (client) => listFolder(client, folder)),
    asUser,
    folders: (user) => asUser(user, async (client) => (await client.list()).map(({ path }) => path)),
    renew: async (user, folder = 'INBOX') => {
      await run('doveadm', ['-c', config, 'mailbox', 'update', '-u', user, '--uid-validity', '987654321', folder]);
    },
    kill: () => stop(server, 'SIGKILL', dir),
    restart: async () => {
      await stop(server, 'SIGKILL', dir);
      server = await start(config, ports.imap);
    },
    close: async () => {
      await stop(server, 'SIGTERM', dir);
      certificates.remove();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function withClient<T>(
  { port, user, pass }: { port: number; user: string; pass: string },
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  const client = new ImapFlow({ host: '127.0.0.1', port, doSTARTTLS: false, auth: { user, pass }, logger: false });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.logout();
  }
}

async function listFolder(client: ImapFlow, folder: string): Promise<{ uid: number; subject: string }[]> {
  if (!(await client.list()).some(({ path }) => path === folder)) return [];
  const { exists } = await client.mailboxOpen(folder, { readOnly: true });
  if (exists === 0) return [];
  const mails = await client.fetchAll('1:*', { uid: true, envelope: true });
  return mails.map((mail) => ({ uid: mail.uid, subject: mail.envelope?.subject ?? '' }));
}

interface Configuration extends DovecotOptions {
  ports: { imap: number; imaps: number };
  uid: number;
  certificates: { certFile: string; keyFile: string };
}

function configuration(dir: string, options: Configuration): string {
  const { ports, uid, certificates, prefix = '', capability, more = '', tokenInfoUrl } = options;
  const tokens = `auth_mechanisms = plain xoauth2 oauthbearer
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${dir}/oauth2
}`;
  return `
base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <${certificates.certFile}
ssl_key = <${certificates.keyFile}
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:~/Maildir
mail_fsync = never
maildir_stat_dirs = yes
mailbox_list_index = no
first_valid_uid = 500
mail_max_userip_connections = 50
${capability ? `imap_capability = ${capability}` : ''}
${tokenInfoUrl ? tokens : ''}
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${dir}/users
}
userdb {
  driver = static
  args = uid=${uid} gid=${uid} home=${dir}/mail/%u
}
namespace inbox {
  inbox = yes
  separator = ${prefix.slice(-1) || '/'}
  prefix = ${prefix}
}
service imap-login {
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
${more}
`;
}

/** In the foreground, in a process group of its own, so that killing the group ends its sessions too. */
async function start(config: string, port: number): Promise<ChildProcess> {
  const server = spawn('dovecot', ['-F', '-c', config], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<never>((_, reject) =>
    server.once('exit', (code) => reject(new Error(`dovecot ended with ${code}: ${said}`))),
  );
  ended.catch(() => {});
  await Promise.race([greeted(port), ended]);
  return server;
}

/** Resolves when something on the port says hello. A port gives no event before it listens, so it is asked. */
async function greeted(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answered = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('data', (data) => {
        resolve(data.toString().startsWith('* OK'));
        socket.destroy();
      });
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
      socket.setTimeout(2000, () => socket.destroy());
    });
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no IMAP server on port ${port}`);
}

async function stop(server: ChildProcess, signal: 'SIGTERM' | 'SIGKILL', dir: string): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = new Promise((resolve) => server.once('exit', resolve));
  if (signal === 'SIGKILL') process.kill(-server.pid!, 'SIGKILL');
  else server.kill('SIGTERM');
  await exited;
  rmSync(join(dir, 'run', 'master.pid'), { force: true });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
