/** A command that comes a second time (X4): under whom and for what content its first answer is kept. */
import { createHash } from 'node:crypto';
import type { Actor } from '../guard/identity.js';
import { contentHash, type Once } from '../guard/once.js';
import type { Desk } from '../guard/work.js';
import type { AnyCommand } from './define.js';
import type { Request } from './dispatch.js';
import type { RawInput } from './input.js';
import type { Outcome } from './outcome.js';
import { looksSecret } from './secret-fields.js';
import { areUploads, isUpload, type Upload } from './type.js';

interface RepeatContext {
  readonly command: AnyCommand;
  readonly desk: Pick<Desk, 'secrets'>;
}

/** Under whom an answer is kept. A Discord user who is nobody yet has its own interactions all the same. */
export function onceOf(request: Request, actor: Actor, { command, desk }: RepeatContext): Once | undefined {
  const { key, caller } = request;
  if (!key || command.reads || request.dryRun) return undefined;
  const what = { command: command.name, contentHash: contentHash(keyContent(request.input, desk)) };
  if (actor.personId !== 0) return { ...what, personId: actor.personId, key };
  return caller.kind === 'discord' ? { ...what, personId: 0, key: `${caller.id} ${key}` } : undefined;
}

/** Where a first answer may be: a Discord user may have been nobody when it asked (linking itself). */
export function onceBefore(request: Request, actor: Actor, asked: RepeatContext): Once[] {
  const asStranger = request.caller.kind === 'discord' && actor.personId !== 0 && asked.command.who.includes('anyone');
  return [
    onceOf(request, actor, asked),
    ...(asStranger ? [onceOf(request, { ...actor, personId: 0 }, asked)] : []),
  ].filter((once) => once !== undefined);
}

/** What an input is compared by: a file by its name and hash, a secret by its keyed hash. */
export const keyContent = (input: RawInput, { secrets }: Pick<Desk, 'secrets'>): unknown =>
  Object.fromEntries(
    Object.entries(input).map(([name, raw]) => {
      if (isUpload(raw)) return [name, fileContent(raw)];
      if (areUploads(raw)) return [name, raw.map(fileContent)];
      return [name, looksSecret(name) ? secrets.hash('input', JSON.stringify(raw)) : raw];
    }),
  );

const fileContent = ({ name, content }: Upload): unknown => ({ name, sha256: fileHash(content) });

const hashes = new WeakMap<Buffer, string>();

/** SHA-256 (hex), made once: a command with a large file is compared several times. */
export function fileHash(content: Buffer): string {
  const hash = hashes.get(content) ?? createHash('sha256').update(content).digest('hex');
  hashes.set(content, hash);
  return hash;
}

/**
 * A stored answer keeps no file: what made it can be asked for again. It keeps its panel: a mail that comes again after a
 * crash is answered with the form that goes on from there.
 */
export function storable(outcome: Outcome): Outcome {
  if (!outcome.ok) return outcome;
  const { file: _, ...rest } = outcome;
  return rest;
}
