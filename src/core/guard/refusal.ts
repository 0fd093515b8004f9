/** Expected failures: thrown anywhere below dispatch, told to the asker in their language (invariant 4). */

/** Every refusal code of the public interface that is in use; a code without a text does not compile (locales). */
export const refusalCodes = [
  'input.invalid',
  'command.unknown',
  'access.denied',
  'person.unknown',
  'object.unknown',
  'state.wrong',
  'stock.empty',
  'declaration.duplicate',
  'purchase.conflict',
  'key.reused',
  'preview.stale',
  'approval.self',
  'approval.decided',
  'approval.void',
  'approval.expired',
  'pack.refused',
  'link.invalid',
  'file.refused',
  'rule.refused',
  'balance.low',
  'price.changed',
  'terms.outdated',
  'rate.limited',
  'sender.unproven',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export type RefusalParams = Readonly<Record<string, string | number | readonly string[]>>;

export class Refusal extends Error {
  override name = 'Refusal';
  readonly code: RefusalCode;
  /** Fills the sentence; `why` chooses among a code's sentences. */
  readonly params: RefusalParams;
  /** Names as typed → what is wrong with them (or, for a duplicate, the number it duplicates). */
  readonly fields: Readonly<Record<string, string>> | undefined;
  constructor(code: RefusalCode, params: RefusalParams = {}, fields?: Readonly<Record<string, string>>) {
    super(code);
    this.code = code;
    this.params = params;
    this.fields = fields;
  }
}
