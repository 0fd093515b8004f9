/**
 * The Discord double in a process of its own, so that it takes none of the thread that is measured. Sends its addresses;
 * asked for interactions by message, it answers how long each waited for its first answer, in milliseconds.
 */
import { inFlight } from './measure.js';
import { startDiscordDouble } from '../servers/discord/double.js';

export interface Asked {
  readonly command: string;
  /** Values of the options, an interaction each. */
  readonly values: readonly Readonly<Record<string, string>>[];
  readonly flights: number;
}

export interface Told {
  readonly api: string;
  readonly token: string;
  readonly guildId: string;
  readonly userIds: readonly string[];
}

const users = 50;
const double = await startDiscordDouble({ token: 'a-bot-token', rateLimits: false });
const people = Array.from({ length: users }, (_, n) => double.user({ name: `Zoé ${n}`, locale: 'fr' }));

async function ask({ command, values, flights }: Asked): Promise<number[]> {
  await double.online();
  const waited: number[] = [];
  let next = 0;
  await inFlight(flights, values.length, async () => {
    const n = next++;
    const { record } = await people[n % users]!.command(command, values[n] ?? {});
    waited.push(record.answeredAfterMs ?? Number.NaN);
  });
  if (double.violations.length > 0) throw new Error(JSON.stringify(double.violations[0]));
  return waited;
}

process.on('message', (asked) => {
  ask(asked as Asked).then(
    (waited) => process.send?.({ waited }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
// whoever started it is gone
process.on('disconnect', () => process.exit(0));
const told: Told = {
  api: double.api,
  token: double.token,
  guildId: double.guildId,
  userIds: people.map(({ id }) => id),
};
process.send?.(told);
