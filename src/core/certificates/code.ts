/** QR codes on paper. */
import { create } from 'qrcode';

/** Draws squares, not a picture: sharp at every size. Runs in a row are one rectangle. Points. */
export function drawCode(
  doc: PDFKit.PDFDocument,
  text: string,
  { x, y, size }: { x: number; y: number; size: number },
): void {
  const { size: modules, data } = create(text, { errorCorrectionLevel: 'M' }).modules;
  const one = size / modules;
  for (let row = 0; row < modules; row += 1)
    for (let from = 0; from < modules; from += 1) {
      let to = from;
      while (to < modules && data[row * modules + to]) to += 1;
      if (to > from) doc.rect(x + from * one, y + row * one, (to - from) * one, one);
      from = to;
    }
  doc.fill('#000000');
}
