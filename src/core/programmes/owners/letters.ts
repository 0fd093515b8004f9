/** What is written about an owner's address: to the owner, a link; to the organisations, what has become of it (G4). */
import { ownerName } from '../customers/customer.js';
import type { Work } from '../../guard/work.js';
import { formatDay, formatInstant } from '../../locales/format.js';
import { localeOf } from '../../locales/locale.js';
import { makeLink, ownerContent } from '../parties/link.js';
import { writersTo } from '../parties/organisation.js';
import { unicodeName, type DomainRow } from '../domains/domain.js';
import { caringFor, heldBy } from './held.js';
import type { OwnerRow } from './address.js';

interface OwnerLetter {
  /** `owner-verification`: asked, or asked again; `owner-reminder`: nobody has come yet. */
  readonly letter: 'owner-verification' | 'owner-reminder';
  /** When the link ends, if not as its purpose says: a reminder's ends with the first one. */
  readonly until?: Date;
  /** Nobody has come in time: these are to be suspended. */
  readonly lost?: readonly DomainRow[];
}

/** Mails an owner the link that verifies its address. */
export async function mailOwner(work: Work, row: OwnerRow, { letter, until, lost }: OwnerLetter): Promise<void> {
  const { tx, desk, now } = work;
  const locale = localeOf(row.locale, desk.locale);
  const [domains, orgs] = [lost ?? (await heldBy(work, row.email)), await caringFor(work, row.email)];
  const [first] = orgs;
  const link = await makeLink(tx, desk, {
    ...{ purpose: 'owner', content: ownerContent(row.email), now },
    ...(until ? { until } : {}),
  });
  work.send({
    channel: 'mail',
    letter,
    recipient: row.email,
    locale,
    object: row.email,
    params: {
      name: first ? ownerName(first.customer) : row.email,
      company: orgs.map((org) => org.name).join(', '),
      email: row.email,
      domains: domains.map((domain) => unicodeName(domain.name)),
      // the last day is past: suspended, or about to be
      late: row.state === 'overdue' && row.dueAt === null,
      ...(row.dueAt && domains.length > 0 ? { due: formatDay(row.dueAt, desk.timeZone, locale) } : {}),
      until: formatInstant(link.expiresAt, desk.timeZone, locale),
    },
    secret: { url: link.url },
  });
}

interface OwnerNotice {
  readonly letter: 'owner-overdue' | 'owner-verified';
  /** What is ordered because of it: a suspension, or its end. */
  readonly ordered?: readonly DomainRow[];
}

/** Tells every organisation what has become of its customer's address, each of its own domains only. */
export async function tellOrganisations(
  work: Work,
  row: OwnerRow,
  { letter, ordered = [] }: OwnerNotice,
): Promise<void> {
  const ids = new Set(ordered.map(({ id }) => id));
  const others = (await heldBy(work, row.email)).filter(({ id }) => !ids.has(id));
  for (const { id, customer } of await caringFor(work, row.email)) {
    const own = (domains: readonly DomainRow[]) =>
      domains.filter(({ orgId }) => orgId === id).map((domain) => unicodeName(domain.name));
    for (const { personId, email, locale } of await writersTo(work.tx, id))
      work.send({
        channel: 'mail',
        letter,
        recipient: email,
        personId,
        locale,
        object: row.email,
        params: {
          owner: ownerName(customer),
          email: row.email,
          domains: own(others),
          ordered: own(ordered),
        },
      });
  }
}
