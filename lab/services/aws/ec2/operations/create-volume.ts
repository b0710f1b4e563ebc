/** CreateVolume: from a snapshot, filled in the background. */
import { LabAwsError, type Parameters } from '../../protocol/service.ts';
import { addVolume, type SnapshotRecord, type VolumeRecord } from '../model/world.ts';
import { authorizeCreation, type Ec2Context } from '../requests/context.ts';
import { findSnapshot } from '../requests/lookup.ts';
import { required, specifiedTags, text } from '../requests/query.ts';
import { volumeView } from './views.ts';

const types = ['gp2', 'gp3', 'io1', 'io2', 'st1', 'sc1', 'standard'];

/** The request, read and checked on its own. */
interface VolumeRequest {
  readonly zone: string;
  readonly snapshotId: string;
  readonly type: string;
  readonly tags: Map<string, string>;
  readonly token: string | undefined;
  /** What identifies the request of a client token. */
  readonly fingerprint: string;
}

export async function createVolume(context: Ec2Context) {
  const { world } = context;
  const request = read(context);
  const snapshot = findSnapshot(world, request.snapshotId);
  context.authorize('ec2:CreateVolume', [{ type: 'snapshot', id: snapshot.id, tags: snapshot.tags }]);
  authorizeCreation(context, 'volume', request.tags);
  const earlier = createdBefore(context, request);
  if (earlier) return volumeView(earlier);
  context.endDryRun();
  if (snapshot.state !== 'completed')
    throw new LabAwsError('IncorrectState', `Snapshot is in invalid state - ${snapshot.state}`);
  const volume = newVolume(context, request, snapshot);
  addVolume(world, volume);
  if (request.token !== undefined)
    world.tokens.set(request.token, { volumeId: volume.id, request: request.fingerprint });
  if (!context.mayUseKeys(snapshot.kmsKeyId, snapshot.kmsKeyId)) volume.state = 'error';
  else
    fill(context, volume, snapshot).catch((error: unknown) => {
      console.error(`lab: ${volume.id} could not be filled:`, error);
      volume.state = 'error';
    });
  return volumeView(volume);
}

/** @throws LabAwsError */
function read({ world, parameters }: Ec2Context): VolumeRequest {
  const zone = required(parameters, 'AvailabilityZone');
  if (!new RegExp(`^${world.region}[a-f]$`).test(zone))
    throw new LabAwsError('InvalidZone.NotFound', `The zone '${zone}' does not exist.`);
  const snapshotId = required(parameters, 'SnapshotId');
  const type = text(parameters, 'VolumeType') ?? 'gp2';
  if (!types.includes(type)) throw new LabAwsError('InvalidParameterValue', `Invalid value '${type}' for volumeType.`);
  checkInitializationRate(parameters);
  return {
    zone,
    snapshotId,
    type,
    tags: specifiedTags(parameters, 'volume'),
    token: text(parameters, 'ClientToken'),
    fingerprint: JSON.stringify([zone, snapshotId, type]),
  };
}

function checkInitializationRate(parameters: Parameters): void {
  const given = text(parameters, 'VolumeInitializationRate');
  if (given !== undefined && !(Number(given) >= 100 && Number(given) <= 300)) {
    throw new LabAwsError(
      'InvalidParameterValue',
      `The value ${given} for volumeInitializationRate must be between 100 and 300.`,
    );
  }
}

/** The volume that an earlier request with the same client token created. @throws LabAwsError if the two differ */
function createdBefore({ world }: Ec2Context, { token, fingerprint }: VolumeRequest): VolumeRecord | undefined {
  const known = token === undefined ? undefined : world.tokens.get(token);
  if (known === undefined) return undefined;
  if (known.request !== fingerprint)
    throw new LabAwsError(
      'IdempotentParameterMismatch',
      'The client token has been used for a request with other parameters.',
    );
  return world.volumes.get(known.volumeId);
}

/** @throws LabAwsError for a size that the snapshot does not fit in */
function newVolume(context: Ec2Context, request: VolumeRequest, snapshot: SnapshotRecord): VolumeRecord {
  const sizeGiB = Number(text(context.parameters, 'Size') ?? snapshot.sizeGiB);
  if (sizeGiB < snapshot.sizeGiB)
    throw new LabAwsError(
      'InvalidParameterValue',
      `Volume of ${sizeGiB}GiB is smaller than snapshot '${snapshot.id}', expect size >= ${snapshot.sizeGiB}GiB`,
    );
  return {
    id: context.newId('vol'),
    state: 'creating',
    zone: request.zone,
    sizeGiB,
    type: request.type,
    snapshotId: snapshot.id,
    tags: request.tags,
    createdAt: context.options.clock.now(),
    encrypted: snapshot.encrypted,
    kmsKeyId: snapshot.kmsKeyId,
    attachment: undefined,
    image: undefined,
  };
}

async function fill(context: Ec2Context, volume: VolumeRecord, snapshot: SnapshotRecord): Promise<void> {
  const { options, delays, switches } = context;
  const { storage } = options.hosts;
  const image = snapshot.image && (await storage.copy(snapshot.image, volume.id));
  if (image) await switches.onVolumeFilled?.(volume.id, snapshot.id, image);
  if (context.world.volumes.get(volume.id) !== volume) {
    // Deleted while it was being filled.
    if (image) await storage.remove(image);
    return;
  }
  volume.image = image;
  options.clock.after(delays.volumeCreate, () => {
    if (volume.state === 'creating') volume.state = 'available';
  });
}
