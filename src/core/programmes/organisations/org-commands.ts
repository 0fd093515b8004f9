/** `org create`, `edit`, `list`, `show`: who one acts for (G1, G3). */
import { changedKeys, only } from '../../command/changes.js';
import { command, lasting, optional, required, type Input } from '../../command/define.js';
import { name, orgNumber, partyType } from '../../command/dictionary.js';
import { listed, listFields } from '../../command/listing.js';
import type { Data } from '../../command/outcome.js';
import { isStaff, type Member } from '../../guard/identity.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { localeOf } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import { findOrg, namedOrg, orgRef, orgSearch, ownOrg } from '../parties/organisation.js';
import { vatAhead } from '../parties/vat.js';
import type { Organisation } from '../../database/connect.js';
import { isOutsider, membersShown } from './members.js';
import {
  checkedVat,
  detailEdits,
  detailUses,
  given,
  insertOrg,
  mustStand,
  orgData,
  ownersOf,
  refuseSameName,
  suggestOrgs,
} from './organisation.js';
import { organisationStates } from './states.js';
import { asksTax, confirmed, editName, editSummary, taxContent, taxData } from './tax.js';

const memberIn = (work: Work, { id }: Organisation): Member | undefined =>
  work.actor.members.find(({ orgId }) => orgId === id);

export const orgCreate = command({
  name: 'org create',
  help: {
    fr: 'Créer une organisation, dont on est le propriétaire',
    en: 'Make an organisation, and be its owner',
  },
  who: 'anyone',
  ahead: vatAhead,
  fields: [required(name), required(partyType), ...detailUses],
  async run(work, input) {
    const { actor, desk } = work;
    if (actor.personId === 0) throw new Refusal('access.denied', { why: 'unlinked' });
    await refuseSameName(work, input, [actor.personId]);
    const country = input.country ?? desk.catalogue.vendor.country;
    const org = {
      ...given(input),
      ...{ name: input.name, type: input.type, country, locale: localeOf(work.locale, desk.locale) },
      ...checkedVat(work, input.vat, country),
    };
    const made = await insertOrg(work, org, actor.personId);
    return { code: 'org.created', data: { ...orgData(made), org: work.made(orgRef(made.id)), role: 'owner' } };
  },
});

const editFields = [
  required(orgNumber, { suggest: suggestOrgs }),
  ...lasting([optional(name)]),
  ...detailEdits,
] as const;

export const orgEdit = command({
  name: editName,
  help: { fr: 'Corriger les coordonnées d’une organisation', en: 'Correct an organisation’s details' },
  who: ['member', 'staff'],
  proof: 'own',
  ahead: vatAhead,
  fields: editFields,
  home: { number: async (work, number) => (await findOrg(work, number, { role: 'manager', second: true })).country },
  fourEyes: {
    async needed(work, input) {
      const { row, named, after } = await intended(work, input, true);
      return isOutsider(work, row) || (await asksTax(work, row, { named, after }));
    },
    async hold(work, input) {
      const { row, named } = await intended(work, input, true);
      return { object: orgRef(row.id), content: taxContent(row, named) };
    },
    // as it stands: whether it still could be done is for whoever does it
    async content(work, { number, ...input }) {
      return taxContent(await findOrg(work, number, { second: true }), given(input));
    },
    release: () => Promise.resolve(),
    same: editFields.map(({ field }) => field.name),
    summary: editSummary,
  },
  async run(work, input, approvalId) {
    const { row, named, after } = await intended(work, input, approvalId !== undefined);
    const isTax = approvalId !== undefined && (named.country !== undefined || named.vat !== undefined);
    const changes = { ...changesIn(named, after), ...(isTax ? confirmed(work, after) : {}) };
    const edited = { ...after, ...changes };
    const changed = changedKeys({ ...row }, changes);
    if (changed.length === 0) return { code: 'org.edited', data: { ...orgData(row), ...taxData(row), changed } };
    await work.tx.organisation.update({
      where: { id: row.id },
      data: { ...changes, searchText: orgSearch(edited) },
    });
    const detail = { before: only({ ...row }, changed), after: only(changes, changed) };
    work.audit({ action: 'organisation edited', object: orgRef(row.id), detail });
    // that it was confirmed now, and by whom, is no change of what is confirmed
    const told = changed.filter((key) => key !== 'taxConfirmedAt' && key !== 'taxConfirmedBy');
    return { code: 'org.edited', data: { ...orgData(edited), ...taxData(edited), changed: told } };
  },
});

const changesIn = (named: object, after: Organisation): Partial<Organisation> =>
  Object.fromEntries(Object.keys(named).map((key) => [key, after[key as keyof Organisation]]));

/**
 * An organisation, what is said about it, and how it would be.
 * @param second staff need not be of it: a second person decides, or has
 * @throws {Refusal} as `findOrg`; `state.wrong`; `input.invalid`
 */
async function intended(work: Work, { number, ...input }: Input<typeof editFields>, second: boolean) {
  const row = await findOrg(work, number, { role: 'manager', second });
  mustStand(work, row);
  const named = given(input);
  const after = { ...row, ...named };
  await refuseSameName(work, after, await ownersOf(work.tx, row.id));
  const isChecked = input.vat !== undefined || input.country !== undefined;
  return { row, named, after: { ...after, ...(isChecked ? checkedVat(work, after.vat, after.country) : {}) } };
}

/** All of one's own, for staff everybody's; `org` names one. */
async function visible(work: Work): Promise<Readonly<Record<string, unknown>>> {
  if (isStaff(work.actor)) return work.org === undefined ? {} : { id: (await namedOrg(work, work.org, 'org')).id };
  const own = work.actor.members.map(({ orgId }) => orgId);
  return { id: { in: work.org === undefined ? own : [ownOrg(work).orgId] } };
}

export const orgList = command({
  name: 'org list',
  help: { fr: 'Lister ses organisations', en: 'List one’s organisations' },
  who: ['member', 'staff'],
  reads: true,
  fields: listFields,
  run: async (work, input) =>
    listed<Organisation>(work, input, {
      code: 'org.listed',
      states: Object.keys(organisationStates),
      sortable: { org: 'id', name: 'name', type: 'type', state: 'state', 'created-at': 'createdAt' },
      searchColumn: 'searchText',
      where: await visible(work),
      count: (args) => work.tx.organisation.count(args),
      find: (args) => work.tx.organisation.findMany(args),
      item: (row) => ({
        org: orgRef(row.id),
        name: row.name,
        displayName: row.displayName,
        type: row.type,
        role: memberIn(work, row)?.role ?? null,
        state: row.state,
        createdAt: row.createdAt.toISOString(),
      }),
    }),
});

/** The terms it is a reseller by; to an owner who could make it one, those in force, and that it is for ever. */
function termsShown(work: Work, row: Organisation): Data {
  const { terms } = work.desk.catalogue.domains;
  const isOffered = row.type === 'company' && row.state === 'active' && memberIn(work, row)?.role === 'owner';
  if (!isOffered || !terms)
    return { terms: row.termsVersion, termsAcceptedAt: row.termsAcceptedAt?.toISOString() ?? null };
  return {
    terms: terms.version,
    termsUrl: terms.url[work.locale],
    termsAcceptedAt: null,
    notice: [terms.summary?.[work.locale], textsOf(work.locale).organisations.permanent({ version: terms.version })]
      .filter(Boolean)
      .join(' '),
  };
}

export const orgShow = command({
  name: 'org show',
  help: {
    fr: 'Voir une organisation, ses membres et ses conditions de revente',
    en: 'See an organisation, its members and its terms as a reseller',
  },
  who: ['member', 'staff'],
  reads: true,
  fields: [required(orgNumber, { suggest: suggestOrgs })],
  async run(work, input) {
    const row = await findOrg(work, input.number);
    return {
      code: 'org.shown',
      data: {
        ...orgData(row),
        ...taxData(row),
        role: memberIn(work, row)?.role ?? null,
        createdAt: row.createdAt.toISOString(),
        ...termsShown(work, row),
        members: await membersShown(work.tx, row.id),
      },
    };
  },
});
