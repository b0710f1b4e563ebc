/**
 * `npm run bench -- dump --engines mysql,mongodb [--megabytes 200] [--rounds 3]`: an engine beside the bare tool whose output pigz compresses at
 * the same level, from the same server to the same disk, in turns. No bucket takes part: that is measured with PostgreSQL.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize } from 'bson';
import { ensureMongo } from '../lab/hosts/mongodb/programs.ts';
import { startMongo } from '../lab/hosts/mongodb/server.ts';
import { startMysql } from '../lab/hosts/mysql/server.ts';
import { ensurePrerequisites } from '../lab/hosts/prerequisites.ts';
import { throughSudo } from '../lab/hosts/root.ts';
import { person } from './anonymize-bson.ts';
import { type EngineName, type Measured, measure, median } from './commands.ts';
import { level, type StepTime, type Told } from './dump-engine-child.ts';
import { writeMysqlSample } from './mysql-sample.ts';

/** Where the bench is compiled: Node that reads TypeScript takes memory and time that db-dump, a bundle, does not. */
const compiled = '.lab/cache/bench';

function compile(): void {
  const options = `-p . --noEmit false --rewriteRelativeImportExtensions --rootDir . --outDir ${compiled}`;
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', ...options.split(' ')], { stdio: 'inherit' });
}

/** A server with one database, `bench`. */
interface Served {
  readonly shown: string;
  /** Bytes of SQL or BSON. */
  readonly bytes: number;
  readonly url: string;
  /** The bare tool, which writes to standard output. */
  readonly tool: string;
  readonly path?: string;
  /** Of the dump, and whether the fingerprint is read beside it or afterwards. */
  readonly forms: readonly string[];
  readonly stop: () => Promise<void>;
}

type Run = Measured & Partial<Told>;

export async function dumpByEngines(engines: readonly EngineName[], megabytes: number, rounds: number): Promise<void> {
  throughSudo();
  ensurePrerequisites();
  compile();
  if (engines.includes('mongodb')) await ensureMongo();
  const folder = mkdtempSync('/var/tmp/holdfast-bench-');
  chmodSync(folder, 0o755);
  try {
    for (const engine of engines) {
      const directory = join(folder, engine);
      const served = engine === 'mysql' ? await mysql(directory, megabytes) : await mongodb(directory, megabytes);
      try {
        await measureOne(engine, served, folder, rounds);
      } finally {
        await served.stop();
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function mysql(directory: string, megabytes: number): Promise<Served> {
  const server = await startMysql({ directory });
  await server.sql('CREATE DATABASE bench');
  const options = `--defaults-file=${join(directory, 'client.cnf')}`;
  const load = spawn('mariadb', [options, 'bench'], { stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = once(load, 'close');
  const bytes = await writeMysqlSample(load.stdin, megabytes);
  const [status] = (await ended) as [number];
  if (status !== 0) throw new Error(`the sample could not be loaded: mariadb ended with ${status}`);
  return {
    shown: `MariaDB ${server.version}`,
    bytes,
    url: server.url('bench'),
    tool: `mariadb-dump ${options} --single-transaction --quick --routines --events --triggers bench`,
    forms: ['sql', 'sql alone'],
    stop: server.stop,
  };
}

async function mongodb(directory: string, megabytes: number): Promise<Served> {
  const server = await startMongo({ directory, kind: 'java' });
  const database = server.client.db('bench');
  let bytes = 0;
  for (let index = 0; bytes < megabytes * 1e6; ) {
    const batch = Array.from({ length: 1000 }, () => person(index++));
    bytes += batch.reduce((sum, one) => sum + one.length, 0);
    // This server sends all that is left of a collection in one message, of which mongodump takes 48 MB at most.
    const people = database.collection(`people_${Math.floor(bytes / 10e6)}`);
    await people.insertMany(batch.map((one) => deserialize(one)));
  }
  return {
    shown: 'mongo-java-server',
    bytes,
    url: server.url('bench'),
    tool: `mongodump --uri=${server.url()} --db=bench --archive`,
    path: server.binaries,
    forms: ['archive', 'tarball'],
    stop: server.stop,
  };
}

async function measureOne(engine: EngineName, served: Served, folder: string, rounds: number): Promise<void> {
  const bare = `${served.tool.split(' ')[0]} | pigz -${level}`;
  const runs = new Map<string, Run[]>();
  const environment = served.path ? { PATH: `${served.path}:${process.env.PATH}` } : {};
  const run = async (title: string, line: string, output: string): Promise<void> => {
    let said = '';
    const measured = await measure(line, environment, (text) => {
      said += text;
    });
    const json = /^\{.*\}$/m.exec(said)?.[0];
    runs.set(title, [...(runs.get(title) ?? []), { ...measured, ...(json ? (JSON.parse(json) as Told) : {}) }]);
    rmSync(output, { recursive: true });
    console.error(`${title}: ${measured.seconds.toFixed(1)} s`);
  };
  const output = join(folder, 'out');
  for (let round = 1; round <= rounds; round += 1) {
    await run(bare, `${served.tool} | pigz -${level} > ${output}`, output);
    for (const form of served.forms)
      await run(
        `Holdfast, ${form}`,
        `${process.execPath} ${compiled}/bench/dump-engine-child.js ${engine} '${served.url}' ${output} ${form}`,
        output,
      );
  }
  console.log(
    `\n${engine}: ${(served.bytes / 1e6).toFixed(0)} MB in ${served.shown}; medians of ${rounds} rounds; seconds of processors are without the server\n`,
  );
  printRuns(runs, served.bytes / 1e6);
}

function printRuns(runs: ReadonlyMap<string, readonly Run[]>, megabytes: number): void {
  const middle = (all: readonly StepTime[]): StepTime => ({
    seconds: median(all.map(({ seconds }) => seconds)),
    cpu: median(all.map(({ cpu }) => cpu)),
  });
  const [first = []] = runs.values();
  const base = middle(first);
  const row = (title: string, { seconds, cpu }: StepTime, memory = ''): void => {
    const against = `${(base.seconds / seconds).toFixed(2)} | ${cpu.toFixed(1)} | ${(base.cpu / cpu).toFixed(2)}`;
    console.log(`| ${title} | ${(megabytes / seconds).toFixed(0)} | ${against} | ${memory} |`);
  };
  console.log(
    '| command | MB a second | against the first | seconds of processors | against the first | peak memory (MiB) |',
  );
  console.log('|---|---|---|---|---|---|');
  for (const [title, all] of runs) {
    const most = (values: readonly number[]): string => Math.max(...values).toFixed(0);
    const own = all[0]?.own === undefined ? '' : `, of which Node ${most(all.map((one) => one.own ?? 0))}`;
    row(title, middle(all), `${most(all.map(({ memory }) => memory))}${own}`);
    for (const step of Object.keys(all[0]?.steps ?? {}))
      row(`${title}: ${step}`, middle(all.flatMap(({ steps }) => steps?.[step] ?? [])));
  }
}
