/** Wished corrections of a site's data (D5): kept with what the site was, so that only that is ever changed. */
import { withdraw } from '../approvals/decision.js';
import { readerOf } from '../../command/context.js';
import type { SummaryBy } from '../../command/define.js';
import { heading, valueText, type Reader } from '../../command/value.js';
import type { SummaryLine } from '../../guard/approval.js';
import { printRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { localeOf } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import type { Site, SiteChange, Tx } from '../../database/connect.js';
import { dataKeys, siteColumns, siteDataOf, type DataKey, type SiteData } from './fields.js';
import { siteRef, siteSearchText } from './site.js';
import type { SiteChangeState } from './states.js';

export const changeRef = (id: number): string => printRef('SC', id);

export type Differences = { readonly [Key in DataKey]?: { readonly old: string | null; readonly new: string | null } };

/** Where two states of a site differ, a value that went away included. */
export const differences = (before: SiteData, after: SiteData): Differences =>
  Object.fromEntries(
    dataKeys.flatMap((key) => {
      const [old, now] = [before[key] ?? null, after[key] ?? null];
      return old === now ? [] : [[key, { old, new: now }]];
    }),
  );

/** As people read them: `old → new`. */
export const inWords = (changes: Differences, reader: Reader): SummaryLine[] =>
  Object.entries(changes).map(([key, change]) => ({
    label: heading(key, reader.locale),
    value: `${valueText(key, change.old, reader)} → ${valueText(key, change.new, reader)}`,
  }));

const dataIn = (json: string): SiteData => JSON.parse(json) as SiteData;
const wishedIn = (change: Pick<SiteChange, 'before' | 'after'>): Differences =>
  differences(dataIn(change.before), dataIn(change.after));

/** What its asker saw of a site: an approval holds for it. */
export const seenOf = (site: Site) => ({ site: site.id, revision: site.revision, data: siteDataOf(site) });

export interface Wish {
  readonly site: Site;
  readonly changes: Differences;
  readonly relatedOrderId: number | null;
}

/**
 * Keeps the wish while sales look at it. One a person and site: an earlier one that still waits is cancelled, with its
 * request, and one that was returned is taken up again.
 */
export async function submitChange(
  work: Work,
  { site, changes, relatedOrderId }: Wish,
  approvalId: number,
): Promise<void> {
  const own = { siteId: site.id, requesterId: work.actor.personId };
  for (const waiting of await work.tx.siteChange.findMany({ where: { ...own, state: 'submitted' } })) {
    await move(work, waiting, { state: 'cancelled' });
    if (waiting.approvalId !== null) await withdraw(work, waiting.approvalId, 'cancelled');
  }
  const before = siteDataOf(site);
  const wished = Object.fromEntries(Object.entries(changes).map(([key, change]) => [key, change.new ?? undefined]));
  const data = {
    relatedOrderId,
    before: JSON.stringify(before),
    after: JSON.stringify({ ...before, ...wished }),
    revision: site.revision,
    state: 'submitted',
    approvalId,
    door: work.door,
    locale: work.locale,
  };
  const returned = await work.tx.siteChange.findFirst({
    where: { ...own, state: 'returned' },
    orderBy: { id: 'desc' },
  });
  if (returned) await work.tx.siteChange.update({ where: { id: returned.id }, data: { ...data, reason: null } });
  else await work.tx.siteChange.create({ data: { ...own, ...data, orgId: site.orgId, createdAt: work.now } });
}

/** The wish that an approval is about. */
export const changeOf = (tx: Tx, approvalId: number): Promise<SiteChange | null> =>
  tx.siteChange.findFirst({ where: { approvalId } });

/** Guarded: of two ways to end it the second finds it ended. */
async function move(
  work: Work,
  change: Pick<SiteChange, 'id'>,
  to: { state: Exclude<SiteChangeState, 'submitted'>; reason?: string | undefined },
): Promise<void> {
  const { count } = await work.tx.siteChange.updateMany({
    where: { id: change.id, state: 'submitted' },
    data: { state: to.state, reason: to.reason ?? null, endedAt: to.state === 'returned' ? null : work.now },
  });
  if (count !== 1) throw new Refusal('state.wrong', { number: changeRef(change.id), state: to.state });
}

/**
 * An approved wish becomes the site's data.
 * @throws {Refusal} `approval.void` when the site is no longer what the asker saw
 */
export async function applyChange(work: Work, approvalId: number): Promise<{ site: Site; changes: Differences }> {
  const change = await work.tx.siteChange.findFirstOrThrow({ where: { approvalId } });
  const after = dataIn(change.after);
  const before = await work.tx.site.findUniqueOrThrow({ where: { id: change.siteId } });
  const { count } = await work.tx.site.updateMany({
    where: { id: change.siteId, revision: change.revision },
    data: {
      ...siteColumns(after),
      siteName: after.siteName ?? before.siteName,
      searchText: siteSearchText(before, after),
      revision: { increment: 1 },
      updatedAt: work.now,
    },
  });
  if (count !== 1) throw new Refusal('approval.void', { number: '' });
  await move(work, change, { state: 'applied' });
  const changes = wishedIn(change);
  work.audit({
    action: 'site changed',
    object: siteRef(change.siteId),
    detail: { change: changeRef(change.id), changes, ...relatedTo(change) },
  });
  await tell(work, { change, site: before, verdict: 'applied' });
  return { site: before, changes };
}

const relatedTo = ({ relatedOrderId }: SiteChange): { relatedOrder?: string } =>
  relatedOrderId === null ? {} : { relatedOrder: printRef('O', relatedOrderId) };

/** Refused, left unanswered, or no longer about the site as it is: nothing changes, and its asker hears it. */
export async function endChange(
  work: Work,
  approvalId: number,
  ending: { readonly state: 'refused' | 'expired' | 'void' | 'cancelled'; readonly reason?: string },
): Promise<void> {
  const change = await changeOf(work.tx, approvalId);
  if (change?.state !== 'submitted') return;
  const states = { refused: 'refused', expired: 'cancelled', void: 'returned', cancelled: 'cancelled' } as const;
  const state = states[ending.state];
  await move(work, change, { state, reason: ending.reason });
  const site = await work.tx.site.findUniqueOrThrow({ where: { id: change.siteId } });
  const meanwhile = state === 'returned' ? differences(dataIn(change.before), siteDataOf(site)) : {};
  work.audit({
    action: `site change ${state}`,
    object: siteRef(site.id),
    detail: { change: changeRef(change.id), reason: ending.reason, meanwhile },
  });
  if (ending.state !== 'cancelled')
    await tell(work, {
      change,
      site,
      verdict: ending.state === 'void' ? 'returned' : ending.state,
      reason: ending.reason,
      meanwhile,
    });
}

/** What sales read before they decide. */
export const changeSummary: SummaryBy = async (tx, approvalId, reader) => {
  const change = await changeOf(tx, approvalId);
  if (!change) return [];
  const org = await tx.organisation.findUnique({ where: { id: change.orgId }, select: { name: true } });
  const { relatedOrder } = relatedTo(change);
  const { locale } = reader;
  return [
    { label: heading('site', locale), value: `${siteRef(change.siteId)}, ${dataIn(change.before).siteName ?? ''}` },
    { label: heading('reseller', locale), value: org?.name ?? '' },
    ...(relatedOrder ? [{ label: heading('relatedOrder', locale), value: relatedOrder }] : []),
    ...inWords(wishedIn(change), reader),
  ];
};

/** The asker hears by mail, and in chat where it was asked there. */
async function tell(
  work: Work,
  told: {
    change: SiteChange;
    site: Site;
    verdict: 'applied' | 'returned' | 'refused' | 'expired';
    reason?: string | undefined;
    meanwhile?: Differences;
  },
): Promise<void> {
  const { change, site, verdict, reason } = told;
  const locale = localeOf(change.locale, work.desk.locale);
  const reader = readerOf(work.desk, locale);
  const person = await work.tx.person.findUniqueOrThrow({
    where: { id: change.requesterId },
    include: { addresses: { where: { main: true } }, discordUsers: true },
  });
  const decided = verdict === 'applied' || verdict === 'refused';
  const about = {
    letter: 'site-change',
    personId: person.id,
    locale,
    object: siteRef(site.id),
    params: {
      site: siteRef(site.id),
      siteName: site.siteName,
      verdict,
      ...(decided ? { decider: work.actor.name } : {}),
      ...(reason === undefined ? {} : { reason }),
      changes: inWords(wishedIn(change), reader),
      meanwhile: inWords(told.meanwhile ?? {}, reader),
    },
  } as const;
  const address = person.addresses[0]?.email;
  const discord = person.discordUsers[0]?.discordId;
  if (change.door === 'chat' && discord) work.send({ channel: 'chat', recipient: discord, ...about });
  if (address) work.send({ channel: 'mail', recipient: address, ...about });
}

/** Why nothing would change: nothing was said, or the site has it all already. */
export function nothingChanges(work: Work, said: readonly string[]): Refusal {
  const say = textsOf(work.locale).sites;
  const fields = said.length > 0 ? said : ['site-name'];
  const sentence = said.length > 0 ? say.same({}) : say.nothing({});
  return new Refusal('input.invalid', {}, Object.fromEntries(fields.map((field) => [field, sentence])));
}
