/** An answer that its door could no longer show: by mail, to the person's main address. */
import type { Desk } from '../guard/work.js';
import type { Locale } from '../locales/locale.js';
import type { Reply } from './reply.js';

/**
 * Queues the answer for the person behind a Discord user.
 * @returns false when nobody is linked, or no address is known
 */
export async function answerByMail(
  desk: Desk,
  late: { discordId: string; command: string; reply: Reply; locale: Locale },
): Promise<boolean> {
  return desk.database.transact(async ({ tx, leaves }) => {
    const user = await tx.discordUser.findUnique({
      where: { discordId: late.discordId },
      include: { person: { include: { addresses: { where: { main: true } } } } },
    });
    const recipient = user?.person.addresses[0]?.email;
    if (!user || recipient === undefined) return false;
    const { headline, lines, faults } = late.reply;
    const summary = [...lines, ...faults.map(({ label, text }) => ({ label, value: text }))];
    leaves.outbox.push({
      channel: 'mail',
      letter: 'late-answer',
      recipient,
      personId: user.personId,
      locale: late.locale,
      params: { command: late.command, headline, summary },
    });
    return true;
  });
}
