/** A desk with its mail doors: mails go in by SMTP, answers come out by SMTP, as in a house without Discord. */
import { createTransport } from 'nodemailer';
import { createDispatcher } from '../../src/core/command/dispatch.js';
import type { Registry } from '../../src/core/command/registry.js';
import { tellSent } from '../../src/core/jobs.js';
import { createMailbox, type Mailbox } from '../../src/core/ports/mailbox.js';
import { createOutboxWorker } from '../../src/core/database/outbox-worker.js';
import { loadLetters } from '../../src/core/letters/letters.js';
import { join } from 'node:path';
import { mailTransport } from '../../src/mail/wire/deliver.js';
import { startListener, type ListenerOptions } from '../../src/mail/wire/listener.js';
import type { Log, Receive } from '../../src/mail/wire/message.js';
import { mailDeliver } from '../../src/mail/wire/outgoing.js';
import { createReception, createReleases, type ReceptionOptions } from '../../src/mail/reception.js';
import { openTestDesk, root, type TestDesk, type TestDeskOptions } from '../core/ground.js';
import type { TestProvider } from '../servers/databases.js';
import { startSmtpReceiver, type ReceivedMail, type SmtpReceiver } from '../servers/smtp.js';
import { silent } from './ground.js';

export const address = 'guichet@localhost';

export interface Posted {
  from?: string;
  to?: string;
  subject?: string;
  messageId?: string | null;
  /** Further headers, as lines. */
  headers?: string[];
  /** Envelope sender; null for `<>`. */
  mailFrom?: string | null;
}

/** The bytes of a plain mail. */
export function written(
  text: string,
  { from = 'anna@partner.test', to = address, subject = 'Bonjour', messageId, headers = [] }: Posted = {},
): string {
  const id = messageId === null ? [] : [`Message-ID: ${messageId ?? `<${crypto.randomUUID()}@partner.test>`}`];
  const typed = headers.some((line) => /^content-type:/i.test(line))
    ? []
    : ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit'];
  const head = [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    'Date: Mon, 23 Nov 2026 09:00:00 +0000',
    ...id,
    'MIME-Version: 1.0',
    ...typed,
    ...headers,
  ];
  return `${head.join('\r\n')}\r\n\r\n${text.replace(/\r?\n/g, '\r\n')}`;
}

export interface House {
  readonly desk: TestDesk;
  readonly mailbox: Mailbox;
  readonly receive: Receive;
  /** Carries out what was released; answers how many mails. */
  readonly release: () => Promise<number>;
  readonly receiver: SmtpReceiver;
  /** Of the desk's own listener. */
  readonly port: number;
  /** Hands the bytes to the listener; resolves when it said 250. */
  post(raw: string | Buffer, posted?: Posted): Promise<void>;
  /** Posts a plain mail and answers the mails that leave because of it, whoever they are for. */
  mail(text: string, posted?: Posted): Promise<ReceivedMail[]>;
  /** The same for bytes. */
  answers(raw: string | Buffer, posted?: Posted): Promise<ReceivedMail[]>;
  /** Lets everything leave that is queued; answers what did. */
  deliver(): Promise<ReceivedMail[]>;
  close(): Promise<void>;
}

export interface HouseOptions extends TestDeskOptions {
  readonly trust?: ReceptionOptions['trust'];
  readonly maxBytes?: ListenerOptions['maxBytes'];
  readonly log?: Log;
  /** In place of the commands there are. */
  readonly registry?: Registry;
}

export async function openHouse(provider: TestProvider, options: HouseOptions = {}): Promise<House> {
  const desk = await openTestDesk(provider, options);
  const { open, clock } = desk;
  const log = options.log ?? silent;
  const receiver = await startSmtpReceiver();
  const transport = mailTransport({ smtpUrl: receiver.url, sentDir: join(desk.settings.DATA_DIR, 'sent'), log });
  const { documents, secrets, catalogue, database } = open.desk;
  const letters = loadLetters(join(root, 'letters'), () => catalogue.vendor);
  const mail = mailDeliver({
    transport,
    letters,
    documents,
    secrets,
    from: address,
    vendorName: (locale) => catalogue.vendor.name[locale],
    clock,
  });
  const problems: unknown[] = [];
  const courier = createOutboxWorker({
    database,
    secrets,
    clock,
    chance: () => 0.5,
    channels: { mail },
    onSent: (unit, errand) => tellSent(open.desk, unit, errand),
    onError: (error) => problems.push(error),
  });
  const mailbox = createMailbox(open.desk);
  const { registry } = options;
  const onFault = (fault: unknown) => void problems.push(fault);
  const reception = {
    dispatcher: registry ? createDispatcher({ desk: open.desk, registry, onFault }) : open.dispatcher,
    mailbox,
    address,
    trust: options.trust ?? { trustLoopback: true },
    log,
  };
  const receive = createReception(reception);
  const listener = await startListener({
    listen: '127.0.0.1:0',
    address,
    receive,
    signIn: (attempt) => mailbox.signIn(attempt),
    maxBytes: options.maxBytes ?? 25 * 1024 * 1024,
    log,
  });
  const client = createTransport({ host: '127.0.0.1', port: listener.port, ignoreTLS: true });

  const deliver = async (): Promise<ReceivedMail[]> => {
    const before = receiver.mails.length;
    await courier.round();
    return receiver.mails.slice(before);
  };
  const post = async (
    raw: string | Buffer,
    { mailFrom = 'anna@partner.test', to = address }: Posted = {},
  ): Promise<void> => {
    await client.sendMail({ raw, envelope: { from: mailFrom ?? '', to: [to] } });
  };
  const answers = async (raw: string | Buffer, posted: Posted = {}): Promise<ReceivedMail[]> => {
    await post(raw, posted);
    return deliver();
  };
  return {
    desk,
    mailbox,
    receive,
    release: createReleases(reception),
    receiver,
    port: listener.port,
    post,
    answers,
    mail: (text, posted = {}) => answers(written(text, posted), posted),
    deliver,
    async close() {
      client.close();
      await listener.close();
      await transport.close();
      await receiver.close();
      await desk.close();
      if (problems.length > 0) throw problems[0] as Error;
    },
  };
}
