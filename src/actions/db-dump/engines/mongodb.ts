/** MongoDB: from the runner, or where it runs. */
import { Ec2Compute } from '../../../adapters/aws/compute.ts';
import { MongoEngine, type MongoReach, reachedHere } from '../../../adapters/databases/mongodb/engine.ts';
import { MongodbOnHost } from '../../../adapters/databases/mongodb/on-host/engine.ts';
import { reachedThere } from '../../../adapters/databases/mongodb/remote.ts';
import type { ServerIdentity } from '../../../adapters/databases/mongodb/scratch/scratch.ts';
import { LocalTools } from '../../../adapters/databases/mongodb/tools.ts';
import { containerPlace } from '../../../adapters/kubernetes/container.ts';
import { podPlace } from '../../../adapters/kubernetes/pod.ts';
import { parseMongoConnection } from '../../../dump/engines/mongodb/connection.ts';
import type { WorkContext } from '../../../runtime/context.ts';
import { openHosts } from '../../common/services.ts';
import { BsonFiles } from '../files/bson-files.ts';
import type { Settings } from '../inputs.ts';
import { hostOptions } from './place.ts';
import type { EngineRequest, OpenedEngine } from './request.ts';

export function openMongodb(request: EngineRequest): OpenedEngine {
  const { settings, context } = request;
  const engine = settings.instance === '' ? localMongo(settings, context) : mongoOnHost(request);
  return { engine, files: new BsonFiles() };
}

/** MongoDB's port, where host-port says PostgreSQL's, which is its default. */
function portOf({ hostPort }: Settings): number {
  return hostPort === 5432 ? 27_017 : hostPort;
}

function mongoOnHost({ settings, session, objects, runs, context }: EngineRequest): MongodbOnHost {
  const hosts = openHosts(session, 'db-dump', settings, context.run);
  const local: MongoEngine = localMongo(settings, context, () => engine.identity());
  const engine: MongodbOnHost = new MongodbOnHost(
    { local, hosts, compute: new Ec2Compute(session, context.signal), objects, runs },
    {
      ...hostOptions(settings),
      format: 'tarball',
      port: portOf(settings),
      configFile: settings.hostConfig,
      databases: settings.databases,
      exclude: settings.excludeDatabases,
      level: settings.compressionLevel,
    },
    context,
  );
  return engine;
}

/** The engine on the runner. @param identity of a server on a host, which the runner does not reach */
export function localMongo(
  settings: Settings,
  context: WorkContext,
  identity?: () => Promise<ServerIdentity>,
): MongoEngine {
  const { scratchUrl, prove, archiveFormat, databases, excludeDatabases, oplog, users } = settings;
  const reach = { ...reachOf(settings, context), identity };
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
  const {
    databaseUrl,
    workDirectory,
    instance,
    container,
    kubeService,
    kubePod,
    kubeNamespace,
    kubeContext,
    kubeContainer,
  } = settings;
  const connection = parseMongoConnection(databaseUrl?.url ?? there, 'database-url');
  const environment = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  if (container !== '' && instance === '')
    return reachedThere(connection, async () => containerPlace({ container, environment }));
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
