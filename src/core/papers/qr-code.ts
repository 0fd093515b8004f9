/** QR codes: what is dark, for whoever draws it, on paper or on a page. */

/** Dark squares beside one another in a row, counted from the upper left. */
export interface Run {
  readonly x: number;
  readonly y: number;
  readonly length: number;
}

export interface Code {
  /** Squares on each side. */
  readonly size: number;
  readonly runs: readonly Run[];
}

/** A text as a code that a scratch on it does not spoil (ISO/IEC 18004, level M). */
export async function codeOf(text: string): Promise<Code> {
  // few commands draw one, and every start would load it
  const { create } = await import('qrcode');
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules;
  const runs: Run[] = [];
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1) {
      const from = x;
      while (x < size && data[y * size + x]) x += 1;
      if (x > from) runs.push({ x: from, y, length: x - from });
    }
  return { size, runs };
}
