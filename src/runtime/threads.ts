/** Which of the process's threads have priority when there are more of them than cores. */
import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Niceness of libuv's threads: they get the time that the main thread leaves (sched(7)). */
const steps = 15;

/**
 * Gives the main thread priority over libuv's threads, which compress what it produces: otherwise the main thread gets less
 * than half of a core on two cores, and the others run out of work. Linux only, where each thread has an id of its own;
 * elsewhere, or where it is not allowed, nothing changes. Lasts as long as the process.
 */
export function preferMainThread(): void {
  try {
    for (const thread of readdirSync('/proc/self/task'))
      if (readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').startsWith('libuv-worker'))
        setPriority(Number(thread), steps);
  } catch {
    // It only runs slower.
  }
}
