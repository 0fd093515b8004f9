/** J5: "never twice the same pack, never below zero, whatever runs at the same time", from several processes. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { databases } from '../servers/databases.js';
import type { Report, Task } from './declaring-child.js';
import { newReseller, openTestDesk, secretKey } from './ground.js';

const processes = 4;
/** Several times the stock; `npm run test:long` asks for more. */
const declarations = process.env['LONG'] ? 10_000 : 4_000;
const stock = 1_000;

const child = fileURLToPath(new URL('declaring-child.ts', import.meta.url));
const hooks = fileURLToPath(new URL('../servers/typescript.mjs', import.meta.url));

async function message(from: ChildProcess): Promise<unknown> {
  const [sent] = (await Promise.race([
    once(from, 'message'),
    once(from, 'exit').then(([code]) => [new Error(`a process ended with ${code}`)]),
  ])) as unknown[];
  if (sent instanceof Error) throw sent;
  return sent;
}

describe.each(databases())('on $name', (provider) => {
  test(
    `${declarations} declarations at once on ${stock} packs, from ${processes} processes`,
    { timeout: 180_000 },
    async () => {
      const desk = await openTestDesk(provider);
      const reseller = await newReseller(desk, { pro: stock });
      const { SECRET_KEY: _, ...settings } = desk.settings;
      const children = Array.from({ length: processes }, () => fork(child, { execArgv: ['--import', hooks] }));
      try {
        await Promise.all(children.map(message));
        children.forEach((one, at) =>
          one.send({
            settings: { ...settings, key: secretKey.toString('base64') },
            reseller: reseller.email,
            count: declarations / processes,
            name: `p${at}`,
          } satisfies Task),
        );
        expect(await Promise.all(children.map(message))).toEqual(Array<string>(processes).fill('ready'));
        const started = performance.now();
        const reports = children.map(message) as Promise<Report>[];
        for (const one of children) one.send('go');
        const done = await Promise.all(reports);
        const tookMs = performance.now() - started;

        expect(done.flatMap(({ faults }) => faults)).toEqual([]);
        const sum = (code: string) => done.reduce((total, { codes }) => total + (codes[code] ?? 0), 0);
        expect([sum('declaration.placed'), sum('stock.empty')]).toEqual([stock, declarations - stock]);
        const packs = done.flatMap((report) => report.packs);
        expect(new Set(packs).size).toBe(stock);

        const { reader } = desk.connection;
        expect(await reader.stockUnit.groupBy({ by: ['state'], _count: { _all: true } })).toEqual([
          { state: 'declared', _count: { _all: stock } },
        ]);
        const rows = await reader.declaration.findMany({ select: { packId: true } });
        expect(rows).toHaveLength(stock);
        expect(new Set(rows.map(({ packId }) => packId)).size).toBe(stock);
        // each with its client, its letter and its line in the audit, and none for those that were refused
        expect(await reader.person.count({ where: { state: 'invited', memberships: { none: {} } } })).toBe(stock);
        expect(await reader.outbox.count({ where: { letter: 'declared-client' } })).toBe(stock);
        expect(await reader.audit.count({ where: { action: 'declare new' } })).toBe(stock);
        expect((await desk.ask('audit verify')).code).toBe('audit.verified');
        expect(tookMs).toBeLessThan(90_000);
      } finally {
        for (const one of children) one.kill();
        await desk.close();
      }
    },
  );
});
