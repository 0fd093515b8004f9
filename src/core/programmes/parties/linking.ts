/** Linking addresses and Discord users to one person by a mailed code (X1). */
import { command, optional, required } from '../../command/define.js';
import { code, email } from '../../command/dictionary.js';
import type { CountedRefusal, Done } from '../../command/outcome.js';
import { aboutAddress, personRef } from '../../guard/about.js';
import { tellAtMost } from '../../guard/limit.js';
import { createPerson } from '../../guard/person.js';
import { Refusal } from '../../guard/refusal.js';
import { unknownObject } from '../../guard/unknown.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import type { LinkCode } from '../../database/connect.js';

const codePurpose = 'link code';

/** The letters' word for a door: the desk page is a web page. */
export const letterDoor = (door: Work['door']): 'chat' | 'mail' | 'terminal' | 'web' =>
  door === 'desk' || door === 'schedule' ? 'web' : door;

/** @throws {Refusal} `rate.limited` after five codes an hour to one address or from one asker */
async function limitCodes(work: Work, address: string): Promise<void> {
  const { limits } = work.desk.catalogue.policy;
  const limit = { count: limits.linkCodesPerHour, windowMs: 3_600_000 };
  for (const key of [`code to ${address}`, `code for ${asker(work)}`]) {
    await tellAtMost(work, key, limit);
  }
}

/** Who must type the code back: the Discord user, else the person. */
const asker = (work: Work): string =>
  work.actor.proven.discordId ? `discord ${work.actor.proven.discordId}` : `person ${work.actor.personId}`;

export const accountLink = command({
  name: 'account link',
  help: { fr: 'Relier une adresse : un code y est envoyé', en: 'Link an address: a code is mailed to it' },
  who: 'anyone',
  proof: 'own',
  fields: [required(email)],
  async run(work, input) {
    await limitCodes(work, input.email);
    const owner = await work.tx.address.findUnique({ where: { email: input.email } });
    // counted, for it tells that the address is somebody's
    if (owner && work.actor.personId !== 0 && owner.personId !== work.actor.personId) {
      const params = { why: 'another' };
      const refusal = textsOf(work.locale).refusals['access.denied'](params);
      return { refusal: new Refusal('access.denied', params, { email: refusal }) };
    }
    const { times, limits } = work.desk.catalogue.policy;
    const plain = work.desk.secrets.digits(8);
    await work.tx.linkCode.create({
      data: {
        email: input.email,
        discordId: work.actor.proven.discordId ?? null,
        personId: work.actor.personId || null,
        codeHash: work.desk.secrets.hash(codePurpose, plain),
        triesLeft: limits.linkCodeTries,
        createdAt: work.now,
        expiresAt: new Date(work.now.getTime() + times.linkCodeMinutes * 60_000),
      },
    });
    work.audit({
      action: 'account link',
      object: await aboutAddress(work.tx, input.email),
      detail: { email: input.email, asker: asker(work) },
    });
    work.send({
      channel: 'mail',
      letter: 'link-code',
      recipient: input.email,
      locale: work.locale,
      params: {
        minutes: times.linkCodeMinutes,
        door: letterDoor(work.door),
        ...(work.actor.name ? { askedBy: work.actor.name } : {}),
      },
      secret: { code: `${plain.slice(0, 4)} ${plain.slice(4)}` },
      object: input.email,
    });
    return { code: 'account.code-sent', data: { email: input.email, minutes: times.linkCodeMinutes } };
  },
});

export const accountConfirm = command({
  name: 'account confirm',
  help: { fr: 'Rendre le code reçu par mail', en: 'Type back the code you were mailed' },
  who: 'anyone',
  proof: 'own',
  fields: [required(code)],
  async run(work, input) {
    const { discordId } = work.actor.proven;
    const open = await work.tx.linkCode.findFirst({
      where: {
        ...(discordId ? { discordId } : { personId: work.actor.personId, discordId: null }),
        usedAt: null,
        expiresAt: { gt: work.now },
      },
      orderBy: { id: 'desc' },
    });
    if (!open || open.triesLeft <= 0) throw new Refusal('link.invalid', { why: 'code' });
    const { count } = await work.tx.linkCode.updateMany({
      where: { id: open.id, usedAt: null, triesLeft: { gt: 0 } },
      data: { triesLeft: { decrement: 1 } },
    });
    if (count === 0 || !work.desk.secrets.equal(open.codeHash, work.desk.secrets.hash(codePurpose, input.code)))
      return wrongCode(open.triesLeft - 1);
    await work.tx.linkCode.update({ where: { id: open.id }, data: { usedAt: work.now } });
    return linkAddress(work, open);
  },
});

/** The wrong try stays counted, so this is an answer and not thrown. */
const wrongCode = (left: number): CountedRefusal => ({
  refusal: new Refusal('link.invalid', { why: left > 0 ? 'code' : 'tries', left }),
});

async function linkAddress(work: Work, open: LinkCode): Promise<Done> {
  const owner = await work.tx.address.findUnique({ where: { email: open.email } });
  const { personId: own, proven } = work.actor;
  if (owner && own !== 0 && owner.personId !== own) throw new Refusal('access.denied', { why: 'another' });
  const personId =
    own ||
    owner?.personId ||
    (await createPerson(work.tx, { email: open.email, locale: work.locale, state: 'active' }, work.now));
  if (own !== 0 && !owner)
    await work.tx.address.create({
      data: { email: open.email, personId, main: work.actor.emails.length === 0, createdAt: work.now },
    });
  if (proven.discordId)
    await work.tx.discordUser.upsert({
      where: { discordId: proven.discordId },
      create: { discordId: proven.discordId, personId, linkedAt: work.now },
      update: {},
    });
  work.audit({ action: 'account linked', object: personRef(personId), detail: { email: open.email, ...proven } });
  work.send({
    channel: 'mail',
    letter: 'address-linked',
    recipient: open.email,
    personId,
    locale: work.locale,
    params: {
      email: open.email,
      door: letterDoor(work.door),
      ...(proven.discordId ? { discordName: work.actor.name } : {}),
    },
    object: open.email,
  });
  return { code: 'account.linked', data: { email: open.email } };
}

export const accountUnlink = command({
  name: 'account unlink',
  help: {
    fr: 'Délier une adresse, ou sans adresse cet utilisateur Discord',
    en: 'Unlink an address, or without one this Discord user',
  },
  who: 'person',
  proof: 'own',
  fields: [optional(email)],
  async run(work, input) {
    const { discordId } = work.actor.proven;
    if (input.email === undefined) {
      if (!discordId) throw new Refusal('input.invalid', {}, { email: textsOf(work.locale).faults.missing({}) });
      await work.tx.discordUser.delete({ where: { discordId } });
      work.audit({ action: 'account unlinked', object: personRef(work.actor.personId), detail: { discordId } });
      return { code: 'account.unlinked', data: { email: null } };
    }
    if (!work.actor.emails.includes(input.email)) throw unknownObject(work, input.email, 'email');
    if (work.actor.emails.length === 1) throw new Refusal('state.wrong', { why: 'last-address' });
    await work.tx.address.delete({ where: { email: input.email } });
    if (work.actor.emails[0] === input.email)
      await work.tx.address.update({ where: { email: work.actor.emails[1] ?? '' }, data: { main: true } });
    work.audit({
      action: 'account unlinked',
      object: personRef(work.actor.personId),
      detail: { email: input.email },
    });
    return { code: 'account.unlinked', data: { email: input.email } };
  },
});
