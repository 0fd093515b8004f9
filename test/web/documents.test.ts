/** D9 on the desk page: a purchase order and several documents in one form. */
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { pdf } from '../core/order-ground.js';
import { ground, reseller } from './ground.js';

const token = 'the-token-printed-at-start';

it('takes a purchase order and several documents at once, ten megabytes each', async () => {
  const desk = await ground({
    desk: { token, mails: { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) } },
  });
  try {
    const { email } = await reseller(desk);
    const visitor = desk.visitor();
    await visitor.get(`/desk?token=${token}`);
    const page = (await visitor.get('/desk?command=order+new')).text;
    expect(page).toMatch(/<input type="file" multiple[^>]*name="documents"/);
    const large = Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(10 * 1024 * 1024 - 9)]);
    const form = new FormData();
    const texts = { _mark: /name="_mark" value="([^"]+)"/.exec(page)?.[1] ?? '', _command: 'order new', _as: email };
    for (const [name, value] of Object.entries({ ...texts, type: 'initial', origin: 'new-site' }))
      form.append(name, value);
    form.append('purchase-order', new File([new Uint8Array(pdf().content)], 'bc.pdf'));
    form.append('documents', new File([new Uint8Array(large)], 'plan.pdf'));
    form.append('documents', new File([new Uint8Array(pdf().content)], 'plan.pdf'));
    const encoded = new Response(form);
    const answer = await desk.send({
      method: 'POST',
      path: '/desk',
      headers: {
        cookie: [...visitor.jar].map(([name, value]) => `${name}=${value}`).join('; '),
        origin: desk.web.url,
        'content-type': encoded.headers.get('content-type') ?? '',
      },
      body: Buffer.from(await encoded.arrayBuffer()),
    });
    expect(answer.status).toBe(200);
    const rows = await desk.open.connection.reader.orderDocument.findMany({ orderBy: { id: 'asc' } });
    expect(rows.map(({ kind, name, bytes }) => [kind, name, bytes > 1024 * 1024])).toEqual([
      ['purchase-order', 'bc.pdf', false],
      ['other', 'plan.pdf', true],
      ['other', 'plan (2).pdf', false],
    ]);
    expect(desk.faults).toEqual([]);
  } finally {
    await desk.close();
  }
});
