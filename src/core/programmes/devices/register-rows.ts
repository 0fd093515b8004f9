/** Rows of the manufacturer's register in the database: a part is looked up by two statements and written by two. */
import { optional, required, type Input } from '../../command/define.js';
import { codeId, mac, model } from '../../command/dictionary.js';
import type { TableRow } from '../../command/table.js';
import { Prisma, type Tx } from '../../database/connect.js';
import { insertRows, putRows } from '../../database/bulk-insert.js';

export const registerColumns = [required(codeId), required(mac), optional(model)] as const;
export type RegisterRow = TableRow<typeof registerColumns>;

/** A good row: its Code ID as it is compared, its MAC as it is kept. */
export interface Listed {
  readonly row: number;
  readonly codeKey: string;
  readonly mac: string;
  readonly input: Input<typeof registerColumns>;
}

/** What the register has of a Code ID, or would have. */
export interface Registered {
  readonly codeKey: string;
  readonly codeId: string;
  readonly mac: string;
  readonly model: string | null;
}

export interface Found {
  readonly byCode: ReadonlyMap<string, Registered>;
  readonly byMac: ReadonlyMap<string, Registered>;
  /** The Code IDs' keys of enrolled devices, of those whose MAC is another in the rows. */
  readonly enrolled: ReadonlySet<string>;
}

/** What the register has of these rows' Code IDs and MACs. */
export async function lookedUp(tx: Tx, rows: readonly Listed[]): Promise<Found> {
  if (rows.length === 0) return { byCode: new Map(), byMac: new Map(), enrolled: new Set() };
  const known = async (column: 'codeKey' | 'mac', of: readonly Listed[]) => {
    if (of.length === 0) return new Map<string, Registered>();
    const values = Prisma.join([...new Set(of.map((row) => row[column]))]);
    const found = await tx.$queryRaw<Registered[]>`
      SELECT "codeKey", "codeId", "mac", "model" FROM "ManufacturedDevice" WHERE ${Prisma.raw(`"${column}"`)} IN (${values})`;
    return new Map(found.map((row) => [row[column], row]));
  };
  const byCode = await known('codeKey', rows);
  // a pair that is registered just so tells whose its MAC is
  const others = rows.filter((row) => byCode.get(row.codeKey)?.mac !== row.mac);
  const byMac = await known('mac', others);
  const moved = others.filter(({ codeKey }) => byCode.has(codeKey));
  return { byCode, byMac, enrolled: await enrolledOf(tx, moved) };
}

async function enrolledOf(tx: Tx, rows: readonly Listed[]): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  const keys = Prisma.join(rows.map(({ codeKey }) => codeKey));
  const devices = await tx.$queryRaw<{ enrolledKey: string }[]>`
    SELECT "enrolledKey" FROM "Device" WHERE "enrolledKey" IN (${keys})`;
  return new Set(devices.map(({ enrolledKey }) => enrolledKey));
}

/** Writes new pairs and changed ones; the latter first and in their order, for they may set free a MAC. */
export async function writeRows(
  tx: Tx,
  { added, changed, now }: { added: readonly Registered[]; changed: readonly Registered[]; now: Date },
): Promise<void> {
  const rowOf = ({ codeKey, codeId: written, mac: address, model: made }: Registered) => ({
    ...{ codeKey, codeId: written, mac: address, model: made, createdAt: now, updatedAt: now },
  });
  const table = 'ManufacturedDevice';
  await putRows(tx, { table, key: 'codeKey', keep: ['codeId', 'createdAt'] }, changed.map(rowOf));
  await insertRows(tx, table, added.map(rowOf));
}
