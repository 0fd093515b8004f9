/** Why a file could not be read as a table; told to the asker as `file.refused`. */
export class SheetFault extends Error {
  override name = 'SheetFault';
  readonly why:
    'type' | 'damaged' | 'protected' | 'unpacked' | 'dear' | 'empty' | 'rows' | 'million' | 'wide' | 'header' | 'sheet';
  /** `line`: where a text is damaged; `atMost`: MiB; `sheet` and `sheets`: the one that was asked for and those there are. */
  readonly params: Readonly<Record<string, string | number>>;
  constructor(why: SheetFault['why'], params: SheetFault['params'] = {}) {
    super(why);
    this.why = why;
    this.params = params;
  }
}

/** Rows below the header. */
export const rowsAtMost = 10_000;
/** The same of a text that is read a part at a time. */
export const rowsInPartsAtMost = 1_000_000;
/** No command has a tenth of it. */
export const columnsAtMost = 256;

/** One row of cells, blank ones included as long as another follows. */
export interface Line {
  /** As the person counts: the first line is 1. */
  readonly line: number;
  readonly cells: readonly string[];
}
