/**
 * Where a person is named by words rather than by number: in details of the audit, in what mails were made of, in
 * requests. Statements find candidates; whether one names this person and nobody of a longer name is decided here.
 */
import type { Work } from '../../guard/work.js';
import { personRef } from '../../guard/about.js';
import { Prisma, type Provider, type Tx } from '../../database/connect.js';

/** What somebody is, and was, known by. */
export interface Known {
  readonly provider: Provider;
  readonly personId: number;
  /** Of today first; earlier ones too, unless somebody else has them by now. */
  readonly emails: readonly string[];
  readonly discordIds: readonly string[];
  /** First and last name together: one alone is many people's. */
  readonly names: readonly (readonly [string, string])[];
}

/** Gathers it from the account and from what the audit still has of its past. */
export async function knownAs(work: Work, personId: number): Promise<Known> {
  const { tx } = work;
  const person = await tx.person.findUniqueOrThrow({
    where: { id: personId },
    include: { addresses: { orderBy: [{ main: 'desc' }, { email: 'asc' }] }, discordUsers: true },
  });
  const past = await pastOf(tx, personId);
  const others = await tx.address.findMany({ where: { email: { in: past.emails }, personId: { not: personId } } });
  const users = await tx.discordUser.findMany({
    where: { discordId: { in: past.discordIds }, personId: { not: personId } },
  });
  const taken = new Set([...others.map(({ email }) => email), ...users.map(({ discordId }) => discordId)]);
  const all = (some: readonly string[]) => [...new Set(some)].filter((one) => !taken.has(one));
  const names = new Map(
    [[null, null] as const, ...past.names].flatMap(([firstThen, lastThen]) => {
      const [first, last] = [firstThen ?? person.firstName, lastThen ?? person.lastName];
      return first && last ? [[`${first} ${last}`, [first, last] as const]] : [];
    }),
  );
  return {
    provider: work.desk.database.provider,
    personId,
    emails: all([...person.addresses.map(({ email }) => email), ...past.emails]),
    discordIds: all([...person.discordUsers.map(({ discordId }) => discordId), ...past.discordIds]),
    names: [...names.values()],
  };
}

interface Past {
  readonly emails: string[];
  readonly discordIds: string[];
  readonly names: (readonly [string | null, string | null])[];
}

/** Addresses, Discord users and names that events about the person speak of. */
async function pastOf(tx: Tx, personId: number): Promise<Past> {
  const rows = await tx.$queryRaw<{ action: string; detail: string }[]>`
    SELECT a."action", d."detail" FROM "Audit" a JOIN "AuditDetail" d ON d."seq" = a."seq"
    WHERE a."object" = ${personRef(personId)} AND a."action" IN ('account linked', 'account unlinked', 'account edit')`;
  const past: Past = { emails: [], discordIds: [], names: [] };
  for (const { detail } of rows) {
    const said = JSON.parse(detail) as Record<string, unknown>;
    if (typeof said['email'] === 'string') past.emails.push(said['email']);
    if (typeof said['discordId'] === 'string') past.discordIds.push(said['discordId']);
    const { firstName, lastName } = (said['before'] ?? {}) as Record<string, string | null | undefined>;
    past.names.push([firstName ?? null, lastName ?? null]);
  }
  return past;
}

/** The text of a column as JSON has it between quotes. */
const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);

/** `column` may name the person: a condition for a statement, generous. */
export function mayName(column: string, known: Known): Prisma.Sql {
  const text = Prisma.raw(`"${column}"`);
  // both are blind to case, SQLite's to that of ASCII alone
  const like = Prisma.raw(known.provider === 'sqlite' ? 'LIKE' : 'ILIKE');
  const has = (word: string) => {
    const pattern = `%${quoted(word).replace(/[!%_]/g, '!$&')}%`;
    return Prisma.sql`${text} ${like} ${pattern} ESCAPE '!'`;
  };
  const conditions = [
    ...[...known.emails, ...known.discordIds].map(has),
    ...known.names.map(([first, last]) => Prisma.sql`(${has(last)} AND ${has(first)})`),
  ];
  return conditions.length === 0 ? Prisma.sql`1 = 0` : Prisma.sql`(${Prisma.join(conditions, ' OR ')})`;
}

/** Whether a text names the person; `anna@b.example` is not named by `joanna@b.example`. */
export function namer(known: Known): (text: string | null) => boolean {
  const whole = (text: string, before: string, after: string) =>
    new RegExp(`(?<!${before})${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!${after})`, 'iu');
  const words = [
    ...known.emails.map((email) => [whole(email, '[\\p{L}\\p{N}_.%+\\-]', '[\\p{L}\\p{N}_\\-]|\\.[\\p{L}\\p{N}]')]),
    ...known.discordIds.map((id) => [whole(id, '\\d', '\\d')]),
    ...known.names.map((both) => both.map((name) => whole(name, '\\p{L}', '\\p{L}'))),
  ];
  return (text) => {
    if (text === null) return false;
    // in JSON a line's end is two characters, of which the second looks like part of a word
    const plain = text.replace(
      /\\(?:u[0-9a-f]{4}|.)/gi,
      (sign) => (sign === '\\"' || sign === '\\\\' ? sign[1] : ' ') ?? ' ',
    );
    return words.some((all) => all.every((word) => word.test(plain)));
  };
}
