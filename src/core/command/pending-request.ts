/** What was asked already and waits for a second person is not asked again: it is one request (X3). */
import { approvalRef, approvedHash } from '../guard/approval.js';
import { canonical } from '../guard/once.js';
import type { Work } from '../guard/work.js';
import { fieldContext } from './context.js';
import type { AnyCommand, Use } from './define.js';
import { emptiesField, type RawInput } from './input.js';
import { keptInput, type KeptInput } from './kept-files.js';
import { Fault, type FieldContext, type Raw } from './type.js';

/**
 * The request that asks the same, by the fields that the command names, and still could be approved: what it is about is
 * what it was. Whoever asks may ask it: that is checked before.
 * @returns its printed number
 */
export async function askedAlready(
  work: Work,
  command: AnyCommand,
  asked: { input: never; raw: RawInput },
): Promise<string | undefined> {
  const { fourEyes } = command;
  const uses = command.uses.filter(({ field }) => fourEyes?.same?.includes(field.name));
  if (!fourEyes || uses.length === 0) return undefined;
  const context = fieldContext(work.desk, { locale: work.locale, country: work.actor.country });
  const same = (kept: KeptInput) => canonical(uses.map((use) => meant(use, kept[use.field.name], context)));
  const wanted = same(keptInput(asked.raw));
  const waiting = await work.tx.approval.findMany({
    where: { command: command.name, state: 'pending', expiresAt: { gt: work.now } },
    orderBy: { id: 'asc' },
  });
  for (const { id, input, contentHash } of waiting) {
    const typed = JSON.parse(input) as KeptInput;
    if (same(typed) !== wanted) continue;
    const content = await fourEyes.content(work, asked.input, id);
    if (approvedHash(command.name, typed, content) === contentHash) return approvalRef(id);
  }
  return undefined;
}

/** A value as it is understood, however it was typed; a file by its hash. */
function meant(use: Use, kept: KeptInput[string] | undefined, context: FieldContext): unknown {
  if (kept === undefined || kept === '') return null;
  if (typeof kept === 'object' && 'sha256' in kept) return kept.sha256;
  const raw = kept as Raw;
  if (use.empties && emptiesField(raw)) return '';
  try {
    return use.field.type.parse(raw, context) ?? null;
  } catch (fault) {
    if (fault instanceof Fault) return raw;
    throw fault;
  }
}
