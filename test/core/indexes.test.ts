/** What is looked up for every mail or command is found by an index: in a table of a few rows nobody notices a scan. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databases } from '../servers/databases.js';
import { openTestDesk, type TestDesk } from './ground.js';

let desk: TestDesk;
beforeAll(async () => {
  const [sqlite] = databases();
  if (!sqlite) throw new Error('there is no SQLite');
  desk = await openTestDesk(sqlite);
});
afterAll(() => desk.close());

test.each([
  ['an inbound mail by its content', `"InboundMail" WHERE "sha256" = 'x'`],
  ['an inbound mail by its Message-ID', `"InboundMail" WHERE "messageId" = 'x'`],
  ['an outgoing mail by its Message-ID', `"Outbox" WHERE "messageId" = 'x'`],
  ['the operator', `"Person" WHERE "operator" = 1`],
  ['a device by its Code ID', `"Device" WHERE "codeKey" = 'x' ORDER BY "id" DESC`],
  ['the memberships of a person', `"Membership" WHERE "personId" = 1`],
  ['a declaration that is equal', `"Declaration" WHERE "duplicateKey" = 'x'`],
])('%s', async (_, from) => {
  const plan = await desk.connection.reader.$queryRawUnsafe<{ detail: string }[]>(
    `EXPLAIN QUERY PLAN SELECT * FROM ${from}`,
  );
  expect(plan.map(({ detail }) => detail).join('; ')).toMatch(/^SEARCH .* USING (COVERING )?INDEX/);
});
