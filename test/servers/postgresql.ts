/** A throw-away PostgreSQL server from the system's own binaries, on loopback. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface PostgresServer {
  /** The `postgres` database, as its superuser, without a password. */
  readonly url: string;
  /** Stops the server and deletes its files. */
  close(): Promise<void>;
}

export interface PostgresOptions {
  /** Whether a commit waits for the disk, as in production. */
  readonly fsync?: boolean;
}

/** The folder of the newest `initdb` and `postgres` on this machine, or undefined. */
export function postgresBinaries(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(root, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** Starts a server and answers once it takes connections. Throws with the server's own words when it doesn't start. */
export async function startPostgres({ fsync = true }: PostgresOptions = {}): Promise<PostgresServer> {
  const bin = postgresBinaries();
  if (bin === undefined) throw new Error('No PostgreSQL binaries (initdb, postgres) on this machine');
  const owner = unprivileged();
  const dir = mkdtempSync(join(tmpdir(), 'guichet-pg-'));
  if (owner) chownSync(dir, owner.uid, owner.gid);
  try {
    const data = join(dir, 'data');
    const init = [
      '-D',
      data,
      '-U',
      'guichet',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ];
    const made = spawnSync(join(bin, 'initdb'), init, { cwd: dir, encoding: 'utf8', ...owner });
    if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
    const port = await freePort();
    const server = await started(join(bin, 'postgres'), ['-D', data, ...settings(port, fsync)], { cwd: dir, ...owner });
    return { url: `postgresql://guichet@127.0.0.1:${port}/postgres`, close: () => stopped(server, dir) };
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}

function settings(port: number, fsync: boolean): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    fsync: fsync ? 'on' : 'off',
    lc_messages: 'C',
    // small and quick: tests make and drop many little databases
    shared_buffers: '32MB',
    max_connections: '200',
    autovacuum: 'off',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** PostgreSQL refuses to run as root: then it runs as the user its package made. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout || NaN);
  const owner = { uid: id('-u'), gid: id('-g') };
  if (Number.isNaN(owner.uid)) throw new Error('PostgreSQL does not run as root, and there is no user postgres');
  return owner;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function started(
  binary: string,
  args: string[],
  options: { cwd: string; uid?: number; gid?: number },
): Promise<ChildProcess> {
  const server = spawn(binary, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  const killed = () => server.kill('SIGQUIT');
  process.once('exit', killed);
  server.once('exit', () => process.off('exit', killed));
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${log}`)));
    // read on after it is up, or the pipe fills and the server stands still
    server.stderr?.on('data', (chunk: Buffer) => {
      if (log.length < 10_000) log += chunk.toString();
      if (log.includes('ready to accept connections')) resolve();
    });
  });
  return server;
}

async function stopped(server: ChildProcess, dir: string): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    const ended = once(server, 'exit');
    server.kill('SIGINT');
    await ended;
  }
  rmSync(dir, { recursive: true, force: true });
}
