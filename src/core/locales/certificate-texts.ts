/** What stands on a certificate, in both languages. */
import type { Locale } from './locale.js';

const fr = {
  title: 'Certificat d’activation',
  statement: (issuer: string) => `${issuer} atteste l’activation de la solution ci-dessous pour ce site.`,
  order: 'Commande',
  site: 'Site',
  generation: 'Génération',
  solution: 'Solution',
  references: 'Références',
  issued: 'Délivré le',
  validUntil: 'Valable jusqu’au',
  check: 'Vérifier ce certificat',
  checkText: 'Lisez ce code avec un téléphone, ou ouvrez cette page : elle dit si le certificat vaut toujours.',
  codeOf: (url: string) => `Code QR : ${url}`,
  signature: 'Signature électronique',
  signatureText: (kid: string) =>
    `JWS, Ed25519, clé ${kid}. Pour la vérifier sans cette page, réunissez ces lignes en une seule.`,
  replaced:
    'Certaines lettres d’un nom sont montrées ici sans leur accent, ou par « ? ». La signature contient le nom exact.',
};

/** A text missing in one language does not compile. */
export type CertificateTexts = typeof fr;

const en: CertificateTexts = {
  title: 'Activation certificate',
  statement: (issuer) => `${issuer} certifies the activation of the solution below for this site.`,
  order: 'Order',
  site: 'Site',
  generation: 'Generation',
  solution: 'Solution',
  references: 'References',
  issued: 'Issued on',
  validUntil: 'Valid until',
  check: 'Check this certificate',
  checkText: 'Scan this code with a phone, or open this page: it tells whether the certificate still holds.',
  codeOf: (url) => `QR code: ${url}`,
  signature: 'Electronic signature',
  signatureText: (kid) => `JWS, Ed25519, key ${kid}. To check it without that page, join these lines into one.`,
  replaced:
    'Some letters of a name are shown here without their accent, or as “?”. The signature holds the exact name.',
};

const texts: Readonly<Record<Locale, CertificateTexts>> = { fr, en };

export const certificateTexts = (locale: Locale): CertificateTexts => texts[locale];
