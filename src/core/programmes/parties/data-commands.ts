/** `account export` and `account erase` (X11): a person's data handed out, and forgotten. */
import { createHash } from 'node:crypto';
import { command, optional, required } from '../../command/define.js';
import { confirm, person } from '../../command/dictionary.js';
import type { Data } from '../../command/outcome.js';
import type { Upload } from '../../command/type.js';
import { forgetDevicesOf } from '../devices/leaving.js';
import { personRef } from '../../guard/about.js';
import { approvalRef } from '../../guard/approval.js';
import { identify } from '../../guard/identity.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { dayIn, formatInstant } from '../../locales/format.js';
import { personalTextsOf } from '../../locales/personal-texts.js';
import { textsOf } from '../../locales/texts.js';
import { mainOf, othersEyes, subject } from './profile.js';
import { erasableOf, keptOf } from './erased.js';
import { erasePerson, refuseErasing, type Kept } from './erasure.js';
import { keepLinked } from './file-link.js';
import { addressOf } from './organisation.js';
import { personalData } from './personal-data.js';
import { knownAs } from './traces.js';

/** Whose data it is about; the operator has none. */
async function owner(work: Work, named: string | undefined) {
  const found = await subject(work, named);
  const email = mainOf(found);
  if (email === null) throw new Refusal('state.wrong', { why: 'no-address' });
  return { id: found.id, email, emails: found.addresses.map((address) => address.email) };
}

/** Hands out personal data, so it is no mere reading: each time leaves a row in the audit. */
export const accountExport = command({
  name: 'account export',
  help: {
    fr: 'Recevoir en un fichier tout ce que nous avons sur soi',
    en: 'Get everything we hold about oneself in one file',
  },
  who: ['person', 'support'],
  proof: 'own',
  fields: [optional(person)],
  fourEyes: {
    ...othersEyes<{ person?: string | undefined }>(),
    async approved(work, input, approvalId) {
      const { file, data } = await exported(work, input.person);
      await linkTo(work, approvalId, file);
      return { code: 'account.exported', data };
    },
  },
  async run(work, input) {
    const { file, data } = await exported(work, input.person);
    // a dry run leaves no trace, so it hands nothing out
    return { code: 'account.exported', data, ...(work.dryRun ? {} : { file }) };
  },
});

async function exported(work: Work, named: string | undefined): Promise<{ file: Upload; data: Data }> {
  const { id, email } = await owner(work, named);
  const content = Buffer.from(`${JSON.stringify(await personalData(work, id), null, 2)}\n`);
  const day = dayIn(work.now, work.desk.timeZone);
  const file: Upload = { name: `guichet-data-${day}.json`, type: 'application/json', content };
  const sha256 = createHash('sha256').update(content).digest('hex');
  work.audit({
    action: 'account export',
    object: personRef(id),
    detail: { name: file.name, bytes: content.length, sha256 },
  });
  return { file, data: { person: email, file: work.made(file.name) } };
}

/** Whoever asked for it gets it, not whoever approved: a one-time link by mail. */
async function linkTo(work: Work, approvalId: number, file: Upload): Promise<void> {
  const { tx, desk } = work;
  const { requesterId } = await tx.approval.findUniqueOrThrow({ where: { id: approvalId } });
  const asker = await identify(tx, { kind: 'session', personId: requesterId });
  const [recipient] = asker.emails;
  if (work.dryRun || recipient === undefined) return;
  const locale = asker.locale ?? desk.locale;
  const { url, expiresAt } = await keepLinked(work, { personId: requesterId, file });
  work.send({
    channel: 'mail',
    letter: 'file-ready',
    recipient,
    personId: requesterId,
    locale,
    params: {
      number: approvalRef(approvalId),
      name: file.name,
      by: work.actor.name,
      until: formatInstant(expiresAt, desk.timeZone, locale),
    },
    secret: { url },
    object: approvalRef(approvalId),
  });
}

/** @throws {Refusal} `input.invalid` unless one of the person's own addresses was typed */
function refuseOther(work: Work, typed: string, { email, emails }: { email: string; emails: readonly string[] }): void {
  const address = addressOf(typed);
  if (typeof address === 'string' && emails.includes(address)) return;
  const say = textsOf(work.locale).faults.exactly({ expected: email });
  throw new Refusal('input.invalid', {}, { confirm: say });
}

/** In the reader's words. */
function inWords(work: Pick<Work, 'locale'>, kept: readonly Kept[]): Data[] {
  const texts = personalTextsOf(work.locale).kept;
  return kept.map(({ what, count }) => ({ what: texts[what].what, count, why: texts[what].why }));
}

interface Erasing {
  readonly confirm: string;
  readonly person?: string | undefined;
}

export const accountErase = command({
  name: 'account erase',
  help: {
    fr: 'Effacer un compte : le sien, ou pour l’équipe celui d’un autre',
    en: 'Erase an account: one’s own, or for staff another’s',
  },
  who: ['person', 'support'],
  proof: 'own',
  fourEyes: othersEyes<Erasing>(),
  fields: [required(confirm), optional(person)],
  async preview(work, input) {
    const whose = await erasable(work, input);
    const { known, email } = whose;
    const kept = await keptOf(work, known);
    const going = await erasableOf(work, known);
    const texts = personalTextsOf(work.locale).erased;
    return {
      code: 'account.previewed',
      data: {
        person: email,
        erased: going.map(({ what, count }) => ({ what: texts[what], count })),
        kept: inWords(work, kept),
      },
      // being asked is itself a session, a mail, an event: those may differ
      basis: {
        person: known.personId,
        emails: whose.emails,
        going: going.filter(({ what }) => !['access', 'mails', 'history'].includes(what)),
        kept: kept.filter(({ what }) => what !== 'audit'),
      },
    };
  },
  async run(work, input) {
    const { known } = await erasable(work, input);
    await forgetDevicesOf(work, known.personId);
    const { kept } = await erasePerson(work, { personId: known.personId });
    return { code: 'account.erased', data: { state: 'erased', kept: inWords(work, kept) } };
  },
});

async function erasable(work: Work, input: Erasing) {
  const found = await subject(work, input.person);
  const known = await knownAs(work, found.id);
  await refuseErasing(work, known);
  const whose = await owner(work, input.person);
  refuseOther(work, input.confirm, whose);
  return { known, ...whose };
}
