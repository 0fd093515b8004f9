/** Why a document or a dossier was not taken, in both languages, and what such files are called. */
import type { Locale } from './locale.js';

type Params = Readonly<Record<string, unknown>>;
type Say = Readonly<Record<string, (params: Params, what: string) => string>>;

const s = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** What people call the files that are sent by mistake; others are named by their media type. */
const kinds: Readonly<Record<string, readonly [fr: string, en: string]>> = {
  'application/x-msdownload': ['un programme Windows', 'a Windows program'],
  'application/x-elf': ['un programme Linux', 'a Linux program'],
  'application/x-mach-binary': ['un programme macOS', 'a macOS program'],
  'application/x-cfb': [
    'un fichier Office ancien (.doc, .xls) ou un message Outlook',
    'an old Office file (.doc, .xls) or an Outlook message',
  ],
  'application/zip': ['une archive ZIP', 'a ZIP archive'],
  'application/x-rar-compressed': ['une archive RAR', 'a RAR archive'],
  'application/x-7z-compressed': ['une archive 7z', 'a 7z archive'],
  'application/gzip': ['une archive gzip', 'a gzip archive'],
  'application/vnd.ms-word.document.macroenabled.12': ['un document Word avec macros', 'a Word document with macros'],
  'application/vnd.ms-excel.sheet.macroenabled.12': ['un classeur Excel avec macros', 'an Excel workbook with macros'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': [
    'une présentation PowerPoint',
    'a PowerPoint presentation',
  ],
  'application/vnd.oasis.opendocument.spreadsheet': ['un classeur OpenDocument', 'an OpenDocument spreadsheet'],
  'application/rtf': ['un texte RTF', 'an RTF text'],
  'application/xml': ['du XML', 'XML'],
  'image/gif': ['une image GIF', 'a GIF picture'],
  'image/webp': ['une image WebP', 'a WebP picture'],
  'image/tiff': ['une image TIFF', 'a TIFF picture'],
  'image/heic': ['une image HEIC', 'a HEIC picture'],
  'image/bmp': ['une image BMP', 'a BMP picture'],
};

const fr: Say = {
  'document-empty': (p) => `${s(p['name'])} est vide : vérifiez-le et envoyez-le à nouveau.`,
  'document-large': (p) => `${s(p['name'])} est trop grand : ${s(p['max'])} Mo au plus. Réduisez-le ou divisez-le.`,
  'document-many': (p) => `Une commande prend ${s(p['max'])} documents au plus ; il y en aurait ${s(p['count'])}.`,
  'ticket-files': (p) =>
    `Un ticket prend ${s(p['max'])} fichiers au plus : ouvrez-en un autre, ou écrivez sans fichier.`,
  'document-type': (p, what) =>
    `${s(p['name'])} est ${what}. Envoyez un PDF, une image PNG ou JPEG, ou un document DOCX, XLSX ou ODT.`,
  'document-macros': (p) =>
    `${s(p['name'])} contient des macros. Enregistrez-le sans macros, ou en PDF, et envoyez cela.`,
  'document-protected': (p) =>
    `${s(p['name'])} est protégé par un mot de passe : enregistrez-le sans mot de passe et envoyez-le à nouveau.`,
  'document-damaged': (p) =>
    `${s(p['name'])} ne s’ouvre pas : il est endommagé ou incomplet. Ouvrez l’original, enregistrez-le à nouveau, par exemple en PDF, et envoyez cela.`,
  'document-pages': (p) => `${s(p['name'])} n’a aucune page : enregistrez-le à nouveau et envoyez-le.`,
  'document-unpacked': (p) =>
    `${s(p['name'])} n’a pas été ouvert : décompressé, il dépasserait ${s(p['atMost'])} Mo. Enregistrez-le en PDF et envoyez cela.`,
  'document-pixels': (p) =>
    `${s(p['name'])} a plus de ${s(p['atMost'])} millions de pixels : enregistrez l’image en plus petit et envoyez-la à nouveau.`,
  'document-dear': (p) =>
    `${s(p['name'])} n’a pas pu être vérifié : l’ouvrir prend trop de temps ou de mémoire. Enregistrez-le à nouveau, plus simple ou plus petit, et envoyez cela.`,
  'document-refused': (p) =>
    `L’antivirus a refusé ${s(p['name'])}${p['because'] ? ` : ${s(p['because'])}` : ''}. Envoyez un autre fichier.`,
  'document-unscanned': (p) =>
    `L’antivirus n’a pas pu examiner ${s(p['name'])}, qui n’a donc pas été pris. Ce n’est pas de votre fait : essayez à nouveau dans quelques minutes.`,
  'dossier-unreadable': () => 'Ce n’est pas un dossier de commande de Guichet : son manifeste manque ou est illisible.',
  'dossier-large': () => 'Ce fichier déclare plus de contenu qu’un dossier n’en a : il n’a pas été ouvert.',
  'dossier-missing': (p) => `Le dossier n’est pas entier : ${s(p['entry'])} manque.`,
  'dossier-altered': (p) => `Le dossier a été modifié : ${s(p['entry'])} n’est plus ce que dit le manifeste.`,
  'dossier-added': (p) => `Le dossier a été modifié : ${s(p['entry'])} n’est pas dans le manifeste.`,
};

const en: Say = {
  'document-empty': (p) => `${s(p['name'])} is empty: check it and send it again.`,
  'document-large': (p) => `${s(p['name'])} is too large: at most ${s(p['max'])} MB. Make it smaller or split it.`,
  'document-many': (p) => `An order takes at most ${s(p['max'])} documents; it would have ${s(p['count'])}.`,
  'ticket-files': (p) => `A ticket takes at most ${s(p['max'])} files: open another one, or write without a file.`,
  'document-type': (p, what) =>
    `${s(p['name'])} is ${what}. Send a PDF, a PNG or JPEG picture, or a DOCX, XLSX or ODT document.`,
  'document-macros': (p) => `${s(p['name'])} contains macros. Save it without macros, or as PDF, and send that.`,
  'document-protected': (p) => `${s(p['name'])} is protected by a password: save it without one and send it again.`,
  'document-damaged': (p) =>
    `${s(p['name'])} does not open: it is damaged or not whole. Open the original, save it again, for example as PDF, and send that.`,
  'document-pages': (p) => `${s(p['name'])} has no page: save it again and send it.`,
  'document-unpacked': (p) =>
    `${s(p['name'])} was not opened: unpacked it would be more than ${s(p['atMost'])} MB. Save it as PDF and send that.`,
  'document-pixels': (p) =>
    `${s(p['name'])} has more than ${s(p['atMost'])} million pixels: save the picture smaller and send it again.`,
  'document-dear': (p) =>
    `${s(p['name'])} could not be checked: opening it takes too much time or memory. Save it again, simpler or smaller, and send that.`,
  'document-refused': (p) =>
    `The virus scanner refused ${s(p['name'])}${p['because'] ? `: ${s(p['because'])}` : ''}. Send another file.`,
  'document-unscanned': (p) =>
    `The virus scanner could not look at ${s(p['name'])}, so it was not taken. This is no fault of yours: try again in a few minutes.`,
  'dossier-unreadable': () => 'This is no order dossier of Guichet: its manifest is missing or unreadable.',
  'dossier-large': () => 'This file declares more content than a dossier has: it was not opened.',
  'dossier-missing': (p) => `The dossier is not whole: ${s(p['entry'])} is missing.`,
  'dossier-altered': (p) => `The dossier was changed: ${s(p['entry'])} is not what the manifest says.`,
  'dossier-added': (p) => `The dossier was changed: ${s(p['entry'])} is not in the manifest.`,
};

/** The sentence of a document's or dossier's refusal; undefined when it is about another kind of file. */
export function documentRefusal(locale: Locale, params: Params): string | undefined {
  const say = { fr, en }[locale][s(params['why'])];
  return say?.(params, kindName(s(params['type']), locale));
}

function kindName(type: string, locale: Locale): string {
  const known = kinds[type.toLowerCase()];
  if (known) return known[locale === 'fr' ? 0 : 1];
  if (type === '') return locale === 'fr' ? 'd’un type inconnu' : 'of an unknown kind';
  return locale === 'fr' ? `un fichier ${type}` : `a file of type ${type}`;
}
