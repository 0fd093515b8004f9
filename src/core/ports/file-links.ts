/** What doors need beside an answer whose file is too large to go along: a link to it. */
export { attachableBytes, linkFile, type FileLink, type LinkedFile } from '../programmes/parties/file-link.js';
