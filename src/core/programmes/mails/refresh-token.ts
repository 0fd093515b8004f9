/**
 * The refresh token that a mail provider has put in the place of the configured one. Large providers hand out a new one
 * with each answer and let the old run out after months: kept encrypted, for the next start and for other processes.
 */
import type { Desk } from '../../guard/work.js';

const name = 'mail.refresh-token';
const purpose = 'imap refresh token';

export interface RefreshTokens {
  /** Nothing when none is kept, or when it took the place of another token than the one configured now. */
  load(): Promise<string | undefined>;
  save(token: string): Promise<void>;
}

/** @param configured the refresh token of the settings; a new one there makes the kept one void */
export function refreshTokens({ database, secrets }: Desk, configured: string): RefreshTokens {
  const of = secrets.hash(purpose, configured);
  return {
    async load() {
      const row = await database.read((tx) => tx.setting.findUnique({ where: { name } }));
      if (!row) return undefined;
      const kept = JSON.parse(row.value) as { of: string; sealed: string };
      return kept.of === of ? secrets.open(purpose, kept.sealed) : undefined;
    },
    save: (token) =>
      database.transact(async ({ tx }) => {
        const value = JSON.stringify({ of, sealed: secrets.seal(purpose, token) });
        await tx.setting.upsert({ where: { name }, create: { name, value }, update: { value } });
      }),
  };
}
