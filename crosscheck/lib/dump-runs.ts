/** db-dump as its workflow runs it: the committed bundle, on a real PostgreSQL, with an S3 that is not ours. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { fillDatabase } from '../../lab/rehearsals/postgres/sample/fill.ts';
import { type Ended, ended, runStep, type StepEnded } from './step.ts';

export interface DumpRuns {
  readonly postgres: PostgresServer;
  readonly directory: string;
  /** Dumps the database `shop`. @param inputs beside those that every run has; they win */
  dump(inputs?: Readonly<Record<string, string>>): Promise<StepEnded>;
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
      return runStep({ action: 'db-dump', run: runs, directory, environment, inputs: { ...usual, ...inputs } });
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
