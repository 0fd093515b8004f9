/** `device check` and `device add`: a device is checked against the register, then registered with its client (E2–E5). */
import { command, required } from '../../command/define.js';
import { codeId, email, mac, webAddress } from '../../command/dictionary.js';
import { clientFields, clientIn, formOf, keptClient, prefilled, refusePartial } from './client.js';
import { deviceRef } from './device.js';
import { checkPair, register } from './enrolment.js';
import { devicePanel } from './panel.js';

const pairFields = [required(codeId), required(mac), required(webAddress), required(email)] as const;

export const deviceCheck = command({
  name: 'device check',
  help: {
    fr: 'Contrôler un dispositif avant de l’enregistrer pour un client',
    en: 'Check a device before registering it for a client',
  },
  who: 'installer',
  fields: pairFields,
  async run(work, input) {
    const checked = await checkPair(work, input);
    if ('refusal' in checked) return checked;
    const { row, isNew, model, client } = checked;
    const shown = await prefilled(work, client);
    return {
      code: 'device.checked',
      data: {
        device: isNew ? work.made(deviceRef(row.id)) : deviceRef(row.id),
        codeId: row.codeId,
        mac: row.mac,
        model,
        webAddress: row.webAddress,
        email: row.email,
        state: row.state,
        known: client !== undefined,
        form: formOf({ ...shown, ...keptClient(row.client) }),
      },
      ...(work.dryRun ? {} : { panel: devicePanel(row, shown) }),
    };
  },
});

export const deviceAdd = command({
  name: 'device add',
  help: {
    fr: 'Enregistrer un dispositif pour un client, qui l’active par un lien',
    en: 'Register a device for a client, who activates it by a link',
  },
  who: 'installer',
  fields: [...pairFields, ...clientFields],
  async run(work, input) {
    const given = clientIn(input);
    refusePartial(work, given);
    const checked = await checkPair(work, input);
    if ('refusal' in checked) return checked;
    // what was given to the device since it was checked counts as well
    const data = { ...keptClient(checked.row.client), ...given };
    refusePartial(work, data);
    const { row, account, mails } = await register(work, checked, data);
    work.audit({
      action: 'device registered',
      object: deviceRef(row.id),
      detail: { email: row.email, account, mails },
    });
    return {
      code: 'device.registered',
      data: {
        device: checked.isNew ? work.made(deviceRef(row.id)) : deviceRef(row.id),
        codeId: row.codeId,
        mac: row.mac,
        webAddress: row.webAddress,
        email: row.email,
        account,
        mails,
        state: row.state,
      },
    };
  },
});
