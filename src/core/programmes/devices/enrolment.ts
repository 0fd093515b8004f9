/**
 * From a pair that an installer types off a device to a device that waits for its client (E3–E5). Every writing
 * transaction queues behind the audit chain's head, so what is found out here still holds when it is written.
 */
import type { CountedRefusal } from '../../command/outcome.js';
import { attemptsLeft, countTelling } from '../../guard/limit.js';
import { numberKey } from '../../guard/number.js';
import { createPerson } from '../../guard/person.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { localeOf } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import type { Device, Person } from '../../database/connect.js';
import { searchable } from '../../text/fold.js';
import { keptClient, type ClientData } from './client.js';
import { deviceRef, move, noteStep, wrongState, type DeviceRow } from './device.js';
import { firstPassword, mailActivation, mailCredentials } from './letters.js';
import { pairOf } from './register.js';

const hourMs = 3_600_000;

/** What an installer types of a device (E2). */
export interface Given {
  readonly codeId: string;
  readonly mac: string;
  readonly webAddress: string;
  readonly email: string;
}

/** A device whose pair is right, and who has the client's address already. */
export interface Checked {
  readonly row: DeviceRow;
  readonly isNew: boolean;
  readonly model: string | null;
  readonly client: Person | undefined;
}

/** What lists search in. */
export function searchTextOf(
  row: Pick<Device, 'id' | 'codeId' | 'codeKey' | 'mac' | 'webAddress' | 'email' | 'client'>,
) {
  const { firstName, lastName, company } = keptClient(row.client);
  const { id, codeId, codeKey, mac, webAddress, email } = row;
  const words = [deviceRef(id), codeId, codeKey, mac, mac.replaceAll(':', ''), webAddress, email];
  return searchable([...words, firstName, lastName, company].filter(Boolean).join(' '));
}

/** Who has an address, if the desk knows it. */
export async function clientAt({ tx }: Pick<Work, 'tx'>, email: string): Promise<Person | undefined> {
  const address = await tx.address.findUnique({ where: { email }, include: { person: true } });
  return address?.person;
}

/**
 * Judges a pair, and keeps what was given: as `checked`, or as `entered` when the pair is refused, to be corrected. Asking
 * again about the same pair goes on with the same device.
 * @throws {Refusal} `rate.limited`; `state.wrong` when this installer has enrolled it already
 * @returns a refusal that is counted when the pair is not registered, or enrolled by somebody else: no telling which
 */
export async function checkPair(work: Work, given: Given): Promise<Checked | CountedRefusal> {
  const { tx, actor, desk, now } = work;
  const codeKey = numberKey(given.codeId);
  const begun = await begunBefore(work, given);
  const again = begun?.state === 'checked' && begun.mac === given.mac && begun.email === given.email;
  const key = `device check of ${actor.personId}`;
  const limit = { count: desk.catalogue.policy.limits.deviceChecksPerHour, windowMs: hourMs };
  // the same once more tells nothing new
  if (!again && (await attemptsLeft(tx, key, { limit, now })) <= 0) throw new Refusal('rate.limited', { minutes: 60 });
  const enrolled = (await tx.device.findUnique({ where: { enrolledKey: codeKey } })) as DeviceRow | null;
  if (enrolled?.installerId === actor.personId && enrolled.mac === given.mac) throw wrongState(enrolled);
  if (!again) await countTelling(work, key);
  const pair = enrolled ? undefined : await pairOf(tx, given);
  const { mac, webAddress, email } = given;
  // as the manufacturer writes it
  const typed = { codeId: pair?.codeId ?? given.codeId, mac, webAddress, email };
  // a pair that was right stays so, whatever else is tried
  const row =
    !pair && begun?.state === 'checked'
      ? begun
      : await kept(work, { given: typed, begun, to: pair ? 'checked' : 'entered' });
  work.audit({ action: pair ? 'device checked' : 'device pair refused', object: deviceRef(row.id), detail: typed });
  if (pair) return { row, isNew: !begun, model: pair.model, client: await clientAt(work, given.email) };
  const say = textsOf(work.locale).refusals['object.unknown']({ why: 'pair', number: given.codeId });
  return {
    refusal: new Refusal('object.unknown', { why: 'pair', number: given.codeId }, { 'code-id': say, mac: say }),
  };
}

/** What this installer has given of the same device before: of the same Code ID, else refused with the same MAC. */
async function begunBefore({ tx, actor }: Work, { codeId, mac }: Given): Promise<DeviceRow | undefined> {
  const rows = (await tx.device.findMany({
    where: {
      installerId: actor.personId,
      OR: [
        { codeKey: numberKey(codeId), state: { in: ['entered', 'checked'] } },
        { mac, state: 'entered' },
      ],
    },
    orderBy: { id: 'desc' },
    take: 10,
  })) as DeviceRow[];
  return rows.find(({ codeKey }) => codeKey === numberKey(codeId)) ?? rows[0];
}

async function kept(
  work: Work,
  { given, begun, to }: { given: Given; begun: DeviceRow | undefined; to: 'entered' | 'checked' },
): Promise<DeviceRow> {
  const { tx, actor, now, door } = work;
  const data = { ...given, codeKey: numberKey(given.codeId), door, updatedAt: now };
  if (!begun) {
    const row = (await tx.device.create({
      data: {
        ...data,
        installerId: actor.personId,
        locale: localeOf(work.locale, work.desk.locale),
        state: to,
        createdAt: now,
        searchText: '',
      },
    })) as DeviceRow;
    const searchText = searchTextOf(row);
    await tx.device.update({ where: { id: row.id }, data: { searchText } });
    await noteStep(work, row.id, to);
    return { ...row, searchText };
  }
  const changed = { ...data, searchText: searchTextOf({ ...begun, ...data }) };
  if (begun.state === 'entered' && to === 'checked') return move(work, begun, { to, ...changed });
  await tx.device.update({ where: { id: begun.id }, data: changed });
  return { ...begun, ...changed };
}

export interface Registered {
  readonly row: DeviceRow;
  readonly account: 'created' | 'existing';
  /** How many letters are on their way to the client. */
  readonly mails: number;
}

/** checked → registered: the pair is this installer's, the client has an account, and its letters leave (E5). */
export async function register(work: Work, { row, client }: Checked, data: ClientData): Promise<Registered> {
  const locale = data.locale ?? (client ? localeOf(client.locale, work.desk.locale) : row.locale);
  const { clientId, account, first } = await accountFor(work, { email: row.email, known: client, locale });
  const moved = await move(work, row, {
    to: 'registered',
    enrolledKey: row.codeKey,
    clientId,
    account,
    client: JSON.stringify(data),
    locale,
    registeredAt: work.now,
    linkedAt: work.now,
    searchText: searchTextOf({ ...row, client: JSON.stringify(data) }),
  });
  const mails = await mailClient(work, moved, { account, first });
  return { ...mails, account };
}

/** The account that has an address, or a new one with its first password. */
export async function accountFor(
  work: Work,
  { email, known, locale }: { email: string; known: Person | undefined; locale: string },
): Promise<{ clientId: number; account: 'created' | 'existing'; first: ReturnType<typeof firstPassword> }> {
  if (known) return { clientId: known.id, account: 'existing', first: undefined };
  const first = firstPassword(work);
  const person = {
    ...{ email, locale: localeOf(locale, work.desk.locale), state: 'invited' as const },
    ...(first ? { passwordHash: first.hash, passwordUntil: first.until } : {}),
  };
  return { clientId: await createPerson(work.tx, person, work.now), account: 'created', first };
}

/** Both letters for a new account, the link alone for one that was there. */
export async function mailClient(
  work: Work,
  row: DeviceRow,
  { account, first }: { account: 'created' | 'existing'; first: ReturnType<typeof firstPassword> },
): Promise<{ row: DeviceRow; mails: number }> {
  if (account === 'created') await mailCredentials(work, row, first);
  const linkUntil = await mailActivation(work, row);
  const changed = { linkedAt: work.now, linkUntil, reminders: 0 };
  await work.tx.device.update({ where: { id: row.id }, data: changed });
  return { row: { ...row, ...changed }, mails: account === 'created' ? 2 : 1 };
}
