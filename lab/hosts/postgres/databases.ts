/** The two PostgreSQL servers of a lab: one with the database that is dumped, one where dumps are restored. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../command.ts';
import { postgresFolder } from '../places.ts';
import { type PostgresServer, startPostgres } from './server.ts';

/** What the source server holds. */
export interface DatabaseSeed {
  readonly name: string;
  /** Fills the database, which is empty. */
  readonly fill: (server: PostgresServer, name: string, report: (text: string) => void) => Promise<void>;
}

export interface Databases {
  readonly source: PostgresServer;
  readonly scratch: PostgresServer;
  /** Name of the database on the source. */
  readonly name: string;
  /** Where dumps are written before they are published. */
  readonly workDirectory: string;
  stop(): Promise<void>;
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
  const folder = postgresFolder(directory);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  const workDirectory = join(folder, 'work');
  mkdirSync(workDirectory, { recursive: true });
  const servers: PostgresServer[] = [];
  const stop = async (): Promise<void> => {
    for (const server of servers) await server.stop();
    await attempt('umount', workDirectory);
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (name: string, shared?: string): Promise<PostgresServer> => {
    const server = await startPostgres({ directory: join(folder, name), sockets: shared });
    servers.push(server);
    return server;
  };
  try {
    report('starting PostgreSQL for the database that is dumped');
    const source = await start('source', sockets);
    // The account that dumps on the host.
    await source.sql('CREATE ROLE postgres LOGIN SUPERUSER');
    await source.createDatabase(seed.name);
    await seed.fill(source, seed.name, report);
    report('starting PostgreSQL for restores');
    const scratch = await start('scratch');
    return { source, scratch, name: seed.name, workDirectory, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
