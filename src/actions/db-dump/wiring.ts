/** Wires db-dump to AWS, GitHub and the engine of its database. */
import { S3Objects } from '../../adapters/aws/objects.ts';
import { maskSecret } from '../../adapters/github/toolkit.ts';
import type { EngineName } from '../../domain/engine.ts';
import { openRuns, openSession } from '../common/services.ts';
import { openMongodb } from './engines/mongodb.ts';
import { openMysql } from './engines/mysql.ts';
import { placeOf } from './engines/place.ts';
import { openPostgres } from './engines/postgres.ts';
import type { EngineRequest, OpenedEngine } from './engines/request.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';

const openers: Readonly<Record<EngineName, (request: EngineRequest) => OpenedEngine>> = {
  postgres: openPostgres,
  mysql: openMysql,
  mongodb: openMongodb,
};

export function openEngine(request: EngineRequest): OpenedEngine {
  return openers[request.settings.engine](request);
}

export function openPorts(settings: Settings, context: Context): Ports {
  // The inputs are masked as a whole; tools print passwords alone.
  for (const connection of [settings.databaseUrl, settings.scratchUrl])
    for (const secret of connection?.secrets ?? []) maskSecret(secret);
  const { logger, signal, run } = context;
  const session = openSession('db-dump', settings, settings.awsRegion, run);
  const objects = new S3Objects(session, { logger, signal });
  const runs = openRuns(settings);
  const place = placeOf(settings, signal);
  return {
    ...openEngine({ settings, session, objects, runs, context, place }),
    objects,
    cleanupObjects: new S3Objects(session, { logger }),
    runs,
  };
}
