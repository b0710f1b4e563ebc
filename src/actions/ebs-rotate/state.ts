/** What the main step leaves for the post step, saved before each source is quiesced. */
import type { HoldStore, InstanceHold } from '../../quiesce/instance-hold.ts';

/** The state's name in the runner's state file. */
export const holdsState = 'holds';

/** Saves the holds that may not have ended, by instance. */
export class SavedHolds implements HoldStore {
  readonly #holds = new Map<string, InstanceHold>();
  readonly #save: (text: string) => void;

  constructor(save: (text: string) => void) {
    this.#save = save;
  }

  readonly remember = (hold: InstanceHold): void => {
    this.#holds.set(hold.instanceId, hold);
    this.#write();
  };

  readonly forget = (instanceId: string): void => {
    if (this.#holds.delete(instanceId)) this.#write();
  };

  #write(): void {
    this.#save(JSON.stringify([...this.#holds.values()]));
  }
}

/** @param saved the text of the state; empty when nothing was saved */
export function readHolds(saved: string): readonly InstanceHold[] {
  return saved === '' ? [] : (JSON.parse(saved) as InstanceHold[]);
}
