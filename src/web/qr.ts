/** QR codes on a page: an image in the page itself, as its policy asks. */
import { create } from 'qrcode';

/** Modules of white around it that scanners want (ISO/IEC 18004). */
const quiet = 4;

/** @returns the `src` of an image, black on white whatever the page's colours */
export function codeImage(text: string): string {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules;
  const runs: string[] = [];
  for (let row = 0; row < size; row += 1)
    for (let from = 0; from < size; from += 1) {
      let to = from;
      while (to < size && data[row * size + to]) to += 1;
      if (to > from) runs.push(`M${from + quiet} ${row + quiet}h${to - from}v1h${from - to}z`);
      from = to;
    }
  const side = size + 2 * quiet;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><rect width="${side}" height="${side}" fill="#fff"/><path d="${runs.join('')}"/></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}
