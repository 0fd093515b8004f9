/** Who hears of an order's steps: its requester where it was last worked on and by mail, its salesperson, the cloud team (D12). */
import type { Work } from '../../guard/work.js';
import { formatDay } from '../../locales/format.js';
import type { Locale } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import { readers } from '../parties/readers.js';
import { taskNotice } from '../../database/outbox.js';
import { contentOf } from './content.js';
import { orderRef, type OrderRow } from './order.js';

/** What happened, as the letter names it. */
export type Step =
  'in-review' | 'returned' | 'refused' | 'provisioning' | 'done' | 'provisioned' | 'cancelled' | 'expired' | 'void';

export interface Stepped {
  readonly step: Step;
  readonly reason?: string | undefined;
  readonly certificate?: string | undefined;
  /** A day, `YYYY-MM-DD`. */
  readonly day?: string | undefined;
}

/** The order in words, for letters. */
export function orderInWords(work: Pick<Work, 'desk'>, row: OrderRow, locale: Locale) {
  const { types, solutions } = work.desk.catalogue.orders;
  const content = contentOf(row);
  const named = (all: readonly { id: string; name: Record<Locale, string> }[], id: string | undefined) =>
    id === undefined ? undefined : (all.find((one) => one.id === id)?.name[locale] ?? id);
  const type = named(types, content.type);
  const solution = named(solutions, content.solution);
  return {
    number: orderRef(row.id),
    type: type ?? content.type,
    ...(solution === undefined ? {} : { solution }),
    ...(content.siteName === undefined ? {} : { site: content.siteName }),
    ...(content.reference ? { references: content.reference.join(', ') } : {}),
  };
}

/** Tells the requester of a step; not when the requester has just taken it. */
export async function tellStep(work: Work, row: OrderRow, stepped: Stepped): Promise<void> {
  if (work.actor.personId === row.requesterId) return;
  const { step, reason, certificate, day } = stepped;
  for (const reader of await readers(work, { id: row.requesterId })) {
    const zone = work.desk.timeZone;
    const about = {
      letter: 'order-step',
      personId: reader.personId,
      locale: reader.locale,
      object: orderRef(row.id),
      params: {
        ...orderInWords(work, row, reader.locale),
        step,
        ...(reason === undefined ? {} : { reason }),
        ...(certificate === undefined
          ? {}
          : { certificate, certificateUrl: `${work.desk.publicUrl}/c/${certificate}` }),
        ...(day === undefined ? {} : { day: formatDay(new Date(`${day}T12:00:00Z`), zone, reader.locale) }),
      },
    } as const;
    if (row.door === 'chat' && reader.discordId) work.send({ channel: 'chat', recipient: reader.discordId, ...about });
    if (reader.email) work.send({ channel: 'mail', recipient: reader.email, ...about });
  }
}

/** Its salesperson looked at something that is being changed. */
export async function tellReviewer(work: Work, row: OrderRow): Promise<void> {
  if (row.reviewerId === null) return;
  await tellStaff(work, row, { where: { id: row.reviewerId }, task: 'changed' });
}

/** The cloud team has something to set up: a letter to each, and a task in the approvals channel with its button. */
export async function tellCloud(work: Work, row: OrderRow): Promise<void> {
  await tellStaff(work, row, { where: { roles: { some: { role: 'cloud' } } }, task: 'provision' });
  const { locale } = work.desk;
  const { number, solution, site } = orderInWords(work, row, locale);
  const say = textsOf(locale).orders;
  const text = say.task({ number, solution: solution ?? '', site: site ?? '' });
  const buttons = [{ command: 'order provisioned', number, label: say.provisioned({}) }];
  work.send(taskNotice(locale, { object: number, text, buttons }));
}

async function tellStaff(
  work: Work,
  row: OrderRow,
  { where, task }: { where: object; task: 'changed' | 'provision' },
): Promise<void> {
  for (const { email, personId, locale } of await readers(work, where))
    if (email)
      work.send({
        channel: 'mail',
        letter: 'order-staff',
        recipient: email,
        personId,
        locale,
        object: orderRef(row.id),
        params: { ...orderInWords(work, row, locale), task },
      });
}
