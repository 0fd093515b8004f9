/** `billing receipt`: one receipt, with its paper (G7). */
import { command, required, type Suggest } from '../../command/define.js';
import { receiptNumber } from '../../command/dictionary.js';
import { unknownObject } from '../../guard/unknown.js';
import { localeOf } from '../../locales/locale.js';
import { ownedBy } from '../domains/domain.js';
import { drawReceipt } from './paper.js';
import { contentOf, readReceiptNumber } from './receipt.js';

const suggestReceipts: Suggest = async (tx, { typed, work }) => {
  const number = { contains: readReceiptNumber(typed) ?? typed.trim().toUpperCase() };
  const where = { ...(await ownedBy(work)), number };
  const rows = await tx.receipt.findMany({ where, orderBy: { id: 'desc' }, take: 25, select: { number: true } });
  return rows.map((row) => ({ id: row.number, names: { fr: row.number, en: row.number }, matches: true }));
};

export const billingReceipt = command({
  name: 'billing receipt',
  help: { fr: 'Voir un reçu, avec son PDF', en: 'See a receipt, with its PDF' },
  who: ['member', 'staff'],
  reads: true,
  fields: [required(receiptNumber, { suggest: suggestReceipts })],
  async run(work, input) {
    const number = readReceiptNumber(input.number);
    const where = { number: number ?? '', ...(await ownedBy(work)) };
    const row = await work.tx.receipt.findFirst({ where });
    if (!row) throw unknownObject(work, input.number);
    const content = contentOf(row);
    const locale = localeOf(row.locale, work.desk.locale);
    const pdf = await drawReceipt({ ...row, content, locale });
    const { buyer, object, payment, of, lines, percent, reverseCharge } = content;
    return {
      code: 'billing.receipt',
      data: {
        number: row.number,
        org: buyer.number,
        name: buyer.name,
        kind: row.kind,
        ...(object === null ? {} : { object }),
        ...(payment === undefined ? {} : { payment }),
        ...(of === undefined ? {} : { receipt: of }),
        netCents: row.netCents,
        vatCents: row.vatCents,
        grossCents: row.grossCents,
        currency: row.currency,
        percent,
        reverseCharge,
        issuedAt: row.issuedAt.toISOString(),
        lines: lines.map(({ text, netCents }) => ({ text, netCents })),
      },
      file: { name: `${row.number}.pdf`, type: 'application/pdf', content: pdf },
    };
  },
});
