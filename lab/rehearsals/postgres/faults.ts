/** The faults of the PostgreSQL backup. */
import { spawnSync } from 'node:child_process';
import type { Databases } from '../../hosts/postgres/databases.ts';
import type { Lab, Undo } from '../../lab.ts';
import { credentialsExpire } from '../common-faults.ts';
import { disturbCalls, type NamedFault, override, retry } from '../fault.ts';
import { findDump } from './find-dump.ts';

function databasesOf({ databases }: Lab): Databases {
  if (databases === undefined) throw new Error('this lab has no databases: it was started without the seed for them');
  return databases;
}

function killDump(lab: Lab): Undo {
  const { source } = databasesOf(lab);
  return retry(5, () => {
    const pid = findDump(source.port);
    if (pid === undefined) return false;
    process.kill(pid, 'SIGKILL');
    return true;
  });
}

function mountSmallDisk(lab: Lab): Undo {
  const { workDirectory } = databasesOf(lab);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=755', 'tmpfs', workDirectory]);
  if (mounted.status !== 0) throw new Error(`the small disk cannot be mounted: ${mounted.stderr}`);
  return () => void spawnSync('umount', [workDirectory]);
}

/**
 * Deletes a row of the restored database as soon as the rows are there: the lock waits for their COPY, and what is left of the restore waits
 * for the lock.
 */
function deleteRestoredRow(lab: Lab): Undo {
  const { scratch } = databasesOf(lab);
  return retry(10, async () => {
    const name = await scratch.sql(`SELECT datname FROM pg_database WHERE datname LIKE 'holdfast%' LIMIT 1`);
    if (name === '') return false;
    const deleted = await scratch.sql(
      `BEGIN; LOCK TABLE infinite.messages IN SHARE ROW EXCLUSIVE MODE;
DELETE FROM infinite.messages WHERE id = (SELECT min(id) FROM infinite.messages) RETURNING id; COMMIT`,
      name,
    );
    return deleted !== '';
  });
}

/** Changes a setting of a restored table, whose rows stay as they are. */
function changeDefinition(lab: Lab): Undo {
  const { scratch } = databasesOf(lab);
  return retry(10, async () => {
    const name = await scratch.sql(`SELECT datname FROM pg_database WHERE datname LIKE 'holdfast%' LIMIT 1`);
    if (name === '') return false;
    await scratch.sql('ALTER TABLE infinite.messages SET (fillfactor = 50)', name);
    return true;
  });
}

/** Makes an index in the source that works only with the search path of its users; pg_dump restores with an empty one. */
function indexByBareName(lab: Lab): Undo {
  const { source, name } = databasesOf(lab);
  const made = source.sql(
    `CREATE FUNCTION infinite.plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT pg_catalog.lower($1)';
SET search_path = infinite;
CREATE FUNCTION infinite.bare(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT plain($1)';
CREATE INDEX by_bare_name ON infinite.messages (infinite.bare(id::text));`,
    name,
  );
  made.catch(() => {});
  const drop = 'DROP FUNCTION infinite.bare(text) CASCADE; DROP FUNCTION infinite.plain(text)';
  return () => void made.then(() => source.sql(drop, name)).catch(() => {});
}

export const postgresFaults: readonly NamedFault[] = [
  credentialsExpire,
  {
    name: 'truncated-dump',
    description: 'the second half of the archive in the bucket is lost',
    ends: 'bad',
    arrange: ({ aws }) => override(aws.s3, 'truncate', '.dump'),
  },
  {
    name: 'dump-killed',
    description: 'pg_dump is killed while it dumps',
    ends: 'failed',
    arrange: killDump,
  },
  {
    name: 'upload-broken',
    description: 'connections break while parts of the plain file are uploaded',
    ends: 'failed',
    arrange: disturbCalls({
      name: 'upload-broken',
      endpoint: 's3',
      operation: 'UploadPart',
      when: (parameters) => (parameters as { Key: string }).Key.endsWith('-prod.gz'),
      times: 1000,
      effect: { kind: 'cut-body' },
    }),
  },
  {
    name: 'disk-full',
    description: 'the disk of the runner has room for only 4 MiB',
    ends: 'failed',
    arrange: mountSmallDisk,
  },
  {
    name: 'wrong-rows-restored',
    description: 'a row of the restored database is missing',
    ends: 'bad',
    arrange: deleteRestoredRow,
  },
  {
    name: 'definition-changed',
    description: 'a setting of a restored table is changed',
    ends: 'bad',
    arrange: changeDefinition,
  },
  {
    name: 'restore-refused',
    description: 'the source has an index over a function that a restore cannot find',
    ends: 'unproven',
    arrange: indexByBareName,
  },
];
