/** What the reseller's part of `/me` shows: its stock, and its declared users as the query filters them. */
import type { Data } from '../../core/command/outcome.js';
import { suggest } from '../../core/command/suggest.js';
import { ask, callerOf, commandNamed, queried, read } from '../asking.js';
import type { Shop } from './shop-page.js';
import type { Ctx, Door } from '../page-request.js';

interface Organisation {
  readonly org: string;
  readonly name: string;
  readonly state: string;
}

/** Nothing for a member of no reseller. */
export async function shopOf(c: Ctx, door: Door, account: Data): Promise<Shop | undefined> {
  const resellers = (account['organisations'] as Organisation[]).filter(({ state }) => state === 'reseller');
  const chosen = resellers.find(({ org }) => org === c.req.query('org')) ?? resellers[0];
  if (!chosen) return undefined;
  // which of several is asked for only then
  const about: { org?: string } = resellers.length > 1 ? { org: chosen.org } : {};
  const command = commandNamed(door, 'declare list');
  const filters = queried(c, command);
  const stock = await read(c, door, { command: 'stock show', input: { ...about } });
  const products = stock['products'] as Shop['products'];
  const { locale } = c.var.visit;
  const kinds = await suggest(door.dispatcher, {
    caller: callerOf(c),
    door: 'web',
    command: 'declare new',
    field: 'product',
    typed: '',
    locale,
    ...about,
  });
  return {
    ...about,
    resellers: resellers.map(({ org, name }) => ({ org, name })),
    company: chosen.name,
    products,
    boxes: new Set(door.dispatcher.desk.catalogue.boxes.map(({ id }) => id)),
    kinds: kinds.map(({ value, name }) => ({ value, label: name })),
    filters,
    listed: await ask(c, door, { command: command.name, input: { ...filters, ...about } }),
  };
}
