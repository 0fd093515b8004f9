/** Opens a desk: database, catalogue, secrets, and the dispatcher over them. Every process and every test begins here. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createDispatcher, type Dispatcher, type DispatchOptions } from './command/dispatch.js';
import { commands } from './commands.js';
import type { Desk } from './guard/work.js';
import type { Locale } from './locales/locale.js';
import { createAside } from './record/aside.js';
import { loadCatalogue } from './record/catalogue.js';
import { connect, providerOf, type Connection } from './record/database.js';
import { createDocuments } from './record/documents.js';
import { migrate } from './record/migrate.js';
import { prepare } from './record/prepare.js';
import { createSecrets, loadKey } from './record/secrets.js';
import { createDatabase } from './record/transact.js';

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
  const { clock = () => new Date(), random = randomBytes } = options;
  const catalogue = loadCatalogue(settings.CATALOGUE, new Set(commands.all.map(({ name }) => name)));
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
  const desk: Desk = {
    database,
    catalogue,
    secrets,
    documents: createDocuments(join(settings.DATA_DIR, 'documents')),
    rawMail: createDocuments(join(settings.DATA_DIR, 'received')),
    aside: createAside(),
    clock,
    random,
    publicUrl: settings.PUBLIC_URL,
    mailFrom: settings.MAIL_FROM,
    locale: settings.LOCALE,
    timeZone: settings.TIME_ZONE,
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
