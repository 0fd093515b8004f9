/** What the billing part of `/me` shows (G7): an organisation's account, and on a page of its own all there is of it. */
import type { Hono } from 'hono';
import type { RawInput } from '../../core/command/input.js';
import type { Data, Outcome } from '../../core/command/outcome.js';
import { ask, handOver, read } from '../asking.js';
import { accountPage, listNames, type Account, type Billing, type ListName } from './billing-page.js';
import { signedInAs } from './me-page.js';
import { formMark, show, type Ctx, type Door, type Env } from '../page-request.js';

interface Organisation {
  readonly org: string;
  readonly name: string;
}

/** Whose account it is: `number` for the commands, `org` for the page's links. */
type Chosen = Pick<Billing, 'org' | 'orgs' | 'name'> & { readonly number: string };

/** The organisation that the query names, else the first; nothing for a member of none. */
function chosenOf(c: Ctx, account: Data): Chosen | undefined {
  const orgs = (account['organisations'] as Organisation[]).map(({ org, name }) => ({ org, name }));
  const chosen = orgs.find(({ org }) => org === c.req.query('org')) ?? orgs[0];
  return chosen && { orgs, name: chosen.name, number: chosen.org, ...(orgs.length > 1 ? { org: chosen.org } : {}) };
}

/** Asks about the chosen one: whoever has a role too would else be told of everybody's. */
const asking =
  (c: Ctx, door: Door, { number }: Chosen) =>
  (command: string, input: RawInput = {}): Promise<Outcome> =>
    ask(c, door, { command, input: { ...input, org: number } });

/** A page of a list, as the query turns it: `receipts=2`. */
function pageOf(c: Ctx, name: ListName): RawInput {
  const page = c.req.query(name) ?? '';
  return { page: /^[1-9]\d{0,4}$/.test(page) ? page : '1' };
}

const shownAtMost = '5';

/** The account at a glance; nothing for a member of no organisation. */
export async function billingOf(
  c: Ctx,
  door: Door,
  { account, may }: { account: Data; may: ReadonlySet<string> },
): Promise<Billing | undefined> {
  const chosen = may.has('billing balance') ? chosenOf(c, account) : undefined;
  if (!chosen) return undefined;
  const told = asking(c, door, chosen);
  return {
    ...chosen,
    balance: await told('billing balance'),
    orders: await told('billing orders', { 'per-page': shownAtMost }),
    receipts: await told('billing receipts', { 'per-page': shownAtMost }),
  };
}

/** After `/me`'s own routes, whose guard covers these. */
export function billingRoutes(app: Hono<Env>, door: Door): void {
  app.get('/me/billing', async (c) => {
    const account = await read(c, door, { command: 'account show', input: {} });
    const chosen = chosenOf(c, account);
    return chosen ? shown(c, door, chosen) : c.redirect('/me', 303);
  });
  app.get('/me/billing/:list', (c) => {
    const list = listNames.find((name) => name === c.req.param('list'));
    const input = { export: c.req.query('export') ?? 'csv' };
    return list ? file(c, door, { command: `billing ${list}`, input }) : c.notFound();
  });
  app.get('/me/receipts/:number', (c) =>
    file(c, door, { command: 'billing receipt', input: { number: c.req.param('number') } }),
  );
}

/** What an answer has for a file. What is unknown, another's or not to be had is not found. */
async function file(c: Ctx, door: Door, { command, input }: { command: string; input: RawInput }): Promise<Response> {
  const chosen = chosenOf(c, await read(c, door, { command: 'account show', input: {} }));
  const outcome = chosen && (await asking(c, door, chosen)(command, input));
  return outcome?.ok && outcome.file ? handOver(c, outcome.file) : c.notFound();
}

async function shown(c: Ctx, door: Door, chosen: Chosen): Promise<Response> {
  const { locale, texts, session } = c.var.visit;
  const told = asking(c, door, chosen);
  const lists = new Map<ListName, Outcome>();
  for (const name of listNames) lists.set(name, await told(`billing ${name}`, pageOf(c, name)));
  const account: Account = { ...chosen, forecast: await told('billing forecast'), lists };
  return show(c, door, {
    title: texts.billing.title(chosen.name),
    body: accountPage(door.dispatcher.reader(locale), account),
    aside: signedInAs(texts, { name: session?.actor.name ?? '', mark: formMark(c, door) }),
    layout: 'wide',
  });
}
