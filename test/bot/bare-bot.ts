import { Client, Events, GatewayIntentBits, type ClientOptions, type Interaction } from 'discord.js';
import type { DiscordDouble } from '../servers/discord/double.js';

type Listener = (interaction: Interaction) => Promise<unknown>;

/** A discord.js client and nothing else: each test says what it does with an interaction. */
export class BareBot {
  readonly client: Client;
  /** What a listener threw, for the test to look at. */
  readonly errors: unknown[] = [];
  listener: Listener = () => Promise.resolve();
  /** Resolves when the latest listener has come to its end. */
  done: Promise<unknown> = Promise.resolve();

  constructor(double: DiscordDouble, rest: ClientOptions['rest'] = {}) {
    this.client = new Client({
      intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
      rest: { api: double.api, ...rest },
    });
    this.client.on(Events.InteractionCreate, (interaction) => {
      this.done = this.listener(interaction).catch((error: unknown) => this.errors.push(error));
    });
    this.client.on(Events.Error, (error) => this.errors.push(error));
  }

  /** Resolves when the client is ready. */
  async start(token: string): Promise<void> {
    const ready = new Promise((resolve) => this.client.once(Events.ClientReady, resolve));
    await this.client.login(token);
    await ready;
  }
}

/** The code of Discord's answer to a request that is expected to be refused. */
export async function codeOf(request: Promise<unknown>): Promise<unknown> {
  return request.then(
    () => 'not refused',
    (error: unknown) => (error as { code?: unknown }).code ?? error,
  );
}
