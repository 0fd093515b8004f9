/** The life of a certificate (docs/commands.md prints this table). A move not listed never happens. */
export const certificateStates = {
  issued: ['sent', 'revoked', 'expired'],
  sent: ['revoked', 'expired'],
  revoked: [],
  expired: [],
} as const;

export type CertificateState = keyof typeof certificateStates;
