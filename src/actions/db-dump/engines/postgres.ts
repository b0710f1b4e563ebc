/** PostgreSQL: on the runner, or where it runs. */
import { Ec2Compute } from '../../../adapters/aws/compute.ts';
import { PostgresEngine } from '../../../adapters/databases/postgres/engine.ts';
import { PostgresOnHost } from '../../../adapters/databases/postgres/on-host/engine.ts';
import { postgresDialect } from '../../../dump/engines/postgres/dialect.ts';
import { openHosts } from '../../common/services.ts';
import { SqlFiles } from '../files/sql-files.ts';
import { locationOf } from '../ports.ts';
import type { EngineRequest, OpenedEngine } from './request.ts';

export function openPostgres(request: EngineRequest): OpenedEngine {
  const engine = openEngine(request);
  return { engine, files: new SqlFiles(engine, postgresDialect) };
}

function openEngine({ settings, session, objects, runs, context }: EngineRequest): PostgresEngine | PostgresOnHost {
  const options = {
    lockTimeoutSeconds: settings.lockTimeout,
    archiveLevel: settings.archiveLevel,
    format: settings.archiveFormat,
    jobs: settings.jobs,
  };
  const local = new PostgresEngine(
    {
      ...options,
      connection: settings.databaseUrl,
      scratch: settings.prove.length > 0 ? settings.scratchUrl : undefined,
      scratchSuperuser: settings.scratchSuperuser,
      workDirectory: settings.workDirectory,
    },
    context,
  );
  if (settings.instance === '') return local;
  const { name } = locationOf(settings);
  const hosts = openHosts(session, 'db-dump', settings, context.run);
  return new PostgresOnHost(
    { local, hosts, compute: new Ec2Compute(session, context.signal), objects, runs },
    {
      ...options,
      instance: settings.instance,
      database: settings.database,
      user: settings.hostUser,
      port: settings.hostPort,
      container: settings.container,
      // Each database of a host has a folder of its own.
      folder: `${settings.hostFolder}/${name}`,
      name,
      keep: settings.keepOnHost,
      timeoutSeconds: settings.hostTimeout,
      bucket: settings.bucket,
    },
    context,
  );
}
