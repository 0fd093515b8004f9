/** Opens a desk: database, catalogue, secrets, and the dispatcher over them. Every process and every test begins here. */
import { join } from 'node:path';
import { createDispatcher, type Dispatcher, type DispatchOptions } from './command/dispatch.js';
import { commands } from './programmes/index.js';
import { knownTo } from './programmes/desk/catalogue-load.js';
import type { Desk } from './guard/work.js';
import type { Locale } from './locales/locale.js';
import { createWorkerThreads } from './threads/worker.js';
import { readParts, type Catalogue } from './catalogue/catalogue.js';
import { openCatalogue } from './catalogue/versions.js';
import { connect, providerOf, type Connection } from './database/connect.js';
import { createDocuments } from './documents/store.js';
import { loadLetters, type Letters } from './letters/letters.js';
import { migrate } from './database/migrate.js';
import { tighten } from './secrets/file-permissions.js';
import { prepare } from './database/prepare.js';
import { createScan, type Scan, type ScanCommand } from './documents/scan.js';
import { createSecrets, loadKey, pooledRandom } from './secrets/secrets.js';
import { createDatabase } from './database/transact.js';

/** The settings a desk is made of (settings.ts has them all). */
export interface DeskSettings {
  readonly ROOT: string;
  readonly DATABASE_URL: string;
  readonly DATA_DIR: string;
  readonly SECRET_KEY?: Buffer | undefined;
  readonly CATALOGUE: string;
  readonly PUBLIC_URL: string;
  readonly MAIL_FROM: string;
  readonly LOCALE: Locale;
  readonly TIME_ZONE: string;
  readonly DISCORD_TOKEN?: string | undefined;
  readonly REGISTRAR?: 'staff' | 'gandi' | undefined;
  readonly SCAN_COMMAND?: ScanCommand | undefined;
  readonly LETTERS?: string | undefined;
}

export interface OpenDesk {
  readonly desk: Desk;
  readonly dispatcher: Dispatcher;
  readonly connection: Connection;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly onFault: DispatchOptions['onFault'];
  readonly clock?: () => Date;
  readonly random?: (count: number) => Buffer;
}

/**
 * @throws {FileFaults} of the catalogue; `NewerDatabase` when the database is of a newer program; {WrongKey}
 */
export async function openDesk(settings: DeskSettings, options: OpenOptions): Promise<OpenDesk> {
  const { clock = () => new Date(), random = pooledRandom() } = options;
  const files = readParts(settings.CATALOGUE, knownTo(commands));
  tighten({ dataDir: settings.DATA_DIR, databaseUrl: settings.DATABASE_URL });
  const secrets = createSecrets(loadKey(settings.SECRET_KEY, settings.DATA_DIR), random);
  const provider = providerOf(settings.DATABASE_URL);
  await migrate({
    provider,
    url: settings.DATABASE_URL,
    migrationsDir: join(settings.ROOT, 'prisma', provider, 'migrations'),
  });
  const connection = await connect({ url: settings.DATABASE_URL });
  await prepare(connection, { secrets, locale: settings.LOCALE, now: clock() });
  const mailDomain = settings.MAIL_FROM.slice(settings.MAIL_FROM.lastIndexOf('@') + 1);
  const database = createDatabase(connection, { secrets, random, clock, mailDomain });
  const versions = await openCatalogue(database, { files, clock }).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const desk: Desk = {
    database,
    get catalogue() {
      return versions.catalogue;
    },
    versions,
    secrets,
    documents: createDocuments(join(settings.DATA_DIR, 'documents')),
    rawMail: createDocuments(join(settings.DATA_DIR, 'received')),
    aside: createWorkerThreads(),
    scan: scanOf(settings, options),
    letters: lettersOf(settings, versions),
    clock,
    random,
    publicUrl: settings.PUBLIC_URL,
    mailFrom: settings.MAIL_FROM,
    locale: settings.LOCALE,
    timeZone: settings.TIME_ZONE,
    registrar: settings.REGISTRAR ?? 'staff',
    chat: settings.DISCORD_TOKEN !== undefined,
  };
  return {
    desk,
    connection,
    dispatcher: createDispatcher({ desk, registry: commands, onFault: options.onFault }),
    async close() {
      await Promise.all([desk.aside.close(), database.close()]);
    },
  };
}

function lettersOf(
  { LETTERS: folder }: DeskSettings,
  versions: { readonly catalogue: Catalogue },
): (() => Letters) | undefined {
  let letters: Letters | undefined;
  return folder === undefined ? undefined : () => (letters ??= loadLetters(folder, () => versions.catalogue.vendor));
}

/** What the scanner could not tell is a fault of ours: its asker is told to try again, the log says why. */
function scanOf({ SCAN_COMMAND: command, DATA_DIR }: DeskSettings, { onFault }: OpenOptions): Scan | undefined {
  if (!command) return undefined;
  const scan = createScan({ command, folder: join(DATA_DIR, 'scanning') });
  return async (content) => {
    const scanned = await scan(content);
    if (scanned.verdict === 'unknown')
      onFault({ reference: 'SCAN_COMMAND', error: new Error(scanned.why), command: command.program });
    return scanned;
  };
}
