/** `reseller register` (J1). */
import { command, optional, required } from '../../command/define.js';
import { company, email, firstName, lastName, locale } from '../../command/dictionary.js';
import { orgRef, resellersNamed } from './organisation.js';
import { registerReseller } from './reseller.js';

export const resellerRegister = command({
  name: 'reseller register',
  help: {
    fr: 'Enregistrer un revendeur : son compte, son organisation, et la lettre qui le lui dit',
    en: 'Register a reseller: account, organisation, and the letter that says so',
  },
  who: 'staff',
  fields: [required(email), required(lastName), required(firstName), required(company), optional(locale)],
  async run(work, input) {
    const [existing] = await resellersNamed(work.tx, input.email);
    if (existing) {
      return {
        code: 'reseller.existing',
        data: { reseller: orgRef(existing.id), email: input.email, company: existing.name, state: 'reseller' },
      };
    }
    const made = await registerReseller(work, input);
    return {
      code: 'reseller.registered',
      data: {
        reseller: work.made(orgRef(made.id)),
        email: input.email,
        company: made.name,
        account: made.account,
        state: 'reseller',
      },
    };
  },
});
