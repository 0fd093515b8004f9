/**
 * A receipt on paper, from what was frozen when it was issued and nothing else: the same bytes each time. A4, tagged for
 * assistive technology, in a font that has the letters of every European name.
 */
import { createRequire } from 'node:module';
import { formatDay, formatMoney } from '../../locales/format.js';
import type { Locale } from '../../locales/locale.js';
import { receiptTexts, type ReceiptTexts } from '../../locales/receipt-texts.js';
import { oneLine } from '../../letters/markup.js';
import {
  collected,
  ink,
  main,
  newDocument,
  Page,
  side,
  soft,
  type Document,
  type Structure,
} from '../../papers/page.js';
import type { ReceiptContent } from './receipt.js';

export interface Drawn {
  readonly number: string;
  readonly kind: string;
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
  readonly currency: string;
  readonly locale: Locale;
  readonly content: ReceiptContent;
}

const font = (name: string): string => createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
const fonts = { plain: font('DejaVuSans'), bold: font('DejaVuSans-Bold') } as const;
const bottom = 60;
const [labelWidth, moneyWidth] = [118, 120];

/** Draws it. Everything in the content is data: shown as it is, in one line, whatever it looks like. */
export async function drawReceipt(drawn: Drawn): Promise<Buffer> {
  const { content, locale, number } = drawn;
  const texts = receiptTexts(locale);
  const title = titleOf(drawn, texts);
  const made = new Date(`${content.day}T00:00:00Z`);
  const doc = await newDocument({
    ...{ title: `${title} ${number}`, author: content.seller.name },
    ...{ made, locale, bottom, bufferPages: true },
  });
  const bytes = collected(doc);
  doc.registerFont('plain', fonts.plain).registerFont('bold', fonts.bold);
  const paper = new Paper(doc, { drawn, texts });
  paper.head(title);
  paper.facts();
  paper.lines();
  paper.sums();
  paper.notes();
  paper.feet();
  doc.end();
  return bytes;
}

const titleOf = ({ kind }: Drawn, { titles }: ReceiptTexts): string =>
  titles[kind === 'topup' || kind === 'refund' ? kind : 'charge'];

/** The parts of the page, from top to bottom. */
class Paper extends Page {
  readonly #drawn: Drawn;
  readonly #texts: ReceiptTexts;

  constructor(doc: Document, { drawn, texts }: { drawn: Drawn; texts: ReceiptTexts }) {
    super(doc, { bottom });
    this.#drawn = drawn;
    this.#texts = texts;
  }

  head(title: string): void {
    const { content, number } = this.#drawn;
    this.band();
    this.say(content.seller.name, { type: 'P', font: 'bold', size: 11, color: main });
    this.doc.moveDown(1.5);
    this.say(title, { type: 'H1', font: 'bold', size: 24, color: ink });
    this.say(number, { type: 'P', font: 'bold', size: 14, color: main });
    this.doc.moveDown(1);
  }

  facts(): void {
    const { content, locale } = this.#drawn;
    const { issued, buyer, object, of, vatNumber } = this.#texts;
    const { number, name, address, vat } = content.buyer;
    const day = formatDay(new Date(`${content.day}T00:00:00Z`), 'UTC', locale);
    const about = [...(content.object ? [content.object] : []), ...(content.of ? [of(content.of)] : [])];
    const facts = [
      { label: issued, value: [day] },
      { label: buyer, value: [name, ...address, ...(vat ? [vatNumber(vat)] : []), number] },
      ...(about.length > 0 ? [{ label: object, value: about }] : []),
    ];
    const list = this.doc.struct('L');
    this.root.add(list);
    for (const { label, value } of facts) {
      const item = this.doc.struct('LI');
      list.add(item);
      this.#row({ left: label, right: value.map((one) => oneLine(one)).join('\n') }, { item, split: labelWidth });
    }
    this.doc.moveDown(1);
  }

  lines(): void {
    const { content, kind } = this.#drawn;
    const { line: heading, amount, paid } = this.#texts;
    const table = this.doc.struct('Table');
    this.root.add(table);
    const widths = { split: this.width - moneyWidth, table: true };
    this.#row(
      { left: heading, right: kind === 'topup' ? paid : amount },
      { item: this.#tr(table), ...widths, head: true },
    );
    for (const { text, netCents } of content.lines)
      this.#row({ left: oneLine(text), right: this.#money(netCents) }, { item: this.#tr(table), ...widths });
    this.rule();
    this.doc.moveDown(0.6);
  }

  sums(): void {
    const { kind, netCents, vatCents, grossCents, content, locale } = this.#drawn;
    const { net, vat, gross, total } = this.#texts;
    const percent = new Intl.NumberFormat(locale, { maximumFractionDigits: 4 }).format(content.percent);
    const sums =
      kind === 'topup'
        ? [{ left: total, cents: grossCents }]
        : [
            { left: net, cents: netCents },
            { left: vat(percent), cents: vatCents },
            { left: gross, cents: grossCents },
          ];
    const table = this.doc.struct('Table');
    this.root.add(table);
    sums.forEach(({ left, cents }, at) =>
      this.#row(
        { left, right: this.#money(cents) },
        { item: this.#tr(table), split: this.width - moneyWidth, table: true, head: at === sums.length - 1 },
      ),
    );
    this.doc.moveDown(1.4);
  }

  notes(): void {
    const { kind, content } = this.#drawn;
    const { reverseCharge, untaxed, settled } = this.#texts;
    const notes = kind === 'topup' ? [untaxed] : [...(content.reverseCharge ? [reverseCharge] : []), settled];
    for (const note of notes) {
      this.room(40);
      this.say(note, { type: 'P', font: 'plain', size: 9.5, color: ink });
      this.doc.moveDown(0.4);
    }
  }

  /** Which page of how many, when there are several. */
  feet(): void {
    const { count } = this.doc.bufferedPageRange();
    for (let page = 0; count > 1 && page < count; page += 1) {
      this.doc.switchToPage(page);
      const { height, margins } = this.doc.page;
      margins.bottom = 0;
      this.artifact(() => {
        const foot = `${this.#drawn.number} · ${this.#texts.page(page + 1, count)}`;
        this.doc.font('plain').fontSize(8).fillColor(soft);
        this.doc.text(foot, side, height - 36, { width: this.width, align: 'right' });
      });
      margins.bottom = bottom;
    }
  }

  #money(cents: number): string {
    return formatMoney(cents, this.#drawn.locale, this.#drawn.currency);
  }

  #tr(table: Structure): Structure {
    const row = this.doc.struct('TR');
    table.add(row);
    return row;
  }

  /** Two columns: a label and its value, or in a table a text and its amount. */
  #row(
    { left, right }: { left: string; right: string },
    how: { item: Structure; split: number; table?: boolean; head?: boolean },
  ): void {
    const { item, split, table = false, head = false } = how;
    const doc = this.doc;
    const rest = this.width - split;
    const [first, second] = [head ? 'bold' : 'plain', head || !table ? 'bold' : 'plain'];
    const height = Math.max(
      doc
        .font(first)
        .fontSize(10)
        .heightOfString(left, { width: split - 10 }),
      doc.font(second).fontSize(10).heightOfString(right, { width: rest }),
    );
    this.room(height + 14);
    this.rule();
    const y = doc.y + 6;
    doc
      .font(first)
      .fontSize(10)
      .fillColor(table ? ink : soft);
    doc.text(left, side, y, {
      width: split - 10,
      structParent: item,
      structType: table ? (head ? 'TH' : 'TD') : 'Lbl',
    });
    doc.font(second).fontSize(10).fillColor(ink);
    doc.text(right, side + split, y, {
      width: rest,
      align: table ? 'right' : 'left',
      structParent: item,
      structType: table ? (head ? 'TH' : 'TD') : 'LBody',
    });
    doc.x = side;
    doc.y = y + height + 6;
  }

  protected override shown(text: string): string {
    return oneLine(text);
  }
}
