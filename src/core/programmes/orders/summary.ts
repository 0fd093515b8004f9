/** A submitted order in the words that sales decide by: the approvals channel, and the letters that ask (X3). */
import type { SummaryBy } from '../../command/define.js';
import { fieldText, heading } from '../../command/value.js';
import { camel } from '../../locales/key.js';
import { contentOf, type Content } from './content.js';
import { newFields } from './fields.js';
import { orderRef } from './order.js';

/** The order that the request is about, field by field, with its documents. */
export const orderSummary: SummaryBy = async (tx, approvalId, reader) => {
  const row = await tx.order.findFirst({ where: { approvalId } });
  if (!row) return [];
  const org = await tx.organisation.findUniqueOrThrow({ where: { id: row.orgId } });
  const { locale } = reader;
  const content = contentOf(row);
  const documents = await tx.orderDocument.findMany({ where: { orderId: row.id }, orderBy: { id: 'asc' } });
  return [
    { label: heading('order', locale), value: `${orderRef(row.id)}, ${org.name}` },
    ...newFields.flatMap(({ field }) => {
      const value = content[camel(field.name) as keyof Content];
      return value === undefined ? [] : [{ label: field.labels[locale][0], value: fieldText(field, value, reader) }];
    }),
    { label: heading('documents', locale), value: documents.map(({ name }) => name).join(', ') },
  ];
};
