/** Volumes: described and deleted. */
import { LabAwsError } from '../../protocol/service.ts';
import type { VolumeRecord } from '../model/world.ts';
import type { Ec2Context, Resource } from '../requests/context.ts';
import { filter } from '../requests/filters.ts';
import { findVolume } from '../requests/lookup.ts';
import { type Page, page } from '../requests/pages.ts';
import { list, refusePagesOf, required } from '../requests/query.ts';
import { volumeFields, volumeView } from './views.ts';

/** A volume as the policies are asked about it. */
export function volumeResource({ id, tags }: VolumeRecord): Resource {
  return { type: 'volume', id, tags };
}

function selected(context: Ec2Context): Page<VolumeRecord> {
  const { world, parameters } = context;
  const ids = list(parameters, 'VolumeId');
  refusePagesOf(parameters, ids, 'volumeSet');
  const named = ids.map((id) => findVolume(world, id));
  const passes = filter(parameters, volumeFields, (one) => one.tags);
  return page(
    context,
    () => (ids.length > 0 ? named : [...world.volumes.values()]).filter(passes),
    (one) => world.volumes.has(one.id),
  );
}

export function describeVolumes(context: Ec2Context) {
  context.authorize('ec2:DescribeVolumes', []);
  context.endDryRun();
  const { items, nextToken } = selected(context);
  return { volumeSet: items.map(volumeView), nextToken };
}

export function describeVolumeStatus(context: Ec2Context) {
  context.authorize('ec2:DescribeVolumeStatus', []);
  context.endDryRun();
  const { items, nextToken } = selected(context);
  const view = (one: VolumeRecord) => ({
    volumeId: one.id,
    availabilityZone: one.zone,
    volumeStatus: { status: 'ok', details: [{ name: 'io-enabled', status: 'passed' }] },
  });
  return { volumeStatusSet: items.map(view), nextToken };
}

export async function deleteVolume(context: Ec2Context) {
  const { world, parameters, options } = context;
  const volume = findVolume(world, required(parameters, 'VolumeId'));
  context.authorize('ec2:DeleteVolume', [volumeResource(volume)]);
  context.endDryRun();
  if (volume.attachment)
    throw new LabAwsError(
      'VolumeInUse',
      `Volume ${volume.id} is currently attached to ${volume.attachment.instanceId}`,
    );
  world.volumes.delete(volume.id);
  if (volume.image) await options.hosts.storage.remove(volume.image);
  return { return: true };
}
