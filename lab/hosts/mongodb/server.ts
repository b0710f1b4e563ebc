/**
 * A server that speaks MongoDB's protocol, for one lab or one test. `ferret` is FerretDB on a PostgreSQL server of its own: it keeps what
 * it has over a restart, and closes the connection on types that it does not know (Decimal128, DBPointer, code with scope), and takes no text with a NUL in it (PostgreSQL has none). `java` is
 * mongo-java-server: it knows Decimal128, closes the connection on the other two, keeps nothing in the database admin, and has nothing any more after a restart. Neither is a replica set, so neither has an oplog.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { MongoClient } from 'mongodb';
import { freePort } from '../free-port.ts';
import { type PostgresServer, startPostgres } from '../postgres/server.ts';
import { javaServer, mongoPrograms } from './programs.ts';

export type MongoKind = 'ferret' | 'java';

export interface MongoServer {
  readonly kind: MongoKind;
  readonly host: string;
  /** The same after a restart. */
  readonly port: number;
  /** The URL for clients, with the database in its path when one is given. */
  url(database?: string): string;
  /** Connected; it connects anew after a restart. */
  readonly client: MongoClient;
  /** Folder of mongodump, mongorestore and bsondump. */
  readonly binaries: string;
  /** Where the data is, for `ferret`. */
  readonly postgres: PostgresServer | undefined;
  /** Ends the server as a crash does, and starts it again when `start` is called. */
  kill(): Promise<void>;
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Ends the client and the server; its folder stays. Safe to call twice. */
  stop(): Promise<void>;
}

export interface MongoOptions {
  /** Folder of this server alone, made when it is missing. */
  readonly directory: string;
  readonly kind: MongoKind;
}

const host = '127.0.0.1';

/** Starts a server, which ends with the process that started it. */
export async function startMongo({ directory, kind }: MongoOptions): Promise<MongoServer> {
  const folder = resolve(directory);
  mkdirSync(folder, { recursive: true });
  const binaries = await mongoPrograms();
  const postgres = kind === 'ferret' ? await startPostgres({ directory: join(folder, 'postgres') }) : undefined;
  try {
    await postgres?.createDatabase('ferretdb');
    const launch: Launch =
      postgres === undefined
        ? { command: await javaServer(), words: (port) => [host, port], input: '' }
        : {
            command: [join(binaries, 'ferretdb')],
            words: (port) => [`${host}:${port}`],
            input: `${postgres.url('ferretdb')}?pool_max_conns=20\n`,
          };
    return await serve(kind, folder, launch, { binaries, postgres });
  } catch (error) {
    await postgres?.stop();
    throw error;
  }
}

interface Launch {
  readonly command: readonly [string, ...string[]];
  /** What follows the command. */
  readonly words: (port: string) => readonly string[];
  /** First line of standard input, which then stays open: the server ends when it is closed. */
  readonly input: string;
}

async function serve(
  kind: MongoKind,
  folder: string,
  launch: Launch,
  rest: Pick<MongoServer, 'binaries' | 'postgres'>,
): Promise<MongoServer> {
  let { server, port } = await startServer(folder, launch, await freePort(host));
  const url = (database = ''): string => `mongodb://${host}:${port}/${encodeURIComponent(database)}`;
  const client = new MongoClient(url(), { serverSelectionTimeoutMS: 60_000 });
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    // It does not keep this process alive; its end is waited for.
    server.ref();
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  const start = async (): Promise<void> => {
    ({ server, port } = await startServer(folder, launch, port));
  };
  await client.connect();
  return {
    ...rest,
    kind,
    host,
    port,
    url,
    client,
    kill,
    start,
    restart: async () => {
      await kill();
      await start();
    },
    stop: async () => {
      await client.close();
      await kill();
      await rest.postgres?.stop();
    },
  };
}

async function startServer(
  folder: string,
  { command: [program, ...first], words, input }: Launch,
  wanted: number,
): Promise<{ server: ChildProcess; port: number }> {
  const path = join(folder, 'server.log');
  const log = openSync(path, 'a');
  const server = spawn(program, [...first, ...words(String(wanted))], {
    cwd: folder,
    stdio: ['pipe', 'pipe', log],
    // A process group of its own: Ctrl-C at the terminal reaches the lab, which stops its server itself.
    detached: true,
  });
  closeSync(log);
  server.stdin?.on('error', () => {});
  server.stdin?.write(input);
  const line = await new Promise<string>((found, fail) => {
    server.on('error', fail);
    server.on('exit', (code) => {
      const said = readFileSync(path, 'utf8').trim().split('\n').slice(-5).join(' | ');
      fail(new Error(`the MongoDB server ended with ${code} in ${folder}: ${said}`));
    });
    createInterface({ input: server.stdout as NodeJS.ReadableStream }).once('line', found);
  });
  server.stdout?.resume();
  server.unref();
  for (const stream of [server.stdin, server.stdout]) (stream as unknown as { unref?(): void }).unref?.();
  const port = Number(new URL(line).port);
  if (!port) throw new Error(`the MongoDB server said "${line}" instead of its URL`);
  return { server, port };
}
