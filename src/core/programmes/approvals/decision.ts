/** Deciding a request (X3): by another person, once, for exactly the content that was asked. */
import { Refusal } from '../../guard/refusal.js';
import { approvalRef, approvedHash, approversOf, tellApprovals } from '../../guard/approval.js';
import { identify, isStaff, type Actor } from '../../guard/identity.js';
import type { Work } from '../../guard/work.js';
import type { Locale } from '../../locales/locale.js';
import type { Approval } from '../../database/connect.js';
import { summaryOf } from '../../command/request-summary.js';
import type { AnyCommand, FourEyes } from '../../command/define.js';
import { understand } from '../../command/input.js';
import { FileGone, restoredInput, type KeptInput } from '../../command/kept-files.js';
import type { CountedRefusal, Done } from '../../command/outcome.js';
import type { Registry } from '../../command/registry.js';
import { fieldContext, homeOf } from '../../command/context.js';

export type Verdict = 'approved' | 'refused';

/** @throws {Refusal} `object.unknown`, `approval.decided|void|expired|self`, `access.denied` */
export async function openRequest(work: Work, id: number): Promise<Approval> {
  const row = await work.tx.approval.findUnique({ where: { id } });
  mustSee(work, row);
  if (!row) throw new Refusal('object.unknown', { number: approvalRef(id) });
  if (row.state === 'void') throw new Refusal('approval.void', { number: approvalRef(id) });
  if (row.state === 'expired' || (row.state === 'pending' && row.expiresAt <= work.now))
    throw new Refusal('approval.expired', { number: approvalRef(id) });
  if (row.state !== 'pending') throw new Refusal('approval.decided', { number: approvalRef(id), state: row.state });
  const why = sameHand(work.actor, row);
  if (why) throw new Refusal('approval.self', { number: approvalRef(id), why });
  if (!mayDecide(work, row)) throw new Refusal('access.denied', { why: 'approver', command: row.command });
  return row;
}

/**
 * Whose hand asked: the asker's, that of whoever let the asker's mail pass, and the operator's where it asked in the
 * asker's name. None of them is the second person.
 */
function sameHand(actor: Actor, request: Approval): 'asker' | 'released' | 'operator' | undefined {
  if (request.requesterId === actor.personId) return 'asker';
  if (request.releasedById === actor.personId) return 'released';
  return request.byOperator && actor.operator ? 'operator' : undefined;
}

type Addressed = Pick<Approval, 'command' | 'approvers' | 'orgId'>;

const isOwner = ({ members }: Actor, orgId: number | null): boolean =>
  members.some((member) => member.orgId === orgId && member.role === 'owner');

/** Whether the actor has a role that may decide the request, or is one of the owners that it was put to. */
export function mayDecide(work: Pick<Work, 'actor' | 'desk'>, request: Addressed): boolean {
  const approvers = approversOf(work.desk, request);
  const asOwner = approvers.includes('owner') && isOwner(work.actor, request.orgId);
  return asOwner || work.actor.roles.some((role) => approvers.includes(role));
}

/**
 * Staff see every request, an owner those that were put to the owners; of all others not even whether there are any.
 * @throws {Refusal} `access.denied`
 */
export function mustSee(work: Work, request: Addressed | null): void {
  if (!isStaff(work.actor) && !(request && mayDecide(work, request)))
    throw new Refusal('access.denied', { why: 'role', command: '' });
}

/** Records one person's yes; with enough of them the command is carried out in this transaction. */
export async function approve(work: Work, id: number, registry: Registry): Promise<Done | CountedRefusal> {
  const request = await openRequest(work, id);
  const command = commandOf(registry, request);
  const asked = await asAsked(work, command, request);
  const content = asked && (await command.fourEyes?.content(work, asked.input, id));
  if (!asked || approvedHash(request.command, JSON.parse(request.input), content) !== request.contentHash)
    return voided(work, command, request);
  const { input, requester } = asked;
  const again = !(await recordVote(work, request, { verdict: 'approved', reason: null }));
  const votes = await work.tx.approvalDecision.count({ where: { approvalId: id, verdict: 'approved' } });
  const number = approvalRef(id);
  if (votes < request.needed) {
    if (!again) {
      await command.fourEyes?.seen?.(work, id);
      tellApprovals(work, id);
    }
    const { needed } = request;
    return {
      code: 'approval.pending',
      data: { approval: number, state: 'pending', command: request.command, needed, votes, again },
      waiting: true,
    };
  }
  await end(work, request, 'approved');
  const theirs = { ...work, locale: requester.locale ?? work.locale };
  const { fourEyes } = command;
  const done = fourEyes?.approved ? await fourEyes.approved(theirs, input, id) : await command.run(theirs, input, id);
  if ('refusal' in done) throw done.refusal;
  work.audit({ action: 'approval approved', object: number, detail: { command: request.command, outcome: done.code } });
  await tellRequester(work, request, { verdict: 'approved', command });
  return {
    code: 'approval.approved',
    data: {
      approval: number,
      state: 'approved',
      command: request.command,
      result: { code: done.code, data: done.data },
    },
  };
}

/** One no ends it, with its reason. */
export async function refuse(
  work: Work,
  id: number,
  more: { registry: Registry; reason: string; returned?: boolean },
): Promise<Done> {
  const request = await openRequest(work, id);
  const command = commandOf(more.registry, request);
  await recordVote(work, request, { verdict: 'refused', reason: more.reason });
  await end(work, request, 'refused');
  await command.fourEyes?.release(work, id, {
    state: 'refused',
    reason: more.reason,
    ...(more.returned ? { returned: true } : {}),
  });
  work.audit({
    action: 'approval refused',
    object: approvalRef(id),
    detail: { command: request.command, reason: more.reason },
  });
  await tellRequester(work, request, { verdict: 'refused', reason: more.reason, command });
  return {
    code: 'approval.refused',
    data: { approval: approvalRef(id), state: 'refused', command: request.command, reason: more.reason },
  };
}

/** Ends a request that nobody decided in time; what it held is let go. */
export async function expire(work: Work, id: number, registry: Registry): Promise<void> {
  const request = await work.tx.approval.findUniqueOrThrow({ where: { id } });
  if (request.state !== 'pending' || request.expiresAt > work.now) return;
  await end(work, request, 'expired');
  // a request outlives a command that is no longer there
  const command = registry.find(request.command);
  await command?.fourEyes?.release(work, id, { state: 'expired' });
  work.audit({ action: 'approval expired', object: approvalRef(id), detail: { command: request.command } });
  await tellRequester(work, request, { verdict: 'expired', command });
}

/** Ends a request whose object has changed or is gone, or that its asker takes back; nobody decides it any more. */
export async function withdraw(work: Work, id: number, state: 'void' | 'cancelled'): Promise<void> {
  const request = await work.tx.approval.findUnique({ where: { id } });
  if (request?.state !== 'pending') return;
  await end(work, request, state);
  work.audit({ action: `approval ${state}`, object: approvalRef(id), detail: { command: request.command } });
}

/**
 * What other requests of a command about an object were asked about is no longer so: they are void at once, and their
 * askers told.
 * @param of.release the command's own, where it tells its askers itself
 */
export async function overtake(
  work: Work,
  of: { command: string; object: string; except?: number | undefined; release?: FourEyes<never>['release'] },
): Promise<void> {
  const { command, object, except, release } = of;
  const others = await work.tx.approval.findMany({
    where: { command, object, state: 'pending', ...(except === undefined ? {} : { id: { not: except } }) },
  });
  for (const request of others) {
    await withdraw(work, request.id, 'void');
    if (release) await release(work, request.id, { state: 'void' });
    else await tellRequester(work, request, { verdict: 'void', command: undefined });
  }
}

function commandOf(registry: Registry, request: Approval): AnyCommand {
  const command = registry.find(request.command);
  if (!command) throw new Error(`approval ${request.id} is for a command that no longer exists: ${request.command}`);
  return command;
}

/** The request's input, understood again as its asker typed it; nothing when it no longer can be (a product or a file is gone). */
async function asAsked(
  work: Work,
  command: AnyCommand,
  request: Approval,
): Promise<{ input: never; requester: Actor } | undefined> {
  const requester = await identify(work.tx, { kind: 'session', personId: request.requesterId });
  try {
    const raw = await restoredInput(work.desk, JSON.parse(request.input) as KeptInput);
    const country = (await homeOf(command, { ...work, actor: requester }, raw)) ?? requester.country;
    const context = fieldContext(work.desk, { locale: request.locale as Locale, country });
    const { input } = understand(command, raw, context);
    return { input: input as never, requester };
  } catch (error) {
    if (error instanceof Refusal || error instanceof FileGone) return undefined;
    throw error;
  }
}

/** What was asked is no longer what it was: nothing is carried out, and that stays recorded. */
async function voided(work: Work, command: AnyCommand, request: Approval): Promise<CountedRefusal> {
  const refusal = new Refusal('approval.void', { number: approvalRef(request.id) });
  // thrown, nothing of it stays
  if (work.dryRun) throw refusal;
  await end(work, request, 'void');
  await command.fourEyes?.release(work, request.id, { state: 'void' });
  work.audit({ action: 'approval void', object: approvalRef(request.id), detail: { command: request.command } });
  await tellRequester(work, request, { verdict: 'void', command });
  return { refusal };
}

/** A person has one vote, which may become a no as long as others are waited for; false when it stands so already. */
async function recordVote(
  work: Work,
  { id: approvalId }: Approval,
  vote: { verdict: Verdict; reason: string | null },
): Promise<boolean> {
  const { personId } = work.actor;
  const where = { approvalId_personId: { approvalId, personId } };
  const before = await work.tx.approvalDecision.findUnique({ where });
  if (before?.verdict === vote.verdict) return false;
  const row = { ...vote, door: work.door, decidedAt: work.now };
  await work.tx.approvalDecision.upsert({ where, create: { approvalId, personId, ...row }, update: row });
  return true;
}

/** Two clicks at once give one decision: the second finds it no longer pending. */
async function end(
  work: Work,
  request: Approval,
  state: 'approved' | 'refused' | 'expired' | 'void' | 'cancelled',
): Promise<void> {
  const { count } = await work.tx.approval.updateMany({
    where: { id: request.id, state: 'pending' },
    data: { state, endedAt: work.now },
  });
  if (count !== 1) throw new Refusal('approval.decided', { number: approvalRef(request.id), state: request.state });
  tellApprovals(work, request.id);
}

/** The asker hears by mail, and in chat when asked there. */
async function tellRequester(
  work: Work,
  request: Approval,
  more: { verdict: Verdict | 'expired' | 'void'; reason?: string; command: AnyCommand | undefined },
): Promise<void> {
  if (more.command?.fourEyes?.tells) return;
  const person = await work.tx.person.findUniqueOrThrow({
    where: { id: request.requesterId },
    include: { addresses: { where: { main: true } }, discordUsers: true },
  });
  const locale = request.locale as Locale;
  const decided = more.verdict === 'approved' || more.verdict === 'refused';
  const params = {
    number: approvalRef(request.id),
    verdict: more.verdict,
    ...(decided ? { decider: work.actor.name } : {}),
    ...(more.reason ? { reason: more.reason } : {}),
    summary: summaryOf(work.desk, { ...request, declared: more.command }, locale),
  };
  const about = {
    letter: 'approval-decided',
    personId: person.id,
    locale,
    params,
    object: approvalRef(request.id),
  } as const;
  const address = person.addresses[0]?.email;
  const discord = person.discordUsers[0]?.discordId;
  if (request.door === 'chat' && discord && work.desk.chat)
    work.send({ channel: 'chat', recipient: discord, ...about });
  else if (address) work.send({ channel: 'mail', recipient: address, ...about });
}
