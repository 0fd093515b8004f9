/**
 * A certificate on paper: one A4 page, more when the references are many. Tagged for assistive technology; the same bytes
 * for the same certificate, so that a lost file can be made again.
 */
import { formatDay } from '../../locales/format.js';
import { certificateTexts, type CertificateTexts } from '../../locales/certificate-texts.js';
import type { Locale } from '../../locales/locale.js';
import { collected, ink, main, newDocument, Page, side, soft, type Document } from '../../papers/page.js';
import { codeOf, type Code } from '../../papers/qr-code.js';
import { shownAs } from './glyphs.js';
import { keyOf, pageOf, type Payload } from './payload.js';

export interface Drawn {
  readonly payload: Payload;
  readonly jws: string;
  readonly locale: Locale;
  readonly timeZone: string;
}

const fonts = { plain: 'Helvetica', bold: 'Helvetica-Bold', even: 'Courier' } as const;
const bottom = 52;
const labelWidth = 118;
const codeSize = 112;

/** Draws it. Everything in the payload is data: shown as it is, in one line, whatever it looks like. */
export async function drawCertificate(drawn: Drawn): Promise<Buffer> {
  const { payload, locale } = drawn;
  const texts = certificateTexts(locale);
  const made = new Date(payload.issued);
  const doc = await newDocument({
    ...{ title: `${texts.title} ${payload.number}`, author: payload.issuer.name },
    ...{ made, locale, bottom },
  });
  const bytes = collected(doc);
  const paper = new Paper(doc, texts);
  paper.head(payload);
  paper.facts(factsOf(drawn, texts));
  paper.proof(drawn, await codeOf(pageOf(payload)));
  doc.end();
  return bytes;
}

interface Fact {
  readonly label: string;
  /** A line each. */
  readonly value: readonly string[];
}

function factsOf({ payload, locale, timeZone }: Drawn, texts: CertificateTexts): readonly Fact[] {
  const { site, references } = payload;
  const day = (instant: string) => formatDay(new Date(instant), timeZone, locale);
  return [
    { label: texts.order, value: [payload.order] },
    { label: texts.site, value: [[site.name, site.city, site.number].filter(Boolean).join(' · ')] },
    { label: texts.generation, value: [payload.generation.name] },
    { label: texts.solution, value: [payload.solution.name] },
    ...(references.length > 0 ? [{ label: texts.references, value: references }] : []),
    { label: texts.issued, value: [day(payload.issued)] },
    { label: texts.validUntil, value: [day(payload.validUntil)] },
  ];
}

/** The parts of the page, from top to bottom. */
class Paper extends Page {
  readonly #texts: CertificateTexts;
  /** Something on the page is not what the payload has. */
  #replaced = false;

  constructor(doc: Document, texts: CertificateTexts) {
    super(doc, { bottom });
    this.#texts = texts;
  }

  head({ number, issuer }: Payload): void {
    const { title, statement } = this.#texts;
    this.band();
    this.say(issuer.name, { type: 'P', font: fonts.bold, size: 11, color: main });
    this.doc.moveDown(2);
    this.say(title, { type: 'H1', font: fonts.bold, size: 27, color: ink });
    this.doc.moveDown(0.2);
    this.say(number, { type: 'P', font: fonts.even, size: 15, color: main });
    this.doc.moveDown(1.4);
    this.say(statement(issuer.name), { type: 'P', font: fonts.plain, size: 11.5, color: ink });
    this.doc.moveDown(1.2);
  }

  facts(facts: readonly Fact[]): void {
    const list = this.doc.struct('L');
    this.root.add(list);
    for (const { label, value } of facts) {
      const shown = value.map((one) => this.shown(one)).join('\n');
      const doc = this.doc.font(fonts.bold).fontSize(11.5);
      const height = doc.heightOfString(shown, { width: this.width - labelWidth, lineGap: 2 });
      this.room(Math.min(height, 300) + 18);
      this.rule();
      const item = doc.struct('LI');
      list.add(item);
      const y = doc.y + 9;
      doc.font(fonts.plain).fontSize(10).fillColor(soft);
      doc.text(label, side, y + 1, { width: labelWidth, structParent: item, structType: 'Lbl' });
      doc.font(fonts.bold).fontSize(11.5).fillColor(ink);
      doc.text(shown, side + labelWidth, y, {
        width: this.width - labelWidth,
        lineGap: 2,
        structParent: item,
        structType: 'LBody',
      });
      doc.x = side;
      doc.y += 7;
    }
    this.rule();
  }

  /** The code, the page it leads to, and the signature. */
  proof({ payload, jws }: Drawn, code: Code): void {
    const doc = this.doc;
    const url = pageOf(payload);
    const { check, checkText, signature, signatureText, replaced } = this.#texts;
    const small = { width: this.width, lineGap: 0.6 };
    const print = doc.font(fonts.even).fontSize(5.4).heightOfString(jws, small);
    const height = codeSize + 22 + print + 44 + (this.#replaced ? 26 : 0);
    this.room(height + 24);
    const y = doc.page.height - bottom - height;
    const square = () => this.#draw(code, y);
    this.root.add(doc.struct('Figure', { alt: this.#texts.codeOf(url) }, square));
    const beside = { at: [side + codeSize + 22, y + 12] as const, width: this.width - codeSize - 22 };
    this.say(check, { type: 'H2', font: fonts.bold, size: 12.5, color: ink, ...beside });
    this.say(checkText, { type: 'P', font: fonts.plain, size: 10, color: ink, under: 3, ...beside, at: undefined });
    this.say(url, {
      type: 'P',
      font: fonts.bold,
      size: 10,
      color: main,
      under: 5,
      ...beside,
      at: undefined,
      link: url,
    });
    doc.x = side;
    doc.y = y + codeSize + 22;
    if (this.#replaced) this.say(replaced, { type: 'P', font: fonts.plain, size: 8.5, color: ink });
    if (this.#replaced) doc.y += 5;
    this.say(signature, { type: 'H2', font: fonts.bold, size: 8.5, color: soft });
    this.say(signatureText(keyOf(jws)), { type: 'P', font: fonts.plain, size: 7.5, color: soft, under: 1 });
    doc.y += 4;
    doc.font(fonts.even).fontSize(5.4).fillColor(soft);
    doc.text(jws, side, doc.y, { ...small, structParent: this.root, structType: 'P' });
  }

  /** Squares, not a picture: sharp at every size. */
  #draw({ size, runs }: Code, top: number): void {
    const one = codeSize / size;
    for (const { x, y, length } of runs) this.doc.rect(side + x * one, top + y * one, length * one, one);
    this.doc.fill('#000000');
  }

  protected override shown(text: string): string {
    const { text: shown, whole } = shownAs(text);
    if (!whole) this.#replaced = true;
    return shown;
  }
}
