/** CopySnapshot: sent to the region where the copy is wanted. */
import { LabAwsError } from '../../protocol/service.ts';
import { pendingOf, type SnapshotRecord, volumeOfCopies, type World } from '../model/world.ts';
import { requestTags, type Scene } from '../requests/context.ts';
import { flag, required, specifiedTags, text } from '../requests/query.ts';
import { unavailable } from './regions.ts';
import { begin } from './snapshot-creation.ts';
import { findSnapshot, keyNotAccessible } from './snapshots.ts';
import { tagSet } from './views.ts';

export async function copySnapshot(scene: Scene) {
  const { world, parameters, options, delays, switches } = scene;
  const region = required(parameters, 'SourceRegion');
  const sourceId = required(parameters, 'SourceSnapshotId');
  checkDestination(scene);
  if (!scene.regions.includes(region) && region !== world.region)
    throw new LabAwsError('InvalidParameterValue', `Invalid value '${region}' for sourceRegion.`);
  if (text(parameters, 'KmsKeyId') !== undefined && !flag(parameters, 'Encrypted')) {
    throw new LabAwsError(
      'InvalidParameterDependency',
      'The parameter KmsKeyId requires the parameter Encrypted to be set.',
    );
  }
  const tags = specifiedTags(parameters, 'snapshot');
  if (switches.regionsDown.has(region)) throw unavailable();
  const source = findSnapshot(scene.worldOf(region), sourceId, options.seed.accountId);
  const created = { type: 'snapshot', id: '*', tags: new Map<string, string>() } as const;
  scene.authorize('ec2:CopySnapshot', [{ type: 'snapshot', id: source.id, tags: source.tags, region }]);
  scene.authorize('ec2:CopySnapshot', [created], requestTags(tags));
  if (tags.size > 0)
    scene.authorize('ec2:CreateTags', [created], { ...requestTags(tags), 'ec2:CreateAction': 'CopySnapshot' });
  scene.endDryRun();
  if (source.state !== 'completed')
    throw new LabAwsError('IncorrectState', `Snapshot ${source.id} is in invalid state - ${source.state}`);
  if (source.tier === 'archive')
    throw new LabAwsError('IncorrectState', `Snapshot ${source.id} is archived; restore it before copying it.`);
  const limit = options.copiesAtOnce ?? 20;
  if (pendingOf(world, volumeOfCopies) >= limit) {
    throw new LabAwsError(
      'ResourceLimitExceeded',
      `Too many snapshot copies in progress. The limit is ${limit} for this destination region.`,
    );
  }
  const encryption = encryptionOf(scene, source);
  const { sizeGiB, fullSizeBytes } = source;
  const draft = { volumeId: volumeOfCopies, sizeGiB, fullSizeBytes, tags, ...encryption.fields, from: source.image };
  const failure = switches.copiesFail ? 'An internal error occurred' : encryption.failure;
  const [copy] = await begin(scene, [draft], delays.copy, failure);
  return { snapshotId: copy?.id, tagSet: tagSet(tags) };
}

/** The SDK names the destination too; it is the region the call goes to, or the call is wrong. */
function checkDestination({ world, parameters }: Scene): void {
  const destination = text(parameters, 'DestinationRegion');
  if (destination !== undefined && destination !== world.region)
    throw new LabAwsError('InvalidParameterValue', `Invalid value '${destination}' for destinationRegion.`);
}

/**
 * A copy is encrypted when that is asked for or its source is; without a key given, with the region's own for EBS.
 * A key that is not there is noticed only later, as on EC2: the copy ends in `error`.
 */
function encryptionOf(
  { world, parameters, options }: Scene,
  source: SnapshotRecord,
): { fields: Pick<SnapshotRecord, 'encrypted' | 'kmsKeyId'>; failure: string | undefined } {
  const encrypted = source.encrypted || flag(parameters, 'Encrypted');
  if (!encrypted) return { fields: { encrypted, kmsKeyId: undefined }, failure: undefined };
  const key = text(parameters, 'KmsKeyId') ?? ownKey;
  const arns = `arn:aws:kms:${world.region}:${options.seed.accountId}`;
  const known = keyIn(world, arns, key);
  return {
    fields: { encrypted, kmsKeyId: known ?? asArn(arns, key) },
    failure: known === undefined ? keyNotAccessible : undefined,
  };
}

const ownKey = 'alias/aws/ebs';

function asArn(arns: string, key: string): string {
  if (key.startsWith('arn:')) return key;
  return key.startsWith('alias/') ? `${arns}:${key}` : `${arns}:key/${key}`;
}

/** The ARN of the key that is meant, by its ARN, its id or an alias. */
function keyIn(world: World, arns: string, wanted: string): string | undefined {
  return [...world.kmsKeys, ownKey].map((one) => asArn(arns, one)).find((one) => one === asArn(arns, wanted));
}
