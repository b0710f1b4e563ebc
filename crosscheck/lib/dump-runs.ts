/** db-dump as its workflow runs it: the committed bundle, on a real PostgreSQL, with an S3 that is not ours. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { fillDatabase } from '../../lab/rehearsals/postgres/sample/fill.ts';
import { commandFiles, parseKeyValueFile } from '../../lab/runner/step-files.ts';
import { actions, root } from '../../scripts/lib/actions.ts';

export interface Ended {
  readonly status: number;
  /** Both streams. */
  readonly output: string;
}

export interface DumpRun extends Ended {
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface DumpRuns {
  readonly postgres: PostgresServer;
  readonly directory: string;
  /** Dumps the database `shop`. @param inputs beside those that every run has; they win */
  dump(inputs?: Readonly<Record<string, string>>): Promise<DumpRun>;
  /** Runs a script of the repository, such as `restore`. */
  script(name: string, ...words: string[]): Promise<Ended>;
  stop(): Promise<void>;
}

export interface DumpTarget {
  /** Variables with which the SDK finds S3. */
  readonly environment: Readonly<Record<string, string>>;
  readonly bucket: string;
  readonly receiptBucket: string;
}

const source = 'shop.prod';
const region = 'us-east-1';

export async function startDumpRuns({ environment, bucket, receiptBucket }: DumpTarget): Promise<DumpRuns> {
  ensurePrerequisites();
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-dumps-'));
  // The server's account works in it, too.
  chmodSync(directory, 0o755);
  const postgres = await startPostgres({ directory: join(directory, 'postgres') });
  await postgres.createDatabase('shop');
  await fillDatabase(postgres, 'shop', { megabytes: 5 });
  const usual = {
    ...{ source, name: 'shop-prod', 'aws-region': region, bucket, 'receipt-bucket': receiptBucket },
    ...{ 'database-url': postgres.url('shop'), 'scratch-url': postgres.url(), 'work-directory': directory },
    ...{ 'anonymize-key': 'a key of the witnesses', 'install-client': 'false' },
  };
  let runs = 0;
  return {
    postgres,
    directory,
    dump: (inputs = {}) => {
      runs += 1;
      return dump(directory, runs, environment, { ...usual, ...inputs });
    },
    script: (name, ...words) =>
      ended('scripts/node24', [`scripts/${name}.ts`, ...words], {
        ...{ HOLDFAST_SOURCE: source, HOLDFAST_REGION: region, HOLDFAST_RECEIPT_BUCKET: receiptBucket },
        ...environment,
      }),
    stop: async () => {
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** One step of a job. GitHub gives every input that action.yml has, those without a value as empty texts. */
async function dump(
  directory: string,
  run: number,
  environment: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>>,
): Promise<DumpRun> {
  const folder = mkdtempSync(join(directory, 'step-'));
  const files = Object.fromEntries(Object.entries(commandFiles).map(([name, file]) => [name, join(folder, file)]));
  for (const file of Object.values(files)) writeFileSync(file, '');
  const action = actions.find(({ name }) => name === 'db-dump');
  if (!action) throw new Error('there is no action db-dump');
  // Without a token the action neither opens issues nor asks whether other runs are over.
  const given = Object.entries(action.inputs).map(([name, { default: preset = '' }]) => [
    `INPUT_${name.toUpperCase()}`,
    inputs[name] ?? (preset.includes('${{') ? '' : preset),
  ]);
  const result = await ended(process.execPath, [join(root, 'dist', 'db-dump', 'index.js')], {
    ...environment,
    ...Object.fromEntries(given),
    ...files,
    ...{ GITHUB_ACTIONS: 'true', GITHUB_SERVER_URL: 'https://github.test', GITHUB_REPOSITORY: 'acme/backups' },
    ...{ GITHUB_RUN_ID: String(run), GITHUB_RUN_ATTEMPT: '1', GITHUB_WORKSPACE: root, RUNNER_TEMP: folder },
  });
  const read = (name: keyof typeof commandFiles): string => readFileSync(files[name] ?? '', 'utf8');
  const outputs = Object.fromEntries(parseKeyValueFile(read('GITHUB_OUTPUT')));
  return { ...result, outputs, summary: read('GITHUB_STEP_SUMMARY') };
}

/** Not synchronous: a server of the witness may answer in this process. */
function ended(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...environment };
    const child = spawn(program, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? -1, output }));
  });
}
