/** The built desk (dist/), as a benchmark opens it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Caller } from '../../src/core/guard/identity.js';
import type { OpenDesk } from '../../src/core/open.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A module of dist/, with the types of its source. */
export const built = async <Module>(path: string): Promise<Module> =>
  (await import(new URL(`../../dist/${path}`, import.meta.url).href)) as Module;

export interface BenchDesk {
  readonly open: OpenDesk;
  readonly url: string;
  readonly dir: string;
  /** Through the dispatcher; throws unless it is done. */
  run(command: string, input: Record<string, string>, more?: { caller?: Caller; key?: string }): Promise<void>;
  close(): Promise<void>;
}

const operator: Caller = { kind: 'operator' };

/** A new desk. On SQLite it is a file of its own: WAL, synchronous=FULL. */
export async function benchDesk(databaseUrl?: string, catalogue = join(root, 'catalogue')): Promise<BenchDesk> {
  const { openDesk } = await built<typeof import('../../src/core/open.js')>('core/open.js');
  const dir = mkdtempSync(join(tmpdir(), 'guichet-bench-'));
  const url = databaseUrl ?? `file:${join(dir, 'guichet.db')}`;
  const settings = {
    ...{ ROOT: root, DATABASE_URL: url, DATA_DIR: dir, CATALOGUE: catalogue },
    ...{ PUBLIC_URL: 'http://127.0.0.1:8080', MAIL_FROM: 'guichet@localhost' },
    ...({ LOCALE: 'fr', TIME_ZONE: 'Europe/Paris' } as const),
  };
  const onFault = ({ error }: { error: unknown }) => console.error(error);
  const open = await openDesk(settings, { onFault });
  return {
    open,
    url,
    dir,
    async run(command, input, { caller = operator, key } = {}) {
      const door = caller.kind === 'operator' ? 'terminal' : 'mail';
      const outcome = await open.dispatcher.dispatch({ door, caller, command, input, key });
      if (!outcome.ok) throw new Error(`${command}: ${JSON.stringify(outcome)}`);
    },
    async close() {
      await open.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A reseller with stock. */
export async function addReseller(desk: Pick<BenchDesk, 'run'>, email: string, packs: number): Promise<void> {
  await desk.run('reseller register', {
    email,
    'last-name': 'Martin',
    'first-name': 'Zoé',
    company: `Domotique ${email}`,
  });
  // a purchase has at most ten thousand
  for (let part = 0; packs - part * 10_000 > 0; part += 1) {
    const quantity = String(Math.min(10_000, packs - part * 10_000));
    await desk.run('stock receive', { reseller: email, product: 'pro', quantity, purchase: `F-${part}` });
  }
}

/** What a reseller fills in, each time for another client. */
export const declaration = (n: number): Record<string, string> => ({
  product: 'Service Pack Pro',
  email: `client-${String(n).padStart(8, '0')}@maison.example`,
  'last-name': 'Lefèvre',
  'first-name': 'Élodie',
  'order-number': `F-2026-${String(n).padStart(8, '0')}`,
});
