/**
 * One dump by an engine of Holdfast, from the server to the disk, as db-dump makes it; for `npm run bench -- dump`.
 * `node bench/dump-engine-child.ts ENGINE URL FOLDER FORMAT [alone]`; with `alone`, the fingerprint is read when the dump is complete,
 * and not beside it, where server and runner share their processors. Standard error gets a line of JSON, `Told`.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MongoEngine, reachedHere } from '../src/adapters/databases/mongodb/engine.ts';
import { LocalTools } from '../src/adapters/databases/mongodb/tools.ts';
import { MysqlEngine } from '../src/adapters/databases/mysql/engine.ts';
import { parseMongoConnection } from '../src/dump/engines/mongodb/connection.ts';
import { parseConnection } from '../src/dump/engines/mysql/connection.ts';
import type { DumpEngine } from '../src/ports/dump-engine.ts';
import type { Upload } from '../src/ports/objects.ts';
import { systemClock } from '../src/runtime/clock.ts';
import type { WorkContext } from '../src/runtime/context.ts';

export interface StepTime {
  readonly seconds: number;
  /** Of this process and of the programs that it started and that have ended. */
  readonly cpu: number;
}

export type StepTimes = Readonly<Record<string, StepTime>>;

/** What the child says at its end. */
export interface Told {
  readonly steps: StepTimes;
  /** The most memory that this process had, without the tool's, in MiB. */
  readonly own: number;
}

/** db-dump's default. */
export const level = 5;

const silent = { debug() {}, info() {}, warning: console.error, error: console.error };
const context: WorkContext = {
  clock: systemClock,
  logger: { ...silent, group: (_, work) => work() },
  signal: new AbortController().signal,
};

/** The bucket, which takes everything at once. */
const upload = { id: '', key: '', write: async () => {} } as Partial<Upload> as Upload;

function engineOf(name: string, url: string, folder: string, format: string): DumpEngine {
  if (name === 'mysql')
    return new MysqlEngine(
      {
        connection: parseConnection(url, 'database-url'),
        databases: undefined,
        excluded: [],
        scratch: undefined,
        workDirectory: folder,
        lockTimeoutSeconds: 60,
        archiveLevel: level,
      },
      context,
    );
  const connection = parseMongoConnection(url, 'database-url');
  return new MongoEngine(
    reachedHere(connection, new LocalTools(folder, context.signal)),
    {
      database: connection.database,
      databases: [],
      exclude: [],
      oplog: 'false',
      users: false,
      format: format === 'archive' ? 'archive' : 'tarball',
      level,
      scratch: undefined,
      workDirectory: folder,
    },
    context,
  );
}

/** Seconds of processors so far (proc_pid_stat(5): cutime and cstime are fields 16 and 17, in hundredths). */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (user + system) / 1e6 + (Number(fields[13]) + Number(fields[14])) / 100;
}

async function main([name = '', url = '', folder = '', format = '', alone]: readonly string[]): Promise<void> {
  const steps: Record<string, StepTime> = {};
  const step = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const [at, used] = [performance.now(), cpu()];
    const result = await work();
    steps[what] = { seconds: (performance.now() - at) / 1000, cpu: cpu() - used };
    return result;
  };
  mkdirSync(folder, { recursive: true });
  const engine = engineOf(name, url, folder, format);
  await step('inspect', () => engine.inspect());
  const dump = await step('begin', () => engine.begin(folder));
  // For MySQL, the fingerprint is read meanwhile; for MongoDB, before and after.
  const reading = { of: undefined as Promise<unknown> | undefined };
  await step('dump', async () => {
    const writing = dump.archive(upload, () => {});
    if (alone) await writing;
    reading.of = dump.fingerprint(writing);
    await writing;
  });
  await step('fingerprint', async () => reading.of);
  await dump.end();
  await step('read through', () => engine.readThrough(join(folder, name === 'mysql' ? 'archive.sql.gz' : 'archive')));
  await engine.putAway('discard');
  const told: Told = { steps, own: process.resourceUsage().maxRSS / 1024 };
  console.error(JSON.stringify(told));
}

if (import.meta.filename === process.argv[1]) {
  await main(process.argv.slice(2));
  process.exit();
}
