/**
 * What becomes of a register's rows: each is judged by the register as the good rows before it leave it, so that it makes
 * no difference where a part ends, or whether the earlier ones have been written.
 */
import type { RowFault } from '../../command/table.js';
import { numberKey } from '../../guard/number.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { lookedUp, type Found, type Listed, type Registered, type RegisterRow } from './register-rows.js';
import { modelHash, type Said, type Seen } from './register-seen.js';

/** What a changed pair was. */
interface Change {
  readonly codeId: string;
  readonly mac?: { readonly old: string; readonly new: string };
  readonly model?: { readonly old: string | null; readonly new: string };
}

/** What came of a part's rows. */
export interface Judged {
  /** How many rows; one may change what another has added. */
  readonly counts: { readonly added: number; readonly changed: number; readonly repeated: number };
  readonly faults: readonly RowFault[];
  /** To be written. */
  readonly added: readonly Registered[];
  readonly changed: readonly Registered[];
  readonly changes: readonly Change[];
  /** What its good rows said, by the Code ID's key: to be noted once the part is committed. */
  readonly said: ReadonlyMap<string, Said>;
}

/** Judges a part; changes nothing. */
export async function judge(work: Work, rows: readonly RegisterRow[], seen: Seen): Promise<Judged> {
  const faults: RowFault[] = [];
  const listed: Listed[] = [];
  for (const { row, input, faults: own } of rows)
    if (own) faults.push(...own);
    else listed.push({ row, input, codeKey: numberKey(input.codeId), mac: input.mac });
  const part: Part = {
    ...{ work, seen, found: await lookedUp(work.tx, listed) },
    ...{ said: new Map(), saidOfMac: new Map(), added: new Map(), changed: new Map(), changes: [] },
  };
  const counts = { added: 0, changed: 0, repeated: 0 };
  for (const row of listed) {
    const wrong = objection(part, row);
    if (wrong) faults.push({ row: row.row, ...wrong });
    else counts[take(part, row)] += 1;
  }
  faults.sort((one, other) => one.row - other.row);
  const [added, changed] = [[...part.added.values()], [...part.changed.values()]];
  return { counts, faults, added, changed, changes: part.changes, said: part.said };
}

interface Part {
  readonly work: Work;
  readonly found: Found;
  /** What was said before this part. */
  readonly seen: Seen;
  /** What its rows say, by the Code ID's key and by the MAC. */
  readonly said: Map<string, Said>;
  readonly saidOfMac: Map<string, Said>;
  /** What is to be written, by the Code ID's key. */
  readonly added: Map<string, Registered>;
  readonly changed: Map<string, Registered>;
  readonly changes: Change[];
}

const saidOf = ({ said, seen }: Part, codeKey: string): Said | undefined => said.get(codeKey) ?? seen.ofCode(codeKey);

/** What contradicts the register or an earlier row. */
function objection(part: Part, { codeKey, mac, input }: Listed): Omit<RowFault, 'row'> | undefined {
  const say = textsOf(part.work.locale).imports;
  const mine = saidOf(part, codeKey);
  if (mine) {
    if (mine.mac !== mac) return { column: 'mac', fault: say.otherMac({ line: mine.row }) };
    const same = mine.model === 0 || input.model === undefined || mine.model === modelHash(input.model);
    return same ? undefined : { column: 'model', fault: say.otherModel({ line: mine.row }) };
  }
  const other = part.saidOfMac.get(mac) ?? part.seen.ofMac(mac);
  if (other) return { column: 'mac', fault: say.macTwice({ line: other.row }) };
  const { byCode, byMac, enrolled } = part.found;
  const owner = byMac.get(mac);
  // an earlier row may have given its owner another
  if (owner && owner.codeKey !== codeKey && (saidOf(part, owner.codeKey)?.mac ?? mac) === mac)
    return { column: 'mac', fault: say.macTaken({ codeId: owner.codeId }) };
  const registered = byCode.get(codeKey);
  if (registered && registered.mac !== mac && enrolled.has(codeKey))
    return { column: 'mac', fault: say.enrolled({ mac: registered.mac }) };
  return undefined;
}

/** Takes a row that nothing speaks against. What it says nothing about stays. */
function take(part: Part, { row, codeKey, mac, input }: Listed): keyof Judged['counts'] {
  const mine = saidOf(part, codeKey);
  const note = { row: mine?.row ?? row, mac, model: mine?.model || modelHash(input.model) };
  part.said.set(codeKey, note);
  part.saidOfMac.set(mac, note);
  const standing = part.added.get(codeKey) ?? part.changed.get(codeKey) ?? part.found.byCode.get(codeKey);
  const model = standing?.model ?? null;
  const written = { codeKey, codeId: standing?.codeId ?? input.codeId, mac, model: input.model ?? model };
  if (!standing && !mine) {
    part.added.set(codeKey, written);
    return 'added';
  }
  const moved = !mine && standing !== undefined && standing.mac !== mac;
  // what an earlier part has said may not be written: then its note tells
  const renamed = mine?.model !== note.model && written.model !== model;
  if (!moved && !renamed) return 'repeated';
  (part.added.has(codeKey) ? part.added : part.changed).set(codeKey, written);
  part.changes.push({
    codeId: written.codeId,
    ...(moved ? { mac: { old: standing.mac, new: mac } } : {}),
    ...(renamed ? { model: { old: model, new: written.model ?? '' } } : {}),
  });
  return 'changed';
}
