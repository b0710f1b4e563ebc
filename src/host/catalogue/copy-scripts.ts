/** Scripts that run on a verification host: the restored copy is mounted, served, read and released. */
import { z } from 'zod';
import { hostPathPattern } from '../../domain/patterns.ts';
import type { HostScriptDefinition } from './definition.ts';
import { DefaultsFile, MountPoint, Service, Socket, VolumeId, WaitSeconds } from './parameters.ts';

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
    description: 'says how far the reading has come',
    libraries: ['common'],
    parameters: { VolumeId },
    answer: z.object({ bytes: z.number(), totalBytes: z.number() }),
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
