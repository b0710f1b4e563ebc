/** Wires db-dump to AWS, GitHub and the engine of its database. */
import { S3Objects } from '../../adapters/aws/objects.ts';
import { maskSecret } from '../../adapters/github/toolkit.ts';
import type { DumpReceipt } from '../../domain/dump.ts';
import type { EngineName } from '../../domain/engine.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { openRuns, openSession } from '../common/services.ts';
import type { KeptEngine, KeptPorts } from './again/ports.ts';
import { openKeptMongodb, openMongodb } from './engines/mongodb.ts';
import { openKeptMysql, openMysql } from './engines/mysql.ts';
import { placeOf } from './engines/place.ts';
import { openKeptPostgres, openPostgres } from './engines/postgres.ts';
import type { EngineRequest, OpenedEngine } from './engines/request.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';

const openers: Readonly<Record<EngineName, (request: EngineRequest) => OpenedEngine>> = {
  postgres: openPostgres,
  mysql: openMysql,
  mongodb: openMongodb,
};

const keptOpeners: Readonly<
  Record<EngineName, (settings: Settings, receipt: DumpReceipt, context: WorkContext) => KeptEngine>
> = {
  postgres: openKeptPostgres,
  mysql: openKeptMysql,
  mongodb: openKeptMongodb,
};

export function openEngine(request: EngineRequest): OpenedEngine {
  return openers[request.settings.engine](request);
}

export function openKept(settings: Settings, receipt: DumpReceipt, context: WorkContext): KeptEngine {
  return keptOpeners[receipt.engine](settings, receipt, context);
}

/** The inputs are masked as a whole; tools print passwords alone. */
function maskPasswords({ databaseUrl, scratchUrl }: Settings): void {
  for (const connection of [databaseUrl, scratchUrl])
    for (const secret of connection?.secrets ?? []) maskSecret(secret);
}

/** Without anything that reaches the source. */
export function openKeptPorts(settings: Settings, context: Context): KeptPorts {
  maskPasswords(settings);
  const { logger, signal, run } = context;
  const session = openSession('db-dump', settings, settings.awsRegion, run);
  return {
    open: (receipt) => openKept(settings, receipt, context),
    objects: new S3Objects(session, { logger, signal }),
    runs: openRuns(settings),
  };
}

export function openPorts(settings: Settings, context: Context): Ports {
  maskPasswords(settings);
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
