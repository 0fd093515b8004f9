import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { Close, Intent, Op, privilegedIntents, type Emit } from './gateway-events.js';
import { applicationJson, guildCreateJson } from './guild-json.js';
import type { World } from './world.js';

type Frame = { op: number; d?: unknown };
type Session = {
  id: string;
  intents: number;
  sequence: number;
  /** The latest events, already worded, for a RESUME. */
  kept: { sequence: number; text: string }[];
  socket?: WebSocket;
};

export type GatewaySettings = {
  token: string;
  heartbeatIntervalMs: number;
  /** Whether the app has the privileged intents. */
  privileged: boolean;
  /** How many events a session keeps for a RESUME: older ones are gone, and the session with them. */
  keptEvents: number;
};

/** The WebSocket gateway: sessions with their events, and the mishaps a test can order. */
export class Gateway {
  readonly #world: World;
  readonly #settings: GatewaySettings;
  readonly #sockets: WebSocketServer;
  readonly #sessions = new Map<string, Session>();
  readonly #silent = new WeakSet<WebSocket>();
  /** How often clients identified anew and resumed. */
  readonly counts = { identified: 0, resumed: 0, refusedResumes: 0 };

  constructor(server: Server, world: World, settings: GatewaySettings) {
    this.#world = world;
    this.#settings = settings;
    this.#sockets = new WebSocketServer({ server, path: '/gateway' });
    this.#sockets.on('connection', (socket, request) => this.#greet(socket, request));
  }

  readonly emit: Emit = (event, data, intent) => {
    for (const session of this.#sessions.values())
      if (!intent || session.intents & intent) this.#dispatch(session, event, data);
  };

  /** Sessions with a live connection. */
  get online(): number {
    return [...this.#sessions.values()].filter(({ socket }) => socket).length;
  }

  /** Cuts every connection, without a farewell, or with a close code. Sessions stay and can be resumed. */
  drop(code?: number): void {
    for (const socket of this.#sockets.clients)
      if (code === undefined) socket.terminate();
      else socket.close(code);
  }

  /** Open connections stay open and say nothing more, not even to heartbeats: half open, as after a router's restart. */
  goSilent(): void {
    for (const socket of this.#sockets.clients) this.#silent.add(socket);
  }

  /** Forgets all sessions: the next RESUME is answered by INVALID_SESSION. */
  forget(): void {
    this.#sessions.clear();
  }

  /** Asks clients to reconnect and resume (opcode 7). */
  askReconnect(): void {
    for (const socket of this.#sockets.clients) this.#send(socket, { op: Op.reconnect, d: null });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    await new Promise((resolve) => this.#sockets.close(resolve));
  }

  #greet(socket: WebSocket, request: IncomingMessage): void {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    if (query.get('v') !== '10') return socket.close(Close.invalidVersion, 'Invalid API version');
    if (query.get('encoding') !== 'json') return socket.close(Close.decodeError, 'Only JSON here');
    let last = 0;
    const count = () => (last += 1) <= 120;
    const relief = setInterval(() => (last = 0), 60_000);
    socket.on('close', (code) => this.#part(socket, code, relief));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => {
      if (this.#silent.has(socket)) return;
      if (!count()) return socket.close(Close.rateLimited, 'You are being rate limited.');
      this.#hear(socket, (data as Buffer).toString('utf8'));
    });
    this.#send(socket, { op: Op.hello, d: { heartbeat_interval: this.#settings.heartbeatIntervalMs, _trace: [] } });
  }

  /** A client that leaves with 1000 or 1001 gives its session up; any other way it may come back. */
  #part(socket: WebSocket, code: number, relief: NodeJS.Timeout): void {
    clearInterval(relief);
    const session = this.#sessionOf(socket);
    if (!session) return;
    delete session.socket;
    if (code === 1000 || code === 1001) this.#sessions.delete(session.id);
    this.#world.changes.notify();
  }

  #sessionOf(socket: WebSocket): Session | undefined {
    return [...this.#sessions.values()].find((session) => session.socket === socket);
  }

  #hear(socket: WebSocket, text: string): void {
    let frame: Frame;
    try {
      frame = JSON.parse(text) as Frame;
    } catch {
      return socket.close(Close.decodeError, 'Error while decoding payload.');
    }
    if (frame.op === Op.heartbeat) return this.#send(socket, { op: Op.heartbeatAck });
    if (frame.op === Op.identify) return this.#identify(socket, (frame.d ?? {}) as Record<string, unknown>);
    if (frame.op === Op.resume) return this.#resume(socket, (frame.d ?? {}) as Record<string, unknown>);
    if (!Object.values<number>(Op).includes(frame.op)) return socket.close(Close.unknownOpcode, 'Unknown opcode.');
    if (!this.#sessionOf(socket)) socket.close(Close.notAuthenticated, 'Not authenticated.');
  }

  #identify(socket: WebSocket, d: Record<string, unknown>): void {
    const { token, intents, shard, properties } = d;
    if (this.#sessionOf(socket)) return socket.close(Close.alreadyAuthenticated, 'Already authenticated.');
    if (token !== this.#settings.token) return socket.close(Close.authenticationFailed, 'Authentication failed.');
    if (typeof properties !== 'object' || !properties)
      return socket.close(Close.decodeError, 'Error while decoding payload.');
    if (typeof intents !== 'number' || intents < 0 || intents >= 1 << 26)
      return socket.close(Close.invalidIntents, 'Invalid intent(s).');
    if (!this.#settings.privileged && intents & privilegedIntents)
      return socket.close(Close.disallowedIntents, 'Disallowed intent(s).');
    if (Array.isArray(shard) && !(shard[0] < shard[1])) return socket.close(Close.invalidShard, 'Invalid shard.');
    const session: Session = { id: randomUUID().replaceAll('-', ''), intents, sequence: 0, kept: [], socket };
    this.#prune();
    this.#sessions.set(session.id, session);
    this.counts.identified += 1;
    this.#welcome(session);
    this.#world.changes.notify();
  }

  #welcome(session: Session): void {
    const world = this.#world;
    this.#dispatch(session, 'READY', {
      v: 10,
      user: { ...world.user(world.bot), verified: true, mfa_enabled: true, email: null },
      session_type: 'normal',
      session_id: session.id,
      resume_gateway_url: `${world.shelf.origin.replace('http', 'ws')}/gateway`,
      relationships: [],
      private_channels: [],
      presences: [],
      guilds: [{ id: world.guild.id, unavailable: true }],
      application: { id: world.applicationId, flags: applicationJson(world).flags },
      shard: [0, 1],
    });
    if (session.intents & Intent.guilds) this.#dispatch(session, 'GUILD_CREATE', guildCreateJson(world));
  }

  /** Sessions whose client never came back are kept for a while only. */
  #prune(): void {
    const idle = [...this.#sessions.values()].filter(({ socket }) => !socket);
    for (const { id } of idle.slice(0, -3)) this.#sessions.delete(id);
  }

  #resume(socket: WebSocket, d: Record<string, unknown>): void {
    if (d['token'] !== this.#settings.token) return socket.close(Close.authenticationFailed, 'Authentication failed.');
    const session = this.#sessions.get(String(d['session_id']));
    const sequence = Number(d['seq']);
    if (session && !(sequence <= session.sequence)) return socket.close(Close.invalidSequence, 'Invalid seq.');
    const oldest = session?.kept[0]?.sequence ?? 1;
    if (!session || sequence < oldest - 1) {
      this.counts.refusedResumes += 1;
      return this.#send(socket, { op: Op.invalidSession, d: false });
    }
    session.socket = socket;
    for (const event of session.kept) if (event.sequence > sequence) socket.send(event.text);
    this.counts.resumed += 1;
    this.#dispatch(session, 'RESUMED', { _trace: [] });
    this.#world.changes.notify();
  }

  #dispatch(session: Session, event: string, data: object): void {
    session.sequence += 1;
    const text = JSON.stringify({ op: Op.dispatch, t: event, s: session.sequence, d: data });
    session.kept.push({ sequence: session.sequence, text });
    if (session.kept.length > this.#settings.keptEvents) session.kept.shift();
    const { socket } = session;
    if (socket && socket.readyState === socket.OPEN && !this.#silent.has(socket)) socket.send(text);
  }

  #send(socket: WebSocket, frame: Frame): void {
    if (socket.readyState === socket.OPEN && !this.#silent.has(socket)) socket.send(JSON.stringify(frame));
  }
}
