/** What the desk's papers (certificates, receipts) have in common: an A4 page, tagged for assistive technology. */
import type { Locale } from '../locales/locale.js';

export type Document = PDFKit.PDFDocument;
export type Structure = ReturnType<Document['struct']>;

export const [ink, soft, line, main] = ['#1c2321', '#57625e', '#d5dad7', '#0b5d50'];
// points; A4 is 595 by 842
export const [side, top] = [56, 64];

/** @param about.made the instant it bears: the same content makes the same bytes, whenever it is drawn */
export async function newDocument(about: {
  readonly title: string;
  readonly author: string;
  readonly made: Date;
  readonly locale: Locale;
  readonly bottom: number;
  readonly bufferPages?: boolean;
}): Promise<Document> {
  // few commands draw, and every start would load it with its fonts
  const { default: PDFDocument } = await import('pdfkit');
  return new PDFDocument({
    size: 'A4',
    margins: { top, bottom: about.bottom, left: side, right: side },
    ...(about.bufferPages ? { bufferPages: true } : {}),
    pdfVersion: '1.7',
    tagged: true,
    lang: about.locale,
    displayTitle: true,
    info: {
      Title: about.title,
      Author: about.author,
      Creator: 'Guichet',
      CreationDate: about.made,
      ModDate: about.made,
    },
  });
}

/** Its bytes, once it has ended. */
export function collected(doc: Document): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    doc.on('data', (piece: Buffer) => pieces.push(piece));
    doc.on('error', reject);
    doc.on('end', () => resolve(Buffer.concat(pieces)));
  });
}

export interface Saying {
  /** Its role in the document's structure: `P`, `H1`. */
  readonly type: string;
  readonly font: string;
  readonly size: number;
  readonly color: string;
  readonly at?: readonly [number, number] | undefined;
  readonly width?: number;
  /** Points above it. */
  readonly under?: number;
  readonly link?: string;
}

/** A page that is written from top to bottom; a paper is a kind of it. */
export abstract class Page {
  protected readonly doc: Document;
  protected readonly root: Structure;
  protected readonly width: number;
  readonly #bottom: number;

  constructor(doc: Document, { bottom }: { bottom: number }) {
    this.doc = doc;
    this.#bottom = bottom;
    this.width = doc.page.width - 2 * side;
    this.root = doc.struct('Document');
    doc.addStructure(this.root);
  }

  /** Text from outside as it may stand on the page. */
  protected abstract shown(text: string): string;

  protected say(text: string, how: Saying): void {
    const doc = this.doc.font(how.font).fontSize(how.size).fillColor(how.color);
    const [x, y] = how.at ?? [doc.x, doc.y + (how.under ?? 0)];
    doc.text(this.shown(text), x, y, {
      width: how.width ?? this.width,
      lineGap: 1.5,
      structParent: this.root,
      structType: how.type,
      ...(how.link === undefined ? {} : { link: how.link }),
    });
  }

  /** A new page where so much would not fit. */
  protected room(points: number): void {
    if (this.doc.y + points > this.doc.page.height - this.#bottom) this.doc.addPage();
  }

  protected band(): void {
    this.artifact(() => this.doc.rect(0, 0, this.doc.page.width, 10).fill(main));
  }

  protected rule(): void {
    const { y } = this.doc;
    this.artifact(() =>
      this.doc
        .moveTo(side, y)
        .lineTo(side + this.width, y)
        .lineWidth(0.7)
        .stroke(line),
    );
  }

  /** What only looks good, and is read to nobody. */
  protected artifact(draw: () => void): void {
    this.doc.markContent('Artifact', { type: 'Layout' });
    draw();
    this.doc.endMarkedContent();
  }
}
