/** CreateSnapshots and CopySnapshot have no client token: after a lost answer, check before calling again. */
import type { WorkContext } from '../../runtime/context.ts';

/** Milliseconds before each check: EC2 lists a new snapshot only after a while. */
const waits = [1_000, 4_000, 10_000] as const;

/**
 * Finds what a call without an answer has made.
 * @param call for the log: "CreateSnapshots for i-1"
 * @param find gives undefined while EC2 lists nothing
 * @returns undefined when the call has made nothing, as far as EC2 shows
 */
export async function findMade<T>(
  call: string,
  { clock, logger, signal }: WorkContext,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const wait of waits) {
    logger.info(`${call}: no answer; checking in ${wait / 1000} s whether EC2 did it all the same`);
    await clock.sleep(wait, signal);
    const made = await find();
    if (made !== undefined) return made;
  }
  return undefined;
}
