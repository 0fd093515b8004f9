/** The lives of packs and declarations (docs/commands.md prints these tables). A move not listed is refused as `state.wrong`. */

export const packStates = {
  available: ['reserved', 'declared', 'withdrawn'],
  reserved: ['available', 'withdrawn'],
  declared: ['assigned', 'revoked', 'available'],
  assigned: ['revoked'],
  withdrawn: [],
  revoked: [],
} as const;

export const declarationStates = {
  held: ['placed', 'undone'],
  placed: ['completed', 'undone'],
  completed: ['undone'],
  undone: [],
} as const;

export type PackState = keyof typeof packStates;
export type DeclarationState = keyof typeof declarationStates;
