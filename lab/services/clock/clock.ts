/** The lab's time: the machine's own, moved on by tests. */

/** The lab's time. AWS states progress by it; tests drive it with `advance`. */
export interface LabClock {
  now(): Date;
  /** Calls back once after `milliseconds` of lab time; returns a cancel function. */
  after(milliseconds: number, callback: () => void): () => void;
  /** Moves lab time forward at once and fires what became due, in order. */
  advance(milliseconds: number): void;
}

interface Entry {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that runs with the machine's, plus whatever `advance` has added.
 * @param runs false makes it stand still between calls to `advance`, for tests that want every step in their own hands
 */
function createClock(runs: boolean): LabClock {
  const start = Date.now();
  const entries = new Set<Entry>();
  let offset = 0;
  let order = 0;
  let timer: NodeJS.Timeout | undefined;
  const now = (): number => (runs ? Date.now() : start) + offset;

  const next = (limit: number): Entry | undefined =>
    [...entries].filter((entry) => entry.due <= limit).sort((a, b) => a.due - b.due || a.order - b.order)[0];

  const arm = (): void => {
    clearTimeout(timer);
    const first = next(Number.POSITIVE_INFINITY);
    if (!runs || first === undefined) return;
    timer = setTimeout(fire, Math.max(0, first.due - now()));
    // A pending change of state keeps no process alive.
    timer.unref();
  };
  const fire = (): void => {
    for (let entry = next(now()); entry !== undefined; entry = next(now())) {
      entries.delete(entry);
      entry.callback();
    }
    arm();
  };
  return {
    now: () => new Date(now()),
    after(milliseconds, callback) {
      order += 1;
      const entry = { due: now() + Math.max(0, milliseconds), order, callback };
      entries.add(entry);
      arm();
      return () => {
        entries.delete(entry);
        arm();
      };
    },
    advance(milliseconds) {
      const goal = now() + milliseconds;
      for (let entry = next(goal); entry !== undefined; entry = next(goal)) {
        entries.delete(entry);
        offset += Math.max(0, entry.due - now());
        entry.callback();
      }
      offset += Math.max(0, goal - now());
      arm();
    },
  };
}

/** Runs with the machine's time. */
export function realClock(): LabClock {
  return createClock(true);
}

/** Moves only by `advance`. */
export function manualClock(): LabClock {
  return createClock(false);
}
