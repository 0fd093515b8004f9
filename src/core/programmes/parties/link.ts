/** One-time links (/t/TOKEN): only a keyed hash is kept, they end, and only a POST uses them (STATES, "Times"). */
import type { Desk } from '../../guard/work.js';
import type { Tx } from '../../database/connect.js';
import { insertRows } from '../../database/bulk-insert.js';

/**
 * `password`: choose or reset one; `sign-up`: the same for an address that is nobody's yet; `file`: fetch one; `device`:
 * activate one (E6); `owner`: confirm a domain owner's address (G4); `desk`: open the desk page;
 * `code`: see a domain's transfer code (G3).
 */
export type LinkPurpose = 'password' | 'sign-up' | 'file' | 'device' | 'owner' | 'desk' | 'code';

export interface OpenLink {
  readonly purpose: LinkPurpose;
  readonly personId: number | null;
  readonly email: string | null;
  /** What a link to a file, a device or an owner's address leads to. */
  readonly content: string | null;
  readonly expiresAt: Date;
}

const purpose = 'link';
const hourMs = 3_600_000;
const dayHours = 24;
/** A transfer that nobody has begun by then needs another code anyway. */
const codeDays = 14;

/** How long a link is open from when it is made. */
function openMs(desk: Desk, { purpose: what, first }: NewLink): number {
  const { passwordLinkHours, firstPasswordDays, deviceLinkDays, ownerVerificationDays } = desk.catalogue.policy.times;
  if (first) return firstPasswordDays * 24 * hourMs;
  if (what === 'file' || what === 'desk') return dayHours * hourMs;
  if (what === 'code') return codeDays * 24 * hourMs;
  if (what === 'owner') return ownerVerificationDays * 24 * hourMs;
  return (what === 'device' ? deviceLinkDays * 24 : passwordLinkHours) * hourMs;
}

export interface NewLink {
  readonly purpose: LinkPurpose;
  readonly personId?: number;
  readonly email?: string;
  readonly content?: string;
  /** To choose the first password, not another one: open as long as a first one by mail is good. */
  readonly first?: boolean;
  readonly now: Date;
  /** When it ends, if not as its purpose says: a reminder's link ends with the first one. */
  readonly until?: Date;
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
  const made = links.map((link) => ({
    token: desk.secrets.token(),
    expiresAt: link.until ?? new Date(link.now.getTime() + openMs(desk, link)),
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

/** The link behind a token, ended or not; looking changes nothing. */
export async function anyLink(
  tx: Tx,
  desk: Desk,
  more: { token: string; now: Date },
): Promise<(OpenLink & { readonly ended: boolean; readonly usedAt: Date | null }) | undefined> {
  const row = await tx.oneTimeLink.findUnique({ where: { tokenHash: desk.secrets.hash(purpose, more.token) } });
  if (!row) return undefined;
  const { personId, email, content, expiresAt, usedAt } = row;
  const ended = usedAt !== null || expiresAt <= more.now;
  return { purpose: row.purpose as LinkPurpose, personId, email, content, expiresAt, usedAt, ended };
}

/** The same, if it is still open. */
export async function openLink(tx: Tx, desk: Desk, more: { token: string; now: Date }): Promise<OpenLink | undefined> {
  const link = await anyLink(tx, desk, more);
  return link?.ended ? undefined : link;
}

/** What a link was made for, ended or not. */
export const purposeOf = async (tx: Tx, desk: Desk, token: string): Promise<LinkPurpose | undefined> =>
  (await anyLink(tx, desk, { token, now: desk.clock() }))?.purpose;

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
    where: { personId, usedAt: null, purpose: { in: ['password', 'sign-up'] satisfies LinkPurpose[] } },
    data: { usedAt: now },
  });
}

/** What a link of this device carries as its content. */
export const deviceContent = (deviceId: number): string => JSON.stringify({ device: deviceId });

/** Ends every open link to activate a device, whoever they were mailed to. */
export async function endDeviceLinks(tx: Tx, deviceId: number, now: Date): Promise<void> {
  await tx.oneTimeLink.updateMany({
    where: { purpose: 'device' satisfies LinkPurpose, content: deviceContent(deviceId), usedAt: null },
    data: { usedAt: now },
  });
}

/** What a link to confirm this address carries: not in the column `email`, whose links a chosen password ends. */
export const ownerContent = (email: string): string => JSON.stringify({ email });

/** Ends every open link to confirm this address. */
export async function endOwnerLinks(tx: Tx, email: string, now: Date): Promise<void> {
  await tx.oneTimeLink.updateMany({
    where: { purpose: 'owner' satisfies LinkPurpose, content: ownerContent(email), usedAt: null },
    data: { usedAt: now },
  });
}
