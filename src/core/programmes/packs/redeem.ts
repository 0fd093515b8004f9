/** `pack redeem`: a client takes the pack that was declared for it (J7). */
import { command, required } from '../../command/define.js';
import { packNumber } from '../../command/dictionary.js';
import type { CountedRefusal, Done } from '../../command/outcome.js';
import { attemptsLeft, countTelling } from '../../guard/limit.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { declarationRef } from './number.js';
import { numberKey } from '../../guard/number.js';

const hourMs = 3_600_000;

/** Wrong, foreign and used look the same: no telling whose it is. The attempt stays counted, so this is an answer. */
function packRefused(work: Work): CountedRefusal {
  return { refusal: new Refusal('pack.refused', {}, { number: textsOf(work.locale).refusals['pack.refused']({}) }) };
}

async function redeem(work: Work, typed: string): Promise<Done | CountedRefusal> {
  const { tx, actor, now } = work;
  const { limits } = work.desk.catalogue.policy;
  const counted = [
    { key: `wrong pack number of ${actor.personId}`, count: limits.wrongPackNumbersPerHourAndPerson },
    ...(work.ip ? [{ key: `wrong pack number from ${work.ip}`, count: limits.wrongPackNumbersPerHourAndIp }] : []),
  ];
  for (const { key, count } of counted) {
    if ((await attemptsLeft(tx, key, { limit: { count, windowMs: hourMs }, now })) <= 0)
      throw new Refusal('rate.limited', { minutes: 60 });
  }
  const unit = await tx.stockUnit.findUnique({ where: { numberKey: numberKey(typed) } });
  // entered again, or taken over by whoever declared it: that is where it is
  if (unit?.personId === actor.personId && unit.state === 'assigned')
    return {
      code: 'pack.redeemed',
      data: { pack: unit.number, product: unit.product, state: 'assigned', already: true },
    };
  const declaration =
    unit && (await tx.declaration.findFirst({ where: { packId: unit.id, clientId: actor.personId, state: 'placed' } }));
  const { count } = declaration
    ? await tx.stockUnit.updateMany({
        where: { id: unit.id, state: 'declared' },
        data: { state: 'assigned', personId: actor.personId },
      })
    : { count: 0 };
  if (!declaration || count !== 1) {
    for (const { key } of counted) await countTelling(work, key);
    return packRefused(work);
  }
  await tx.declaration.updateMany({
    where: { id: declaration.id, state: 'placed' },
    data: { state: 'completed', completedAt: now },
  });
  work.audit({
    action: 'pack redeemed',
    object: declarationRef(declaration.id),
    detail: { pack: unit.number, person: actor.personId },
  });
  return { code: 'pack.redeemed', data: { pack: unit.number, product: unit.product, state: 'assigned' } };
}

export const packRedeem = command({
  name: 'pack redeem',
  help: { fr: 'Mettre sur son compte le service pack reçu', en: 'Put the service pack you were given on your account' },
  who: 'person',
  fields: [required(packNumber)],
  run: (work, input) => redeem(work, input.number),
});
