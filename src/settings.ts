/**
 * The settings of a process (docs/operations.md): read from the environment and `.env`, checked once at start, every
 * fault named at once with its fix. The only file that reads `process.env`. Secrets are never printed.
 */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { trusting } from './core/guard/proxies.js';
import { z } from 'zod';
import type { ScanCommand } from './core/documents/scan.js';
import { isClosed, splitLine } from './core/text/shell-words.js';

export const roles = ['bot', 'inbox', 'outbox', 'web', 'schedule'] as const;
export type Role = (typeof roles)[number];

/** Faults in the settings: one line a setting, each with what to change. */
export class SettingsFault extends Error {
  override name = 'SettingsFault';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`Settings to mend:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

const durationMs = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const match = /^(\d+)\s*(s|m|h|d)$/.exec(text.trim());
      if (!match) {
        context.addIssue({ code: 'custom', message: 'write a number and s, m, h or d, like 30d' });
        return z.NEVER;
      }
      const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as 's' | 'm' | 'h' | 'd'];
      return Number(match[1]) * unitMs;
    });

const urlOf = (schemes: readonly string[], example: string) =>
  z.string().refine((text) => {
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    return schemes.includes(url.protocol.slice(0, -1)) && url.hostname !== '';
  }, `write it like ${example}`);

const snowflake = z.string().regex(/^\d{15,21}$/, 'a Discord id has 15 to 21 digits (copy it with developer mode on)');

const address = z.string().refine((text) => z.email().safeParse(text).success || /^[\w.-]+@localhost$/.test(text), {
  message: 'write one address, like desk@example.com, or guichet@localhost',
});

const hostPort = z.string().transform((text, context) => {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text.trim());
  const port = Number(match?.[3]);
  if (!match || port > 65_535) {
    context.addIssue({ code: 'custom', message: 'write host:port, like 127.0.0.1:8080' });
    return z.NEVER;
  }
  return { host: match[1] ?? match[2] ?? '', port };
});

const listen = z.string().transform((text, context) => {
  if (text.trim() === 'off') return null;
  const protocol = text.startsWith('lmtp://') ? ('lmtp' as const) : ('smtp' as const);
  const place = hostPort.safeParse(text.replace(/^(lmtp|smtp):\/\//, '').replace(/\/$/, ''));
  if (!place.success) {
    context.addIssue({
      code: 'custom',
      message: 'write host:port, like 127.0.0.1:2525 (lmtp://host:port for LMTP), or off',
    });
    return z.NEVER;
  }
  return { protocol, ...place.data };
});

const networks = z.string().transform((text, context) => {
  const given = text.split(/[\s,;]+/).filter(Boolean);
  try {
    trusting(given);
    return given;
  } catch {
    context.addIssue({ code: 'custom', message: 'write addresses or networks, like 127.0.0.1, 10.0.0.0/8, ::1' });
    return z.NEVER;
  }
});

const secretKey = z.string().transform((text, context) => {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 32) {
    context.addIssue({ code: 'custom', message: 'must be 32 bytes in base64 (make one: openssl rand -base64 32)' });
    return z.NEVER;
  }
  return bytes;
});

const timeZone = z.string().refine((name) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}, 'write an IANA time zone, like Europe/Paris');

const words = z.string().transform((text, context) => {
  const [program, ...more] = splitLine(text);
  if (program && isClosed(text)) return [program, ...more] as const;
  context.addIssue({ code: 'custom', message: 'write a program and its arguments, each quote closed' });
  return z.NEVER;
});

const schema = z
  .object({
    DATABASE_URL: z
      .string()
      .regex(/^(file:.+|postgres(ql)?:\/\/.+)$/, 'write file:./data/guichet.db or postgres://user:pass@host/name')
      .default('file:./data/guichet.db'),
    DATA_DIR: z.string().default('./data'),
    DISCORD_TOKEN: z.string().optional(),
    DISCORD_GUILD_ID: snowflake.optional(),
    DISCORD_APPROVALS_CHANNEL_ID: snowflake.optional(),
    DISCORD_API: urlOf(['http', 'https'], 'https://discord.com/api (without the version)').optional(),
    IMAP_URL: urlOf(['imap', 'imaps'], 'imaps://user:pass@host:993/INBOX').optional(),
    IMAP_FOLDERS: z
      .string()
      .default('Processed,Held,Ignored')
      .transform((text, context) => {
        const [processed, held, ignored, ...more] = text.split(',').map((name) => name.trim());
        if (!processed || !held || !ignored || more.length > 0) {
          context.addIssue({ code: 'custom', message: 'name three folders: processed, held, ignored' });
          return z.NEVER;
        }
        return { processed, held, ignored };
      }),
    IMAP_OAUTH_TOKEN_URL: urlOf(['http', 'https'], 'https://login.example.com/token').optional(),
    IMAP_OAUTH_CLIENT_ID: z.string().optional(),
    IMAP_OAUTH_CLIENT_SECRET: z.string().optional(),
    IMAP_OAUTH_REFRESH_TOKEN: z.string().optional(),
    SMTP_LISTEN: listen.prefault('127.0.0.1:2525'),
    SMTP_TLS_CERT: z.string().optional(),
    SMTP_TLS_KEY: z.string().optional(),
    SMTP_URL: urlOf(['smtp', 'smtps'], 'smtps://user:pass@host:465').optional(),
    SMTP_CONNECTIONS: z
      .string()
      .default('10')
      .transform(Number)
      .refine((count) => Number.isInteger(count) && count >= 2 && count <= 50, 'write a whole number from 2 to 50'),
    MAIL_FROM: address.default('guichet@localhost'),
    MAIL_TRUSTED_AUTHSERV: z.string().optional(),
    HTTP_LISTEN: hostPort.prefault('127.0.0.1:8080'),
    PUBLIC_URL: urlOf(['http', 'https'], 'https://desk.example.com').optional(),
    SECRET_KEY: secretKey.optional(),
    CATALOGUE: z.string().default('./catalogue'),
    LETTERS: z.string().default('./letters'),
    LOCALE: z.enum(['fr', 'en'], 'fr or en').default('fr'),
    TIME_ZONE: timeZone.default('Europe/Paris'),
    UNDO_WINDOW: durationMs('0s'),
    ROLES: z
      .string()
      .default(roles.join(','))
      .transform((text, context) => {
        const names = text.split(',').map((name) => name.trim());
        const wrong = names.filter((name) => !(roles as readonly string[]).includes(name));
        if (wrong.length > 0) {
          context.addIssue({
            code: 'custom',
            message: `unknown: ${wrong.join(', ')}; choose among ${roles.join(', ')}`,
          });
          return z.NEVER;
        }
        return names as Role[];
      }),
    REGISTRAR: z.enum(['staff', 'gandi'], 'staff or gandi').default('staff'),
    GANDI_TOKEN: z.string().optional(),
    GANDI_API: urlOf(['http', 'https'], 'https://api.gandi.net/v5').optional(),
    TRUSTED_PROXIES: networks.default([]),
    VIES_API: urlOf(['http', 'https'], 'https://ec.europa.eu/taxation_customs/vies/rest-api').optional(),
    SCAN_COMMAND: words.optional(),
    KEEP_RAW: durationMs('30d'),
    LOG_LEVEL: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'a pino level, like info')
      .default('info'),
    LOG_FORMAT: z.enum(['json', 'pretty'], 'json or pretty').optional(),
  })
  .superRefine((s, context) => {
    const fault = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message });
    const oauth = [
      s.IMAP_OAUTH_TOKEN_URL,
      s.IMAP_OAUTH_CLIENT_ID,
      s.IMAP_OAUTH_CLIENT_SECRET,
      s.IMAP_OAUTH_REFRESH_TOKEN,
    ];
    if (oauth.some(Boolean) && !oauth.every(Boolean)) {
      fault(
        'IMAP_OAUTH_TOKEN_URL',
        'XOAUTH2 needs all four of IMAP_OAUTH_TOKEN_URL, _CLIENT_ID, _CLIENT_SECRET, _REFRESH_TOKEN',
      );
    }
    if (Boolean(s.SMTP_TLS_CERT) !== Boolean(s.SMTP_TLS_KEY)) {
      fault(s.SMTP_TLS_CERT ? 'SMTP_TLS_KEY' : 'SMTP_TLS_CERT', 'a certificate and its key go together: set both');
    }
    if (s.UNDO_WINDOW > 0) fault('UNDO_WINDOW', 'an undo window is not served yet: leave it out, or set 0s');
    if (s.REGISTRAR === 'gandi' && !s.GANDI_TOKEN)
      fault('GANDI_TOKEN', 'REGISTRAR=gandi needs a personal access token of Gandi');
    if (inClear(s.GANDI_API)) fault('GANDI_API', 'write it with https: the token would travel in clear');
    if (inClear(s.VIES_API)) fault('VIES_API', 'write it with https: anybody on the way could answer in its place');
  });

/** Over http to another machine. */
function inClear(address: string | undefined): boolean {
  const url = address === undefined ? undefined : new URL(address);
  return url?.protocol === 'http:' && !loopbackHost(url.hostname);
}

type Parsed = z.output<typeof schema>;
export type Settings = Omit<Parsed, 'PUBLIC_URL' | 'DATABASE_URL' | 'SCAN_COMMAND'> & {
  PUBLIC_URL: string;
  DATABASE_URL: string;
  SCAN_COMMAND: ScanCommand | undefined;
  /** Where the program's own files (prisma/, letters/…) stand. */
  ROOT: string;
};

/**
 * Reads and checks the settings. Relative paths start at `root`. An empty variable counts as unset.
 * @throws {SettingsFault} naming every fault at once; a value is never repeated, for it may be a secret
 */
export function readSettings(root: string, environment: NodeJS.ProcessEnv = process.env): Settings {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = schema.safeParse(given);
  const scan = scanCommandOf(words.safeParse(given['SCAN_COMMAND']).data, { root, path: given['PATH'] ?? '' });
  if (!parsed.success || scan === null) {
    throw new SettingsFault([
      ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.') || 'settings'}: ${issue.message}`),
      ...(scan === null ? ['SCAN_COMMAND: no such program: write its whole path, or install it'] : []),
    ]);
  }
  const s = parsed.data;
  const path = (name: string) => resolve(root, name);
  const { host, port } = s.HTTP_LISTEN;
  return {
    ...s,
    ROOT: root,
    DATABASE_URL: s.DATABASE_URL.startsWith('file:') ? `file:${path(s.DATABASE_URL.slice(5))}` : s.DATABASE_URL,
    DATA_DIR: path(s.DATA_DIR),
    CATALOGUE: path(s.CATALOGUE),
    LETTERS: path(s.LETTERS),
    SCAN_COMMAND: scan,
    PUBLIC_URL: (s.PUBLIC_URL ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`).replace(/\/$/, ''),
  };
}

/** The scanner as it will be run; null when there is no such program. One with a slash is no name to be looked for. */
function scanCommandOf(
  typed: readonly [string, ...string[]] | undefined,
  { root, path }: { root: string; path: string },
): ScanCommand | undefined | null {
  if (!typed) return undefined;
  const [name, ...more] = typed;
  const places = name.includes('/') ? [root] : path.split(delimiter).filter(Boolean);
  const program = places.map((place) => resolve(place, name)).find(isProgram);
  return program === undefined ? null : { program, arguments: more, path };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Loads `.env` at the repository's root, if there is one; variables already set win. */
export function loadEnvironmentFile(root: string): void {
  const file = join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}

const loopbackHost = (host: string) => /^(127\.\d+\.\d+\.\d+|localhost|\[?::1\]?)$/i.test(host);

/** The desk page is served only without a Discord token and when both web addresses are loopback (SPEC 0). */
export function deskAllowed(s: Settings): boolean {
  return !s.DISCORD_TOKEN && loopbackHost(s.HTTP_LISTEN.host) && loopbackHost(new URL(s.PUBLIC_URL).hostname);
}

/** Mail over loopback is proven only on a desk with no real mail at all (X2). */
export function loopbackMailTrusted(s: Settings): boolean {
  const listening = s.SMTP_LISTEN === null || loopbackHost(s.SMTP_LISTEN.host);
  return !s.SMTP_URL && !s.IMAP_URL && listening && loopbackHost(s.HTTP_LISTEN.host);
}
