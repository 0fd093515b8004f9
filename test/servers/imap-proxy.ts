/** A line between an IMAP client and a real server that can lose what the server can do, refuse commands, and go silent. */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface ImapProxyOptions {
  /** Capabilities the client is not told of; STARTTLS never is, for the line has to be readable. */
  without?: readonly string[];
  /** Alters a line of the server's. */
  edit?: (line: string) => string;
  /** A word of the server's instead of passing the command on: `NO [OVERQUOTA] full`. Asked for each command. */
  refuse?: (command: string) => string | undefined;
}

export interface ImapProxy {
  port: number;
  /** The URL with this line's port in place of the server's. */
  url(url: string): string;
  /** Every command so far, without its tag; `DONE` among them. */
  commands: string[];
  /** How many connections were made. */
  connections: number;
  /** Connections that are open now stay open and say nothing more; later ones work. */
  freeze(): void;
  /** Says this to the client on every open connection and ends it. */
  end(line: string): void;
  close(): Promise<void>;
}

export async function startImapProxy(target: number, options: ImapProxyOptions = {}): Promise<ImapProxy> {
  const sockets = new Set<{ near: Socket; far: Socket; frozen: boolean }>();
  const without = new Set(['STARTTLS', ...(options.without ?? [])]);
  const proxy = { commands: [] as string[], connections: 0 };
  const server = createServer((near) => {
    proxy.connections += 1;
    const far = connect(target, '127.0.0.1');
    const pair = { near, far, frozen: false };
    sockets.add(pair);
    for (const socket of [near, far]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        if (!pair.frozen) [near, far].forEach((one) => one.destroy());
      });
    }
    createInterface({ input: near }).on('line', (line) => {
      if (pair.frozen) return;
      const [tag = '', ...rest] = line.split(' ');
      const command = rest.length === 0 ? tag : rest.join(' ');
      proxy.commands.push(command);
      const refusal = options.refuse?.(command);
      if (refusal === undefined) far.write(`${line}\r\n`);
      else if (near.writable) near.write(`${tag} ${refusal}\r\n`);
    });
    // byte for byte but for the lines that tell capabilities
    let rest = '';
    far.setEncoding('latin1').on('data', (chunk: string) => {
      if (pair.frozen) return;
      const lines = (rest + chunk).split(/(?<=\n)/);
      rest = lines.at(-1)?.endsWith('\n') ? '' : (lines.pop() ?? '');
      if (!near.writable) return;
      const edit = options.edit ?? ((line: string) => line);
      near.write(lines.map((line) => edit(lessen(line, without))).join(''), 'latin1');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, {
    port,
    url: (url: string) => url.replace(/localhost:\d+/, `localhost:${port}`),
    freeze() {
      for (const pair of sockets) pair.frozen = true;
    },
    end(line: string) {
      for (const { near, far } of sockets) {
        near.end(`${line}\r\n`);
        far.destroy();
      }
    },
    async close() {
      for (const { near, far } of sockets) [near, far].forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function lessen(line: string, without: ReadonlySet<string>): string {
  return line.replace(/(^\* |\[)CAPABILITY [^\]\r\n]*/, (said) =>
    said
      .split(' ')
      .filter((word) => !without.has(word))
      .join(' '),
  );
}
