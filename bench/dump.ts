/**
 * `npm run bench -- dump [--megabytes 500] [--rounds 3] [--beside FOLDER] [--engines postgres,mysql,mongodb]`: of PostgreSQL, db-dump, from the server into the bucket, beside pg_dump whose
 * output curl uploads to the same bucket in parts, measured in the same run; and, if asked for, the db-dump of another checkout. The
 * other engines: dump-engines.ts.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ensurePrerequisites } from '../lab/hosts/prerequisites.ts';
import { throughSudo } from '../lab/hosts/root.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { postgresSeed } from '../lab/rehearsals/postgres/seed.ts';
import { region } from '../lab/services/aws/account.ts';
import type { DumpReceipt } from '../src/domain/dump.ts';
import { type EngineName, engineNames, type Measured, measure, median } from './commands.ts';
import { dumpByEngines } from './dump-engines.ts';

const partMiB = 8;

interface Bench {
  readonly lab: Lab;
  readonly databases: NonNullable<Lab['databases']>;
  readonly s3: S3Client;
  readonly folder: string;
  readonly megabytes: number;
  readonly beside: string | undefined;
}

interface Contender {
  readonly title: string;
  readonly run: () => Promise<Measured>;
  /** Seconds of the one step that dumps and uploads, by round; empty for others than db-dump. */
  readonly dumpSteps: number[];
}

interface Options {
  readonly megabytes?: number;
  readonly rounds?: number;
  readonly beside?: string;
  readonly engines?: readonly EngineName[];
}

export async function dump({ megabytes, rounds = 3, beside, engines = engineNames }: Options): Promise<void> {
  if (engines.includes('postgres')) await dumpPostgres(megabytes ?? 500, rounds, beside);
  const others = engines.filter((one) => one !== 'postgres');
  if (others.length > 0) await dumpByEngines(others, megabytes ?? 150, rounds);
}

async function dumpPostgres(megabytes: number, rounds: number, beside: string | undefined): Promise<void> {
  throughSudo();
  ensurePrerequisites();
  const folder = mkdtempSync('/var/tmp/holdfast-bench-');
  chmodSync(folder, 0o755);
  const lab = await startLab({ seed: postgresSeed(megabytes), onProgress: (text) => console.error(text) });
  const s3 = new S3Client({
    region,
    endpoint: lab.aws.url,
    credentials: lab.aws.administrator,
    forcePathStyle: true,
  });
  try {
    if (lab.databases === undefined) throw new Error('the lab has no databases');
    const bench: Bench = { lab, databases: lab.databases, s3, folder, megabytes, beside };
    const contenders = contendersOf(bench);
    const results = new Map<Contender, Measured[]>(contenders.map((one) => [one, []]));
    for (let round = 1; round <= rounds; round += 1)
      for (const [contender, measured] of results) {
        const result = await contender.run();
        measured.push(result);
        console.error(`round ${round}: ${contender.title}: ${result.seconds.toFixed(1)} s`);
      }
    const { source, name } = bench.databases;
    const databaseBytes = Number(await source.sql('SELECT pg_database_size(current_database())', name));
    console.log(`${(databaseBytes / 1e6).toFixed(0)} MB in the server, ${megabytes} MB of SQL; medians of ${rounds}\n`);
    printTable(results, megabytes);
  } finally {
    s3.destroy();
    await lab.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function contendersOf(bench: Bench): readonly Contender[] {
  const { databases, beside } = bench;
  const { source, name } = databases;
  const pgDump = `${source.binaries}/pg_dump -h ${source.host} -p ${source.port} -U ${source.user}`;
  return [
    viaCurl(
      bench,
      'pg_dump --format=custom --compress=6, parts by curl',
      `${pgDump} --format=custom --compress=6 ${name}`,
    ),
    viaCurl(bench, 'pg_dump | pigz -6, parts by curl', `${pgDump} ${name} | pigz -6`),
    viaDbDump(bench, 'db-dump: archive, fingerprint, read through, receipt', {}),
    ...(beside ? [viaDbDump(bench, `db-dump of ${beside}: archive, fingerprint, read through`, {}, beside)] : []),
    viaDbDump(bench, 'db-dump, archive-format: directory, jobs: 2', { 'archive-format': 'directory', jobs: '2' }),
  ];
}

function viaCurl(bench: Bench, title: string, command: string): Contender {
  const run = async (): Promise<Measured> => {
    const { line, end } = await prepareUpload(bench);
    const result = await measure(`${command} | ${line}`, { PGPASSWORD: bench.databases.source.password });
    await end();
    return result;
  };
  return { title, run, dumpSteps: [] };
}

interface PreparedUpload {
  /** A command that uploads its standard input. */
  readonly line: string;
  readonly end: () => Promise<void>;
}

/** Splits standard input into parts of 8 MiB, and uploads each to its own presigned URL. */
async function prepareUpload({ lab, s3, folder, megabytes }: Bench): Promise<PreparedUpload> {
  const object = { Bucket: lab.aws.dumpBucket, Key: 'db/bench' };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(object));
  const parts = Math.ceil((megabytes * 1e6) / (partMiB * 1024 ** 2)) + 1;
  const urls: string[] = [];
  for (let PartNumber = 1; PartNumber <= parts; PartNumber += 1) {
    const command = new UploadPartCommand({ ...object, UploadId, PartNumber });
    urls.push(await getSignedUrl(s3, command, { expiresIn: 3600 }));
  }
  writeFileSync(join(folder, 'urls'), urls.join('\n'));
  const curl = `curl --silent --show-error --fail --upload-file - "$(sed -n "$((10#\${FILE#x} + 1))p" ${folder}/urls)"`;
  return {
    line: `split --bytes=${partMiB}M --numeric-suffixes --suffix-length=4 --filter='${curl}'`,
    end: async () => void (await s3.send(new AbortMultipartUploadCommand({ ...object, UploadId }))),
  };
}

function viaDbDump(
  { lab, databases, folder }: Bench,
  title: string,
  more: Readonly<Record<string, string>>,
  checkout = '.',
): Contender {
  const dumpSteps: number[] = [];
  const inputs = {
    'aws-region': region,
    source: 'bench',
    'database-url': databases.source.url(databases.name),
    bucket: lab.aws.dumpBucket,
    'receipt-bucket': lab.aws.receiptBucket,
    files: 'archive',
    prove: 'none',
    'github-token': 'none',
    'runbook-url': 'https://example.com/runbook',
    ...more,
  };
  const run = async (): Promise<Measured> => {
    const line = `env ${environmentWords(inputs)} ${process.execPath} ${join(checkout, 'dist/db-dump/index.js')} >&2`;
    const result = await measure(line, {
      ...lab.environment(),
      GITHUB_REPOSITORY: 'acme/backups',
      GITHUB_RUN_ID: String(Date.now()),
      GITHUB_API_URL: lab.github.apiUrl,
      RUNNER_TEMP: folder,
    });
    const receipts = Object.entries(await lab.state.receipts()).toSorted(([a], [b]) => a.localeCompare(b));
    const { timeline } = JSON.parse(receipts.at(-1)?.[1] ?? '{}') as DumpReceipt;
    for (const { name, startedAt, endedAt } of timeline) {
      const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
      console.error(`  ${name}: ${seconds.toFixed(1)} s`);
      if (name.startsWith('Dump ')) dumpSteps.push(seconds);
    }
    return result;
  };
  return { title, run, dumpSteps };
}

/** Inputs as words for env(1): a shell keeps no variable whose name contains a hyphen. */
function environmentWords(inputs: Readonly<Record<string, string>>): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  return Object.entries(inputs)
    .map(([input, value]) => quote(`INPUT_${input.toUpperCase()}=${value}`))
    .join(' ');
}

function printTable(results: ReadonlyMap<Contender, readonly Measured[]>, megabytes: number): void {
  const medianOf = (measured: readonly Measured[]): number => median(measured.map(({ seconds }) => seconds));
  const [first = []] = results.values();
  const base = medianOf(first);
  const figures = (seconds: number): string => `${(megabytes / seconds).toFixed(0)} | ${(base / seconds).toFixed(2)}`;
  console.log('| command | MB of SQL a second | against the first | peak memory (MiB) |');
  console.log('|---|---|---|---|');
  for (const [{ title }, measured] of results) {
    const memory = Math.max(...measured.map((one) => one.memory));
    console.log(`| ${title} | ${figures(medianOf(measured))} | ${memory.toFixed(0)} |`);
  }
  for (const { title, dumpSteps } of results.keys()) {
    if (dumpSteps.length === 0) continue;
    const [name = ''] = title.split(': archive, fingerprint');
    console.log(
      `| ${name}: only the step that dumps, uploads and takes the fingerprint | ${figures(median(dumpSteps))} | |`,
    );
  }
}
