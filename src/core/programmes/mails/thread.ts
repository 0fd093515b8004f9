/**
 * What a transcript left open: forms that were refused, previews to be confirmed, objects that are still to be filled in.
 * A reply in its thread takes them up again (SPEC 0, "Mail"), for its own person alone; what is done is taken up once.
 */
import { openInput, sealInput } from '../../command/preview.js';
import type { RawInput } from '../../command/input.js';
import { identify } from '../../guard/identity.js';
import type { Desk } from '../../guard/work.js';
import type { Tx } from '../../database/connect.js';

export interface OpenForm {
  /** Where it began: the same in every transcript of the thread. */
  readonly origin: string;
  /** `noun verb`; as typed when there is no such command. */
  readonly command: string;
  /** What was given; nothing for a preview, which keeps it itself. */
  readonly raw: RawInput;
  /** The form as the transcript shows it; empty for a preview. */
  readonly text: string;
  /** The fields that were at fault. */
  readonly faults: readonly string[];
  /** The preview that waits for its confirmation. */
  readonly preview?: string;
  /**
   * The number of an object that it goes on filling in: replies join it again and again, until it is no longer to be
   * filled in.
   */
  readonly follows?: string;
  /** What finishes that object as it is: nothing is missing, and an OK carries it out. */
  readonly whole?: { readonly command: string; readonly raw: Readonly<Record<string, string>> };
}

/** What one answer leaves open, and which open forms it has ended. */
export interface ThreadChange {
  readonly open: readonly OpenForm[];
  /** Origins of forms that are done now. */
  readonly ended: readonly string[];
  /** Names the mail that did it, so that the same mail again finds what it found before. */
  readonly mailKey: string;
}

const purpose = 'thread';

/** Keeps what the transcript of an inbound mail leaves open, in the transaction that ends the mail. */
export async function keepThread(
  tx: Tx,
  desk: Desk,
  {
    inboundId,
    sender,
    personId,
    change,
  }: { inboundId: number; sender: string; personId: number | null; change: ThreadChange },
): Promise<void> {
  const createdAt = desk.clock();
  const expiresAt = new Date(createdAt.getTime() + desk.catalogue.policy.times.answerDays * 86_400_000);
  const common = { personId, command: '', createdAt, expiresAt };
  const { open, ended, mailKey } = change;
  for (const origin of ended) {
    const row = { ...common, kind: 'repaired', input: '', basis: mailKey };
    await tx.pendingCommand.upsert({ where: { id: `r${origin}` }, create: { id: `r${origin}`, ...row }, update: {} });
  }
  if (open.length === 0) return;
  const forms = open.map((form) => ({ ...form, raw: sealInput({ desk }, form.raw) }));
  const input = desk.secrets.seal(purpose, JSON.stringify(forms));
  const row = { ...common, kind: 'thread', input, basis: sender };
  const id = `t${inboundId}`;
  await tx.pendingCommand.upsert({ where: { id }, create: { id, ...row }, update: row });
}

/** Which thread a mail is in: the inbound mails its reply address names, else the mails of ours that it answers. */
export interface InThread {
  readonly inboundIds: readonly number[];
  /** The nearest first. */
  readonly messageIds: readonly string[];
  /** Proven. */
  readonly sender: string;
  readonly mailKey: string;
}

/** What is still open in a thread, for whoever it was open to; nothing in anybody else's. */
export async function openIn(desk: Desk, mail: InThread): Promise<readonly OpenForm[]> {
  return desk.database.read(async (tx) => {
    const id = mail.inboundIds[0] ?? (await answeredBy(tx, desk, mail.messageIds));
    const row = id === undefined ? null : await tx.pendingCommand.findUnique({ where: { id: `t${id}` } });
    if (row?.kind !== 'thread' || row.expiresAt <= desk.clock()) return [];
    const { personId } = await identify(tx, { kind: 'address', email: mail.sender });
    if (row.personId === null ? row.basis !== mail.sender : row.personId !== personId) return [];
    const kept = JSON.parse(desk.secrets.open(purpose, row.input)) as (Omit<OpenForm, 'raw'> & { raw: string })[];
    const over = await tx.pendingCommand.findMany({
      where: { id: { in: kept.map(({ origin }) => `r${origin}`) }, basis: { not: mail.mailKey } },
      select: { id: true },
    });
    const done = new Set(over.map((one) => one.id));
    return kept
      .filter(({ origin }) => !done.has(`r${origin}`))
      .map((form) => ({ ...form, raw: openInput({ desk }, form.raw) }));
  });
}

/** The inbound mail whose transcript has one of these Message-IDs. */
async function answeredBy(tx: Tx, desk: Desk, messageIds: readonly string[]): Promise<number | undefined> {
  if (messageIds.length === 0) return undefined;
  const sent = await tx.outbox.findMany({
    where: { messageId: { in: [...messageIds] }, replyToken: { not: null } },
    select: { messageId: true, replyToken: true },
  });
  for (const messageId of messageIds) {
    const token = sent.find((one) => one.messageId === messageId)?.replyToken;
    const thread = token ? desk.secrets.readThread(token) : undefined;
    if (thread?.kind === 't') return thread.id;
  }
  return undefined;
}
