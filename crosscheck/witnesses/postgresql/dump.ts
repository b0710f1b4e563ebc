/** A whole run of db-dump's bundle, into the lab's S3, and the files that it left there. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { loadStack } from '../../../lab/services/aws/cloudformation/stack.ts';
import { startAws } from '../../../lab/services/aws/endpoint/server.ts';
import { S3 } from '../../../lab/services/aws/s3/s3.ts';
import { Sts } from '../../../lab/services/aws/sts/sts.ts';
import { realClock } from '../../../lab/services/clock/clock.ts';
import { openCallLog } from '../../../lab/services/http/call-log.ts';
import { faultRules } from '../../../lab/services/http/faults.ts';
import { root } from '../../../scripts/lib/actions.ts';
import { type Ran, ran } from './client.ts';

const region = 'us-east-1';
const bucket = 'crosscheck-dumps';
const template = `Resources:
  Dumps:
    Type: AWS::S3::Bucket
    Properties: { BucketName: ${bucket}, VersioningConfiguration: { Status: Enabled } }
`;

export interface Dumped {
  readonly ran: Ran;
  /** Paths, by the ends of their names: `dump`, `gz`, `anon.gz`. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Dumps {
  /** @param scratch URL of a server on which each file is proven; undefined: nothing is proven */
  dump(name: string, database: string, scratch: string | undefined): Promise<Dumped>;
  stop(): Promise<void>;
}

/** @param folder for the objects and files @param tools folder of pg_dump beside this computer's own */
export async function startDumps(folder: string, tools: string): Promise<Dumps> {
  const accountId = '123456789012';
  mkdirSync(folder, { recursive: true });
  const stack = loadStack(template, { region, accountId, parameters: {} });
  const sts = new Sts({ clock: realClock(), accountId, stack, issuer: 'https://issuer.test' });
  const s3 = new S3(join(folder, 's3'), stack.buckets);
  const log = openCallLog(join(folder, 'calls.jsonl'));
  const aws = await startAws({ log, faults: faultRules(), stack, sts, s3, services: [] });
  const { accessKeyId, secretAccessKey } = sts.administrator;
  const client = new S3Client({
    ...{ region, endpoint: aws.url, forcePathStyle: true },
    credentials: { accessKeyId, secretAccessKey },
  });
  const dump = async (name: string, database: string, scratch: string | undefined): Promise<Dumped> => {
    const environment = {
      PATH: `${process.env.PATH}:${tools}`,
      HOME: folder,
      TMPDIR: folder,
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      HOLDFAST_DATABASE_URL: database,
      HOLDFAST_SCRATCH_URL: scratch ?? '',
      HOLDFAST_ANONYMIZE_KEY: 'a key of the witness',
    };
    const options = {
      'aws-region': region,
      source: name,
      name,
      bucket,
      'receipt-bucket': bucket,
      ...(scratch === undefined ? { prove: 'none' } : { 'scratch-superuser': 'true' }),
      'archive-level': '1',
      'work-directory': folder,
    };
    const words = Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]);
    const script = join(root, 'scripts', 'node24');
    const run = await ran(script, [join(root, 'scripts', 'dump.ts'), ...words], environment, root);
    return { ran: run, files: await filesOf(client, folder, name) };
  };
  return {
    dump,
    stop: async () => {
      client.destroy();
      await aws.stop();
    },
  };
}

async function filesOf(client: S3Client, folder: string, name: string): Promise<Record<string, string>> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  const files: Record<string, string> = {};
  for (const { Key = '' } of Contents) {
    const end = new RegExp(`/${name}\\.(dump|gz|anon\\.gz)$`).exec(`/${Key}`)?.[1];
    if (end === undefined) continue;
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    files[end] = join(folder, `${name}.${end}`);
    writeFileSync(files[end], (await Body?.transformToByteArray()) ?? '');
  }
  return files;
}
