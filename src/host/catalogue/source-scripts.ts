/** Scripts that run on a source: its inspection, its fingerprint, and the pause. Times are the host's, in epoch ms. */
import { z } from 'zod';
import { orEmpty } from '../../domain/patterns.ts';
import type { HostScriptDefinition } from './definition.ts';
import {
  Checks,
  DefaultsFile,
  HoldId,
  hostDisk,
  LeaseSeconds,
  Method,
  MountPoint,
  NotAfterMs,
  Service,
  Socket,
} from './parameters.ts';

const milliseconds = z.number();

/** Who quiesced the source, and until when the lease runs. */
const hold = z.object({
  id: z.string(),
  run: z.string(),
  mode: z.enum(['stop', 'freeze']),
  sinceMs: milliseconds,
  leaseUntilMs: milliseconds,
  atRest: z.boolean(),
});

/** How a pause ended: by this command, by its lease, or not at all since nothing was held. */
const ending = z.object({
  holdId: z.string(),
  resumed: z.boolean(),
  by: z.enum(['this', 'lease', 'nothing-held']),
  leaseFired: z.boolean(),
  resumeStartedMs: milliseconds.nullable(),
  pauseMs: milliseconds.nullable(),
});

/** Fields as in FingerprintEntry of src/domain/receipt.ts. */
const fingerprintEntry = z.object({
  name: z.string(),
  kind: z.enum(['table', 'check']),
  engine: z.exactOptional(z.string()),
  method: z.enum(['rows', 'columns', 'aggregates', 'totals', 'checksum', 'statement', 'none']),
  rows: z.exactOptional(z.string()),
  values: z.record(z.string(), z.string().nullable()),
  ranges: z.exactOptional(
    z.object({
      column: z.exactOptional(z.string()),
      bits: z.number(),
      classes: z.exactOptional(z.number()),
      list: z.array(z.tuple([z.string().nullable(), z.string(), z.string()])),
    }),
  ),
  updated: z.exactOptional(z.string()),
  why: z.exactOptional(z.string()),
  error: z.exactOptional(z.object({ code: z.number(), message: z.string() })),
});

export const sourceScripts = {
  inspect: {
    description: 'says what is mounted, on which EBS volume, and whether the service answers',
    libraries: ['common', 'needs', 'mysql', 'mounts', 'volume', 'service', 'hold'],
    parameters: { MountPoint, Service, Socket, DefaultsFile },
    answer: z.object({
      host: z.string(),
      mountPoint: z.string(),
      mounted: z.boolean(),
      isRoot: z.boolean(),
      device: z.string(),
      volumeIds: z.array(z.string()),
      filesystem: z.string(),
      sizeBytes: z.number(),
      usedBytes: z.number(),
      serviceState: z.string(),
      answers: z.boolean(),
      serverVersion: z.string(),
      icm: z.string().nullable(),
      hold: hold.nullable(),
      /** Name of the disk on which the filesystem is; empty when there are several, or none. */
      disk: z.exactOptional(z.string()),
      /** Number of the partition; 0 for the whole disk. */
      partition: z.exactOptional(z.number()),
      disks: z.exactOptional(z.array(hostDisk)),
      /** What lies between the filesystem and the disks: `LVM (vg-data, dm-0)`. */
      layers: z.exactOptional(z.array(z.string())),
      /** The folder of the filesystem that is mounted: not `/` for a bind mount and a btrfs subvolume. */
      rootOfMount: z.exactOptional(z.string()),
      /** What of the filesystem is on another device: `logdev=/dev/nvme2n1`, `external journal UUID`; empty when nothing is. */
      outside: z.exactOptional(z.string()),
      mountedElsewhere: z.exactOptional(z.array(z.string())),
    }),
  },
  fingerprint: {
    description: 'takes the facts that a restored copy must match',
    libraries: ['common', 'mysql', 'session', 'checks', 'facts-sql', 'facts', 'fingerprint-earlier', 'fingerprint'],
    parameters: {
      Socket,
      DefaultsFile,
      Method,
      Checks,
      Saved: {
        description: 'Hold id whose fingerprint, taken under the lock, is given back; or empty.',
        pattern: '^[A-Za-z0-9-]{0,60}$',
        default: '',
      },
    },
    answer: z.object({
      takenAt: z.string(),
      seconds: z.number(),
      /** What the tables took whose engine has no snapshot: a pause reads them under its lock. */
      lockedSeconds: z.exactOptional(z.number()),
      serverVersion: z.string(),
      entries: z.array(fingerprintEntry),
    }),
  },
  definitions: {
    description: 'reads the definitions of everything that the server holds, without credentials',
    libraries: ['common', 'mysql', 'objects', 'definitions'],
    parameters: { Socket, DefaultsFile },
    answer: z.object({
      takenAt: z.string(),
      seconds: z.number(),
      serverVersion: z.string(),
      /** CURRENT_USER(): who read them. */
      account: z.string(),
      lowerCaseTableNames: z.number(),
      /** Counters of SHOW GLOBAL STATUS when the reading began, and when it ended. */
      status: z.exactOptional(z.object({ from: z.string(), to: z.string() })),
      /** First column of each line that names an object. */
      nonce: z.string(),
      /** What the client printed: base64 of gzip. src/volume/definitions takes it apart. */
      output: z.string(),
    }),
  },
  quiesce: {
    description: 'sets the lease, then quiesces the source',
    libraries: [
      'common',
      'mysql',
      'mounts',
      'units',
      'lease',
      'service',
      'session',
      'hold',
      'facts-sql',
      'facts',
      'fingerprint-earlier',
      'fingerprint',
      'session-unit',
    ],
    parameters: {
      HoldId,
      Run: { description: 'The run that holds the source.', pattern: '^[A-Za-z0-9._/-]{1,250}$' },
      Mode: { description: 'stop or freeze.', pattern: '^(stop|freeze)$' },
      MountPoint,
      Service,
      Socket,
      DefaultsFile,
      LeaseSeconds,
      NotAfterMs,
      UnderLock: {
        description: 'Whether the fingerprint is that of the moment of the lock.',
        pattern: '^(true|false)$',
        default: 'false',
      },
      ReadSeconds: {
        description: 'Seconds that its session may go on reading after the lock.',
        pattern: '^[0-9]{1,5}$',
        default: '3600',
      },
      Method,
      Checks,
    },
    answer: z.object({
      holdId: z.string(),
      device: z.string(),
      leaseArmedMs: milliseconds,
      pauseStartedMs: milliseconds,
      serviceStoppedMs: milliseconds,
      atRestMs: milliseconds,
    }),
  },
  resume: {
    description: 'resumes the source and ends the lease',
    libraries: ['common', 'mysql', 'mounts', 'units', 'lease', 'service', 'session', 'hold'],
    parameters: { HoldId, MountPoint, Service, Socket, DefaultsFile },
    answer: ending.extend({
      pauseStartedMs: milliseconds.nullable(),
      mountedMs: milliseconds.nullable(),
      answeredMs: milliseconds.nullable(),
      mounted: z.boolean(),
      answers: z.boolean(),
    }),
  },
  freeze: {
    description: 'sets the lease, then freezes the data filesystems on these volumes',
    libraries: ['common', 'needs', 'mounts', 'volume', 'units', 'lease', 'filesystems'],
    parameters: {
      HoldId,
      LeaseSeconds,
      NotAfterMs,
      Volumes: {
        description: 'EBS volumes, separated by spaces; never the root volume.',
        pattern: '^vol-[0-9a-f]{8,17}( vol-[0-9a-f]{8,17}){0,63}$',
      },
      Devices: {
        description: 'VOLUME=DISK of volumes whose disks have no serial number, separated by spaces.',
        pattern: orEmpty('^vol-[0-9a-f]{8,17}=[a-z0-9]{1,20}( vol-[0-9a-f]{8,17}=[a-z0-9]{1,20}){0,63}$'),
        default: '',
      },
    },
    answer: z.object({
      holdId: z.string(),
      frozen: z.array(z.string()),
      skipped: z.array(z.object({ what: z.string(), why: z.string() })),
    }),
  },
  thaw: {
    description: 'thaws what this hold has frozen and ends the lease',
    libraries: ['common', 'mounts', 'volume', 'units', 'lease', 'filesystems'],
    parameters: { HoldId },
    answer: ending,
  },
} as const satisfies Readonly<Record<string, HostScriptDefinition>>;
