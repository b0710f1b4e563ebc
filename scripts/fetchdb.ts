/**
 * `npm run fetchdb`: fetches the newest proven anonymised dump. Its SHA-256 is checked against the receipt; a file that is
 * there already is not fetched again.
 *
 *   --source NAME            or HOLDFAST_SOURCE
 *   --receipt-bucket BUCKET  or HOLDFAST_RECEIPT_BUCKET
 *   --region REGION          or HOLDFAST_REGION, AWS_REGION
 *   --to FILE                default: backups/SOURCE.anon.gz
 *
 * Credentials are the ordinary ones of AWS: in a Codespace its secrets AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,
 * elsewhere a profile. Exit status: 0 the file is there, 1 it is not, 2 wrong arguments.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, rename, rm, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { BackupError } from '../src/runtime/errors.ts';
import { formatBytes, formatTime } from '../src/runtime/format.ts';
import { observed } from '../src/runtime/streams.ts';
import { failed, fileOf, isProven, objectsOf, progressBar, receiptsOf, settings } from './lib/backups.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      source: { type: 'string' },
      'receipt-bucket': { type: 'string' },
      region: { type: 'string' },
      to: { type: 'string' },
    },
  });
  const where = settings({ source: values.source, region: values.region, bucket: values['receipt-bucket'] });
  const objects = objectsOf(where);
  const known = await receiptsOf(objects, where);
  const newest = known.find((one) => isProven(one, 'anonymised'));
  const file = newest && fileOf(newest, 'anonymised');
  if (newest === undefined || file === undefined)
    throw new BackupError({
      what: `there is no proven anonymised dump of ${where.source}`,
      likelyCause:
        known.length === 0
          ? 'no dump has been taken yet, or source or bucket are others'
          : `of ${known.length} dumps none was proven`,
      fix: 'look at the runs of the workflow "PostgreSQL backup"',
    });
  const path = values.to ?? `backups/${where.source.replace(/[^A-Za-z0-9._-]/g, '-')}.anon.gz`;
  console.error(`${where.source} as of ${formatTime(newest.receipt.takenAt)}, ${formatBytes(file.size)}`);
  if (existsSync(path) && (await digestOf(path)) === file.sha256) {
    // For populatedb, which takes the newest of the files there are.
    await utimes(path, new Date(), new Date());
    console.error(`${path} is this file already`);
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.unfinished`;
  const hash = createHash('sha256');
  const bar = progressBar('fetching', file.size);
  const target = await open(unfinished, 'w', 0o600);
  try {
    for await (const chunk of observed(objects.read(file), { hash, tell: bar.at }))
      for (let at = 0; at < chunk.length; ) at += (await target.write(chunk, at)).bytesWritten;
    bar.end();
    await target.close();
    const digest = hash.digest('hex');
    if (digest !== file.sha256)
      throw new BackupError({
        what: `the file that came is not the one that was proven: its SHA-256 is ${digest}, the receipt says ${file.sha256}`,
        fix: 'fetch it again',
      });
    await rename(unfinished, path);
  } finally {
    await target.close().catch(() => {});
    await rm(unfinished, { force: true });
  }
  console.error(`${path} is there; npm run populatedb loads it`);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

try {
  await main();
} catch (error) {
  process.exitCode = failed(error);
}
