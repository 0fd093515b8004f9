/** The permission bits the double looks at (docs, "Permissions"). */
export const Permission = {
  administrator: 1n << 3n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  manageMessages: 1n << 13n,
  embedLinks: 1n << 14n,
  attachFiles: 1n << 15n,
  readHistory: 1n << 16n,
  mentionEveryone: 1n << 17n,
  useCommands: 1n << 31n,
} as const;

export type Overwrite = { id: string; type: 0 | 1; allow: string; deny: string };
export type RoleJson = { id: string; name: string; permissions: string; position: number };

const all = (1n << 53n) - 1n;

/** What a member may do in a channel: base roles, then the overwrites of @everyone, of the roles, of the member. */
export function permissionsIn(
  overwrites: readonly Overwrite[],
  member: { id: string; roleIds: readonly string[]; owner: boolean },
  guild: { id: string; roles: readonly RoleJson[] },
): bigint {
  const held = guild.roles.filter(({ id }) => id === guild.id || member.roleIds.includes(id));
  const base = held.reduce((bits, role) => bits | BigInt(role.permissions), 0n);
  if (member.owner || base & Permission.administrator) return all;
  const apply = (bits: bigint, chosen: readonly Overwrite[]) => {
    const deny = chosen.reduce((sum, one) => sum | BigInt(one.deny), 0n);
    const allow = chosen.reduce((sum, one) => sum | BigInt(one.allow), 0n);
    return (bits & ~deny) | allow;
  };
  const everyone = apply(
    base,
    overwrites.filter(({ id }) => id === guild.id),
  );
  const roles = apply(
    everyone,
    overwrites.filter(({ id, type }) => type === 0 && id !== guild.id && member.roleIds.includes(id)),
  );
  return apply(
    roles,
    overwrites.filter(({ id, type }) => type === 1 && id === member.id),
  );
}

export const may = (bits: bigint, permission: bigint): boolean => (bits & permission) === permission;
