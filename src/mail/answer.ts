/** From a proven sender's mail to its transcript: reads it, has each command carried out in turn, and writes the answer. */
import type { Dispatcher } from '../core/command/dispatch.js';
import type { RawInput } from '../core/command/input.js';
import type { Outcome } from '../core/command/outcome.js';
import type { Actor } from '../core/guard/identity.js';
import { printRef } from '../core/guard/number.js';
import type { Answer, Mailbox } from '../core/mailbox.js';
import { localeOf, type Locale } from '../core/locales/locale.js';
import type { Attachment } from '../core/record/outbox.js';
import type { Block } from './blocks.js';
import { readDecision } from './decision.js';
import { decodeMail, type DecodedMail } from './form.js';
import { blankForm, encodeForm } from './form-text.js';
import { domainOf } from './headers.js';
import type { Message } from './message.js';
import type { Token } from './thread.js';
import { renderTranscript, type Result } from './transcript.js';
import { wordsOf } from './words.js';

export interface AnswerOptions {
  readonly dispatcher: Dispatcher;
  readonly mailbox: Mailbox;
  /** The desk's own address (`MAIL_FROM`). */
  readonly address: string;
}

/** A mail of a proven sender, ready to be acted on. */
export interface Proven {
  readonly message: Message;
  readonly sender: string;
  readonly tokens: readonly Token[];
  /** Names this mail in keys: its Message-ID, else its bytes. */
  readonly mailKey: string;
}

/** All files of one answer together; more is refused by many mail servers once it is encoded. */
const mostFileBytes = 8 * 1024 * 1024;

/** A command to be carried out. */
interface Asked {
  readonly command: string;
  readonly raw: RawInput;
  readonly dryRun: boolean;
}

/** What the mail asks for. */
interface Wanted {
  readonly asked: readonly Asked[];
  readonly more: number;
  readonly help: boolean;
  /** It answers a request for approval, but neither with OK nor with NO. */
  readonly undecided?: string;
  readonly locale: Locale | undefined;
}

/** Carries a mail's commands out and writes the answer. Throws only what the database throws. */
export async function answerTo(mail: Proven, { dispatcher, mailbox, address }: AnswerOptions): Promise<Answer> {
  const { desk } = dispatcher;
  const wanted = await read(mail, { dispatcher, mailbox });
  const guess =
    wanted.locale ??
    localeOf(mail.message.headers('content-language')[0] ?? mail.message.headers('accept-language')[0], desk.locale);
  const outcomes: { asked: Asked; outcome: Outcome }[] = [];
  // one after the other: the second may need what the first did
  for (const [index, asked] of wanted.asked.entries())
    outcomes.push({ asked, outcome: await dispatch(mail, { dispatcher, asked, index, guess }) });
  const actor = await mailbox.whois(mail.sender);
  const locale = actor.locale ?? guess;
  const { attachments, results } = await withFiles(outcomes, { dispatcher, actor, locale });
  const rendered = renderTranscript({
    locale,
    timeZone: desk.timeZone,
    subject: mail.message.subject,
    results,
    more: wanted.more,
    damaged: mail.message.damaged,
    ...(wanted.help || actor.personId === 0
      ? { help: await helpBlocks(mail, { dispatcher, actor, locale, wanted }) }
      : {}),
    signature: desk.catalogue.vendor.signature.map((line) => line[locale]),
  });
  const { messageId, references } = mail.message;
  return {
    ...rendered,
    // made from the mail, so that the same mail again gets the same answer
    messageId: `<t.${desk.secrets.hash('transcript', `${mail.sender}\0${mail.mailKey}`)}@${domainOf(address) ?? 'localhost'}>`,
    inReplyTo: messageId,
    references: messageId ? [...references.filter((one) => one !== messageId).slice(-19), messageId] : [],
    locale,
    attachments,
    carriedOut: outcomes.some(({ asked, outcome }) => outcome.ok && !dispatcher.registry.find(asked.command)?.reads),
  };
}

/** An approval's answer is read first; anything else is forms. */
async function read(
  { message, tokens }: Proven,
  { dispatcher, mailbox }: { dispatcher: Dispatcher; mailbox: Mailbox },
): Promise<Wanted> {
  const request = tokens.find(({ kind }) => kind === 'a');
  const decision = request && readDecision(message.text);
  if (request && decision) {
    const number = printRef('A', request.id);
    const asked: Asked =
      decision.verdict === 'approve'
        ? { command: 'approval approve', raw: { number }, dryRun: false }
        : { command: 'approval refuse', raw: { number, reason: decision.reason }, dryRun: false };
    return { asked: [asked], more: 0, help: false, locale: undefined };
  }
  const earlier = [...(message.inReplyTo ? [message.inReplyTo] : []), ...message.references];
  const replyToOurs = tokens.length > 0 || (await mailbox.isOurs(earlier));
  const decoded: DecodedMail = decodeMail(message, dispatcher.registry, { replyToOurs });
  return {
    asked: decoded.forms,
    more: decoded.more,
    help: decoded.help,
    ...(request && decoded.forms.length === 0 ? { undecided: printRef('A', request.id) } : {}),
    locale: decoded.locale,
  };
}

const dispatch = (
  mail: Proven,
  { dispatcher, asked, index, guess }: { dispatcher: Dispatcher; asked: Asked; index: number; guess: Locale },
): Promise<Outcome> =>
  dispatcher.dispatch({
    door: 'mail',
    caller: { kind: 'address', email: mail.sender },
    command: asked.command,
    input: asked.raw,
    key: `${mail.mailKey}#${index}`,
    dryRun: asked.dryRun,
    locale: guess,
  });

interface Reader {
  readonly dispatcher: Dispatcher;
  readonly actor: Actor;
  readonly locale: Locale;
}

/** Keeps the files of answers where the outbox finds them, as long as they fit into one mail. */
async function withFiles(
  outcomes: readonly { asked: Asked; outcome: Outcome }[],
  { dispatcher, actor, locale }: Reader,
): Promise<{ attachments: Attachment[]; results: Result[] }> {
  const attachments: Attachment[] = [];
  const results: Result[] = [];
  let left = mostFileBytes;
  for (const { asked, outcome } of outcomes) {
    const command = dispatcher.registry.find(asked.command);
    const file = outcome.ok ? outcome.file : undefined;
    const fits = file !== undefined && file.content.length <= left;
    if (file && fits) {
      left -= file.content.length;
      attachments.push({
        name: file.name,
        type: file.type,
        sha256: await dispatcher.desk.documents.keep(file.content),
      });
    }
    const topic = asked.command === 'help' && outcome.ok ? outcome.data['command'] : undefined;
    const about = typeof topic === 'string' ? dispatcher.registry.find(topic) : undefined;
    results.push({
      command,
      name: about ? `help ${about.name}` : (command?.name ?? asked.command),
      raw: asked.raw,
      outcome,
      ...(file && !fits ? { fileLeftOut: true } : {}),
      ...(about ? { blank: blankForm(about, { context: dispatcher.context(locale, actor) }) } : {}),
    });
  }
  return { attachments, results };
}

/** Shown as an example to whoever may use it, the first that fits. */
const examples = ['declare new', 'stock receive', 'pack redeem', 'account edit'];

/** For a mail in which nothing was found: what the sender may do, and one form; for somebody unknown, how to begin. */
async function helpBlocks(
  mail: Proven,
  { dispatcher, actor, locale, wanted }: Reader & { wanted: Wanted },
): Promise<Block[]> {
  const words = wordsOf(locale);
  const text = (value: string): Block => ({ kind: 'text', text: value });
  if (wanted.undecided) return [text(words.decide(wanted.undecided))];
  const found = wanted.asked.length > 0;
  const opening = found
    ? []
    : [text(mail.message.text.trim() === '' && mail.message.attachments.length === 0 ? words.empty : words.nothing)];
  if (actor.personId === 0) {
    const command = dispatcher.registry.find('account link') ?? 'account link';
    return [
      ...opening,
      text(words.begin(found ? undefined : mail.sender)),
      { kind: 'form', text: encodeForm(command, { email: mail.sender }, { locale }) },
      text(words.beginAfter),
    ];
  }
  const help = await dispatcher.dispatch({
    door: 'mail',
    caller: { kind: 'address', email: mail.sender },
    command: 'help',
    input: {},
    locale,
  });
  const may = help.ok ? ((help.data['commands'] ?? []) as readonly { command: string; help: string }[]) : [];
  const example = examples
    .map((name) => may.some(({ command }) => command === name) && dispatcher.registry.find(name))
    .find(Boolean);
  return [
    ...opening,
    ...(example
      ? [
          text(words.example),
          { kind: 'form', text: blankForm(example, { context: dispatcher.context(locale, actor) }) } as const,
        ]
      : []),
    ...(may.length > 0
      ? [
          text(words.may),
          { kind: 'lines', lines: may.map(({ command, help: what }) => ({ label: command, value: what })) } as const,
        ]
      : []),
  ];
}
