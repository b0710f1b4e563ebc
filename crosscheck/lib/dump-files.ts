/** Whole runs of db-dump's bundle from a command line, into the lab's S3, and the files that they left there. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { region } from '../../lab/services/aws/account.ts';
import { root } from '../../scripts/lib/actions.ts';
import { startLabAccount } from './lab-account.ts';
import { type Ran, ran } from './programs.ts';
import { clientOf, environmentOf } from './s3.ts';

const bucket = 'crosscheck-dumps';

export interface Dumped {
  readonly ran: Ran;
  /** Paths, by the ends of their names, such as `dump`, `gz`, `anon.gz`. */
  readonly files: Readonly<Record<string, string>>;
}

export interface DumpRequest {
  /** Of source and files. */
  readonly name: string;
  /** URL. */
  readonly database: string;
  /** URL of a server on which each file is proven. Default: nothing is proven. */
  readonly scratch?: string | undefined;
  /** Where it finds the tools. */
  readonly path: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface Dumps {
  dump(request: DumpRequest): Promise<Dumped>;
  stop(): Promise<void>;
}

/** @param folder for the files */
export async function startDumps(folder: string): Promise<Dumps> {
  mkdirSync(folder, { recursive: true });
  const lab = await startLabAccount();
  lab.account.s3.create({ name: bucket, versioned: true, lifecycle: [] }, region);
  const client = clientOf(lab);
  const dump = async ({ name, database, scratch, path, options }: DumpRequest): Promise<Dumped> => {
    const environment = {
      ...environmentOf(lab),
      PATH: path,
      HOME: folder,
      TMPDIR: folder,
      HOLDFAST_DATABASE_URL: database,
      HOLDFAST_SCRATCH_URL: scratch ?? '',
      HOLDFAST_ANONYMIZE_KEY: 'a key of the witness',
    };
    const given = {
      'aws-region': region,
      source: name,
      name,
      bucket,
      'receipt-bucket': bucket,
      ...(scratch === undefined ? { prove: 'none' } : {}),
      'work-directory': folder,
      ...options,
    };
    const words = Object.entries(given).flatMap(([option, value]) => [`--${option}`, value]);
    const script = join(root, 'scripts', 'node24');
    const run = await ran(script, [join(root, 'scripts', 'dump.ts'), ...words], environment, root);
    return { ran: run, files: await filesOf(client, folder, name) };
  };
  return {
    dump,
    stop: async () => {
      client.destroy();
      await lab.stop();
    },
  };
}

async function filesOf(client: S3Client, folder: string, name: string): Promise<Record<string, string>> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  const files: Record<string, string> = {};
  for (const { Key = '' } of Contents) {
    const end = new RegExp(`/${name}\\.(.+)$`).exec(`/${Key}`)?.[1];
    if (end === undefined) continue;
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    files[end] = join(folder, `${name}.${end}`);
    writeFileSync(files[end], (await Body?.transformToByteArray()) ?? '');
  }
  return files;
}
