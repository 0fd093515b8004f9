import type { MessagePayload } from './message-rules.js';
import { may, Permission } from './permissions.js';
import type { MessageJson, World } from './world.js';

type Allowed = MessagePayload['allowed_mentions'];

/**
 * Who a text pings: everyone it names, unless `allowed_mentions` says otherwise (docs, "Allowed Mentions Object").
 * What is not in the result stands in the text and pings nobody.
 */
export function mentionsIn(
  world: World,
  content: string,
  { allowed, bits }: { allowed: Allowed; bits: bigint },
): Pick<MessageJson, 'mentions' | 'mention_roles' | 'mention_everyone'> {
  const parses = (kind: string) => !allowed || (allowed.parse ?? []).includes(kind);
  const userIds = idsIn(content, /<@!?(\d+)>/g).filter((id) => parses('users') || allowed?.users?.includes(id));
  const roleIds = idsIn(content, /<@&(\d+)>/g).filter((id) => parses('roles') || allowed?.roles?.includes(id));
  const everyone = /@(everyone|here)\b/.test(content) && may(bits, Permission.mentionEveryone) && parses('everyone');
  return {
    mentions: userIds.flatMap((id) => {
      const person = world.people.get(id);
      return person ? [world.user(person)] : [];
    }),
    mention_roles: roleIds.filter((id) => world.guild.roles.some((role) => role.id === id)),
    mention_everyone: everyone,
  };
}

const idsIn = (content: string, pattern: RegExp): string[] => [
  ...new Set([...content.matchAll(pattern)].map((found) => found[1]!)),
];
