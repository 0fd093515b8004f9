/**
 * The one way from a door to a handler and back: who may → once → form → approval or preview → handler, in one
 * transaction with its audit, mails and stored answer (invariants 2 and 4). The only place where errors become answers.
 */
import { randomUUID } from 'node:crypto';
import { firstPerson } from '../guard/person.js';
import { identify, type Actor, type Caller } from '../guard/identity.js';
import { answerRow, firstAnswer, type Once } from '../guard/once.js';
import { denial, denied, standing } from '../guard/policy.js';
import { Refusal } from '../guard/refusal.js';
import { countAttempt } from '../guard/limit.js';
import { createWork, type Desk, type Door, type Work, type WorkUnit } from '../guard/work.js';
import { localeOf, type Locale } from '../locales/locale.js';
import { textsOf } from '../locales/texts.js';
import { givingBackNumbers } from '../database/sequences.js';
import type { Leaves, Unit } from '../database/transact.js';
import { carryOut, refused } from './execute.js';
import { fieldContext, homeOf, readerOf } from './context.js';
import type { Reader } from './value.js';
import type { AnyCommand } from './define.js';
import { understand, type RawInput } from './input.js';
import { keepFiles, mayWait } from './kept-files.js';
import type { Outcome } from './outcome.js';
import { carrierOf, Interrupted, keepFound, type Found } from './parts.js';
import { dryRun as dryRunField } from './dictionary.js';
import type { Registry } from './registry.js';
import { keyContent, onceBefore, onceOf, storable } from './repeat.js';
import type { FieldContext } from './type.js';

export interface Request {
  readonly door: Door;
  readonly caller: Caller;
  /** `noun verb`. */
  readonly command: string;
  readonly input: RawInput;
  /** Idempotency key: one per person and command (X4). */
  readonly key?: string | undefined;
  readonly dryRun?: boolean;
  /** Where a web request came from, for limits. */
  readonly ip?: string | undefined;
  /** The door's guess at the language of somebody unknown. */
  readonly locale?: string | null | undefined;
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Told the asker's language as soon as it is known: spares a door a look-up of its own. */
  readonly speaks?: ((locale: Locale) => void) | undefined;
}

/** A request whose parts were done already. */
type ResumableRequest = Request & { readonly found?: Found | undefined };

/** Carries a dry run's answer out of the transaction that must roll back. */
class DryRunEnd extends Error {
  readonly outcome: Outcome;
  /** What is kept all the same: that it was tried, where it told something. */
  readonly work: Pick<Work, 'actor' | 'locale' | 'told'>;
  constructor(outcome: Outcome, work: DryRunEnd['work']) {
    super('dry run');
    this.outcome = outcome;
    this.work = work;
  }
}

export interface Dispatcher {
  readonly registry: Registry;
  readonly desk: Desk;
  /** Never throws: a fault of ours is an outcome with a reference that finds it in the log. */
  dispatch(request: Request): Promise<Outcome>;
  /** What fields may depend on, for a door that offers choices. */
  context(locale: Locale, actor?: Actor): FieldContext;
  /** How answers are read in a language. */
  reader(locale: Locale): Reader;
}

export interface DispatchOptions {
  readonly desk: Desk;
  readonly registry: Registry;
  /** Told of every fault with its reference. */
  readonly onFault: (fault: { reference: string; error: unknown; command: string }) => void;
}

export function createDispatcher({ desk, registry, onFault }: DispatchOptions): Dispatcher {
  const context = (locale: Locale, actor?: Actor): FieldContext =>
    fieldContext(desk, { locale, country: actor?.country });
  const carryParts = carrierOf(desk);

  /** Everything between a known command and its outcome, inside the transaction. */
  async function perform(unit: WorkUnit, request: ResumableRequest, command: AnyCommand): Promise<Outcome> {
    const known = await identify(unit.tx, request.caller);
    const locale = known.locale ?? localeOf(request.locale, desk.locale);
    request.speaks?.(locale);
    try {
      const why = denied(known, command, request.door);
      if (why) throw denial(why, command.name);
      const before = onceBefore(request, known, { command, desk });
      for (const once of before) {
        const first = await firstAnswer<Outcome>(unit, once, desk.secrets);
        if (first) return first;
      }
      const actor =
        known.personId === 0 && !command.reads
          ? await firstPerson(unit, { desk, actor: known, door: request.door, locale })
          : known;
      const once = actor === known ? before[0] : onceOf(request, actor, { command, desk });
      return await answerOnce(unit, { once, actor: standing(actor, command), locale, request, command });
    } catch (error) {
      throw error instanceof Refusal ? new RefusedInside(error, known, locale) : error;
    }
  }

  async function answerOnce(
    unit: WorkUnit,
    asked: { once: Once | undefined; actor: Actor; locale: Locale; request: ResumableRequest; command: AnyCommand },
  ): Promise<Outcome> {
    const { once, actor, locale, request, command } = asked;
    const dryRun = request.dryRun ?? false;
    const { door, ip, progress } = request;
    const nowhere = createWork(unit, { desk, actor, door, locale, ip, dryRun, progress });
    const country = (await homeOf(command, nowhere, request.input)) ?? actor.country;
    const understood = understand(command, request.input, fieldContext(desk, { locale, country }));
    const work = { ...nowhere, org: understood.org };
    if (request.found) keepFound(work, request.found);
    const { outcome, counted, previewed } = await carryOut(work, command, { understood, raw: request.input }).catch(
      (error: unknown) => {
        if (!dryRun || !(error instanceof Refusal)) throw error;
        throw new DryRunEnd(refused(error, locale, { dryRun: true }), work);
      },
    );
    // a wrong try is counted in a dry run too: else trying would be free
    if (dryRun && counted && work.told.length === 0) return { ...outcome, dryRun: true };
    if (dryRun) throw new DryRunEnd({ ...outcome, dryRun: true }, work);
    // a preview has done nothing: its confirmation may come under the same key
    if (once && !previewed)
      unit.leaves.answers.push(answerRow(once, storable(outcome), { secrets: desk.secrets, now: work.now }));
    return outcome;
  }

  async function dispatch(asked: Request): Promise<Outcome> {
    const command = registry.find(asked.command);
    const request = { ...asked, dryRun: command !== undefined && isDryRun(asked, command) };
    try {
      if (!command) return await unknown(request);
      if (command.ahead || mayWait(command, request.input)) await lookAhead(request, command);
      const write = (found?: Found) =>
        desk.database
          .transact((unit) => {
            const work = () => perform(unit, { ...request, found }, command);
            return request.dryRun ? givingBackNumbers(unit.tx, desk.database.provider, work) : work();
          })
          .catch((error: unknown) => {
            throw found?.written && !(error instanceof RefusedInside) ? new Interrupted(error) : error;
          });
      if (!command.reads) return await (command.parts ? carryParts(request, command, write) : write());
      await meet(request, command);
      return await desk.database.read((tx) => perform({ tx, leaves: noLeaves }, request, command));
    } catch (error) {
      return await failed(error, request, command).catch((another: unknown) => fault(another, request));
    }
  }

  /** Asked for by the door, or as a field; whoever wrote something unreadable there wanted no change either. */
  function isDryRun(request: Request, command: AnyCommand): boolean {
    const raw = command.reads ? undefined : request.input[dryRunField.name];
    if (request.dryRun || raw === undefined || raw === '') return request.dryRun ?? false;
    try {
      return dryRunField.type.parse(raw, context(desk.locale));
    } catch {
      return true;
    }
  }

  /** A proven address may begin with a command that only reads (X1): it becomes a person before that. */
  async function meet(request: Request, command: AnyCommand): Promise<void> {
    const { caller } = request;
    const email = caller.kind === 'address' ? caller.email : caller.kind === 'operator' ? caller.as : undefined;
    if (email === undefined || !command.who.includes('anyone')) return;
    const isNobody = async (tx: Unit['tx']) => (await identify(tx, caller)).personId === 0;
    if (!(await desk.database.read(isNobody))) return;
    await desk.database.transact(async (unit) => {
      if (!(await isNobody(unit.tx))) return;
      const actor = await identify(unit.tx, caller);
      await firstPerson(unit, { desk, actor, door: request.door, locale: localeOf(request.locale, desk.locale) });
    });
  }

  /** What would hold up the transaction, and everybody who waits for it; for nobody who will be refused. */
  async function lookAhead(request: Request, command: AnyCommand): Promise<void> {
    const actor = await desk.database.read((tx) => identify(tx, request.caller));
    if (denied(actor, command, request.door)) return;
    await command.ahead?.(desk, request.input);
    if (!request.dryRun && mayWait(command, request.input)) await keepFiles(desk, command, request.input);
  }

  /** The single gate from anything thrown to an answer. */
  async function failed(error: unknown, request: Request, command: AnyCommand | undefined): Promise<Outcome> {
    if (error instanceof DryRunEnd) {
      await keepTold(error, request);
      return error.outcome;
    }
    if (error instanceof RefusedInside && command) {
      const outcome = refused(error.refusal, error.locale, (request.dryRun ?? false) ? { dryRun: true } : {});
      return (await keepRefusal(error, { request, command, outcome })) ?? outcome;
    }
    return fault(error, request);
  }

  function fault(error: unknown, request: Request): Outcome {
    const reference = randomUUID().slice(0, 8);
    onFault({ reference, error, command: request.command });
    const say = textsOf(localeOf(request.locale, desk.locale));
    const message = error instanceof Interrupted ? say.interrupted({ reference }) : say.fault({ reference });
    return { ok: false, code: 'fault', message, reference };
  }

  /** A dry run that told something about somebody else is counted and audited like the real one. */
  async function keepTold({ work }: DryRunEnd, { command, input, door }: Request): Promise<void> {
    const { actor, locale, told } = work;
    if (told.length === 0) return;
    await desk.database.transact(async (unit) => {
      const kept = createWork(unit, { desk, actor, door, locale });
      for (const key of told) await countAttempt(unit.tx, key, kept.now);
      kept.audit({ action: `${command} tried`, detail: { input: keyContent(input, desk) } });
    });
  }

  /**
   * A refusal given under a key is a first answer too; its handler's changes are gone, so it is kept by itself. Answers the
   * one that was kept meanwhile, which is what the key's sender is told.
   */
  async function keepRefusal(
    told: RefusedInside,
    more: { request: Request; command: AnyCommand; outcome: Outcome },
  ): Promise<Outcome | undefined> {
    const once =
      more.command.reads || more.outcome.dryRun || told.refusal.code === 'key.reused'
        ? undefined
        : onceOf(more.request, told.actor, { command: more.command, desk });
    if (!once) return undefined;
    return desk.database
      .transact(async (unit) => {
        const first = await firstAnswer<Outcome>(unit, once, desk.secrets);
        if (!first)
          unit.leaves.answers.push(answerRow(once, more.outcome, { secrets: desk.secrets, now: desk.clock() }));
        // whoever may no longer ask is not told what was answered before
        return told.refusal.code === 'access.denied' || told.refusal.code === 'sender.unproven' ? undefined : first;
      })
      .catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        return undefined;
      });
  }

  async function unknown(request: Request): Promise<Outcome> {
    const actor = await desk.database.read((tx) => identify(tx, request.caller));
    const locale = actor.locale ?? localeOf(request.locale, desk.locale);
    return refused(
      new Refusal('command.unknown', { command: request.command, nearest: registry.nearest(request.command) }),
      locale,
    );
  }

  return { registry, desk, dispatch, context, reader: (locale) => readerOf(desk, locale) };
}

/** A refusal with whom it is told to. */
class RefusedInside extends Error {
  readonly refusal: Refusal;
  readonly actor: Actor;
  readonly locale: Locale;
  constructor(refusal: Refusal, actor: Actor, locale: Locale) {
    super(refusal.code);
    this.refusal = refusal;
    this.actor = actor;
    this.locale = locale;
  }
}

const noLeaves: Leaves = { audit: [], outbox: [], answers: [] };
