/**
 * The composition root: settings → parts, in the order in which they start, and the reverse in which they stop.
 * Which parts this process runs, `ROLES` says.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseLine, splitLine } from './cli/argv.js';
import { approvalsOf } from './core/programmes/approvals/card.js';
import { commands } from './core/programmes/index.js';
import { deskLinks } from './core/ports/desk-links.js';
import { trusting } from './core/guard/proxies.js';
import { createHealth, databaseFolder } from './core/ports/health.js';
import { jobsOf, tellSent, tellUndelivered, workOf } from './core/jobs.js';
import { unendedMails } from './core/programmes/mails/held.js';
import { openDesk, type OpenDesk } from './core/open.js';
import { createOutboxWorker, type Deliver } from './core/database/outbox-worker.js';
import { fallBackToMail } from './core/database/chat-fallback.js';
import { loadLetters } from './core/letters/letters.js';
import { openFolder } from './core/secrets/file-permissions.js';
import { createSchedule, type Job } from './core/database/schedule.js';
import type { Desk } from './core/guard/work.js';
import { vatNumbers } from './core/programmes/organisations/vat-register.js';
import { addDemo } from './demo.js';
import { createLog, type Log } from './log.js';
import {
  deskAllowed,
  loadEnvironmentFile,
  loopbackMailTrusted,
  readSettings,
  SettingsFault,
  type Role,
  type Settings,
} from './settings.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stopAtMostMs = 14_000;
const outboxEveryMs = 1_000;
const scheduleEveryMs = 15_000;
const releasesEveryMs = 2_000;
const registrarEveryMs = 5_000;
const catalogueEveryMs = 3_000;

/** A part that runs; stopping lets the work in hand end. */
interface Part {
  readonly name: string;
  stop(): Promise<void>;
}

/** A line typed on the desk page names no file of this machine: its form uploads them. */
const noFiles = (): Buffer => {
  throw new Error('no files on this line');
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Starts the desk and stays until SIGTERM or Ctrl-C. */
export async function main(args: readonly string[]): Promise<void> {
  loadEnvironmentFile(root);
  let settings: Settings;
  try {
    settings = readSettings(root);
  } catch (error) {
    if (!(error instanceof SettingsFault)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  const log = await createLog(settings);
  const parts: Part[] = [];
  stopOnSignals(parts, log);
  try {
    await start(settings, { log, parts, demo: args.includes('--demo') });
    say('ready');
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    log.debug({ err: error }, 'start failed');
    await stopAll(parts, log);
    process.exit(1);
  }
}

async function start(settings: Settings, more: { log: Log; parts: Part[]; demo: boolean }): Promise<void> {
  const { log, parts } = more;
  const has = (role: Role): boolean => settings.ROLES.includes(role);
  const open = await openDesk(settings, {
    onFault: ({ reference, error, command }) => log.error({ reference, err: error, command }, 'a command failed'),
  });
  parts.push({ name: 'database', stop: () => open.close() });
  // what another process loads holds here too, within some seconds
  const lookAgain = () => open.desk.versions.refresh();
  parts.push(
    every(catalogueEveryMs, lookAgain, { log, name: 'catalogue', failed: 'the catalogue can’t be looked at' }),
  );
  const letters = loadLetters(settings.LETTERS, () => open.desk.catalogue.vendor);
  const demo = more.demo ? await addDemo(open.dispatcher) : undefined;
  let ready = false;
  const channels: { mail?: Deliver; chat?: Deliver } = {};
  const lines: string[] = [];
  if (has('outbox')) channels.mail = await mailOut(settings, { open, letters, log, parts });
  if (has('bot') && settings.DISCORD_TOKEN) channels.chat = await chat(settings, { open, letters, log, parts });
  if (has('web')) lines.push(...(await web(settings, { open, log, parts, ready: () => ready })));
  if (has('inbox')) lines.push(...(await mailIn(settings, { open, letters, log, parts })));
  // a mail on its way has a connection of its own
  const places = { mail: settings.SMTP_CONNECTIONS };
  if (has('outbox') || channels.chat) startOutboxWorker(open, { channels, places, log, parts });
  if (has('schedule')) await startJobs(settings, { open, log, parts });
  if (has('schedule') && settings.REGISTRAR === 'gandi') await startRegistrar(settings, { open, log, parts });
  warnings(settings, log);
  ready = true;
  for (const line of lines) say(line);
  for (const line of hints(settings, demo)) say(line);
}

type Context = { open: OpenDesk; log: Log; parts: Part[] };

async function mailOut(
  settings: Settings,
  context: Context & { letters: ReturnType<typeof loadLetters> },
): Promise<Deliver> {
  const [{ mailTransport }, { mailDeliver }] = await Promise.all([
    import('./mail/wire/deliver.js'),
    import('./mail/wire/outgoing.js'),
  ]);
  const { open, letters, log, parts } = context;
  const { SMTP_URL: smtpUrl, SMTP_CONNECTIONS: connections } = settings;
  const transport = mailTransport({ smtpUrl, connections, sentDir: join(settings.DATA_DIR, 'sent'), log });
  parts.push({ name: 'outgoing mail', stop: async () => transport.close() });
  const { documents, secrets } = open.desk;
  return mailDeliver({
    transport,
    letters,
    documents,
    secrets,
    from: settings.MAIL_FROM,
    vendorName: (locale) => open.desk.catalogue.vendor.name[locale],
    clock: open.desk.clock,
  });
}

async function chat(
  settings: Settings,
  context: Context & { letters: ReturnType<typeof loadLetters> },
): Promise<Deliver> {
  const { startBot } = await import('./bot/gateway.js');
  const bot = await startBot({
    token: settings.DISCORD_TOKEN ?? '',
    guildId: settings.DISCORD_GUILD_ID,
    approvalsChannelId: settings.DISCORD_APPROVALS_CHANNEL_ID,
    api: settings.DISCORD_API,
    dispatcher: context.open.dispatcher,
    approvals: approvalsOf(context.open.desk, context.open.dispatcher.registry),
    letters: context.letters,
    log: context.log,
  });
  context.parts.push({ name: 'Discord', stop: () => bot.close() });
  return bot.deliver;
}

async function web(settings: Settings, context: Context & { ready: () => boolean }): Promise<string[]> {
  const [{ startWeb }, { sentMails }] = await Promise.all([import('./web/server.js'), import('./mail/wire/sent.js')]);
  const links = deskLinks(context.open.desk);
  const desk = deskAllowed(settings)
    ? {
        spend: (token: string) => links.spend(token),
        mails: sentMails(join(settings.DATA_DIR, 'sent')),
        parseLine: (line: string) => parseLine(splitLine(line), commands, noFiles),
      }
    : undefined;
  const folders = [settings.DATA_DIR, ...databaseFolder(settings.DATABASE_URL)];
  const health = createHealth({ desk: context.open.desk, folders });
  const server = await startWeb({
    dispatcher: context.open.dispatcher,
    listen: settings.HTTP_LISTEN,
    publicUrl: settings.PUBLIC_URL,
    trusts: trusting(settings.TRUSTED_PROXIES),
    failing: async () => (context.ready() ? health.failing() : { start: 'not ready yet' }),
    desk,
    log: context.log,
  });
  context.parts.push({ name: 'web', stop: () => server.close() });
  return desk ? [`desk ${server.url}/desk?token=${await links.make()}`] : [`web ${server.url}`];
}

async function mailIn(
  settings: Settings,
  context: Context & { letters: ReturnType<typeof loadLetters> },
): Promise<string[]> {
  const [{ createReception, createReleases }, { createMailbox }] = await Promise.all([
    import('./mail/reception.js'),
    import('./core/ports/mailbox.js'),
  ]);
  const { open, log, parts } = context;
  const mailbox = createMailbox(open.desk);
  const reception = {
    dispatcher: open.dispatcher,
    mailbox,
    address: settings.MAIL_FROM,
    trust: { trustedAuthserv: settings.MAIL_TRUSTED_AUTHSERV, trustLoopback: loopbackMailTrusted(settings) },
    log,
  };
  const receive = createReception(reception);
  // mails that staff or their senders released, in whichever process, are carried out by the one that takes mail in
  const failed = 'a released mail could not be carried out';
  parts.push(every(releasesEveryMs, createReleases(reception), { log, name: 'released mails', failed }));
  const lines: string[] = [];
  if (settings.SMTP_LISTEN) {
    const { startListener } = await import('./mail/wire/listener.js');
    const { protocol, host, port } = settings.SMTP_LISTEN;
    const tls =
      settings.SMTP_TLS_CERT && settings.SMTP_TLS_KEY
        ? { cert: readFileSync(settings.SMTP_TLS_CERT), key: readFileSync(settings.SMTP_TLS_KEY) }
        : undefined;
    const listener = await startListener({
      listen: `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`,
      address: settings.MAIL_FROM,
      tls,
      receive,
      signIn: (attempt) => mailbox.signIn(attempt),
      maxBytes: 25 * 1024 * 1024,
      trusts: trusting(settings.TRUSTED_PROXIES),
      log,
    });
    parts.push({ name: 'mail listener', stop: () => listener.close() });
    lines.push(`mail ${listener.url}`);
  }
  if (settings.IMAP_URL) {
    const [{ startInbox }, { refreshTokens }] = await Promise.all([
      import('./mail/wire/inbox.js'),
      import('./core/programmes/mails/refresh-token.js'),
    ]);
    const oauth = settings.IMAP_OAUTH_TOKEN_URL
      ? {
          tokenUrl: settings.IMAP_OAUTH_TOKEN_URL,
          clientId: settings.IMAP_OAUTH_CLIENT_ID ?? '',
          clientSecret: settings.IMAP_OAUTH_CLIENT_SECRET ?? '',
          refreshToken: settings.IMAP_OAUTH_REFRESH_TOKEN ?? '',
        }
      : undefined;
    const inbox = await startInbox({
      url: settings.IMAP_URL,
      folders: settings.IMAP_FOLDERS,
      receive,
      cursor: mailbox.cursor,
      onward: mailbox,
      paused: () => mailbox.paused(),
      oauth,
      refreshTokens: oauth && refreshTokens(open.desk, oauth.refreshToken),
      log,
      random: () => randomBytes(4).readUInt32BE() / 2 ** 32,
    });
    parts.push({ name: 'inbox', stop: () => inbox.close() });
    lines.push(`inbox ${new URL(settings.IMAP_URL).host}`);
  }
  return lines;
}

/** Something done again and again while the desk runs; one that fails is tried again at its next turn. */
function every(
  ms: number,
  run: () => Promise<unknown>,
  { log, name, failed }: { log: Log; name: string; failed: string },
): Part {
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    running = run().catch((error: unknown) => log.error({ err: error }, failed));
  }, ms);
  return {
    name,
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

function startOutboxWorker(
  open: OpenDesk,
  context: { channels: { mail?: Deliver; chat?: Deliver }; places: { mail: number }; log: Log; parts: Part[] },
): void {
  const { desk } = open;
  const outboxWorker = createOutboxWorker({
    database: desk.database,
    secrets: desk.secrets,
    clock: desk.clock,
    chance: () => (desk.random(1)[0] ?? 0) / 255,
    channels: context.channels,
    places: context.places,
    onSent: (unit, errand) => tellSent(desk, unit, errand),
    onFailed: async (unit, { errand, reason }) => {
      if (!(await fallBackToMail(unit.tx, errand, desk.clock())))
        await tellUndelivered(desk, unit, { ...errand, reason });
    },
    onError: (error) => context.log.error({ err: error }, 'the outbox stumbled'),
  });
  desk.database.onOutbox(() => outboxWorker.wake());
  outboxWorker.start(outboxEveryMs);
  context.parts.push({ name: 'outbox', stop: () => outboxWorker.stop() });
}

async function startJobs(settings: Settings, { open, log, parts }: Context): Promise<void> {
  const sentDir = join(settings.DATA_DIR, 'sent');
  const prune = async (now: Date): Promise<void> => {
    const { pruneSent } = await import('./mail/wire/sent.js');
    const { desk } = open;
    await pruneSent(sentDir, new Date(now.getTime() - desk.catalogue.policy.times.sentMailDays * 86_400_000));
    await desk.rawMail.prune(new Date(now.getTime() - settings.KEEP_RAW), await unendedMails(desk));
  };
  const { database, clock } = open.desk;
  const schedule = createSchedule({
    database,
    clock,
    jobs: [...jobsOf(open.desk, prune), ...(await registerJobs(settings, open.desk))],
    onError: (error) => log.error({ err: error }, 'a scheduled job failed'),
  });
  schedule.start(scheduleEveryMs);
  parts.push({ name: 'schedule', stop: () => schedule.stop() });
}

/** VAT numbers are looked up where the settings say so (`VIES_API`). */
async function registerJobs({ VIES_API: root }: Settings, desk: Desk): Promise<Job[]> {
  if (!root) return [];
  const { viesRegister } = await import('./vat-register/vies.js');
  return [vatNumbers(desk, viesRegister({ root: root.replace(/\/$/, '') }), (unit) => workOf(desk, unit))];
}

/** What was ordered of a registry leaves here; without this role nobody carries it out. */
async function startRegistrar(settings: Settings, { open, log, parts }: Context): Promise<void> {
  const [{ gandiRegistrar }, { createRegistrarWorker }] = await Promise.all([
    import('./registrar/gandi.js'),
    import('./core/programmes/registrar/worker.js'),
  ]);
  const { desk } = open;
  const worker = createRegistrarWorker({
    desk,
    registrar: gandiRegistrar({ token: settings.GANDI_TOKEN ?? '', root: settings.GANDI_API, clock: desk.clock }),
    workOf: (unit) => workOf(desk, unit),
    chance: () => (desk.random(1)[0] ?? 0) / 255,
    onError: (error) => log.error({ err: error }, 'the registrar worker stumbled'),
  });
  worker.start(registrarEveryMs);
  parts.push({ name: 'registrar', stop: () => worker.stop() });
}

function warnings(settings: Settings, log: Log): void {
  if (!settings.SMTP_URL && settings.ROLES.includes('outbox'))
    log.warn('SMTP_URL is not set: mails that leave are kept in DATA_DIR/sent and shown on the desk, and reach nobody');
  const shared = openFolder({ dataDir: settings.DATA_DIR, databaseUrl: settings.DATABASE_URL });
  if (shared)
    log.warn(
      { folder: shared },
      'others on this machine may look into the folder of the database: chmod 700 it, or move the database into DATA_DIR',
    );
  if (loopbackMailTrusted(settings))
    log.warn(
      'a desk without real mail: whatever comes to the listener over loopback is believed to be from its From address',
    );
  if (settings.DISCORD_TOKEN && !settings.DISCORD_APPROVALS_CHANNEL_ID)
    log.warn('DISCORD_APPROVALS_CHANNEL_ID is not set: approvals are asked by mail only');
}

function hints(settings: Settings, demo: { staff: string; reseller: string } | undefined): string[] {
  if (demo)
    return [
      `try: ${deskAllowed(settings) ? `open the desk, choose ${demo.reseller}, and ask «stock show»; or ` : ''}npx guichet declare list --as ${demo.reseller}`,
    ];
  if (!deskAllowed(settings)) return [];
  return [
    'try: npx guichet staff grant --email you@example.com --role admin, then npx guichet help; or npm start -- --demo for an example vendor',
  ];
}

/** Later parts stop first; nothing waits longer than the whole stop may take. */
async function stopAll(parts: Part[], log: Log): Promise<void> {
  for (let part = parts.pop(); part; part = parts.pop()) {
    await part
      .stop()
      .catch((error: unknown) => log.error({ err: error, part: part?.name }, 'a part did not stop cleanly'));
  }
}

function stopOnSignals(parts: Part[], log: Log): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    log.info('stopping');
    setTimeout(() => process.exit(1), stopAtMostMs).unref();
    void stopAll(parts, log).then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
