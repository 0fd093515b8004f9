/**
 * Once a test run: makes the generated clients when they are not there, and a door at which test files ask for databases.
 * PostgreSQL starts when the first of them asks, so a run without databases does not pay for it.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { postgresBinaries } from './postgresql.js';
import { startTemplates, type Templates } from './templates.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where test files ask for databases; `postgresql`: whether there is a PostgreSQL to ask for; `dir`: for files, gone after the run. */
    databases: { readonly url: string; readonly postgresql: boolean; readonly dir: string };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  execFileSync(process.execPath, ['scripts/database.mjs', 'generate'], { stdio: 'inherit' });
  let templates: Promise<Templates> | undefined;
  const answer = async (method: string | undefined, path: string, response: ServerResponse) => {
    try {
      const { fresh, empty, drop } = await (templates ??= startTemplates());
      if (method === 'DELETE') await drop(path.slice(1));
      response.end(method === 'DELETE' ? '' : await (path === '/empty' ? empty() : fresh()));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  };
  const door = createServer(({ method, url }, response) => void answer(method, url ?? '/', response));
  // a file that works for five seconds before it asks again must not find its connection just being closed
  door.keepAliveTimeout = 3_600_000;
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const { port } = door.address() as AddressInfo;
  const dir = mkdtempSync(join(tmpdir(), 'guichet-tests-'));
  project.provide('databases', { url: `http://127.0.0.1:${port}`, postgresql: postgresBinaries() !== undefined, dir });
  return async () => {
    door.close();
    door.closeAllConnections();
    await (await templates)?.close();
    rmSync(dir, { recursive: true, force: true });
  };
}
