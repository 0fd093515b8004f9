/** `billing forecast`: the renewals to come against the balance, as a table, a sheet or a picture (G7). */
import { DateTime } from 'luxon';
import { command, optional } from '../../command/define.js';
import { exportAs, months, reseller } from '../../command/dictionary.js';
import { sheetOf } from '../../command/listing.js';
import type { Done } from '../../command/outcome.js';
import { heading } from '../../command/reply.js';
import type { Upload } from '../../command/type.js';
import type { Work } from '../../guard/work.js';
import { formatMoney } from '../../locales/format.js';
import { orgRef } from '../parties/organisation.js';
import type { Balance, Organisation } from '../../database/connect.js';
import { drawPicture } from '../../papers/chart.js';
import { todayIn } from '../domains/life.js';
import { accountOf } from './account.js';
import { balanceCentsOf, balanceOf } from './balance.js';
import { duesOf, forecastOf, horizon, type Forecast } from './forecast.js';

const monthsUsually = 12;

export const billingForecast = command({
  name: 'billing forecast',
  help: {
    fr: 'Voir ce que coûteront les renouvellements à venir, et jusqu’à quand le solde suffit',
    en: 'See what the renewals to come will cost, and how long the balance will do',
  },
  who: ['member', 'staff'],
  reads: true,
  fields: [optional(months), optional(exportAs), optional(reseller)],
  async run(work, input): Promise<Done> {
    const org = await accountOf(work, input.reseller);
    const balance = await balanceOf(work.tx, org.id);
    const today = todayIn(work.desk, work.now);
    const until = horizon(today, input.months ?? monthsUsually);
    const { dues, unpriced } = await duesOf(work, org, until);
    const balanceCents = balanceCentsOf(balance);
    const forecast = forecastOf(dues, { balanceCents, creditCents: balance.creditCents, today, until });
    const { items, shortOn, count, dueCents } = forecast;
    const file = input.export
      ? await sheetOf(work, input.export, { name: 'billing.forecast', items: items.map((item) => ({ ...item })) })
      : await pictureOf(work, { org, balance, forecast });
    return {
      code: 'billing.forecast',
      data: {
        org: orgRef(org.id),
        name: org.name,
        until,
        balanceCents,
        creditCents: balance.creditCents,
        total: count,
        dueCents,
        shortOn,
        ...(unpriced === 0 ? {} : { unpriced }),
        currency: balance.currency,
        items,
      },
      file,
    };
  },
});

async function pictureOf(
  { locale }: Work,
  of: { org: Organisation; balance: Balance; forecast: Forecast },
): Promise<Upload> {
  const { org, balance, forecast } = of;
  const { items } = forecast;
  const month = new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' });
  const { thresholdCents } = balance;
  const content = await drawPicture({
    title: `${org.name} · ${heading('dueCents', locale)} / ${heading('balanceCents', locale)}`,
    labels: items.map((item) => month.format(DateTime.fromISO(`${item.month}-01`, { zone: 'utc' }).toJSDate())),
    series: [
      { label: heading('dueCents', locale), kind: 'bars', values: items.map(({ dueCents }) => dueCents) },
      { label: heading('balanceCents', locale), kind: 'line', values: items.map((item) => item.balanceCents) },
      ...(thresholdCents > 0
        ? [
            {
              label: heading('thresholdCents', locale),
              kind: 'level' as const,
              values: items.map(() => thresholdCents),
            },
          ]
        : []),
    ],
    written: (cents) => formatMoney(cents, locale, balance.currency),
  });
  return { name: `${orgRef(org.id)}-${items[0]?.month ?? ''}.png`, type: 'image/png', content };
}
