/** Finds the regions with something to do, so that the workflow's matrix needs no list. */
import type { Ec2Regions } from '../../ports/ec2-region.ts';
import { automated, configurationTags, rotationTags } from '../../rotation/plan/tags.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { each } from '../../runtime/each.ts';
import { explain } from '../../runtime/errors.ts';

/** Regions asked at once. */
const concurrency = 6;

/**
 * Regions with a tagged instance, or with automated snapshots to expire, copies included. A region that does not answer
 * counts as well: its own job then shows what is wrong there.
 */
export async function findActiveRegions(regions: Ec2Regions, { logger, signal }: WorkContext): Promise<string[]> {
  const active: string[] = [];
  const ask = async (name: string): Promise<void> => {
    const region = regions.in(name);
    try {
      const instances = (await region.instancesWithTag(configurationTags.backup)).length;
      const snapshots = await region.hasSnapshots({ [rotationTags.type]: automated });
      logger.info(
        `${name}: ${instances} tagged instances, ${snapshots ? 'automated snapshots' : 'no automated snapshots'}`,
      );
      if (instances > 0 || snapshots) active.push(name);
    } catch (error) {
      logger.warning(`${name} does not answer; its own job will show why: ${explain(error).what}`);
      active.push(name);
    }
  };
  await each(await regions.enabled(), concurrency, ask, signal);
  return active.sort();
}
