/** Scripts that dump a database of PostgreSQL or MongoDB where it runs: on a host, or in one of its containers. */
import { z } from 'zod';
import { containerPattern, hostPathPattern, orEmpty } from '../../domain/patterns.ts';
import type { HostScriptDefinition } from './definition.ts';

const DumpId = { description: 'Id of the dump: run, attempt and source.', pattern: '^[A-Za-z0-9._-]{1,150}$' };
const PartBytes = { description: 'Bytes of each part of the upload.', pattern: '^[1-9][0-9]{5,10}$' };
const Folder = { description: 'Folder on the host for the archives.', pattern: hostPathPattern };

const databaseName = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}';

/** Where the database is. */
const database = {
  // Actions of earlier versions give no engine.
  Engine: { description: 'postgres or mongodb.', pattern: '^(postgres|mongodb)$', default: 'postgres' },
  Database: { description: 'The database, of PostgreSQL.', pattern: orEmpty(`^${databaseName}$`), default: '' },
  ConfigFile: {
    description: "File with the URI for MongoDB's tools; or empty.",
    pattern: orEmpty(hostPathPattern),
    default: '',
  },
  User: {
    description: 'Account that dumps, and role of the database, of PostgreSQL.',
    pattern: '^[a-z_][a-z0-9_-]{0,31}$',
  },
  Port: { description: "The server's port.", pattern: '^[0-9]{1,5}$' },
  Container: {
    description: 'Container that holds server and tools; or empty.',
    pattern: orEmpty(containerPattern),
    default: '',
  },
  Folder,
} as const;

export const dumpScripts = {
  'dump-inspect': {
    description: 'inspects a database and the tools that can dump it',
    libraries: ['common', 'needs', 'dump', 'postgres', 'mongodb', 'mongodb-fingerprint'],
    parameters: database,
    answer: z.object({
      serverVersionNumber: z.number(),
      bytes: z.number(),
      standby: z.boolean(),
      freeBytes: z.number(),
      tools: z.array(z.object({ folder: z.string(), version: z.string() })),
      /** What mongosh told of a server of MongoDB; or why it told nothing. */
      mongodb: z
        .object({
          version: z.string().optional(),
          databases: z.array(z.object({ name: z.string(), bytes: z.number() })).optional(),
          lacks: z.string().optional(),
        })
        .optional(),
    }),
  },
  'dump-start': {
    description: 'starts a dump of a database',
    libraries: [
      ...['common', 'units', 'dump'],
      ...['postgres', 'postgres-fingerprint', 'postgres-dump'],
      ...['mongodb', 'mongodb-fingerprint', 'mongodb-dump'],
    ],
    parameters: {
      DumpId,
      ...database,
      Databases: {
        description: 'Databases of MongoDB, separated by spaces; empty for all.',
        pattern: orEmpty(`^${databaseName}( ${databaseName}){0,500}$`),
        default: '',
      },
      Tools: {
        description: 'Folder with pg_dump and psql; empty in a container.',
        pattern: orEmpty(hostPathPattern),
        default: '',
      },
      Format: { description: 'custom, directory or tarball.', pattern: '^(custom|directory|tarball)$' },
      Jobs: { description: 'Tables that are dumped in parallel.', pattern: '^[1-9][0-9]?$' },
      Level: { description: 'Compression level.', pattern: '^[0-9]$' },
      LockSeconds: { description: 'Seconds to wait for a lock.', pattern: '^[0-9]{1,5}$' },
      PartBytes,
      MaxSeconds: { description: 'Seconds after which the dump ends by itself.', pattern: '^[1-9][0-9]{1,5}$' },
    },
    /** Empty when the dump still waits for locks. */
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
