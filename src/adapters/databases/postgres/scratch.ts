/**
 * Scratch databases. Restoring a dump runs somebody's SQL, so each restore gets a database of its own, under a role that
 * owns this database and nothing else.
 */
import { randomBytes } from 'node:crypto';
import { type Connection, elsewhere } from '../../../dump/engines/postgres/connection.ts';
import { type ClientTools, requireSafeTools } from '../../../dump/engines/postgres/tools.ts';
import type { Scratch } from '../../../ports/dump-engine.ts';
import type { WorkContext } from '../../../runtime/context.ts';
import { BackupError } from '../../../runtime/errors.ts';
import { readCopy } from './copy.ts';
import { askPsql, literal } from './psql.ts';
import { type RestoreOptions, restoreAsFarAsPossible } from './restore.ts';

export interface ScratchOptions extends Pick<RestoreOptions, 'format' | 'jobs' | 'workDirectory'> {
  readonly tools: ClientTools;
  /** The scratch server, under a role that may create databases and roles. */
  readonly connection: Connection;
  /** Key of the run and name of the source, by which a later run can tell whether it is over. */
  readonly owner: string;
  /** Extensions of the source. */
  readonly extensions: readonly string[];
}

type ScratchContext = Pick<WorkContext, 'clock' | 'signal'>;

/** Prefix of scratch databases and of their roles. */
const prefix = 'holdfast_scratch_';
/** Comment on a scratch database and on its role, followed by the owner. */
const note = 'made by Holdfast to prove a backup, may be dropped once this run is over:';
/** Seconds for the statements that create and drop a database: a checkpoint may take its time. */
const adminSeconds = 600;

interface Admin {
  readonly tools: Pick<ClientTools, 'folder'>;
  readonly connection: Connection;
  readonly signal: AbortSignal | undefined;
}

function runAsAdmin({ tools, connection, signal }: Admin, sql: string): Promise<string> {
  const what = `psql of the scratch server (${connection.shown})`;
  return askPsql({ tools, connection, sql, what, timeoutSeconds: adminSeconds, signal });
}

const dropStatements = (name: string): string =>
  `DROP DATABASE IF EXISTS ${name} WITH (FORCE);\nDROP ROLE IF EXISTS ${name};`;

export async function createScratch(options: ScratchOptions, context: ScratchContext): Promise<Scratch> {
  const { tools, connection, owner, extensions } = options;
  requireSafeTools(tools.version);
  const name = `${prefix}${randomBytes(6).toString('hex')}`;
  const password = randomBytes(24).toString('base64url');
  const admin: Admin = { tools, connection, signal: context.signal };
  // It works after a cancelled run, too, hence without its signal.
  const drop = async (): Promise<void> =>
    void (await runAsAdmin({ ...admin, signal: undefined }, dropStatements(name)));
  try {
    await runAsAdmin(admin, createStatements(name, password, owner));
    await createExtensions({ ...admin, connection: elsewhere(connection, name) }, extensions);
  } catch (error) {
    await drop().catch(() => {});
    throw error;
  }
  const own = elsewhere(connection, name, { user: name, password });
  return {
    restore: async (kind, open) => {
      const { signal } = context;
      const what = `the restore into ${name}`;
      return restoreAsFarAsPossible({ ...options, connection: own, what, kind, signal }, open());
    },
    fingerprint: (source, columns) => readCopy({ tools, connection: own, source, columns }, context),
    drop,
  };
}

function createStatements(name: string, password: string, owner: string): string {
  const comment = `'${note} ${owner.replaceAll("'", '')}'`;
  return [
    // The role appears together with its owner, and goes last: whenever a run dies, the next one can tell what it left.
    'BEGIN;',
    `CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD '${password}';`,
    `COMMENT ON ROLE ${name} IS ${comment};`,
    `GRANT ${name} TO CURRENT_USER;`,
    'COMMIT;',
    `CREATE DATABASE ${name} OWNER ${name} TEMPLATE template0 ENCODING 'UTF8';`,
    `COMMENT ON DATABASE ${name} IS ${comment};`,
    `REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC;`,
  ].join('\n');
}

/** Creates the extensions that only a superuser may create; the restore creates the others itself. */
async function createExtensions(admin: Admin, extensions: readonly string[]): Promise<void> {
  if (extensions.length === 0) return;
  const names = extensions.map(literal).join(', ');
  const output = await runAsAdmin(
    admin,
    `SELECT format('CREATE EXTENSION IF NOT EXISTS %I CASCADE;', e.name) FROM pg_available_extensions e JOIN pg_available_extension_versions v ON v.name = e.name AND v.version = e.default_version WHERE e.name IN (${names}) AND v.superuser AND NOT v.trusted AND e.installed_version IS NULL;
SELECT 'missing ' || n FROM unnest(ARRAY[${names}]) n WHERE NOT EXISTS (SELECT FROM pg_available_extensions e WHERE e.name = n);`,
  );
  const lines = output.split('\n').filter((line) => line !== '');
  const missing = lines.filter((line) => line.startsWith('missing ')).map((line) => line.slice('missing '.length));
  if (missing.length > 0)
    throw new BackupError({
      what: `the scratch server lacks the extension${missing.length === 1 ? '' : 's'} ${missing.join(', ')}, which the database uses`,
      fix: 'install the extension on the scratch server, or use an image that has it (input scratch-url)',
      code: 'extension-missing',
    });
  if (lines.length > 0) await runAsAdmin(admin, lines.join('\n'));
}

/**
 * Drops the scratch databases that dead runs left, and their roles.
 * @param isOver whether the owner in a comment is over
 * @returns their names
 */
export async function sweepScratch(
  admin: Admin,
  isOver: (owner: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const pattern = `'${prefix.replaceAll('_', '\\_')}%'`;
  const ownerIn = (catalogue: string): string =>
    `coalesce(substring(shobj_description(oid, '${catalogue}') FROM '${note} (\\S+)'), '')`;
  // A database and its role share one name. A run that died early left only the role.
  const output = await runAsAdmin(
    admin,
    `SELECT name || ' ' || max(owner) FROM (SELECT datname AS name, ${ownerIn('pg_database')} AS owner FROM pg_database WHERE datname LIKE ${pattern} UNION ALL SELECT rolname, ${ownerIn('pg_authid')} FROM pg_roles WHERE rolname LIKE ${pattern}) AS scratch GROUP BY name;`,
  );
  const dropped: string[] = [];
  for (const line of output.split('\n')) {
    const [name = '', owner = ''] = line.split(' ');
    if (!/^holdfast_scratch_\w+$/.test(name) || owner === '' || !(await isOver(owner))) continue;
    await runAsAdmin(admin, dropStatements(name));
    dropped.push(name);
  }
  return dropped;
}
