/** What a proven sender's mail asks for: a decision, corrections of what was refused, confirmations, or forms. */
import type { Dispatcher } from '../../core/command/dispatch.js';
import type { RawInput } from '../../core/command/input.js';
import { previewOf } from '../../core/command/pending.js';
import type { Caller } from '../../core/guard/identity.js';
import { printRef } from '../../core/guard/number.js';
import { textsOf } from '../../core/locales/texts.js';
import type { Mailbox, OpenForm, Releaser } from '../../core/ports/mailbox.js';
import type { Locale } from '../../core/locales/locale.js';
import { readDecision } from './decision.js';
import { decodeMail, type DecodedForm } from '../forms/form.js';
import { looseFiles } from '../forms/files.js';
import type { Message } from '../wire/message.js';
import { ownText } from '../read/quote-detection.js';
import { correctedInput, readReply } from './reply.js';
import { rowsOf, type Rows } from '../forms/rows.js';
import type { Token } from './thread.js';

/** A mail of a proven sender, ready to be acted on. */
export interface Proven {
  readonly message: Message;
  readonly sender: string;
  readonly tokens: readonly Token[];
  /** Names this mail in keys: its Message-ID, else its bytes. */
  readonly mailKey: string;
  /** Its number among the mails that came in. */
  readonly id: number;
  /** The held mail that it decides about: all that it may do. */
  readonly held?: number;
  /** Nothing proves its sender: this person of staff let it pass. */
  readonly releasedBy?: Releaser;
}

/** Who asks by it. */
export const callerOf = ({ sender, held, releasedBy }: Proven): Caller => ({
  kind: 'address',
  email: sender,
  ...(held === undefined ? {} : { held }),
  ...(releasedBy ? { releasedById: releasedBy.personId } : {}),
});

/** A command to be carried out. */
export interface MailCommand {
  readonly command: string;
  readonly raw: RawInput;
  readonly dryRun: boolean;
  /** The idempotency key. */
  readonly key: string;
  /** Names this command in its thread, however often it is corrected. */
  readonly origin: string;
  /** A preview that the sender says yes to. */
  readonly confirmed?: true;
  /** It was in an earlier mail of the thread. */
  readonly resumes?: boolean;
  /** The number of the object that an earlier mail of the thread has begun, and this one fills in further. */
  readonly follows?: string;
  /** It has no form: what was written goes into a conversation. */
  readonly said?: Said;
}

export interface Said {
  /** The conversation's printed number. */
  readonly about: string;
  /** The field that takes a file; without it what was written still says something, unless there is nothing but a file. */
  readonly file: string;
  readonly fileAlone: boolean;
}

export interface Wanted {
  readonly asked: readonly MailCommand[];
  readonly more: number;
  readonly help: boolean;
  /** It answers a question of ours, but neither with OK nor with NO. */
  readonly undecided?: string;
  /** Labels of corrections that several forms have. */
  readonly unclear: readonly string[];
  /** An attached table that stands for commands, and can't be taken. */
  readonly table?: Rows & { kind: 'unread' | 'tooMany' };
  /** What the thread still has open and this mail says nothing about. */
  readonly untouched: readonly OpenForm[];
  readonly locale: Locale | undefined;
}

interface Parts {
  readonly dispatcher: Dispatcher;
  readonly mailbox: Mailbox;
}

/** A decision is read first, then what is open in the thread; anything else is forms. */
export async function readWanted(mail: Proven, parts: Parts): Promise<Wanted> {
  const { message, tokens } = mail;
  const { registry } = parts.dispatcher;
  const decided = decisionIn(mail, parts.dispatcher);
  if (decided) return { asked: [decided], more: 0, help: false, unclear: [], untouched: [], locale: undefined };
  const before = [...(message.inReplyTo ? [message.inReplyTo] : []), ...message.references.toReversed()];
  const inboundIds = tokens.flatMap(({ kind, id }) => (kind === 't' ? [id] : []));
  const open = await parts.mailbox.openIn({
    inboundIds,
    messageIds: before,
    sender: mail.sender,
    mailKey: mail.mailKey,
  });
  const repair = await repaired(mail, { ...parts, open });
  const replyToOurs = tokens.length > 0 || open.length > 0 || (await parts.mailbox.isOurs(before));
  const decoded = decodeMail(message, registry, { replyToOurs });
  const rows = await rowsOf(decoded.forms, message, { registry, aside: parts.dispatcher.desk.aside });
  const forms = rows?.kind === 'forms' ? rows.forms : rows?.kind === 'bulk' ? [rows.form] : rows ? [] : decoded.forms;
  const own = forms.map(({ command, raw, dryRun, row }: DecodedForm & { row?: number }, index): MailCommand => {
    const place = row === undefined ? String(index) : `0.${row}`;
    return { command, raw, dryRun, key: `${mail.mailKey}#${place}`, origin: `${mail.id}.${place}` };
  });
  const formed = [...repair.asked, ...own];
  const isTalk = formed.length === 0 && decoded.forms.length === 0 && repair.unclear.length === 0;
  const said = isTalk ? await saidIn(mail, { mailbox: parts.mailbox, before }) : [];
  if (said.length > 0) return { asked: said, more: 0, help: false, unclear: [], untouched: [], locale: decoded.locale };
  const asked = formed;
  const question = tokens.find(({ kind }) => kind === 'a');
  return {
    asked,
    more: decoded.more,
    help: asked.length === 0 && decoded.help,
    ...(question && asked.length === 0 ? { undecided: printRef('A', question.id) } : {}),
    unclear: repair.unclear,
    ...(rows?.kind === 'unread' || rows?.kind === 'tooMany' ? { table: rows } : {}),
    untouched: open.filter(({ origin }) => !asked.some((one) => one.origin === origin)),
    locale: decoded.locale,
  };
}

/**
 * What a mail without any form says in the conversation that it is in (G8): its sender's own words with the first file, and
 * a message for each further one.
 */
async function saidIn(
  mail: Proven,
  { mailbox, before }: { mailbox: Mailbox; before: readonly string[] },
): Promise<MailCommand[]> {
  const { message, tokens, held } = mail;
  if (held !== undefined || message.encrypted) return [];
  const ticketIds = tokens.flatMap(({ kind, id }) => (kind === 'k' ? [id] : []));
  const joined = await mailbox.joinedBy({ ticketIds, messageIds: before });
  const files = looseFiles(message.attachments);
  const text = ownText(message.text);
  if (!joined || (text === '' && files.length === 0)) return [];
  const { command, input, about } = joined;
  const parts = [{ text, file: files[0] }, ...files.slice(1).map((file) => ({ text: '', file }))];
  return parts.map(({ text: words, file }, at) => ({
    command,
    raw: { ...input, [joined.text]: words || (file?.name ?? ''), ...(file ? { [joined.file]: file } : {}) },
    dryRun: false,
    key: `${mail.mailKey}#${at}`,
    origin: `${mail.id}.${at}`,
    said: { about, file: joined.file, fileAlone: words === '' },
  }));
}

/** OK or NO to a request for approval, or to the question whether a held mail is the sender's. */
function decisionIn(mail: Proven, { desk }: Dispatcher): MailCommand | undefined {
  const { message, tokens, held } = mail;
  const question = tokens.find(({ kind, id }) => kind === 'a' || (kind === 'h' && id === held));
  const decision = question && readDecision(message.text);
  if (!decision) return undefined;
  const [noun, verbs, prefix] =
    question.kind === 'a'
      ? (['approval', { approve: 'approve', refuse: 'refuse' }, 'A'] as const)
      : (['mail', { approve: 'release', refuse: 'discard' }, 'H'] as const);
  const number = printRef(prefix, question.id);
  // a refusal needs a reason of its own; why a mail is not theirs need not be explained
  const unsaid = question.kind === 'h' ? textsOf(desk.locale).notMine : '';
  const reason = decision.verdict === 'refuse' ? decision.reason || unsaid : undefined;
  return {
    command: `${noun} ${verbs[decision.verdict]}`,
    raw: reason === undefined ? { number } : { number, reason },
    dryRun: false,
    key: `${mail.mailKey}#0`,
    origin: `${mail.id}.0`,
  };
}

/** Refused forms with what the reply corrects in them, and previews that it confirms. */
async function repaired(
  mail: Proven,
  { dispatcher, open }: Parts & { open: readonly OpenForm[] },
): Promise<{ asked: MailCommand[]; unclear: readonly string[] }> {
  if (open.length === 0) return { asked: [], unclear: [] };
  const { desk, registry } = dispatcher;
  const reply = readReply(mail.message, open, registry);
  const asked: MailCommand[] = [];
  for (const form of open) {
    const { origin, command, preview, follows, whole } = form;
    const values = reply.corrections.find((one) => one.form === form)?.values;
    if (!values && !((preview || whole) && reply.confirms)) continue;
    const resumed = { command, dryRun: false, origin, resumes: true, ...(follows ? { follows } : {}) } as const;
    const key = `${mail.mailKey}#${origin}`;
    if (!values && whole) {
      // of another command than fills it in: refused, it leaves that one open
      const apart = { dryRun: false, origin: `${mail.id}.w${asked.length}` };
      asked.push({ ...(whole.command === command ? resumed : apart), ...whole, key });
      continue;
    }
    const shown = preview && (await previewOf(desk, { id: preview, caller: callerOf(mail) }));
    // a preview that has ended can't be confirmed; its command is asked for anew
    if (preview && !shown) continue;
    const raw = correctedInput(shown ? shown.raw : form.raw, values ?? {});
    // with corrections it is another one, to be seen before it is confirmed
    if (values || !shown) asked.push({ ...resumed, raw, key });
    else asked.push({ ...resumed, raw, confirmed: true, key: shown.key });
  }
  return { asked, unclear: reply.unclear };
}
