/** `mail …`: mail that is held for want of proof, and the emergency stop (X2, X7). */
import { command, required, type AnyCommand } from '../../command/define.js';
import { numberOf, reason } from '../../command/dictionary.js';
import { listed, listFields } from '../../command/listing.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { searchable } from '../../text/fold.js';
import type { Tx } from '../../database/connect.js';
import { pauseOf, setPause } from '../../database/mail-pause.js';
import { endHeld, heldRef, mailItem } from './held.js';
import { inboundMailStates } from './states.js';
import { alertNotice } from '../../database/outbox.js';

const number = numberOf('H');
const states = Object.keys(inboundMailStates);

/** Held mails are few enough to be looked at one by one, as people read them. */
async function matching(tx: Tx, words: readonly string[]): Promise<{ id: { in: number[] } }> {
  const rows = await tx.inboundMail.findMany({
    where: { state: { in: ['held', 'released', 'discarded', 'expired'] } },
    select: { id: true, sender: true, subject: true, reason: true },
  });
  const found = rows.filter(({ id, ...told }) => {
    const text = searchable([heldRef(id), ...Object.values(told)].join(' '));
    return words.every((word) => text.includes(word));
  });
  return { id: { in: found.slice(-10_000).map(({ id }) => id) } };
}

/** Staff learn in their channel who stopped the mail, or set it going. */
const tellStaff = (work: Work, text: string): void => work.send(alertNotice(work.desk.locale, text));

export const mailCommands: readonly AnyCommand[] = [
  command({
    name: 'mail held',
    help: {
      fr: 'Les messages retenus, faute de preuve de leur expéditeur (ou, par état, ce qu’ils sont devenus)',
      en: 'Mails held because their sender is not proven (or, by state, what became of them)',
    },
    who: 'staff',
    reads: true,
    fields: listFields,
    run: (work, input) =>
      listed(work, input, {
        code: 'mail.held-listed',
        states,
        sortable: { mail: 'id', sender: 'sender', subject: 'subject', state: 'state', 'created-at': 'receivedAt' },
        dateColumn: 'receivedAt',
        matching: (words) => matching(work.tx, words),
        where: { state: 'held' },
        count: (args) => work.tx.inboundMail.count(args),
        find: (args) => work.tx.inboundMail.findMany(args),
        item: mailItem,
      }),
  }),
  command({
    name: 'mail release',
    help: {
      fr: 'Laisser passer un message retenu : il est exécuté comme étant de son expéditeur',
      en: 'Let a held mail pass: it is carried out as its sender’s',
    },
    who: ['staff', 'confirmer'],
    proof: 'own',
    fields: [required(number)],
    run: async (work, input) => ({
      code: 'mail.released',
      data: await endHeld(work, input.number, { state: 'released' }),
    }),
  }),
  command({
    name: 'mail discard',
    help: { fr: 'Écarter un message retenu, en disant pourquoi', en: 'Discard a held mail, and say why' },
    who: ['staff', 'confirmer'],
    proof: 'own',
    fields: [required(number), required(reason)],
    run: async (work, input) => ({
      code: 'mail.discarded',
      data: await endHeld(work, input.number, { state: 'discarded', reason: input.reason }),
    }),
  }),
  command({
    name: 'mail pause',
    help: {
      fr: 'Arrêt d’urgence : aucun message n’est plus pris ni envoyé, rien n’est perdu',
      en: 'Emergency stop: no mail is taken in or sent any more, and none is lost',
    },
    who: 'admin',
    proof: 'own',
    fields: [required(reason)],
    async run(work, input) {
      const before = await pauseOf(work.tx);
      if (before) throw new Refusal('state.wrong', { why: 'paused', reason: before.reason });
      const pause = { reason: input.reason, since: work.now.toISOString() };
      await setPause(work.tx, pause);
      work.audit({ action: 'mail paused', detail: { reason: input.reason } });
      tellStaff(work, textsOf(work.desk.locale).mailPaused({ by: work.actor.name, reason: input.reason }));
      return { code: 'mail.paused', data: pause };
    },
  }),
  command({
    name: 'mail resume',
    help: { fr: 'Remettre le courrier en marche', en: 'Set mail going again' },
    who: 'admin',
    proof: 'own',
    fields: [],
    async run(work) {
      const before = await pauseOf(work.tx);
      if (!before) throw new Refusal('state.wrong', { why: 'not-paused' });
      await setPause(work.tx, undefined);
      work.audit({ action: 'mail resumed', detail: before });
      tellStaff(work, textsOf(work.desk.locale).mailResumed({ by: work.actor.name }));
      return { code: 'mail.resumed', data: { since: before.since, reason: before.reason } };
    },
  }),
];
