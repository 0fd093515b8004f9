/** What the mail door says by itself; what commands answer is in the core's locales. */
import type { Locale } from '../core/locales/locale.js';

export type Verdict = 'done' | 'shown' | 'trial' | 'waiting' | 'preview' | 'refused' | 'fault';

export interface Words {
  readonly verdicts: Readonly<Record<Verdict, string>>;
  /** Above several results: how many of each. */
  readonly several: (count: number, verdicts: readonly { verdict: Verdict; count: number }[]) => string;
  readonly correct: string;
  /** A second declaration of the same. */
  readonly second: string;
  readonly anyway: string;
  readonly attach: (label: string) => string;
  readonly again: string;
  readonly goAhead: string;
  /** Above the form of what an object still lacks; and above that of what finishes it, which may take more. */
  readonly goOn: string;
  readonly whole: string;
  readonly fill: string;
  /** A correction that several refused forms could mean. */
  readonly unclear: (labels: string) => string;
  /** A reply in which nothing was corrected. */
  readonly noCorrection: string;
  readonly attached: (name: string) => string;
  readonly tooLarge: string;
  readonly linked: (file: string, url: string) => string;
  readonly more: (count: number) => string;
  readonly damaged: string;
  /** Nothing proved the sender; staff let it pass. */
  readonly released: (hands: { as: string; by: string }) => string;
  readonly nothing: string;
  readonly empty: string;
  /** S/MIME or PGP. */
  readonly encrypted: string;
  readonly example: string;
  readonly fillIn: string;
  readonly may: string;
  /** A table that stands for commands, one a row. */
  readonly unreadTable: (name: string, why: string) => string;
  readonly manyRows: (rows: number) => string;
  readonly begin: (email: string | undefined) => string;
  readonly beginAfter: string;
  readonly decide: (number: string) => string;
  readonly hint: string;
  readonly yourMail: string;
}

const fr: Words = {
  verdicts: {
    done: 'fait',
    shown: 'réponse',
    trial: 'essai',
    waiting: 'en attente d’un accord',
    preview: 'à valider',
    refused: 'refusé',
    fault: 'erreur de notre côté',
  },
  several: (count, verdicts) =>
    `Votre courriel contient ${count} commandes : ${verdicts.map((one) => `${one.count} ${counted(one, { shown: ['réponse', 'réponses'], done: ['faite', 'faites'], trial: ['à l’essai', 'à l’essai'], waiting: ['en attente', 'en attente'], preview: ['à valider', 'à valider'], refused: ['refusée', 'refusées'], fault: ['en erreur', 'en erreur'] })}`).join(', ')}.`,
  correct:
    'Pour corriger, répondez avec les seules lignes corrigées, ou corrigez-les ci-dessous dans votre réponse. Les lignes « # » disent ce qui ne va pas.',
  second: 'Si vous en voulez vraiment une seconde, répondez avec la ligne « Quand même : oui ».',
  anyway: '« oui » pour une seconde déclaration',
  attach: (label) => `${label} : joignez-le à votre courriel, et mettez ici son nom s’il y en a plusieurs`,
  again: 'Pour réessayer plus tard, renvoyez ces lignes :',
  goAhead:
    'Pour valider, répondez « OK » sur la première ligne. Pour changer quelque chose d’abord, répondez avec la ligne (ou le fichier) qui change.',
  goOn: 'Pour continuer, répondez avec les lignes ci-dessous que vous pouvez remplir, et joignez les fichiers ; en plusieurs fois s’il le faut.',
  whole:
    'Il ne manque plus rien. Pour aller au bout, répondez « OK » sur la première ligne, ou envoyez ces lignes dans un courriel :',
  fill: 'Pour aller au bout, répondez avec les lignes ci-dessous que vous remplissez, ou « OK » seul sur la première ligne pour n’y rien ajouter :',
  unclear: (labels) =>
    `Plusieurs formulaires ont « ${labels} » : nous ne savons pas lequel corriger, et rien n’en a été changé. Recopiez le formulaire en entier au début de votre réponse, ou corrigez-le là où il est cité.`,
  noCorrection:
    'Votre réponse ne corrige rien de ce qui attend encore ; rien n’a été fait. Répondez avec les seules lignes corrigées :',
  attached: (name) => `Fichier joint : ${name}`,
  linked: (file, url) =>
    `${file} est trop grand pour un mail. Connectez-vous pour le prendre ici, une fois, dans les 24 heures : ${url}`,
  tooLarge:
    'Le fichier est trop gros pour un courriel. Demandez-en une partie, par exemple avec « Depuis » et « Jusqu’au ».',
  more: (count) =>
    `Un courriel peut contenir 20 commandes. ${count === 1 ? 'La dernière n’a pas été lue : envoyez-la' : `Les ${count} dernières n’ont pas été lues : envoyez-les`} dans un autre courriel.`,
  released: ({ as, by }) =>
    `Rien ne prouvait que ce courriel vient de vous : il a été exécuté au nom de ${as}, libéré par ${by}. S’il n’est pas de vous, dites-le-nous.`,
  damaged: 'Une partie de votre courriel était illisible. Vérifiez qu’il ne manque rien ci-dessous.',
  nothing: 'Nous n’avons trouvé aucune commande dans votre courriel ; rien n’a été fait.',
  empty: 'Votre courriel est vide ; rien n’a été fait.',
  encrypted:
    'Votre courriel est chiffré, et nous ne savons pas le lire ; rien n’a été fait. Envoyez-le sans chiffrement (une signature peut rester).',
  example:
    'Une commande s’écrit ainsi, une ligne par champ. Recopiez ces lignes dans un courriel, remplissez-les et envoyez :',
  fillIn: 'Pour l’utiliser, recopiez ces lignes dans un courriel, remplissez-les et envoyez :',
  may: 'Voici ce que vous pouvez faire :',
  unreadTable: (name, why) =>
    `Le fichier ${name} ne se lit pas comme un tableau ; rien n’a été fait. ${why} La première ligne doit nommer les champs.`,
  manyRows: (rows) =>
    `Le fichier a ${rows} lignes ; un courriel peut contenir 200 commandes en tableau, et rien n’a été fait. Partagez-le en plusieurs courriels.`,
  begin: (email) =>
    `${email === undefined ? '' : `Nous ne connaissons pas encore l’adresse ${email}. `}Pour commencer, envoyez-nous ces deux lignes :`,
  beginAfter:
    'Vous recevrez un code ; renvoyez-le de la même façon, avec « Commande : account confirm » et « Code : … ».',
  decide: (number) =>
    `Nous n’avons pas compris votre réponse à la demande ${number} ; rien n’est décidé. Répondez en écrivant sur la première ligne OK pour approuver, ou NON suivi de votre motif pour refuser.`,
  hint: 'Pour savoir ce que vous pouvez faire, envoyez « Commande : aide » ; pour les champs d’une commande, « Commande : aide declare new ».',
  yourMail: 'Votre courriel',
};

const en: Words = {
  verdicts: {
    done: 'done',
    shown: 'answer',
    trial: 'dry run',
    waiting: 'waiting for approval',
    preview: 'to be confirmed',
    refused: 'refused',
    fault: 'a fault on our side',
  },
  several: (count, verdicts) =>
    `Your mail has ${count} commands: ${verdicts.map((one) => `${one.count} ${counted(one, { shown: ['answered', 'answered'], done: ['done', 'done'], trial: ['tried', 'tried'], waiting: ['waiting', 'waiting'], preview: ['to be confirmed', 'to be confirmed'], refused: ['refused', 'refused'], fault: ['failed', 'failed'] })}`).join(', ')}.`,
  correct:
    'To correct it, reply with just the corrected lines, or correct them below in your reply. The “#” lines say what is wrong.',
  second: 'If you really mean a second one, reply with the line “Anyway: yes”.',
  anyway: '“yes” for a second declaration',
  attach: (label) => `${label}: attach it to your mail, and give its name here if there are several`,
  again: 'To try again later, send these lines once more:',
  goAhead:
    'To go ahead, reply with “OK” on the first line. To change something first, reply with the line (or the file) that changes.',
  goOn: 'To go on, reply with those of the lines below that you can fill in, and attach the files; in several mails if need be.',
  whole: 'Nothing is missing any more. To finish, reply with “OK” on the first line, or send these lines in a mail:',
  fill: 'To finish, reply with those of the lines below that you fill in, or with “OK” alone on the first line to add nothing:',
  unclear: (labels) =>
    `Several forms have “${labels}”: we can’t tell which one to correct, and nothing was changed by it. Copy the whole form to the top of your reply, or correct it where it is quoted.`,
  noCorrection: 'Your reply corrects nothing that still waits; nothing was done. Reply with just the corrected lines:',
  attached: (name) => `Attached file: ${name}`,
  linked: (file, url) => `${file} is too large for a mail. Sign in and fetch it here, once, within 24 hours: ${url}`,
  tooLarge: 'The file is too large for a mail. Ask for a part of it, for example with “Since” and “Until”.',
  more: (count) =>
    `A mail can have 20 commands. ${count === 1 ? 'The last one was not read: send it' : `The last ${count} were not read: send them`} in another mail.`,
  released: ({ as, by }) =>
    `Nothing proved that this mail is yours: it was carried out as ${as}, released by ${by}. If it is not yours, tell us.`,
  damaged: 'A part of your mail could not be read. Check that nothing is missing below.',
  nothing: 'We found no command in your mail; nothing was done.',
  empty: 'Your mail is empty; nothing was done.',
  encrypted:
    'Your mail is encrypted, which we cannot read; nothing was done. Send it without encryption (a signature may stay).',
  example:
    'This is how a command is written, one line for each field. Copy these lines into a mail, fill them in and send it:',
  fillIn: 'To use it, copy these lines into a mail, fill them in and send it:',
  may: 'This is what you can do:',
  unreadTable: (name, why) =>
    `The file ${name} can’t be read as a table; nothing was done. ${why} Its first row has to name the fields.`,
  manyRows: (rows) =>
    `The file has ${rows} rows; a mail can have 200 commands as a table, and nothing was done. Split it into several mails.`,
  begin: (email) =>
    `${email === undefined ? '' : `We do not know the address ${email} yet. `}To begin, send us these two lines:`,
  beginAfter: 'You will be mailed a code; send it back in the same way, with “Command: account confirm” and “Code: …”.',
  decide: (number) =>
    `We did not understand your reply to request ${number}; nothing is decided. Reply with OK on the first line to approve, or NO and your reason to refuse.`,
  hint: 'To see what you can do, send “Command: help”; for the fields of a command, “Command: help declare new”.',
  yourMail: 'Your mail',
};

function counted(
  { verdict, count }: { verdict: Verdict; count: number },
  forms: Readonly<Record<Verdict, readonly [string, string]>>,
): string {
  return forms[verdict][count === 1 ? 0 : 1];
}

const words: Readonly<Record<Locale, Words>> = { fr, en };

export const wordsOf = (locale: Locale): Words => words[locale];
