/** `declare …`: end users declared by a reseller (J4–J8), and `pack redeem`, by which a client takes its pack (J7). */
import { command, optional, required } from '../../command/define.js';
import { declarationOrPack, product } from '../../command/dictionary.js';
import { listed, listFields } from '../../command/listing.js';
import { identify, isStaff } from '../../guard/identity.js';
import { attemptsLeft, countAttempt, tellAtMost, trialsAnHour } from '../../guard/limit.js';
import { parseRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import type { Locale } from '../../locales/locale.js';
import { mailsAbout } from '../mails/about.js';
import { namedReseller, orgRef, ownReseller } from '../parties/organisation.js';
import type { Declaration, Tx } from '../../database/connect.js';
import { installerOf, tellDeclared, type Installer, type DeclarationNotice } from './declaration-letters.js';
import { place } from './declaration.js';
import { declarationRef } from './number.js';
import { contactIn, declaredFields, givenOf, supportContacts } from './declared.js';
import { numberKey } from '../../guard/number.js';
import { unknownObject } from '../../guard/unknown.js';
import { declarationStates } from './states.js';
import { productNamed } from './stock.js';

export const declareNew = command({
  name: 'declare new',
  help: {
    fr: 'Déclarer un utilisateur final : un service pack sort du stock',
    en: 'Declare an end user: a service pack leaves the stock',
  },
  who: 'reseller',
  fields: declaredFields,
  async run(work, input) {
    const reseller = ownReseller(work, { write: true });
    const contacts = await supportContacts(work, reseller, [input.supportContact]);
    const given = givenOf(work, input, contactIn(work, { reseller, contacts, named: input.supportContact }));
    // a trial costs no pack, and tells whether the client has an account
    if (work.dryRun) await tellAtMost(work, `trials of ${work.actor.personId}`, trialsAnHour);
    const placed = await place(work, reseller, given);
    return {
      code: 'declaration.placed',
      data: {
        declaration: work.made(declarationRef(placed.id)),
        pack: work.made(placed.pack),
        product: input.product,
        email: input.email,
        takeover: given.takeover,
        account: placed.account,
        box: input.box ?? null,
        state: placed.state,
      },
    };
  },
});

const itemOf = (row: Declaration, pack: string | null): Record<string, unknown> => ({
  declaration: declarationRef(row.id),
  pack,
  product: row.product,
  email: row.email,
  lastName: row.lastName,
  firstName: row.firstName,
  orderNumber: row.orderNumber,
  takeover: row.takeover,
  state: row.state,
  createdAt: row.createdAt.toISOString(),
});

/** Whose declarations the asker sees: its own reseller's; staff see all, or those of the one they name. */
async function visibleTo(work: Work, to: { write: boolean } = { write: false }): Promise<{ orgId?: number }> {
  if (!isStaff(work.actor)) return { orgId: ownReseller(work, to).id };
  return work.org === undefined ? {} : { orgId: (await namedReseller(work, work.org, 'org')).id };
}

async function packNumbers(tx: Tx, rows: readonly Declaration[]): Promise<Map<number, string | null>> {
  const units = await tx.stockUnit.findMany({
    where: { id: { in: rows.flatMap((row) => row.packId ?? []) } },
    select: { id: true, number: true },
  });
  return new Map(units.map(({ id, number }) => [id, number]));
}

export const declareList = command({
  name: 'declare list',
  help: {
    fr: 'Lister, filtrer et exporter les utilisateurs déclarés',
    en: 'List, filter and export the declared users',
  },
  who: ['reseller', 'staff'],
  reads: true,
  fields: [...listFields, optional(product)],
  run: async (work, input) =>
    listed(work, input, {
      code: 'declaration.listed',
      states: Object.keys(declarationStates),
      sortable: {
        declaration: 'id',
        product: 'product',
        email: 'email',
        'last-name': 'lastName',
        'first-name': 'firstName',
        'order-number': 'orderNumber',
        takeover: 'takeover',
        state: 'state',
        'created-at': 'createdAt',
      },
      searchColumn: 'searchText',
      where: { ...(await visibleTo(work)), ...(input.product ? { product: input.product } : {}) },
      count: (args) => work.tx.declaration.count(args),
      find: async (args) => {
        const rows = await work.tx.declaration.findMany(args);
        const numbers = await packNumbers(work.tx, rows);
        return rows.map((row) => ({ row, pack: numbers.get(row.packId ?? 0) ?? null }));
      },
      item: ({ row, pack }) => itemOf(row, pack),
    }),
});

/** By its own number or its pack's. @throws {Refusal} `object.unknown`, also for another's: no telling which */
async function declarationNamed(work: Work, typed: string, to?: { write: boolean }): Promise<Declaration> {
  const visible = await visibleTo(work, to);
  const id = parseRef('D', typed);
  const own = id === undefined ? null : await work.tx.declaration.findFirst({ where: { id, ...visible } });
  // an imported pack number may be digits alone
  const unit = own ? null : await work.tx.stockUnit.findUnique({ where: { numberKey: numberKey(typed) } });
  const found =
    own ??
    (unit &&
      (await work.tx.declaration.findFirst({ where: { packId: unit.id, ...visible }, orderBy: { id: 'desc' } })));
  if (!found) throw unknownObject(work, typed);
  return found;
}

export const declareShow = command({
  name: 'declare show',
  help: {
    fr: 'Voir une déclaration et le sort de ses courriers',
    en: 'See a declaration and what became of its mails',
  },
  who: ['reseller', 'staff'],
  reads: true,
  fields: [required(declarationOrPack)],
  async run(work, input) {
    const row = await declarationNamed(work, input.number);
    const numbers = await packNumbers(work.tx, [row]);
    const unit = row.boxId === null ? null : await work.tx.stockUnit.findUnique({ where: { id: row.boxId } });
    const org = await work.tx.organisation.findUniqueOrThrow({ where: { id: row.orgId } });
    return {
      code: 'declaration.shown',
      data: {
        ...itemOf(row, numbers.get(row.packId ?? 0) ?? null),
        box: unit?.serial ?? null,
        reseller: orgRef(row.orgId),
        company: org.name,
        account: row.account,
        completedAt: row.completedAt?.toISOString() ?? null,
        mails: await mailsAbout(work.tx, { object: declarationRef(row.id), staff: isStaff(work.actor) }),
      },
    };
  },
});

const resendsAnHour = { count: 5, windowMs: 3_600_000 };

export const declareResend = command({
  name: 'declare resend',
  help: { fr: 'Renvoyer les courriers d’une déclaration', en: 'Send a declaration’s mails again' },
  who: ['reseller', 'staff'],
  fields: [required(declarationOrPack)],
  async run(work, input) {
    const row = await declarationNamed(work, input.number, { write: true });
    const declaration = declarationRef(row.id);
    if (row.state === 'undone') throw new Refusal('state.wrong', { why: 'undone', number: declaration });
    const key = `resend ${declaration}`;
    if ((await attemptsLeft(work.tx, key, { limit: resendsAnHour, now: work.now })) <= 0)
      throw new Refusal('rate.limited', { minutes: 60 });
    await countAttempt(work.tx, key, work.now);
    const letters = await sendAgain(work, row);
    work.audit({ action: 'declare resend', object: declaration, detail: { letters } });
    return { code: 'declaration.resent', data: { declaration, email: row.email, mails: letters } };
  },
});

/** The same letters, with links in place of secrets that are gone. */
async function sendAgain(work: Work, row: Declaration): Promise<readonly string[]> {
  const client = await work.tx.person.findUniqueOrThrow({ where: { id: row.clientId } });
  const org = await work.tx.organisation.findUniqueOrThrow({ where: { id: row.orgId } });
  const unit = row.boxId === null ? null : await work.tx.stockUnit.findUnique({ where: { id: row.boxId } });
  const told: DeclarationNotice = {
    id: row.id,
    reseller: { id: org.id, name: org.name },
    given: {
      product: productNamed(work.desk.catalogue, row.product),
      email: row.email,
      lastName: row.lastName,
      firstName: row.firstName,
      orderNumber: row.orderNumber,
      takeover: row.takeover,
      supportContact: { personId: row.supportContactId },
      box: unit?.serial ?? undefined,
      locale: row.locale as Locale,
    },
    pack: (await packNumbers(work.tx, [row])).get(row.packId ?? 0) ?? null,
    client: {
      personId: row.clientId,
      account: row.account === 'created' ? 'created' : 'existing',
      locale: row.locale as Locale,
      invited: client.state === 'invited',
      firstPassword: undefined,
      passwordUntil: undefined,
    },
    installer: await installerAgain(work, row),
  };
  await tellDeclared(work, [told]);
  return row.takeover ? ['takeover-installer', 'takeover-client'] : ['declared-client'];
}

/** Whoever of the reseller asks; when staff ask, whoever declared it: the letter is none of theirs. */
async function installerAgain(work: Work, row: Declaration): Promise<Installer> {
  if (work.actor.members.some(({ orgId }) => orgId === row.orgId)) return installerOf(work);
  return installerOf({
    actor: await identify(work.tx, { kind: 'session', personId: row.declarerId }),
    desk: work.desk,
  });
}
