/** The lives of a device and of a grant of remote access (docs/commands.md prints them). Other moves are `state.wrong`. */

export const deviceStates = {
  entered: ['checked', 'removed'],
  checked: ['registered', 'removed'],
  registered: ['link-sent', 'bounced', 'removed'],
  'link-sent': ['opened', 'bounced', 'expired', 'removed'],
  // sent again, or to a corrected address: what was opened is forgotten
  opened: ['active', 'expired', 'link-sent', 'bounced', 'removed'],
  bounced: ['link-sent', 'removed'],
  expired: ['link-sent', 'removed'],
  active: ['removed'],
  removed: [],
} as const;

export type DeviceState = keyof typeof deviceStates;

export const grantStates = {
  active: ['used', 'expired', 'revoked'],
  used: [],
  expired: [],
  revoked: [],
} as const;

export type GrantState = keyof typeof grantStates;
