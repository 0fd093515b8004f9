/** Telling a busy database from a broken one. */

/**
 * Whether the statement or transaction failed only because others were at the database at the same moment, so that the
 * whole transaction may be tried again: nothing of it has been committed.
 */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, meta, cause } = error as Error & {
    code?: unknown;
    meta?: { driverAdapterError?: Error };
    cause?: unknown;
  };
  if (code === 'P2034') return true;
  if (code === 'P2028') return error.message.includes('Unable to start a transaction in the given time');
  return isBusyCause(meta?.driverAdapterError?.cause ?? cause);
}

/** By the database's own code: Prisma's P1008 also stands for a connection lost in the middle of a commit. */
function isBusyCause(cause: unknown): boolean {
  if (typeof cause !== 'object' || cause === null || !('originalCode' in cause)) return false;
  const { originalCode, kind } = cause as { originalCode: unknown; kind?: unknown };
  if (typeof originalCode !== 'string') return false;
  if (originalCode === '40001' || originalCode === '40P01') return true;
  // An extended code the driver has no name for comes as UNKNOWN_SQLITE_ERROR_n.
  return /^SQLITE_(BUSY|LOCKED)/.test(originalCode) || (kind === 'SocketTimeout' && originalCode.includes('SQLITE'));
}
