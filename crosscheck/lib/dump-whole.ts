/** A database dumped to an S3 that is not ours, proven, expired, and restored from it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { DumpFile, DumpReceipt } from '../../src/domain/dump.ts';
import type { Points } from '../points.ts';
import { startDumpRuns } from './dump-runs.ts';
import { Client, contentOf } from './postgres-client.ts';
import { firstDifference } from './programs.ts';
import { clientOf, environmentOf, makeBucket, objectsOf, type S3Address, talkingTo } from './s3.ts';

const buckets = { bucket: 'holdfast-dumps', receiptBucket: 'holdfast-receipts' };

/** The buckets are made by it. */
export async function dumpWhole(address: S3Address, points: Points): Promise<void> {
  const s3 = clientOf(address);
  for (const name of Object.values(buckets)) await makeBucket(s3, name, { versioned: true });
  s3.destroy();
  await talkingTo(address, () => dumpAndRestore(address, points));
}

async function dumpAndRestore(address: S3Address, points: Points): Promise<void> {
  const runs = await startDumpRuns({ environment: environmentOf(address), ...buckets });
  const objects = objectsOf();
  const listed = async (bucket: string, prefix: string) => (await objects.versions(bucket, prefix)).length;
  const good = async (point: string, run: Awaited<ReturnType<typeof runs.dump>>): Promise<DumpReceipt | undefined> => {
    points.compare(`${point}: status`, 0, run.status === 0 ? 0 : run.output.slice(-1500));
    points.compare(`${point}: verdict`, 'good', run.outputs.verdict);
    const keys = (await objects.list(buckets.receiptBucket, 'receipts/')).map(({ key }) => key).sort();
    const text = await objects.text({ bucket: buckets.receiptBucket, key: keys.at(-1) ?? '' });
    return text === undefined ? undefined : (JSON.parse(text) as DumpReceipt);
  };
  try {
    const receipt = await good('dump', await runs.dump());
    const proven = receipt?.proof.map(({ kind, verdict, findings }) => [kind, verdict, findings]);
    points.compare(
      'dump: proof',
      ['archive', 'plain', 'anonymised'].map((kind) => [kind, 'good', []]),
      proven,
    );
    for (const file of receipt?.files ?? []) {
      const { kind, key, size, versionId, sha256 } = file;
      const found = (await objects.versions(buckets.bucket, key)).filter((one) => one.key === key);
      points.compare(
        `dump: ${kind}`,
        [[size, versionId]],
        found.map((one) => [one.size, one.versionId]),
      );
      points.compare(`dump: ${kind}: SHA-256 of what S3 has`, sha256, sha256Of(await stored(address, file)));
    }
    const second = await good('second dump', await runs.dump());
    points.compare('second dump: versions of the archive', 2, await listed(buckets.bucket, 'db/shop-prod.dump'));
    const dated = { 'keep-as': 'dated', keep: '1', files: 'archive', prove: 'archive', name: 'dated', source: 'dated' };
    for (const at of [1, 2]) await good(`dated dump ${at}`, await runs.dump(dated));
    points.compare('expiry: files', 1, await listed(buckets.bucket, 'db/dated/'));
    const receipts = await objects.list(buckets.receiptBucket, 'receipts/dated/');
    points.compare('expiry: receipts', 1, receipts.length);
    points.compare('nothing is unfinished', [], await objects.unfinished(buckets.bucket, ''));
    const list = await runs.script('restore', '--list');
    points.compare('restore --list: status', 0, list.status === 0 ? 0 : list.output);
    points.compare('restore --list: both dumps, good', 2, list.output.match(/\bgood\b/g)?.length);
    await runs.postgres.createDatabase('again');
    const restored = await runs.script('restore', '--to', runs.postgres.url('again'));
    points.compare('restore: status', 0, restored.status === 0 ? 0 : restored.output.slice(-1500));
    await compareDatabases(points, new Client(runs.postgres, 'shop'), new Client(runs.postgres, 'again'));
    const file = join(runs.directory, 'shop.anon.gz');
    const fetched = await runs.script('fetchdb', '--to', file);
    points.compare('fetchdb: status', 0, fetched.status === 0 ? 0 : fetched.output.slice(-1500));
    const anonymised = second?.files.find(({ kind }) => kind === 'anonymised');
    points.compare(
      'fetchdb: SHA-256',
      anonymised?.sha256 ?? 'of no receipt',
      existsSync(file) ? sha256Of(readFileSync(file)) : 'no file',
    );
  } finally {
    await runs.stop();
  }
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** By S3's own client, not by the adapter that wrote it. */
async function stored(address: S3Address, { bucket, key, versionId }: DumpFile): Promise<Uint8Array> {
  const s3 = clientOf(address);
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  } finally {
    s3.destroy();
  }
}

/** Each row of each table, sequences and large objects; and what pg_dump writes of everything else. */
async function compareDatabases(points: Points, source: Client, copy: Client): Promise<void> {
  const [expected, found] = [await source.sums(), await copy.sums()];
  for (const name of new Set([...Object.keys(expected), ...Object.keys(found)]))
    points.compare(`restore: ${name}`, expected[name], found[name]);
  const [one, other] = [await schemaOf(source), await schemaOf(copy)];
  if (one === other) points.agree();
  else points.differ("restore: pg_dump's text", ...firstDifference(one, other));
}

/** Without owners and grants, which `npm run restore` leaves to those of the new database. */
const schemaOf = async (client: Client): Promise<string> =>
  contentOf(await client.dump('--schema-only', '--no-owner', '--no-privileges'));
