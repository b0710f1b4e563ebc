/** A dump in the lab's S3 with its receipt, as db-dump leaves them; and the commands that read it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { DumpFile, DumpFileKind, DumpReceipt } from '../../src/domain/dump.ts';
import { dumpReceiptKey } from '../../src/dump/files.ts';
import { type AwsUnderTest, bucket, region, startAwsUnderTest } from './lab/support-aws.ts';

export interface PublishedDump {
  readonly source: string;
  readonly engine: DumpReceipt['engine'];
  readonly database: string;
  readonly takenAt: string;
  readonly files: readonly { readonly kind: DumpFileKind; readonly key: string; readonly bytes: Buffer }[];
  readonly good?: boolean;
}

export interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** What a command that failed said, for a test that shows it. */
export const failureOf = ({ status, err }: Ended): string => (status === 0 ? '' : err);

export interface Publisher {
  publish(dump: PublishedDump): Promise<void>;
  /** Runs a command of scripts/ for a source. */
  run(script: string, source: string, ...parameters: string[]): Promise<Ended>;
  stop(): Promise<void>;
}

export async function startPublisher(environment: Readonly<Record<string, string>> = {}): Promise<Publisher> {
  const lab = await startAwsUnderTest();
  const s3 = new S3Client(lab.administrator);
  return {
    publish: (dump) => publish(s3, dump),
    run: (script, source, ...parameters) => run(lab, { ...environment, HOLDFAST_SOURCE: source }, script, parameters),
    stop: async () => {
      s3.destroy();
      await lab.stop();
    },
  };
}

async function publish(s3: S3Client, dump: PublishedDump): Promise<void> {
  const { source, engine, database, takenAt, good = true } = dump;
  const files: DumpFile[] = [];
  for (const { kind, key, bytes } of dump.files) {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
    const { VersionId: versionId } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    files.push({ kind, bucket, key, versionId, size: bytes.length, sha256 });
  }
  const verdict = good ? 'good' : 'unproven';
  const receipt: DumpReceipt = {
    format: 'holdfast-receipt/1',
    kind: 'database-dump',
    source,
    engine,
    state: 'taken',
    takenAt,
    run: { key: 'acme/backups/actions/runs/1', url: 'https://github.test/1', attempt: 1 },
    database,
    place: 'runner',
    versions: { holdfast: '1', server: '1', tools: '1' },
    fingerprint: { takenAt, seconds: 1, serverVersion: '1', tables: [], sequences: {}, extensions: {}, objects: {} },
    files,
    bucket,
    timeline: [],
    verdict,
    proof: files.map(({ kind }) => ({ kind, verdict, restoreSeconds: 1, compared: 1, findings: [] })),
    notes: [],
  };
  const key = dumpReceiptKey(source, takenAt, { id: '1', attempt: 1 });
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(receipt) }));
}

function run(
  lab: AwsUnderTest,
  environment: Readonly<Record<string, string>>,
  script: string,
  parameters: readonly string[],
): Promise<Ended> {
  const { accessKeyId, secretAccessKey } = lab.administrator.credentials;
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: lab.aws.url,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    HOLDFAST_REGION: region,
    HOLDFAST_RECEIPT_BUCKET: bucket,
    ...environment,
  };
  return new Promise((resolve) => {
    execFile('scripts/node24', [`scripts/${script}.ts`, ...parameters], { env }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err }),
    );
  });
}
