/** A submitted order in the words that sales decide by: the approvals channel, and the letters that ask (X3). */
import { fieldLabel, heading } from '../command/reply.js';
import type { SummaryBy } from '../guard/approval.js';
import { contentOf, typedAgain } from './content.js';
import { orderRef } from './order.js';

/** The order that the request is about, field by field as it would be typed, with its documents. */
export const orderSummary: SummaryBy = async (tx, approvalId, locale) => {
  const row = await tx.order.findFirst({ where: { approvalId } });
  if (!row) return [];
  const org = await tx.organisation.findUniqueOrThrow({ where: { id: row.orgId } });
  const documents = await tx.orderDocument.findMany({ where: { orderId: row.id }, orderBy: { id: 'asc' } });
  return [
    { label: heading('order', locale), value: `${orderRef(row.id)}, ${org.name}` },
    ...Object.entries(typedAgain(contentOf(row))).map(([name, value]) => ({ label: fieldLabel(name, locale), value })),
    { label: heading('documents', locale), value: documents.map(({ name }) => name).join(', ') },
  ];
};
