/**
 * A real MariaDB server for one lab or one test, with a folder, a port and a password of its own. It runs as an account without
 * rights, and listens on the loopback address and on a socket in its folder.
 */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { command } from '../command.ts';
import { freePort } from '../free-port.ts';
import { serverOptions } from '../mariadb.ts';
import { dataFolder, logFile, mustEnter, runsAs } from '../server-process.ts';
import { account, socketOf, startProcess, sweepMysql } from './process.ts';

export interface MysqlServer {
  readonly host: string;
  readonly port: number;
  /** An account that may do everything, and logs in by password. */
  readonly user: string;
  readonly password: string;
  /** Path of the server's socket, through which every account of the server may log in, too. */
  readonly socket: string;
  /** Such as 10.11.19-MariaDB-0+deb12u1. */
  readonly version: string;
  /** The URL for clients; without a database, that of the whole server. */
  url(database?: string): string;
  /** Rows as the client prints them: one a line, columns separated by tabs, special characters escaped. @throws Error */
  sql(text: string, database?: string): Promise<string>;
  /** Stops the server, and starts it on the same port. */
  restart(): Promise<void>;
  /** Ends the server at once, as a crash does; `restart` brings it back. */
  kill(): Promise<void>;
  /** Ends all sessions and the server; its folder stays. Safe to call twice. */
  stop(): Promise<void>;
}

export interface MysqlOptions {
  /** Folder of this server alone, made when it is missing; it is given to the user mysql. */
  readonly directory: string;
  /** Server settings such as `{ 'log-bin': 'changes', 'server-id': '1' }`; they win over the lab's own. */
  readonly settings?: Readonly<Record<string, string>>;
}

const host = '127.0.0.1';
const user = 'lab';

/** Fast rather than safe: what is lost in a crash is made anew. */
const ownSettings: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    serverOptions.map((option) => option.split('=')).map(([name = '', value = '']) => [name, value]),
  ),
  'innodb-flush-log-at-trx-commit': '0',
  'innodb-doublewrite': '0',
  // Of a server that is killed, nothing is lost all the same: the kernel has it.
  'innodb-flush-method': 'nosync',
  'loose-sync-frm': 'OFF',
  'loose-debug-no-sync': 'ON',
  'max-allowed-packet': '64M',
  'event-scheduler': 'OFF',
  'skip-name-resolve': '',
};

/** Makes a data folder and starts its server, which ends with the process that started it, or by sweepMysql(). */
export async function startMysql(options: MysqlOptions): Promise<MysqlServer> {
  const directory = resolve(options.directory);
  const password = randomBytes(18).toString('base64url');
  await makeData(directory);
  const { 'skip-log-bin': _, ...logging } = ownSettings;
  const given = options.settings ?? {};
  const settings = { ...('log-bin' in given ? logging : ownSettings), ...given };
  let { port, process } = await serve(directory, settings);
  await makeAccount(directory, password);
  const client = join(directory, 'client.cnf');
  writeFileSync(
    client,
    `[client]\nuser=${user}\npassword=${password}\nsocket=${socketOf(directory)}\ndefault-character-set=utf8mb4\n`,
    { mode: 0o600 },
  );
  const sql = (text: string, database?: string): Promise<string> =>
    command(
      'mariadb',
      `--defaults-file=${client}`,
      '--batch',
      '--skip-column-names',
      ...(database === undefined ? [] : [`--database=${database}`]),
      '--execute',
      text,
    );
  const sweep = (): Promise<void> => sweepMysql(directory);
  let stopping: Promise<void> | undefined;
  return {
    host,
    port,
    user,
    password,
    socket: socketOf(directory),
    version: await sql('SELECT VERSION()'),
    url: (database) =>
      `mysql://${user}:${password}@${host}:${port}${database === undefined ? '' : `/${encodeURIComponent(database)}`}`,
    sql,
    restart: async () => {
      await sweep();
      ({ process, port } = await serve(directory, settings, port));
    },
    kill: async () => {
      process.kill('SIGKILL');
      await sweep();
    },
    stop: () => {
      stopping ??= sweep();
      return stopping;
    },
  };
}

/** @throws Error when the folder has a server already, or that names the folder which the server's user cannot enter */
async function makeData(directory: string): Promise<void> {
  const data = dataFolder(directory);
  if (existsSync(data)) throw new Error(`${directory} holds a MariaDB server already`);
  for (const folder of [directory, data, join(directory, 'tmp')]) mkdirSync(folder, { recursive: true });
  await command('chown', '-R', 'mysql:mysql', directory);
  await mustEnter(account, data);
  await command(
    'setpriv',
    ...runsAs(account),
    'mariadb-install-db',
    '--no-defaults',
    `--datadir=${data}`,
    `--tmpdir=${join(directory, 'tmp')}`,
    '--skip-test-db',
    '--auth-root-authentication-method=normal',
    '--skip-name-resolve',
    '--innodb-log-file-size=16M',
  );
}

/** Makes the account that may do everything, and removes those that need no password. */
async function makeAccount(directory: string, password: string): Promise<void> {
  const account = `'${user}'@'%'`;
  await command(
    'mariadb',
    '--no-defaults',
    `--socket=${socketOf(directory)}`,
    '--user=root',
    '--execute',
    `SET sql_log_bin = 0; CREATE USER ${account} IDENTIFIED BY '${password}'; GRANT ALL ON *.* TO ${account} WITH GRANT OPTION;
     DELETE FROM mysql.global_priv WHERE User IN ('', 'root', 'mysql'); FLUSH PRIVILEGES;`,
  );
}

/** Starts the server, on a free port unless one is given. */
async function serve(
  directory: string,
  settings: Readonly<Record<string, string>>,
  given?: number,
): Promise<{ port: number; process: ChildProcess }> {
  for (let tries = 1; ; tries += 1) {
    const port = given ?? (await freePort(host));
    const process = startProcess(directory, { ...settings, 'bind-address': host, port: String(port) });
    if (await listens(directory, process)) return { port, process };
    await sweepMysql(directory);
    const log = readFileSync(logFile(directory), 'utf8').trim();
    // Another program may have taken the port since it was found free.
    if (tries >= 5 || !/Address already in use/.test(log))
      throw new Error(`MariaDB does not start in ${directory}: ${log.split('\n').slice(-8).join(' | ')}`);
    rmSync(socketOf(directory), { force: true });
  }
}

/** Waits until the server says that it listens, at most a minute; false when it has ended instead. */
async function listens(directory: string, server: ChildProcess): Promise<boolean> {
  for (let tries = 0; tries < 1200; tries += 1) {
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return false;
    if (readFileSync(logFile(directory), 'utf8').includes('ready for connections')) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
