/** What a fault is, and the usual ways to arrange one. */

import type { Lab, LabFault, Undo } from '../lab.ts';
import type { FaultRule } from '../services/http/faults.ts';

/**
 * How the run with the fault ends. `good`, `bad` and `unproven` are verdicts; a run that ends `failed` reaches none;
 * after one that `recovers` the source comes back by itself, and the next run is good.
 */
export type Ending = 'good' | 'bad' | 'unproven' | 'failed' | 'recovers';

export interface NamedFault extends LabFault {
  readonly name: string;
  /** One line: what goes wrong. */
  readonly description: string;
  readonly ends: Ending;
}

/** Sets a property until the fault is cleared. */
export function override<T, K extends keyof T>(target: T, key: K, value: T[K]): Undo {
  const before = target[key];
  target[key] = value;
  return () => {
    target[key] = before;
  };
}

/** Calls to AWS or GitHub that go wrong. */
export function disturbCalls(...rules: readonly FaultRule[]): LabFault['arrange'] {
  return ({ faults }: Lab) => {
    for (const rule of rules) faults.add(rule);
    return () => faults.clear();
  };
}

/** Answers the first calls of each operation with "slow down": how many, by operation. */
export function throttle(
  endpoint: FaultRule['endpoint'],
  calls: Readonly<Record<string, number>>,
): readonly FaultRule[] {
  return Object.entries(calls).map(([operation, times]) => ({
    name: `throttle ${operation}`,
    endpoint,
    operation,
    times,
    effect: { kind: 'throttle' },
  }));
}

/** Tries every few milliseconds, until `attempt` has succeeded or the fault is cleared. */
export function retry(milliseconds: number, attempt: () => boolean | Promise<boolean>): Undo {
  let cleared = false;
  const again = async (): Promise<void> => {
    if (cleared) return;
    const done = await Promise.resolve(attempt()).catch(() => false);
    if (!done) setTimeout(again, milliseconds).unref();
  };
  setTimeout(again, milliseconds).unref();
  return () => {
    cleared = true;
  };
}
