/**
 * A database made for one restore, under a role that owns it and nothing else: to restore a dump is to run somebody's SQL.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Connection, clientEnvironment, elsewhere } from '../../dump/engines/postgres/connection.ts';
import { fingerprintScript, parseFingerprint } from '../../dump/engines/postgres/fingerprint.ts';
import { hasKnownHoles, showVersion, type Tools } from '../../dump/engines/postgres/tools.ts';
import type { ArchiveFormat } from '../../dump/files.ts';
import type { Scratch } from '../../ports/dump-engine.ts';
import type { Clock } from '../../runtime/clock.ts';
import { BackupError } from '../../runtime/errors.ts';
import { runProgram } from './child.ts';
import { literal, quietly } from './psql.ts';
import { restoreInto } from './restore.ts';

interface ScratchOptions {
  readonly tools: Tools;
  /** A role there that may create databases and roles. */
  readonly connection: Connection;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly name: string;
  /** Key of the run and name of the source, by which a later run knows whether it is over. */
  readonly owner: string;
  /** Extensions of the source. */
  readonly extensions: readonly string[];
  readonly format: ArchiveFormat;
  /** Tables that are restored side by side, where the format allows. */
  readonly jobs: number;
  /** Where archives are unpacked. */
  readonly workDirectory: string;
}

/** Said of a scratch database and of its role, with the owner behind it. */
const note = 'made by Holdfast to prove a backup, may be dropped once this run is over:';

/** Databases and roles that scratch() makes, and sweep() may remove. */
const prefix = 'holdfast_scratch_';

function admin(folder: string, connection: Connection, signal: AbortSignal | undefined, sql: string): Promise<string> {
  return runProgram(
    {
      program: join(folder, 'psql'),
      parameters: quietly,
      environment: clientEnvironment(connection),
      what: `psql of the scratch server (${connection.shown})`,
      signal,
    },
    `${sql}\n`,
  );
}

export async function createScratch(options: ScratchOptions): Promise<Scratch> {
  const { tools, connection, signal, name } = options;
  if (hasKnownHoles(tools.version))
    throw new BackupError({
      what: `pg_restore and psql ${showVersion(tools.version)} have known holes (CVE-2026-18408, CVE-2026-116314): a crafted dump could run commands here`,
      fix: `update postgresql-client-${tools.version.major}: sudo apt-get install --only-upgrade -y postgresql-client-${tools.version.major}`,
      code: 'tool-unsafe',
    });
  const password = randomBytes(24).toString('base64url');
  const comment = `'${note} ${options.owner.replaceAll("'", '')}'`;
  const run = (sql: string, database = connection): Promise<string> => admin(tools.folder, database, signal, sql);
  const drop = async (): Promise<void> => {
    // Also at the end of a cancelled run, hence without its signal.
    await admin(
      tools.folder,
      connection,
      undefined,
      `DROP DATABASE IF EXISTS ${name} WITH (FORCE);\nDROP ROLE IF EXISTS ${name};`,
    );
  };
  try {
    await run(
      [
        // Role and owner appear together, and the role goes last: whenever a run dies, the next can tell what it has left.
        'BEGIN;',
        `CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD '${password}';`,
        `COMMENT ON ROLE ${name} IS ${comment};`,
        `GRANT ${name} TO CURRENT_USER;`,
        'COMMIT;',
        `CREATE DATABASE ${name} OWNER ${name} TEMPLATE template0 ENCODING 'UTF8';`,
        `COMMENT ON DATABASE ${name} IS ${comment};`,
        `REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC;`,
      ].join('\n'),
    );
    const inside = elsewhere(connection, name);
    await createExtensions(options, (sql) => run(sql, inside));
    return scratchOf(options, elsewhere(connection, name, { user: name, password }), drop);
  } catch (error) {
    await drop().catch(() => {});
    throw error;
  }
}

/** Extensions that only a superuser may create are there before the restore; others it creates itself. */
async function createExtensions(options: ScratchOptions, run: (sql: string) => Promise<string>): Promise<void> {
  if (options.extensions.length === 0) return;
  const names = options.extensions.map(literal).join(', ');
  const lines = await run(
    `SELECT format('CREATE EXTENSION IF NOT EXISTS %I CASCADE;', e.name) FROM pg_available_extensions e JOIN pg_available_extension_versions v ON v.name = e.name AND v.version = e.default_version WHERE e.name IN (${names}) AND v.superuser AND NOT v.trusted AND e.installed_version IS NULL;
SELECT 'missing ' || n FROM unnest(ARRAY[${names}]) n WHERE NOT EXISTS (SELECT FROM pg_available_extensions e WHERE e.name = n);`,
  );
  const all = lines.split('\n').filter((line) => line !== '');
  const missing = all.filter((line) => line.startsWith('missing ')).map((line) => line.slice(8));
  if (missing.length > 0)
    throw new BackupError({
      what: `the scratch server lacks the extension${missing.length === 1 ? '' : 's'} ${missing.join(', ')}, which the database uses`,
      fix: 'install the extension on the scratch server, or use an image that has it (input scratch-url)',
      code: 'extension-missing',
    });
  if (all.length > 0) await run(all.join('\n'));
}

function scratchOf(options: ScratchOptions, own: Connection, drop: () => Promise<void>): Scratch {
  const { tools, signal, clock } = options;
  const environment = clientEnvironment(own);
  return {
    restore: (kind, source) =>
      restoreInto({ ...options, connection: own, what: `the restore into ${own.database}`, kind }, source),
    fingerprint: async () => {
      const began = clock.now();
      const lines = await runProgram(
        {
          program: join(tools.folder, 'psql'),
          parameters: quietly,
          environment,
          what: 'the fingerprint of the copy',
          signal,
        },
        `${fingerprintScript}\n`,
      );
      return parseFingerprint(lines.split('\n'), {
        takenAt: began.toISOString(),
        seconds: (clock.now().getTime() - began.getTime()) / 1000,
        serverVersion: '',
      });
    },
    drop,
  };
}

/**
 * Drops what dead runs have left.
 * @param isOver whether the owner that is written to it is over
 * @returns names of the databases, and of the roles of the same names, that were dropped
 */
export async function sweepScratch(
  options: { readonly folder: string; readonly connection: Connection; readonly signal: AbortSignal },
  isOver: (owner: string) => Promise<boolean>,
): Promise<string[]> {
  const { folder, connection, signal } = options;
  const run = (sql: string): Promise<string> => admin(folder, connection, signal, sql);
  const begin = `'${prefix.replaceAll('_', '\\_')}%'`;
  const ownerOf = (catalogue: string): string =>
    `coalesce(substring(shobj_description(oid, '${catalogue}') FROM '${note} (\\S+)'), '')`;
  // A database and its role have one name. Of a run that died at once there is the role alone.
  const lines = await run(
    `SELECT name || ' ' || max(owner) FROM (SELECT datname AS name, ${ownerOf('pg_database')} AS owner FROM pg_database WHERE datname LIKE ${begin} UNION ALL SELECT rolname, ${ownerOf('pg_authid')} FROM pg_roles WHERE rolname LIKE ${begin}) AS found GROUP BY name;`,
  );
  const dropped: string[] = [];
  for (const line of lines.split('\n')) {
    const [name = '', owner = ''] = line.split(' ');
    if (!/^holdfast_scratch_\w+$/.test(name) || owner === '' || !(await isOver(owner))) continue;
    await run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE);\nDROP ROLE IF EXISTS ${name};`);
    dropped.push(name);
  }
  return dropped;
}
