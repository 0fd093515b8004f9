/** `domain autorenew` and `domain tag`: what an organisation sets on its domains by itself. */
import { command, optional, required } from '../../command/define.js';
import { autoRenew, domains, tags, untag } from '../../command/dictionary.js';
import { canonical } from '../../guard/once.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import type { Domain } from '../../database/connect.js';
import { fold } from '../../text/fold.js';
import { distinctTags, tagsOf } from '../../database/tags.js';
import { customerWords, domainSearch, standingOf, unicodeName, wrongState, type DomainRow } from './domain.js';
import { eachNamed } from './named.js';

const over = ['failed', 'transferred-out', 'pending-delete', 'gone'];

/** @throws {Refusal} `state.wrong` for a domain whose life here is over */
function mustLive(work: Work, row: DomainRow): DomainRow {
  const { state } = standingOf(work, row);
  if (over.includes(state)) throw wrongState(row, state);
  return row;
}

async function change(work: Work, row: DomainRow, changed: Partial<Domain>): Promise<DomainRow> {
  const data = { ...changed, updatedAt: work.now };
  await work.tx.domain.update({ where: { id: row.id }, data });
  return { ...row, ...data, state: row.state };
}

const named = (row: DomainRow) => ({ domain: row.name, unicode: unicodeName(row.name) });

export const domainAutorenew = command({
  name: 'domain autorenew',
  help: {
    fr: 'Renouveler des domaines automatiquement, ou non',
    en: 'Renew domains automatically, or not',
  },
  who: 'member',
  fields: [required(domains), required(autoRenew)],
  async run(work, input) {
    const rows = await eachNamed(work, input.domains, (row) => mustLive(work, row));
    const others = rows.filter((row) => row.autoRenew !== input.autoRenew);
    for (const row of others) {
      await change(work, row, { autoRenew: input.autoRenew });
      work.audit({ action: 'domain autorenew', object: row.name, detail: { autoRenew: input.autoRenew } });
    }
    return {
      code: 'domain.autorenew-set',
      data: {
        autoRenew: input.autoRenew,
        items: rows.map((row) => ({ ...named(row), autoRenew: input.autoRenew, expiresOn: row.expiresOn })),
        total: rows.length,
        changed: others.map(({ name }) => name),
      },
    };
  },
});

/** Those to be removed go first, so that a tag may be written anew in another case. */
const retagged = (row: DomainRow, { add, remove }: { add: readonly string[]; remove: readonly string[] }) => {
  const gone = new Set(remove.map(fold));
  return distinctTags([...tagsOf(row).filter((tag) => !gone.has(fold(tag))), ...add]);
};

export const domainTag = command({
  name: 'domain tag',
  help: { fr: 'Mettre des étiquettes à des domaines, ou en retirer', en: 'Put tags on domains, or take them off' },
  who: 'member',
  fields: [required(domains), optional(tags), optional(untag)],
  async run(work, input) {
    const [add, remove] = [input.tags ?? [], input.untag ?? []];
    if (add.length + remove.length === 0) {
      const fault = textsOf(work.locale).domains.noTags({});
      throw new Refusal('input.invalid', {}, { tags: fault, untag: fault });
    }
    const rows = await eachNamed(work, input.domains, (row) => mustLive(work, row));
    const items = [];
    const changed: string[] = [];
    for (const row of rows) {
      const kept = retagged(row, { add, remove });
      items.push({ ...named(row), tags: kept });
      if (canonical(kept) === canonical(tagsOf(row))) continue;
      changed.push(row.name);
      const customer = await work.tx.customer.findUniqueOrThrow({ where: { id: row.customerId } });
      const searchText = domainSearch({ name: row.name, tags: kept, customer: customerWords(customer, row) });
      await change(work, row, { tags: JSON.stringify(kept), searchText });
      work.audit({ action: 'domain tagged', object: row.name, detail: { before: tagsOf(row), after: kept } });
    }
    return { code: 'domain.tagged', data: { items, total: rows.length, changed } };
  },
});
