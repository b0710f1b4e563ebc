/** What a run holds quiesced on an instance, saved so that the post step can end it when the run does not. */

export interface InstanceHold {
  readonly instanceId: string;
  /** Id of the freeze; undefined when nothing is frozen. */
  readonly holdId: string | undefined;
  /** The document whose post-script has to run; undefined when none has. */
  readonly document: string | undefined;
  /** The document's lease. */
  readonly leaseId: string | undefined;
}

/** Where holds are saved. */
export interface HoldStore {
  readonly remember: (hold: InstanceHold) => void;
  readonly forget: (instanceId: string) => void;
}

/** The hold of one instance while it grows and shrinks. Each change is saved at once, so make it before its side effect. */
export class OpenHold {
  readonly #store: HoldStore;
  #hold: InstanceHold;

  constructor(instanceId: string, store: HoldStore) {
    this.#store = store;
    this.#hold = { instanceId, holdId: undefined, document: undefined, leaseId: undefined };
  }

  get current(): InstanceHold {
    return this.#hold;
  }

  change(more: Partial<Omit<InstanceHold, 'instanceId'>>): void {
    this.#hold = { ...this.#hold, ...more };
    if (this.#hold.holdId === undefined && this.#hold.document === undefined) this.close();
    else this.#store.remember(this.#hold);
  }

  /** Everything is resumed: the post step has nothing to do. */
  close(): void {
    this.#store.forget(this.#hold.instanceId);
  }
}

/** How an attempt to quiesce ended. */
export interface Attempt {
  /** Epoch ms at which the lease ends; undefined when the source is not quiesced. */
  readonly untilMs: number | undefined;
  /** Why the source is not quiesced, or not as a whole. */
  readonly notes: readonly string[];
  /** Errors of what could not be resumed at once and is left to its lease. */
  readonly failures: readonly unknown[];
}
