/** A desk with its real core and its bot, on a Discord double: what the bot's tests stand on. */
import { join } from 'node:path';
import { approvalsOf } from '../../src/core/programmes/approvals/card.js';
import { startBot, type Bot, type BotOptions } from '../../src/bot/gateway.js';
import type { Log } from '../../src/bot/parts.js';
import { createDispatcher, type Dispatcher } from '../../src/core/command/dispatch.js';
import type { Outcome } from '../../src/core/command/outcome.js';
import type { RawInput } from '../../src/core/command/input.js';
import type { Registry } from '../../src/core/command/registry.js';
import { openDesk, type OpenDesk } from '../../src/core/open.js';
import { tellSent } from '../../src/core/jobs.js';
import {
  createOutboxWorker,
  type OutboxWorker,
  type Deliver,
  type Errand,
} from '../../src/core/database/outbox-worker.js';
import { fallBackToMail } from '../../src/core/database/chat-fallback.js';
import { loadLetters } from '../../src/core/letters/letters.js';
import { databases } from '../servers/databases.js';
import {
  startDiscordDouble,
  type DiscordDouble,
  type DoubleUser,
  type UserInteraction,
} from '../servers/discord/double.js';

const root = process.cwd();

export interface LogLine {
  readonly level: string;
  readonly text: string;
  readonly fields: Record<string, unknown>;
}

export class Ground {
  readonly double: DiscordDouble;
  readonly open: OpenDesk;
  readonly approvalsChannel: { id: string };
  /** Mails that left, with their secrets. */
  readonly mails: Errand[] = [];
  readonly failures: string[] = [];
  readonly log: LogLine[] = [];
  /** How far the desk's clock is ahead. */
  skewMs = 0;
  /** Stands between the bot and the core, for a test that slows or breaks a command. */
  wrap: (dispatcher: Dispatcher) => Dispatcher = (dispatcher) => dispatcher;
  /** What becomes of mails, for a test that has somewhere to send them. */
  mail: Deliver = () => Promise.resolve({ result: 'sent' });
  bot!: Bot;
  courier!: OutboxWorker;

  constructor(parts: { double: DiscordDouble; open: OpenDesk; clock: { now: () => Date } }) {
    this.double = parts.double;
    this.open = parts.open;
    this.approvalsChannel = parts.double.addChannel({ name: 'approvals', private: true });
    parts.clock.now = () => new Date(Date.now() + this.skewMs);
  }

  async start(more: Partial<BotOptions> = {}): Promise<void> {
    const { desk } = this.open;
    const lines = (level: string) => (fields: object, text: string) =>
      void this.log.push({ level, text, fields: fields as Record<string, unknown> });
    const log: Log = { debug: lines('debug'), info: lines('info'), warn: lines('warn'), error: lines('error') };
    const through: Dispatcher = {
      ...this.open.dispatcher,
      dispatch: (request) => this.wrap(this.open.dispatcher).dispatch(request),
    };
    this.bot = await startBot({
      token: this.double.token,
      guildId: this.double.guildId,
      approvalsChannelId: this.approvalsChannel.id,
      api: this.double.api,
      dispatcher: through,
      approvals: approvalsOf(desk, this.open.dispatcher.registry),
      letters: loadLetters(join(root, 'letters'), () => desk.catalogue.vendor),
      log,
      ...more,
    });
    this.courier = createOutboxWorker({
      database: desk.database,
      secrets: desk.secrets,
      clock: desk.clock,
      chance: () => 0.5,
      channels: {
        chat: this.bot.deliver,
        mail: (errand) => {
          this.mails.push(errand);
          return this.mail(errand);
        },
      },
      onSent: (unit, errand) => tellSent(desk, unit, errand),
      onFailed: async ({ tx }, { errand, reason }) => {
        if (!(await fallBackToMail(tx, errand, desk.clock()))) this.failures.push(reason);
      },
      onError: (error) => this.failures.push(String(error)),
    });
  }

  /** Sends what is queued. */
  async post(): Promise<void> {
    await this.courier.round();
  }

  /** What the operator types at the terminal. */
  async operator(command: string, input: RawInput, as?: string): Promise<Outcome> {
    const outcome = await this.open.dispatcher.dispatch({
      door: 'terminal',
      caller: { kind: 'operator', as },
      command,
      input,
    });
    if (!outcome.ok) throw new Error(`${command}: ${outcome.message} ${JSON.stringify(outcome.fields)}`);
    return outcome;
  }

  /** A member of the guild, linked to an address by the mailed code. */
  async linked(person: { name: string; email: string; locale?: string; owner?: boolean }): Promise<DoubleUser> {
    const { name, locale = 'fr', owner = false } = person;
    const user = this.double.user({ name, locale, owner });
    await say(user, 'account link', { email: person.email });
    await this.post();
    const code = this.mails.findLast((mail) => mail.letter === 'link-code' && mail.recipient === person.email)?.params[
      'code'
    ];
    const { answer } = await say(user, 'account confirm', { code: String(code) });
    if (!answer.content.includes(person.email)) throw new Error(`not linked: ${answer.content}`);
    return user;
  }

  /** A reseller's member, with stock: three power packs and no other kind. */
  async reseller(email = 'rev@example.com', company = 'ACME'): Promise<DoubleUser> {
    await this.operator('reseller register', {
      email,
      'last-name': 'Martin',
      'first-name': 'Ann',
      company,
      locale: 'fr',
    });
    await this.operator('stock receive', { reseller: email, product: 'power', quantity: 3, purchase: 'F-1' });
    return this.linked({ name: 'Ann', email });
  }

  /** A linked person with a staff role, who sees the approvals channel; its language is the one of the first link. */
  async staff(name: string, { role = 'admin', locale = 'fr' } = {}): Promise<DoubleUser> {
    const email = `${name.toLowerCase()}@desk.example`;
    const user = await this.linked({ name, email, locale, owner: true });
    await this.operator('staff grant', { email, role });
    return user;
  }

  async stop(): Promise<void> {
    await this.bot.close();
    await this.open.close();
    await this.double.close();
  }
}

/** @param registry in place of the commands there are */
export async function startGround(more: Partial<BotOptions> = {}, registry?: Registry): Promise<Ground> {
  const [sqlite] = databases();
  const database = await sqlite!.fresh();
  const dir = database.url.slice('file:'.length, -'/guichet.db'.length);
  const clock = { now: () => new Date() };
  const double = await startDiscordDouble({ token: 'a-bot-token', checkAnswers: true });
  const onFault = ({ error, command }: { error: unknown; command: string }) => console.error(command, error);
  const opened = await openDesk(
    {
      ...{ ROOT: root, DATABASE_URL: database.url, DATA_DIR: dir, CATALOGUE: join(root, 'catalogue') },
      ...{
        PUBLIC_URL: 'http://127.0.0.1:8080',
        MAIL_FROM: 'guichet@localhost',
        LOCALE: 'fr',
        TIME_ZONE: 'Europe/Paris',
      },
      DISCORD_TOKEN: double.token,
    },
    { onFault, clock: () => clock.now() },
  );
  const dispatcher = registry ? createDispatcher({ desk: opened.desk, registry, onFault }) : opened.dispatcher;
  const open = { ...opened, dispatcher };
  const ground = new Ground({ double, open, clock });
  await ground.start(more);
  return ground;
}

/** A command and its whole answer. */
export async function say(user: DoubleUser, ...asked: Parameters<DoubleUser['command']>): Promise<UserInteraction> {
  return whole(user.command(...asked));
}

/** An interaction once its answer is whole: a message that is updated may say for a moment that work is under way. */
export async function whole(interaction: Promise<UserInteraction>): Promise<UserInteraction> {
  const made = await interaction;
  for (;;) {
    const { content } = await made.settled();
    if (!/^(En cours|Working)…/.test(content)) return made;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
