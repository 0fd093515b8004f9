/** The part of the tour (tour.ts) that goes through orders. */
import type { RawInput } from '../../src/core/command/input.js';
import type { Outcome } from '../../src/core/command/outcome.js';
import type { AskOptions } from './ground.js';
import { existingSiteOrder, newSiteOrder, pdf, program } from './order-ground.js';

type Ask = (command: string, input?: RawInput, options?: AskOptions) => Promise<Outcome>;

const valueOf = (outcome: Outcome, key: string): string => String((outcome.ok && outcome.data[key]) || '');

/** @param who a reseller's member with a site of its own (S-1), and somebody who may decide everything */
export async function toOrders(ask: Ask, { reseller, boss }: { reseller: string; boss: string }): Promise<void> {
  const [own, by] = [{ as: reseller }, { as: boss }];
  const number = valueOf(await ask('order new', { type: 'initial', origin: 'new-site' }, own), 'order');
  await ask('order show', { number }, own);
  await ask('order submit', { number }, own);
  await ask('order new', { type: 'initial', origin: 'existing-site' }, own);
  await ask('order new', { type: 'x', origin: 'y', recipients: 'a@b.example, c' }, own);
  await ask('order new', existingSiteOrder('S-999'), own);
  await ask('order edit', { number, site: 'S-1' }, own);
  await ask('order edit', { number, opportunity: 'OP-1' }, own);
  await ask('order edit', { number, 'delivery-date': '2026-11-29' }, own);
  await ask('order attach', { number, file: program('bon.pdf') }, own);
  await ask('order edit', { number, ...newSiteOrder() }, own);
  await ask('order attach', { number, file: pdf('plan.pdf'), kind: 'quote' }, own);
  await ask('order detach', { number, file: 'autre.pdf' }, own);
  await ask('order detach', { number, file: 'plan.pdf' }, own);
  const approval = valueOf(await ask('order submit', { number }, own), 'approval');
  await ask('order submit', { number }, own);
  await ask('approval show', { number: approval }, by);
  await ask('order cancel', { number }, own);
  await ask('order return', { number, missing: 'le devis' }, by);
  await ask('order edit', { number, comments: 'voici' }, own);
  await ask('order submit', { number }, own);
  await ask('order approve', { number }, by);
  await ask('order approve', { number }, by);
  await ask('order show', { number }, own);
  await ask('order provisioned', { number }, by);
  await ask('order cancel', { number, reason: 'renoncé' }, own);

  const cloudy = newSiteOrder({ solution: 'v5-crm' });
  const second = valueOf(await ask('order new', cloudy, own), 'order');
  await ask('order submit', { number: second }, own);
  await ask('order approve', { number: second }, by);
  await ask('order provisioned', { number: second, date: '2030-01-01' }, by);
  await ask('order provisioned', { number: second }, by);
  const third = valueOf(await ask('order new', newSiteOrder(), own), 'order');
  await ask('order submit', { number: third }, own);
  await ask('order refuse', { number: third, reason: 'hors zone' }, by);
  const fourth = valueOf(await ask('order new', newSiteOrder(), own), 'order');
  await ask('order cancel', { number: fourth }, own);
  const odata = existingSiteOrder('S-1', { generation: 'one', solution: 'one-erp', reference: 'SAAS IO ODATA' });
  const fifth = valueOf(await ask('order new', odata, own), 'order');
  await ask('order submit', { number: fifth }, own);
  await ask('order approve', { number: fifth }, by);
  await ask('order list', {}, own);
  await ask('order list', { state: 'nowhere' }, own);
  await ask('order dossier', { number }, own);
}
