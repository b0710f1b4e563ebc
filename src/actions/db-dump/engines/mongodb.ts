/** MongoDB: from the runner, or where it runs. */
import { Ec2Compute } from '../../../adapters/aws/compute.ts';
import { MongoEngine, type MongoReach, reachedHere } from '../../../adapters/databases/mongodb/engine.ts';
import { MongodbOnHost } from '../../../adapters/databases/mongodb/on-host/engine.ts';
import { reachedThere } from '../../../adapters/databases/mongodb/remote.ts';
import type { ServerIdentity } from '../../../adapters/databases/mongodb/scratch/identity.ts';
import { LocalTools } from '../../../adapters/databases/mongodb/tools.ts';
import type { DumpReceipt } from '../../../domain/dump.ts';
import { parseMongoConnection } from '../../../dump/engines/mongodb/connection.ts';
import { isOfUsers } from '../../../dump/engines/mongodb/fingerprint/users.ts';
import { formatOf } from '../../../dump/files.ts';
import type { WorkContext } from '../../../runtime/context.ts';
import { openHosts } from '../../common/services.ts';
import type { KeptEngine } from '../again/ports.ts';
import { BsonFiles } from '../files/bson-files.ts';
import type { Settings } from '../inputs.ts';
import { hostOptions } from './place.ts';
import type { EngineRequest, OpenedEngine } from './request.ts';

export function openMongodb(request: EngineRequest): OpenedEngine {
  const engine = request.settings.instance === '' ? localMongo(request) : mongoOnHost(request);
  return { engine, files: new BsonFiles() };
}

/** For a kept dump: as its archive and its fingerprint are, and without its source. */
export function openKeptMongodb(settings: Settings, receipt: DumpReceipt, context: WorkContext): KeptEngine {
  const { scratchUrl, workDirectory, compressionLevel } = settings;
  const scratch = scratchUrl && parseMongoConnection(scratchUrl.url, 'scratch-url');
  const nowhere = parseMongoConnection(there, 'database-url');
  const { definitions = {} } = receipt.fingerprint;
  const engine = new MongoEngine(
    reachedHere(nowhere, new LocalTools(workDirectory, context.signal)),
    {
      database: undefined,
      databases: [],
      exclude: [],
      oplog: 'auto',
      users: Object.keys(definitions).some(isOfUsers),
      format: formatOf(receipt.files, ['tarball', 'archive']),
      level: compressionLevel,
      scratch,
      workDirectory,
      kept: true,
    },
    context,
  );
  return { engine, files: new BsonFiles() };
}

/** MongoDB's port, where host-port says PostgreSQL's, which is its default. */
function portOf({ hostPort }: Settings): number {
  return hostPort === 5432 ? 27_017 : hostPort;
}

function mongoOnHost(request: EngineRequest): MongodbOnHost {
  const { settings, session, objects, runs, context } = request;
  const hosts = openHosts(session, 'db-dump', settings, context.run);
  const local: MongoEngine = localMongo(request, () => engine.identity());
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
function localMongo(request: EngineRequest, identity?: () => Promise<ServerIdentity>): MongoEngine {
  const { settings, context } = request;
  const { scratchUrl, prove, archiveFormat, databases, excludeDatabases, oplog, users } = settings;
  const reach = { ...reachOf(request), identity };
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

function reachOf({ settings, context, place }: EngineRequest): MongoReach {
  const connection = parseMongoConnection(settings.databaseUrl?.url ?? there, 'database-url');
  return place === undefined
    ? reachedHere(connection, new LocalTools(settings.workDirectory, context.signal))
    : reachedThere(connection, place);
}
