/** A registrar task's row: what is ordered of a registry for one domain. */
import { printRef } from '../../guard/number.js';
import type { RegistrarTask } from '../../database/connect.js';
import type { TaskState } from './states.js';

export const taskRef = (id: number): string => printRef('W', id);

export const taskKinds = ['register', 'transfer', 'renew', 'restore', 'suspend', 'resume', 'owner-mail'] as const;
export type TaskKind = (typeof taskKinds)[number];

/** A task's row with its state and kind by name. */
export type TaskRow = RegistrarTask & { state: TaskState; kind: TaskKind };

/** What a transfer's code is encrypted for. */
export const secretPurpose = 'transfer code';
