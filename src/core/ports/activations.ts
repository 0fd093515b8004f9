/** What the web door needs of the core for the page behind a device's mailed link (E6). */
import type { Dispatcher } from '../command/dispatch.js';
import {
  activate,
  noteOpened,
  viewActivation,
  type Activated,
  type Activation,
  type Holder,
} from '../programmes/devices/activation.js';
import type { RawInput } from '../command/input.js';

export {
  activationForm,
  type Activated,
  type Activation,
  type Holder,
  type ShownDevice,
} from '../programmes/devices/activation.js';

export interface Activations {
  /** What the page shows; nothing when the link is for something else. Looking changes nothing. */
  view(holder: Pick<Holder, 'token' | 'personId'>): Promise<Activation | undefined>;
  /** Notes, once, that the link was opened. */
  opened(holder: Holder): Promise<void>;
  /** Keeps the client's data and makes the device active, once; nothing when the link is for something else. */
  activate(given: Holder & { personId: number; input: RawInput }): Promise<Activated | undefined>;
}

export const createActivations = ({ desk }: Pick<Dispatcher, 'desk'>): Activations => ({
  view: (holder) => desk.database.read((tx) => viewActivation(tx, desk, holder)),
  opened: (holder) => noteOpened(desk, holder),
  activate: (given) => activate(desk, given),
});
