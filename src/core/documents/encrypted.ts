/** Word and Excel files with a password: no ZIP archive any more, but a stream of an old Office file (MS-OFFCRYPTO 2.3.4). */

const compound = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const stream = Buffer.from('EncryptedPackage', 'utf16le');

export const isEncryptedOffice = (content: Buffer): boolean =>
  content.subarray(0, compound.length).equals(compound) && content.includes(stream);
