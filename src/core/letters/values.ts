/**
 * What each letter is given. Dates, money, product and role names arrive in the reader's language; URLs are absolute.
 * letters/README.md tells vendors the same (a test compares the two).
 */
import { z } from 'zod';

const text = z.string();
const some = z.string().optional();
const credentials = z.array(z.strictObject({ label: text, login: text, password: text }));
const summary = z.array(z.strictObject({ label: text, value: text }));
/** How the asker came in; the letter has the words for it. */
const door = z.enum(['chat', 'mail', 'terminal', 'web']);
const approval = z.strictObject({ number: text, asker: text, summary, expires: text });
const role = z.strictObject({ role: text, by: text });
const deviceClient = {
  company: text,
  contactName: text,
  contactEmail: some,
  clientName: some,
  device: text,
  codeId: text,
  signInUrl: text,
  identifier: text,
};
/** `due`: the last day, where domains depend on it; `until`: the link's own end. */
const ownerAsked = z.strictObject({
  name: text,
  company: text,
  email: text,
  domains: z.array(text),
  late: z.boolean(),
  due: some,
  url: text,
  until: text,
});
const ownerTold = z.strictObject({ owner: text, email: text, domains: z.array(text), ordered: z.array(text) });
const takeover = { firstName: text, lastName: text, clientName: text, product: text, pack: some, box: some };

export const letterValues = {
  /** J1. `password` or `passwordLink` only for a new account; `passwordUntil` with either. */
  'reseller-registered': z.strictObject({
    firstName: text,
    lastName: text,
    company: text,
    signInUrl: text,
    identifier: text,
    password: some,
    passwordLink: some,
    passwordUntil: some,
  }),
  /** J2. `total`: how many units this purchase added, all lines together. */
  'stock-received': z.strictObject({
    company: text,
    lines: z.array(z.strictObject({ name: text, quantity: z.number() })),
    purchase: text,
    total: z.number(),
    stockUrl: text,
  }),
  'stock-low': z.strictObject({ name: text, available: z.number(), threshold: z.number(), stockUrl: text }),
  /** G7. `balance` and `threshold` as money is read. */
  'balance-low': z.strictObject({ company: text, balance: text, threshold: text, accountUrl: text }),
  /** J6, the client's account is new. `passwordUntil` with `password` or `passwordLink`. */
  'takeover-installer-new': z.strictObject({
    ...takeover,
    boxCredentials: credentials,
    signInUrl: text,
    clientIdentifier: text,
    password: some,
    passwordLink: some,
    passwordUntil: some,
  }),
  /** J6, the client had an account: it must be asked. */
  'takeover-installer-existing': z.strictObject({
    ...takeover,
    boxCredentials: credentials,
    signInUrl: text,
    clientIdentifier: text,
  }),
  'takeover-client': z.strictObject({
    company: text,
    contactName: text,
    contactEmail: text,
    clientName: text,
    product: text,
  }),
  /** J7. `chooseUrl` and `until` only for an account that was created now. */
  'declared-client': z.strictObject({
    clientName: text,
    company: text,
    orderNumber: text,
    product: text,
    pack: some,
    box: some,
    account: z.enum(['created', 'existing']),
    chooseUrl: some,
    until: some,
    signInUrl: text,
    boxCredentials: credentials,
    services: z.array(text),
    links: z.array(z.strictObject({ label: text, url: text })),
  }),
  /** E1. `passwordLink` and `until` only for an account that was created now. */
  'installer-registered': z.strictObject({
    firstName: text,
    lastName: text,
    company: text,
    identifier: text,
    signInUrl: text,
    passwordLink: some,
    until: some,
  }),
  /** E5, a new account: either `password` or `passwordLink`. */
  'device-credentials': z.strictObject({ ...deviceClient, password: some, passwordLink: some, passwordUntil: text }),
  /** E5, E6. `reminder`: it was sent before. */
  'device-activation': z.strictObject({
    ...deviceClient,
    account: z.enum(['created', 'existing']),
    reminder: z.boolean(),
    url: text,
    until: text,
  }),
  /** E8, to the installer. `client`: the client's address, empty once erased. */
  'device-step': z.strictObject({
    step: z.enum(['active', 'expired', 'bounced', 'removed']),
    device: text,
    codeId: text,
    client: text,
    reason: some,
  }),
  'device-removed': z.strictObject({ device: text, codeId: text, company: text }),
  /** G4, to a domain's owner. `late`: the last day is past, what is named is suspended or about to be. */
  'owner-verification': ownerAsked,
  'owner-reminder': ownerAsked,
  /** G4, to the organisation. `ordered`: what is to be suspended because of it (not by a registrar itself); `domains`: the others. */
  'owner-overdue': ownerTold,
  /** The same: whose suspension is to end, and the others. */
  'owner-verified': ownerTold,
  /** X1. `askedBy`: the person's or the Discord user's name, when known. */
  'link-code': z.strictObject({ code: text, minutes: z.number(), askedBy: some, door }),
  'address-linked': z.strictObject({ email: text, door, discordName: some }),
  /** `isNew`: a first password is chosen, not a forgotten one replaced. */
  'password-link': z.strictObject({ url: text, until: text, isNew: z.boolean() }),
  'password-changed': z.strictObject({ when: text }),
  /** X11. The last one to an address. */
  'account-erased': z.strictObject({ when: text }),
  /** `left`: recovery codes not used yet. */
  'second-factor': z.strictObject({ step: z.enum(['on', 'off', 'recovery']), when: text, left: z.number() }),
  /** What a second person had to agree to before it was handed out. */
  'file-ready': z.strictObject({ number: text, name: text, by: text, until: text, url: text }),
  'role-granted': role,
  'role-revoked': role,
  'approval-asked': approval,
  'approval-reminder': approval,
  /** `decider` is absent when time or a change of content ended it. */
  /** D12. */
  'order-step': z.strictObject({
    number: text,
    type: text,
    solution: some,
    references: some,
    site: some,
    step: z.enum([
      'in-review',
      'returned',
      'refused',
      'provisioning',
      'done',
      'provisioned',
      'cancelled',
      'expired',
      'void',
    ]),
    reason: some,
    certificate: some,
    certificateUrl: some,
    day: some,
  }),
  /** To the cloud team, or to the salesperson who had it in review. */
  'order-staff': z.strictObject({
    number: text,
    type: text,
    solution: some,
    references: some,
    site: some,
    task: z.enum(['provision', 'changed']),
  }),
  /** To an organisation, when what it ordered of a registry has ended. `what`: the operation in words; `expires` a day. */
  'domain-step': z.strictObject({
    step: z.enum(['done', 'suspended', 'resumed', 'failed']),
    number: text,
    domain: text,
    what: text,
    expires: some,
    reason: some,
    givenBack: z.boolean(),
  }),
  /** To staff who carry it out. `owner` of a single one; `codeUrl` of a transfer. */
  'domain-task': z.strictObject({
    tasks: z.array(z.strictObject({ number: text, what: text })),
    owner: summary,
    codeUrl: some,
  }),
  'approval-decided': z.strictObject({
    number: text,
    verdict: z.enum(['approved', 'refused', 'expired', 'void']),
    decider: some,
    reason: some,
    summary,
  }),
  /** D5. `meanwhile`: what happened to the site since it was asked, when it is returned; `decider` when somebody decided. */
  'site-change': z.strictObject({
    site: text,
    siteName: text,
    verdict: z.enum(['applied', 'returned', 'refused', 'expired']),
    decider: some,
    reason: some,
    changes: summary,
    meanwhile: summary,
  }),
  /** G6. Once a day and recipient; `more`: how many the lines leave out. `drawOn` when it is renewed automatically. */
  'renewals-due': z.strictObject({
    total: z.number(),
    more: z.number(),
    lines: z.array(
      z.strictObject({
        domain: text,
        company: some,
        step: z.enum(['manual', 'auto', 'failed', 'late']),
        renewBy: text,
        expires: text,
        drawOn: some,
        holdUntil: some,
        price: text,
      }),
    ),
    accountUrl: text,
  }),
  /** G6. `until`: the last day on which it can be renewed as usual; `amount`: of all of them, tax included. */
  'auto-renew-failed': z.strictObject({
    company: text,
    total: z.number(),
    more: z.number(),
    amount: text,
    balance: text,
    lines: z.array(
      z.strictObject({ domain: text, why: z.enum(['balance', 'refused']), renewBy: text, until: text, price: text }),
    ),
    accountUrl: text,
  }),
  /** To admins, where staff have no channel: the clockwork's heartbeat, or an alarm (a headline alone). */
  'renewals-report': z.strictObject({ headline: text, summary, names: summary }),
  /** G8. To staff: what the asker's side wrote. `text` is marked as a quotation, line by line. */
  'ticket-staff': z.strictObject({
    number: text,
    subject: text,
    step: z.enum(['opened', 'replied', 'reopened', 'closed']),
    priority: z.boolean(),
    asker: text,
    about: some,
    follows: some,
    text,
    file: some,
  }),
  /** G8. To whoever asked: what staff wrote. `chat`: in Discord, with a button below. */
  'ticket-reply': z.strictObject({
    number: text,
    subject: text,
    step: z.enum(['replied', 'reopened']),
    writer: some,
    text: some,
    file: some,
    days: z.number(),
    chat: z.boolean(),
  }),
  'ticket-closed': z.strictObject({
    number: text,
    subject: text,
    step: z.enum(['closed']),
    writer: some,
    text: some,
    file: some,
    days: z.number(),
    chat: z.boolean(),
  }),
  /** To staff. `letter`: what was sent (its name or subject); `object`: the number it was about. */
  /** To staff, where no channel shows it. */
  'registrar-alert': z.strictObject({ text }),
  'delivery-failed': z.strictObject({ number: text, letter: text, recipient: text, object: some, error: text }),
  /** X2. To the person that a held mail claims to be from. `buttons`: in Discord, with two of them below. */
  'mail-held': z.strictObject({
    number: text,
    email: text,
    subject: text,
    received: text,
    until: text,
    buttons: z.boolean(),
  }),
  /** To a proven sender whom nobody knows yet. */
  'mail-unlinked': z.strictObject({ email: text, signInUrl: text }),
  /** D12. To a certificate's recipients and to whoever ordered; the PDF is attached. */
  certificate: z.strictObject({
    number: text,
    orderNumber: text,
    siteName: text,
    solution: text,
    validUntil: text,
    verifyUrl: text,
  }),
  /** To the recipients of a certificate that no longer holds. */
  'certificate-revoked': z.strictObject({
    number: text,
    orderNumber: text,
    siteName: text,
    reason: some,
    verifyUrl: text,
  }),
  /** `passwordLink` and `until` for whoever has chosen no password yet; `role` in the reader's language. */
  'org-invited': z.strictObject({
    org: text,
    number: text,
    role: text,
    by: text,
    identifier: text,
    signInUrl: text,
    passwordLink: some,
    until: some,
  }),
  'org-removed': z.strictObject({ org: text, number: text, by: text }),
  /** G1. To its owners: what was accepted, when, by whom. */
  'became-reseller': z.strictObject({
    org: text,
    number: text,
    terms: text,
    termsUrl: text,
    when: text,
    by: text,
    signInUrl: text,
  }),
  /** G5. `until` of a domain: its expiry; of the letter: how long `passwordLink` is open. */
  'customer-released': z.strictObject({
    name: text,
    reseller: text,
    org: text,
    number: text,
    domains: z.array(z.strictObject({ domain: text, until: some })),
    identifier: text,
    signInUrl: text,
    passwordLink: some,
    until: some,
  }),
  /** An answer that chat could no longer show. */
  'late-answer': z.strictObject({ command: text, headline: text, summary }),
} as const;

const place = z.strictObject({ label: text, url: text }).optional();

/** What every letter and partial has besides: the vendor, from the catalogue, in the reader's language. */
export const vendorValues = z.strictObject({
  name: text,
  /** Who signs, a line each. */
  signature: z.array(text),
  /** Where people write to; absent when the vendor names none. */
  email: some,
  links: z.strictObject({
    site: place,
    account: place,
    start: place,
    support: place,
    documentation: place,
    forum: place,
  }),
});
export type VendorValues = z.infer<typeof vendorValues>;

export type LetterName = keyof typeof letterValues;
export type LetterParams = { readonly [Name in LetterName]: z.infer<(typeof letterValues)[Name]> };

export const letterNames = Object.keys(letterValues) as LetterName[];

/** How many samples it takes to go through every branch of every shipped letter. */
export const sampleCount = 8;

/**
 * Made-up values for a letter, to try it before anybody is written to. The `variant` (0 to 7) chooses which optional
 * values are there, which of several words is used, and whether lists are empty.
 */
export function sampleOf<Name extends LetterName>(name: Name, variant: number): LetterParams[Name] {
  return sample(letterValues[name], name, variant) as LetterParams[Name];
}

/** A made-up vendor, in the same way. */
export const sampleVendor = (variant: number): VendorValues => sample(vendorValues, 'vendor', variant) as VendorValues;

/** Whether a letter may name this: `['lines', 'size']` of an array, `['vendor', 'name']`, …; deeper than lists it isn't judged. */
export function knows(type: z.core.$ZodType, [key, ...rest]: readonly unknown[]): boolean {
  if (type instanceof z.ZodOptional) return knows(type.unwrap(), [key, ...rest]);
  if (key === undefined || typeof key !== 'string' || type instanceof z.ZodArray) return true;
  if (!(type instanceof z.ZodObject)) return key === 'size';
  return Object.hasOwn(type.shape, key) && knows(type.shape[key] as z.core.$ZodType, rest);
}

function sample(type: z.core.$ZodType, name: string, variant: number): unknown {
  if (type instanceof z.ZodObject)
    return Object.fromEntries(
      Object.entries(type.shape).map(([key, of]) => [key, sample(of as z.ZodType, key, variant)]),
    );
  if (type instanceof z.ZodOptional) return variant & 1 ? undefined : sample(type.unwrap(), name, variant);
  if (type instanceof z.ZodArray) return variant & 4 ? [] : [sample(type.element, name, variant)];
  if (type instanceof z.ZodEnum) return type.options[(variant >> 1) % type.options.length];
  if (type instanceof z.ZodBoolean) return (variant & 2) === 0;
  if (type instanceof z.ZodNumber) return 3;
  return /url|link/i.test(name) ? 'https://example.org/t/sample' : `sample ${name}`;
}
