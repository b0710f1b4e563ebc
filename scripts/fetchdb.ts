/** `npm run fetchdb`: fetches the newest proven anonymised dump, and checks its SHA-256 against the receipt. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, rename, rm, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DumpFile, DumpReceipt } from '../src/domain/dump.ts';
import { type FileCompression, fileCompressions } from '../src/dump/files.ts';
import type { KnownReceipt } from '../src/dump/receipts.ts';
import { compressionOf } from '../src/runtime/compression/format.ts';
import { BackupError } from '../src/runtime/errors.ts';
import { formatBytes, formatTime } from '../src/runtime/format.ts';
import { observed } from '../src/runtime/streams.ts';
import { completeDumps, fileOf, isProven, openObjects, originOf, progressBar, readSettings } from './lib/backups.ts';
import { asCalled, readCommandLine, reportFailure } from './lib/command-line.ts';

const usage = `npm run fetchdb [-- options]

Fetches the newest proven anonymised dump, and checks its SHA-256 against the receipt. A file that is already there is not
fetched again.

  --source NAME            or HOLDFAST_SOURCE
  --receipt-bucket BUCKET  or HOLDFAST_RECEIPT_BUCKET
  --region REGION          or HOLDFAST_REGION, AWS_REGION, AWS_DEFAULT_REGION
  --compression NAME       gzip or zstd: the newest dump with it, of a source that has both; default: the newest
  --to FILE                default: backups/SOURCE with the ending of the engine: .anon.gz for PostgreSQL,
                           .anon.sql.gz for MySQL and MariaDB, with Zstandard .zst in place of .gz;
                           .anon.tar.gz or .anon.archive.gz for MongoDB
  -h, --help               print this text

It uses the ordinary AWS credentials: in a Codespace its secrets AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, elsewhere a
profile. Exit status: 0 the file is there, 1 failed, 2 wrong arguments.`;

async function main(): Promise<void> {
  const { values } = readCommandLine(usage, {
    options: {
      source: { type: 'string' },
      'receipt-bucket': { type: 'string' },
      region: { type: 'string' },
      compression: { type: 'string' },
      to: { type: 'string' },
    },
  });
  const compression = fileCompressions.find((one) => one === values.compression);
  const wrong =
    values.compression === undefined || compression !== undefined
      ? []
      : [`--compression: "${values.compression}" is not allowed; allowed: ${fileCompressions.join(', ')}`];
  const given = { source: values.source, region: values.region, bucket: values['receipt-bucket'] };
  const settings = readSettings(given, wrong);
  const objects = openObjects(settings);
  const dumps = await completeDumps(objects, settings);
  const { file, receipt } = newestProven(dumps, settings.source, compression);
  const path = values.to ?? `backups/${settings.source.replace(/[^A-Za-z0-9._-]/g, '-')}${endingOf(file)}`;
  const about = [
    `${settings.source} as of ${formatTime(receipt.takenAt)}`,
    formatBytes(file.size),
    ...originOf(receipt),
  ];
  console.error(about.join(', '));
  if (existsSync(path) && (await digestOf(path)) === file.sha256) {
    // populatedb loads the newest file.
    await utimes(path, new Date(), new Date());
    console.error(`${path} is already this file`);
    return;
  }
  await fetchFile(file, objects.read(file), path);
  console.error(asCalled(`fetched ${path}; npm run populatedb loads it`));
}

/** What populatedb knows the engine by: `.anon.gz`, `.anon.sql.zst`, `.anon.tar.gz`, `.anon.archive.gz` and the like. */
function endingOf({ key }: DumpFile): string {
  return /\.anon(\.[a-z]+)+$/.exec(key)?.[0] ?? '.anon.gz';
}

interface ProvenFile {
  readonly file: DumpFile;
  readonly receipt: DumpReceipt;
}

/** @param compression undefined for any @throws BackupError when there is none */
function newestProven(
  dumps: readonly KnownReceipt[],
  source: string,
  compression: FileCompression | undefined,
): ProvenFile {
  const proven = dumps.filter((one) => isProven(one, 'anonymised'));
  for (const one of proven) {
    const file = fileOf(one, 'anonymised');
    if (file && (compression === undefined || compressionOf(file.key) === compression))
      return { file, receipt: one.receipt };
  }
  if (proven.length > 0)
    throw new BackupError({
      what: `there is no proven anonymised dump of ${source} with ${compression}`,
      fix: `fetch without --compression, or give db-dump compression: ${compression}`,
    });
  throw new BackupError({
    what: `there is no proven anonymised dump of ${source}`,
    likelyCause:
      dumps.length === 0
        ? 'no dump has been taken yet, or source or bucket are wrong'
        : `none of the ${dumps.length} dumps was proven`,
    fix: 'check the runs of the workflow that dumps it ("PostgreSQL backup", "MySQL backup", "MongoDB backup")',
  });
}

/** Writes the file, which appears only once its digest is right. @throws BackupError when it is wrong */
async function fetchFile(file: DumpFile, bytes: AsyncIterable<Buffer>, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.unfinished`;
  const hash = createHash('sha256');
  const bar = progressBar('fetching', file.size);
  const target = await open(unfinished, 'w', 0o600);
  try {
    for await (const chunk of observed(bytes, { hash, onProgress: bar.update }))
      for (let at = 0; at < chunk.length; ) at += (await target.write(chunk, at)).bytesWritten;
    bar.end();
    await target.close();
    const digest = hash.digest('hex');
    if (digest !== file.sha256)
      throw new BackupError({
        what: `the fetched file is not the proven one: its SHA-256 is ${digest}, the receipt says ${file.sha256}`,
        fix: 'fetch it again',
      });
    await rename(unfinished, path);
  } finally {
    await target.close().catch(() => {});
    await rm(unfinished, { force: true });
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

try {
  await main();
} catch (error) {
  process.exitCode = reportFailure(error);
}
