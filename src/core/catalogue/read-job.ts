/** The job of reading a file of the catalogue (worker.ts). */
import type { Known } from './check.js';
import { readCatalogueText, type CatalogueReading } from './file.js';

export default ({ text, ...more }: { text: string; name: string; known: Known }): CatalogueReading =>
  readCatalogueText(text, more);
