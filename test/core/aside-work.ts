/** Jobs for aside.test.ts: good ones and those that must be ended. */
import { threadId } from 'node:worker_threads';

export type Asked =
  | { do: 'double'; bytes: Uint8Array }
  | { do: 'where' }
  | { do: 'environment' }
  | { do: 'spin' | 'match' | 'hang' | 'fill' | 'exit' | 'throw' | 'uncloneable' };

export interface Told {
  bytes?: Uint8Array;
  threadId: number;
  environment?: string[];
  odd?: unknown;
}

const work: Record<Asked['do'], (asked: never) => Told | Promise<Told>> = {
  double: ({ bytes }: { bytes: Uint8Array }) => ({ bytes: bytes.map((byte) => byte * 2), threadId }),
  where: () => ({ threadId }),
  environment: () => ({ threadId, environment: Object.keys(process.env) }),
  spin: () => {
    for (;;);
  },
  match: () => {
    if (/^(a+)+$/.test(`${'a'.repeat(60)}b`)) throw new Error('no such match');
    return { threadId };
  },
  hang: () => new Promise<Told>(() => {}),
  fill: () => {
    const kept: unknown[] = [];
    for (;;) kept.push(Array.from({ length: 1000 }, (_, at) => ({ at })));
  },
  exit: () => process.exit(3),
  throw: () => {
    throw new RangeError('out of range');
  },
  uncloneable: () => ({ threadId, odd: () => 1 }),
};

export default async (asked: Asked): Promise<Told> => work[asked.do](asked as never);
