/**
 * Instances that are gone, or no longer tagged: nobody promises their backups, and while GitHub is silent nobody writes that down. New
 * instances are promised by the watchdog on GitHub alone, which knows the schedules.
 */
import type { Instance } from '../../domain/ec2.ts';
import type { Ec2Regions } from '../../ports/ec2-region.ts';
import { configurationTags } from '../../rotation/plan/tags.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { each } from '../../runtime/each.ts';
import { explainInLine } from '../../runtime/errors.ts';
import type { PromisedSource, Promises } from '../promises/promise.ts';
import { targetTags } from '../promises/targets.ts';

/** Regions asked at once. */
const parallel = 6;

/** What is promised without them. In a region that cannot be read, everything stays promised. */
export async function stillTagged(
  repositories: Promises['repositories'],
  regions: Ec2Regions,
  { logger, signal }: Pick<WorkContext, 'logger' | 'signal'>,
): Promise<Promises['repositories']> {
  const ofInstances = Object.values(repositories).flat().filter(isOfInstance);
  const tagged = new Map<string, ReadonlyMap<string, Instance>>();
  await each(
    [...new Set(ofInstances.flatMap(({ region }) => region ?? []))],
    parallel,
    async (region) => {
      try {
        const instances = await regions.in(region).instancesWithTag(configurationTags.backup, targetTags.rpo);
        tagged.set(region, new Map(instances.map((one) => [one.id, one])));
      } catch (error) {
        logger.warning(`instances in ${region} could not be read: ${explainInLine(error)}`);
      }
    },
    signal,
  );
  const current = (source: PromisedSource): readonly PromisedSource[] => {
    const some = isOfInstance(source) ? tagged.get(source.region ?? '') : undefined;
    if (some === undefined) return [source];
    const instance = some.get(source.instanceId ?? '');
    return instance === undefined || !isWanted(source, instance) ? [] : [withoutDetached(source, instance)];
  };
  return Object.fromEntries(Object.entries(repositories).map(([name, all]) => [name, all.flatMap(current)]));
}

/** A volume that was detached is not missing; which new ones to back up, GitHub's watchdog says. */
function withoutDetached(source: PromisedSource, { devices }: Instance): PromisedSource {
  if (source.volumes === undefined) return source;
  const attached = new Set(Object.values(devices));
  return { ...source, volumes: Object.fromEntries(Object.entries(source.volumes).filter(([id]) => attached.has(id))) };
}

const isOfInstance = ({ kind, instanceId, byTarget }: PromisedSource): boolean =>
  kind === 'rotation-snapshot' && instanceId !== undefined && byTarget !== true;

/**
 * A tag that is neither yes nor no is somebody's mistake: then the backup is missing, and that is told. Without that tag, only what nothing
 * backs up is promised, by a target alone.
 */
function isWanted({ schedules }: PromisedSource, { tags }: Instance): boolean {
  const backup = tags[configurationTags.backup];
  return backup === undefined ? schedules.length === 0 : !/^\s*(no|false)\s*$/i.test(backup);
}
