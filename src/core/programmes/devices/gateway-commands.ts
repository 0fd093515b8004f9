/** `gateway …`: which VPN gateways may ask about remote access (E9). */
import { command, required } from '../../command/define.js';
import { name } from '../../command/dictionary.js';
import { fullName } from '../../guard/identity.js';
import { addGateway, gatewaysInUse, removeGateway } from './gateway.js';

export const gatewayAdd = command({
  name: 'gateway add',
  help: {
    fr: 'Donner à une passerelle VPN une clé pour vérifier les accès',
    en: 'Give a VPN gateway a key to verify access with',
  },
  who: 'admin',
  proof: 'own',
  // its answer has the key
  secret: true,
  fields: [required(name)],
  async run(work, input) {
    const { row, key } = await addGateway(work, input.name);
    return { code: 'gateway.added', data: { gateway: row.name, name: row.name, key: work.made(key) } };
  },
});

export const gatewayList = command({
  name: 'gateway list',
  help: { fr: 'Quelles passerelles peuvent vérifier les accès', en: 'Which gateways may verify access' },
  who: 'admin',
  reads: true,
  fields: [],
  async run(work) {
    const rows = await gatewaysInUse(work);
    const people = await work.tx.person.findMany({
      where: { id: { in: rows.map(({ personId }) => personId) } },
      include: { addresses: { where: { main: true } } },
    });
    const items = rows.map((row) => {
      const by = people.find(({ id }) => id === row.personId);
      return {
        name: row.name,
        createdAt: row.createdAt.toISOString(),
        usedAt: row.usedAt?.toISOString() ?? null,
        by: by?.operator ? 'operator' : fullName(by) || (by?.addresses[0]?.email ?? null),
      };
    });
    return { code: 'gateway.listed', data: { items, total: items.length, page: 1 } };
  },
});

export const gatewayRemove = command({
  name: 'gateway remove',
  help: { fr: 'Retirer sa clé à une passerelle', en: 'Take a gateway’s key away' },
  who: 'admin',
  proof: 'own',
  fields: [required(name)],
  async run(work, input) {
    const { name: removed } = await removeGateway(work, input.name);
    return { code: 'gateway.removed', data: { gateway: removed, name: removed } };
  },
});
