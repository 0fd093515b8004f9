/** `org become-reseller` (G1): one's own company, by the terms in force, with its name typed; for ever. */
import { command, optional, required, type Suggest } from '../../command/define.js';
import { acceptTerms, confirm, orgNamed, terms } from '../../command/dictionary.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { formatInstant } from '../../locales/format.js';
import { textsOf } from '../../locales/texts.js';
import { findOrg, orgRef } from '../parties/organisation.js';
import { readers } from '../parties/readers.js';
import type { Organisation } from '../../database/connect.js';
import { fold } from '../../text/fold.js';
import { ownersOf } from './organisation.js';
import { askTax } from './tax.js';

/** Those of the asker's that could become one. */
const suggestCompanies: Suggest = async (tx, { actor }) => {
  const owned = actor.members.filter(({ role }) => role === 'owner').map(({ orgId }) => orgId);
  const rows = await tx.organisation.findMany({ where: { id: { in: owned }, type: 'company', state: 'active' } });
  return rows.map(({ id, name, displayName }) => {
    const text = `${orgRef(id)}, ${displayName ?? name}`;
    return { id: orgRef(id), names: { fr: text, en: text } };
  });
};

const suggestTerms: Suggest = async (_tx, { work }) => {
  const inForce = work.desk.catalogue.domains.terms;
  if (!inForce) return [];
  const { version, url } = inForce;
  return [{ id: version, names: { fr: `${version} – ${url.fr}`, en: `${version} – ${url.en}` }, matches: true }];
};

export const orgBecomeReseller = command({
  name: 'org become-reseller',
  help: {
    fr: 'Faire de sa société un revendeur : définitif, sans retour',
    en: 'Make one’s company a reseller: permanent, can’t be undone',
  },
  who: 'member',
  proof: 'own',
  fields: [
    required(orgNamed, { suggest: suggestCompanies }),
    required(acceptTerms),
    required(confirm, { when: { fr: 'le nom exact de l’organisation', en: 'the organisation’s exact name' } }),
    optional(terms, { suggest: suggestTerms }),
  ],
  async run(work, input) {
    const org = await findOrg(work, work.org ?? '', { field: 'org' });
    const own = work.actor.members.find(({ orgId }) => orgId === org.id);
    if (own?.role !== 'owner') throw new Refusal('access.denied', { why: 'role', command: 'org become-reseller' });
    refuseForm(work, org, input);
    const inForce = termsFor(work, org, input.terms);
    const changed = await accept(work, org, inForce.version);
    await tellOwners(work, org, inForce);
    const approval = await askTax(work, org);
    return {
      code: 'org.became-reseller',
      data: {
        org: orgRef(org.id),
        name: org.name,
        state: 'reseller',
        terms: inForce.version,
        termsUrl: inForce.url[work.locale],
        termsAcceptedAt: changed.toISOString(),
        // where it is taxed is for staff to confirm
        ...(approval === undefined ? {} : { taxRequest: work.made(approval) }),
      },
    };
  },
});

/** @throws {Refusal} `input.invalid` unless the terms are accepted and the organisation's own name was typed */
function refuseForm(work: Work, org: Organisation, input: { acceptTerms: boolean; confirm: string }): void {
  const say = textsOf(work.locale).organisations;
  const faults = {
    ...(input.acceptTerms ? {} : { 'accept-terms': say.accept({}) }),
    ...(fold(input.confirm) === fold(org.name) ? {} : { confirm: say.confirm({ name: org.name }) }),
  };
  if (Object.keys(faults).length > 0) throw new Refusal('input.invalid', {}, faults);
}

/**
 * The terms that are accepted by it.
 * @throws {Refusal} `state.wrong` for what is no company, is a reseller or suspended, or where the vendor has no terms;
 *   `terms.outdated` when others were read than those in force
 */
function termsFor(work: Work, org: Organisation, read: string | undefined) {
  const number = orgRef(org.id);
  if (org.type !== 'company') throw new Refusal('state.wrong', { why: 'not-company', number });
  if (org.state === 'reseller') throw new Refusal('state.wrong', { why: 'is-reseller', number });
  if (org.state !== 'active') throw new Refusal('state.wrong', { why: 'org', number, state: org.state });
  const inForce = work.desk.catalogue.domains.terms;
  if (!inForce) throw new Refusal('state.wrong', { why: 'no-terms' });
  const { version, url } = inForce;
  if (read !== undefined && read !== version) throw new Refusal('terms.outdated', { version, url: url[work.locale] });
  return inForce;
}

/** A guarded update; answers when. @throws {Refusal} `state.wrong` when somebody was quicker */
async function accept(work: Work, org: Organisation, version: string): Promise<Date> {
  const { tx, now, actor } = work;
  const { count } = await tx.organisation.updateMany({
    where: { id: org.id, state: 'active', type: 'company' },
    data: { state: 'reseller', termsVersion: version, termsAcceptedAt: now, termsAcceptedBy: actor.personId },
  });
  if (count !== 1) throw new Refusal('state.wrong', { why: 'is-reseller', number: orgRef(org.id) });
  work.audit({ action: 'became reseller', object: orgRef(org.id), detail: { name: org.name, terms: version } });
  return now;
}

async function tellOwners(
  work: Work,
  org: Organisation,
  inForce: { version: string; url: { fr: string; en: string } },
): Promise<void> {
  for (const { personId, email, locale } of await readers(work, { id: { in: await ownersOf(work.tx, org.id) } }))
    if (email !== undefined)
      work.send({
        channel: 'mail',
        letter: 'became-reseller',
        recipient: email,
        personId,
        locale,
        object: orgRef(org.id),
        params: {
          org: org.name,
          number: orgRef(org.id),
          terms: inForce.version,
          termsUrl: inForce.url[locale],
          when: formatInstant(work.now, work.desk.timeZone, locale),
          by: work.actor.name,
          signInUrl: `${work.desk.publicUrl}/sign-in`,
        },
      });
}
