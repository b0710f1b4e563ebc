/** Which of the process's threads go first where there are more of them than cores. */
import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Steps of niceness by which libuv's threads stand back: they get what the main thread leaves (sched(7)). */
const steps = 15;

/**
 * Lets the main thread go before libuv's, which compress what it gives them: with as many threads as that at work on two
 * cores it would get less than half of one, and they would run out of work. Linux only, where a thread has a number of
 * its own; elsewhere, or where it is not allowed, nothing changes. It holds as long as the process.
 */
export function preferMainThread(): void {
  try {
    for (const thread of readdirSync('/proc/self/task'))
      if (readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').startsWith('libuv-worker'))
        setPriority(Number(thread), steps);
  } catch {
    // Only slower.
  }
}
