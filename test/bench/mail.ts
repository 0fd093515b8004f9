/**
 * Mails a second from their bytes to the committed answer (parsed, proven, carried out, transcript queued), and what it
 * costs to parse and judge one (hygiene, proof without DNS, its form), each beside mailparser's simpleParser alone on the
 * same mails.
 */
import { simpleParser } from 'mailparser';
import type { Arrival, Log } from '../../src/mail/wire/message.js';
import { addReseller, benchDesk, built, declaration } from './desk.js';
import { beside, inFlight, rate, tell } from './measure.js';

const address = 'guichet@localhost';
const rounds = 7;
const counts = { floor: 300, ours: 160, judged: 300 };
const flights = 16;
// a sender gets 60 answers an hour
const senders = 40;
const senderOf = (n: number): string => `zoe-${n % senders}@domotique-martin.example`;

const quoted = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      byte > 126 || byte === 61 ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}` : String.fromCharCode(byte),
    )
    .join('');

const labels: Readonly<Record<string, string>> = {
  product: 'Licence',
  email: 'E-mail',
  'last-name': 'Nom',
  'first-name': 'Prénom',
  'order-number': 'Numéro de commande',
};

/** A plain order as a French mail program writes it. */
function order(n: number): Buffer {
  const fields = Object.entries(declaration(n)).map(([name, value]) => `${labels[name] ?? name} : ${value}`);
  const text = [
    'Commande : declare new',
    ...fields,
    '',
    'Merci d’avance et à bientôt,',
    '-- ',
    'Zoé Martin',
    'Domotique Martin, Besançon',
  ];
  const head = [
    'Received: from mail.domotique-martin.example (mail.domotique-martin.example [192.0.2.17])',
    '\tby mx.lumen.example with ESMTPS id 4F2A17; Sat, 21 Nov 2026 09:00:00 +0100 (CET)',
    `From: =?UTF-8?Q?Zo=C3=A9_Martin?= <${senderOf(n)}>`,
    `To: ${address}`,
    'Subject: =?UTF-8?Q?D=C3=A9claration_d=27un_client?=',
    'Date: Sat, 21 Nov 2026 09:00:00 +0100',
    `Message-ID: <${n}.order@domotique-martin.example>`,
    'MIME-Version: 1.0',
    'User-Agent: Mozilla Thunderbird',
    'Content-Language: fr',
    'Content-Type: text/plain; charset=UTF-8; format=flowed',
    'Content-Transfer-Encoding: quoted-printable',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${text.map(quoted).join('\r\n')}\r\n`);
}

const [{ createReception }, { createMailbox }, { parseInThread }, { neverAnswer }, { proveSender }, { decodeMail }] =
  await Promise.all([
    built<typeof import('../../src/mail/reception.js')>('mail/reception.js'),
    built<typeof import('../../src/core/ports/mailbox.js')>('core/ports/mailbox.js'),
    built<typeof import('../../src/mail/read/parsing.js')>('mail/read/parsing.js'),
    built<typeof import('../../src/mail/read/loop-guard.js')>('mail/read/loop-guard.js'),
    built<typeof import('../../src/mail/proof/sender.js')>('mail/proof/sender.js'),
    built<typeof import('../../src/mail/forms/form.js')>('mail/forms/form.js'),
  ]);
const desk = await benchDesk();
for (let n = 0; n < senders; n += 1) await addReseller(desk, senderOf(n), 60);
const log: Log = { debug() {}, info() {}, warn: console.error, error: console.error };
const { dispatcher } = desk.open;
const receive = createReception({
  dispatcher,
  mailbox: createMailbox(dispatcher.desk),
  address,
  trust: { trustLoopback: true },
  log,
});

let came = 0;
async function take(): Promise<void> {
  const n = ++came;
  const end = await receive(arrivalOf(order(n), senderOf(n)));
  if (end !== 'answered') throw new Error(`mail ${n} was ${end}`);
}

function arrivalOf(raw: Buffer, mailFrom: string): Arrival {
  return { raw, source: 'smtp', recipients: [address], mailFrom, client: { address: '127.0.0.1', loopback: true } };
}

const noDns = () => Promise.reject(new Error('no DNS in a benchmark'));

/** What is done with a mail before anything is asked of the database. */
async function judge(raw: Buffer, n: number): Promise<void> {
  const arrival = arrivalOf(raw, senderOf(n));
  const message = await parseInThread(raw, dispatcher.desk.aside);
  if ('unread' in message) throw new Error(message.unread);
  if (neverAnswer(message, arrival, { address })) throw new Error('an order that is not answered');
  const proof = await proveSender(arrival, message, { trustLoopback: true, resolver: noDns, now: new Date() });
  const { forms } = decodeMail(message, dispatcher.registry);
  if (!proof.proven || Object.keys(forms[0]?.raw ?? {}).length !== 5) throw new Error('not what was sent');
}
const parsed = Array.from({ length: counts.floor }, (_, n) => order(n));
const parse = () =>
  rate(counts.floor, async () => {
    for (const raw of parsed) await simpleParser(raw);
  });

const judged = () =>
  rate(counts.judged, async () => {
    for (const [n, raw] of parsed.entries()) await judge(raw, n);
  });
const microseconds = (measured: () => Promise<number>) => async () => 1_000_000 / (await measured());

await parse();
await judged();
const costs = await beside(rounds * 3, microseconds(parse), { 'a plain order': microseconds(judged) });
for (const [figure, values] of Object.entries(costs))
  tell({ bench: 'a mail parsed and judged, without DNS', figure, unit: 'µs', ...values, than: 'mailparser alone' });

await inFlight(flights, 100, take);
const figures = await beside(rounds, parse, {
  '16 in flight': () => rate(counts.ours, () => inFlight(flights, counts.ours, take)),
});
const placed = await desk.open.connection.reader.declaration.count();
if (placed !== came) throw new Error(`${came} mails made ${placed} declarations`);
for (const [figure, values] of Object.entries(figures))
  tell({ bench: 'mails to committed answers, SQLite', figure, unit: '/s', ...values, than: 'mailparser alone' });
await desk.close();
