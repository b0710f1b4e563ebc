/** The servers of MySQL and of MongoDB in a lab. */
import { type MongoServer, startMongo } from './mongodb/server.ts';
import { type MysqlServer, startMysql } from './mysql/server.ts';
import { serversFolder } from './places.ts';
import { type ServerPair, startServerPair } from './server-pair.ts';

export type MysqlServers = ServerPair<MysqlServer>;
export type MongodbServers = ServerPair<MongoServer>;
/** Fills the server that is dumped. */
export type Fill<T> = (server: T, report: (text: string) => void) => Promise<void>;

export interface ServersOptions<T> {
  /** The lab's folder. */
  readonly directory: string;
  readonly fill: Fill<T>;
  readonly report: (text: string) => void;
}

export function startMysqlServers({ directory, fill, report }: ServersOptions<MysqlServer>): Promise<MysqlServers> {
  return startServerPair({
    folder: serversFolder(directory, 'mysql'),
    product: 'MariaDB',
    // The source has a binary log, whose position the receipt gets.
    start: (folder, role) =>
      startMysql({ directory: folder, settings: role === 'source' ? { 'log-bin': 'changes', 'server-id': '1' } : {} }),
    fill,
    report,
  });
}

export function startMongodb({ directory, fill, report }: ServersOptions<MongoServer>): Promise<MongodbServers> {
  return startServerPair({
    folder: serversFolder(directory, 'mongodb'),
    product: 'FerretDB',
    start: (folder) => startMongo({ directory: folder, kind: 'ferret' }),
    fill,
    report,
  });
}
