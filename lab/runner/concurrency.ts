/** `concurrency`: in a group one runs and one waits; a newer one takes the place of the one that waits. */
import { type Contexts, evaluate, text } from './expressions.ts';
import type { Concurrency } from './model.ts';

interface Waiter {
  readonly admit: (granted: boolean) => void;
}

interface Group {
  cancelRunning: () => void;
  waiting: Waiter | undefined;
}

/** Leaves the group, so that the one that waits can run. */
type Leave = () => void;

export class ConcurrencyGroups {
  readonly #groups = new Map<string, Group>();

  /** Enters the group that a workflow or job names; where it names none, there is nothing to wait for. */
  async enterFor(
    concurrency: Concurrency | undefined,
    contexts: Contexts,
    cancel: () => void,
  ): Promise<Leave | undefined> {
    if (!concurrency) return () => {};
    return this.enter(text(concurrency.group, contexts), {
      cancelInProgress: evaluate(concurrency.cancelInProgress, contexts) === true,
      cancel,
    });
  }

  /**
   * Waits for its turn in the group. Resolves to undefined when a newer run has taken the place in the queue: the run is
   * then cancelled without having started.
   * @param options.cancel called when a newer run cancels this one while it runs
   */
  async enter(
    name: string,
    options: { readonly cancelInProgress: boolean; readonly cancel: () => void },
  ): Promise<Leave | undefined> {
    const key = name.toLowerCase();
    const current = this.#groups.get(key);
    if (!current) {
      const group: Group = { cancelRunning: options.cancel, waiting: undefined };
      this.#groups.set(key, group);
      return () => this.#leave(key, group);
    }
    current.waiting?.admit(false);
    const admitted = new Promise<boolean>((resolve) => {
      current.waiting = { admit: resolve };
    });
    if (options.cancelInProgress) current.cancelRunning();
    if (!(await admitted)) return undefined;
    current.waiting = undefined;
    current.cancelRunning = options.cancel;
    return () => this.#leave(key, current);
  }

  #leave(key: string, group: Group): void {
    if (group.waiting) group.waiting.admit(true);
    else this.#groups.delete(key);
  }
}
