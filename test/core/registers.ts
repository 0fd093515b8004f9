/** Files of a manufacturer's register. */

/** The MAC address of the device of this number. */
export const macOf = (n: number): string =>
  `02:00:${[24, 16, 8, 0].map((shift) => ((n >>> shift) & 255).toString(16).toUpperCase().padStart(2, '0')).join(':')}`;
export const codeOf = (n: number): string => `WS-${String(n).padStart(8, '0')}`;

export const fileOf = (content: string | Buffer, name = 'register.csv') => ({
  name,
  type: 'application/octet-stream',
  content: Buffer.from(content as string),
});

/** So many devices, from the one of number `first`; made in pieces, so that it takes its own size of memory. */
export function registerFile(rows: number, first = 1) {
  const pieces = [Buffer.from('code-id;mac;model\n')];
  for (let n = first; n < first + rows; n += 1_000) {
    const some = Array.from({ length: Math.min(1_000, first + rows - n) }, (_, at) => n + at);
    const lines = some.map(
      (one) => `${codeOf(one)};${macOf(one)};Serveur web Pro, série ${one % 7}, fabriqué en Bourgogne\n`,
    );
    pieces.push(Buffer.from(lines.join('')));
  }
  return fileOf(Buffer.concat(pieces));
}
