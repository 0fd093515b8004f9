/** Two processes at one IMAP mailbox and one database, one of which is killed: each order is placed and answered once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../mail/ground.js';
import { dovecotMissing, startDovecot, type Dovecot } from '../servers/dovecot.js';
import { startSmtpReceiver, type SmtpReceiver } from '../servers/smtp.js';
import { addReseller, openIn, orderMail, settingsIn, startDesk, type DeskProcess } from './ground.js';

const user = 'desk@guichet.test';
const reseller = 'zoe@martin.example';
const authserv = 'mx.guichet.test';

describe.skipIf(dovecotMissing)(`two processes at one mailbox ${dovecotMissing ?? ''}`, () => {
  let dir: string;
  let server: Dovecot;
  let receiver: SmtpReceiver;
  const running: DeskProcess[] = [];
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'guichet-imap-'));
    server = await startDovecot({ users: { [user]: 'secret' } });
    receiver = await startSmtpReceiver();
  });
  afterEach(async () => {
    for (const desk of running.splice(0)) {
      desk.kill('SIGKILL');
      await desk.ended;
    }
    await receiver.close();
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const ready = async (roles: string): Promise<DeskProcess> => {
    const desk = startDesk({
      ...settingsIn(dir),
      ROLES: roles,
      SMTP_LISTEN: 'off',
      HTTP_LISTEN: '127.0.0.1:0',
      SMTP_URL: receiver.url,
      IMAP_URL: server.imapsUrl(user),
      MAIL_TRUSTED_AUTHSERV: authserv,
      NODE_EXTRA_CA_CERTS: server.caFile,
    });
    running.push(desk);
    if (!(await desk.started).ready) throw new Error(`the desk did not start: ${desk.errors()}`);
    return desk;
  };

  test('one of which is killed', { timeout: 120_000 }, async () => {
    await openIn(dir, (open) => addReseller(open, reseller, 20));
    const first = await ready('inbox,outbox');
    const second = await ready('inbox');
    const orders = Array.from({ length: 12 }, (_, n) => orderMail(n, reseller, { authserv }));
    for (const { raw } of orders.slice(0, 6)) await server.append(user, raw);
    const answers = () => receiver.mails.map(({ parsed }) => parsed.inReplyTo).filter((id) => id !== undefined);
    await until(() => answers().length >= 2, 30_000);
    second.kill('SIGKILL');
    await second.ended;
    for (const { raw } of orders.slice(6)) await server.append(user, raw);
    await until(async () => (await server.list(user, 'INBOX')).length === 0, 30_000);
    await until(() => answers().length >= orders.length, 30_000);
    // what is still in the outbox leaves before it ends
    first.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(answers().sort()).toEqual(orders.map(({ messageId }) => messageId).sort());
    expect(await server.list(user, 'Processed')).toHaveLength(orders.length);
    await openIn(dir, async ({ connection }) => {
      expect(await connection.reader.declaration.count()).toBe(orders.length);
      expect(await connection.reader.inboundMail.count()).toBe(orders.length);
    });
  });
});
