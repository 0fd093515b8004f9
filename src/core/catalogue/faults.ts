/** One thing wrong in a file that a vendor edits, and what to do about it. */
export interface FileFault {
  /** Relative to the folder that was loaded. */
  file: string;
  /** Counted from 1; absent when the fault is no line's. */
  line?: number | undefined;
  /** Where inside the file, as `packs.0.name.fr`. */
  path?: string | undefined;
  fault: string;
  fix: string;
}

/** Thrown by the loaders of letters and catalogue: every fault of the folder at once, so that one edit is enough. */
export class FileFaults extends Error {
  readonly faults: readonly FileFault[];

  constructor(folder: string, faults: readonly FileFault[]) {
    const lines = faults.map((it) => `  ${place(it)}: ${it.fault}. ${it.fix}`);
    super(`${faults.length} fault${faults.length > 1 ? 's' : ''} in ${folder}:\n${lines.join('\n')}`);
    this.name = 'FileFaults';
    this.faults = faults;
  }
}

function place({ file, line, path }: FileFault): string {
  return file + (line === undefined ? '' : `:${line}`) + (path ? ` (${path})` : '');
}
