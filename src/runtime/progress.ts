/** Progress of long work in the log. */
import type { WorkContext } from './context.ts';
import { formatBytes, formatRate } from './format.ts';

/** Seconds between two lines of progress. */
const intervalSeconds = 15;

/** @returns a callback that takes the bytes so far, and logs them with the rate from time to time */
export function logProgress(
  { clock, logger }: Pick<WorkContext, 'clock' | 'logger'>,
  what: string,
): (bytes: number) => void {
  const startedAt = clock.now().getTime();
  let loggedAt = startedAt;
  return (bytes) => {
    const now = clock.now().getTime();
    if (now - loggedAt < intervalSeconds * 1000) return;
    loggedAt = now;
    logger.info(`${what}: ${formatBytes(bytes)}, ${formatRate(bytes, (now - startedAt) / 1000)}`);
  };
}
