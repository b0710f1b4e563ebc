/** Wires db-dump to AWS, GitHub and the engine of its database. */
import { S3Objects } from '../../adapters/aws/objects.ts';
import { maskSecret } from '../../adapters/github/toolkit.ts';
import { openRuns, openSession } from '../common/services.ts';
import { openPostgres } from './engines/postgres.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';

export function openPorts(settings: Settings, context: Context): Ports {
  // The inputs are masked as a whole; tools print passwords alone.
  for (const connection of [settings.databaseUrl, settings.scratchUrl]) maskSecret(connection?.password ?? '');
  const { logger, signal, run } = context;
  const session = openSession('db-dump', settings, settings.awsRegion, run);
  const objects = new S3Objects(session, { logger, signal });
  const runs = openRuns(settings);
  return {
    ...openPostgres({ settings, session, objects, runs, context }),
    objects,
    cleanupObjects: new S3Objects(session, { logger }),
    runs,
  };
}
