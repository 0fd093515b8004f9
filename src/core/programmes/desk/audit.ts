/** `audit …`: what happened to an object, and whether the record is whole (X6). */
import { command, optional, required } from '../../command/define.js';
import { object, page } from '../../command/dictionary.js';
import { aboutAddress, addressRef, personIn, personRef } from '../../guard/about.js';
import type { Work } from '../../guard/work.js';
import { parseRef, printRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import { approvalRef } from '../../guard/approval.js';
import { declarationRef } from '../packs/number.js';
import { numberKey } from '../../guard/number.js';
import type { Audit } from '../../database/connect.js';
import { verifyAudit } from '../../database/audit.js';

const perPage = 25;

/** The number(s) under which events about this were written: a pack's stand under its declaration, a person's under its own. */
async function objectsOf(work: Work, typed: string): Promise<string[]> {
  const personId = personIn(typed);
  if (personId !== undefined) return [personRef(personId)];
  if (typed.includes('@')) {
    const email = typed.trim().toLowerCase();
    return [await aboutAddress(work.tx, email), addressRef(work.desk.secrets, email), email];
  }
  for (const prefix of ['D', 'A', 'G', 'O', 'S', 'OP', 'V', 'X']) {
    const id = new RegExp(`^${prefix}[- ]?\\d`, 'i').test(typed) ? parseRef(prefix, typed) : undefined;
    if (id !== undefined) return [printRef(prefix, id)];
  }
  const unit = await work.tx.stockUnit.findUnique({ where: { numberKey: numberKey(typed) } });
  if (!unit) return [typed, typed.toLowerCase()];
  const declarations = await work.tx.declaration.findMany({ where: { packId: unit.id }, select: { id: true } });
  return [
    typed,
    ...declarations.map(({ id }) => declarationRef(id)),
    ...(unit.approvalId === null ? [] : [approvalRef(unit.approvalId)]),
  ];
}

/** A person by its address, while it has one; an address that is nobody's as it was asked for. */
function shownObject(
  { desk }: Work,
  object: string | null,
  { people, typed }: { people: readonly { id: number; addresses: readonly { email: string }[] }[]; typed: string },
): string | null {
  if (object === null) return null;
  const personId = personIn(object);
  if (personId !== undefined) return people.find(({ id }) => id === personId)?.addresses[0]?.email ?? object;
  return object === addressRef(desk.secrets, typed) ? typed : object;
}

/** Who did it, and through whose hands (SPEC 0, "Authority"). */
function hands(row: Audit, nameOf: (personId: number | null) => string | null): string | null {
  const name = nameOf(row.actorId);
  if (row.releasedById !== null) return `as ${name ?? ''}, released by ${nameOf(row.releasedById) ?? ''}`;
  return row.operator && name !== 'operator' ? `operator as ${name ?? ''}` : name;
}

export const auditShow = command({
  name: 'audit show',
  help: { fr: 'Qui a fait quoi, par quelle porte, sur cet objet', en: 'Who did what, by which door, to this object' },
  who: 'staff',
  reads: true,
  fields: [required(object), optional(page)],
  async run(work, input) {
    const where = { object: { in: await objectsOf(work, input.object) } };
    const number = input.page ?? 1;
    const total = await work.tx.audit.count({ where });
    const rows = await work.tx.audit.findMany({
      where,
      orderBy: { seq: 'desc' },
      skip: (number - 1) * perPage,
      take: perPage,
    });
    const details = await work.tx.auditDetail.findMany({ where: { seq: { in: rows.map(({ seq }) => seq) } } });
    const people = await work.tx.person.findMany({
      where: {
        id: {
          in: rows.flatMap(({ actorId, releasedById, object }) =>
            [actorId ?? [], releasedById ?? [], personIn(object ?? '') ?? []].flat(),
          ),
        },
      },
      include: { addresses: { where: { main: true } } },
    });
    const nameOf = (personId: number | null): string | null => {
      const person = people.find(({ id }) => id === personId);
      if (person?.operator) return 'operator';
      return person?.addresses[0]?.email ?? (personId === null ? null : `#${personId}`);
    };
    const items = rows.map((row) => {
      const detail = details.find(({ seq }) => seq === row.seq);
      return {
        seq: row.seq,
        at: row.at.toISOString(),
        who: hands(row, nameOf),
        door: row.door,
        action: row.action,
        object: shownObject(work, row.object, { people, typed: input.object }),
        detail: detail ? (JSON.parse(detail.detail) as unknown) : null,
      };
    });
    return { code: 'audit.shown', data: { object: input.object, items, total, page: number } };
  },
});

export const auditVerify = command({
  name: 'audit verify',
  help: {
    fr: 'Vérifier que rien n’a été retiré ni changé dans l’audit',
    en: 'Check that nothing was removed from or changed in the audit',
  },
  who: 'staff',
  reads: true,
  fields: [],
  async run(work) {
    const verified = await verifyAudit(work.tx);
    if (verified.broken)
      throw new Refusal('state.wrong', { why: 'audit', seq: verified.broken.seq, how: verified.broken.why });
    return { code: 'audit.verified', data: { rows: verified.rows, erased: verified.erased ?? 0 } };
  },
});
