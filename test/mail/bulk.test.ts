/** J9 by mail: an attached table is previewed, and placed when the form says so. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newReseller, type TestReseller } from '../core/ground.js';
import { clientTable, textRows, workbook } from '../core/sheets.js';
import { databases } from '../servers/databases.js';
import { openHouse, written, type House } from './house.js';

const [sqlite] = databases();

describe('declare bulk by mail', () => {
  let house: House;
  let reseller: TestReseller;
  beforeAll(async () => {
    house = await openHouse(sqlite!);
    reseller = await newReseller(house.desk, { pro: 30 });
    await house.deliver();
  });
  afterAll(() => house.close());

  /** The text of the answer to a form with an attachment. */
  async function answer(text: string, content: string | Buffer, name = 'clients.csv'): Promise<string> {
    const lines = [
      '--xx',
      'Content-Type: text/plain; charset=utf-8',
      '',
      text,
      '--xx',
      'Content-Type: application/octet-stream',
      `Content-Disposition: attachment; filename="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(content as string)
        .toString('base64')
        .replace(/.{76}/g, '$&\n'),
      '--xx--',
      '',
    ];
    const mails = await house.answers(
      written(lines.join('\n'), { from: reseller.email, headers: ['Content-Type: multipart/mixed; boundary=xx'] }),
    );
    const [own, ...more] = mails.filter(({ envelope }) => envelope.to.includes(reseller.email));
    expect(more).toEqual([]);
    return own?.parsed.text ?? '';
  }
  const placed = () => house.desk.connection.reader.declaration.count({ where: { orgId: reseller.id } });

  test('without a yes it is a preview, with one it is done, a line a row', async () => {
    const preview = await answer('Commande: declare bulk', clientTable(3));
    expect(preview).toMatch(/^declare bulk\u00a0: à valider/);
    expect(preview).toContain('Les 3 lignes peuvent être déclarées.');
    expect(await placed()).toBe(0);
    const done = await answer('Commande: declare bulk\nValider: oui', clientTable(3));
    expect(done).toMatch(/^declare bulk\u00a0: fait\n=+\n\n3 déclarations enregistrées\./);
    expect(done).toMatch(/D-000003 .*PP\w+.*client-2@maison\.example/s);
    expect(await placed()).toBe(3);
  });

  test('a workbook’s sheet is named in the form', async () => {
    const rows = clientTable(2, { prefix: 'sheet' }).replace('\uFEFF', '').trim().split('\r\n');
    const content = workbook([
      { name: 'Notes', rows: textRows([['rien']]) },
      { name: 'Mai', rows: textRows(rows.map((row) => row.split(';'))) },
    ]);
    const wrong = await answer('Commande: declare bulk\nFeuille: Juin', content, 'clients.xlsx');
    expect(wrong).toContain('Le classeur n’a pas de feuille « Juin ». Il a : Notes, Mai.');
    const done = await answer('Commande: declare bulk\nFeuille: Mai\nOui: oui', content, 'clients.xlsx');
    expect(done).toContain('2 déclarations enregistrées.');
  });

  test('faults are told by row and column, and nothing is placed unless the good rows are asked for', async () => {
    const before = await placed();
    const table = `${clientTable(1, { prefix: 'mail' })}prp;x;Roy;Zoé;F-9\r\n`;
    const refused = await answer('Commande: declare bulk\nValider: oui', table);
    expect(refused).toMatch(/^declare bulk\u00a0: refusé/);
    expect(refused).toContain('Ligne 3, Produit');
    expect(refused).toContain('Ligne 3, E-mail');
    expect(await placed()).toBe(before);
    const done = await answer('Commande: declare bulk\nMode: bonnes lignes\nValider: oui', table);
    expect(done).toContain('1 déclaration enregistrée, 1 ligne refusée.');
    expect(await placed()).toBe(before + 1);
  });
});
