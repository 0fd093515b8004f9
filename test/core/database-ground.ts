/** What the tests of the connection share. */
import type { Connection } from '../../src/core/database/connect.js';

export const limits = { maxWait: 10_000, timeout: 10_000 };
export const none = 'no error at all';
export const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => none,
    (error: unknown) => error,
  );

/** Resolved by hand, to hold a transaction open until something else has happened. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** A transaction that has written to `name` and stays open until told to end. */
export async function holding({ writer }: Connection, name: string): Promise<{ end(): Promise<unknown> }> {
  const held = gate();
  const ending = gate();
  const done = writer.$transaction(async (tx) => {
    await tx.$executeRaw`UPDATE "Setting" SET "value" = 'held' WHERE "name" = ${name}`;
    held.open();
    await ending.opened;
  }, limits);
  await Promise.race([held.opened, done]);
  return { end: () => (ending.open(), done) };
}
