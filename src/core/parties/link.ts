/** One-time links (/t/TOKEN): only a keyed hash is kept, they end, and only a POST uses them (STATES, "Times"). */
import type { Desk } from '../guard/work.js';
import type { Tx } from '../record/database.js';
import { insertRows } from '../record/rows.js';

/** `password`: choose or reset one; `sign-up`: the same for an address that is nobody's yet; `file`: fetch one. */
export type LinkPurpose = 'password' | 'sign-up' | 'file';

export interface OpenLink {
  readonly purpose: LinkPurpose;
  readonly personId: number | null;
  readonly email: string | null;
  /** What a link to a file leads to. */
  readonly content: string | null;
  readonly expiresAt: Date;
}

const purpose = 'link';
const hourMs = 3_600_000;
const fileLinkHours = 24;

export interface NewLink {
  readonly purpose: LinkPurpose;
  readonly personId?: number;
  readonly email?: string;
  readonly content?: string;
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
  const { passwordLinkHours } = desk.catalogue.policy.times;
  const made = links.map(({ now, purpose: what }) => ({
    token: desk.secrets.token(),
    expiresAt: new Date(now.getTime() + (what === 'file' ? fileLinkHours : passwordLinkHours) * hourMs),
  }));
  await insertRows(
    tx,
    'OneTimeLink',
    links.map((link, at) => ({
      tokenHash: desk.secrets.hash(purpose, made[at]?.token ?? ''),
      purpose: link.purpose,
      personId: link.personId ?? null,
      email: link.email ?? null,
      content: link.content ?? null,
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
  const { personId, email, content, expiresAt } = row;
  return { purpose: row.purpose as LinkPurpose, personId, email, content, expiresAt };
}

/** What a link was made for, ended or not. */
export async function purposeOf(tx: Tx, desk: Desk, token: string): Promise<LinkPurpose | undefined> {
  const row = await tx.oneTimeLink.findUnique({ where: { tokenHash: desk.secrets.hash(purpose, token) } });
  return row ? (row.purpose as LinkPurpose) : undefined;
}

/** Uses a link up; false when somebody was quicker or it has ended. */
export async function spendLink(tx: Tx, desk: Desk, more: { token: string; now: Date }): Promise<boolean> {
  const { count } = await tx.oneTimeLink.updateMany({
    where: { tokenHash: desk.secrets.hash(purpose, more.token), usedAt: null, expiresAt: { gt: more.now } },
    data: { usedAt: more.now },
  });
  return count === 1;
}

/** Ends every open link of a person to a password: a newer one, or a new password, replaces them. */
export async function endLinks(tx: Tx, personId: number, now: Date): Promise<void> {
  await tx.oneTimeLink.updateMany({
    where: { personId, usedAt: null, purpose: { not: 'file' } },
    data: { usedAt: now },
  });
}
