/** What becomes of a client's letters moves the device along: handed over, or come back (STATES "device"; E8). */
import type { Work } from '../../guard/work.js';
import { parseRef } from '../../guard/number.js';
import { clientLetters } from './letters.js';
import { leadsTo, move, type DeviceRow } from './device.js';
import { tellInstaller } from './notices.js';

/** A letter that left, or could not. */
export interface LetterOutcome {
  readonly letter: string;
  readonly recipient: string;
  readonly object: string | null;
  readonly createdAt: Date;
  /** Why it was refused, given up, or came back; absent when it was handed over. */
  readonly reason?: string;
}

/** The device that a letter of this kind is about, unless it was mailed anew, or to another address, since. */
async function deviceOf(work: Work, fate: LetterOutcome): Promise<DeviceRow | undefined> {
  const { letter, recipient, object, createdAt } = fate;
  if (!(clientLetters as readonly string[]).includes(letter)) return undefined;
  const id = parseRef('V', object ?? '');
  const row = id === undefined ? null : ((await work.tx.device.findUnique({ where: { id } })) as DeviceRow | null);
  if (!row || row.email !== recipient || row.linkedAt === null || createdAt < row.linkedAt) return undefined;
  return row;
}

/** registered → link-sent when the link was handed over; → bounced, told to the installer, when either letter could not be. */
export async function followMail(work: Work, fate: LetterOutcome): Promise<void> {
  const row = await deviceOf(work, fate);
  if (!row) return;
  if (fate.reason === undefined) {
    if (fate.letter === 'device-activation' && row.state === 'registered') await move(work, row, { to: 'link-sent' });
    return;
  }
  if (!leadsTo(row.state, 'bounced')) return;
  const bounced = await move(work, row, { to: 'bounced', reason: fate.reason });
  await tellInstaller(work, bounced, { step: 'bounced', reason: fate.reason });
}
