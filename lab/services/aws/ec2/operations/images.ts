/** The account's own AMIs, which keep the snapshots they are made of in use. */
import type { ImageRecord } from '../model/world.ts';
import type { Ec2Context } from '../requests/context.ts';
import { type Fields, filter } from '../requests/filters.ts';
import { findImage } from '../requests/lookup.ts';
import { page } from '../requests/pages.ts';
import { list, refusePagesOf } from '../requests/query.ts';

const fields: Fields<ImageRecord> = {
  'image-id': (one) => one.id,
  name: (one) => one.name,
  state: () => 'available',
  'is-public': () => 'false',
  'root-device-type': () => 'ebs',
  'block-device-mapping.snapshot-id': (one) => one.snapshotIds,
};

export function describeImages(context: Ec2Context) {
  const { world, parameters, options } = context;
  context.authorize('ec2:DescribeImages', []);
  context.endDryRun();
  const { accountId } = options.seed;
  const ids = list(parameters, 'ImageId');
  refusePagesOf(parameters, ids, 'imagesSet');
  const named = ids.map((id) => findImage(world, id));
  const owners = list(parameters, 'Owner');
  const own = owners.length === 0 || owners.includes('self') || owners.includes(accountId);
  const passes = filter(parameters, { ...fields, 'owner-id': () => accountId });
  const { items, nextToken } = page(
    context,
    () => (ids.length > 0 ? named : [...world.images.values()]).filter((one) => own && passes(one)),
    (one) => world.images.has(one.id),
  );
  return { imagesSet: items.map((one) => imageView(context, one)), nextToken };
}

function imageView({ world, options }: Ec2Context, one: ImageRecord) {
  return {
    imageId: one.id,
    name: one.name,
    imageLocation: `${options.seed.accountId}/${one.name}`,
    imageState: 'available',
    imageOwnerId: options.seed.accountId,
    isPublic: false,
    imageType: 'machine',
    architecture: 'x86_64',
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/xvda',
    blockDeviceMapping: one.snapshotIds.map((snapshotId, index) => ({
      deviceName: index === 0 ? '/dev/xvda' : `/dev/sd${String.fromCharCode('e'.charCodeAt(0) + index)}`,
      ebs: { snapshotId, volumeSize: world.snapshots.get(snapshotId)?.sizeGiB, deleteOnTermination: true },
    })),
  };
}
