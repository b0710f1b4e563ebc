/** CreateSnapshots: one snapshot of every volume of an instance that is not left out, at the same moment. */
import { LabAwsError, type Parameters } from '../../protocol/service.ts';
import { attachedTo, type InstanceRecord, type VolumeRecord } from '../model/world.ts';
import { requestTags, type Scene } from '../requests/context.ts';
import { checkId, checkTagLimit, flag, list, required, specifiedTags, text } from '../requests/query.ts';
import { begin, checkVolumes, draftOf } from './snapshot-creation.ts';
import { keyNotAccessible } from './snapshots.ts';
import { snapshotInfoView } from './views.ts';

/** Data volumes that may be excluded (CreateSnapshots, InstanceSpecification). */
const exclusionLimit = 40;

export async function createSnapshots(scene: Scene) {
  const { world, parameters, delays, switches } = scene;
  const specification = (parameters.InstanceSpecification ?? {}) as Parameters;
  const instanceId = required(specification, 'InstanceId');
  checkId(instanceId, 'i', 'InstanceID');
  const instance = world.instances.get(instanceId);
  if (!instance) throw new LabAwsError('InvalidInstanceID.NotFound', `The instance ID '${instanceId}' does not exist`);
  const volumes = included(scene, instance, specification);
  const given = specifiedTags(parameters, 'snapshot');
  const copying = text(parameters, 'CopyTagsFromSource');
  if (copying !== undefined && copying !== 'volume')
    throw new LabAwsError('InvalidParameterValue', `Invalid value '${copying}' for copyTagsFromSource.`);
  const drafts = volumes.map((volume) =>
    draftOf(volume, new Map([...(copying ? tagsToCopy(volume, given) : []), ...given])),
  );
  for (const draft of drafts) checkTagLimit(draft.tags.size);
  const created = { type: 'snapshot', id: '*', tags: new Map<string, string>() } as const;
  scene.authorize('ec2:CreateSnapshots', [
    { type: 'instance', id: instance.id, tags: instance.tags },
    ...volumes.map(({ id, tags }) => ({ type: 'volume' as const, id, tags })),
  ]);
  scene.authorize('ec2:CreateSnapshots', [created], requestTags(given));
  if (given.size > 0 || copying)
    scene.authorize('ec2:CreateTags', [created], { ...requestTags(given), 'ec2:CreateAction': 'CreateSnapshots' });
  scene.endDryRun();
  if (instance.state !== 'running' && instance.state !== 'stopped')
    throw new LabAwsError('IncorrectState', `The instance '${instance.id}' is not 'running' or 'stopped'.`);
  checkVolumes(scene, volumes);
  const made = await begin(scene, drafts, delays.snapshot, switches.snapshotsFail ? keyNotAccessible : undefined);
  return { snapshotSet: made.map(snapshotInfoView) };
}

/** The instance's volumes of this moment without those the call leaves out. */
function included(scene: Scene, instance: InstanceRecord, specification: Parameters): VolumeRecord[] {
  const excluded = list(specification, 'ExcludeDataVolumeId');
  if (excluded.length > exclusionLimit)
    throw new LabAwsError('InvalidParameterValue', `At most ${exclusionLimit} data volumes can be excluded.`);
  const attached = attachedTo(scene.world, instance.id);
  for (const id of excluded) {
    checkId(id, 'vol', 'VolumeID');
    if (id === instance.rootVolumeId) {
      throw new LabAwsError(
        'InvalidParameterCombination',
        `The volume '${id}' is the root volume; use ExcludeBootVolume to exclude it.`,
      );
    }
    if (!scene.world.volumes.has(id))
      throw new LabAwsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
    // What EC2 does here is not documented; the lab is strict.
    if (!attached.some((one) => one.id === id)) {
      throw new LabAwsError('InvalidParameterValue', `The volume '${id}' is not attached to '${instance.id}'.`);
    }
  }
  const boot = flag(specification, 'ExcludeBootVolume') ? instance.rootVolumeId : undefined;
  const volumes = attached.filter((one) => one.id !== boot && !excluded.includes(one.id));
  if (volumes.length === 0)
    throw new LabAwsError('InvalidParameterCombination', 'At least one volume of the instance must be included.');
  return volumes;
}

/** Tags that AWS itself has set stay behind: nobody else may set such. What EC2 does with a clash is not documented. */
function tagsToCopy(volume: VolumeRecord, given: ReadonlyMap<string, string>): [string, string][] {
  const tags = [...volume.tags].filter(([key]) => !key.startsWith('aws:'));
  const clash = tags.find(([key]) => given.has(key));
  if (clash) {
    throw new LabAwsError(
      'InvalidParameterValue',
      `Duplicate tag key '${clash[0]}' specified: the volume '${volume.id}' has it too.`,
    );
  }
  return tags;
}
