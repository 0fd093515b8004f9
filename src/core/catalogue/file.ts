/** One file of the catalogue that somebody hands in: which part it is, what it says, what is wrong with it. */
import { WorkerFault, type WorkerThreads, type Job } from '../threads/worker.js';
import { checkPart, type Known } from './check.js';
import { catalogueFiles, Page, partNames, Source, type Part } from './page.js';
import type { FileFault } from './faults.js';

export type CatalogueReading =
  | { readonly part: Part; readonly raw: unknown; readonly faults?: undefined }
  | { readonly faults: readonly FileFault[]; readonly part?: undefined };

/** The part whose keys stand at the top; a file with keys of several is what most of them say. */
function partOf(raw: unknown): Part | undefined {
  const keys = typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? Object.keys(raw) : [];
  const counts = partNames.map((part) => ({
    part,
    count: keys.filter((key) => Object.hasOwn(catalogueFiles[part].shape, key)).length,
  }));
  return counts.reduce((a, b) => (b.count > a.count ? b : a), { part: undefined as Part | undefined, count: 0 }).part;
}

/** Reads and checks it. @param name of the file, as faults name it */
export function readCatalogueText(text: string, { name, known }: { name: string; known: Known }): CatalogueReading {
  const faults: FileFault[] = [];
  const told = { file: name, faults };
  const source = new Source(text, told);
  if (faults.length > 0) return { faults };
  const part = partOf(source.raw);
  if (!part) {
    const fix = partNames.map((one) => `${one}: ${Object.keys(catalogueFiles[one].shape).join(', ')}`).join('; ');
    return { faults: [{ file: name, fault: 'no part of the catalogue', fix: `At the top stand, of ${fix}.` }] };
  }
  const page = new Page(part, source, told);
  checkPart(page, known);
  return faults.length > 0 ? { faults } : { part, raw: source.raw };
}

const job: Job<typeof import('./read-job.js')> = {
  module: new URL('./read-job.js', import.meta.url),
  timeMs: 60_000,
  heapMb: 512,
};

/** Some milliseconds: less work than handing it over. */
const smallBytes = 16 * 1024;

/**
 * Reads a file at a bounded cost: a large one in a thread that can be ended.
 * @throws {WorkerFault} `closed` when the desk is stopping
 */
export async function readCatalogueFile(
  content: Buffer,
  { name, known, aside }: { name: string; known: Known; aside: WorkerThreads },
): Promise<CatalogueReading> {
  const bad = (fault: string, fix: string): CatalogueReading => ({ faults: [{ file: name, fault, fix }] });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return bad('no text in UTF-8', 'Save it as YAML in UTF-8.');
  }
  if (content.length <= smallBytes) return readCatalogueText(text, { name, known });
  return aside.run(job, { text, name, known }).catch((error: unknown) => {
    if (!(error instanceof WorkerFault) || error.why === 'closed') throw error;
    return bad('takes too long to read', 'Check that it is a file of the catalogue.');
  });
}
