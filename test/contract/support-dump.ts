/** db-dump on real servers: PostgreSQL, and the lab's S3 behind the real client. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { fillDatabase } from '../../lab/rehearsals/postgres/sample/fill.ts';
import { localPostgres } from '../../src/actions/db-dump/engines/postgres.ts';
import { SqlFiles } from '../../src/actions/db-dump/files/sql-files.ts';
import { inputs, type Settings } from '../../src/actions/db-dump/inputs.ts';
import type { Findings, Ports } from '../../src/actions/db-dump/ports.ts';
import { run } from '../../src/actions/db-dump/run.ts';
import { S3Objects } from '../../src/adapters/aws/objects.ts';
import { AwsSession } from '../../src/adapters/aws/session.ts';
import type { DumpFileKind } from '../../src/domain/dump.ts';
import { postgresDialect } from '../../src/dump/engines/postgres/dialect.ts';
import type { DumpEngine, Scratch } from '../../src/ports/dump-engine.ts';
import type { Objects } from '../../src/ports/objects.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { Timeline } from '../../src/runtime/timeline.ts';
import { FakeLogger } from '../fakes/clock.ts';
import { settingsFrom } from '../fakes/context.ts';
import { type AwsUnderTest, bucket, region, startAwsUnderTest } from './lab/support-aws.ts';

export { bucket };

/** Texts of inputs, by name. */
export type Inputs = Readonly<Record<string, string>>;

/** Changes a copy once a file of this kind is restored, before it is compared. */
export type ChangeCopy = (kind: DumpFileKind) => Promise<void>;

export interface DumpUnderTest {
  readonly lab: AwsUnderTest;
  readonly postgres: PostgresServer;
  readonly s3: S3Client;
  readonly objects: Objects;
  readonly logger: FakeLogger;
  /** Runs db-dump as the run number `id`, with some inputs; gives what it reported, and its error. */
  dump(
    id: number,
    given?: Inputs,
    signal?: AbortSignal,
    change?: ChangeCopy,
  ): Promise<{ findings: Partial<Findings>; error: unknown }>;
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
    transferTimeoutSeconds: 30,
    userAgent: 'test',
    clock: systemClock,
    logger,
  });
  const usual: Inputs = {
    source: 'shop.prod',
    name: 'shop-prod',
    'aws-region': region,
    'database-url': postgres.url('shop'),
    'scratch-url': postgres.url('postgres'),
    bucket,
    'receipt-bucket': bucket,
    'anonymize-key': 'a key of the tests',
    'lock-timeout': '2s',
    'archive-level': '1',
    jobs: '2',
    'work-directory': directory,
  };
  return {
    lab,
    postgres,
    logger,
    s3: new S3Client(lab.administrator),
    objects: new S3Objects(session, { logger }),
    dump: (id, given = {}, signal = new AbortController().signal, change = async () => {}) =>
      dump(id, settingsFrom(inputs, { ...usual, ...given }), session, { logger, signal, change }),
    stop: async () => {
      for (const name of Object.keys(environment)) delete process.env[name];
      await lab.stop();
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function dump(
  id: number,
  settings: Settings,
  session: AwsSession,
  { logger, signal, change }: { logger: FakeLogger; signal: AbortSignal; change: ChangeCopy },
): ReturnType<DumpUnderTest['dump']> {
  const findings: Partial<Findings> = {};
  const key = `acme/backups/actions/runs/${id}`;
  const context = {
    run: { key, url: `https://github.test/${key}`, id: String(id), attempt: 1 },
    clock: systemClock,
    logger,
    timeline: new Timeline(systemClock, logger),
    signal,
    report: (more: Partial<Findings>) => void Object.assign(findings, more),
  };
  const engine = localPostgres(settings, context);
  const ports: Ports = {
    engine: changing(engine, change),
    files: new SqlFiles(engine, postgresDialect),
    objects: new S3Objects(session, { logger, signal }),
    cleanupObjects: new S3Objects(session, { logger }),
    // Run 1000 is the one that is active.
    runs: { state: async (run) => (run.endsWith('/1000') ? 'alive' : 'over') },
  };
  try {
    await run(settings, ports, context);
    return { findings, error: undefined };
  } catch (error) {
    return { findings, error };
  }
}

/** The engine, whose copies are changed. */
function changing(engine: DumpEngine, change: ChangeCopy): DumpEngine {
  const scratch: DumpEngine['scratch'] = async (...request) => {
    const made = await engine.scratch(...request);
    const restore: Scratch['restore'] = async (kind, open) => {
      const refusals = await made.restore(kind, open);
      await change(kind);
      return refusals;
    };
    return { restore, fingerprint: made.fingerprint, notes: made.notes, drop: made.drop };
  };
  return new Proxy(engine, {
    get: (target, name: keyof DumpEngine) => (name === 'scratch' ? scratch : target[name].bind(target)),
  });
}
