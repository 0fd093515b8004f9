/** The client's letters: credentials for a new account, and the link that activates the device (E5). */
import type { Work } from '../../guard/work.js';
import { formatDay, formatInstant } from '../../locales/format.js';
import { localeOf, type Locale } from '../../locales/locale.js';
import { deviceContent, makeLink } from '../parties/link.js';
import { hashFirst } from '../parties/password.js';
import { keptClient } from './client.js';
import { deviceRef, type DeviceRow } from './device.js';
import { installerOf } from './installer.js';

export const clientLetters = ['device-credentials', 'device-activation'] as const;

/** What a client needs to sign in for the first time; goes into its letter and nowhere else. */
export interface FirstPassword {
  readonly plain: string;
  readonly hash: string;
  readonly until: Date;
}

/** A first password for a new account, where the vendor mails such; else its letter has a link to choose one. */
export function firstPassword({ desk, now }: Work): FirstPassword | undefined {
  const { policy, vendor } = desk.catalogue;
  if (vendor.credentials !== 'password') return undefined;
  const plain = desk.secrets.password();
  const until = new Date(now.getTime() + policy.times.firstPasswordDays * 86_400_000);
  return { plain, hash: hashFirst(desk.secrets, plain), until };
}

interface About {
  readonly recipient: string;
  readonly personId: number;
  readonly locale: Locale;
  readonly object: string;
  readonly params: Readonly<Record<string, string>>;
}

/** What both letters say. */
async function about(work: Work, row: DeviceRow): Promise<About> {
  if (row.clientId === null) throw new Error(`${deviceRef(row.id)} has no client`);
  const { firstName, lastName } = keptClient(row.client);
  const { company, name, email } = await installerOf(work.tx, row.installerId);
  const clientName = [firstName, lastName].filter(Boolean).join(' ');
  return {
    recipient: row.email,
    personId: row.clientId,
    locale: localeOf(row.locale, work.desk.locale),
    object: deviceRef(row.id),
    params: {
      company,
      contactName: name,
      ...(email === undefined ? {} : { contactEmail: email }),
      ...(clientName === '' ? {} : { clientName }),
      device: deviceRef(row.id),
      codeId: row.codeId,
      signInUrl: `${work.desk.publicUrl}/sign-in`,
      identifier: row.email,
    },
  };
}

/** Identifier and first password, or a link to choose one. */
export async function mailCredentials(work: Work, row: DeviceRow, first: FirstPassword | undefined): Promise<void> {
  const { tx, desk, now } = work;
  const { params, ...to } = await about(work, row);
  const link = first
    ? undefined
    : await makeLink(tx, desk, { purpose: 'password', personId: to.personId, first: true, now });
  const until = first?.until ?? link?.expiresAt ?? now;
  work.send({
    channel: 'mail',
    letter: 'device-credentials',
    ...to,
    params: { ...params, passwordUntil: formatDay(until, desk.timeZone, to.locale) },
    secret: first ? { password: first.plain } : { passwordLink: link?.url ?? '' },
  });
}

/**
 * The link that activates the device.
 * @param until an earlier link's end, for a reminder; else the link lasts as the policy says
 * @returns when the link ends
 */
export async function mailActivation(work: Work, row: DeviceRow, until?: Date): Promise<Date> {
  const { tx, desk, now } = work;
  const { params, ...to } = await about(work, row);
  const link = await makeLink(tx, desk, {
    ...{ purpose: 'device', personId: to.personId, content: deviceContent(row.id), now },
    ...(until ? { until } : {}),
  });
  work.send({
    channel: 'mail',
    letter: 'device-activation',
    ...to,
    params: {
      ...params,
      account: row.account === 'created' ? 'created' : 'existing',
      reminder: until !== undefined,
      until: formatInstant(link.expiresAt, desk.timeZone, to.locale),
    },
    secret: { url: link.url },
  });
  return link.expiresAt;
}
