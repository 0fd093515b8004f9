/** Documents by mail (D9), and an answer whose file is too large to be attached (D13). */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pdf as lockedPdf, plainPdf, upload } from '../core/files.js';
import { newReseller, type TestReseller } from '../core/ground.js';
import { pdf, program } from '../core/order-ground.js';
import { databases } from '../servers/databases.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { openHouse, written, type House } from './house.js';

describe.each(databases())('documents by mail on $name', (provider) => {
  let house: House;
  let partner: TestReseller;
  beforeAll(async () => {
    house = await openHouse(provider);
    partner = await newReseller(house.desk, {}, { locale: 'en' });
    await house.deliver();
  });
  afterAll(() => house.close());

  const bytesOf = ({ name, content }: { name: string; content: Buffer }): string =>
    `--xx\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${content.toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`;

  type Sent = readonly { name: string; content: Buffer }[];
  async function sent(text: string, files: Sent = [], reply?: ReceivedMail): Promise<ReceivedMail | undefined> {
    const body = `--xx\nContent-Type: text/plain; charset=utf-8\n\n${text}\n`;
    const thread = reply ? [`In-Reply-To: ${reply.parsed.messageId ?? ''}`] : [];
    const posted = { from: partner.email, headers: ['Content-Type: multipart/mixed; boundary=xx', ...thread] };
    const raw = `${written(body, posted)}${files.map(bytesOf).join('')}--xx--\r\n`;
    const [answer] = await house.answers(raw, { from: partner.email });
    return answer;
  }
  const asked = async (text: string, files: Sent = []): Promise<string> => (await sent(text, files))?.parsed.text ?? '';
  const documentsOf = async (): Promise<string[]> => {
    const order = await house.desk.connection.reader.order.findFirst({ orderBy: { id: 'desc' } });
    const rows = await house.desk.connection.reader.orderDocument.findMany({
      where: { orderId: order?.id ?? 0 },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ kind, name }) => `${kind} ${name}`);
  };
  const begin = 'Command: order new\nType: initial\nOrigin: new-site\n';

  test('a sole one is the purchase order, several unnamed ones are documents, named ones are what they are named', async () => {
    await asked(begin, [pdf('bc.pdf')]);
    expect(await documentsOf()).toEqual(['purchase-order bc.pdf']);
    await asked(begin, [pdf('a.pdf'), pdf('b.pdf')]);
    expect(await documentsOf()).toEqual(['other a.pdf', 'other b.pdf']);
    await asked(`${begin}Purchase order: b.pdf\n`, [pdf('a.pdf'), pdf('b.pdf'), pdf('a.pdf')]);
    expect(await documentsOf()).toEqual(['purchase-order b.pdf', 'other a.pdf', 'other a (2).pdf']);
  });

  test('a program called PDF is refused for what it is, and nothing is drafted', async () => {
    const before = await house.desk.connection.reader.order.count();
    expect(await asked(begin, [program('bc.pdf')])).toContain('bc.pdf is a Windows program');
    expect(await house.desk.connection.reader.order.count()).toBe(before);
  });

  test('a reply that corrects a refused form keeps its good files, and a further one joins them', async () => {
    const late = `${begin}Delivery date: 2026-11-22\n`;
    const refused = await sent(late, [pdf('bc.pdf')]);
    expect(refused?.parsed.text).toContain('order new');
    await sent('Delivery date: 2026-12-01', [pdf('plan.pdf')], refused);
    expect(await documentsOf()).toEqual(['purchase-order bc.pdf', 'other plan.pdf']);
    const bad = await sent(begin, [program('bc.pdf')]);
    await sent('', [pdf('bc-2.pdf')], bad);
    expect(await documentsOf()).toEqual(['purchase-order bc-2.pdf']);
  });

  test('one with a password and an empty one are refused by name and reason; a reply keeps the rest', async () => {
    const locked = { name: 'bc-3.pdf', content: await lockedPdf('x', { userPassword: 'secret' }) };
    const named = `${begin}Comments: see the plan\nPurchase order: bc-3.pdf\nDocuments: plan.pdf\n`;
    const refused = await sent(named, [locked, pdf('plan.pdf')]);
    expect(refused?.parsed.text).toMatch(/bc-3\.pdf is protected by a password: save it without one/);
    expect(refused?.parsed.text).toContain('see the plan');
    await sent('Purchase order: bc-4.pdf', [pdf('bc-4.pdf')], refused);
    expect(await documentsOf()).toEqual(['purchase-order bc-4.pdf', 'other plan.pdf']);
    const empty = await sent(begin, [{ name: 'bc-5.pdf', content: Buffer.alloc(0) }]);
    expect(empty?.parsed.text).toContain('bc-5.pdf is empty: check it and send it again.');
  });

  test('a dossier of more than 8 MB is linked, not attached', async () => {
    const large = () => upload('plan.pdf', plainPdf({ filling: randomBytes(5 * 1024 * 1024) }));
    const { order } = await house.desk.done(
      'order new',
      { type: 'initial', origin: 'new-site', documents: [large(), large()] },
      { as: partner.email },
    );
    const answer = await asked(`Command: order dossier\nNumber: ${String(order)}\n`);
    const [, token = ''] = /http:\/\/127\.0\.0\.1:8080\/t\/([\w-]+)/.exec(answer) ?? [];
    expect(answer).toMatch(/\.zip is too large for a mail\. Sign in and fetch it here, once, within 24 hours/);
    expect(token).not.toBe('');
    const [row] = await house.desk.connection.reader.oneTimeLink.findMany({ where: { purpose: 'file' } });
    expect(row?.tokenHash).not.toBe(token);
    expect(JSON.parse(row?.content ?? '')).toMatchObject({ type: 'application/zip' });
  });
});
