/** What an erased account loses, and what the law keeps of it, in both languages (X11; docs/personal-data.md). */
import type { Locale } from './locale.js';

/** What goes. */
export type ErasedWhat =
  | 'profile'
  | 'addresses'
  | 'discordUsers'
  | 'access'
  | 'memberships'
  | 'installer'
  | 'devices'
  | 'customers'
  | 'tickets'
  | 'mails'
  | 'history';

/** What stays. */
export type KeptWhat =
  | 'declarations'
  | 'packs'
  | 'placed'
  | 'orders'
  | 'siteChanges'
  | 'approvals'
  | 'devices'
  | 'contacts'
  | 'customers'
  | 'tasks'
  | 'receipts'
  | 'terms'
  | 'tickets'
  | 'audit';

export interface PersonalTexts {
  readonly erased: Readonly<Record<ErasedWhat, string>>;
  readonly kept: Readonly<Record<KeptWhat, { readonly what: string; readonly why: string }>>;
}

// Chat shows 26 characters of a table's cell; the sentence above the tables says the rest.
const fr: PersonalTexts = {
  erased: {
    profile: 'Nom, société, coordonnées',
    addresses: 'Adresses de messagerie',
    discordUsers: 'Utilisateurs Discord',
    access: 'Mot de passe, sessions',
    memberships: 'Appartenances',
    installer: 'Rôle d’installateur',
    devices: 'Dispositifs et données',
    customers: 'Fiches de client',
    tickets: 'Messages au support',
    mails: 'Messages échangés',
    history: 'Détails du journal',
  },
  kept: {
    declarations: { what: 'Ventes, telles que saisies', why: '10 ans : C. com. L123-22' },
    packs: { what: 'Service packs du compte', why: '10 ans : C. com. L123-22' },
    placed: { what: 'Déclarations faites', why: '10 ans : C. com. L123-22' },
    orders: { what: 'Commandes et certificats', why: '10 ans : C. com. L123-22' },
    siteChanges: { what: 'Corrections de sites', why: '10 ans : C. com. L123-22' },
    approvals: { what: 'Demandes et décisions', why: '10 ans : C. com. L123-22' },
    devices: { what: 'Dispositifs retirés', why: 'registre du fabricant' },
    contacts: { what: 'Fiches d’un partenaire', why: 'sont à lui : demandez-lui' },
    customers: { what: 'Titulaire de domaines', why: 'contrat avec le registre' },
    tasks: { what: 'Opérations demandées', why: '10 ans : C. com. L123-22' },
    receipts: { what: 'Reçus à ce nom', why: '10 ans : C. com. L123-22' },
    terms: { what: 'Conditions acceptées', why: 'preuve du contrat' },
    tickets: { what: 'Tickets, sans leur texte', why: 'suivi du support' },
    audit: { what: 'Lignes du journal', why: 'preuve d’intégrité' },
  },
};

const en: PersonalTexts = {
  erased: {
    profile: 'Name, company, whereabouts',
    addresses: 'Mail addresses',
    discordUsers: 'Discord users',
    access: 'Password, sessions',
    memberships: 'Memberships',
    installer: 'Role of installer',
    devices: 'Devices and their data',
    customers: 'Files as a customer',
    tickets: 'Messages to support',
    mails: 'Mails exchanged',
    history: 'Details of the audit',
  },
  kept: {
    declarations: { what: 'Sales, as entered', why: '10 years: C. com. L123-22' },
    packs: { what: 'Service packs', why: '10 years: C. com. L123-22' },
    placed: { what: 'Declarations placed', why: '10 years: C. com. L123-22' },
    orders: { what: 'Orders and certificates', why: '10 years: C. com. L123-22' },
    siteChanges: { what: 'Corrections of sites', why: '10 years: C. com. L123-22' },
    approvals: { what: 'Requests and decisions', why: '10 years: C. com. L123-22' },
    devices: { what: 'Removed devices', why: 'the maker’s register' },
    contacts: { what: 'Files of a partner', why: 'theirs: ask the partner' },
    customers: { what: 'Holder of domains', why: 'contract of the registry' },
    tasks: { what: 'Operations ordered', why: '10 years: C. com. L123-22' },
    receipts: { what: 'Receipts to that name', why: '10 years: C. com. L123-22' },
    terms: { what: 'Terms agreed to', why: 'proof of the contract' },
    tickets: { what: 'Tickets, without text', why: 'record of support' },
    audit: { what: 'Rows of the audit', why: 'proof of integrity' },
  },
};

const texts: Readonly<Record<Locale, PersonalTexts>> = { fr, en };

export const personalTextsOf = (locale: Locale): PersonalTexts => texts[locale];
