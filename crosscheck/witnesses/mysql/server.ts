/** A server of a release, on a data folder, a port and a socket of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../../lab/hosts/free-port.ts';
import { ran } from '../../lib/programs.ts';
import type { Release } from './releases.ts';

export interface Server {
  readonly release: Release;
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

export const account = { user: 'lab', password: 'witness' } as const;
const host = '127.0.0.1';

/** Run as the server starts: one statement a line. */
const accounts = [
  `CREATE USER '${account.user}'@'%' IDENTIFIED BY '${account.password}';`,
  `GRANT ALL ON *.* TO '${account.user}'@'%' WITH GRANT OPTION;`,
  '',
].join('\n');

/** Its programs lie in folders of the person who runs this, which another account may not enter. */
const common = ['--no-defaults', '--user=root'];

export async function startServer(release: Release, directory: string): Promise<Server> {
  const data = join(directory, 'data');
  mkdirSync(join(directory, 'tmp'), { recursive: true });
  const paths = [
    `--datadir=${data}`,
    `--tmpdir=${join(directory, 'tmp')}`,
    `--secure-file-priv=${join(directory, 'tmp')}`,
    `--lc-messages-dir=${release.share}`,
    `--character-sets-dir=${join(release.share, 'charsets')}`,
  ];
  await makeData(release, data, paths);
  const port = await freePort(host);
  const init = join(directory, 'init.sql');
  writeFileSync(init, accounts);
  const address = [
    `--bind-address=${host}`,
    `--port=${port}`,
    `--socket=${join(directory, 's')}`,
    `--pid-file=${join(directory, 'pid')}`,
  ];
  const settings = [
    `--init-file=${init}`,
    '--innodb-buffer-pool-size=64M',
    // Fast rather than safe: what is lost in a crash is made anew.
    ...['--innodb-flush-log-at-trx-commit=0', '--innodb-flush-method=nosync', '--innodb-doublewrite=0'],
    '--skip-log-bin',
    '--event-scheduler=OFF',
    ...(release.name === 'MySQL 9' ? ['--mysqlx=OFF'] : []),
  ];
  const [program, ...before] = release.server;
  const log = join(directory, 'log');
  const child = serve(program, [...before, ...common, ...paths, ...address, ...settings], log);
  await untilReady(child, log, release.name);
  const url = `mysql://${account.user}:${account.password}@${host}:${port}`;
  return { release, port, url, stop: () => ended(child) };
}

function serve(program: string, words: readonly string[], log: string): ChildProcess {
  const output = openSync(log, 'w');
  try {
    // It ends with this process, whatever ends that.
    return spawn('setpriv', ['--pdeathsig=KILL', program, ...words], { stdio: ['ignore', output, output] });
  } finally {
    closeSync(output);
  }
}

async function makeData(
  { server: [program, ...before], family, share, name }: Release,
  data: string,
  paths: readonly string[],
): Promise<void> {
  const environment = { PATH: process.env.PATH ?? '', LC_ALL: 'C' };
  if (family === 'MySQL') {
    const { status, err } = await ran(program, [...before, ...common, '--initialize-insecure', ...paths], environment);
    if (status !== 0) throw new Error(`${name} makes no data folder: ${err.slice(-1000)}`);
    return;
  }
  mkdirSync(data);
  // What mariadb-install-db hands to the server.
  const files = ['system_tables', 'performance_tables', 'system_tables_data'].map((part) =>
    readFileSync(fileOf(share, part), 'utf8'),
  );
  const text = `CREATE DATABASE mysql;\nUSE mysql;\n${files.join('\n')}`;
  const bootstrap = spawn(program, [...before, ...common, '--bootstrap', ...paths], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  bootstrap.stderr.on('data', (chunk: Buffer) => (said += chunk));
  bootstrap.stdin.end(text);
  const [status] = (await once(bootstrap, 'close')) as [number | null];
  if (status !== 0) throw new Error(`${name} makes no data folder: ${said.slice(-1000)}`);
}

/** MariaDB 11 named these files anew. */
function fileOf(share: string, part: string): string {
  const name = readdirSync(share).find((file) => [`mysql_${part}.sql`, `mariadb_${part}.sql`].includes(file));
  return join(share, name ?? '');
}

/** At most two minutes. @throws Error with the end of its log */
async function untilReady(server: ChildProcess, log: string, name: string): Promise<void> {
  for (let tries = 0; tries < 2400 && server.exitCode === null && server.signalCode === null; tries += 1) {
    if (existsSync(log) && /ready for connections[\s\S]*port: [1-9]/.test(readFileSync(log, 'utf8'))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  server.kill('SIGKILL');
  throw new Error(`${name} does not start: ${readFileSync(log, 'utf8').slice(-1500)}`);
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const closed = once(server, 'exit');
  // Nothing of it is needed any more.
  server.kill('SIGKILL');
  await closed;
}
