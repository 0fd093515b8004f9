/** Mail that only its reader's key opens, which the desk does not have, and signed mail, which it reads as it stands. */
import type { MailAttachment } from '../wire/message.js';

/** S/MIME (RFC 8551) and PGP/MIME (RFC 3156); what is signed in one piece is as closed to us as what is encrypted. */
const sealedWhole = /^(multipart\/encrypted|application\/(x-)?pkcs7-mime)$/;
const sealedPart = /^(application\/pgp-encrypted|application\/(x-)?pkcs7-mime)$/;

/** Whether what the mail says can't be read for being encrypted. A note beside the encrypted part does not make it readable. */
export function isEncrypted(mail: {
  contentType: string;
  text: string;
  attachments: readonly Pick<MailAttachment, 'type'>[];
}): boolean {
  if (sealedWhole.test(mail.contentType) || mail.attachments.some(({ type }) => sealedPart.test(type))) return true;
  return /^[ \t]{0,8}-----BEGIN PGP MESSAGE-----$/m.test(mail.text.slice(0, 4096));
}

const begin = '-----BEGIN PGP SIGNED MESSAGE-----';

/**
 * A clear-signed text (RFC 9580 §7) without its armour and dash-escapes; whether the signature is good is not looked at.
 * Any other text as it is.
 */
export function withoutArmour(text: string): string {
  const start = text.indexOf(begin);
  // quoted or somewhere in the middle it is somebody else's
  if (start < 0 || text.slice(0, start).trim() !== '') return text;
  const body = text.indexOf('\n\n', start);
  const end = text.indexOf('\n-----BEGIN PGP SIGNATURE-----', start);
  if (body < 0 || end < body) return text;
  const after = /-----END PGP SIGNATURE-----\n?/.exec(text.slice(end));
  const rest = after ? text.slice(end + after.index + after[0].length) : '';
  return `${text.slice(body + 2, end).replace(/^- /gm, '')}${rest ? `\n${rest}` : ''}`;
}
