/** How a page asks the core: by a command's name, for whoever has signed in. */
import type { AnyCommand } from '../core/command/define.js';
import type { RawInput } from '../core/command/input.js';
import type { Data, Outcome } from '../core/command/outcome.js';
import type { Caller } from '../core/guard/identity.js';
import { decodeForm } from './form.js';
import type { Ctx, Door } from './page-request.js';

export const callerOf = (c: Ctx): Caller => ({ kind: 'session', personId: c.var.visit.session?.personId ?? 0 });

export interface Asking {
  readonly command: string;
  readonly input: RawInput;
  readonly key?: string;
}

export function ask(c: Ctx, door: Door, asked: Asking): Promise<Outcome> {
  const { ip, locale } = c.var.visit;
  return door.dispatcher.dispatch({ door: 'web', caller: callerOf(c), ip, locale, ...asked });
}

/** What a reading command tells. @throws when it refuses: the page asks only what its reader may */
export async function read(c: Ctx, door: Door, asked: Asking): Promise<Data> {
  const outcome = await ask(c, door, asked);
  if (!outcome.ok) throw new Error(`${asked.command} answered ${outcome.code}`);
  return outcome.data;
}

export const commandNamed = (door: Door, name: string): AnyCommand => {
  const command = door.dispatcher.registry.find(name);
  if (!command) throw new Error(`there is no command ${name}`);
  return command;
};

/** What a query says for a reading command, as its form's fields. */
export const queried = (c: Ctx, command: AnyCommand): RawInput => decodeForm(command, c.req.query());

/** Hands a file over. */
export const handOver = (c: Ctx, file: { name: string; type: string; content: Buffer }): Response =>
  c.body(new Uint8Array(file.content), 200, {
    'content-type': file.type,
    'content-disposition': `attachment; filename="${file.name.replace(/[^\w.-]/g, '-')}"`,
  });
