import { callbackHandlers } from './answers.js';
import { warm } from './document.js';
import { Gateway } from './gateway.js';
import { Interactions, type InteractionSettings } from './interaction.js';
import { usualLimits, type RateLimits } from './limits.js';
import { Post } from './post.js';
import { commandHandlers, guildHandlers, messageHandlers } from './routes.js';
import { ApiServer } from './server.js';
import { systemClock, type Clock } from './time.js';
import { webhookHandlers } from './webhooks.js';
import { World } from './world.js';

export type DoubleOptions = {
  token: string;
  /** The application's id, which is the bot user's too. */
  applicationId?: string;
  guildId?: string;
  /** Rules that differ from the usual ones, or none at all. */
  rateLimits?: RateLimits | false;
  /** Whether the app has the privileged intents; off as for a new app. */
  privilegedIntents?: boolean;
  /** Holds the double's own answers against Discord's document: what differs is in `faults`. */
  checkAnswers?: boolean;
  heartbeatIntervalMs?: number;
  /** Events a session keeps for a resume. */
  keptEvents?: number;
  keptRequests?: number;
  clock?: Partial<Clock>;
} & Partial<Pick<InteractionSettings, 'answerLimitMs' | 'tokenLifeMs'>>;

/** What a bot sends often: their rules are compiled before the first request. */
const often = [
  'bulk_set_guild_application_commands',
  'create_interaction_response',
  'update_original_webhook_message',
  'execute_webhook',
  'create_message',
  'update_message',
  'create_dm',
  'get_bot_gateway',
];

export const warmUp = () => warm(often);

/** The parts of a double, put together but not listening yet. */
export function assemble(options: DoubleOptions) {
  const clock: Clock = { ...systemClock, ...options.clock };
  const { applicationId = '1100000000000000001', guildId = '1100000000000000002' } = options;
  const { answerLimitMs = 3000, tokenLifeMs = 15 * 60_000 } = options;
  const world = new World({ clock, applicationId, guildId, guildName: 'Guichet' });
  const interactions = new Interactions(world, { answerLimitMs, tokenLifeMs, kept: 5000 });
  const post = new Post(world, (...event) => gateway.emit(...event));
  const parts = { world, post, interactions };
  const handlers = {
    ...guildHandlers(world),
    ...commandHandlers(world),
    ...messageHandlers(parts),
    ...callbackHandlers(parts),
    ...webhookHandlers(parts),
  };
  const server = new ApiServer(world, handlers, {
    token: options.token,
    rateLimits: options.rateLimits === false ? false : { ...usualLimits, ...options.rateLimits },
    checkAnswers: options.checkAnswers ?? false,
    keptRequests: options.keptRequests ?? 5000,
  });
  const gateway: Gateway = new Gateway(server.http, world, {
    token: options.token,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250,
    privileged: options.privilegedIntents ?? false,
    keptEvents: options.keptEvents ?? 500,
  });
  return { world, server, gateway, interactions, answerLimitMs };
}
