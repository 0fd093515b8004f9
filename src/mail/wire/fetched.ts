/** Mails as they come out of a mailbox: some at a time, and none more than memory is kept for. */
import type { FetchMessageObject, ImapFlow } from 'imapflow';
import type { Log } from './message.js';

/** Mails fetched, received and moved together: fewer round trips, and a bound on memory and on what runs at once. */
const batchMails = 8;
const batchBytes = 32 * 1024 * 1024;

/** The mails in order, parted so that no batch is too many or too much for memory. */
export async function batches(client: ImapFlow, uids: number[], maxBytes: number): Promise<number[][]> {
  const listed = await client.fetchAll(uids.join(','), { uid: true, size: true }, { uid: true });
  const sizes = new Map(listed.map(({ uid, size = 0 }) => [uid, Math.min(size, maxBytes)]));
  const parts: number[][] = [];
  let bytes = Infinity;
  for (const uid of uids) {
    bytes += sizes.get(uid) ?? 0;
    if (bytes > batchBytes || parts.at(-1)!.length === batchMails) {
      parts.push([]);
      bytes = sizes.get(uid) ?? 0;
    }
    parts.at(-1)!.push(uid);
  }
  return parts;
}

/** Each mail's bytes; an Error for one that the server would not give. Throws when the connection is gone. */
export async function fetchMails(
  client: ImapFlow,
  uids: number[],
  { maxBytes, log }: { maxBytes: number; log: Log },
): Promise<Map<number, Buffer | Error>> {
  const mails = new Map<number, Buffer | Error>();
  const ask = (range: string) =>
    client.fetchAll(range, { uid: true, source: { start: 0, maxLength: maxBytes } }, { uid: true });
  const put = (list: FetchMessageObject[]) => {
    for (const { uid, source } of list) if (source) mails.set(uid, source);
  };
  try {
    put(await ask(uids.join(',')));
    return mails;
  } catch (error) {
    if (!client.usable) throw error;
    log.warn({ uids, err: error }, 'inbox: mails could not be fetched together, fetching one by one');
  }
  for (const uid of uids) {
    try {
      put(await ask(String(uid)));
    } catch (error) {
      if (!client.usable) throw error;
      mails.set(uid, error as Error);
    }
  }
  return mails;
}
