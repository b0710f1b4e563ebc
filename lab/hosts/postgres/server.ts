/** A real PostgreSQL server for one lab or one test: its own folder, port and password, and nothing kept. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { attempt, command, pause } from '../command.ts';
import { newestBinaries, versionIn } from './binaries.ts';
import { runSql } from './psql.ts';

export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  /** A superuser, known by password alone. */
  readonly user: string;
  readonly password: string;
  /** For clients; without a name it is the database that every server has. */
  url(database?: string): string;
  /** Folder of psql, pg_dump and pg_restore of the server's own release. */
  readonly binaries: string;
  /** Such as 15.20. */
  readonly version: string;
  /** What psql prints of the rows, one a line, columns separated by "|". @throws Error with psql's words */
  sql(text: string, database?: string): Promise<string>;
  /** A copy of the template; without one, an empty database. */
  createDatabase(name: string, template?: string): Promise<void>;
  /** Ends all sessions and the server; its folder stays. Safe twice. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Folder of this server alone, made when it is missing; it comes to belong to the user postgres. */
  readonly directory: string;
  readonly say?: (text: string) => void;
  /** Further server settings, such as `{ max_connections: '20' }`; they win over the lab's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A further folder for its socket, where accounts of this machine are let in as the role of their name. */
  readonly sockets?: string | undefined;
}

/** The system user that the server runs as: it refuses root. */
const account = 'postgres';
const host = '127.0.0.1';
const user = 'lab';
const dataFolder = (directory: string): string => join(directory, 'data');
const pidFile = (directory: string): string => join(directory, 'server.pid');
const logFile = (directory: string): string => join(directory, 'server.log');

/** Quick rather than safe: what the machine's failure loses, nobody misses. */
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

/** Makes a cluster and serves it. The server ends with the process that started it, and by sweepPostgres(). */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const binaries = newestBinaries();
  if (!binaries) throw new Error('PostgreSQL is not installed (/usr/lib/postgresql is missing or incomplete)');
  const directory = resolve(options.directory);
  const version = versionIn(await command(join(binaries, 'postgres'), '--version'));
  const password = randomBytes(18).toString('base64url');
  await prepareDirectory(directory);
  options.say?.(`making a PostgreSQL ${version} cluster`);
  await makeCluster(directory, binaries, password);
  const more = options.sockets === undefined ? {} : { unix_socket_directories: `..,${options.sockets}` };
  const { port, server } = await serve(directory, binaries, { ...ownSettings, ...more, ...options.settings });
  options.say?.(`PostgreSQL ${version} is listening on ${host}:${port}`);
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
      await sql(`CREATE DATABASE ${identifier(name)} TEMPLATE ${identifier(template)}`);
    },
    stop: () => {
      stopping ??= server.exitCode === null ? sweepPostgres(directory) : Promise.resolve();
      return stopping;
    },
  };
}

/** Stops the server that a dead lab has left in this folder. Safe when there is none, and for what is not a server. */
export async function sweepPostgres(directory: string): Promise<void> {
  const folder = resolve(directory);
  if (!existsSync(pidFile(folder))) return;
  const pid = Number(readFileSync(pidFile(folder), 'utf8'));
  // Fast; then without a checkpoint; at last without a word to the sessions, which notice it by themselves.
  for (const [signal, tries] of [
    ['SIGINT', 600],
    ['SIGQUIT', 200],
    ['SIGKILL', 200],
  ] as const) {
    if (!serves(pid, folder)) break;
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
    for (let tried = 0; tried < tries && serves(pid, folder); tried += 1) await pause(50);
  }
  if (serves(pid, folder)) throw new Error(`the PostgreSQL server in ${folder} (process ${pid}) does not end`);
  rmSync(pidFile(folder), { force: true });
}

/** Whether a process is the server of this folder; numbers of dead processes come to others. */
function serves(pid: number, directory: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataFolder(directory));
  } catch {
    return false;
  }
}

/** Gives the folder to the server's user. @throws Error naming the folder above it that this user cannot enter */
async function prepareDirectory(directory: string): Promise<void> {
  if (existsSync(dataFolder(directory))) throw new Error(`${directory} holds a PostgreSQL cluster already`);
  mkdirSync(directory, { recursive: true });
  await command('chown', `${account}:${account}`, directory);
  if (await attempt('setpriv', ...asAccount, 'test', '-x', directory, '-a', '-w', directory)) return;
  let closed = directory;
  for (let above = dirname(directory); above !== dirname(above); above = dirname(above))
    if (!(await attempt('setpriv', ...asAccount, 'test', '-x', above))) closed = above;
  throw new Error(`the user ${account} cannot enter ${closed}: put the server's folder elsewhere`);
}

const asAccount = [`--reuid=${account}`, `--regid=${account}`, '--init-groups', '--inh-caps=-all'];

async function makeCluster(directory: string, binaries: string, password: string): Promise<void> {
  const secret = join(directory, 'password');
  writeFileSync(secret, `${password}\n`, { mode: 0o600 });
  try {
    await command('chown', `${account}:${account}`, secret);
    await command(
      'setpriv',
      ...asAccount,
      join(binaries, 'initdb'),
      `--pgdata=${dataFolder(directory)}`,
      `--username=${user}`,
      `--pwfile=${secret}`,
      '--auth-host=scram-sha-256',
      '--auth-local=peer',
      '--locale=C.UTF-8',
      '--encoding=UTF8',
      '--data-checksums',
      '--no-sync',
    );
  } finally {
    rmSync(secret, { force: true });
  }
}

async function serve(
  directory: string,
  binaries: string,
  settings: Readonly<Record<string, string>>,
): Promise<{ port: number; server: ChildProcess }> {
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    const server = spawnServer(directory, binaries, {
      // Relative to the data: the folder's own path may be too long for a socket.
      unix_socket_directories: '..',
      ...settings,
      listen_addresses: host,
      port: String(port),
    });
    if (await listens(directory, server)) return { port, server };
    await sweepPostgres(directory);
    const log = readFileSync(logFile(directory), 'utf8').trim();
    // Somebody else may have taken the port since it was found free.
    if (tries >= 5 || !/Address already in use/.test(log))
      throw new Error(`PostgreSQL does not start in ${directory}: ${log.split('\n').slice(-5).join(' | ')}`);
  }
}

function spawnServer(directory: string, binaries: string, settings: Readonly<Record<string, string>>): ChildProcess {
  const log = openSync(logFile(directory), 'w');
  try {
    const server = spawn(
      'setpriv',
      [
        ...asAccount,
        // A killed lab takes its server along.
        '--pdeathsig=INT',
        join(binaries, 'postgres'),
        '-D',
        dataFolder(directory),
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      {
        cwd: directory,
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
        stdio: ['ignore', log, log],
        // A group of its own: an interrupt at the terminal is for the lab, which stops its server itself.
        detached: true,
      },
    );
    server.on('error', () => {});
    server.unref();
    writeFileSync(pidFile(directory), `${server.pid ?? ''}\n`);
    return server;
  } finally {
    closeSync(log);
  }
}

/** Waits for the server to take connections; false when it has ended instead. */
async function listens(directory: string, server: ChildProcess): Promise<boolean> {
  for (let tries = 0; tries < 1200; tries += 1) {
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return false;
    // Written by the server itself: its process in the first line, its state in the eighth.
    const state = join(dataFolder(directory), 'postmaster.pid');
    const lines = existsSync(state) ? readFileSync(state, 'utf8').split('\n') : [];
    if (Number(lines[0]) === server.pid && lines[7]?.trim() === 'ready') return true;
    await pause(50);
  }
  return false;
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.on('error', failed);
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? found(address.port) : failed(new Error('no free port')),
      );
    });
  });
}

/** A name as SQL quotes it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
