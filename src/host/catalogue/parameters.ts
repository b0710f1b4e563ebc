/** Parameters, and parts of answers, that several host scripts share. */
import { z } from 'zod';
import { hostPathPattern, orEmpty, servicePattern } from '../../domain/patterns.ts';

/** Whole milliseconds or bytes. */
export const wholeNumber = '^[0-9]{1,16}$';

export const MountPoint = { description: 'Where the volume is mounted.', pattern: hostPathPattern };
export const Service = { description: 'systemd unit of the database.', pattern: servicePattern };
export const Socket = { description: "The database server's socket.", pattern: hostPathPattern };
export const DefaultsFile = {
  description: "Option file with the client's user and password, or empty.",
  pattern: orEmpty(hostPathPattern),
  default: '',
};
export const VolumeId = { description: 'The EBS volume.', pattern: '^vol-[0-9a-f]{8,17}$' };
export const WaitSeconds = { description: 'Seconds to wait.', pattern: '^[0-9]{1,5}$' };
export const HoldId = { description: 'Names the pause: run and attempt.', pattern: '^[A-Za-z0-9-]{1,60}$' };
export const LeaseSeconds = {
  description: 'Seconds after which the host resumes by itself.',
  pattern: '^[1-9][0-9]{0,4}$',
};
export const NotAfterMs = {
  description: 'Time (epoch ms) after which this command does nothing.',
  pattern: wholeNumber,
};
/** `auto` and `aggregates` are the methods of earlier receipts, whose snapshots are still to be verified. */
export const Method = {
  description: 'How tables are read.',
  pattern: '^(rows|columns|auto|aggregates)$',
  default: 'rows',
};
export const Checks = {
  description: 'base64 of the gzipped checks file, or empty.',
  pattern: '^[A-Za-z0-9+/=]*$',
  default: '',
};

/** A disk in an answer: the kernel's name, and the volume by the serial number. */
export const hostDisk = z.object({ name: z.string(), bytes: z.number(), volumeId: z.string().nullable() });
