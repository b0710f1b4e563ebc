/** Volumes attached to instances and detached; the hosts behind the instances see the devices come and go. */
import { LabAwsError } from '../../protocol/service.ts';
import {
  type AttachmentRecord,
  attach,
  attachedTo,
  detach,
  type InstanceRecord,
  type VolumeRecord,
} from '../model/world.ts';
import type { Ec2Context } from '../requests/context.ts';
import { findInstance, findVolume } from '../requests/lookup.ts';
import { flag, required, text } from '../requests/query.ts';
import { instanceResource } from './instances.ts';
import { volumeResource } from './volumes.ts';

export function attachVolume(context: Ec2Context) {
  const { world, parameters, options } = context;
  const volume = findVolume(world, required(parameters, 'VolumeId'));
  const instance = findInstance(world, required(parameters, 'InstanceId'));
  const device = required(parameters, 'Device');
  context.authorize('ec2:AttachVolume', [volumeResource(volume), instanceResource(instance)]);
  context.endDryRun();
  checkAttachable(context, volume, instance, device);
  const attachment: AttachmentRecord = {
    instanceId: instance.id,
    device,
    state: 'attaching',
    attachedAt: options.clock.now(),
  };
  volume.state = 'in-use';
  attach(world, volume, attachment);
  finishAttaching(context, volume, attachment);
  return view(volume, attachment);
}

/** @throws LabAwsError */
function checkAttachable({ world }: Ec2Context, volume: VolumeRecord, instance: InstanceRecord, device: string): void {
  if (!/^(\/dev\/)?(sd|xvd)[a-z]{1,2}\d{0,2}$/.test(device))
    throw new LabAwsError(
      'InvalidParameterValue',
      `Value (${device}) for parameter device is invalid. ${device} is not a valid EBS device name.`,
    );
  if (volume.attachment) throw new LabAwsError('VolumeInUse', `${volume.id} is already attached to an instance`);
  if (volume.state !== 'available')
    throw new LabAwsError('IncorrectState', `Volume '${volume.id}' is not 'available'.`);
  if (volume.zone !== instance.zone)
    throw new LabAwsError(
      'InvalidVolume.ZoneMismatch',
      `The volume '${volume.id}' is not in the same availability zone as instance '${instance.id}'`,
    );
  if (instance.state !== 'running' && instance.state !== 'stopped')
    throw new LabAwsError('IncorrectState', `Instance '${instance.id}' is not 'running'.`);
  if (attachedTo(world, instance.id).some((other) => other.attachment?.device === device))
    throw new LabAwsError(
      'InvalidParameterValue',
      `Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`,
    );
}

function finishAttaching({ options, delays }: Ec2Context, volume: VolumeRecord, attachment: AttachmentRecord): void {
  options.clock.after(delays.attach, () => {
    if (volume.attachment !== attachment || attachment.state !== 'attaching') return;
    // A volume without an image exists in the model only: no host sees it.
    const { image } = volume;
    const attached = image && options.hosts.host(attachment.instanceId)?.attach(volume.id, image, attachment.device);
    (attached ?? Promise.resolve()).then(
      () => {
        if (attachment.state === 'attaching') attachment.state = 'attached';
      },
      (error: unknown) => console.error(`lab: ${volume.id} could not be attached:`, error),
    );
  });
}

export function detachVolume(context: Ec2Context) {
  const { world, parameters } = context;
  const volume = findVolume(world, required(parameters, 'VolumeId'));
  const { attachment } = volume;
  const instance = attachment && findInstance(world, attachment.instanceId);
  context.authorize('ec2:DetachVolume', [volumeResource(volume), ...(instance ? [instanceResource(instance)] : [])]);
  context.endDryRun();
  if (!attachment || !instance)
    throw new LabAwsError('IncorrectState', `Volume '${volume.id}' is in the 'available' state.`);
  if (volume.id === instance.rootVolumeId && instance.state !== 'stopped')
    throw new LabAwsError(
      'OperationNotPermitted',
      `Unable to detach root volume '${volume.id}' from instance '${instance.id}'`,
    );
  const wanted = text(parameters, 'InstanceId');
  if (wanted !== undefined && wanted !== instance.id)
    throw new LabAwsError('InvalidAttachment.NotFound', `Volume '${volume.id}' is not attached to '${wanted}'`);
  attachment.state = 'detaching';
  finishDetaching(context, volume, flag(parameters, 'Force'));
  return view(volume, attachment);
}

/** Tries again until the host lets go: a volume that is still mounted stays `busy`. */
function finishDetaching(context: Ec2Context, volume: VolumeRecord, force: boolean): void {
  const { options, delays, switches, world } = context;
  const { attachment } = volume;
  options.clock.after(delays.detach, async () => {
    if (!attachment || volume.attachment !== attachment) return;
    if (switches.detachStuck && !force) {
      attachment.state = 'busy';
      return;
    }
    const host = volume.image && options.hosts.host(attachment.instanceId);
    const free = host ? await host.detach(volume.id, { force }).catch(() => false) : true;
    if (volume.attachment !== attachment) return;
    if (!free) {
      attachment.state = 'busy';
      finishDetaching(context, volume, force);
      return;
    }
    detach(world, volume);
    volume.state = 'available';
  });
}

function view(volume: VolumeRecord, { instanceId, device, state, attachedAt }: AttachmentRecord) {
  return { volumeId: volume.id, instanceId, device, status: state, attachTime: attachedAt.toISOString() };
}
