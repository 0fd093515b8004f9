/** Web sessions: a token in a cookie, of which only a keyed hash is kept (STATES, "Times": 30 min idle, 12 h in all). */
import { identify, type Actor } from '../../guard/identity.js';
import type { Desk } from '../../guard/work.js';
import type { Tx } from '../../database/connect.js';

export interface Session {
  readonly personId: number;
  readonly actor: Actor;
  /** Signed in with a first password: another must be chosen before anything else. */
  readonly mustChoose: boolean;
  /** The second factor's code is still to come: nothing else is open (parties/second-factor.ts). */
  readonly awaitsCode: boolean;
}

const purpose = 'session';

// A page view within this time of the last one costs no write; an idle session ends that much earlier at most.
const seenEveryMs = 15_000;

/** Whether the person has a second factor that is in force. */
export const hasFactor = async (tx: Tx, personId: number): Promise<boolean> =>
  (await tx.secondFactor.count({ where: { personId, confirmedAt: { not: null } } })) > 0;

/**
 * Starts a session and answers its token, which goes only into the cookie. However somebody came in, a second factor
 * that is in force is asked for.
 * @param more.codeGiven it has just been given
 */
export async function startSession(
  tx: Tx,
  desk: Desk,
  more: { personId: number; now: Date; codeGiven?: true },
): Promise<string> {
  const token = desk.secrets.token();
  const { personId, now } = more;
  const awaitsCode = !more.codeGiven && (await hasFactor(tx, personId));
  await tx.session.create({
    data: { tokenHash: desk.secrets.hash(purpose, token), personId, createdAt: now, seenAt: now, awaitsCode },
  });
  return token;
}

/** The open session behind a token, if its person may still come in; being asked keeps it from idling out. */
export async function findSession(desk: Desk, token: string): Promise<Session | undefined> {
  const now = desk.clock();
  const { sessionIdleMinutes, sessionHours } = desk.catalogue.policy.times;
  const tokenHash = desk.secrets.hash(purpose, token);
  const found = await desk.database.read(async (tx) => {
    const row = await tx.session.findUnique({
      where: { tokenHash },
      include: { person: { select: { passwordKind: true } } },
    });
    if (
      !row ||
      row.seenAt.getTime() + sessionIdleMinutes * 60_000 <= now.getTime() ||
      row.createdAt.getTime() + sessionHours * 3_600_000 <= now.getTime()
    )
      return undefined;
    const actor = await identify(tx, { kind: 'session', personId: row.personId });
    return actor.state === 'invited' || actor.state === 'active' ? { row, actor } : undefined;
  });
  if (!found) return undefined;
  const { row, actor } = found;
  if (now.getTime() - row.seenAt.getTime() >= seenEveryMs)
    await desk.database.transact(({ tx }) => tx.session.updateMany({ where: { tokenHash }, data: { seenAt: now } }));
  const mustChoose = row.person.passwordKind === 'first';
  return { personId: row.personId, actor, mustChoose, awaitsCode: row.awaitsCode };
}

export async function endSession(tx: Tx, desk: Desk, token: string): Promise<void> {
  await tx.session.deleteMany({ where: { tokenHash: desk.secrets.hash(purpose, token) } });
}

/** Ends a session that waits for its code; false when it has had one, or is gone. */
export async function endWaiting(tx: Tx, desk: Desk, token: string): Promise<boolean> {
  const { count } = await tx.session.deleteMany({
    where: { tokenHash: desk.secrets.hash(purpose, token), awaitsCode: true },
  });
  return count === 1;
}

export async function endSessionsOf(tx: Tx, personId: number): Promise<void> {
  await tx.session.deleteMany({ where: { personId } });
}
