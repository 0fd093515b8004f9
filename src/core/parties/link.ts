/** One-time links (/t/TOKEN): only a keyed hash is kept, they end, and only a POST uses them (STATES, "Times"). */
import type { Desk } from '../guard/work.js';
import type { Tx } from '../record/database.js';
import { insertRows } from '../record/rows.js';

/** `password`: choose or reset one; `sign-up`: the same for an address that is nobody's yet. */
export type LinkPurpose = 'password' | 'sign-up';

export interface OpenLink {
  readonly purpose: LinkPurpose;
  readonly personId: number | null;
  readonly email: string | null;
  readonly expiresAt: Date;
}

const purpose = 'link';

export interface NewLink {
  readonly purpose: LinkPurpose;
  readonly personId?: number;
  readonly email?: string;
  readonly now: Date;
}

export interface MadeLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** Makes a link and answers its address, which is a secret: it goes only into a letter. */
export async function makeLink(tx: Tx, desk: Desk, link: NewLink): Promise<MadeLink> {
  const [made] = await makeLinks(tx, desk, [link]);
  if (!made) throw new Error('a link was not made');
  return made;
}

/** The same of many, in their order. */
export async function makeLinks(tx: Tx, desk: Desk, links: readonly NewLink[]): Promise<MadeLink[]> {
  const lastsMs = desk.catalogue.policy.times.passwordLinkHours * 3_600_000;
  const made = links.map(({ now }) => ({
    token: desk.secrets.token(),
    expiresAt: new Date(now.getTime() + lastsMs),
  }));
  await insertRows(
    tx,
    'OneTimeLink',
    links.map((link, at) => ({
      tokenHash: desk.secrets.hash(purpose, made[at]?.token ?? ''),
      purpose: link.purpose,
      personId: link.personId ?? null,
      email: link.email ?? null,
      createdAt: link.now,
      expiresAt: made[at]?.expiresAt ?? null,
    })),
  );
  return made.map(({ token, expiresAt }) => ({ url: `${desk.publicUrl}/t/${token}`, expiresAt }));
}

/** The link behind a token, if it is still open; looking changes nothing. */
export async function openLink(tx: Tx, desk: Desk, more: { token: string; now: Date }): Promise<OpenLink | undefined> {
  const row = await tx.oneTimeLink.findUnique({ where: { tokenHash: desk.secrets.hash(purpose, more.token) } });
  if (!row || row.usedAt !== null || row.expiresAt <= more.now) return undefined;
  return { purpose: row.purpose as LinkPurpose, personId: row.personId, email: row.email, expiresAt: row.expiresAt };
}

/** Uses a link up; false when somebody was quicker or it has ended. */
export async function spendLink(tx: Tx, desk: Desk, more: { token: string; now: Date }): Promise<boolean> {
  const { count } = await tx.oneTimeLink.updateMany({
    where: { tokenHash: desk.secrets.hash(purpose, more.token), usedAt: null, expiresAt: { gt: more.now } },
    data: { usedAt: more.now },
  });
  return count === 1;
}

/** Ends every open link of a person: a newer one, or a new password, replaces them. */
export async function endLinks(tx: Tx, personId: number, now: Date): Promise<void> {
  await tx.oneTimeLink.updateMany({ where: { personId, usedAt: null }, data: { usedAt: now } });
}
