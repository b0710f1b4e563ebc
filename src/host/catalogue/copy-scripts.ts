/** Scripts that run on a verification host: the restored copy is mounted, served, read and released. */
import { z } from 'zod';
import { hostPathPattern } from '../../domain/patterns.ts';
import type { HostScriptDefinition } from './definition.ts';
import { DefaultsFile, hostDisk, MountPoint, Service, Socket, VolumeId, WaitSeconds } from './parameters.ts';

const pagesOfFile = z.object({ path: z.string(), pages: z.array(z.number()), words: z.string() });

const someSeconds = '^[1-9][0-9]{0,5}$';

const Device = {
  description: 'Name of the disk where it has no serial number, or empty.',
  pattern: '^[a-z0-9]{0,20}$',
  default: '',
};

export const copyScripts = {
  'list-disks': {
    description: 'lists the disks of the host',
    libraries: ['common', 'volume'],
    parameters: {},
    answer: z.object({ disks: z.array(hostDisk) }),
  },
  'mount-copy': {
    description: 'mounts the copy under its own serial',
    libraries: ['common', 'needs', 'mounts', 'volume', 'copy-disk'],
    parameters: {
      VolumeId,
      MountPoint,
      WaitSeconds,
      Device,
      Partition: {
        description: 'Number of the partition to mount; 0 for the whole disk, empty for the only one.',
        pattern: '^[0-9]{0,3}$',
        default: '',
      },
      Filesystem: { description: 'The type that the source had, or empty.', pattern: '^[a-z0-9]{0,20}$', default: '' },
    },
    answer: z.object({
      device: z.string(),
      filesystem: z.string(),
      sizeBytes: z.number(),
      usedBytes: z.number(),
      fileCount: z.number(),
      /** How SELinux was met; empty where it does not enforce. */
      selinux: z.exactOptional(z.string()),
    }),
  },
  'check-filesystems': {
    description: 'says which filesystems are on the disk of the copy, and checks them without writing',
    libraries: ['common', 'needs', 'volume', 'copy-disk'],
    parameters: {
      VolumeId,
      WaitSeconds,
      Device,
      TotalSeconds: { description: 'Seconds that the checks may take; 0 only lists.', pattern: '^[0-9]{1,6}$' },
    },
    answer: z.object({
      disk: z.string(),
      seconds: z.number(),
      parts: z.array(
        z.object({
          /** 0 for a disk without partitions. */
          partition: z.number(),
          bytes: z.number(),
          /** As blkid names it; empty when it knows none there. */
          filesystem: z.string(),
          /** Kind of a partition table that is there; empty when there is none. */
          table: z.string(),
          journal: z.boolean(),
          /** The program that checks it, and how; empty when there is none. */
          checker: z.string(),
          /** How the checker ended; null when it did not run: not asked for, no time left, or not installed. */
          status: z.number().nullable(),
          output: z.string(),
        }),
      ),
    }),
  },
  'read-data': {
    description: 'reads every file of the copy to its end',
    libraries: ['common', 'mounts'],
    parameters: { VolumeId, MountPoint },
    answer: z.object({
      files: z.number(),
      bytes: z.number(),
      seconds: z.number(),
      errors: z.array(z.object({ path: z.string(), message: z.string() })),
    }),
  },
  progress: {
    description: 'says how far the reading or the checking of a copy has come',
    libraries: ['common'],
    parameters: { VolumeId },
    /** Bytes of files, or another unit. */
    answer: z.object({ bytes: z.number(), totalBytes: z.number(), unit: z.exactOptional(z.string()) }),
  },
  'start-copy': {
    description: 'starts the service on the copy and waits for its first answer',
    libraries: ['common', 'mysql', 'mounts', 'service', 'log-lines'],
    parameters: { Service, MountPoint, Socket, DefaultsFile, WaitSeconds },
    answer: z.object({
      startedMs: z.number(),
      answeredMs: z.number(),
      firstQueryMs: z.number(),
      serverVersion: z.string(),
    }),
  },
  'check-tables': {
    description: 'runs CHECK TABLE on each table of the copy and reads each of its views once',
    libraries: ['common', 'mysql', 'objects', 'log-lines', 'check-tables'],
    parameters: {
      Service,
      MountPoint,
      Socket,
      DefaultsFile,
      VolumeId,
      Seconds: { description: 'Seconds that one table may take.', pattern: someSeconds },
      ViewSeconds: {
        description: 'Seconds that one view, or one thorough check of a table, may take.',
        pattern: someSeconds,
      },
      ThoroughSeconds: {
        description: 'Seconds that views and thorough checks may take together.',
        pattern: someSeconds,
        default: '3600',
      },
      TotalSeconds: { description: 'Seconds after which the checks end.', pattern: someSeconds },
    },
    answer: z.object({
      seconds: z.number(),
      /** What is known of a server that died meanwhile. */
      died: z.object({ answers: z.boolean(), words: z.string(), log: z.string() }).nullable(),
      /** What the server has logged since it was started on the copy. */
      log: z.exactOptional(z.string()),
      outOfTime: z.boolean(),
      /** @@datadir, and @@innodb_page_size where the server has InnoDB. */
      dataDir: z.string(),
      pageSize: z.string(),
      /** First column of each line that names an object. */
      nonce: z.string(),
      /** What the client printed: base64 of gzip. src/volume/copy/table-checks.ts judges it. */
      output: z.string(),
    }),
  },
  'check-icm': {
    description: "runs Infobright's own checker where it is installed",
    libraries: ['common', 'service'],
    parameters: { DataDir: { description: 'The data directory.', pattern: hostPathPattern }, Service },
    answer: z.object({
      installed: z.boolean(),
      tables: z.number(),
      corruptions: z.number(),
      output: z.string(),
    }),
  },
  'check-pages': {
    description: "checks the page checksums of InnoDB's files where innochecksum is installed",
    libraries: ['common', 'service'],
    parameters: {
      DataDir: { description: 'The data directory.', pattern: hostPathPattern },
      Service,
      Socket,
      VolumeId,
      ServerVersion: { description: "The server's VERSION().", pattern: '^[A-Za-z0-9.+~:_-]{1,100}$' },
      PageSize: { description: 'innodb_page_size.', pattern: '^(4096|8192|16384|32768|65536)$' },
      TotalSeconds: { description: 'Seconds after which no other file is checked.', pattern: someSeconds },
    },
    answer: z.object({
      /** Version of innochecksum; null where it is not installed. */
      tool: z.string().nullable(),
      /** Whether its series is the server's, so that it was used. */
      checked: z.boolean(),
      files: z.number(),
      bytes: z.number(),
      seconds: z.number(),
      failed: z.array(pagesOfFile),
      /** Files of which the tool cannot say whether they are sound. */
      unclear: z.array(pagesOfFile),
      notReached: z.number(),
    }),
  },
  'release-copy': {
    description: 'stops the service on the copy and unmounts it',
    libraries: ['common', 'mounts', 'volume', 'service'],
    parameters: { VolumeId, MountPoint, Service },
    answer: z.object({ serviceStopped: z.boolean(), unmounted: z.boolean() }),
  },
} as const satisfies Readonly<Record<string, HostScriptDefinition>>;
