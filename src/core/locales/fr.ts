/** What the desk says in French. */
import { documentRefusal } from './document-texts.js';
import type { Data } from '../command/outcome.js';
import { de, plural } from './grammar.js';
import type { Texts } from './texts.js';

const count = (data: unknown): number => (Array.isArray(data) ? data.length : 0);
const s = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '–');

/** @param of what is in that state, by its key in data */
function label(state: unknown, of?: unknown): string {
  const feminine = fr.genders[s(of)] === 'f' ? fr.feminineStates[s(state)] : undefined;
  return (feminine ?? fr.states[s(state)])?.toLowerCase() ?? s(state);
}

/** Of none or one, the first. */
const one = plural('fr');
/** `1 ligne`, `2 lignes`. */
const counted = (count: unknown, single: string, several: string): string =>
  `${s(count)} ${one(count, single, several)}`;

const faultyOf = (faulty: unknown, total: unknown): string =>
  one(faulty, `${s(faulty)} ligne sur ${s(total)} est fautive`, `${s(faulty)} lignes sur ${s(total)} sont fautives`);

/** Une table prise en entier ou pas du tout. */
function previewedTable(d: Data): string {
  const { total, faulty } = (d['preview'] ?? {}) as Record<string, unknown>;
  return faulty === 0
    ? 'Voici ce que ferait le fichier. Rien n’a encore changé : confirmez avec « oui ».'
    : `${faultyOf(faulty, total)}, rien ne serait donc pris. ${one(faulty, 'Corrigez-la', 'Corrigez-les')} et renvoyez le fichier.`;
}

export const fr: Texts = {
  answers: {
    'desk.address': (d) => `Page du bureau, pour une seule ouverture : ${s(d['url'])}`,
    'account.code-sent': (d) =>
      `Un code part vers ${s(d['email'])}. Il vaut ${counted(d['minutes'], 'minute', 'minutes')} : rendez-le avec « account confirm ».`,
    'account.linked': (d) => `${s(d['email'])} est reliée.`,
    'account.unlinked': (d) =>
      d['email'] ? `${s(d['email'])} n’est plus reliée.` : 'Cet utilisateur Discord n’est plus relié.',
    'account.shown': (d) => `Compte ${de(s(d['person']))}.`,
    'account.edited': () => 'Vos changements sont enregistrés.',
    'account.password-link-sent': (d) => `Un lien pour choisir un mot de passe part vers ${s(d['person'])}.`,
    'account.exported': (d) => `Tout ce que nous avons sur ${s(d['person'])} est dans le fichier.`,
    'account.previewed': () =>
      'Voici ce qui serait effacé, et ce qui doit rester. Les ventes restent telles que le revendeur les a saisies, dix ans comme toute pièce comptable (Code de commerce, art. L123-22) ; tout le reste de ce qui demeure porte un simple numéro à la place du nom. C’est sans retour. Rien n’a encore changé : confirmez par « oui ».',
    'account.erased': () => 'Le compte est effacé. Ce qui doit rester est indiqué, avec la raison.',
    'installer.registered': (d) => `${s(d['company'])} est enregistrée comme installateur.`,
    'installer.existing': (d) =>
      `${s(d['email'])} est déjà enregistrée comme installateur (${s(d['company'])}) ; rien n’a été modifié.`,
    'installer.shown': (d) => `Installateur ${s(d['company'])}.`,
    'installer.edited': () => 'Vos modifications sont enregistrées.',
    'device.checked': (d) =>
      d['known']
        ? `${s(d['device'])} : le Code ID et l’adresse MAC vont ensemble. L’adresse du client est connue : un seul mail lui sera envoyé.`
        : `${s(d['device'])} : le Code ID et l’adresse MAC vont ensemble. Donnez les coordonnées du client, toutes celles qui ont une étoile ou aucune, puis enregistrez le dispositif.`,
    'device.registered': (d) =>
      `Le dispositif ${s(d['device'])} est enregistré ; ${Number(d['mails']) === 1 ? 'un mail part' : `${s(d['mails'])} mails partent`} vers le client.`,
    'device.listed': (d) => `${counted(d['total'], 'dispositif', 'dispositifs')}.`,
    'device.shown': (d) => `Dispositif ${s(d['device'])}.`,
    'device.edited': (d) => `Le dispositif ${s(d['device'])} est modifié.`,
    'device.resent': (d) =>
      `Dispositif ${s(d['device'])} : ${Number(d['mails']) === 1 ? 'un mail repart' : `${s(d['mails'])} mails repartent`} vers le client.`,
    'device.previewed': (d) => {
      const preview = (d['preview'] ?? {}) as Record<string, unknown>;
      return preview['total'] === undefined
        ? 'Le dispositif serait retiré, ses liens et ses accès prendraient fin. Rien n’a encore changé : confirmez par « oui ».'
        : previewedTable(d);
    },
    'device.removed': (d) => `Le dispositif ${s(d['device'])} est retiré.`,
    'device.access-granted': (d) =>
      `L’accès ${s(d['grant'])} vaut quelques minutes. Le jeton n’est montré que cette fois : donnez-le à la passerelle et à personne d’autre.`,
    'device.grants-listed': (d) => `${s(d['total'])} accès à distance.`,
    'device.access-revoked': (d) => `L’accès ${s(d['grant'])} a pris fin.`,
    'device.consent-set': (d) =>
      d['remoteAccess']
        ? 'L’accès à distance au dispositif est autorisé.'
        : 'L’accès à distance au dispositif est désormais refusé.',
    'device.imported': (d) =>
      `${counted(d['total'], 'ligne lue', 'lignes lues')} : ${counted(d['added'], 'ajoutée', 'ajoutées')}, ${counted(d['changed'], 'modifiée', 'modifiées')}, ${counted(d['repeated'], 'déjà connue', 'déjà connues')}, ${counted(d['faulty'], 'fautive', 'fautives')}.`,
    'gateway.added': (d) =>
      `La passerelle ${s(d['name'])} peut interroger le guichet. La clé n’est montrée que cette fois.`,
    'gateway.listed': (d) => `${counted(d['total'], 'passerelle', 'passerelles')}.`,
    'gateway.removed': (d) => `La passerelle ${s(d['name'])} ne peut plus interroger le guichet.`,
    'org.created': (d) => `L’organisation ${s(d['org'])} (${s(d['name'])}) est créée ; vous en êtes propriétaire.`,
    'org.edited': (d) => `L’organisation ${s(d['org'])} est modifiée.`,
    'org.listed': (d) => `${counted(d['total'], 'organisation trouvée', 'organisations trouvées')}.`,
    'org.shown': (d) => `Voici l’organisation ${s(d['org'])}.`,
    'org.invited': (d) =>
      `${s(d['email'])} fait désormais partie ${de(s(d['org']))}, comme ${label(d['role'])} ; une lettre l’en informe.`,
    'org.member-removed': (d) => `${s(d['email'])} ne fait plus partie ${de(s(d['org']))}.`,
    'org.became-reseller': (d) =>
      `${s(d['name'])} est désormais revendeur, aux conditions de la version ${s(d['terms'])}. C’est définitif.`,
    'customer.added': (d) => `Le client ${s(d['customer'])} est ajouté.`,
    'customer.edited': (d) =>
      `Le client ${s(d['customer'])} est modifié. Les domaines gardent le propriétaire pour lequel ils ont été enregistrés.`,
    'customer.listed': (d) => `${counted(d['total'], 'client', 'clients')}.`,
    'customer.shown': (d) => `Client ${s(d['customer'])}.`,
    'customer.previewed': () =>
      'Voici ce qui se passerait, sans retour. Rien n’a encore changé : confirmez avec « oui ».',
    'customer.released': (d) =>
      `Le client ${s(d['customer'])} et tout ce qu’il possède ne sont plus sous votre responsabilité ; un courrier l’en informe.`,
    'customer.deleted': (d) => `Le client ${s(d['customer'])} est supprimé.`,
    'customer.verification-sent': (d) =>
      d['state'] === 'verified'
        ? `${s(d['email'])} est déjà vérifiée ; aucun courrier n’était nécessaire.`
        : `Un courrier pour vérifier ${s(d['email'])} est parti.`,
    'domain.requested': (d) =>
      `${s(d['domain'])} est commandé${d['task'] ? ` (${s(d['task'])})` : ''} ; vous saurez quand c’est fait.`,
    'domain.listed': (d) => `${counted(d['total'], 'domaine', 'domaines')}.`,
    'domain.shown': (d) => `Domaine ${s(d['domain'])}.`,
    'domain.previewed': () => 'Voici ce qui se passerait. Rien n’a encore changé : confirmez avec « oui ».',
    'domain.renewed': (d) => `${counted(d['total'], 'renouvellement commandé', 'renouvellements commandés')}.`,
    'domain.autorenew-set': (d) =>
      d['autoRenew']
        ? 'Désormais renouvelé automatiquement, sur votre solde prépayé.'
        : 'N’est plus renouvelé automatiquement.',
    'domain.tagged': (d) => `Les étiquettes de ${counted(d['total'], 'domaine', 'domaines')} sont posées.`,
    'domain.validation-sent': (d) =>
      d['ownerState'] === 'verified'
        ? `Le propriétaire ${de(s(d['domain']))} est déjà vérifié ; aucun courrier n’était nécessaire.`
        : `Un courrier au propriétaire ${de(s(d['domain']))} est parti.`,
    'domain.imported': (d) => `${counted(d['imported'], 'domaine importé', 'domaines importés')}.`,
    'domain.task-done': (d) => `${s(d['task'])} est faite : ${s(d['domain'])}.`,
    'domain.task-failed': (d) =>
      `${s(d['task'])} est marquée comme échouée ; son prix est rendu et le titulaire ${de(s(d['domain']))} en est informé.`,
    'billing.listed': (d) => `${counted(d['total'], 'ligne', 'lignes')}.`,
    'billing.receipt': (d) => `Reçu ${s(d['number'])}.`,
    'billing.balance': (d) => `Compte ${de(s(d['name']))}.`,
    'billing.forecast': (d, read) =>
      d['shortOn']
        ? `Le solde couvre les renouvellements à venir jusqu’au ${read('shortOn')} ; ensuite il ne suffit plus.`
        : 'Le solde couvre les renouvellements à venir.',
    'billing.threshold-set': (d) =>
      d['thresholdCents'] === 0
        ? 'Plus d’alerte sur le solde.'
        : 'Vous serez averti quand le solde passera en dessous.',
    'billing.topped-up': (d) => `Le paiement ${s(d['payment'])} est enregistré.`,
    'billing.credit-set': (d) => `Le crédit ${de(s(d['name']))} est fixé.`,
    'ticket.opened': (d) =>
      `Le ticket ${s(d['ticket'])} est ouvert${d['priority'] ? ', en priorité' : ''} ; nous répondons ici ou par courrier.`,
    'ticket.replied': (d) =>
      d['follows']
        ? `${s(d['follows'])} est fermé depuis trop longtemps : votre message ouvre ${s(d['ticket'])}, qui en est la suite.`
        : `Votre réponse figure dans ${s(d['ticket'])}.`,
    'ticket.closed': (d) => `Le ticket ${s(d['ticket'])} est fermé.`,
    'ticket.reopened': (d) => `Le ticket ${s(d['ticket'])} est rouvert.`,
    'ticket.listed': (d) => `${counted(d['total'], 'ticket', 'tickets')} en tout.`,
    'ticket.shown': (d) => `Voici le ticket ${s(d['ticket'])}.`,
    'reseller.registered': (d) =>
      `${s(d['company'])} est enregistrée comme revendeur ${s(d['reseller'])} ; une lettre l’annonce à ${s(d['email'])}.`,
    'reseller.existing': (d) =>
      `${s(d['email'])} appartient déjà au revendeur ${s(d['reseller'])} (${s(d['company'])}) ; rien n’a changé.`,
    'stock.shown': (d) => `Stock ${de(s(d['company']))}.`,
    'stock.received': (d, read) => `${s(d['quantity'])} × ${read('product')} dans le stock ${de(s(d['company']))}.`,
    'stock.previewed': () => 'Voici ce que ferait le fichier. Rien n’a encore changé : validez par « oui ».',
    'stock.imported': (d) => `${counted(d['imported'], 'pack importé', 'packs importés')}.`,
    'stock.withdrawn': (d, read) =>
      `${s(d['quantity'])} × ${read('product')} ${one(d['quantity'], 'retiré', 'retirés')}.`,
    'stock.threshold-set': (d, read) =>
      d['quantity'] === 0
        ? `Plus d’alerte pour ${read('product')}.`
        : `Vous serez prévenu quand ${read('product')} descendra à ${s(d['quantity'])}.`,
    'stock.reconciled': (d) =>
      count(d['differences']) === 0
        ? 'Votre comptage et le nôtre concordent.'
        : 'Votre comptage et le nôtre diffèrent ; rien n’a changé.',
    'declaration.placed': (d) =>
      `Déclaration ${s(d['declaration'])} enregistrée pour ${s(d['email'])}${d['pack'] ? ` : pack ${s(d['pack'])}` : ''}.`,
    'declaration.previewed': (d) => {
      const { total, good, faulty, mode } = (d['preview'] ?? {}) as Record<string, unknown>;
      if (faulty === 0)
        return `${one(total, 'La ligne peut être déclarée', `Les ${s(total)} lignes peuvent être déclarées`)}. Rien n’a encore changé : validez par « oui ».`;
      return mode === 'good'
        ? `${one(good, `${s(good)} ligne sur ${s(total)} peut être déclarée`, `${s(good)} lignes sur ${s(total)} peuvent être déclarées`)}, ${s(faulty)} ${one(faulty, 'serait laissée', 'seraient laissées')} de côté. Rien n’a encore changé : validez par « oui ».`
        : `${faultyOf(faulty, total)} : rien ne serait déclaré. ${one(faulty, 'Corrigez-la', 'Corrigez-les')}${good === 0 ? '' : `, ou demandez le mode « bonnes lignes » pour déclarer ${one(good, 'l’autre', `les ${s(good)} autres`)}`}.`;
    },
    'declaration.bulk-placed': (d) =>
      `${counted(d['placed'], 'déclaration enregistrée', 'déclarations enregistrées')}${d['refused'] === 0 ? '' : `, ${counted(d['refused'], 'ligne refusée', 'lignes refusées')}`}.`,
    'declaration.listed': (d) => `${counted(d['total'], 'déclaration', 'déclarations')}.`,
    'declaration.shown': (d) => `Déclaration ${s(d['declaration'])}.`,
    'declaration.resent': (d) => `Les courriers de ${s(d['declaration'])} repartent.`,
    'pack.redeemed': (d) =>
      d['already']
        ? `Le pack ${s(d['pack'])} est déjà sur votre compte.`
        : `Le pack ${s(d['pack'])} est sur votre compte.`,
    'approval.pending': (d) => {
      const number = s(d['approval']);
      if (d['votes'] === undefined) return `La demande ${number} attend l’accord d’une autre personne.`;
      return d['again']
        ? `Vous avez déjà approuvé ${number} : elle attend l’accord d’une autre personne.`
        : `Votre accord pour ${number} est noté (${s(d['votes'])} sur ${s(d['needed'])}) : elle attend celui d’une autre personne.`;
    },
    'approval.listed': (d) => `${counted(d['total'], 'demande', 'demandes')}.`,
    'approval.shown': (d) => `Demande ${s(d['approval'])}.`,
    'approval.approved': (d) => `${s(d['approval'])} est approuvée et exécutée.`,
    'approval.refused': (d) => `${s(d['approval'])} est refusée.`,
    'staff.granted': (d, read) => `${s(d['email'])} a maintenant le rôle « ${read('role')} ».`,
    'staff.revoked': (d, read) => `${s(d['email'])} n’a plus le rôle « ${read('role')} ».`,
    'staff.listed': (d) => `${counted(d['total'], 'personne a un rôle', 'personnes ont un rôle')}.`,
    'catalogue.previewed': (d, read) => {
      const { part, changesTotal } = (d['preview'] ?? {}) as Record<string, unknown>;
      return `Le fichier changerait ${s(changesTotal)} ${one(changesTotal, 'valeur', 'valeurs')} de la partie « ${read('part', part)} ». Rien n’a encore changé : confirmez avec « oui », puis une seconde personne décide.`;
    },
    'catalogue.loaded': (d, read) =>
      `La partie « ${read('part')} » du catalogue est en vigueur, version ${s(d['version'])}.`,
    'catalogue.explained': (d) => `Règle ${s(d['rule'])}.`,
    'order.drafted': (d) =>
      count(d['missing']) > 0
        ? `${s(d['order'])} est gardée en brouillon. Il manque encore, avant de la soumettre, ce que dit la liste.`
        : `${s(d['order'])} est gardée en brouillon, complète : soumettez-la avec « order submit ».`,
    'order.edited': (d) =>
      count(d['missing']) > 0
        ? `${s(d['order'])} est modifiée. Il manque encore, avant de la soumettre, ce que dit la liste.`
        : `${s(d['order'])} est modifiée et complète : soumettez-la avec « order submit ».`,
    'order.attached': (d) => `${s(d['file'])} est joint à ${s(d['order'])}.`,
    'order.detached': (d) => `${s(d['file'])} ne fait plus partie de la commande ${s(d['order'])}.`,
    'order.submitted': (d) => `${s(d['order'])} est soumise ; nous vous écrirons dès qu’elle sera décidée.`,
    'order.cancelled': (d) => `${s(d['order'])} est annulée.`,
    'order.listed': (d) => `${counted(d['total'], 'commande', 'commandes')}.`,
    'order.shown': (d) => `Commande ${s(d['order'])}.`,
    'order.dossier': (d) =>
      d['verified'] === true
        ? `Le dossier de la commande ${s(d['order'])} est intact : chaque fichier est tel que le dit son manifeste.`
        : `Le dossier de la commande ${s(d['order'])}.`,
    'order.approved': (d) =>
      d['approvalState'] === 'pending'
        ? `Votre accord pour ${s(d['order'])} est noté ; une autre personne doit aussi l’approuver.`
        : `${s(d['order'])} est approuvée.`,
    'order.refused': (d) => `${s(d['order'])} est refusée ; son demandeur apprend pourquoi.`,
    'order.returned': (d) => `${s(d['order'])} retourne à son demandeur, qui apprend ce qui manque.`,
    'order.provisioned': (d) => `${s(d['order'])} est mise en service.`,
    'site.listed': (d) => `${counted(d['total'], 'site trouvé', 'sites trouvés')}.`,
    'site.shown': (d) => `Le site ${s(d['site'])}.`,
    'site.change-previewed': () =>
      'Voici ce qui changerait. Rien n’est encore demandé : confirmez avec « oui » pour l’envoyer aux ventes.',
    'site.changed': (d) => `${s(d['site'])} est modifié.`,
    'site.previewed': previewedTable,
    'site.imported': (d) => `${counted(d['imported'], 'site importé', 'sites importés')}.`,
    'opportunity.previewed': previewedTable,
    'opportunity.imported': (d) => `${counted(d['imported'], 'opportunité importée', 'opportunités importées')}.`,
    'opportunity.listed': (d) => `${counted(d['total'], 'opportunité', 'opportunités')}.`,
    'opportunity.shown': (d) => `Opportunité ${s(d['opportunity'])}.`,
    'catalogue.shown': () => 'Le catalogue en vigueur.',
    'audit.shown': (d) => `${counted(d['total'], 'événement', 'événements')} pour ${s(d['object'])}.`,
    'audit.verified': (d) => `L’audit est entier : ${counted(d['rows'], 'ligne vérifiée', 'lignes vérifiées')}.`,
    'mail.held-listed': (d) => `${counted(d['total'], 'message', 'messages')}.`,
    'mail.released': (d) =>
      `Le message ${s(d['mail'])} ${de(s(d['sender']))} passe : ses commandes sont exécutées, et la réponse part dans son fil.`,
    'mail.discarded': (d) => `Le message ${s(d['mail'])} est écarté ; rien n’en est exécuté.`,
    'mail.paused': () =>
      'Le courrier est arrêté : rien n’est pris ni envoyé jusqu’à « mail resume », et rien n’est perdu.',
    'mail.resumed': () => 'Le courrier est remis en marche.',
    'help.shown': (d) => (d['command'] ? `${s(d['command'])} : ${s(d['help'])}.` : 'Ce que vous pouvez faire ici :'),
  },
  refusals: {
    'input.invalid': (p) =>
      p['why'] === 'new-reseller'
        ? 'Personne n’est encore enregistré sous cette adresse. Pour l’enregistrer avec cet achat, ajoutez les champs manquants.'
        : p['why'] === 'rows'
          ? 'Des lignes du fichier sont fautives, aucune n’a donc été prise. Corrigez-les, ou demandez le mode « bonnes lignes » pour prendre les autres.'
          : p['why'] === 'table'
            ? 'Des lignes du fichier sont fautives, aucune n’a donc été prise. Corrigez-les et renvoyez le fichier.'
            : p['why'] === 'order'
              ? `${s(p['number'])} n’est pas encore complète : ajoutez ce qui manque, puis soumettez-la de nouveau. Rien n’en est perdu.`
              : 'Il y a d’abord quelque chose à corriger ; rien n’a changé.',
    'command.unknown': (p) =>
      `La commande « ${s(p['command'])} » n’existe pas.${p['nearest'] ? ` Vouliez-vous dire « ${s(p['nearest'])} » ?` : ''} « aide » dit ce que vous pouvez faire.`,
    'access.denied': (p) => {
      switch (p['why']) {
        case 'unlinked':
          return 'Le guichet ne vous connaît pas encore. Commencez par « account link » et votre adresse, puis « account confirm » et le code reçu.';
        case 'suspended':
          return 'Ce compte est suspendu. Écrivez-nous pour en parler.';
        case 'another':
          return 'Cette adresse appartient au compte de quelqu’un d’autre.';
        case 'mail':
          return `« ${s(p['command'])} » répond par un secret, qui n’a pas sa place dans un mail : passez par Discord ou la page web.`;
        case 'refused-by-client':
          return 'Le client refuse l’accès à distance à ce dispositif.';
        case 'others':
          return 'Vous ne pouvez le faire que pour vous-même.';
        case 'approver':
          return `Vous n’êtes pas de ceux qui décident de « ${s(p['command'])} ».`;
        default:
          return p['command']
            ? `« ${s(p['command'])} » ne vous est pas ouvert. « aide » dit ce que vous pouvez faire.`
            : 'Cela ne vous est pas ouvert. « aide » dit ce que vous pouvez faire.';
      }
    },
    'person.unknown': (p) => `Personne n’a l’adresse ${s(p['email'])}.`,
    'object.unknown': (p) =>
      p['why'] === 'pair'
        ? 'Ce Code ID et cette adresse MAC ne peuvent pas être enregistrés ensemble. Comparez-les avec l’étiquette du dispositif ; si quelqu’un d’autre l’a enregistré avant vous, lui ou nous devons d’abord le retirer.'
        : `${s(p['number'])} est introuvable. Vérifiez le numéro ; « list » montre ce que vous pouvez voir.`,
    'state.wrong': (p) => {
      switch (p['why']) {
        case 'no-desk':
          return 'Ce bureau n’a pas de page : elle n’est servie que sans bot Discord, et sur cette machine seulement (HTTP_LISTEN et PUBLIC_URL).';
        case 'last-address':
          return 'C’est votre seule adresse : reliez-en d’abord une autre.';
        case 'no-address':
          return 'Ce compte n’a pas d’adresse où écrire.';
        case 'erase-staff':
          return `Ce compte a des rôles dans l’équipe (${s(p['roles'])
            .split(', ')
            .map((role) => label(role))
            .join(', ')}) : faites-les d’abord retirer avec « staff revoke ».`;
        case 'erase-owner':
          return `Ce compte est le seul propriétaire ${de(s(p['company']))} : écrivez-nous d’abord pour en désigner un autre.`;
        case 'erase-installer':
          return `Ce compte gère ${counted(p['count'], 'dispositif dont un client dépend', 'dispositifs dont des clients dépendent')} : ${one(p['count'], 'retirez-le', 'retirez-les')} d’abord avec « device remove ».`;
        case 'erase-approval':
          return `La demande ${s(p['number'])} concerne ce compte et attend encore une décision : réessayez quand elle sera décidée ou terminée.`;
        case 'role':
          return `${s(p['email'])} n’a pas le rôle « ${label(p['role'])} ».`;
        case 'mail':
          return `On a déjà décidé du message ${s(p['number'])}.`;
        case 'paused':
          return `Le courrier est déjà arrêté : ${s(p['reason'])}.`;
        case 'not-paused':
          return 'Le courrier n’est pas arrêté.';
        case 'domain-held':
          return `${s(p['number'])} est déjà détenu ici.`;
        case 'domain-waiting':
          return `${s(p['number'])} a une opération en cours (${s(p['task'])}) : attendez qu’elle soit faite.`;
        case 'customer-products':
          return `${s(p['number'])} a encore ${counted(p['count'], 'domaine', 'domaines')} : libérez-le avec eux, ou laissez-les d’abord partir.`;
        case 'self-missing':
          return `Votre organisation n’est pas encore son propre client : donnez ses coordonnées dans la même commande, ou enregistrez un premier domaine pour elle.`;
        case 'last-owner':
          return `Une organisation a besoin d’un propriétaire : désignez-en d’abord un autre.`;
        case 'not-company':
          return `${s(p['number'])} n’est pas une société : seule une société peut devenir revendeur.`;
        case 'is-reseller':
          return `${s(p['number'])} est déjà revendeur.`;
        case 'no-terms':
          return `Aucune condition de revente n’est publiée ici : on ne peut pas encore devenir revendeur. Écrivez-nous.`;
        case 'not-reseller':
          return `${s(p['number'])} n’est pas revendeur : elle n’a de domaines que pour elle-même, sans clients.`;
        case 'customer-self':
          return `${s(p['number'])} est votre organisation elle-même : elle ne peut pas quitter vos soins.`;
        case 'domain':
        case 'customer':
        case 'org':
        case 'task':
        case 'ticket':
        case 'device':
        case 'order':
          return `${s(p['number'])} est à l’état « ${label(p['state'], p['why'])} » : cela n’y est pas possible.`;
        case 'order-cancel':
          return p['state'] === 'in-review'
            ? `${s(p['number'])} est en cours d’examen : changez-y d’abord quelque chose (elle redevient un brouillon), ou demandez aux ventes de la refuser.`
            : `${s(p['number'])} est à l’état « ${label(p['state'], 'order')} » : elle ne peut plus être annulée.`;
        case 'opportunity':
          return `L’opportunité ${s(p['number'])} est à l’état « ${label(p['state'], 'opportunity')} » : choisissez-en une ouverte.`;
        case 'undone':
          return `${s(p['number'])} a été annulée.`;
        case 'audit':
          return p['how'] === 'missing'
            ? `Le détail de la ligne ${s(p['seq'])} de l’audit manque, et aucun effacement ne l’a retiré.`
            : `L’audit ne tient plus à la ligne ${s(p['seq'])}.`;
        default:
          return 'Ce n’est pas possible dans son état présent.';
      }
    },
    'stock.empty': (p) => `Il n’y a plus assez ${de(s(p['name']))} en stock.`,
    'declaration.duplicate': (p) =>
      `La même déclaration existe déjà : ${s(p['declaration'])}. Si vous en voulez une seconde, dites « quand même ».`,
    'purchase.conflict': (p) =>
      p['why'] === 'payment'
        ? `Le paiement ${s(p['payment'])} est déjà enregistré${p['org'] ? ` pour ${s(p['org'])}` : ''}, d’un montant de ${s(p['amount'])}. Vérifiez-le, ou prenez une autre référence.`
        : `L’achat ${s(p['purchase'])} existe déjà, avec la quantité ${s(p['quantity'])}. Changez de référence d’achat, ou reprenez la même quantité.`,
    'key.reused': (p) => `La clé ${s(p['key'])} a servi pour autre chose. Prenez-en une nouvelle.`,
    'preview.stale': () => 'Ce que vous avez vu a changé entre-temps. Redemandez un aperçu et validez celui-là.',
    'approval.self': (p) =>
      p['why'] === 'released'
        ? `Vous avez libéré le courriel qui a fait la demande ${s(p['number'])} : c’est aussi la vôtre, une autre personne doit décider.`
        : p['why'] === 'operator'
          ? `${s(p['number'])} a été demandée par l’opérateur, au nom de quelqu’un : une autre personne doit décider.`
          : `${s(p['number'])} est votre propre demande : une autre personne doit décider.`,
    'approval.decided': (p) => `${s(p['number'])} est déjà décidée.`,
    'approval.void': (p) => `${s(p['number'])} ne vaut plus : ce dont il s’agit a changé. Redemandez.`,
    'approval.expired': (p) => `${s(p['number'])} a expiré. Redemandez.`,
    'pack.refused': () =>
      'Ce numéro ne peut pas être pris. Vérifiez-le sur votre lettre ; s’il est juste, écrivez à la société qui vous l’a envoyé.',
    'link.invalid': (p) =>
      p['why'] === 'tries'
        ? 'Trop d’essais : demandez un nouveau code avec « account link ».'
        : p['why'] === 'code'
          ? 'Ce code est faux ou périmé. Vérifiez-le, ou demandez-en un autre avec « account link ».'
          : 'Ce lien a servi ou a expiré. Demandez-en un nouveau.',
    'file.refused': (p) => {
      switch (p['why']) {
        case 'catalogue':
          return Number(p['count']) === 1
            ? 'Le fichier a un défaut ; rien n’a changé. Corrigez-le et envoyez-le à nouveau.'
            : `Le fichier a ${s(p['count'])} défauts ; rien n’a changé. Corrigez-les et envoyez-le à nouveau.`;
        case 'catalogue-same':
          return `Ce que le fichier dit de la partie « ${s(p['part'])} » est déjà en vigueur.`;
        case 'columns':
          return [
            p['missing'] ? `Il manque ces colonnes : ${s(p['missing'])}.` : '',
            p['unknown'] ? `Celles-ci sont inconnues : ${s(p['unknown'])}. Corrigez leur titre, ou retirez-les.` : '',
            p['twice'] ? `Celles-ci y sont deux fois : ${s(p['twice'])}.` : '',
            `Le fichier a : ${s(p['found'])}.`,
          ]
            .filter(Boolean)
            .join(' ');
        case 'empty':
          return 'Le fichier n’a pas de ligne sous son en-tête.';
        case 'rows':
          return 'Le fichier a plus de 10 000 lignes : partagez-le.';
        case 'million':
          return 'Le fichier a plus d’un million de lignes : partagez-le.';
        case 'header':
          return 'La première ligne doit nommer les colonnes.';
        case 'wide':
          return 'Le fichier a plus de 256 colonnes : ne gardez que celles qui sont demandées.';
        case 'sheet':
          return p['sheets']
            ? `Le classeur n’a pas de feuille « ${s(p['sheet'])} ». Il a : ${s(p['sheets'])}.`
            : `Seul un classeur Excel a des feuilles : ce fichier n’en a pas qui s’appelle « ${s(p['sheet'])} ».`;
        case 'damaged':
          if (p['line'])
            return `Le fichier est illisible à la ligne ${s(p['line'])} : un guillemet n’y ouvre ni ne ferme une case. Corrigez-le, ou enregistrez de nouveau le fichier.`;
          return 'Le fichier est illisible : enregistrez-le à nouveau en CSV, XLSX ou JSON.';
        case 'protected':
          return 'Le classeur est protégé par un mot de passe : enregistrez-le sans mot de passe, ou en CSV.';
        case 'unpacked':
          return `Le classeur n’a pas été ouvert : décompressé, il dépasserait ${s(p['atMost'])} Mo. N’y laissez que la feuille demandée, ou enregistrez-le en CSV.`;
        case 'dear':
          return 'Le fichier n’a pas pu être lu : cela prend trop de temps ou de mémoire. Partagez-le, ou enregistrez-le en CSV.';
        default:
          return documentRefusal('fr', p) ?? 'Seuls les tableaux CSV, XLSX et JSON sont lus.';
      }
    },
    'rule.refused': (p) => `${s(p['because'])} « catalogue why » l’explique (règle ${s(p['rule'])}).`,
    'balance.low': (p) =>
      `Cela coûte ${s(p['amount'])} ; le solde est de ${s(p['balance'])}. Faites-le d’abord alimenter.`,
    'price.changed': (p) =>
      `${s(p['domain'])} coûte ${s(p['amount'])} TTC, plus que les ${s(p['most'])} que vous admettez. Relevez le prix maximum, ou renoncez.`,
    'terms.outdated': (p) =>
      `Les conditions en vigueur sont celles de la version ${s(p['version'])} (${s(p['url'])}). Lisez-les, puis acceptez cette version.`,
    'rate.limited': (p) => `Trop d’essais. Réessayez dans ${counted(p['minutes'], 'minute', 'minutes')}.`,
    'sender.unproven': (p) => {
      switch (p['why']) {
        case 'released':
          return p['command']
            ? `« ${s(p['command'])} » demande votre propre preuve, et ce courriel n’a que la parole d’un collègue : demandez-le vous-même dans le chat, sur la page après connexion, ou par un courriel qui se prouve (SPF ou DKIM).`
            : 'Cela demande votre propre preuve.';
        case 'staff':
          return `${s(p['number'])} se dit de ${s(p['sender'])}, qui a un rôle dans l’équipe : personne d’autre ne peut le libérer. Son expéditeur peut le confirmer, par le courriel que nous lui avons envoyé.`;
        default:
          return 'Nous n’avons pas pu prouver que ce courriel vient de vous.';
      }
    },
  },
  tax: {
    register: () => 'Registre des numéros de TVA',
    valid: () => 'numéro connu (VIES)',
    invalid: () => 'numéro inconnu (VIES) : vérifiez avant de décider',
    unknown: () => 'pas de réponse (VIES)',
  },
  hands: {
    released: (p) => `${s(p['as'])}, libéré par ${s(p['by'])}`,
    operator: (p) => `l’opérateur, au nom de ${s(p['as'])}`,
  },
  faults: {
    missing: () => 'est à remplir',
    unknown: (p) => (p['nearest'] ? `est inconnu ici ; vouliez-vous dire « ${s(p['nearest'])} » ?` : 'est inconnu'),
    kept: () => 'ne peut pas être vidé : ne l’indiquez pas, ou donnez une autre valeur',
    'one-line': () => 'doit tenir sur une ligne',
    'too-long': (p) => `est trop long : ${s(p['max'])} au plus, il y en a ${s(p['length'])}`,
    'too-short': (p) => `est trop court : au moins ${counted(p['min'], 'caractère', 'caractères')}`,
    control: () => 'contient des caractères invisibles : retapez-le',
    bool: () => 'doit être oui ou non',
    choice: (p) => `doit être l’un de : ${s(p['choices'])}`,
    email: () => 'doit être une adresse, comme nom@exemple.fr',
    date: () => 'doit être une date, comme 30/11/2026 ou 2026-11-30',
    phone: () => 'doit être un numéro de téléphone, comme 01 23 45 67 89',
    country: () => 'doit être un pays, comme FR ou France',
    ref: (p) => `doit être un numéro, comme ${s(p['prefix'])}-000123`,
    vat: (p) => `n’est pas un numéro de TVA de ce pays (${s(p['country'])}) : vérifiez ses chiffres`,
    mac: () => 'doit être une adresse MAC : douze chiffres de 0 à 9 ou de A à F, par exemple AA:BB:CC:DD:EE:FF',
    domain: () => 'doit être un domaine, comme exemple.fr : un nom sous une extension publique, sans www',
    web: () => 'doit être une adresse web, par exemple http://192.168.1.20:8080 ou box.example.com',
    whole: () => 'doit être un nombre entier',
    range: (p) => `doit être entre ${s(p['min'])} et ${s(p['max'])}`,
    file: () => 'doit être un fichier',
    'file-empty': (p) => documentRefusal('fr', { ...p, why: 'document-empty' }) ?? '',
    'file-large': (p) => documentRefusal('fr', { ...p, why: 'document-large' }) ?? '',
    pairs: (p) => `doit être une liste comme ${s(p['example'])}`,
    amount: () => 'doit être un montant, comme 1234,56',
    digits: (p) => `doit avoir ${counted(p['count'], 'chiffre', 'chiffres')}`,
    many: () => 'ne prend qu’une valeur',
    mismatch: (p) => `doit appartenir à ${s(p['expected'])}`,
    exactly: (p) => `doit être exactement ${s(p['expected'])}`,
    twice: (p) => `${s(p['value'])} y est déjà`,
    repeats: (p) => `répète ${s(p['value'])}`,
    items: (p) => `${s(p['items'])}${Number(p['count']) > 1 ? ' :' : ''} ${s(p['sentence'])}`,
    quoted: (p) => `« ${s(p['text'])} »`,
    more: (p) => `et ${s(p['count'])} de plus`,
    next: (p) => `${s(p['before'])} ; ${s(p['next'])}`,
  },
  lists: {
    unknown: (p) => `« ${s(p['typed'])} » n’est pas une colonne`,
    order: (p) =>
      `« ${s(p['since'])} » (${s(p['from'])}) vient après « ${s(p['until'])} » (${s(p['to'])}) : échangez-les`,
    condition: (p) =>
      `« ${s(p['typed'])} » n’est pas une condition : écrivez un champ, un des signes = ~ > <, et une valeur, comme site-city=Lyon`,
    sign: (p) => `${s(p['field'])} ne se compare qu’avec ${s(p['signs'])}`,
  },
  sites: {
    same: () => 'est déjà ainsi',
    nothing: () => 'dites au moins une chose à changer',
  },
  organisations: {
    accept: () => 'doit être oui : sans cet accord on ne devient pas revendeur',
    confirm: (p) => `doit être le nom de l’organisation : ${s(p['name'])}`,
    named: () =>
      'une autre organisation du même propriétaire s’appelle déjà ainsi : choisissez un autre nom d’affichage',
    permanent: (p) =>
      `Pour devenir revendeur : lisez les conditions, puis « org become-reseller ». C’est définitif et ne peut pas être annulé. Version en vigueur : ${s(p['version'])}.`,
  },
  orders: {
    objection: (p) => (p['allowed'] ? `${s(p['because'])} Possible : ${s(p['allowed'])}.` : s(p['because'])),
    askChange: () => 'appartient au site : demandez-le par « site change »',
    noSite: () => 'ne vaut que pour les commandes sur un site existant',
    noOpportunity: () => 'ne vaut que pour les commandes issues d’une opportunité',
    future: () => 'doit être aujourd’hui ou avant',
    beforeOrder: (p) => `ne peut pas être avant la commande, qui est du ${s(p['day'])}`,
    task: (p) => `${s(p['number'])} est approuvée et attend l’équipe cloud : ${s(p['solution'])}, ${s(p['site'])}.`,
    provisioned: () => 'Mise en service faite',
  },
  domains: {
    notSold: (p) => `cette extension n’est pas vendue ici ; celles qui le sont : ${s(p['tlds'])}`,
    noneSold: () => 'aucun domaine n’est vendu ici',
    years: (p) =>
      p['min'] === p['max']
        ? `un .${s(p['tld'])} se prend pour ${counted(p['min'], 'an', 'ans')} à la fois`
        : `un .${s(p['tld'])} se prend pour ${s(p['min'])} à ${counted(p['max'], 'an', 'ans')}`,
    yearsAhead: (p) =>
      `${s(p['domain'])} irait jusqu’au ${s(p['day'])} : un .${s(p['tld'])} se renouvelle au plus ${counted(p['max'], 'an', 'ans')} d’avance`,
    onlyNew: () => 'n’est que pour un nouveau client ; « customer edit » change celui qui existe',
    untilWhen: () => 'donnez le jour jusqu’auquel le domaine court : ce transfert ne le dit pas',
    doneBetween: (p) =>
      `doit être le jour où elle a été faite, du ${s(p['from'])} (la commande) au ${s(p['until'])} (aujourd’hui)`,
    noExpiry: () => 'ne se dit pas ici : cette tâche ne change pas la durée du domaine',
    doneWhen: (p) => `n’est pas possible : le domaine irait alors jusqu’au ${s(p['day'])}`,
    held: () => 'est déjà tenu ici',
    twice: (p) => `le même domaine qu’à la ligne ${s(p['line'])}`,
    over: () => 'est si lointain que le domaine est de nouveau libre',
    farAhead: () => 'est plus lointain qu’aucun registre ne l’accepte',
    otherOwner: () => 'n’est pas l’adresse du client de ce domaine, que la reprise ne change pas',
    noTags: () => 'nommez au moins une étiquette à mettre ou à retirer',
    period: (p) => `${counted(p['years'], 'an', 'ans')}`,
    line: (p) => `${s(p['kind'])} : ${s(p['domain'])}${p['years'] ? `, ${counted(p['years'], 'an', 'ans')}` : ''}`,
    task: (p) => `${s(p['number'])} est à faire au bureau d’enregistrement. ${s(p['what'])}, pour ${s(p['owner'])}.`,
    tasks: (p) =>
      `${s(p['total'])} tâches sont à faire au bureau d’enregistrement, de ${s(p['first'])} à ${s(p['last'])} ; un courrier les énumère. Répondez à chacune par « domain done » ou « domain failed ».`,
    done: () => 'Fait',
    failed: () => 'Échec',
    ownerVerified: () => 'L’adresse du propriétaire a été vérifiée entre-temps.',
  },
  registrar: {
    denied: (p) =>
      `Le bureau d’enregistrement refuse ce que le desk lui demande (${s(p['reason'])}) : vérifiez le jeton GANDI_TOKEN, ses droits et le compte prépayé. Les demandes attendent et sont reprises d’elles-mêmes.`,
    found: (p) =>
      `${s(p['domain'])} (${s(p['task'])}) se trouve déjà sur le compte du bureau d’enregistrement, ou y est déjà en commande, sans que cette tâche l’ait demandé. Rien n’a été acheté de plus ; voyez à qui il est.`,
    inAccount: () => 'Ce nom est déjà tenu sur le compte du bureau d’enregistrement ; notre équipe regarde pourquoi.',
    notInAccount: () => 'Ce domaine n’est pas sur le compte du bureau d’enregistrement.',
    runsAlready: (p) => `Au bureau d’enregistrement, le domaine court déjà jusqu’au ${s(p['day'])}.`,
    lost: () =>
      'La commande n’est pas arrivée au bureau d’enregistrement : rien n’a été acheté. Vous pouvez la refaire.',
    ownSuspension: () => 'Le bureau d’enregistrement suspend et rétablit lui-même.',
  },
  imports: {
    twice: (p) => `le même numéro qu’à la ligne ${s(p['line'])}`,
    taken: () => 'ce numéro existe déjà',
    others: () => 'ce numéro est celui d’un autre revendeur',
    ended: (p) => `ce numéro est à l’état « ${s(p['state'])} » et ne change plus`,
    equal: (p) =>
      `la même déclaration qu’à la ligne ${s(p['line'])} ; si vous en voulez une seconde, mettez oui sous « Quand même »`,
    unheaded: () => 'est dans une colonne sans titre ; il y a peut-être un séparateur de trop',
    heading: (p) => `« ${s(p['heading'])} »${p['nearest'] ? ` (peut-être « ${s(p['nearest'])} » ?)` : ''}`,
    unusual: () => 'un numéro inhabituel ; il est pris tel quel',
    otherMac: (p) => `la ligne ${s(p['line'])} donne une autre adresse MAC à ce Code ID`,
    otherModel: (p) => `la ligne ${s(p['line'])} donne un autre modèle à ce Code ID`,
    macTwice: (p) => `la ligne ${s(p['line'])} donne cette adresse MAC à un autre Code ID`,
    macTaken: (p) => `cette adresse MAC est enregistrée pour le Code ID ${s(p['codeId'])}`,
    enrolled: (p) => `le dispositif est en service avec l’adresse MAC ${s(p['mac'])}, qui ne change plus`,
  },
  tickets: {
    opened: (p) =>
      `${p['priority'] ? 'Prioritaire : ' : ''}nouveau ticket ${s(p['number'])} ${de(s(p['asker']))} : ${s(p['subject'])}`,
    replied: (p) => `${s(p['asker'])} a répondu dans ${s(p['number'])} : ${s(p['subject'])}`,
    reopened: (p) => `${s(p['asker'])} a rouvert ${s(p['number'])} : ${s(p['subject'])}`,
    closed: (p) => `${s(p['asker'])} a fermé ${s(p['number'])} : ${s(p['subject'])}`,
    about: (p) => `Concerne : ${s(p['object'])}`,
    attached: (p) => `Avec un fichier : ${s(p['file'])}`,
    reply: () => 'Répondre',
    close: () => 'Fermer',
    team: () => 'notre équipe',
    discord: (p) => `utilisateur Discord ${s(p['id'])}`,
  },
  fault: ({ reference }) =>
    `Une erreur de notre côté ; rien n’a changé. Réessayez, ou donnez-nous cette référence : ${reference}.`,
  interrupted: ({ reference }) =>
    `Une erreur de notre côté avant la fin. Ce qui a été pris jusque-là reste ; redemandez, et le reste sera pris. Notre référence : ${reference}.`,
  unanswered: ({ sender, perHour }) =>
    `${sender} a reçu ${perHour} réponses par courriel en une heure : les commandes de ses courriels sont exécutées, mais sans réponse jusqu’à ce que l’heure passe. Deux programmes s’écrivent peut-être l’un à l’autre.`,
  mailPaused: ({ by, reason }) => `${by} a arrêté le courrier : ${reason}. « mail resume » le remet en marche.`,
  mailResumed: ({ by }) => `${by} a remis le courrier en marche.`,
  heldExpired: ({ count }) =>
    `${one(count, `${count} message retenu a`, `${count} messages retenus ont`)} pris fin sans que personne n’en décide (« mail held », état expiré).`,
  notMine: 'La personne dont ce message prétend venir dit qu’il n’est pas d’elle.',
  waiting: ({ number, command }) => `La demande ${number} (${command}) attend toujours une décision.`,
  undelivered: ({ number, letter, recipient, error }) =>
    `${number} (${letter}) n’a pas pu être remise à ${recipient} : ${error}`,
  keys: {
    confirm: 'Confirmation',
    device: 'Dispositif',
    webAddress: 'Adresse web',
    already: 'Déjà là',
    boughtUntil: 'Acheté jusqu’au',
    taxCountry: 'Pays d’imposition confirmé',
    taxVat: 'N° de TVA confirmé',
    taxConfirmedAt: 'Confirmé le',
    taxRequest: 'Demande sur la TVA',
    again: 'Déjà approuvée par vous',
    byOperator: 'Par l’opérateur',
    releasedBy: 'Libéré par',
    customer: 'Client',
    customers: 'Clients',
    displayName: 'Nom d’affichage',
    vat: 'Numéro de TVA',
    registration: 'SIRET',
    terms: 'Version des conditions',
    termsUrl: 'Conditions',
    notice: 'À savoir',
    termsAcceptedAt: 'Conditions acceptées le',
    members: 'Membres',
    domain: 'Domaine',
    domains: 'Domaines',
    tags: 'Étiquettes',
    newCustomers: 'Nouveaux clients',
    givenBackCents: 'Rendu',
    autoRenew: 'Renouvellement automatique',
    years: 'Années',
    task: 'Tâche',
    tasks: 'Tâches',
    registrarReference: 'Référence du bureau',
    netCents: 'Hors taxes',
    vatCents: 'TVA',
    grossCents: 'Toutes taxes comprises',
    percent: 'Pour cent',
    balanceCents: 'Solde',
    prepaidCents: 'Prépayé',
    receivableCents: 'Dû',
    creditCents: 'Crédit',
    thresholdCents: 'Alerte en dessous de',
    payment: 'Paiement',
    receipt: 'Reçu',
    receipts: 'Reçus',
    reverseCharge: 'Autoliquidation',
    lines: 'Lignes',
    unpriced: 'Domaines sans prix',
    shortOn: 'Insuffisant à partir du',
    month: 'Mois',
    months: 'Mois',
    dueCents: 'À payer',
    priceCents: 'Prix',
    renewBy: 'À renouveler avant le',
    expiresOn: 'Expire le',
    registeredOn: 'Enregistré le',
    holdUntil: 'Renouvelable jusqu’au',
    redemptionUntil: 'Restaurable jusqu’au',
    goneOn: 'De nouveau libre le',
    owner: 'Propriétaire',
    ownerState: 'Adresse du propriétaire',
    ownerDue: 'À vérifier avant le',
    suspendedAt: 'Suspendu depuis',
    notices: 'Rappels',
    milestone: 'Jours avant',
    outcome: 'Issue',
    port: 'Confiée à',
    ticket: 'Ticket',
    tickets: 'Tickets',
    priority: 'Priorité',
    text: 'Texte',
    messages: 'Messages',
    firstAnswerAt: 'Première réponse',
    waitingMinutes: 'Attente en minutes',
    firstAnswerMinutes: 'Première réponse après, en minutes',
    follows: 'Suite de',
    followedBy: 'Suivi par',
    closedAt: 'Fermé',
    staff: 'Équipe',
    entry: 'Écriture',
    unicode: 'En toutes lettres',
    tlds: 'Extensions',
    tld: 'Extension',
    termsSummary: 'Les conditions en bref',
    vatPercent: 'TVA, en %',
    reverseChargeIn: 'TVA due par l’acheteur',
    transferYears: 'Années ajoutées par un transfert',
    renewByDays: 'À renouveler (jours avant)',
    holdDays: 'Encore renouvelable (jours)',
    redemptionDays: 'Puis récupérable (jours)',
    pendingDeleteDays: 'Puis libre après (jours)',
    verifyOwner: 'Propriétaire à vérifier',
    domainPrices: 'Prix des domaines',
    registerCents: 'Enregistrement',
    renewCents: 'Renouvellement',
    transferCents: 'Transfert',
    restoreCents: 'Restauration',
    dueOn: 'Échéance',
    self: 'Soi-même',
    customerEmail: 'E-mail du client',
    doneOn: 'Fait le',
    issuedAt: 'Émis le',
    known: 'Adresse connue',
    form: 'Données du client',
    linkUntil: 'Lien ouvert jusqu’au',
    activatedAt: 'Actif depuis',
    timeline: 'Histoire',
    registeredAt: 'Enregistré le',
    devices: 'Dispositifs',
    letters: 'Courriers',
    declaration: 'Déclaration',
    pack: 'Numéro de pack',
    packs: 'Numéros de pack',
    product: 'Produit',
    products: 'Produits',
    packKinds: 'Service packs',
    boxKinds: 'Box',
    email: 'E-mail',
    takeover: 'Prise en charge',
    account: 'Compte',
    state: 'État',
    box: 'Box',
    boxes: 'Box',
    lastName: 'Nom',
    firstName: 'Prénom',
    orderNumber: 'Numéro de commande',
    createdAt: 'Le',
    completedAt: 'Achevée',
    reseller: 'Revendeur',
    company: 'Société',
    quantity: 'Quantité',
    purchase: 'Achat',
    name: 'Nom',
    available: 'Disponible',
    reserved: 'Réservé',
    declared: 'Déclaré',
    items: 'Lignes',
    total: 'Total',
    page: 'Page',
    approval: 'Demande',
    command: 'Commande',
    object: 'Concerne',
    requester: 'Demandé par',
    expiresAt: 'Expire',
    summary: 'Ce qui est demandé',
    needed: 'Accords nécessaires',
    decisions: 'Décisions',
    by: 'Par',
    verdict: 'Décision',
    reason: 'Motif',
    decidedAt: 'Décidé',
    result: 'Résultat',
    votes: 'Accords',
    role: 'Rôle',
    roles: 'Rôles',
    person: 'Personne',
    phone: 'Téléphone',
    street: 'Adresse',
    zip: 'Code postal',
    city: 'Ville',
    country: 'Pays',
    locale: 'Langue',
    emails: 'Adresses',
    discordUsers: 'Utilisateurs Discord',
    organisations: 'Organisations',
    org: 'Organisation',
    mails: 'Courriers',
    mail: 'Courrier',
    letter: 'Lettre',
    recipient: 'À',
    sentAt: 'Envoyé',
    sender: 'Expéditeur',
    subject: 'Objet',
    source: 'Arrivé par',
    endedAt: 'Terminé',
    since: 'Depuis',
    error: 'Erreur',
    differences: 'Différences',
    counted: 'Compté',
    difference: 'Différence',
    counts: 'Comptage',
    preview: 'Aperçu',
    good: 'Bonnes lignes',
    repeated: 'Déjà là',
    faulty: 'Lignes fautives',
    faults: 'Fautes',
    faultsTotal: 'Fautes en tout',
    placed: 'Enregistrées',
    refused: 'Lignes refusées',
    sheet: 'Feuille',
    warnings: 'Avertissements',
    row: 'Ligne',
    column: 'Colonne',
    fault: 'Faute',
    imported: 'Importés',
    minutes: 'Minutes',
    version: 'Version',
    policy: 'Règles',
    services: 'Services',
    help: 'Aide',
    commands: 'Commandes',
    fields: 'Champs',
    field: 'Champ',
    label: 'Libellé',
    required: 'Obligatoire',
    when: 'Quand',
    hint: 'Note',
    seq: 'Ligne',
    at: 'Quand',
    who: 'Qui',
    door: 'Porte',
    action: 'Quoi',
    detail: 'Détail',
    rows: 'Lignes',
    file: 'Fichier',
    mode: 'Mode',
    value: 'Valeur',
    code: 'Code',
    number: 'Numéro',
    supportContact: 'Contact',
    anyway: 'Quand même',
    missing: 'Manque encore',
    added: 'Nouveaux',
    change: 'Modification de site',
    changes: 'Modifications',
    sites: 'Sites',
    opportunities: 'Opportunités',
    amountCents: 'Montant',
    currency: 'Monnaie',
    updatedAt: 'Dernière modification',
    old: 'Avant',
    new: 'Après',
    order: 'Commande n°',
    changed: 'Changé',
    submittedAt: 'Soumise',
    doneAt: 'Terminée',
    provisionedOn: 'Mise en service le',
    reviewer: 'Examinée par',
    certificate: 'Certificat',
    certificateState: 'État du certificat',
    approvalState: 'État de la demande',
    catalogue: 'Version du catalogue',
    documents: 'Documents',
    files: 'Fichiers',
    verified: 'Vérifié',
    kind: 'Nature',
    bytes: 'Octets',
    sha256: 'SHA-256',
    type: 'Type',
    part: 'Partie',
    date: 'Date',
    versions: 'Versions',
    loadedAt: 'Chargée',
    types: 'Types de commande',
    origins: 'Origines',
    origin: 'Origine',
    generations: 'Générations',
    generation: 'Génération',
    solutions: 'Solutions',
    solution: 'Solution',
    references: 'Références',
    reference: 'Référence',
    rules: 'Règles',
    rule: 'Règle',
    only: 'Seulement',
    because: 'Pourquoi',
    asks: 'Demande aussi',
    cloud: 'Mis en place par l’équipe cloud',
    approvers: 'Décidé par',
    from: 'Depuis',
    until: 'Jusqu’au',
    productLine: 'Gamme',
    siteProductLine: 'Gamme du site',
    certificateMonths: 'Mois de validité d’un certificat',
    prices: 'Prix',
    quota: 'Quota',
    removed: 'Supprimés',
    changesTotal: 'Changements en tout',
    path: 'Où',
    was: 'Avant',
    becomes: 'Après',
    explanation: 'Explication',
    about: 'Concerne',
    allowed: 'Permis',
    allows: 'Ce qu’elle permet',
    erased: 'Serait effacé',
    kept: 'Doit rester',
    what: 'Quoi',
    count: 'Combien',
    why: 'Pourquoi',
    token: 'Jeton',
    expires: 'Valable jusqu’à',
    installer: 'Installateur',
    uses: 'Passages',
    usedAt: 'Dernier passage',
    gateway: 'Passerelle',
    key: 'Clé',
  },
  states: {
    unverified: 'non vérifié',
    verified: 'vérifié',
    overdue: 'non vérifié à temps',
    deleted: 'supprimé',
    requested: 'commandé',
    registering: 'en cours d’enregistrement',
    transferring: 'en cours de transfert',
    redemption: 'supprimé, restaurable',
    'pending-delete': 'bientôt libre',
    gone: 'disparu',
    'transferred-out': 'transféré ailleurs',
    waiting: 'en attente',
    sales: 'ventes',
    stock: 'stock',
    cloud: 'cloud',
    support: 'support',
    admin: 'administration',
    owner: 'propriétaire',
    manager: 'gestionnaire',
    viewer: 'lecteur',
    skipped: 'laissé de côté',
    topup: 'paiement',
    charge: 'débit',
    refund: 'remboursement',
    register: 'enregistrement',
    transfer: 'transfert',
    renew: 'renouvellement',
    restore: 'restauration et renouvellement',
    suspend: 'suspension',
    resume: 'fin de la suspension',
    'owner-mail': 'courrier au propriétaire',
    entered: 'couple refusé',
    checked: 'contrôlé',
    registered: 'enregistré',
    'link-sent': 'lien envoyé',
    opened: 'lien ouvert',
    removed: 'retiré',
    resent: 'renvoyé',
    corrected: 'adresse corrigée',
    reminded: 'rappel envoyé',
    answered: 'répondu',
    ignored: 'ignoré',
    released: 'libéré',
    discarded: 'écarté',
    created: 'nouveau',
    existing: 'existant',
    available: 'disponible',
    reserved: 'réservé',
    declared: 'déclaré',
    assigned: 'sur le compte du client',
    withdrawn: 'retiré',
    revoked: 'révoqué',
    held: 'retenu',
    placed: 'enregistré',
    completed: 'achevé',
    undone: 'annulé',
    pending: 'en attente',
    approved: 'approuvé',
    refused: 'refusé',
    void: 'caduc',
    expired: 'expiré',
    cancelled: 'annulé',
    draft: 'brouillon',
    submitted: 'soumis',
    'in-review': 'en examen',
    returned: 'à compléter',
    applied: 'appliqué',
    open: 'ouvert',
    used: 'utilisé',
    closed: 'fermé',
    provisioning: 'en cours de mise en service',
    done: 'terminé',
    invited: 'invité',
    active: 'actif',
    suspended: 'suspendu',
    erased: 'effacé',
    reseller: 'revendeur',
    queued: 'en file',
    sending: 'en cours d’envoi',
    issued: 'émis',
    sent: 'envoyé',
    uncertain: 'incertain',
    failed: 'échoué',
    bounced: 'revenu',
  },
  feminineStates: {
    held: 'retenue',
    placed: 'enregistrée',
    completed: 'achevée',
    undone: 'annulée',
    approved: 'approuvée',
    refused: 'refusée',
    void: 'caduque',
    expired: 'expirée',
    cancelled: 'annulée',
    submitted: 'soumise',
    applied: 'appliquée',
    open: 'ouverte',
    used: 'utilisée',
    closed: 'close',
    done: 'terminée',
    suspended: 'suspendue',
    failed: 'échouée',
    uncertain: 'incertaine',
    removed: 'retirée',
    active: 'active',
    revoked: 'révoquée',
  },
  genders: {
    declaration: 'f',
    order: 'f',
    approval: 'f',
    task: 'f',
    opportunity: 'f',
    org: 'f',
    change: 'f',
    domain: 'm',
    device: 'm',
    ticket: 'm',
    mail: 'm',
    customer: 'm',
    grant: 'm',
    certificate: 'm',
    site: 'm',
    pack: 'm',
    owner: 'm',
    account: 'm',
  },
  yes: 'oui',
  no: 'non',
  dryRun: 'Essai : rien n’a changé.',
  progress: ({ done, total }) => `En cours : ${done} sur ${total}`,
  nothingToChange: 'Rien à changer : c’est déjà ainsi.',
  firstRows: ({ shown, total }) => `Les ${shown} premières lignes sur ${total}`,
  cell: ({ row, column }) => `Ligne ${row}, ${column}`,
};
