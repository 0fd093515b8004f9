/**
 * A connection of PostgreSQL carries out one statement at a time. Prisma's client asks for several relations of a row at
 * once, and `pg` warns of each that comes while another runs: its next version refuses it. So they wait here.
 */
import type { SqlDriverAdapterFactory, SqlQuery, Transaction } from '@prisma/driver-adapter-utils';

/** The same driver; the statements of a transaction follow one another, in the order in which they were asked. */
export function inTurn(factory: SqlDriverAdapterFactory): SqlDriverAdapterFactory {
  const { provider, adapterName } = factory;
  return {
    provider,
    adapterName,
    async connect() {
      const adapter = await factory.connect();
      const start = adapter.startTransaction.bind(adapter);
      adapter.startTransaction = async (level) => waiting(await start(level));
      return adapter;
    },
  };
}

function waiting(transaction: Transaction): Transaction {
  let last: Promise<unknown> = Promise.resolve();
  const afterwards =
    <T>(run: (query: SqlQuery) => Promise<T>) =>
    (query: SqlQuery): Promise<T> => {
      const mine = last.then(() => run(query));
      // whose statement fails is told so; the next has its turn
      last = mine.catch(() => undefined);
      return mine;
    };
  transaction.queryRaw = afterwards(transaction.queryRaw.bind(transaction));
  transaction.executeRaw = afterwards(transaction.executeRaw.bind(transaction));
  return transaction;
}
