/** `order new`, `edit`, `attach`, `detach`: a draft takes shape, through whichever doors (D1–D11). */
import { changedKeys, only } from '../../command/changes.js';
import { command, optional, required, type Home } from '../../command/define.js';
import { documentFile, documentKind, documentName } from '../../command/dictionary.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { findOpportunity } from '../opportunities/opportunity.js';
import { ownReseller } from '../parties/organisation.js';
import { ordersInForce } from '../../catalogue/versions.js';
import { columnsOf, composed, contentOf, differs, siteFacts } from './content.js';
import { inspectAhead } from './documents.js';
import {
  addDocuments,
  attaches,
  attaching,
  answered,
  attachedIn,
  documentsOf,
  reopened,
  rewritten,
  searchTextOf,
} from './draft.js';
import { editFields, newFields, orderNumber } from './fields.js';
import { findOrder, orderRef, type OrderRow } from './order.js';
import { findSite } from '../sites/site.js';

const own = (work: Work, number: string): Promise<OrderRow> => findOrder(work, number, { write: true });

const companyOf = async (work: Work, orgId: number): Promise<string> =>
  (await work.tx.organisation.findUniqueOrThrow({ where: { id: orgId }, select: { name: true } })).name;

const homes: Home = {
  site: async (work, number) => (await findSite(work, number)).siteCountry,
  opportunity: async (work, number) => (await findOpportunity(work, number)).siteCountry,
};

export const orderNew = command({
  name: 'order new',
  help: {
    fr: 'Commencer une commande ; le brouillon est gardé et se complète par n’importe quelle porte',
    en: 'Begin an order; the draft is kept and can be completed through any door',
  },
  who: 'reseller',
  fields: newFields,
  home: homes,
  ahead: inspectAhead,
  async run(work, input) {
    const reseller = ownReseller(work, { write: true });
    const { id: catalogueId, orders } = await ordersInForce(work.tx);
    const content = await composed(work, { input, orders });
    const { id } = await work.tx.order.create({
      data: {
        orgId: reseller.id,
        requesterId: work.actor.personId,
        door: work.door,
        locale: work.locale,
        ...columnsOf(content),
        catalogueId,
        searchText: '',
        createdAt: work.now,
        updatedAt: work.now,
      },
    });
    const searchText = searchTextOf(id, content, reseller.name);
    const row = (await work.tx.order.update({ where: { id }, data: { searchText } })) as OrderRow;
    const added = await addDocuments(work, id, await attaching(work, [], attachedIn(input)));
    work.audit({
      action: 'order new',
      object: orderRef(id),
      detail: { content, documents: added.map(({ name, kind, sha256 }) => ({ name, kind, sha256 })) },
    });
    return answered(work, 'order.drafted', { row, content, orders });
  },
});

export const orderEdit = command({
  name: 'order edit',
  help: {
    fr: 'Changer une commande pas encore décidée ; soumise, elle redevient un brouillon',
    en: 'Change an order that is not decided yet; a submitted one becomes a draft again',
  },
  who: 'reseller',
  fields: editFields,
  home: { ...homes, number: async (work, number) => contentOf(await findOrder(work, number)).siteCountry ?? null },
  ahead: inspectAhead,
  async run(work, { number, ...input }) {
    const row = await own(work, number);
    const { orders } = await ordersInForce(work.tx);
    const before = contentOf(row);
    const files = await attaching(work, await documentsOf(work, row.id), attachedIn(input));
    const isNew = differs(before, input);
    if (!isNew && !attaches(files))
      return answered(work, 'order.edited', { row, content: before, orders, data: { changed: [] } });
    const content = await composed(work, { before, input, orders, orderId: row.id });
    const changes = changed(before, content);
    const state = await reopened(work, row, isNew ? 'content' : 'documents');
    const edited = await rewritten(work, row, { state, content, company: await companyOf(work, row.orgId) });
    const added = await addDocuments(work, row.id, files);
    work.audit({
      action: 'order edit',
      object: number,
      detail: {
        changes: Object.fromEntries(
          changes.map((key) => [key, { old: before[key] ?? null, new: content[key] ?? null }]),
        ),
        documents: added.map(({ name, kind, sha256 }) => ({ name, kind, sha256 })),
      },
    });
    const documents = attaches(files) ? ['documents'] : [];
    const data = { changed: [...changes, ...documents] };
    return answered(work, 'order.edited', { row: edited, content, orders, data });
  },
});

type Key = keyof ReturnType<typeof contentOf>;

/** What is kept of a site for the rules is none of what people enter. */
const isFact = (key: Key): boolean => (siteFacts as readonly Key[]).includes(key);

/** The keys whose value differs. */
const changed = (before: ReturnType<typeof contentOf>, after: ReturnType<typeof contentOf>): Key[] =>
  changedKeys<Key>({ ...before }, { ...only({}, Object.keys(before)), ...after }).filter((key) => !isFact(key));

export const orderAttach = command({
  name: 'order attach',
  help: { fr: 'Joindre un document à une commande', en: 'Attach a document to an order' },
  who: 'reseller',
  fields: [required(orderNumber), required(documentFile), optional(documentKind)],
  ahead: inspectAhead,
  async run(work, { number, file, kind = 'other' }) {
    const row = await own(work, number);
    const { orders } = await ordersInForce(work.tx);
    const content = contentOf(row);
    const files = await attaching(work, await documentsOf(work, row.id), [{ upload: file, field: 'file', kind }]);
    // the same bytes again are there already, and void no approval
    if (!attaches(files))
      return answered(work, 'order.attached', { row, content, orders, data: { file: file.name, kind, changed: [] } });
    const state = await reopened(work, row, 'documents');
    const edited = await rewritten(work, row, { state, content, company: await companyOf(work, row.orgId) });
    const added = await addDocuments(work, row.id, files);
    const shown = added[0]?.name ?? file.name;
    work.audit({
      action: 'order attach',
      object: number,
      detail: added.map((one) => ({ name: one.name, kind: one.kind, sha256: one.sha256 })),
    });
    return answered(work, 'order.attached', { row: edited, content, orders, data: { file: shown, kind } });
  },
});

export const orderDetach = command({
  name: 'order detach',
  help: { fr: 'Retirer un document d’une commande, par son nom', en: 'Take a document out of an order, by its name' },
  who: 'reseller',
  fields: [
    required(orderNumber),
    required(documentName, {
      suggest: async (tx, { work }) => {
        const orgs = work.actor.members.map(({ orgId }) => orgId);
        const rows = await tx.order.findMany({
          where: { orgId: { in: orgs }, state: { in: ['draft', 'returned', 'submitted', 'in-review'] } },
          orderBy: { updatedAt: 'desc' },
          take: 10,
          select: { id: true },
        });
        const names = await tx.orderDocument.findMany({ where: { orderId: { in: rows.map(({ id }) => id) } } });
        return names.map(({ name }) => ({ id: name, names: { fr: name, en: name } }));
      },
    }),
  ],
  async run(work, { number, file }) {
    const row = await own(work, number);
    const { orders } = await ordersInForce(work.tx);
    const content = contentOf(row);
    const present = await documentsOf(work, row.id);
    const wanted = file.normalize('NFC').toLowerCase();
    const found = present.find(({ name }) => name.toLowerCase() === wanted);
    if (!found) {
      const choices = present.map(({ name }) => name).join(', ');
      throw new Refusal('input.invalid', {}, { file: textsOf(work.locale).faults.choice({ choices }) });
    }
    const state = await reopened(work, row, 'documents');
    const edited = await rewritten(work, row, { state, content, company: await companyOf(work, row.orgId) });
    await work.tx.orderDocument.delete({ where: { id: found.id } });
    work.audit({ action: 'order detach', object: number, detail: { name: found.name, sha256: found.sha256 } });
    return answered(work, 'order.detached', { row: edited, content, orders, data: { file: found.name } });
  },
});
