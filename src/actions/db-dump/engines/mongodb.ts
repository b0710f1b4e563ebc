/** MongoDB: from the runner, or where it runs. */
import { MongoEngine, type MongoReach, reachedHere } from '../../../adapters/databases/mongodb/engine.ts';
import { reachedThere } from '../../../adapters/databases/mongodb/remote.ts';
import { LocalTools } from '../../../adapters/databases/mongodb/tools.ts';
import { containerPlace } from '../../../adapters/kubernetes/container.ts';
import { podPlace } from '../../../adapters/kubernetes/pod.ts';
import { parseMongoConnection } from '../../../dump/engines/mongodb/connection.ts';
import type { WorkContext } from '../../../runtime/context.ts';
import { BsonFiles } from '../files/bson-files.ts';
import type { Settings } from '../inputs.ts';
import type { EngineRequest, OpenedEngine } from './request.ts';

export function openMongodb({ settings, context }: EngineRequest): OpenedEngine {
  return { engine: localMongo(settings, context), files: new BsonFiles() };
}

/** The engine on the runner. */
export function localMongo(settings: Settings, context: WorkContext): MongoEngine {
  const { scratchUrl, prove, archiveFormat, databases, excludeDatabases, oplog, users } = settings;
  const reach = reachOf(settings, context);
  return new MongoEngine(
    reach,
    {
      database: reach.connection.database,
      databases,
      exclude: excludeDatabases,
      oplog,
      users,
      format: archiveFormat === 'archive' ? 'archive' : 'tarball',
      level: settings.compressionLevel,
      scratch: prove.length > 0 && scratchUrl ? parseMongoConnection(scratchUrl.url, 'scratch-url') : undefined,
      workDirectory: settings.workDirectory,
    },
    context,
  );
}

/** A server in a pod or a container, as it is called there, when no URL says more. */
const there = 'mongodb://localhost:27017/';

function reachOf(settings: Settings, { signal }: WorkContext): MongoReach {
  const { databaseUrl, workDirectory, container, kubeService, kubePod, kubeNamespace, kubeContext, kubeContainer } =
    settings;
  const connection = parseMongoConnection(databaseUrl?.url ?? there, 'database-url');
  const environment = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  if (container !== '') return reachedThere(connection, async () => containerPlace({ container, environment }));
  if (kubeService === '' && kubePod === '') return reachedHere(connection, new LocalTools(workDirectory, signal));
  const given = (text: string): string | undefined => (text === '' ? undefined : text);
  return reachedThere(connection, () =>
    podPlace({
      service: given(kubeService),
      pod: given(kubePod),
      namespace: given(kubeNamespace),
      context: given(kubeContext),
      container: given(kubeContainer),
      environment,
      signal,
    }),
  );
}
