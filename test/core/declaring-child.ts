/** A process of its own that declares as fast as it can when told to, and answers what became of it. */
import { openDesk, type DeskSettings } from '../../src/core/open.js';

export interface Task {
  readonly settings: Omit<DeskSettings, 'SECRET_KEY'> & { readonly key: string };
  readonly reseller: string;
  readonly count: number;
  /** Tells this process' orders from the others'. */
  readonly name: string;
}

export interface Report {
  /** How many answers of each code. */
  readonly codes: Readonly<Record<string, number>>;
  readonly packs: readonly string[];
  readonly faults: readonly string[];
}

async function work({ settings, reseller, count, name }: Task): Promise<Report> {
  const { key, ...rest } = settings;
  const faults: string[] = [];
  const open = await openDesk(
    { ...rest, SECRET_KEY: Buffer.from(key, 'base64') },
    { onFault: ({ error }) => faults.push(String(error)) },
  );
  const go = new Promise((resolve) => process.once('message', resolve));
  process.send?.('ready');
  await go;
  const codes: Record<string, number> = {};
  const packs: string[] = [];
  const declare = async (order: string): Promise<void> => {
    const outcome = await open.dispatcher.dispatch({
      door: 'terminal',
      caller: { kind: 'operator', as: reseller },
      command: 'declare new',
      input: {
        product: 'pro',
        email: `${order}@example.org`,
        'last-name': 'Curie',
        'first-name': 'Irène',
        'order-number': order,
      },
    });
    codes[outcome.code] = (codes[outcome.code] ?? 0) + 1;
    if (outcome.ok) packs.push(String(outcome.data['pack']));
  };
  await Promise.all(Array.from({ length: count }, (_, at) => declare(`${name}-${at}`)));
  await open.close();
  return { codes, packs, faults };
}

process.once('message', (task) => {
  work(task as Task).then(
    (report) => process.send?.(report, () => process.exit(0)),
    (error: unknown) =>
      process.send?.({ codes: {}, packs: [], faults: [String(error)] } satisfies Report, () => process.exit(1)),
  );
});
process.send?.('started');
