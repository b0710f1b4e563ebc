/** The two PostgreSQL servers of a lab: one with the database that is dumped, one where dumps are restored. */
import { serversFolder } from '../places.ts';
import { type ServerPair, startServerPair } from '../server-pair.ts';
import { type PostgresServer, startPostgres } from './server.ts';

/** What the source server holds. */
export interface DatabaseSeed {
  readonly name: string;
  /** Fills the database, which is empty. */
  readonly fill: (server: PostgresServer, name: string, report: (text: string) => void) => Promise<void>;
}

export interface Databases extends ServerPair<PostgresServer> {
  /** Name of the database on the source. */
  readonly name: string;
}

export interface DatabasesOptions {
  /** The lab's folder. */
  readonly directory: string;
  readonly seed: DatabaseSeed;
  /** Folder of sockets that the source host shares, so that it reaches the source server. */
  readonly sockets: string;
  readonly report: (text: string) => void;
}

export async function startDatabases({ directory, seed, sockets, report }: DatabasesOptions): Promise<Databases> {
  const pair = await startServerPair({
    folder: serversFolder(directory, 'postgres'),
    product: 'PostgreSQL',
    start: (folder, role) => startPostgres({ directory: folder, sockets: role === 'source' ? sockets : undefined }),
    fill: async (source) => {
      // The account that dumps on the host.
      await source.sql('CREATE ROLE postgres LOGIN SUPERUSER');
      await source.createDatabase(seed.name);
      await seed.fill(source, seed.name, report);
    },
    report,
  });
  return { ...pair, name: seed.name };
}
