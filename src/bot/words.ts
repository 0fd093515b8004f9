/** What the Discord door itself says: its buttons and its way of answering. Everything else is said by the core. */
import type { Locale } from '../core/locales/locale.js';

export interface Words {
  readonly confirm: string;
  readonly cancel: string;
  readonly correct: string;
  readonly complete: string;
  readonly approve: string;
  readonly refuse: string;
  /** Whether a held mail is theirs. */
  readonly mine: string;
  readonly notMine: string;
  readonly yes: string;
  readonly no: string;
  readonly choose: string;
  /** Above a menu of what can be filled in; and beside what in it is not yet whole. */
  readonly fillIn: string;
  readonly incomplete: string;
  /** Takes a request into review. */
  readonly take: string;
  readonly working: string;
  readonly cancelled: string;
  /** A form or preview that was used, has ended, or is not the presser's. */
  readonly ended: string;
  /** A form that could not be shown in time. */
  readonly again: string;
  readonly progress: (done: number, total: number) => string;
  readonly moreRows: (hidden: number) => string;
  readonly morePages: (page: number, pages: number) => string;
  readonly fitting: (hidden: number, perPage: number) => string;
  readonly fileTooLarge: (name: string) => string;
  /** Before the address. */
  readonly fileLinked: (name: string) => string;
  readonly gone: string;
  readonly tooMany: (files: number) => string;
  /** The answer itself broke: the command may have been carried out. */
  readonly broken: (reference: string) => string;
  readonly late: (command: string) => string;
  readonly request: {
    readonly asks: string;
    readonly about: string;
    readonly ends: string;
    readonly needed: string;
    readonly by: string;
  };
}

const fr: Words = {
  confirm: 'Confirmer',
  cancel: 'Annuler',
  correct: 'Corriger',
  complete: 'Compléter',
  approve: 'Approuver',
  refuse: 'Refuser',
  mine: 'Il est de moi',
  notMine: 'Il n’est pas de moi',
  yes: 'oui',
  no: 'non',
  choose: 'Choisir',
  fillIn: 'Remplir…',
  incomplete: 'il manque encore quelque chose ici',
  take: 'Prendre en charge',
  working: 'En cours…',
  cancelled: 'Annulé : rien n’a changé.',
  ended: 'Ce formulaire a déjà servi ou a pris fin. Retapez la commande.',
  again: 'Le formulaire n’a pas pu s’ouvrir à temps : essayez encore.',
  progress: (done, total) => `En cours… ${done} sur ${total}`,
  moreRows: (hidden) => `… et ${hidden} de plus`,
  morePages: (page, pages) => `Page ${page} sur ${pages} : la suite avec page:${page + 1}, le tout avec export:csv`,
  fitting: (hidden, perPage) =>
    `… et ${hidden} de plus : per-page:${perPage} fait des pages qui tiennent ici, export:csv donne le tout`,
  fileLinked: (name) =>
    `${name} est trop grand pour Discord. Connectez-vous pour le prendre ici, une fois, dans les 24 heures :`,
  fileTooLarge: (name) => `Le fichier ${name} est trop grand pour Discord : demandez-en moins à la fois.`,
  gone: 'n’a pas pu être repris de Discord : joignez-le de nouveau',
  tooMany: (files) => `a trop de fichiers : ${files} au plus`,
  broken: (reference) =>
    `Une erreur de notre côté en vous répondant. Avant de répéter la commande, regardez si elle a été exécutée. Référence : ${reference}.`,
  late: (command) => `Voici la réponse à votre commande « ${command} » :`,
  request: { asks: 'Demandé par', about: 'Concerne', ends: 'Prend fin', needed: 'Accords nécessaires', by: 'par' },
};

const en: Words = {
  confirm: 'Confirm',
  cancel: 'Cancel',
  correct: 'Correct',
  complete: 'Complete',
  approve: 'Approve',
  refuse: 'Refuse',
  mine: 'It is mine',
  notMine: 'It is not mine',
  yes: 'yes',
  no: 'no',
  choose: 'Choose',
  fillIn: 'Fill in…',
  incomplete: 'something is still missing here',
  take: 'Take into review',
  working: 'Working…',
  cancelled: 'Cancelled: nothing was changed.',
  ended: 'This form was used already or has ended. Type the command again.',
  again: 'The form could not be opened in time: try again.',
  progress: (done, total) => `Working… ${done} of ${total}`,
  moreRows: (hidden) => `… and ${hidden} more`,
  morePages: (page, pages) => `Page ${page} of ${pages}: page:${page + 1} goes on, export:csv gives everything`,
  fitting: (hidden, perPage) =>
    `… and ${hidden} more: per-page:${perPage} makes pages that fit here, export:csv gives everything`,
  fileLinked: (name) => `${name} is too large for Discord. Sign in and fetch it here, once, within 24 hours:`,
  fileTooLarge: (name) => `The file ${name} is too large for Discord: ask for less at a time.`,
  gone: 'could not be taken over from Discord: attach it again',
  tooMany: (files) => `has too many files: at most ${files}`,
  broken: (reference) =>
    `Something went wrong on our side while answering you. Before you repeat the command, look whether it was carried out. Reference: ${reference}.`,
  late: (command) => `Here is the answer to your command “${command}”:`,
  request: { asks: 'Asked by', about: 'About', ends: 'Ends', needed: 'Approvals needed', by: 'by' },
};

const words: Readonly<Record<Locale, Words>> = { fr, en };

export const wordsOf = (locale: Locale): Words => words[locale];
