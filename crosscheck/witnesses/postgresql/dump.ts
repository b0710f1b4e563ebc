/** A whole run of db-dump's bundle, into the lab's S3, and the files that it left there. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { region } from '../../../lab/services/aws/account.ts';
import { root } from '../../../scripts/lib/actions.ts';
import { startLabAccount } from '../../lib/lab-account.ts';
import { clientOf, environmentOf } from '../../lib/s3.ts';
import { type Ran, ran } from './client.ts';

const bucket = 'crosscheck-dumps';

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

/** @param folder for the files @param tools folder of pg_dump beside this computer's own */
export async function startDumps(folder: string, tools: string): Promise<Dumps> {
  mkdirSync(folder, { recursive: true });
  const lab = await startLabAccount();
  lab.account.s3.create({ name: bucket, versioned: true, lifecycle: [] }, region);
  const client = clientOf(lab);
  const dump = async (name: string, database: string, scratch: string | undefined): Promise<Dumped> => {
    const environment = {
      ...environmentOf(lab),
      PATH: `${process.env.PATH}:${tools}`,
      HOME: folder,
      TMPDIR: folder,
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
      await lab.stop();
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
