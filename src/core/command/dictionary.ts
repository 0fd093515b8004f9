/**
 * The dictionary: every field once, with its labels and type; a name means the same in every command
 * (docs/commands.md prints it). A field's own name is always a label too.
 */
import type { Locale, Localised } from '../locales/locale.js';
import {
  amount as amountType,
  bool,
  choice,
  counts as countsType,
  country as countryType,
  date,
  details as detailsType,
  digits,
  domainName,
  email as emailType,
  file as fileType,
  files as filesType,
  fromCatalogue,
  list,
  long,
  mac as macType,
  phone as phoneType,
  product as productType,
  ref,
  secret as secretType,
  text as textType,
  webAddress as webAddressType,
  whole,
  type FieldType,
} from './type.js';

export interface Field<Name extends string = string, T = unknown> {
  readonly name: Name;
  readonly labels: Readonly<Record<Locale, readonly [string, ...string[]]>>;
  readonly type: FieldType<T>;
  /** Shown where the field is asked. */
  readonly hint?: Localised;
  /** Of a phone: the field that says in which country it is a national one. */
  readonly place?: string;
}

type Labels = readonly [string, ...string[]];

const field = <const Name extends string, T>(
  name: Name,
  type: FieldType<T>,
  { hint, place, ...labels }: { fr: Labels; en: Labels; hint?: Localised; place?: string },
): Field<Name, T> => ({
  name,
  labels,
  type,
  ...(hint ? { hint } : {}),
  ...(place ? { place } : {}),
});

const staffRoleNames = {
  sales: { fr: 'ventes', en: 'sales' },
  stock: { fr: 'stock', en: 'stock' },
  cloud: { fr: 'cloud', en: 'cloud' },
  support: { fr: 'support', en: 'support' },
  admin: { fr: 'administration', en: 'administration' },
} as const;

/** Table files (CSV, XLSX, JSON) of up to 10,000 rows fit well below this. */
const tableBytes = 10 * 1024 * 1024;

export const dryRun = field('dry-run', bool, { fr: ['Essai', 'Simulation'], en: ['Dry run'] });
export const yes = field('yes', bool, { fr: ['Valider', 'Oui'], en: ['Yes', 'Go ahead'] });
export const org = field('org', textType(120), {
  fr: ['Organisation', "Pour l'organisation"],
  en: ['Organisation', 'Organization', 'For organisation'],
});
export const person = field('person', emailType, { fr: ['Personne'], en: ['Person'] });
export const reseller = field('reseller', textType(254), {
  fr: ['Revendeur', 'Partenaire'],
  en: ['Reseller', 'Partner'],
});
export const email = field('email', emailType, {
  fr: ['E-mail', 'Email', 'Mail', 'Courriel', 'Adresse e-mail', 'Adresse mail'],
  en: ['Email', 'E-mail', 'Email address'],
});
export const lastName = field('last-name', textType(80), {
  fr: ['Nom', 'Nom de famille'],
  en: ['Last name', 'Surname', 'Family name'],
});
export const firstName = field('first-name', textType(80), { fr: ['Prénom'], en: ['First name', 'Given name'] });
export const phone = field('phone', phoneType, {
  place: 'country',
  fr: ['Téléphone', 'Tél', 'Portable'],
  en: ['Phone', 'Telephone', 'Mobile'],
});
export const locale = field(
  'locale',
  choice({ fr: { fr: 'français', en: 'French' }, en: { fr: 'anglais', en: 'English' } }),
  { fr: ['Langue'], en: ['Language'] },
);
export const company = field('company', textType(120), {
  fr: ['Société', 'Entreprise', 'Raison sociale'],
  en: ['Company', 'Company name'],
});
export const street = field('street', textType(200), {
  fr: ['Adresse', 'Rue', 'Adresse postale'],
  en: ['Street', 'Address'],
});
export const zip = field('zip', textType(12), { fr: ['Code postal', 'CP'], en: ['ZIP', 'Postal code', 'Postcode'] });
export const city = field('city', textType(80), { fr: ['Ville'], en: ['City', 'Town'] });
export const country = field('country', countryType, { fr: ['Pays'], en: ['Country'] });
export const role = field('role', choice(staffRoleNames), { fr: ['Rôle'], en: ['Role'] });
export const code = field('code', digits(8), { fr: ['Code'], en: ['Code'] });
const productLabels = {
  fr: ['Licence', 'Type de licence', 'Produit', 'Service pack'],
  en: ['Product', 'Licence', 'License', 'Service pack'],
} as const;
/** A pack kind or a box model: what a reseller buys and declares. */
export const product = field('product', productType(true), productLabels);
export const quantity = field('quantity', whole(1, 10_000), { fr: ['Quantité', 'Nombre'], en: ['Quantity'] });
/** In `stock threshold` 0 switches the warning off. */
export const thresholdQuantity = field('quantity', whole(0, 10_000), { fr: ['Quantité', 'Nombre'], en: ['Quantity'] });
export const purchase = field('purchase', textType(60), {
  fr: ['Achat', "Numéro d'achat", "Référence d'achat"],
  en: ['Purchase', 'Purchase reference'],
});
export const counts = field('counts', countsType, { fr: ['Comptage', 'Inventaire'], en: ['Counts'] });
export const orderNumber = field('order-number', textType(60), {
  fr: ['Numéro de commande', 'N° de commande', 'Commande client', 'Numéro de facture', 'N° de facture'],
  en: ['Order number', 'Invoice number'],
  hint: {
    fr: 'le vôtre ; en général le numéro de facture de votre client',
    en: 'your own; usually the number of your invoice to the client',
  },
});
export const takeover = field('takeover', bool, {
  fr: ['Prise en charge', "Prendre en charge l'installation", "Prise en charge de l'installation"],
  en: ['Takeover', 'Take over', 'Take over the installation'],
});
export const supportContact = field('support-contact', emailType, {
  fr: ['Contact', 'Contact support'],
  en: ['Support contact'],
});
export const box = field('box', textType(60), { fr: ['Box', 'Numéro de série'], en: ['Box', 'Serial number'] });
export const anyway = field('anyway', bool, { fr: ['Quand même', 'Malgré le doublon'], en: ['Anyway'] });
export const mode = field(
  'mode',
  choice({ all: { fr: 'tout', en: 'all' }, good: { fr: 'bonnes lignes', en: 'good rows' } }),
  { fr: ['Mode'], en: ['Mode'] },
);
export const sheet = field('sheet', textType(60), {
  fr: ['Feuille'],
  en: ['Sheet'],
  hint: { fr: 'd’un classeur Excel ; sans elle, la première', en: 'of an Excel workbook; without it the first' },
});
export const reason = field('reason', long(500, 3), { fr: ['Motif', 'Raison'], en: ['Reason'] });
export const file = field('file', fileType(tableBytes), {
  fr: ['Fichier', 'Pièce jointe'],
  en: ['File', 'Attachment'],
});
/** The manufacturer's register: a million rows are some 45 MB. */
export const registerFile = field('file', fileType(128 * 1024 * 1024), {
  fr: ['Fichier', 'Pièce jointe'],
  en: ['File', 'Attachment'],
});
export const object = field('object', textType(254), { fr: ['Concerne'], en: ['About', 'Object'] });
/** Documents of an order: at most ten of ten megabytes each (D9). */
export const documentBytes = 10 * 1024 * 1024;
export const documentsAtMost = 10;

export const orderType = field('type', fromCatalogue('type'), {
  fr: ['Type', 'Type de commande'],
  en: ['Type', 'Order type'],
});
export const origin = field('origin', fromCatalogue('origin'), { fr: ['Origine'], en: ['Origin'] });
export const generation = field('generation', fromCatalogue('generation'), { fr: ['Génération'], en: ['Generation'] });
export const solution = field('solution', fromCatalogue('solution'), { fr: ['Solution'], en: ['Solution'] });
export const reference = field('reference', list(fromCatalogue('reference'), 10), {
  fr: ['Référence', 'Références'],
  en: ['Reference', 'References'],
});
export const site = field('site', ref('S'), { fr: ['Site', 'Numéro de site'], en: ['Site', 'Site number'] });
export const opportunity = field('opportunity', ref('OP'), { fr: ['Opportunité'], en: ['Opportunity'] });
export const siteName = field('site-name', textType(120), { fr: ['Nom du site'], en: ['Site name'] });
export const siteStreet = field('site-street', textType(200), {
  fr: ['Adresse du site'],
  en: ['Site address', 'Site street'],
});
export const siteZip = field('site-zip', textType(12), {
  fr: ['Code postal du site'],
  en: ['Site ZIP', 'Site postal code'],
});
export const siteCity = field('site-city', textType(80), { fr: ['Ville du site'], en: ['Site city'] });
export const siteCountry = field('site-country', countryType, { fr: ['Pays du site'], en: ['Site country'] });
export const siteRegistration = field('site-registration', textType(20), {
  fr: ['SIRET du site'],
  en: ['Site company number'],
});
export const siteVat = field('site-vat', textType(20), { fr: ['TVA du site'], en: ['Site VAT'] });
export const sitePhone = field('site-phone', phoneType, {
  place: 'site-country',
  fr: ['Téléphone du site'],
  en: ['Site phone'],
});
export const siteEmail = field('site-email', emailType, {
  fr: ['E-mail du site', 'Email du site'],
  en: ['Site email'],
});
export const contactLastName = field('contact-last-name', textType(80), {
  fr: ['Nom du contact', "Nom de l'interlocuteur"],
  en: ['Contact last name'],
});
export const contactFirstName = field('contact-first-name', textType(80), {
  fr: ['Prénom du contact', "Prénom de l'interlocuteur"],
  en: ['Contact first name'],
});
export const contactRole = field('contact-role', textType(80), {
  fr: ['Fonction', 'Fonction du contact'],
  en: ['Contact role', 'Job title'],
});
export const contactEmail = field('contact-email', emailType, {
  fr: ['E-mail du contact', 'Email du contact'],
  en: ['Contact email'],
});
export const contactPhone = field('contact-phone', phoneType, {
  place: 'site-country',
  fr: ['Téléphone du contact'],
  en: ['Contact phone'],
});
export const deliveryDate = field('delivery-date', date, {
  fr: ['Date de livraison', 'Date de livraison souhaitée'],
  en: ['Delivery date', 'Wished delivery date'],
});
export const recipients = field('recipients', list(emailType, 5), {
  fr: ['Destinataires', 'Destinataires du certificat'],
  en: ['Recipients', 'Certificate recipients'],
});
export const purchaseOrder = field('purchase-order', fileType(documentBytes), {
  fr: ['Bon de commande'],
  en: ['Purchase order'],
});
export const documents = field('documents', filesType(documentBytes, documentsAtMost), {
  fr: ['Documents', 'Pièces jointes'],
  en: ['Documents', 'Attachments'],
});
export const quoteNumber = field('quote-number', textType(60), {
  fr: ['Numéro de devis', 'N° de devis', 'Devis'],
  en: ['Quote number'],
});
export const comments = field('comments', long(4000), {
  fr: ['Commentaires', 'Remarques'],
  en: ['Comments', 'Remarks'],
});
export const details = field('details', detailsType, { fr: ['Précisions'], en: ['Details'] });
export const documentKind = field(
  'kind',
  choice({
    'purchase-order': { fr: 'bon de commande', en: 'purchase order' },
    quote: { fr: 'devis', en: 'quote' },
    other: { fr: 'autre', en: 'other' },
  }),
  { fr: ['Nature', 'Nature du document'], en: ['Kind', 'Document kind'] },
);
export const missing = field('missing', long(2000), {
  fr: ['Manque', 'Ce qui manque'],
  en: ['Missing', 'What is missing'],
});
export const relatedOrder = field('related-order', ref('O'), {
  fr: ['Commande concernée'],
  en: ['Related order'],
});
export const day = field('date', date, { fr: ['Date'], en: ['Date'] });
export const amount = field('amount', amountType, { fr: ['Montant'], en: ['Amount'] });
/** A document to add, and in `order detach` the name of one. */
export const documentFile = field('file', fileType(documentBytes), {
  fr: ['Fichier', 'Pièce jointe'],
  en: ['File', 'Attachment'],
});
export const documentName = field('file', textType(200), {
  fr: ['Fichier', 'Pièce jointe'],
  en: ['File', 'Attachment'],
});
/** A dossier to be checked; larger than any that is made. */
export const dossierFile = field('verify', fileType(256 * 1024 * 1024), { fr: ['Vérifier'], en: ['Verify'] });
export const productLine = field(
  'product-line',
  choice({ erp: { fr: 'ERP', en: 'ERP' }, crm: { fr: 'CRM', en: 'CRM' } }),
  { fr: ['Gamme'], en: ['Product line'] },
);
export const columns = field('columns', list(textType(40), 40), { fr: ['Colonnes'], en: ['Columns'] });
export const filter = field('filter', list(textType(200), 10), {
  fr: ['Filtre', 'Filtres'],
  en: ['Filter', 'Filters'],
  hint: { fr: 'par exemple site-city=Lyon, site-name~usine', en: 'for example site-city=Lyon, site-name~works' },
});
export const name = field('name', textType(120), {
  fr: ['Nom', "Nom de l'organisation"],
  en: ['Name', 'Organisation name'],
});
export const closingDate = field('closing-date', date, { fr: ['Date de clôture'], en: ['Closing date'] });
export const vat = field('vat', textType(20), {
  fr: ['TVA', 'Numéro de TVA', 'N° de TVA'],
  en: ['VAT', 'VAT number'],
});
export const codeId = field('code-id', textType(40), {
  fr: ['Code ID', 'Code identifiant'],
  en: ['Code ID'],
  hint: { fr: 'tel qu’il est écrit sur le dispositif', en: 'as it is written on the device' },
});
export const mac = field('mac', macType, { fr: ['Adresse MAC', 'MAC'], en: ['MAC address', 'MAC'] });
export const webAddress = field('web-address', webAddressType, {
  fr: ['Adresse web', 'Adresse du serveur'],
  en: ['Web address', 'URL'],
});
/** A device by its number (`V-000012`) or its Code ID. */
export const device = field('device', textType(40), {
  fr: ['Dispositif', 'Appareil', 'Serveur web'],
  en: ['Device', 'Web server'],
  hint: { fr: 'son numéro V-… ou son Code ID', en: 'its number V-… or its Code ID' },
});
/** Only in the manufacturer's register. */
export const model = field('model', textType(60), { fr: ['Modèle'], en: ['Model'] });
export const minutes = field('minutes', whole(1, 15), {
  fr: ['Minutes', 'Durée en minutes'],
  en: ['Minutes'],
});
export const accessUse = field(
  'use',
  choice({ once: { fr: 'unique', en: 'once' }, session: { fr: 'session', en: 'session' } }),
  { fr: ['Usage'], en: ['Use'] },
);
export const grant = field('grant', ref('X'), { fr: ['Accès'], en: ['Grant'] });
/** Whether a client allows remote access to a device of theirs. */
export const remoteAccess = field('remote-access', bool, {
  fr: ['Accès à distance', 'Accès à distance autorisé'],
  en: ['Remote access', 'Remote access allowed'],
});
export const confirm = field('confirm', textType(254), { fr: ['Confirmation'], en: ['Confirmation'] });
export const rule = field('rule', textType(80), { fr: ['Règle'], en: ['Rule'] });
export const search = field('search', textType(100), { fr: ['Recherche'], en: ['Search'] });
export const state = field('state', textType(40), { fr: ['État', 'Statut'], en: ['State', 'Status'] });
export const since = field('since', date, { fr: ['Depuis', 'Du'], en: ['Since', 'From'] });
export const until = field('until', date, { fr: ["Jusqu'au", 'Au'], en: ['Until', 'To'] });
export const sort = field('sort', list(textType(40), 5), { fr: ['Tri', 'Trier par'], en: ['Sort', 'Sort by'] });
export const page = field('page', whole(1, 1_000_000), { fr: ['Page'], en: ['Page'] });
export const perPage = field('per-page', whole(1, 200), { fr: ['Par page'], en: ['Per page'] });
export const exportAs = field('export', choice({ csv: { fr: 'CSV', en: 'CSV' }, xlsx: { fr: 'Excel', en: 'Excel' } }), {
  fr: ['Export', 'Exporter'],
  en: ['Export'],
});
export const part = field(
  'part',
  choice({
    products: { fr: 'produits', en: 'products' },
    boxes: { fr: 'box', en: 'boxes' },
    orders: { fr: 'commandes', en: 'orders' },
    domains: { fr: 'domaines', en: 'domains' },
    prices: { fr: 'prix', en: 'prices' },
    policy: { fr: 'règles', en: 'policy' },
  }),
  { fr: ['Partie'], en: ['Part'] },
);
export const topic = field('topic', textType(80), { fr: ['Pour'], en: ['For'] });

const numberLabels = { fr: ['Numéro', 'N°'], en: ['Number'] } as const;
/** `number` is the number of the command's own noun. */
export const numberOf = (prefix: string): Field<'number', string> => field('number', ref(prefix), numberLabels);
/** A declaration by its number or by its pack's. */
export const declarationOrPack = field('number', textType(60), numberLabels);
export const packNumber = field('number', textType(60), numberLabels);

export const orgNumber = numberOf('G');
/** The organisation that is to become a reseller: it has to be named. */
export const orgNamed = field('org', textType(120), {
  fr: ['Organisation', "Pour l'organisation"],
  en: ['Organisation', 'Organization', 'For organisation'],
});
export const displayName = field('display-name', textType(120), { fr: ["Nom d'affichage"], en: ['Display name'] });
export const registration = field('registration', textType(20), {
  fr: ['SIRET', 'SIREN', 'Immatriculation'],
  en: ['Company number', 'Registration'],
});
export const partyType = field(
  'type',
  choice({
    individual: { fr: 'particulier', en: 'individual' },
    company: { fr: 'société', en: 'company' },
    association: { fr: 'association', en: 'association' },
    publicbody: { fr: 'organisme public', en: 'public body' },
  }),
  { fr: ['Type', 'Type de client', "Type d'organisation"], en: ['Type', 'Customer type', 'Organisation type'] },
);
export const memberRole = field(
  'role',
  choice({
    owner: { fr: 'propriétaire', en: 'owner' },
    manager: { fr: 'gestionnaire', en: 'manager' },
    viewer: { fr: 'lecteur', en: 'viewer' },
  }),
  { fr: ['Rôle'], en: ['Role'] },
);
export const acceptTerms = field('accept-terms', bool, {
  fr: ['Conditions acceptées', "J'accepte les conditions"],
  en: ['Terms accepted', 'I accept the terms'],
  hint: { fr: 'définitif, ne peut pas être annulé', en: 'permanent, can’t be undone' },
});
/** The version of the terms that was read. */
export const terms = field('terms', textType(40), {
  fr: ['Version des conditions'],
  en: ['Version of the terms'],
  hint: { fr: 'celle que vous avez lue', en: 'the one you have read' },
});
export const domain = field('domain', domainName, {
  fr: ['Domaine', 'Nom de domaine'],
  en: ['Domain', 'Domain name'],
});
export const domains = field('domains', list(domainName, 500), {
  fr: ['Domaines', 'Noms de domaine'],
  en: ['Domains', 'Domain names'],
});
const customerLabels = {
  fr: ['Client', 'Numéro de client'],
  en: ['Customer', 'Customer number'],
} as const;
const itself = { fr: 'moi-même', en: 'self' } as const;
/** For whom a domain is bought: a customer's number, `new` to give one, `self` for the organisation itself. */
export const customer = field('customer', ref('C', { new: { fr: 'nouveau', en: 'new' }, self: itself }), {
  ...customerLabels,
  hint: { fr: 'son numéro C-…, « nouveau » ou « moi-même »', en: 'its number C-…, “new” or “self”' },
});
/** A customer that exists. */
export const ofCustomer = field('customer', ref('C', { self: itself }), customerLabels);
export const customerNumber = numberOf('C');
export const years = field('years', whole(1, 10), {
  fr: ['Durée', 'Années', "Nombre d'années"],
  en: ['Years', 'Period'],
});
export const authCode = field('auth-code', secretType, {
  fr: ['Code de transfert', "Code d'autorisation"],
  en: ['Auth code', 'Transfer code', 'EPP code'],
});
export const autoRenew = field('auto-renew', bool, {
  fr: ['Renouvellement automatique'],
  en: ['Auto-renew', 'Automatic renewal'],
});
export const maxPrice = field('max-price', amountType, {
  fr: ['Prix maximum'],
  en: ['Maximum price'],
  hint: { fr: 'taxes comprises', en: 'with tax' },
});
export const tags = field('tags', list(textType(30), 20), { fr: ['Étiquettes', 'Mots-clés'], en: ['Tags'] });
export const untag = field('untag', list(textType(30), 20), { fr: ['Étiquettes à retirer'], en: ['Tags to remove'] });
export const expiringWithin = field('expiring-within', whole(0, 3660), {
  fr: ['Expire dans', 'Expire sous'],
  en: ['Expiring within'],
  hint: { fr: 'en jours', en: 'in days' },
});
export const task = field('task', ref('W'), { fr: ['Tâche'], en: ['Task'] });
export const registrarReference = field('registrar-reference', textType(60), {
  fr: ['Référence du bureau'],
  en: ['Registrar reference'],
});
export const payment = field('payment', textType(60), {
  fr: ['Paiement', 'Référence de paiement'],
  en: ['Payment', 'Payment reference'],
});
export const months = field('months', whole(1, 24), { fr: ['Mois', 'Nombre de mois'], en: ['Months'] });
export const subject = field('subject', textType(150), { fr: ['Objet', 'Sujet'], en: ['Subject'] });
export const message = field('text', long(8000), { fr: ['Texte', 'Message'], en: ['Text', 'Message'] });
export const ticketNumber = numberOf('T');
/** A receipt's number: `R-2026-000123`. */
export const receiptNumber = field('number', textType(60), numberLabels);
/** Columns of an imported list of domains. */
export const customerEmail = field('customer-email', emailType, {
  fr: ['E-mail du client', 'Email du client'],
  en: ['Customer email'],
});
export const expires = field('expires', date, { fr: ['Expire le', 'Expiration'], en: ['Expires', 'Expiry'] });
