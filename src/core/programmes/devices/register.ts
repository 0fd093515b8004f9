/** The manufacturer's register: which Code ID was built with which MAC (E3). It is filled by `device import` alone. */
import { numberKey } from '../../guard/number.js';
import type { ManufacturedDevice, Tx } from '../../database/connect.js';

/** What is typed off a device; the MAC as its field keeps it, `AA:BB:CC:DD:EE:FF`. */
export interface Pair {
  readonly codeId: string;
  readonly mac: string;
}

/** The registered device of this very pair; undefined when either is unknown or they are not one device's. */
export async function pairOf(tx: Tx, { codeId, mac }: Pair): Promise<ManufacturedDevice | undefined> {
  const known = await tx.manufacturedDevice.findUnique({ where: { codeKey: numberKey(codeId) } });
  return known?.mac === mac ? known : undefined;
}

/** The models of these devices, by their Code IDs' keys; one whose model is not known is not among them. */
export async function modelsOf(tx: Tx, codeKeys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const known = await tx.manufacturedDevice.findMany({
    where: { codeKey: { in: [...new Set(codeKeys)] } },
    select: { codeKey: true, model: true },
  });
  return new Map(known.flatMap(({ codeKey, model }) => (model === null ? [] : [[codeKey, model] as const])));
}
