/** db-dump's story on real servers: PostgreSQL, and the lab's S3 behind the real client. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { fillDatabase } from '../../lab/rehearsals/postgres/sample/fill.ts';
import { run } from '../../src/actions/db-dump/run.ts';
import type { Findings, Wishes } from '../../src/actions/db-dump/wishes.ts';
import { S3Objects } from '../../src/adapters/aws/objects.ts';
import { AwsSession } from '../../src/adapters/aws/session.ts';
import { PostgresEngine } from '../../src/adapters/databases/postgres.ts';
import { noRules } from '../../src/anonymize/rules/file/rules-file.ts';
import { parseConnection } from '../../src/dump/engines/postgres/connection.ts';
import type { Objects } from '../../src/ports/objects.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { Timeline } from '../../src/runtime/timeline.ts';
import { FakeLogger } from '../fakes/clock.ts';
import { type AwsUnderTest, bucket, region, startAwsUnderTest } from './lab/support-aws.ts';

export { bucket };

export interface DumpUnderTest {
  readonly lab: AwsUnderTest;
  readonly postgres: PostgresServer;
  readonly s3: S3Client;
  readonly objects: Objects;
  readonly logger: FakeLogger;
  /** Runs the story as run number `id`; gives what it told, and its error. */
  dump(
    id: number,
    wishes?: Partial<Wishes>,
    signal?: AbortSignal,
  ): Promise<{ found: Partial<Findings>; error: unknown }>;
  stop(): Promise<void>;
}

export async function startDumpUnderTest(megabytes: number): Promise<DumpUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-dump-'));
  chmodSync(directory, 0o755);
  const postgres = await startPostgres({ directory: join(directory, 'postgres') });
  await postgres.createDatabase('shop');
  await fillDatabase(postgres, 'shop', { megabytes });
  const lab = await startAwsUnderTest();
  const { accessKeyId, secretAccessKey } = lab.administrator.credentials;
  const environment = {
    AWS_ENDPOINT_URL: lab.aws.url,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  Object.assign(process.env, environment);
  const logger = new FakeLogger();
  const session = new AwsSession({
    region,
    identity: undefined,
    apiTimeoutSeconds: 10,
    userAgent: 'test',
    clock: systemClock,
    logger,
  });
  const base: Omit<Wishes, 'run' | 'mark'> = {
    source: 'shop.prod',
    bucket,
    receiptBucket: bucket,
    prefix: 'db/',
    name: 'shop-prod',
    keep: 'versions',
    keepCount: 45,
    made: ['archive', 'plain', 'anonymised'],
    proven: ['archive', 'plain', 'anonymised'],
    rules: noRules,
    strict: false,
    key: Buffer.alloc(32, 1),
    compressionLevel: 5,
    maxChange: 0.3,
    format: 'custom',
    workDirectory: directory,
    dryRun: false,
  };
  return {
    lab,
    postgres,
    logger,
    s3: new S3Client(lab.administrator),
    objects: new S3Objects(session, { logger }),
    dump: async (id, wishes = {}, signal = new AbortController().signal) => {
      const found: Partial<Findings> = {};
      const key = `acme/backups/actions/runs/${id}`;
      const engine = new PostgresEngine({
        connection: parseConnection(postgres.url('shop'), 'database-url'),
        scratch: parseConnection(postgres.url('postgres'), 'scratch-url'),
        lockTimeoutSeconds: 2,
        archiveLevel: 1,
        format: wishes.format ?? 'custom',
        jobs: 2,
        workDirectory: directory,
        clock: systemClock,
        signal,
      });
      try {
        await run(
          {
            ...base,
            run: { key, url: `https://github.test/${key}`, id: String(id), attempt: 1 },
            mark: `${key}#1`,
            ...wishes,
          },
          {
            engine,
            objects: new S3Objects(session, { logger, signal }),
            afterwards: new S3Objects(session, { logger }),
            // Run 1000 is the one that is at work meanwhile.
            runs: { state: async (run) => (run.endsWith('/1000') ? 'alive' : 'over') },
            clock: systemClock,
            logger,
            timeline: new Timeline(systemClock, logger),
            signal,
            found: (facts) => void Object.assign(found, facts),
          },
        );
        return { found, error: undefined };
      } catch (error) {
        return { found, error };
      }
    },
    stop: async () => {
      for (const name of Object.keys(environment)) delete process.env[name];
      await lab.stop();
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
