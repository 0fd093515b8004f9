/** What an installer is told of a device of its own (E8): by mail, and in Discord where that was the door. */
import type { Work } from '../../guard/work.js';
import { readers } from '../parties/readers.js';
import { deviceRef, type DeviceRow } from './device.js';

export interface DeviceNotice {
  readonly step: 'active' | 'expired' | 'bounced' | 'removed';
  readonly reason?: string;
}

/** Tells a device's installer what has become of it; not when the installer has just done that. */
export async function tellInstaller(work: Work, row: DeviceRow, { step, reason }: DeviceNotice): Promise<void> {
  if (work.actor.personId === row.installerId) return;
  for (const { personId, email, discordId, locale } of await readers(work, { id: row.installerId })) {
    const letter = {
      letter: 'device-step',
      personId,
      locale,
      object: deviceRef(row.id),
      params: {
        step,
        device: deviceRef(row.id),
        codeId: row.codeId,
        client: row.email,
        ...(reason === undefined ? {} : { reason }),
      },
    } as const;
    if (row.door === 'chat' && discordId) work.send({ channel: 'chat', recipient: discordId, ...letter });
    if (email) work.send({ channel: 'mail', recipient: email, ...letter });
  }
}
