/** Shows how far the reading or the checking of a copy has come. */
import type { Hosts } from '../../ports/hosts.ts';
import { explain } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';

/** Milliseconds between two requests. */
const interval = 15_000;

/** Does the work, and logs the progress of its host script meanwhile. A failed request is ignored. */
export async function withProgress<T>(
  volumeId: string,
  instanceId: string,
  hosts: Hosts,
  logger: Logger,
  work: () => Promise<T>,
): Promise<T> {
  let asking = false;
  const ask = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      const command = { script: 'progress', parameters: { VolumeId: volumeId }, timeoutSeconds: 30 } as const;
      const { bytes, totalBytes, unit } = await hosts.run(instanceId, command);
      if (totalBytes > 0 && unit !== undefined) logger.info(`checked ${bytes} of ${totalBytes} ${unit}`);
      else if (totalBytes > 0)
        logger.info(`read ${((100 * bytes) / totalBytes).toFixed(0)} % of ${(totalBytes / 1024 ** 3).toFixed(1)} GiB`);
    } catch (error) {
      logger.debug(`no progress to show: ${explain(error).what}`);
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(ask, interval);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
