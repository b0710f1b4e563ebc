/** The two servers of a rehearsal: one with the database that is dumped, and one where dumps are restored. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fillDatabase } from '../../rehearsals/postgres/seed.ts';
import { attempt } from '../command.ts';
import { postgresFolder } from '../places.ts';
import { type PostgresServer, startPostgres } from './server.ts';

export interface Databases {
  readonly source: PostgresServer;
  readonly scratch: PostgresServer;
  /** Where dumps are written before they are published. */
  readonly workDirectory: string;
  /** Name of the sample database on the source. */
  readonly name: string;
  stop(): Promise<void>;
}

export async function startDatabases(
  labDirectory: string,
  { megabytes, sockets }: { readonly megabytes: number; readonly sockets: string },
  say: (text: string) => void,
): Promise<Databases> {
  const folder = postgresFolder(labDirectory);
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
  try {
    const start = async (name: string, shared?: string): Promise<PostgresServer> => {
      const server = await startPostgres({ directory: join(folder, name), say, sockets: shared });
      servers.push(server);
      return server;
    };
    const source = await start('source', sockets);
    // The account that dumps on the host.
    await source.sql('CREATE ROLE postgres LOGIN SUPERUSER');
    const name = 'infinite';
    say(`filling the sample database (${megabytes} MB)`);
    await source.createDatabase(name);
    await fillDatabase(source, name, { megabytes });
    return { source, scratch: await start('scratch'), workDirectory, name, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
