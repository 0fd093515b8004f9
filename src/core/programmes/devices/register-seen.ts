/**
 * What the good rows of a register's file have said so far, in some forty bytes a row: of a Code ID and a model only a
 * hash is kept (64 and 32 bits), of a MAC address all of it. Of two Code IDs with one hash the later would be told as a
 * contradiction; among a million the chance of it is one in forty million.
 */

/** What an earlier row said of a Code ID. */
export interface Said {
  /** As the person counts. */
  readonly row: number;
  /** `AA:BB:CC:DD:EE:FF`. */
  readonly mac: string;
  /** A hash; 0 when it said nothing. */
  readonly model: number;
}

export interface Seen {
  ofCode(codeKey: string): Said | undefined;
  ofMac(mac: string): Said | undefined;
  /** A row of a new Code ID and MAC, or one that adds its model. */
  note(codeKey: string, said: Said): void;
}

/** Two lanes of 32 bits over the text's code units, well mixed (after Austin Appleby's murmur finalisers). */
function hashOf(text: string): [number, number] {
  let [a, b] = [0x9e3779b9, 0x85ebca6b];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    a ^= a >>> 15;
    b = Math.imul(b ^ unit, 0x5f356495);
    b ^= b >>> 13;
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return [a >>> 0, b >>> 0];
}

export const modelHash = (model: string | undefined): number => (model === undefined ? 0 : hashOf(model)[0] || 1);

const macParts = (mac: string): [high: number, low: number] => {
  const hex = mac.replaceAll(':', '');
  return [Number.parseInt(hex.slice(0, 4), 16), Number.parseInt(hex.slice(4), 16)];
};
const hexOf = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');
const macOf = (high: number, low: number): string => (`${hexOf(high, 4)}${hexOf(low, 8)}`.match(/../g) ?? []).join(':');
const macHash = (high: number, low: number): number => {
  const mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
};

/** One column a fact; a row is an index into all of them. */
const columnsFor = (capacity: number) => ({
  a: new Uint32Array(capacity),
  b: new Uint32Array(capacity),
  high: new Uint16Array(capacity),
  low: new Uint32Array(capacity),
  row: new Uint32Array(capacity),
  model: new Uint32Array(capacity),
});

/** @param expected how many rows there will be; more only cost time */
export function createSeen(expected: number): Seen {
  let capacity = 2 ** Math.max(8, Math.ceil(Math.log2(expected + 1)));
  let columns = columnsFor(capacity);
  /** Open addressing with linear probing, at most half full; 0 is free, else an index and 1. */
  let byCode = new Uint32Array(2 * capacity);
  let byMac = new Uint32Array(2 * capacity);
  let size = 0;

  const at = (column: Uint32Array | Uint16Array, index: number): number => column[index] ?? 0;

  /** The slot of what `fits`, or the free one where it would stand. */
  function slotOf(slots: Uint32Array, hash: number, fits: (index: number) => boolean): number {
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let kept = at(slots, slot); kept !== 0 && !fits(kept - 1); kept = at(slots, slot)) slot = (slot + 1) & mask;
    return slot;
  }

  const codeSlot = (a: number, b: number): number =>
    slotOf(byCode, a, (index) => at(columns.a, index) === a && at(columns.b, index) === b);
  const macSlot = (high: number, low: number): number =>
    slotOf(byMac, macHash(high, low), (index) => at(columns.high, index) === high && at(columns.low, index) === low);

  const saidAt = (kept: number): Said | undefined =>
    kept === 0
      ? undefined
      : {
          row: at(columns.row, kept - 1),
          mac: macOf(at(columns.high, kept - 1), at(columns.low, kept - 1)),
          model: at(columns.model, kept - 1),
        };

  function enter(index: number): void {
    byCode[codeSlot(at(columns.a, index), at(columns.b, index))] = index + 1;
    byMac[macSlot(at(columns.high, index), at(columns.low, index))] = index + 1;
  }

  function grow(): void {
    const old = columns;
    capacity *= 2;
    columns = columnsFor(capacity);
    for (const name of Object.keys(old) as (keyof typeof old)[]) columns[name].set(old[name]);
    [byCode, byMac] = [new Uint32Array(2 * capacity), new Uint32Array(2 * capacity)];
    for (let index = 0; index < size; index += 1) enter(index);
  }

  return {
    ofCode: (codeKey) => saidAt(at(byCode, codeSlot(...hashOf(codeKey)))),
    ofMac: (mac) => saidAt(at(byMac, macSlot(...macParts(mac)))),
    note(codeKey, { row, mac, model }) {
      const [a, b] = hashOf(codeKey);
      const known = at(byCode, codeSlot(a, b));
      if (known !== 0) {
        columns.model[known - 1] = model;
        return;
      }
      if (size === capacity) grow();
      const [high, low] = macParts(mac);
      columns.a[size] = a;
      columns.b[size] = b;
      columns.high[size] = high;
      columns.low[size] = low;
      columns.row[size] = row;
      columns.model[size] = model;
      enter(size);
      size += 1;
    },
  };
}
