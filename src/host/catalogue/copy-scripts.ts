/** Scripts that run on a verification host: the restored copy is mounted, served, read and released. */
import { z } from 'zod';
import { hostPathPattern } from '../../domain/patterns.ts';
import type { HostScriptDefinition } from './definition.ts';
import { DefaultsFile, MountPoint, Service, Socket, VolumeId, WaitSeconds } from './parameters.ts';

const someSeconds = '^[1-9][0-9]{0,5}$';

export const copyScripts = {
  'mount-copy': {
    description: 'mounts the copy under its own serial',
    libraries: ['common', 'mounts', 'volume'],
    parameters: { VolumeId, MountPoint, WaitSeconds },
    answer: z.object({
      device: z.string(),
      filesystem: z.string(),
      sizeBytes: z.number(),
      usedBytes: z.number(),
      fileCount: z.number(),
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
    libraries: ['common', 'mysql', 'mounts', 'service'],
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
    libraries: ['common', 'mysql', 'objects', 'check-tables'],
    parameters: {
      Service,
      MountPoint,
      Socket,
      DefaultsFile,
      VolumeId,
      Seconds: { description: 'Seconds that one table may take.', pattern: someSeconds },
      ViewSeconds: { description: 'Seconds that one view may take.', pattern: someSeconds },
      TotalSeconds: { description: 'Seconds after which the checks end.', pattern: someSeconds },
    },
    answer: z.object({
      seconds: z.number(),
      /** What is known of a server that died meanwhile. */
      died: z.object({ answers: z.boolean(), words: z.string(), log: z.string() }).nullable(),
      outOfTime: z.boolean(),
      /** First column of each line that names an object. */
      nonce: z.string(),
      /** What the client printed: base64 of gzip. src/volume/table-checks.ts judges it. */
      output: z.string(),
    }),
  },
  'check-icm': {
    description: "runs Infobright's own checker where it is installed",
    libraries: ['common'],
    parameters: { DataDir: { description: 'The data directory.', pattern: hostPathPattern }, Service },
    answer: z.object({
      installed: z.boolean(),
      tables: z.number(),
      corruptions: z.number(),
      output: z.string(),
    }),
  },
  'release-copy': {
    description: 'stops the service on the copy and unmounts it',
    libraries: ['common', 'mounts', 'service'],
    parameters: { VolumeId, MountPoint, Service },
    answer: z.object({ serviceStopped: z.boolean(), unmounted: z.boolean() }),
  },
} as const satisfies Readonly<Record<string, HostScriptDefinition>>;
