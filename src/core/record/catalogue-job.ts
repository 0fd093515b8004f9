/** The job of reading a file of the catalogue (aside.ts). */
import type { Known } from './catalogue-check.js';
import { readCatalogueText, type CatalogueReading } from './catalogue-file.js';

export default ({ text, ...more }: { text: string; name: string; known: Known }): CatalogueReading =>
  readCatalogueText(text, more);
