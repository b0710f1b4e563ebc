/** `concurrency`: one at a time in a group, one waiting; a newer one takes the place of the one that waits. */

interface Waiter {
  readonly admit: (granted: boolean) => void;
}

interface Group {
  cancelRunning: () => void;
  waiting: Waiter | undefined;
}

export class ConcurrencyGroups {
  readonly #groups = new Map<string, Group>();

  /**
   * Waits for its turn in the group. Resolves to a function that leaves it, or to undefined when a newer run took the
   * place in the queue: the run is then cancelled without having started.
   */
  async enter(
    name: string,
    options: { readonly cancelInProgress: boolean; readonly cancel: () => void },
  ): Promise<(() => void) | undefined> {
    const key = name.toLowerCase();
    const current = this.#groups.get(key);
    if (current) {
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
    const group: Group = { cancelRunning: options.cancel, waiting: undefined };
    this.#groups.set(key, group);
    return () => this.#leave(key, group);
  }

  #leave(key: string, group: Group): void {
    if (group.waiting) group.waiting.admit(true);
    else this.#groups.delete(key);
  }
}
