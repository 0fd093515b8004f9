/** `device edit`, `resend`, `remove`: a device until its client has activated it, and after (E8; STATES "device"). */
import { changedKeys, only } from '../../command/changes.js';
import { command, emptiable, lasting, optional, required, type Input, type FourEyes } from '../../command/define.js';
import { device, email, reason, webAddress } from '../../command/dictionary.js';
import type { Data, Done } from '../../command/outcome.js';
import { attemptsLeft, countAttempt, tellAtMost } from '../../guard/limit.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { localeOf } from '../../locales/locale.js';
import { endDeviceLinks } from '../parties/link.js';
import { clientFields, clientIn, emptiedIn, keptClient, prefilled, refusePartial, without } from './client.js';
import { awaiting, deviceRef, findDevice, leadsTo, move, noteStep, wrongState, type DeviceRow } from './device.js';
import { accountFor, clientAt, mailClient, searchTextOf } from './enrolment.js';
import { installerOf } from './installer.js';
import { dropUnusedAccount, leave, recallMails } from './leaving.js';
import { clientLetters, firstPassword, mailActivation, mailCredentials } from './letters.js';
import { suggestDevices } from './list-commands.js';
import { devicePanel } from './panel.js';
import { tellInstaller } from './notices.js';

const dataOf = (row: DeviceRow): Data => ({
  device: deviceRef(row.id),
  codeId: row.codeId,
  mac: row.mac,
  webAddress: row.webAddress,
  email: row.email,
  state: row.state,
});

const waits = ({ state }: DeviceRow): boolean => (awaiting as readonly string[]).includes(state);

const editFields = [
  required(device, { suggest: suggestDevices }),
  ...lasting([optional(webAddress), optional(email)]),
  ...emptiable(clientFields),
] as const;

/** The client's address was wrong: the old link is dead, an account made for this alone goes, the right one is written to. */
async function readdressed(
  work: Work,
  row: DeviceRow,
  to: string,
): Promise<{ row: DeviceRow; mails: number; erased: boolean }> {
  const { tx, now } = work;
  await endDeviceLinks(tx, row.id, now);
  await recallMails(work, row);
  const erased = await dropUnusedAccount(work, row);
  const known = await clientAt(work, to);
  const { clientId, account, first } = await accountFor(work, { email: to, known, locale: row.locale });
  const changed = { email: to, clientId, account, linkedAt: now, reason: null, accessRefusedAt: null, reminders: 0 };
  const next = { ...row, ...changed };
  await tx.device.update({ where: { id: row.id }, data: { ...changed, searchText: searchTextOf(next) } });
  await noteStep(work, row.id, 'corrected');
  const sent = leadsTo(row.state, 'link-sent') && row.state !== 'registered';
  const moved = sent ? await move(work, next, { to: 'link-sent' }) : next;
  return { ...(await mailClient(work, moved, { account, first })), erased };
}

const addressesAnHour = { count: 20, windowMs: 3_600_000 };

async function edit(work: Work, input: Input<typeof editFields>): Promise<Done> {
  const row = await findDevice(work, input.device, { manage: true });
  const emptied = emptiedIn(input);
  const given = clientIn(input);
  const email = input.email === row.email ? undefined : input.email;
  const aboutClient = Object.keys(given).length > 0 || emptied.length > 0 || email !== undefined;
  // an active device's client keeps its own data
  if (row.state === 'removed' || (row.state === 'active' && aboutClient)) throw wrongState(row);
  const before = keptClient(row.client);
  const client = without({ ...before, ...given }, emptied);
  if (emptied.length > 0) refusePartial(work, client);
  const changed = [
    ...changedKeys({ ...row }, { webAddress: input.webAddress ?? row.webAddress, email: email ?? row.email }),
    ...changedKeys(before, { ...only({}, Object.keys(before)), ...client }),
  ];
  if (changed.length === 0) return { code: 'device.edited', data: { ...dataOf(row), mails: 0, ...client, changed } };
  const moves = email !== undefined && waits(row);
  // how many mails leave tells whether the address is known
  if (email !== undefined) await tellAtMost(work, `device addresses of ${work.actor.personId}`, addressesAnHour);
  const changes = {
    ...(input.webAddress === undefined ? {} : { webAddress: input.webAddress }),
    // where nothing has been sent yet, the address is only another one
    ...(email === undefined || moves ? {} : { email }),
    client: JSON.stringify(client),
    locale: localeOf(client.locale ?? row.locale, work.desk.locale),
    door: work.door,
    updatedAt: work.now,
  };
  const edited = { ...row, ...changes };
  await work.tx.device.update({
    where: { id: row.id },
    data: { ...changes, searchText: searchTextOf(edited) },
  });
  const after = moves ? await readdressed(work, edited, email) : { row: edited, mails: 0, erased: false };
  work.audit({
    action: 'device edit',
    object: deviceRef(row.id),
    detail: {
      before: {
        webAddress: row.webAddress,
        // whose account has just been erased is not named again
        ...(after.erased ? {} : { email: row.email }),
        client: keptClient(row.client),
      },
      after: { webAddress: after.row.webAddress, email: after.row.email, client },
    },
  });
  const open = row.state === 'checked' || row.state === 'entered';
  return {
    code: 'device.edited',
    data: { ...dataOf(after.row), mails: after.mails, ...client, changed },
    ...(open && !work.dryRun
      ? { panel: devicePanel(after.row, await prefilled(work, await clientAt(work, after.row.email))) }
      : {}),
  };
}

/** A device that is somebody else's holds its client's data: an admin changes it, support with a second person. */
const othersEyes = <I extends { readonly device: string }>(): FourEyes<I> => ({
  async needed(work, { device: typed }) {
    const row = await findDevice(work, typed, { manage: true });
    return row.installerId !== work.actor.personId && !work.actor.roles.includes('admin');
  },
  async hold(work, { device: typed }) {
    const row = await findDevice(work, typed, { manage: true });
    return { object: deviceRef(row.id), content: [row.state, row.email] };
  },
  async content(work, { device: typed }) {
    const row = await findDevice(work, typed, { manage: true });
    return [row.state, row.email];
  },
  release: () => Promise.resolve(),
});

export const deviceEdit = command({
  name: 'device edit',
  help: {
    fr: 'Corriger un dispositif : son adresse web, et avant l’activation son client',
    en: 'Correct a device: its web address, and before activation its client',
  },
  who: ['installer', 'support'],
  proof: 'own',
  fourEyes: othersEyes(),
  fields: editFields,
  home: {
    device: async (work, typed) => keptClient((await findDevice(work, typed, { manage: true })).client).country ?? null,
  },
  run: edit,
});

const resendsAnHour = { count: 5, windowMs: 3_600_000 };

/** Which of the client's letters came back or could not be handed over since its link was made. */
async function lostLetters({ tx }: Work, row: DeviceRow): Promise<ReadonlySet<string>> {
  const rows = await tx.outbox.findMany({
    where: {
      object: deviceRef(row.id),
      letter: { in: [...clientLetters] },
      recipient: row.email,
      state: { in: ['failed', 'bounced'] },
      ...(row.linkedAt ? { createdAt: { gte: row.linkedAt } } : {}),
    },
    select: { letter: true },
  });
  return new Set(rows.map(({ letter }) => letter));
}

/**
 * What the client still lacks. One who has never signed in lacks the credentials, and unless only those were lost, the link;
 * any other lacks the link alone.
 */
async function lacking(work: Work, row: DeviceRow): Promise<readonly (typeof clientLetters)[number][]> {
  const person = await work.tx.person.findUniqueOrThrow({ where: { id: row.clientId ?? 0 } });
  if (row.account !== 'created' || person.state !== 'invited') return ['device-activation'];
  const lost = row.state === 'bounced' ? await lostLetters(work, row) : new Set<string>();
  const linkHolds = row.linkUntil !== null && row.linkUntil > work.now;
  return lost.size > 0 && linkHolds ? clientLetters.filter((letter) => lost.has(letter)) : clientLetters;
}

async function resend(work: Work, row: DeviceRow): Promise<{ row: DeviceRow; letters: readonly string[] }> {
  const { tx, now } = work;
  const letters = await lacking(work, row);
  if (letters.includes('device-credentials')) {
    const first = firstPassword(work);
    if (first && row.clientId !== null)
      await tx.person.update({
        where: { id: row.clientId },
        data: { passwordKind: 'first', passwordHash: first.hash, passwordUntil: first.until },
      });
    await mailCredentials(work, row, first);
  }
  let changed: Partial<DeviceRow> = { reason: null, updatedAt: now };
  if (letters.includes('device-activation')) {
    await endDeviceLinks(tx, row.id, now);
    const linkUntil = await mailActivation(work, row);
    changed = { ...changed, linkedAt: now, linkUntil, reminders: 0 };
  }
  if (leadsTo(row.state, 'link-sent')) return { row: await move(work, row, { ...changed, to: 'link-sent' }), letters };
  await tx.device.update({ where: { id: row.id }, data: changed });
  return { row: { ...row, ...changed }, letters };
}

export const deviceResend = command({
  name: 'device resend',
  help: {
    fr: 'Renvoyer au client ce qui lui manque pour activer un dispositif',
    en: 'Send the client again what it lacks to activate a device',
  },
  who: ['installer', 'staff'],
  fields: [required(device, { suggest: suggestDevices })],
  async run(work, input) {
    const row = await findDevice(work, input.device, { manage: true });
    // its first mails are on their way, or there is nothing to send
    if (!waits(row) || row.state === 'registered') throw wrongState(row);
    const key = `resend ${deviceRef(row.id)}`;
    if ((await attemptsLeft(work.tx, key, { limit: resendsAnHour, now: work.now })) <= 0)
      throw new Refusal('rate.limited', { minutes: 60 });
    await countAttempt(work.tx, key, work.now);
    const sent = await resend(work, row);
    await noteStep(work, row.id, 'resent');
    work.audit({ action: 'device resend', object: deviceRef(row.id), detail: { letters: sent.letters } });
    return {
      code: 'device.resent',
      data: {
        device: deviceRef(row.id),
        email: row.email,
        mails: sent.letters.length,
        letters: sent.letters,
        state: sent.row.state,
      },
    };
  },
});

const removeFields = [required(device, { suggest: suggestDevices }), required(reason)] as const;

export const deviceRemove = command({
  name: 'device remove',
  help: {
    fr: 'Retirer un dispositif : ses liens et ses accès prennent fin, il peut être enregistré de nouveau',
    en: 'Remove a device: its links and grants end, and it can be registered anew',
  },
  who: ['installer', 'support'],
  proof: 'own',
  fourEyes: othersEyes(),
  fields: removeFields,
  async preview(work, input) {
    const row = await findDevice(work, input.device, { manage: true });
    if (row.state === 'removed') throw wrongState(row);
    return { code: 'device.previewed', data: { ...dataOf(row), reason: input.reason }, basis: [row.id, row.state] };
  },
  async run(work, input) {
    const row = await findDevice(work, input.device, { manage: true });
    const left = await leave(work, row, { reason: input.reason });
    const erased = await dropUnusedAccount(work, row);
    const email = erased ? '' : row.email;
    work.audit({
      action: 'device removed',
      object: deviceRef(row.id),
      detail: { reason: input.reason, state: row.state },
    });
    await tellInstaller(work, { ...row, email }, { step: 'removed', reason: input.reason });
    if (row.state === 'active') await tellClientGone(work, row);
    return { code: 'device.removed', data: { ...dataOf(left), email: email || null } };
  },
});

/** The client loses something it had. */
async function tellClientGone(work: Work, row: DeviceRow): Promise<void> {
  const { company } = await installerOf(work.tx, row.installerId);
  work.send({
    channel: 'mail',
    letter: 'device-removed',
    recipient: row.email,
    personId: row.clientId,
    locale: localeOf(row.locale, work.desk.locale),
    object: deviceRef(row.id),
    params: { device: deviceRef(row.id), codeId: row.codeId, company },
  });
}
