/** A real PostgreSQL server for one lab or one test, with a folder, a port and a password of its own. */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { command } from '../command.ts';
import { freePort } from '../free-port.ts';
import { logFile } from '../server-process.ts';
import { newestBinaries, versionIn } from './binaries.ts';
import { asServer, makeCluster, prepareDirectory } from './cluster.ts';
import { listens, startProcess, sweepPostgres } from './process.ts';
import { quoteName, runSql } from './psql.ts';
import type { SeriesRoot } from './series.ts';

export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  /** A superuser, who logs in by password only. */
  readonly user: string;
  readonly password: string;
  /** The URL for clients, by default of the database `postgres`, which every server has. */
  url(database?: string): string;
  /** Folder of psql, pg_dump and pg_restore: of the server's own release, unless it runs in a root. */
  readonly binaries: string;
  /** Such as 15.20. */
  readonly version: string;
  /** Rows as psql prints them: one a line, columns separated by "|". @throws Error with psql's message */
  sql(text: string, database?: string): Promise<string>;
  /** Creates a copy of the template; without one, an empty database. */
  createDatabase(name: string, template?: string): Promise<void>;
  /** Ends all sessions, stops the server, and starts it on the same port. */
  restart(): Promise<void>;
  /** Ends all sessions and the server; its folder stays. Safe to call twice. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Folder of this server alone, made when it is missing; it is given to the user postgres. */
  readonly directory: string;
  /** Server settings such as `{ max_connections: '20' }`; they win over the lab's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A second folder for its socket, through which accounts of this computer log in as the role of the same name. */
  readonly sockets?: string | undefined;
  /** Where the server's programs are. Default: this computer. */
  readonly root?: SeriesRoot | undefined;
  /** Folder of the server's programs. Default: the newest series of the root, or of this computer. */
  readonly programs?: string | undefined;
}

const host = '127.0.0.1';
const user = 'lab';

/** Fast rather than safe: what is lost in a crash is made anew. */
const ownSettings: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '4GB',
  shared_buffers: '256MB',
  maintenance_work_mem: '256MB',
  max_connections: '50',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** Makes a cluster and starts its server, which ends with the process that started it, or by sweepPostgres(). */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const binaries = newestBinaries();
  if (!binaries) throw new Error('PostgreSQL is not installed (/usr/lib/postgresql is missing or incomplete)');
  const directory = resolve(options.directory);
  const { root } = options;
  const programs = options.programs ?? root?.binaries ?? binaries;
  const password = randomBytes(18).toString('base64url');
  await prepareDirectory(directory);
  const version = versionIn(await command(...asServer(directory, root, join(programs, 'postgres'), '--version')));
  await makeCluster(directory, programs, { user, password, root });
  const sockets = options.sockets === undefined ? {} : { unix_socket_directories: `..,${options.sockets}` };
  const settings = { ...ownSettings, ...sockets, ...options.settings };
  const served = await serve(directory, programs, settings, root);
  const { port } = served;
  let { server } = served;
  const sql = (text: string, database = 'postgres'): Promise<string> =>
    runSql({ binaries, host, port, user, password, database }, text);
  let stopping: Promise<void> | undefined;
  return {
    host,
    port,
    user,
    password,
    url: (database = 'postgres') => `postgresql://${user}:${password}@${host}:${port}/${encodeURIComponent(database)}`,
    binaries,
    version,
    sql,
    createDatabase: async (name, template = 'template0') => {
      await sql(`CREATE DATABASE ${quoteName(name)} TEMPLATE ${quoteName(template)}`);
    },
    restart: async () => {
      await sweepPostgres(directory);
      server = startProcess(directory, programs, onPort(settings, port), root);
      if (!(await listens(directory, server)))
        throw new Error(`PostgreSQL does not start again in ${directory}: ${lastLines(directory)}`);
    },
    stop: () => {
      stopping ??= server.exitCode === null ? sweepPostgres(directory) : Promise.resolve();
      return stopping;
    },
  };
}

function onPort(settings: Readonly<Record<string, string>>, port: number): Readonly<Record<string, string>> {
  // Relative to the data folder: the path of the lab's folder may be too long for a socket.
  return { unix_socket_directories: '..', ...settings, listen_addresses: host, port: String(port) };
}

const lastLines = (directory: string): string =>
  readFileSync(logFile(directory), 'utf8').trim().split('\n').slice(-5).join(' | ');

/** Starts the server on a free port. */
async function serve(
  directory: string,
  binaries: string,
  settings: Readonly<Record<string, string>>,
  root: SeriesRoot | undefined,
): Promise<{ port: number; server: ChildProcess }> {
  for (let tries = 1; ; tries += 1) {
    const port = await freePort(host);
    const server = startProcess(directory, binaries, onPort(settings, port), root);
    if (await listens(directory, server)) return { port, server };
    await sweepPostgres(directory);
    const log = readFileSync(logFile(directory), 'utf8');
    // Another program may have taken the port since it was found free.
    if (tries >= 5 || !/Address already in use/.test(log))
      throw new Error(`PostgreSQL does not start in ${directory}: ${lastLines(directory)}`);
  }
}
