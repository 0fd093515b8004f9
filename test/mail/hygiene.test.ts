import { describe, expect, test } from 'vitest';
import { neverAnswer } from '../../src/mail/read/loop-guard.js';
import type { Arrival } from '../../src/mail/wire/message.js';
import { parseMail } from '../../src/mail/read/parse.js';

const own = { address: 'guichet@localhost', messageIdDomain: 'guichet.invalid' };

async function verdict(headers: string, more: Partial<Arrival> = {}) {
  const raw = Buffer.from(`${headers}\nTo: guichet@localhost\n\nCommande: help\n`.replace(/\n/g, '\r\n'));
  const arrival: Arrival = {
    raw,
    source: 'smtp',
    recipients: ['guichet@localhost'],
    mailFrom: 'a@partner.test',
    ...more,
  };
  return neverAnswer(await parseMail(raw), arrival, own)?.reason ?? null;
}

const person = 'From: Anna <a@partner.test>\nSubject: Bonjour\nMessage-ID: <1@partner.test>';

describe('never answered', () => {
  test.each([
    ['auto-submitted', `${person}\nAuto-Submitted: auto-replied`],
    ['auto-submitted', `${person}\nAuto-Submitted: auto-generated; x=y`],
    ['precedence', `${person}\nPrecedence: Bulk`],
    ['precedence', `${person}\nPrecedence: list`],
    ['precedence', `${person}\nPrecedence: auto_reply`],
    ['precedence', `${person}\nPrecedence: junk`],
    ['list', `${person}\nList-Id: <x.partner.test>`],
    ['list', `${person}\nList-Unsubscribe: <mailto:x@y.test>`],
    ['auto-reply', `${person}\nX-Autoreply: yes`],
    ['auto-reply', `${person}\nX-Autorespond: vacation`],
    ['auto-reply', `${person}\nX-Auto-Response-Suppress: DR, OOF, AutoReply`],
    ['auto-reply', `${person}\nX-Auto-Response-Suppress: All`],
    ['out-of-office', 'From: a@partner.test\nSubject: =?utf-8?q?R=C3=A9ponse_automatique_=3A_Commande?='],
    ['out-of-office', 'From: a@partner.test\nSubject: Out of office: order'],
    ['out-of-office', 'From: a@partner.test\nSubject: Absence du bureau'],
    ['out-of-office', 'From: a@partner.test\nSubject: Automatic reply: help'],
    [
      'report',
      'From: a@partner.test\nSubject: x\nContent-Type: multipart/report; report-type=disposition-notification; boundary=x',
    ],
    ['daemon', 'From: Mail Delivery <MAILER-DAEMON@mx.partner.test>\nSubject: x'],
    ['daemon', 'From: postmaster@partner.test\nSubject: x'],
    ['null-return-path', `Return-Path: <>\n${person}`],
    ['own-mail', 'From: Guichet <GUICHET@localhost>\nSubject: x'],
    ['own-mail', 'From: guichet+t0k3n@localhost\nSubject: x'],
    ['own-mail', 'From: a@partner.test\nSubject: x\nMessage-ID: <abc@Guichet.Invalid>'],
    ['loop', `${'Received: from a by b\n'.repeat(51)}${person}`],
    ['loop', `${person}\nX-Loop: elsewhere@partner.test\nX-Loop: <Guichet@LOCALHOST>`],
    ['daemon', 'From: Majordomo@partner.test\nSubject: x'],
    ['daemon', `Return-Path: <listserv@partner.test>\n${person}`],
    ['list', `Return-Path: <owner-news@partner.test>\n${person}`],
    ['list', `Return-Path: <news-bounces+a=b@partner.test>\n${person}`],
    ['auto-reply', `${person}\nX-Auto-Reply: 1`],
    ['auto-reply', `${person}\nX-Mail-Autoreply: kopano`],
    ['auto-reply', `${person}\nX-Cron-Env: <SHELL=/bin/sh>`],
    ['calendar', `${person}\nContent-Type: text/calendar; charset=utf-8; method=REPLY`],
    ['out-of-office', 'From: a@partner.test\nSubject: Abwesenheitsnotiz: x'],
    ['out-of-office', 'From: a@partner.test\nSubject: =?utf-8?q?Fuera_de_la_oficina?='],
    ['out-of-office', 'From: a@partner.test\nSubject: Absente du bureau'],
    ['out-of-office', 'From: a@partner.test\nSubject: [ext] Automatisch antwoord: x'],
  ])('%s: %s', async (reason, headers) => {
    expect(await verdict(headers)).toBe(reason);
  });

  test('an empty envelope sender', async () => {
    expect(await verdict(person, { mailFrom: null })).toBe('null-return-path');
  });
});

test.each([
  ['a person', person],
  ['said to be no machine', `${person}\nAuto-Submitted: no`],
  ['said to be no machine, with a comment', `${person}\nAuto-Submitted: no (really)`],
  ['a first-class precedence', `${person}\nPrecedence: first-class`],
  ['only receipts suppressed', `${person}\nX-Auto-Response-Suppress: NRN, RN`],
  ['a subject about absence', 'From: a@partner.test\nSubject: Commande en absence de M. Bureau'],
  ['automation as a topic', 'From: a@partner.test\nSubject: Automates et portails'],
  ['someone whose name holds ours', 'From: notguichet@localhost\nSubject: x'],
  ['someone whose name begins like ours', 'From: guichet2@localhost\nSubject: x'],
  ['our name elsewhere', 'From: guichet@localhost.partner.test\nSubject: x'],
  ['a reply to us', `${person}\nIn-Reply-To: <abc@guichet.invalid>`],
  ['far away', `${'Received: from a by b\n'.repeat(50)}${person}`],
  ["another's mark", `${person}\nX-Loop: notguichet@localhost`],
  ['a program that says it is none', `${person}\nX-Autoreply: no`],
  ['somebody whose name ends like a list', 'From: anna-request@partner.test\nSubject: x'],
  ['an invitation', `${person}\nContent-Type: text/calendar; method=REQUEST`],
  ['an answer to an absent person', 'From: a@partner.test\nSubject: Re: Out of office: order'],
])('answered: %s', async (_what, headers) => {
  expect(await verdict(headers)).toBeNull();
});

test('an unknown envelope sender is no null return path', async () => {
  expect(await verdict(person, { mailFrom: undefined, source: 'imap' })).toBeNull();
});
