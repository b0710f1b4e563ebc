/** CreateSnapshots: one snapshot of each included volume of an instance, all of the same moment. */
import { LabAwsError, type Parameters } from '../../protocol/service.ts';
import { attachedTo, type InstanceRecord, type VolumeRecord } from '../model/world.ts';
import { authorizeCreation, type Ec2Context } from '../requests/context.ts';
import { findInstance, findVolume } from '../requests/lookup.ts';
import { checkTagLimit, flag, list, required, specifiedTags, text } from '../requests/query.ts';
import { instanceResource } from './instances.ts';
import { checkVolumes, type Draft, draftOf, keyNotAccessible, startSnapshots } from './snapshot-creation.ts';
import { snapshotInfoView } from './views.ts';
import { volumeResource } from './volumes.ts';

/** Data volumes that a call may exclude (CreateSnapshots, InstanceSpecification). */
const exclusionLimit = 40;

export async function createSnapshots(context: Ec2Context) {
  const { world, parameters, delays, switches } = context;
  const specification = (parameters.InstanceSpecification ?? {}) as Parameters;
  const instance = findInstance(world, required(specification, 'InstanceId'));
  const volumes = includedVolumes(context, instance, specification);
  const tags = specifiedTags(parameters, 'snapshot');
  const copyTags = copiesTags(parameters);
  const drafts = draftsOf(volumes, tags, copyTags);
  context.authorize('ec2:CreateSnapshots', [instanceResource(instance), ...volumes.map(volumeResource)]);
  authorizeCreation(context, 'snapshot', tags, tags.size > 0 || copyTags);
  context.endDryRun();
  if (instance.state !== 'running' && instance.state !== 'stopped')
    throw new LabAwsError('IncorrectState', `The instance '${instance.id}' is not 'running' or 'stopped'.`);
  checkVolumes(context, volumes);
  const failure = switches.snapshotsFail ? keyNotAccessible : undefined;
  const started = await startSnapshots(context, drafts, delays.snapshot, failure);
  return { snapshotSet: started.map(snapshotInfoView) };
}

/** The volumes attached to the instance now, without those that the call excludes. */
function includedVolumes({ world }: Ec2Context, instance: InstanceRecord, specification: Parameters): VolumeRecord[] {
  const excluded = list(specification, 'ExcludeDataVolumeId');
  if (excluded.length > exclusionLimit)
    throw new LabAwsError('InvalidParameterValue', `At most ${exclusionLimit} data volumes can be excluded.`);
  const attached = attachedTo(world, instance.id);
  for (const id of excluded) {
    if (id === instance.rootVolumeId)
      throw new LabAwsError(
        'InvalidParameterCombination',
        `The volume '${id}' is the root volume; use ExcludeBootVolume to exclude it.`,
      );
    findVolume(world, id);
    // EC2's behaviour is not documented here; the lab is strict.
    if (!attached.some((one) => one.id === id))
      throw new LabAwsError('InvalidParameterValue', `The volume '${id}' is not attached to '${instance.id}'.`);
  }
  const boot = flag(specification, 'ExcludeBootVolume') ? instance.rootVolumeId : undefined;
  const volumes = attached.filter((one) => one.id !== boot && !excluded.includes(one.id));
  if (volumes.length === 0)
    throw new LabAwsError('InvalidParameterCombination', 'At least one volume of the instance must be included.');
  return volumes;
}

/** Whether each snapshot gets the tags of its volume. */
function copiesTags(parameters: Parameters): boolean {
  const from = text(parameters, 'CopyTagsFromSource');
  if (from !== undefined && from !== 'volume')
    throw new LabAwsError('InvalidParameterValue', `Invalid value '${from}' for copyTagsFromSource.`);
  return from !== undefined;
}

function draftsOf(volumes: readonly VolumeRecord[], tags: ReadonlyMap<string, string>, copyTags: boolean): Draft[] {
  return volumes.map((volume) => {
    const all = new Map([...(copyTags ? tagsToCopy(volume, tags) : []), ...tags]);
    checkTagLimit(all.size);
    return draftOf(volume, all);
  });
}

/**
 * A volume's tags without those of AWS itself, which only AWS may set.
 * @throws LabAwsError for a key that the request sets too: EC2's behaviour is not documented here; the lab is strict
 */
function tagsToCopy(volume: VolumeRecord, given: ReadonlyMap<string, string>): [string, string][] {
  const tags = [...volume.tags].filter(([key]) => !key.startsWith('aws:'));
  const clash = tags.find(([key]) => given.has(key));
  if (clash)
    throw new LabAwsError(
      'InvalidParameterValue',
      `Duplicate tag key '${clash[0]}' specified: the volume '${volume.id}' has it too.`,
    );
  return tags;
}
