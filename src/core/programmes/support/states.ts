/** The life of a ticket (docs/commands.md prints it): `open` waits for staff, `answered` for the asker (G8). */
export const ticketStates = {
  open: ['answered', 'closed'],
  answered: ['open', 'closed'],
  closed: ['open'],
} as const;

export type TicketState = keyof typeof ticketStates;
