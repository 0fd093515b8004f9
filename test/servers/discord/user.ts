import type { ChoiceJson } from './command-rules.js';
import { Kind, selectKinds, walk, type Component } from './component.js';
import { entities, formData, optionsOf, type FormValues } from './form.js';
import { Intent, type Emit } from './gateway-events.js';
import { interactionJson, InteractionKind, type InteractionRecord, type Interactions } from './interaction.js';
import { Flag } from './message-rules.js';
import { commandData, forcedData, typingData, type OptionValues } from './options.js';
import { may, Permission } from './permissions.js';
import { UserInteraction } from './reading.js';
import { Resolved, type FileToSend } from './resolved.js';
import type { Channel, MessageJson, Person, World } from './world.js';

/** What the keyboard needs of the double. */
export type Desk = {
  world: World;
  interactions: Interactions;
  emit: Emit;
  answerLimitMs: number;
  /** The double's state in words, for the error of a wait that was in vain. */
  seen: () => string;
};

export type Where = {
  /** The guild's first channel unless named. */
  channelId?: string;
  /** In the DM with the bot instead. */
  dm?: boolean;
  /** Sends it even though no client would. */
  force?: boolean;
};

/** A message, an interaction whose answer is meant, or anything that names its message. */
export type Target = UserInteraction | { id: string } | { messageId?: string };

/** A member of the guild at the keyboard. What a client would not let a user do throws here. */
export class DoubleUser {
  readonly id: string;
  readonly name: string;
  readonly person: Person;
  readonly #desk: Desk;

  constructor(desk: Desk, person: Person) {
    this.#desk = desk;
    this.person = person;
    this.id = person.id;
    this.name = person.name;
  }

  /** Whether the bot may write to this user: if not, it gets 50007. */
  set dmsClosed(closed: boolean) {
    this.person.dmsClosed = closed;
  }

  /** The messages in the DM with the bot, oldest first. */
  get dms(): MessageJson[] {
    const { world } = this.#desk;
    return world.messagesIn(world.dmWith(this.person));
  }

  /** `/noun verb` with its options. Resolves at the first answer; throws when none comes in time. */
  async command(name: string, values: OptionValues = {}, where: Where = {}): Promise<UserInteraction> {
    const place = this.#place(where);
    const data = (where.force ? forcedData : commandData)(place, name, values);
    return this.#dispatch({ kind: InteractionKind.command, channel: place.channel, data, commandName: name });
  }

  /** What is offered while `text` is typed into an option; `others` are filled in already. */
  async autocomplete(
    ...[name, option, text, others = {}, where = {}]: [
      name: string,
      option: string,
      text: string,
      others?: OptionValues,
      where?: Where,
    ]
  ): Promise<ChoiceJson[]> {
    const place = this.#place(where);
    const data = typingData(place, name, { option, text, others });
    const { record } = await this.#dispatch({ kind: InteractionKind.autocomplete, channel: place.channel, data });
    return record.choices ?? [];
  }

  /** Presses a button, named by custom id or label. */
  async press(target: Target, what: string): Promise<UserInteraction> {
    const message = this.#message(target);
    const button = this.#component(
      message,
      ({ type, custom_id, label }) => {
        return type === Kind.button && (custom_id === what || label === what);
      },
      `button ${what}`,
    );
    if (button.url) throw new Error(`${what} is a link`);
    return this.#use(message, button, {});
  }

  /** Chooses values (or labels, or ids of people, roles, channels) in a select. */
  async choose(target: Target, customId: string, values: readonly string[]): Promise<UserInteraction> {
    const message = this.#message(target);
    const select = this.#component(
      message,
      (one) => selectKinds.includes(one.type) && one.custom_id === customId,
      `select ${customId}`,
    );
    const resolved = new Resolved(this.#desk.world, this.#channelOf(message));
    const chosen = select.options ? optionsOf(select, values, customId) : entities(select.type, values, resolved);
    const [least, most] = [select.min_values ?? 1, select.max_values ?? 1];
    if (chosen.length < least || chosen.length > most) throw new Error(`${customId} wants ${least} to ${most} values`);
    return this.#use(message, select, { values: chosen, ...resolved.json() });
  }

  /** Fills in and submits the modal an interaction was answered with. */
  async submit(opener: UserInteraction, values: FormValues = {}): Promise<UserInteraction> {
    const { modal, person, channel, source } = opener.record;
    if (!modal) throw new Error('that interaction was not answered with a modal');
    if (person.id !== this.id) throw new Error(`the modal was shown to ${person.name}`);
    const data = formData(modal, values, new Resolved(this.#desk.world, channel));
    const origin = { parent: opener.record, ...(source && { source }) };
    return this.#dispatch({ kind: InteractionKind.modalSubmit, channel, data, ...origin });
  }

  /** Writes into a channel, or into the DM with the bot. */
  write(text: string, { files = [], ...where }: Where & { files?: FileToSend[] } = {}): MessageJson {
    const { world, emit } = this.#desk;
    const { channel } = this.#place(where);
    const place = { channelId: channel.id, ephemeral: false };
    const message = world.keep({
      id: world.ids.next(),
      type: 0,
      channel_id: channel.id,
      author: world.user(this.person),
      content: text,
      attachments: files.map(({ name, type = '', content }) => world.shelf.keep({ name, type, bytes: content }, place)),
      ...{ embeds: [], components: [], mentions: [], mention_roles: [], mention_everyone: false },
      ...{ flags: 0, pinned: false, tts: false, edited_timestamp: null, timestamp: world.timestamp() },
    });
    // Without the privileged intent a bot reads what others write in a guild as empty.
    const bare = channel.recipient ? message : { ...message, content: '', attachments: [] };
    const { user: _, ...member } = world.member(this.person);
    const guild = channel.recipient ? {} : { guild_id: world.guild.id, member };
    emit('MESSAGE_CREATE', { ...bare, ...guild }, channel.recipient ? Intent.directMessages : Intent.guildMessages);
    return message;
  }

  #place({ channelId, dm }: Where): { world: World; person: Person; channel: Channel } {
    const { world } = this.#desk;
    const first = [...world.channels.values()].find(({ recipient }) => !recipient)!;
    const channel = dm ? world.dmWith(this.person) : channelId === undefined ? first : world.channels.get(channelId);
    if (!channel) throw new Error(`there is no channel ${channelId}`);
    return { world, person: this.person, channel };
  }

  #message(target: Target): MessageJson {
    const { world } = this.#desk;
    const id =
      target instanceof UserInteraction
        ? target.answer.messageId
        : 'messageId' in target
          ? target.messageId
          : (target as { id: string }).id;
    const message = id === undefined ? undefined : world.messages.get(id);
    if (!message) throw new Error('that message is not there');
    const channel = this.#channelOf(message);
    const owner = (message.interaction_metadata as { user?: { id: string } } | undefined)?.user?.id;
    const hidden = message.flags & Flag.ephemeral && owner !== this.id;
    const elsewhere = channel.recipient && channel.recipient.id !== this.id;
    const sees = may(world.permissions(this.person, channel), Permission.viewChannel);
    if (hidden || elsewhere || !sees) throw new Error(`${this.name} does not see that message`);
    return message;
  }

  #channelOf(message: MessageJson): Channel {
    return this.#desk.world.channels.get(message.channel_id)!;
  }

  #component(message: MessageJson, fits: (one: Component) => boolean, what: string): Component {
    const all = [...walk(message.components)].map(({ component }) => component);
    const found = all.filter(fits);
    const names = all.flatMap(({ custom_id, label }) => (custom_id ? [`${custom_id} "${label ?? ''}"`] : []));
    if (found.length !== 1) throw new Error(`${found.length} components are ${what}; there are: ${names.join(', ')}`);
    if (found[0]!.disabled) throw new Error(`${what} is disabled`);
    return found[0]!;
  }

  #use(message: MessageJson, component: Component, extra: object): Promise<UserInteraction> {
    const data = { id: component.id, custom_id: component.custom_id, component_type: component.type, ...extra };
    const channel = this.#channelOf(message);
    return this.#dispatch({ kind: InteractionKind.component, channel, data, source: message.id });
  }

  async #dispatch(opening: Omit<Parameters<Interactions['open']>[0], 'person'>): Promise<UserInteraction> {
    const { world, interactions, emit, answerLimitMs, seen } = this.#desk;
    const record: InteractionRecord = interactions.open({ ...opening, person: this.person });
    emit('INTERACTION_CREATE', interactionJson(world, record), Intent.none);
    // A little longer than the limit, so that an answer judged in time is also seen.
    const what = `the application to respond to ${opening.commandName ?? JSON.stringify(opening.data).slice(0, 200)}`;
    await world.changes.until(() => record.callback !== undefined, { timeoutMs: answerLimitMs + 50, what, seen });
    return new UserInteraction(world, record, seen);
  }
}
