/** Counts before and after: what an erasure takes, and what has to stay of a person (docs/personal-data.md). */
import type { Work } from '../../guard/work.js';
import { personRef } from '../../guard/about.js';
import type { ErasedWhat, KeptWhat } from '../../locales/personal-texts.js';
import { Prisma } from '../../database/connect.js';
import { asCustomers, termsAccepted } from './customer-data.js';
import { detailsOf } from './forgetting.js';
import { ticketsOf, wordsOf } from './ticket-data.js';
import { mayName, namer, type Known } from './traces.js';

interface Counted<What> {
  readonly what: What;
  readonly count: number;
}

/** In the order of the texts; nothing of which there is none. */
const counted = <What extends string>(counts: Readonly<Record<What, number>>): Counted<What>[] =>
  (Object.entries(counts) as [What, number][]).flatMap(([what, count]) => (count > 0 ? [{ what, count }] : []));

/** What an erasure would take. */
export async function erasableOf(work: Work, known: Known): Promise<Counted<ErasedWhat>[]> {
  const { tx } = work;
  const { personId, emails } = known;
  const own = { where: { personId } };
  const person = await tx.person.findUniqueOrThrow({ where: { id: personId }, include: { addresses: true } });
  const { lastName, firstName, company, phone, street, zip, city, country, passwordHash } = person;
  const ways = [
    passwordHash === null ? 0 : 1,
    await tx.session.count(own),
    await tx.oneTimeLink.count(own),
    await tx.linkCode.count(own),
    await tx.secondFactor.count(own),
    await tx.recoveryCode.count(own),
  ];
  const sent = await tx.outbox.count({
    where: { OR: [{ personId }, { personId: null, recipient: { in: [...emails] } }] },
  });
  const received = await tx.inboundMail.count({
    where: { OR: [{ personId }, { personId: null, sender: { in: [...emails] } }] },
  });
  return counted({
    profile: [lastName, firstName, company, phone, street, zip, city, country].filter(Boolean).length,
    addresses: person.addresses.length,
    discordUsers: await tx.discordUser.count(own),
    access: ways.reduce((sum, count) => sum + count, 0),
    memberships: await tx.membership.count(own),
    installer: await tx.installer.count(own),
    devices: await tx.device.count({ where: { clientId: personId, state: { not: 'removed' } } }),
    customers: (await asCustomers(work, known)).free.length,
    tickets: (await wordsOf(work, known)).length,
    mails: sent + received,
    history: (await detailsOf(work, known)).length,
  });
}

/** What has to stay. */
export async function keptOf(work: Work, known: Known): Promise<Counted<KeptWhat>[]> {
  const { tx } = work;
  const { personId } = known;
  const orders = await tx.order.findMany({ where: { requesterId: personId }, select: { id: true } });
  const certificates = await tx.$queryRaw<{ n: number | bigint }[]>`
    SELECT COUNT(*) AS "n" FROM "Certificate" c JOIN "Order" o ON o."id" = c."orderId" WHERE o."requesterId" = ${personId}`;
  const asked = await tx.approval.count({ where: { requesterId: personId } });
  return counted({
    declarations: await tx.declaration.count({ where: { clientId: personId } }),
    packs: await tx.stockUnit.count({ where: { personId } }),
    placed: await tx.declaration.count({ where: { declarerId: personId } }),
    orders: orders.length + Number(certificates[0]?.n ?? 0),
    siteChanges: await tx.siteChange.count({ where: { requesterId: personId } }),
    approvals: asked + (await tx.approvalDecision.count({ where: { personId } })),
    devices: await tx.device.count({ where: { OR: [{ clientId: personId }, { installerId: personId }] } }),
    contacts: (await contactsOf(work, known)).length,
    customers: (await asCustomers(work, known)).holding.length,
    tasks: await tx.registrarTask.count({ where: { requesterId: personId } }),
    receipts: await receiptsNaming(work, known),
    terms: (await termsAccepted(work, personId)).length,
    tickets: (await ticketsOf(work, known)).length,
    audit: await tx.audit.count({ where: { OR: [{ actorId: personId }, { object: personRef(personId) }] } }),
  });
}

/** Receipts to somebody of the person's name: what was bought then, by whom, does not change (G7). */
async function receiptsNaming({ tx }: Pick<Work, 'tx'>, known: Known): Promise<number> {
  const named = namer(known);
  const rows = await tx.$queryRaw<{ content: string }[]>`
    SELECT "content" FROM "Receipt" WHERE ${mayName('content', known)}`;
  return rows.filter(({ content }) => named(content)).length;
}

/** A file of somebody else's in which the person is named by address. */
export interface Contact {
  readonly table: 'Site' | 'Opportunity' | 'Order';
  readonly id: number;
}

/** Sites, opportunities and orders that name one of the person's addresses. */
export async function contactsOf({ tx }: Pick<Work, 'tx'>, known: Known): Promise<Contact[]> {
  const byAddress = { ...known, names: [], discordIds: [] };
  const named = namer(byAddress);
  const found: Contact[] = [];
  for (const [table, columns] of [
    ['Site', ['siteEmail', 'contactEmail']],
    ['Opportunity', ['siteEmail', 'contactEmail']],
    ['Order', ['content']],
  ] as const) {
    const where = Prisma.join(
      columns.map((column) => mayName(column, byAddress)),
      ' OR ',
    );
    const text = Prisma.raw(columns.map((column) => `COALESCE("${column}", '')`).join(` || ' ' || `));
    const rows = await tx.$queryRaw<{ id: number; text: string }[]>`
      SELECT "id", ${text} AS "text" FROM ${Prisma.raw(`"${table}"`)} WHERE ${where} ORDER BY "id"`;
    found.push(...rows.filter((row) => named(row.text)).map(({ id }) => ({ table, id: Number(id) })));
  }
  return found;
}
