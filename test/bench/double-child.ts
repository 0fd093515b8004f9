/** The double's process, seen from the one that measures. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Asked, Told } from './double.js';

export interface DoubleChild extends Told {
  /** How long each interaction waited for its first answer, in milliseconds. */
  ask(asked: Asked): Promise<number[]>;
  close(): void;
}

export async function startDoubleChild(): Promise<DoubleChild> {
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const child = fork(file('./double.ts'), { execArgv: ['--import', file('../servers/typescript.mjs')] });
  const [told] = (await once(child, 'message')) as [Told];
  return {
    ...told,
    async ask(asked) {
      child.send(asked);
      const [answer] = (await once(child, 'message')) as [{ waited: number[] } | { error: string }];
      if ('error' in answer) throw new Error(answer.error);
      return answer.waited;
    },
    close: () => child.disconnect(),
  };
}
