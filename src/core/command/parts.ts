/**
 * Commands that take long: what they do is done in parts, each in a short transaction of its own that can be repeated, so
 * that others get their turn between two of them. The command itself (its preview, its answer, its audit) comes last, as
 * any other does. Broken off, it is asked for again and takes the rest.
 */
import { identify } from '../guard/identity.js';
import { contentHash, firstAnswer } from '../guard/once.js';
import { denial, denied, standing } from '../guard/policy.js';
import { Refusal } from '../guard/refusal.js';
import { createWork, type Desk, type Work, type WorkUnit } from '../guard/work.js';
import { localeOf } from '../locales/locale.js';
import { fieldContext } from './context.js';
import type { AnyCommand } from './define.js';
import type { Request } from './dispatch.js';
import { understand, type Understood } from './input.js';
import type { Outcome } from './outcome.js';
import { forgetBasis, previewBasis } from './preview.js';
import { onceBefore } from './repeat.js';

/** What the parts of a command are given. */
export interface Steps extends Pick<Work, 'desk' | 'actor' | 'locale' | 'progress'> {
  /** False for a preview and a dry run: `take` then only reads, and nothing that a part would have written is there. */
  readonly writes: boolean;
  /** Does one part. It may be begun again, so what it changes is in the database and what it found is what it answers. */
  take<T>(part: (work: Work) => Promise<T>): Promise<T>;
}

/** What came of the parts: told by the command's last transaction, a refusal too. */
export type Found = ({ readonly value: unknown } | { readonly refusal: Refusal }) & {
  /** A part of it stands already. */
  readonly written: boolean;
};

const finds = new WeakMap<Work, Found>();

/** For the last transaction. */
export const keepFound = (work: Work, found: Found): void => void finds.set(work, found);

/** The parts of a command, and what its preview and its `run` learn of them. */
export function inSteps<I, R>(parts: (steps: Steps, input: I) => Promise<R>) {
  return {
    parts,
    /** @throws {Refusal} that the parts ended with */
    found(work: Work): R {
      const found = finds.get(work);
      if (!found) throw new Error('nothing was done before the last part');
      if ('refusal' in found) throw found.refusal;
      return found.value as R;
    },
  };
}

/** A fault after a part has been written: it stands, and asking again takes the rest. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  constructor(cause: unknown) {
    super('interrupted between two parts', { cause });
  }
}

export type CarryOut = (
  request: Request,
  command: AnyCommand,
  last: (found: Found | undefined) => Promise<Outcome>,
) => Promise<Outcome>;

/** Two that write take turns: the same one coming again while it is under way then finds its first answer. */
export function carrierOf(desk: Desk): CarryOut {
  let turn: Promise<unknown> = Promise.resolve();
  return async (request, command, last) => {
    if (!(await desk.database.read((tx) => admitted({ tx }, { desk, request, command })))?.writes)
      return last(await takeParts(desk, request, command));
    const mine = turn.then(async () => last(await takeParts(desk, request, command)));
    turn = mine.catch(() => undefined);
    return mine;
  };
}

interface PartsRequest {
  readonly desk: Desk;
  readonly request: Request;
  readonly command: AnyCommand;
}

/** As the last transaction will find it; undefined when that will refuse it, or has its answer already. */
async function admitted({ tx }: Pick<WorkUnit, 'tx'>, { desk, request, command }: PartsRequest) {
  const actor = await identify(tx, request.caller);
  const locale = actor.locale ?? localeOf(request.locale, desk.locale);
  if (denied(actor, command, request.door)) return undefined;
  const asker = standing(actor, command);
  try {
    for (const once of onceBefore(request, actor, { command, desk }))
      if (await firstAnswer<Outcome>({ tx }, once, desk.secrets)) return undefined;
    const context = fieldContext(desk, { locale, country: actor.country });
    const understood = understand(command, request.input, context);
    return { actor: asker, locale, understood, writes: !request.dryRun && (!command.preview || understood.yes) };
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

type Admitted = NonNullable<Awaited<ReturnType<typeof admitted>>>;

async function takeParts(desk: Desk, request: Request, command: AnyCommand): Promise<Found | undefined> {
  const asked = { desk, request, command };
  const as = await desk.database.read((tx) => admitted({ tx }, asked));
  if (!as) return undefined;
  const preview = { command: command.name, raw: request.input };
  const read = () => foundBy(asked, as, { writes: false });
  if (!as.writes) return read();
  const unit = (tx: Work['tx']) => workOf({ tx, leaves: { audit: [], outbox: [], answers: [] } }, asked, as);
  const seen = command.preview && (await desk.database.read((tx) => previewBasis(unit(tx), preview)));
  if (seen !== undefined) {
    // it is stale if it would not be shown so again: the last transaction refuses it
    const now = await read();
    if (
      await desk.database.read(async (tx) => (await basisOf(unit(tx), as.understood, { command, found: now })) !== seen)
    )
      return now;
    // from here on it is this command that changes what it was made from
    await desk.database.transact(({ tx }) => forgetBasis(unit(tx), preview));
  }
  return foundBy(asked, as, { writes: true });
}

async function basisOf(
  work: Work,
  { input }: Understood,
  { command, found }: { command: AnyCommand; found: Found },
): Promise<string | undefined> {
  if ('refusal' in found) return undefined;
  keepFound(work, found);
  return contentHash((await command.preview?.(work, input as never))?.basis);
}

const workOf = (
  unit: WorkUnit,
  { desk, request }: PartsRequest,
  { actor, locale, understood, writes }: Admitted,
): Work =>
  createWork(unit, {
    ...{ desk, actor, locale, door: request.door, ip: request.ip, org: understood.org, progress: request.progress },
    dryRun: !writes,
  });

/** Does the parts. Who asks is looked at anew before each: somebody who may no longer do it gets no further. */
async function foundBy(asked: PartsRequest, as: Admitted, { writes }: { writes: boolean }): Promise<Found> {
  const { desk, request, command } = asked;
  let written = false;
  const part = async <T>(unit: WorkUnit, work: (work: Work) => Promise<T>): Promise<T> => {
    const actor = await identify(unit.tx, request.caller);
    const why = denied(actor, command, request.door);
    if (why) throw denial(why, command.name);
    return work(workOf(unit, asked, { ...as, actor: standing(actor, command), writes }));
  };
  const steps: Steps = {
    ...{ desk, actor: as.actor, locale: as.locale, writes, progress: request.progress ?? (() => undefined) },
    async take(work) {
      if (!writes)
        return desk.database.read((tx) => part({ tx, leaves: { audit: [], outbox: [], answers: [] } }, work));
      const done = await desk.database.transact((unit) => part(unit, work));
      written = true;
      return done;
    },
  };
  try {
    return { value: await command.parts?.(steps, as.understood.input as never), written };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error, written };
    throw written ? new Interrupted(error) : error;
  }
}
