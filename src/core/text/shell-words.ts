/** Splits a typed line into words as a shell would, with quotes; a quote that is not closed is left out. */
export function splitLine(line: string): string[] {
  const words = line.matchAll(wordShape);
  return [...words].map(([word]) =>
    word.replace(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
      (_, double: string | undefined, single: string | undefined) => double?.replace(/\\(.)/g, '$1') ?? single ?? '',
    ),
  );
}

/** Whether every quote of a line is closed. */
export const isClosed = (line: string): boolean => !/["']/.test(line.replace(wordShape, ''));

const wordShape = /(?:[^\s"']+|"(?:[^"\\]|\\.)*"|'[^']*')+/g;
