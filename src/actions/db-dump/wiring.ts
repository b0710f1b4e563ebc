/** Wires db-dump to AWS, GitHub and the engine of its database. */
import { Ec2Compute } from '../../adapters/aws/compute.ts';
import { S3Objects } from '../../adapters/aws/objects.ts';
import type { AwsSession } from '../../adapters/aws/session.ts';
import { PostgresEngine } from '../../adapters/databases/postgres/engine.ts';
import { PostgresOnHost } from '../../adapters/databases/postgres/on-host/engine.ts';
import { maskSecret } from '../../adapters/github/toolkit.ts';
import type { DumpEngine } from '../../ports/dump-engine.ts';
import type { Runs } from '../../ports/github.ts';
import type { Objects } from '../../ports/objects.ts';
import { openHosts, openRuns, openSession } from '../common/services.ts';
import type { Settings } from './inputs.ts';
import { type Context, locationOf, type Ports } from './ports.ts';

export function openPorts(settings: Settings, context: Context): Ports {
  // The inputs are masked as a whole; tools print passwords alone.
  for (const connection of [settings.databaseUrl, settings.scratchUrl]) maskSecret(connection?.password ?? '');
  const { logger, signal, run } = context;
  const session = openSession('db-dump', settings, settings.awsRegion, run);
  const objects = new S3Objects(session, { logger, signal });
  const runs = openRuns(settings);
  return {
    engine: openEngine(settings, session, objects, runs, context),
    objects,
    cleanupObjects: new S3Objects(session, { logger }),
    runs,
  };
}

function openEngine(
  settings: Settings,
  session: AwsSession,
  objects: Objects,
  runs: Runs,
  context: Context,
): DumpEngine {
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
