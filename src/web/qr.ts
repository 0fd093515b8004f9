/** QR codes on a page: an image in the page itself, as its policy asks. */
import { codeOf } from '../core/papers/qr-code.js';

/** Squares of white around it that scanners want (ISO/IEC 18004). */
const quiet = 4;

/** @returns the `src` of an image, black on white whatever the page's colours */
export async function codeImage(text: string): Promise<string> {
  const { size, runs } = await codeOf(text);
  const path = runs.map(({ x, y, length }) => `M${x + quiet} ${y + quiet}h${length}v1h${-length}z`).join('');
  const side = size + 2 * quiet;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><rect width="${side}" height="${side}" fill="#fff"/><path d="${path}"/></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}
