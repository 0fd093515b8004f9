/** What the web door needs of the core for the page that shows a transfer code to staff (G3). */
import type { Dispatcher } from '../command/dispatch.js';
import { takeCode, viewCode, type CodeView, type ShownCode } from '../programmes/domains/transfer-code.js';

export type { CodeView, ShownCode } from '../programmes/domains/transfer-code.js';

export interface Codes {
  /** What the page shows; nothing when the link is for something else. Looking changes nothing. */
  view(asked: { token: string; personId: number | undefined }): Promise<CodeView | 'ended' | 'sign-in' | undefined>;
  /** The code, once; nothing when the link has ended or is another's. */
  take(asked: { token: string; personId: number }): Promise<ShownCode | undefined>;
}

export const createCodes = ({ desk }: Pick<Dispatcher, 'desk'>): Codes => ({
  view: (asked) => desk.database.read((tx) => viewCode(tx, desk, asked)),
  take: (asked) => takeCode(desk, asked),
});
