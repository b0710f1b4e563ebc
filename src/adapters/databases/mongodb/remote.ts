/** A server that is reached where it runs: in a pod, or in a container of the runner. */
import {
  type MongoConnection,
  type TunnelledTls,
  throughTunnel,
  tlsFilesOf,
  toolsConfig,
} from '../../../dump/engines/mongodb/connection.ts';
import { type RemotePlace, remoteConfigPath } from '../../../ports/remote.ts';
import { BackupError, explain } from '../../../runtime/errors.ts';
import { mongoCauses } from './causes.ts';
import type { MongoReach } from './engine.ts';
import { type MongoTool, type MongoTools, type ToolRun, usableVersion } from './tools.ts';

class RemoteTools implements MongoTools {
  readonly #place: () => Promise<RemotePlace>;
  place = 'pod';

  constructor(place: () => Promise<RemotePlace>) {
    this.#place = place;
  }

  async version(tool: MongoTool): Promise<string> {
    const place = await this.#place();
    this.place = place.shown;
    const printed = await place.read({ words: [tool, '--version'], what: tool });
    return usableVersion(tool, printed, place.shown);
  }

  /** The URL travels on standard input: no command line there shows it. */
  async *output({ tool, parameters, connection, what, signal, onErrors }: ToolRun): AsyncGenerator<Buffer> {
    const place = await this.#place();
    yield* place.output({
      words: [tool, `--config=${remoteConfigPath}`, ...parameters],
      config: toolsConfig(connection),
      what,
      signal,
      causes: mongoCauses,
      onErrors,
    });
  }
}

const defaultPort = 27_017;

/**
 * @param connection as programs of that place reach the server
 * @param find finds the place; asked once
 */
export function reachedThere(connection: MongoConnection, find: () => Promise<RemotePlace>): MongoReach {
  let found: Promise<RemotePlace> | undefined;
  const place = (): Promise<RemotePlace> => {
    found ??= find();
    return found;
  };
  return {
    tools: new RemoteTools(place),
    connection,
    open: async () => {
      const [host, port] = addressOf(connection);
      const there = await place();
      const tls = await tlsOf(connection, host, there);
      const relay = await there.relay(port, host);
      return {
        connection: { ...throughTunnel(connection, relay.host, relay.port), tls },
        explained: (error) => unreached(error, relay.problem(), `${host}:${port} in ${there.shown}`),
        close: () => relay.close(),
      };
    },
  };
}

/** The files that the URL names are there, and not here. */
async function tlsOf(connection: MongoConnection, host: string, there: RemotePlace): Promise<TunnelledTls | undefined> {
  const files = tlsFilesOf(connection);
  if (files === undefined) return undefined;
  const content = (path: string | undefined): Promise<string> | undefined =>
    path === undefined ? undefined : there.read({ words: ['cat', path], what: `${path}, which the URL names,` });
  return {
    host,
    authority: await content(files.authority),
    certificateAndKey: await content(files.certificateAndKey),
  };
}

/** @param problem what the relay says of the last connection */
function unreached(error: unknown, problem: string | undefined, where: string): unknown {
  const { code } = explain(error);
  if (problem === undefined || (code !== 'connection-lost' && code !== 'unreachable')) return error;
  return new BackupError({
    what: `no connection to ${where}: ${problem}`,
    likelyCause: 'no server listens there, or the database-url names the host and port that others reach it at',
    fix: 'give the host and port at which programs in that place reach the server, such as mongodb://localhost:27017/',
    code: 'unreachable',
  });
}

/** The first host: the others of a replica set are not needed to read one of its members. */
function addressOf({ hosts, url }: MongoConnection): readonly [string, number] {
  if (url.startsWith('mongodb+srv:'))
    throw new BackupError({
      what: 'a URL with mongodb+srv:// cannot be used in a pod or a container',
      fix: 'name the host as it is called there, such as mongodb://localhost:27017/, or reach the server from the runner',
    });
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(hosts.split(',')[0] ?? '') ?? [];
  return [host.replace(/^\[|\]$/g, ''), port === undefined ? defaultPort : Number(port)];
}
