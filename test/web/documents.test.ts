/** D9 on the desk page: a purchase order and several documents in one form. */
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { pdf as lockedPdf, plainPdf } from '../core/files.js';
import { pdf } from '../core/order-ground.js';
import { ground, reseller, type Answer, type Ground, type Visitor } from './ground.js';

const token = 'the-token-printed-at-start';

/** As a browser sends a form with files. */
async function sent(desk: Ground, visitor: Visitor, form: FormData): Promise<Answer> {
  const encoded = new Response(form);
  return desk.send({
    method: 'POST',
    path: '/desk',
    headers: {
      cookie: [...visitor.jar].map(([name, value]) => `${name}=${value}`).join('; '),
      origin: desk.web.url,
      'content-type': encoded.headers.get('content-type') ?? '',
    },
    body: Buffer.from(await encoded.arrayBuffer()),
  });
}

it('takes a purchase order and several documents at once, ten megabytes each; what is refused leaves the form filled in', async () => {
  const desk = await ground({
    desk: { token, mails: { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) } },
  });
  try {
    const { email } = await reseller(desk);
    const visitor = desk.visitor();
    await visitor.get(`/desk?token=${token}`);
    const page = (await visitor.get('/desk?command=order+new')).text;
    expect(page).toMatch(/<input type="file" multiple[^>]*name="documents"/);
    const texts = { _mark: /name="_mark" value="([^"]+)"/.exec(page)?.[1] ?? '', _command: 'order new', _as: email };
    const post = (files: readonly (readonly [field: string, name: string, content: Buffer])[]) => {
      const form = new FormData();
      for (const [name, value] of Object.entries({
        ...texts,
        type: 'initial',
        origin: 'new-site',
        comments: 'By lorry',
      }))
        form.append(name, value);
      for (const [field, name, content] of files) form.append(field, new File([new Uint8Array(content)], name));
      return sent(desk, visitor, form);
    };
    const locked = await lockedPdf('x', { userPassword: 'secret' });
    const refused = await post([
      ['purchase-order', 'bc.pdf', locked],
      ['documents', 'plan.pdf', pdf().content],
      ['documents', 'note.pdf', Buffer.from('%PDF-1.4\n')],
    ]);
    expect(refused.text).toContain('bc.pdf is protected by a password: save it without one and send it again.');
    expect(refused.text).toContain('note.pdf does not open: it is damaged or not whole.');
    expect(refused.text).toContain('By lorry');
    const large = await post([['purchase-order', 'bc.pdf', Buffer.alloc(10 * 1024 * 1024 + 1)]]);
    expect(large.text).toContain('bc.pdf is too large: at most 10 MB.');
    expect(large.text).toContain('By lorry');
    const answer = await post([
      ['purchase-order', 'bc.pdf', pdf().content],
      ['documents', 'plan.pdf', plainPdf({ filling: randomBytes(10 * 1024 * 1024 - 1024) })],
      ['documents', 'plan.pdf', pdf().content],
    ]);
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
