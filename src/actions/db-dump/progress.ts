/** Progress of long work, a line now and then. */
import { formatBytes, formatRate } from '../../runtime/format.ts';
import type { Deps } from './wishes.ts';

/** Seconds between two lines of progress. */
const progressSeconds = 15;

/** Tells from time to time how far something is. */
export function progress(deps: Deps, what: string): (bytes: number) => void {
  const began = deps.clock.now().getTime();
  let told = began;
  return (bytes) => {
    const now = deps.clock.now().getTime();
    if (now - told < progressSeconds * 1000) return;
    told = now;
    deps.logger.info(`${what}: ${formatBytes(bytes)}, ${formatRate(bytes, (now - began) / 1000)}`);
  };
}
