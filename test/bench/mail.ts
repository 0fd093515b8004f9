/**
 * Mails a second from their bytes to the committed answer (parsed, proven, carried out, transcript queued), beside
 * mailparser's simpleParser alone on the same mails.
 */
import { simpleParser } from 'mailparser';
import type { Log } from '../../src/mail/message.js';
import { addReseller, benchDesk, built, declaration } from './desk.js';
import { beside, inFlight, rate, tell } from './measure.js';

const address = 'guichet@localhost';
const rounds = 7;
const counts = { floor: 300, ours: 160 };
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

const [{ createReception }, { createMailbox }] = await Promise.all([
  built<typeof import('../../src/mail/reception.js')>('mail/reception.js'),
  built<typeof import('../../src/core/mailbox.js')>('core/mailbox.js'),
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
  const client = { address: '127.0.0.1', loopback: true };
  const end = await receive({ raw: order(n), source: 'smtp', recipients: [address], mailFrom: senderOf(n), client });
  if (end !== 'answered') throw new Error(`mail ${n} was ${end}`);
}
const parsed = Array.from({ length: counts.floor }, (_, n) => order(n));
const parse = () =>
  rate(counts.floor, async () => {
    for (const raw of parsed) await simpleParser(raw);
  });

await inFlight(flights, 100, take);
await parse();
const figures = await beside(rounds, parse, {
  '16 in flight': () => rate(counts.ours, () => inFlight(flights, counts.ours, take)),
});
const placed = await desk.open.connection.reader.declaration.count();
if (placed !== came) throw new Error(`${came} mails made ${placed} declarations`);
for (const [figure, values] of Object.entries(figures))
  tell({ bench: 'mails to committed answers, SQLite', figure, unit: '/s', ...values, than: 'mailparser alone' });
await desk.close();
