/** `catalogue show`: the vendor's data as it is in force. */
import { command, optional } from '../command/define.js';
import { part } from '../command/dictionary.js';

export const catalogueShow = command({
  name: 'catalogue show',
  help: {
    fr: 'Voir les données du fournisseur : produits, box, règles',
    en: 'See the vendor’s data: products, boxes, policy',
  },
  who: 'staff',
  reads: true,
  fields: [optional(part)],
  run(work, input) {
    const { packs, boxes, policy, version } = work.desk.catalogue;
    const wants = (name: string) => input.part === undefined || input.part === name;
    const data = {
      version,
      ...(wants('products')
        ? {
            products: packs.map(({ id, name, services }) => ({
              product: id,
              name: name[work.locale],
              services: services.map((service) => service[work.locale]),
            })),
          }
        : {}),
      // the first passwords of a box belong into letters only
      ...(wants('boxes')
        ? { boxes: boxes.map(({ id, name, brings }) => ({ box: id, name: name[work.locale], product: brings })) }
        : {}),
      ...(wants('policy') ? { policy } : {}),
    };
    return Promise.resolve({ code: 'catalogue.shown', data });
  },
});
