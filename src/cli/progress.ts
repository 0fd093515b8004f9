/** How far a long command is, told on stderr: stdout is for the answer. */

export interface ProgressOut {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Progress {
  tell(text: string): void;
  /** Takes the line away again, before the answer. */
  end(): void;
}

const everyMs = { shown: 100, printed: 2_000 } as const;
const eraseLine = '\r\u001B[K';

/** On a terminal one line that changes in its place; elsewhere, as in a log, a line every two seconds. */
export function createProgress(out: ProgressOut, nowMs: () => number): Progress {
  const tty = out.isTTY === true;
  let lastMs = tty ? Number.NEGATIVE_INFINITY : nowMs();
  let shown = false;
  return {
    tell(text) {
      if (nowMs() - lastMs < (tty ? everyMs.shown : everyMs.printed)) return;
      lastMs = nowMs();
      shown = tty;
      out.write(tty ? `${eraseLine}${text}` : `${text}\n`);
    },
    end() {
      if (shown) out.write(eraseLine);
      shown = false;
    },
  };
}
