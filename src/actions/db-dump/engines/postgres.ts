/** PostgreSQL: on the runner, or where it runs. */
import { Ec2Compute } from '../../../adapters/aws/compute.ts';
import type { DumpOptions } from '../../../adapters/databases/postgres/dump/dump-options.ts';
import { PostgresEngine } from '../../../adapters/databases/postgres/engine.ts';
import { PostgresOnHost } from '../../../adapters/databases/postgres/on-host/engine.ts';
import { serverDatabases } from '../../../adapters/databases/postgres/server-databases.ts';
import type { DumpReceipt } from '../../../domain/dump.ts';
import { type Connection, elsewhere, parseConnection } from '../../../dump/engines/postgres/connection.ts';
import { postgresDialect } from '../../../dump/engines/postgres/dialect.ts';
import { formatOf } from '../../../dump/files.ts';
import type { WorkContext } from '../../../runtime/context.ts';
import { openHosts } from '../../common/services.ts';
import type { KeptEngine } from '../again/ports.ts';
import { SqlFiles } from '../files/sql-files.ts';
import type { Settings } from '../inputs.ts';
import { hostOptions } from './place.ts';
import type { EngineRequest, OpenedEngine } from './request.ts';

export function openPostgres(request: EngineRequest): OpenedEngine {
  const engine = openEngine(request);
  const { settings, context } = request;
  const connection = connectionOf(settings);
  const databases = connection && (() => serverDatabases(connection, context.signal));
  return { engine, files: new SqlFiles(engine, postgresDialect), databases };
}

/** For a kept dump: in the format of its archive, and without its source. */
export function openKeptPostgres(settings: Settings, { files }: DumpReceipt, context: WorkContext): KeptEngine {
  const archiveFormat = formatOf(files, ['custom', 'directory']);
  const engine = localPostgres({ ...settings, archiveFormat, databaseUrl: undefined }, context);
  return { engine, files: new SqlFiles(engine, postgresDialect) };
}

/** The database in the URL, or another one of the same server. */
function connectionOf({ databaseUrl, database }: Settings): Connection | undefined {
  if (databaseUrl === undefined) return undefined;
  const connection = parseConnection(databaseUrl.url, 'database-url');
  return database === '' ? connection : elsewhere(connection, database);
}

function dumpOptions(settings: Settings): DumpOptions {
  return {
    lockTimeoutSeconds: settings.lockTimeout,
    archiveLevel: settings.archiveLevel,
    format: settings.archiveFormat === 'directory' ? 'directory' : 'custom',
    jobs: settings.jobs,
  };
}

/** The engine on the runner. Without a URL it only reads archives. */
export function localPostgres(settings: Settings, context: WorkContext): PostgresEngine {
  const { prove, scratchUrl, scratchSuperuser, workDirectory } = settings;
  return new PostgresEngine(
    {
      ...dumpOptions(settings),
      connection: connectionOf(settings),
      scratch: prove.length > 0 && scratchUrl ? parseConnection(scratchUrl.url, 'scratch-url') : undefined,
      scratchSuperuser,
      workDirectory,
    },
    context,
  );
}

function openEngine({ settings, session, objects, runs, context }: EngineRequest): PostgresEngine | PostgresOnHost {
  const local = localPostgres(settings, context);
  if (settings.instance === '') return local;
  const hosts = openHosts(session, 'db-dump', settings, context.run);
  return new PostgresOnHost(
    { local, hosts, compute: new Ec2Compute(session, context.signal), objects, runs },
    {
      ...dumpOptions(settings),
      ...hostOptions(settings),
      database: settings.database,
      user: settings.hostUser,
      port: settings.hostPort,
    },
    context,
  );
}
