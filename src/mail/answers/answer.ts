/** From a proven sender's mail to its transcript: has each of its commands carried out in turn, and writes the answer. */
import type { Dispatcher } from '../../core/command/dispatch.js';
import type { Outcome } from '../../core/command/outcome.js';
import { looksSecret } from '../../core/command/secret-fields.js';
import type { Actor, Caller } from '../../core/guard/identity.js';
import type { Answer, Mailbox, OpenForm } from '../../core/ports/mailbox.js';
import { attachableBytes, linkFile } from '../../core/ports/file-links.js';
import { localeOf, type Locale } from '../../core/locales/locale.js';
import { textsOf } from '../../core/locales/texts.js';
import type { Attachment } from '../../core/database/outbox.js';
import type { Block } from './blocks.js';
import { blankForm, encodeForm } from '../forms/text.js';
import { nextForms, type NextForm } from './next-form.js';
import { domainOf } from '../read/headers.js';
import { threadOf, type Outcomes } from './open-forms.js';
import { renderTranscript, type Result } from './transcript.js';
import { callerOf, readWanted, type MailCommand, type Proven, type Wanted } from './requests.js';
import { wordsOf, type Words } from '../words.js';

export interface AnswerOptions {
  readonly dispatcher: Dispatcher;
  readonly mailbox: Mailbox;
  /** The desk's own address (`MAIL_FROM`). */
  readonly address: string;
}

/** Carries a mail's commands out and writes the answer. Throws only what the database throws. */
export async function answerTo(mail: Proven, { dispatcher, mailbox, address }: AnswerOptions): Promise<Answer> {
  const { desk } = dispatcher;
  const wanted = await readWanted(mail, { dispatcher, mailbox });
  const guess =
    wanted.locale ??
    localeOf(mail.message.headers('content-language')[0] ?? mail.message.headers('accept-language')[0], desk.locale);
  const outcomes: { asked: MailCommand; outcome: Outcome }[] = [];
  // one after the other: the second may need what the first did
  for (const asked of wanted.asked) outcomes.push(...(await carriedOut(mail, { dispatcher, asked, guess })));
  const actor = await mailbox.whois(mail.sender);
  const locale = actor.locale ?? guess;
  const next = nextForms(
    outcomes.map(({ outcome }) => outcome),
    { dispatcher, actor, locale },
  );
  const { attachments, results } = await withFiles(outcomes, {
    dispatcher,
    actor,
    locale,
    next,
    caller: callerOf(mail),
  });
  const rendered = renderTranscript({
    ...dispatcher.reader(locale),
    subject: mail.message.subject,
    results,
    more: wanted.more,
    damaged: mail.message.damaged,
    ...(mail.releasedBy ? { released: { as: actor.name || mail.sender, by: mail.releasedBy.name } } : {}),
    ...(wanted.help || wanted.table || wanted.unclear.length > 0 || actor.personId === 0
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
    secret: outcomes.some(({ asked }) => Object.keys(asked.raw).some(looksSecret)),
    thread: threadOf(mail, { outcomes, results, wanted, dispatcher, locale }),
    ...conversationIn(outcomes, mail.message.damaged),
  };
}

/** The conversation that all of a mail was about, and whether its sender waits for an answer. */
function conversationIn(outcomes: Outcomes, damaged: boolean): Pick<Answer, 'about' | 'quiet'> {
  const numbers = outcomes.map(({ asked, outcome }) => (outcome.ok ? outcome.talk?.number : asked.said?.about));
  const [about] = numbers;
  if (about === undefined || numbers.some((number) => number !== about)) return {};
  const quiet = outcomes.every(({ asked, outcome }) => asked.said && outcome.ok && outcome.talk?.quiet);
  return { about, ...(quiet && !damaged ? { quiet } : {}) };
}

/** One command and what came of it; words whose file alone is refused are said without it. */
async function carriedOut(
  mail: Proven,
  more: { dispatcher: Dispatcher; asked: MailCommand; guess: Locale },
): Promise<{ asked: MailCommand; outcome: Outcome }[]> {
  const { asked } = more;
  const outcome = await dispatch(mail, more);
  const { said } = asked;
  const atFault = outcome.ok ? [] : Object.keys(outcome.fields ?? {});
  if (!said || said.fileAlone || atFault.join() !== said.file) return [{ asked, outcome }];
  const { [said.file]: _, ...raw } = asked.raw;
  const words: MailCommand = { ...asked, raw, key: `${asked.key}w` };
  return [
    { asked: words, outcome: await dispatch(mail, { ...more, asked: words }) },
    { asked, outcome },
  ];
}

const dispatch = (
  mail: Proven,
  { dispatcher, asked, guess }: { dispatcher: Dispatcher; asked: MailCommand; guess: Locale },
): Promise<Outcome> =>
  dispatcher.dispatch({
    door: 'mail',
    caller: callerOf(mail),
    command: asked.command,
    input: asked.confirmed ? { ...asked.raw, yes: true } : asked.raw,
    key: asked.key,
    dryRun: asked.dryRun,
    locale: guess,
  });

interface Reader {
  readonly dispatcher: Dispatcher;
  readonly actor: Actor;
  readonly locale: Locale;
}

/** Keeps the files of answers where the outbox finds them, as long as they fit into one mail; the others are linked. */
async function withFiles(
  outcomes: Outcomes,
  { dispatcher, actor, locale, next, caller }: Reader & { next: readonly (NextForm | undefined)[]; caller: Caller },
): Promise<{ attachments: Attachment[]; results: Result[] }> {
  const attachments: Attachment[] = [];
  const results: Result[] = [];
  let left = attachableBytes;
  for (const [at, { asked, outcome }] of outcomes.entries()) {
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
    const link = file && !fits ? await linkFile(dispatcher.desk, { caller, file }) : undefined;
    const topic = asked.command === 'help' && outcome.ok ? outcome.data['command'] : undefined;
    const about = typeof topic === 'string' ? dispatcher.registry.find(topic) : undefined;
    results.push({
      command,
      name: about ? `help ${about.name}` : (command?.name ?? asked.command),
      raw: asked.raw,
      outcome,
      next: next[at],
      ...(asked.said ? { said: true as const } : {}),
      ...(file && !fits ? { fileLeftOut: true } : {}),
      ...(link ? { fileUrl: link.url } : {}),
      ...(about ? { blank: blankForm(about, { context: dispatcher.context(locale, actor) }) } : {}),
      ...(asked.command === 'help' && outcome.ok && !about
        ? { blanks: blanksOf(outcome, { dispatcher, actor, locale }) }
        : {}),
    });
  }
  return { attachments, results };
}

/** Why nothing was found. */
function openingOf({ message }: Proven, words: Words): string {
  if (message.encrypted) return words.encrypted;
  const empty = message.text.trim() === '' && message.attachments.length === 0;
  return empty && !message.damaged ? words.empty : words.nothing;
}

const shownAgain = (open: readonly OpenForm[]): Block[] =>
  open.flatMap(({ text }) => (text === '' ? [] : [{ kind: 'form', text } as const]));

/** A form for each command that help names. */
const blanksOf = (help: Outcome & { ok: true }, { dispatcher, actor, locale }: Reader): NonNullable<Result['blanks']> =>
  ((help.data['commands'] ?? []) as readonly { command: string; help: string }[]).flatMap(
    ({ command: name, help: what }) => {
      const command = dispatcher.registry.find(name);
      return command
        ? [{ name, help: what, form: blankForm(command, { context: dispatcher.context(locale, actor) }) }]
        : [];
    },
  );

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
  if (wanted.unclear.length > 0) return [text(words.unclear(wanted.unclear.join(', ')))];
  if (wanted.table) {
    if (wanted.table.kind === 'tooMany') return [text(words.manyRows(wanted.table.rows))];
    const why = textsOf(locale).refusals['file.refused'](wanted.table.params);
    return [text(words.unreadTable(wanted.table.name, why))];
  }
  const waiting = wanted.untouched.filter((form) => !form.follows || form.text !== '');
  if (waiting.length > 0) return [text(words.noCorrection), ...shownAgain(waiting)];
  const found = wanted.asked.length > 0;
  const opening = found ? [] : [text(openingOf(mail, words))];
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
    caller: callerOf(mail),
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
