/** CopySnapshot, which is sent to the region where the copy is wanted. */
import { LabAwsError } from '../../protocol/service.ts';
import { pendingOf, type SnapshotRecord, volumeOfCopies, type World } from '../model/world.ts';
import { authorizeCreation, type Ec2Context } from '../requests/context.ts';
import { findSnapshot } from '../requests/lookup.ts';
import { flag, required, specifiedTags, text } from '../requests/query.ts';
import { unavailable } from './regions.ts';
import { keyNotAccessible, startSnapshots } from './snapshot-creation.ts';
import { tagSet } from './views.ts';

/** Pending snapshot copies that a destination region may have (EBS quotas). */
const defaultCopyLimit = 20;

export async function copySnapshot(context: Ec2Context) {
  const { parameters, options, delays, switches } = context;
  const region = required(parameters, 'SourceRegion');
  const sourceId = required(parameters, 'SourceSnapshotId');
  checkRequest(context, region);
  const tags = specifiedTags(parameters, 'snapshot');
  if (switches.regionsDown.has(region)) throw unavailable();
  const source = findSnapshot(context.worldOf(region), sourceId, options.seed.accountId);
  context.authorize('ec2:CopySnapshot', [{ type: 'snapshot', id: source.id, tags: source.tags, region }], {
    'ec2:Owner': source.owner,
  });
  authorizeCreation(context, 'snapshot', tags);
  context.endDryRun();
  checkSource(source);
  checkCopyLimit(context);
  const encryption = encryptionOf(context, source);
  const { sizeGiB, fullSizeBytes } = source;
  const draft = { volumeId: volumeOfCopies, sizeGiB, fullSizeBytes, tags, ...encryption.fields, from: source.image };
  const failure = switches.copiesFail ? 'An internal error occurred' : encryption.failure;
  const [copy] = await startSnapshots(context, [draft], delays.copy, failure);
  return { snapshotId: copy?.id, tagSet: tagSet(tags) };
}

/** @throws LabAwsError */
function checkRequest({ world, regions, parameters }: Ec2Context, sourceRegion: string): void {
  // The SDK names the destination too: it must be the region that the call goes to.
  const destination = text(parameters, 'DestinationRegion');
  if (destination !== undefined && destination !== world.region)
    throw new LabAwsError('InvalidParameterValue', `Invalid value '${destination}' for destinationRegion.`);
  if (!regions.includes(sourceRegion) && sourceRegion !== world.region)
    throw new LabAwsError('InvalidParameterValue', `Invalid value '${sourceRegion}' for sourceRegion.`);
  if (text(parameters, 'KmsKeyId') !== undefined && !flag(parameters, 'Encrypted'))
    throw new LabAwsError(
      'InvalidParameterDependency',
      'The parameter KmsKeyId requires the parameter Encrypted to be set.',
    );
}

/** @throws LabAwsError */
function checkSource({ id, state, tier }: SnapshotRecord): void {
  if (state !== 'completed') throw new LabAwsError('IncorrectState', `Snapshot ${id} is in invalid state - ${state}`);
  if (tier === 'archive')
    throw new LabAwsError('IncorrectState', `Snapshot ${id} is archived; restore it before copying it.`);
}

/** @throws LabAwsError */
function checkCopyLimit({ world, options }: Ec2Context): void {
  const limit = options.copiesAtOnce ?? defaultCopyLimit;
  if (pendingOf(world, volumeOfCopies) >= limit)
    throw new LabAwsError(
      'ResourceLimitExceeded',
      `Too many snapshot copies in progress. The limit is ${limit} for this destination region.`,
    );
}

/**
 * Encrypts a copy when the call asks for it or the source is encrypted, by default with the region's own key for EBS.
 * As on EC2, an unknown key fails late: the copy ends in `error`.
 */
function encryptionOf(
  { world, parameters, options, mayUseKeys }: Ec2Context,
  source: SnapshotRecord,
): { fields: Pick<SnapshotRecord, 'encrypted' | 'kmsKeyId'>; failure: string | undefined } {
  const encrypted = source.encrypted || flag(parameters, 'Encrypted');
  if (!encrypted) return { fields: { encrypted, kmsKeyId: undefined }, failure: undefined };
  const key = text(parameters, 'KmsKeyId') ?? ownKey;
  const prefix = `arn:aws:kms:${world.region}:${options.seed.accountId}`;
  const known = keyIn(world, prefix, key);
  return {
    fields: { encrypted, kmsKeyId: known ?? asArn(prefix, key) },
    failure: known === undefined || !mayUseKeys(source.kmsKeyId, known) ? keyNotAccessible : undefined,
  };
}

const ownKey = 'alias/aws/ebs';

function asArn(prefix: string, key: string): string {
  if (key.startsWith('arn:')) return key;
  return key.startsWith('alias/') ? `${prefix}:${key}` : `${prefix}:key/${key}`;
}

/** The ARN of a key of the region, named by its ARN, its id or an alias; undefined for an unknown key. */
function keyIn(world: World, prefix: string, key: string): string | undefined {
  return [...world.kmsKeys, ownKey].map((one) => asArn(prefix, one)).find((one) => one === asArn(prefix, key));
}
