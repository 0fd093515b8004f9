/** The shape of the vendor's data, file by file. Unknown keys are refused: a mistyped one would silently do nothing. */
import { z } from 'zod';

const line = z.string().trim().min(1).max(200);
export const id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case words joined by -');
export const localised = z.strictObject({ fr: line, en: line });
const url = z.url({ protocol: /^https?$/, error: 'must be a full http or https address' });
/** One text or address for both languages may be written once. */
const both = <T extends z.ZodType>(value: T) =>
  z.preprocess(
    (given) => (typeof given === 'string' ? { fr: given, en: given } : given),
    z.strictObject({ fr: value, en: value }),
  );
const place = z.strictObject({ label: localised, url: both(url) }).optional();

export const vendorShape = z.strictObject({
  name: both(line),
  /** ISO 3166-1 alpha-2: what national phone numbers and addresses are read as. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be two capitals, as FR')
    .default('FR'),
  locale: z.enum(['fr', 'en']).default('fr'),
  /** Who signs the letters, a line each. */
  signature: z.array(localised).min(1).max(5),
  /** Where people write to about their account. */
  email: z.email().optional(),
  links: z.strictObject({
    site: place,
    account: place,
    start: place,
    support: place,
    documentation: place,
    forum: place,
  }),
  /** How a new account gets its first password (J1, J6): mailed, or as a one-time link to choose it. */
  credentials: z.enum(['password', 'link']).default('password'),
});

const credential = z.strictObject({ label: localised, login: line, password: line });

export const packsShape = z.strictObject({
  /** In the order in which stock tables show them. */
  packs: z.array(z.strictObject({ id, name: both(line), services: z.array(localised) })).min(1),
  /** `brings`: the pack kind that one such box puts in stock (J2). */
  boxes: z.array(z.strictObject({ id, name: both(line), brings: id, credentials: z.array(credential) })),
});

/** Who may approve what needs four eyes; not the order in which a person's roles are tried. */
export const approverRoles = ['sales', 'stock', 'cloud', 'support', 'admin'] as const;
export const approval = z.strictObject({
  approvers: z.array(z.enum(approverRoles)).min(1),
  /** How many different people. */
  needed: z.int().min(1).max(5),
});
const everyRole = { approvers: [...approverRoles], needed: 1 };
const admins = { approvers: ['admin' as const], needed: 1 };
const support = { approvers: ['support' as const, 'admin' as const], needed: 1 };
const sales = { approvers: ['sales' as const, 'admin' as const], needed: 1 };
/** Leaving one of these out of the file doesn't take the second pair of eyes away. */
export const shippedApprovals = {
  'stock withdraw': everyRole,
  'order submit': sales,
  'order cancel': sales,
  'site change': sales,
  'catalogue load': admins,
  'staff grant': admins,
  'staff revoke': admins,
  // of support, about somebody else's data
  'account edit': support,
  'account export': support,
  'account erase': support,
  'device edit': support,
  'device remove': support,
  // of staff, about an organisation that is not theirs
  'org remove': sales,
  // of staff too, or about where a buyer is taxed
  'org edit': sales,
  // above the limits
  'billing topup': sales,
  'billing credit': sales,
};

const whole = (shipped: number, most: number) => z.int().min(1).max(most).default(shipped);
const rising = z
  .array(z.int().min(1))
  .max(10)
  .refine((hours) => hours.every((it, at) => at === 0 || it > (hours[at - 1] ?? 0)), 'must rise');

/** STATES.md, "Times": what accounts, approvals and stored things go by. */
const times = z.strictObject({
  linkCodeMinutes: whole(15, 24 * 60),
  passwordLinkHours: whole(24, 30 * 24),
  firstPasswordDays: whole(14, 90),
  mailConfirmationHours: whole(48, 30 * 24),
  heldMailDays: whole(30, 365),
  approvalReminderHours: rising.default([24, 72]),
  approvalDays: whole(7, 90),
  sessionIdleMinutes: whole(30, 24 * 60),
  sessionHours: whole(12, 30 * 24),
  previewHours: whole(24, 30 * 24),
  siteChangePreviewMinutes: whole(60, 7 * 24 * 60),
  /** A device that was given but not registered ends. */
  deviceDraftDays: whole(7, 90),
  /** A device's activation link, and its reminders after the link was made. */
  deviceLinkDays: whole(14, 90),
  deviceReminderDays: rising.default([3, 10]),
  /** An owner's link to verify an address; the days of its reminders after it was asked. */
  ownerVerificationDays: whole(15, 60),
  ownerReminderDays: rising.default([3, 7, 12]),
  /** Days before renew-by on which a renewal is reminded of; 0 is the day itself. */
  renewalReminderDays: z
    .array(z.int().min(0).max(365))
    .min(1)
    .max(10)
    .refine((list) => list.every((it, at) => at === 0 || it < (list[at - 1] ?? 0)), 'must fall')
    .default([60, 30, 15, 1, 0]),
  /** Automatic renewals draw on the balance that many days before renew-by. */
  autoRenewDays: whole(10, 90),
  /** The hour of the day, in the desk's time zone, from which the daily clockwork runs. */
  renewalHour: z.int().min(0).max(23).default(8),
  /** An order without an answer is looked up at the registrar after that long. */
  uncertainMinutes: whole(10, 24 * 60),
  /** A reply to a closed ticket opens it again within that time. */
  ticketReopenDays: whole(14, 365),
  answerDays: whole(30, 365),
  sentMailDays: whole(30, 365),
});

const limits = z.strictObject({
  linkCodeTries: whole(5, 20),
  /** Per address, and per Discord user. */
  linkCodesPerHour: whole(5, 100),
  wrongPackNumbersPerHourAndPerson: whole(10, 1000),
  wrongPackNumbersPerHourAndIp: whole(30, 10_000),
  /** Checks of a device's pair, per installer. */
  deviceChecksPerHour: whole(100, 10_000),
  /** Asked by one gateway. */
  accessVerificationsPerMinute: whole(120, 10_000),
  /** Tickets opened by somebody who is linked to no account. */
  ticketsPerHour: whole(5, 1000),
  /** Letters to a known person about mail that wasn't proven to be theirs. */
  confirmationMailsPerDay: whole(3, 100),
  /** Whole units of the currency that one person books for an organisation within a day; above it a second one decides. */
  topUpAlone: whole(10_000, 1_000_000_000),
  /** The same of what an organisation may owe. */
  creditAlone: whole(10_000, 1_000_000_000),
});

export const policyShape = z.strictObject({
  /** By command, `noun verb`. */
  approvals: z
    .record(z.string().regex(/^[a-z-]+ [a-z-]+$/, 'must be a command, as "stock withdraw"'), approval)
    .default({})
    .transform((given): Readonly<Record<string, z.infer<typeof approval>>> => ({ ...shippedApprovals, ...given })),
  times: times.prefault({}),
  limits: limits.prefault({}),
});

export type Vendor = z.infer<typeof vendorShape>;
export type Pack = z.infer<typeof packsShape>['packs'][number];
export type Box = z.infer<typeof packsShape>['boxes'][number];
export type Policy = z.infer<typeof policyShape>;
