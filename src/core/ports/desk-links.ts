/** The addresses that open the desk page: each works once, for a cookie (SPEC 0). Only a keyed hash of its token is kept. */
import type { Desk } from '../guard/work.js';
import { makeLink, purposeOf, spendLink } from '../programmes/parties/link.js';

export interface DeskLinks {
  /** A new token; it opens the page once, within a day. */
  make(): Promise<string>;
  /** Uses a token up; false when it is none, was used, or has ended. */
  spend(token: string): Promise<boolean>;
}

export const deskLinks = (desk: Desk): DeskLinks => ({
  make: () =>
    desk.database.transact(async ({ tx }) => {
      const { url } = await makeLink(tx, desk, { purpose: 'desk', now: desk.clock() });
      return url.slice(url.lastIndexOf('/') + 1);
    }),
  spend: (token) =>
    desk.database.transact(async ({ tx }) => {
      const isOurs = (await purposeOf(tx, desk, token)) === 'desk';
      return isOurs && (await spendLink(tx, desk, { token, now: desk.clock() }));
    }),
});
