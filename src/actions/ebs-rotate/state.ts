/** What the main step leaves for the post step, saved before each source is brought to rest. */
import type { Pause } from '../../quiesce/instance.ts';

/** The state's name in the runner's state file. */
export const pausesState = 'pauses';

/** The pauses that are not known to be over, by instance. */
export class Pauses {
  readonly #open = new Map<string, Pause>();
  readonly #save: (text: string) => void;

  constructor(save: (text: string) => void) {
    this.#save = save;
  }

  remember(pause: Pause): void {
    this.#open.set(pause.instanceId, pause);
    this.#save(JSON.stringify([...this.#open.values()]));
  }

  forget(instanceId: string): void {
    if (this.#open.delete(instanceId)) this.#save(JSON.stringify([...this.#open.values()]));
  }
}
