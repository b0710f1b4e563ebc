/** The lab's time: the computer's own, which tests can advance. */

/** The states of the lab's AWS progress by this time. */
export interface LabClock {
  now(): Date;
  /** Calls back once, after `milliseconds` of lab time. @returns cancels the call */
  after(milliseconds: number, callback: () => void): () => void;
  /** Moves the time forward at once and makes the calls that became due, in order. */
  advance(milliseconds: number): void;
}

interface Entry {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/** @param runs false makes the clock stand still between calls to `advance` */
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
    // A pending change of state must not keep the process alive.
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

/** Runs with the computer's clock, plus what `advance` has added. */
export function realClock(): LabClock {
  return createClock(true);
}

/** Moves only when `advance` is called. */
export function manualClock(): LabClock {
  return createClock(false);
}
