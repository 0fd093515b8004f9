/** A secret in a mail: the transcript never has it, and correcting something else doesn't take it again. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, required } from '../../src/core/command/define.js';
import { authCode, domain } from '../../src/core/command/dictionary.js';
import { createRegistry } from '../../src/core/command/registry.js';
import { commands } from '../../src/core/programmes/index.js';
import { newReseller, type TestReseller } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { openHouse, written, type House, type Posted } from './house.js';
import { formIn, inThread, quote } from './replies.js';

const code = 'Gh7-left-over';
let house: House;
let ada: TestReseller;
let moved: string[] = [];
const move = command({
  name: 'parcel move',
  help: { fr: 'Déplacer', en: 'Move' },
  who: 'person',
  fields: [required(domain), required(authCode)],
  run(_, input) {
    moved.push(input.authCode);
    return Promise.resolve({ code: 'domain.requested', data: { domain: input.domain } });
  },
});
beforeAll(async () => {
  house = await openHouse(databases()[0]!, { registry: createRegistry([...commands.all, move]) });
  ada = await newReseller(house.desk);
  await house.deliver();
});
afterAll(() => house.close());

async function mail(text: string, posted: Posted = {}): Promise<ReceivedMail> {
  const from = ada.email;
  const [mine, ...more] = await house.answers(written(text, { ...posted, from }), { ...posted, from });
  expect(more).toEqual([]);
  expect(mine!.raw.toString()).not.toContain(code);
  expect(mine!.parsed.text).not.toContain(code);
  expect(mine!.parsed.html).not.toContain(code);
  return mine!;
}

test('a refused form comes back with its line empty and starred; the rest is corrected without it', async () => {
  const refused = await mail(`Command: parcel move\nDomain: nothing\nAuth code: ${code}\n`);
  expect(formIn(refused)).toMatch(
    /^Commande : parcel move\nDomaine : nothing\n# Domaine .+\nCode de transfert \* :\n# déjà donné, jamais remontré : /,
  );
  moved = [];
  const done = await mail(quote(refused).replace('Domaine : nothing', 'Domaine : exemple.fr'), inThread(refused));
  expect(done.parsed.text).toContain('exemple.fr');
  expect(moved).toEqual([code]);
});

test('it is given anew where it was at fault', async () => {
  const refused = await mail(`Command: parcel move\nDomain: exemple.fr\nAuth code: Gh7 left\n`);
  expect(formIn(refused)).not.toContain('Gh7');
  moved = [];
  await mail(`Auth code: ${code}\n`, inThread(refused));
  expect(moved).toEqual([code]);
});

test.each([
  ['parcel move', 'Aut code'],
  ['parcel mvoe', 'Transfer code'],
])('“%s” with “%s”: a slip of the pen shows it neither', async (name, label) => {
  const refused = await mail(`Command: ${name}\nDomain: exemple.fr\n${label}: ${code}\n`);
  expect(formIn(refused)).toContain(`${label} * :\n`);
});

test('nothing that is kept in the database has it', async () => {
  expect(JSON.stringify(await house.desk.dump())).not.toContain(code);
});
