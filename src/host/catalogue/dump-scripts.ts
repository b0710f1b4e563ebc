/** Scripts that dump a database of PostgreSQL or MongoDB where it runs: on a host, or in one of its containers. */
import { z } from 'zod';
import { containerPattern, hostPathPattern, orEmpty } from '../../domain/patterns.ts';
import type { HostScriptDefinition } from './definition.ts';

const DumpId = { description: 'Id of the dump: run, attempt and source.', pattern: '^[A-Za-z0-9._-]{1,150}$' };
const PartBytes = { description: 'Bytes of each part of the upload.', pattern: '^[1-9][0-9]{5,10}$' };
const Folder = { description: 'Folder on the host for the archives.', pattern: hostPathPattern };

const MaxSeconds = { description: 'Seconds after which the dump ends by itself.', pattern: '^[1-9][0-9]{1,5}$' };
const Port = { description: "The server's port.", pattern: '^[0-9]{1,5}$' };
const Container = {
  description: 'Container that holds server and tools; or empty.',
  pattern: orEmpty(containerPattern),
  default: '',
};

const databaseName = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}';

/** Where the database of PostgreSQL is. */
const database = {
  Database: { description: 'The database.', pattern: `^${databaseName}$` },
  User: {
    description: 'Account that dumps, and role of the database.',
    pattern: '^[a-z_][a-z0-9_-]{0,31}$',
  },
  Port,
  Container,
  Folder,
} as const;

/** Where the server of MongoDB is. */
const mongodb = {
  ConfigFile: {
    description: "File with the URI for MongoDB's tools; or empty.",
    pattern: orEmpty(hostPathPattern),
    default: '',
  },
  Port,
  Container,
  Folder,
} as const;

/**
 * Inspection and start have a script for each engine: what one of them needs is a third to two thirds of what an SSM document may hold
 * (64 KB: AWS General Reference, Systems Manager endpoints and quotas). The rest is the same for all.
 */

export const dumpScripts = {
  'dump-inspect': {
    description: 'inspects a PostgreSQL database and the tools that can dump it',
    libraries: ['common', 'needs', 'dump', 'postgres'],
    parameters: database,
    answer: z.object({
      serverVersionNumber: z.number(),
      bytes: z.number(),
      standby: z.boolean(),
      freeBytes: z.number(),
      tools: z.array(z.object({ folder: z.string(), version: z.string() })),
    }),
  },
  'dump-start': {
    description: 'starts a dump of a PostgreSQL database',
    libraries: ['common', 'units', 'dump', 'postgres', 'postgres-fingerprint', 'postgres-dump', 'dump-start'],
    parameters: {
      DumpId,
      ...database,
      Tools: {
        description: 'Folder with pg_dump and psql; empty in a container.',
        pattern: orEmpty(hostPathPattern),
        default: '',
      },
      Format: { description: 'custom or directory.', pattern: '^(custom|directory)$' },
      Jobs: { description: 'Tables that are dumped in parallel.', pattern: '^[1-9][0-9]?$' },
      Level: { description: "pg_dump's compression level.", pattern: '^[0-9]$' },
      LockSeconds: { description: 'Seconds to wait for a lock.', pattern: '^[0-9]{1,5}$' },
      PartBytes,
      MaxSeconds,
    },
    /** Empty when the dump still waits for locks. */
    answer: z.object({ takenAt: z.string() }),
  },
  'mongodb-inspect': {
    description: 'inspects a server of MongoDB and the tools that can dump it',
    libraries: ['common', 'needs', 'dump', 'mongodb', 'mongodb-fingerprint'],
    parameters: mongodb,
    answer: z.object({
      freeBytes: z.number(),
      /** What mongodump says of its version. */
      tool: z.string(),
      /** What mongosh told; or why it told nothing. */
      server: z.union([
        z.object({
          version: z.string(),
          databases: z.array(z.object({ name: z.string(), bytes: z.number() })),
          user: z.string(),
          /** Databases that the user may not read. */
          denied: z.array(z.string()),
          /** Whether the user may list all databases. */
          extent: z.enum(['all', 'some', 'none']).default('all'),
          /** Whether it is a mongos. */
          sharded: z.boolean().default(false),
          /** Names of collections in the server's own databases. */
          inServers: z.record(z.string(), z.array(z.string())).default({}),
        }),
        z.object({ lacks: z.string() }),
      ]),
    }),
  },
  'mongodb-start': {
    description: 'starts a dump of databases of MongoDB',
    libraries: ['common', 'units', 'dump', 'mongodb', 'mongodb-fingerprint', 'mongodb-dump', 'dump-start'],
    parameters: {
      DumpId,
      ...mongodb,
      Databases: {
        description: 'The databases, separated by spaces; empty for all.',
        pattern: orEmpty(`^${databaseName}( ${databaseName}){0,500}$`),
        default: '',
      },
      Level: { description: 'Level of gzip.', pattern: '^[1-9]$' },
      PartBytes,
      MaxSeconds,
    },
    /** Empty while the source is read. */
    answer: z.object({ takenAt: z.string() }),
  },
  'dump-state': {
    description: 'reports the progress of a dump',
    libraries: ['common', 'dump'],
    parameters: { DumpId },
    answer: z.discriminatedUnion('state', [
      // Scripts of earlier versions do not tell the point in time; their dump-start always does.
      z.object({ state: z.literal('running'), bytes: z.number(), takenAt: z.string().optional() }),
      z.object({
        state: z.literal('done'),
        takenAt: z.string().optional(),
        size: z.number(),
        sha256: z.string(),
        /** Hexadecimal SHA-256 of each part. */
        parts: z.array(z.string()),
        /** Rows that the fingerprint's scripts printed, and the server's messages as strings; src/dump reads them. */
        fingerprint: z.array(z.unknown()),
      }),
    ]),
  },
  'dump-upload': {
    description: 'uploads parts of the archive to presigned URLs',
    libraries: ['common', 'dump'],
    parameters: {
      DumpId,
      PartBytes,
      Url: {
        description: 'The common part of the URLs.',
        pattern: '^https?://[A-Za-z0-9._:/%?=&*+~-]{1,6000}$',
      },
      Parts: {
        description: 'NUMBER:SIGNATURE of each part, separated by spaces.',
        pattern: '^[0-9]{1,5}:[0-9a-f]{64}( [0-9]{1,5}:[0-9a-f]{64}){0,99}$',
      },
    },
    answer: z.object({
      parts: z.array(z.object({ number: z.number(), etag: z.string() })),
      refused: z.string(),
    }),
  },
  'dump-finish': {
    description: 'keeps the archive of a dump on the host, or deletes it',
    libraries: ['common', 'units', 'dump', 'postgres', 'mongodb'],
    parameters: {
      DumpId,
      Folder,
      Outcome: { description: 'proven, unproven or discard.', pattern: '^(proven|unproven|discard)$' },
      Name: { description: "Beginning of the file's name.", pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' },
      Stamp: { description: 'Point in time of the dump.', pattern: '^([0-9]{8}T[0-9]{6}Z)?$', default: '' },
      Ending: { description: "End of the file's name.", pattern: '^\\.(dump|dump\\.tar|tar\\.gz)$' },
      Keep: { description: 'Proven archives to keep.', pattern: '^[1-9][0-9]{0,3}$' },
    },
    answer: z.object({ kept: z.boolean(), removed: z.number() }),
  },
} as const satisfies Readonly<Record<string, HostScriptDefinition>>;
