/**
 * `concurrency` (docs.github.com, "Control the concurrency of workflows and jobs"): in a group one runs. One more waits, whose place a
 * newer one takes; with `queue: max` up to 100 wait, first in, first out, and one that finds the queue full is cancelled.
 */
import { type Contexts, evaluate, text } from './expressions.ts';
import type { Concurrency } from './model.ts';

/** Most that wait in a group with `queue: max` (github.blog, changelog of 7 May 2026). */
const longestQueue = 100;

interface Waiter {
  readonly admit: (granted: boolean) => void;
  readonly cancelRunning: () => void;
}

interface Group {
  cancelRunning: () => void;
  readonly waiting: Waiter[];
}

/** Leaves the group, so that the next one can run. */
type Leave = () => void;

interface EnterOptions {
  readonly cancelInProgress: boolean;
  readonly queue?: Concurrency['queue'];
  /** Called when a newer run cancels this one while it runs. */
  readonly cancel: () => void;
}

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
      queue: concurrency.queue,
      cancel,
    });
  }

  /**
   * Waits for its turn in the group. Resolves to undefined when there is no place in the queue, or a newer run has taken it: the run is
   * then cancelled without having started.
   */
  async enter(name: string, { cancelInProgress, queue = 'single', cancel }: EnterOptions): Promise<Leave | undefined> {
    const key = name.toLowerCase();
    const current = this.#groups.get(key);
    if (!current) {
      const group: Group = { cancelRunning: cancel, waiting: [] };
      this.#groups.set(key, group);
      return () => this.#leave(key, group);
    }
    if (queue === 'single') for (const one of current.waiting.splice(0)) one.admit(false);
    else if (current.waiting.length >= longestQueue) return undefined;
    const admitted = new Promise<boolean>((admit) => current.waiting.push({ admit, cancelRunning: cancel }));
    if (cancelInProgress) current.cancelRunning();
    return (await admitted) ? () => this.#leave(key, current) : undefined;
  }

  #leave(key: string, group: Group): void {
    const next = group.waiting.shift();
    if (!next) {
      this.#groups.delete(key);
      return;
    }
    group.cancelRunning = next.cancelRunning;
    next.admit(true);
  }
}

/** The group that a workflow or job names, as it is compared: without case. */
export function groupOf(concurrency: Concurrency | undefined, contexts: Contexts): string | undefined {
  return concurrency && text(concurrency.group, contexts).toLowerCase();
}
