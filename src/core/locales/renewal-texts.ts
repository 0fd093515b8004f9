/** What staff are told of the renewal clockwork, in both languages. */
import type { Locale } from './locale.js';

const fr = {
  report: (day: string) => `Renouvellements du ${day}`,
  sent: 'Rappels envoyés',
  inMails: (count: number, mails: number) => `${count}, en ${mails} ${mails > 1 ? 'e-mails' : 'e-mail'}`,
  skipped: 'Rappels non envoyés, à raison',
  failed: 'Échecs',
  renewed: 'Renouvellements automatiques commandés',
  why: {
    later: 'un rappel plus récent est parti',
    renewing: 'renouvellement en cours',
    over: 'trop tard pour renouveler',
    changed: 'domaine renouvelé ou parti entre-temps',
    'no-recipient': 'organisation sans destinataire',
    unsold: 'extension qui n’est plus vendue',
    balance: 'renouvellement automatique : solde insuffisant',
    refused: 'renouvellement automatique refusé par le bureau d’enregistrement',
    fault: 'erreur du programme (voir le journal)',
  },
  more: (count: number) => `et ${count} de plus`,
  missed: (days: { from: string; to: string; count: number }) =>
    days.count === 1
      ? `Le contrôle des renouvellements n’a pas eu lieu le ${days.from}. Les rappels dus partent au prochain passage.`
      : `Le contrôle des renouvellements n’a pas eu lieu pendant ${days.count} jours, du ${days.from} au ${days.to}. Les rappels dus partent au prochain passage.`,
  overdue: (day: string) =>
    `Le contrôle des renouvellements du ${day} aurait dû avoir lieu il y a plus de trois heures, et n’aboutit pas. Il est retenté tous les quarts d’heure ; le journal dit pourquoi il échoue.`,
};

/** A text missing in one language does not compile. */
export type RenewalTexts = typeof fr;

const en: RenewalTexts = {
  report: (day) => `Renewals of ${day}`,
  sent: 'Reminders sent',
  inMails: (count, mails) => `${count}, in ${mails} ${mails === 1 ? 'mail' : 'mails'}`,
  skipped: 'Reminders left out, with reason',
  failed: 'Failed',
  renewed: 'Automatic renewals ordered',
  why: {
    later: 'a later reminder went out',
    renewing: 'being renewed',
    over: 'too late to renew',
    changed: 'renewed or gone meanwhile',
    'no-recipient': 'organisation with nobody to write to',
    unsold: 'ending no longer sold',
    balance: 'automatic renewal: too little on the balance',
    refused: 'automatic renewal refused by the registrar',
    fault: 'fault of the program (see the log)',
  },
  more: (count) => `and ${count} more`,
  missed: (days) =>
    days.count === 1
      ? `Renewals were not looked at on ${days.from}. Reminders that are due leave with the next run.`
      : `Renewals were not looked at for ${days.count} days, from ${days.from} to ${days.to}. Reminders that are due leave with the next run.`,
  overdue: (day) =>
    `Renewals of ${day} should have been looked at more than three hours ago, and the run does not get through. It is tried again every quarter of an hour; the log says why it fails.`,
};

export const renewalTexts: Readonly<Record<Locale, RenewalTexts>> = { fr, en };
