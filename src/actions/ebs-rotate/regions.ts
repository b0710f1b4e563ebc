/** Finds the regions that have anything to do, so that the workflow's matrix needs no list. */
import type { Estates } from '../../ports/ec2-region.ts';
import { automated, configurationTags, rotationTags } from '../../rotation/plan/tags.ts';
import { each } from '../../runtime/each.ts';
import type { Logger } from '../../runtime/logger.ts';

/**
 * Regions with a tagged instance, or with automated snapshots to expire (those that hold only copies too). A region
 * that does not answer is among them: its own job says what is wrong there.
 */
export async function regionsAtWork(estates: Estates, logger: Logger, signal: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  await each(
    await estates.regions(),
    6,
    async (region) => {
      const estate = estates.in(region);
      try {
        const instances = (await estate.instancesWithTag(configurationTags.backup)).length;
        const snapshots = await estate.hasSnapshots({ [rotationTags.type]: automated });
        logger.info(
          `${region}: ${instances} tagged instances, ${snapshots ? 'automated snapshots' : 'no automated snapshot'}`,
        );
        if (instances > 0 || snapshots) found.push(region);
      } catch (error) {
        logger.warning(`${region} does not answer, so its job is to find out: ${(error as Error).message}`);
        found.push(region);
      }
    },
    signal,
  );
  return found.sort();
}
