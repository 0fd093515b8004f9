/** J3: a stock is read with a column a kind, as on the desk that resellers know; its JSON stays as it is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textOf } from '../../src/cli/print.js';
import { replyTo } from '../../src/core/command/reply.js';
import { commands } from '../../src/core/programmes/index.js';
import { databases } from '../servers/databases.js';
import { newReseller, openTestDesk, type TestDesk } from './ground.js';

describe.each(databases().slice(0, 1))('stock on $name', (provider) => {
  let desk: TestDesk;
  beforeAll(async () => void (desk = await openTestDesk(provider)));
  afterAll(() => desk.close());

  test('kinds are columns, counts are rows; boxes stand apart', async () => {
    const { email } = await newReseller(desk, { pro: 3 });
    const outcome = await desk.ask('stock show', {}, { as: email });
    const reader = desk.open.dispatcher.reader('fr');
    const reply = replyTo(outcome, { ...reader, command: commands.find('stock show') });
    const [packs, boxes] = reply.tables;
    expect(packs).toMatchObject({
      title: 'Service packs',
      columns: [
        '',
        'Service Pack Power',
        'Service Pack Power EnOcean',
        'Service Pack Power Ultimate',
        'Service Pack Pro',
      ],
      rows: [
        ['Disponible', '0', '0', '0', '3'],
        ['Réservé', '0', '0', '0', '0'],
        ['Déclaré', '0', '0', '0', '0'],
      ],
    });
    expect(boxes).toMatchObject({ title: 'Box' });
    expect(boxes?.rows.map(([label]) => label)).toEqual(['Disponible', 'Réservé', 'Déclaré']);
    expect(outcome.ok && outcome.data['products']).toContainEqual({
      ...{ product: 'pro', name: 'Service Pack Pro', available: 3, reserved: 0, declared: 0 },
    });
    const lines = textOf(reply).split('\n');
    const at = lines.indexOf('Service packs');
    expect(lines.slice(at + 1, at + 5)).toEqual([
      '            Service Pack  Service Pack   Service Pack    Service Pack',
      '            Power         Power EnOcean  Power Ultimate  Pro',
      'Disponible  0             0              0               3',
      'Réservé     0             0              0               0',
    ]);
  });
});
