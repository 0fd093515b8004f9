/** The emergency stop of mail: while it is on, no mail is taken in and none leaves. A row, so that every process obeys. */
import type { Tx } from './connect.js';

export interface Pause {
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
}

const name = 'mail.paused';

export async function pauseOf(tx: Tx): Promise<Pause | undefined> {
  const [row] = await tx.$queryRaw<{ value: string }[]>`SELECT "value" FROM "Setting" WHERE "name" = ${name}`;
  return row ? (JSON.parse(row.value) as Pause) : undefined;
}

export async function setPause(tx: Tx, pause: Pause | undefined): Promise<void> {
  await tx.setting.deleteMany({ where: { name } });
  if (pause) await tx.setting.create({ data: { name, value: JSON.stringify(pause) } });
}
