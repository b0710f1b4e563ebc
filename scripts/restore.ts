/** `npm run restore`: lists the dumps of a source, or restores one of them. */
import { createHash } from 'node:crypto';
import type { DumpFile, DumpFileKind } from '../src/domain/dump.ts';
import { fileKinds, stamp } from '../src/dump/files.ts';
import { marksInWords } from '../src/dump/pins/marks.ts';
import type { KnownReceipt } from '../src/dump/receipts.ts';
import { BackupError } from '../src/runtime/errors.ts';
import { formatBytes, formatDuration } from '../src/runtime/format.ts';
import { observed } from '../src/runtime/streams.ts';
import { completeDumps, fileOf, openObjects, originOf, problemsOf, progressBar, readSettings } from './lib/backups.ts';
import { chooseKept } from './lib/choose-kept.ts';
import { readCommandLine, reportFailure } from './lib/command-line.ts';
import type { Load, LoadTarget, RestoreOptions } from './lib/engines/loader.ts';
import { loaderOf, loaders, problemsOfChoices, urlForms } from './lib/engines/loaders.ts';
import { changeOf, mark, problemsOfMarks } from './lib/mark-dump.ts';

const usage = `npm run restore -- --list
npm run restore -- --to URL [options]
npm run restore -- --at TIME [--pin | --unpin] [--label NAME]

Lists the dumps of a source, or restores one of them, and prints the commands that do the same by hand; or pins and labels one.

  --source NAME            or HOLDFAST_SOURCE
  --receipt-bucket BUCKET  or HOLDFAST_RECEIPT_BUCKET
  --region REGION          or HOLDFAST_REGION, AWS_REGION, AWS_DEFAULT_REGION
  --to URL                 or RESTORE_URL: the database, which must exist and be empty; with --replace neither;
                           postgresql://…/DATABASE, mysql://…/DATABASE, mongodb://…/DATABASE, of the dump's engine; for MySQL
                           and MongoDB without /DATABASE: the server, each database of the dump under its own name
  --at TIME                the point in time as --list shows it, or a label, of which the newest proven one is meant;
                           default: the newest proven one
  --kind KIND              ${fileKinds.join(', ')}; default: archive
  --replace                restore into a new database, which then replaces the one in --to, whatever that holds, or is
                           made where there is none
  --only DATABASE          of a dump of several databases, this one (MySQL, MongoDB)
  --users                  also the accounts that the dump holds (MongoDB)
  --unproven               allow a dump that is not proven
  --pin                    keep the dump of --at for ever: no retention deletes it
  --unpin                  take that back
  --label NAME             call the dump of --at so, such as before-2.0; empty: no label
  -h, --help               print this text

Exit status: 0 done, 1 failed, 2 wrong arguments.`;

function readOptions() {
  return readCommandLine(usage, {
    options: {
      list: { type: 'boolean' },
      source: { type: 'string' },
      'receipt-bucket': { type: 'string' },
      region: { type: 'string' },
      to: { type: 'string' },
      at: { type: 'string' },
      kind: { type: 'string' },
      replace: { type: 'boolean' },
      only: { type: 'string' },
      users: { type: 'boolean' },
      unproven: { type: 'boolean' },
      pin: { type: 'boolean' },
      unpin: { type: 'boolean' },
      label: { type: 'string' },
    },
  }).values;
}

async function main(): Promise<void> {
  const options = readOptions();
  const change = changeOf(options);
  const url = options.to ?? (change === undefined ? process.env.RESTORE_URL || undefined : undefined);
  const setting = options.to ? '--to' : 'RESTORE_URL';
  const target = (): LoadTarget => loaderOf(url ?? '', setting).target(url ?? '', setting);
  const kind = fileKinds.find((one) => one === (options.kind ?? 'archive'));
  const { source, region, 'receipt-bucket': bucket } = options;
  const settings = readSettings({ source, region, bucket }, [
    ...(kind === undefined ? [`--kind: "${options.kind}" is not allowed; allowed: ${fileKinds.join(', ')}`] : []),
    ...problemsOfChoices(url, options),
    ...problemsOfMarks(options),
    ...(change !== undefined
      ? []
      : url === undefined
        ? problemsWithoutTarget(options)
        : options.list
          ? []
          : problemsOf(target)),
  ]);
  const objects = openObjects(settings);
  const dumps = await completeDumps(objects, settings);
  if (change !== undefined) {
    const { at = '' } = options;
    await mark(chooseKept(dumps, at, 'archive', at !== 'latest'), change, objects, settings.receiptBucket);
    return;
  }
  if (options.list || url === undefined || kind === undefined) {
    list(dumps);
    return;
  }
  const dump = chooseKept(dumps, options.at ?? 'latest', kind, options.unproven === true);
  refuseOtherEngine(dump, url, setting);
  const { replace = false, only, users } = options;
  await restore(dump, kind, target(), { replace, only, users }, (file) => objects.read(file));
}

/** @throws BackupError when the URL is of another engine than the dump */
function refuseOtherEngine({ receipt }: KnownReceipt, url: string, setting: string): void {
  const given = loaderOf(url, setting);
  if (given.engine === receipt.engine) return;
  const needed = loaders.find(({ engine }) => engine === receipt.engine);
  throw new BackupError({
    what: `the dump is of ${needed?.product ?? receipt.engine}, and ${setting} is a URL of ${given.product}; nothing was changed`,
    fix: `give a URL of ${needed?.product ?? receipt.engine}: ${needed?.urlForm}`,
  });
}

/** Without a database, the command can only list dumps. */
function problemsWithoutTarget(given: Readonly<Record<string, unknown>>): readonly string[] {
  return ['at', 'kind', 'replace', 'unproven', 'only', 'users'].every((name) => given[name] === undefined)
    ? []
    : [`--to: the database to restore into; allowed: ${urlForms}`];
}

function list(dumps: readonly KnownReceipt[]): void {
  if (dumps.length === 0) console.log('there are no dumps');
  for (const { receipt } of dumps) {
    const files = receipt.files.map((file) => `${file.kind} ${formatBytes(file.size)}`).join(', ');
    const seconds = receipt.proof.find((row) => row.kind === 'archive')?.restoreSeconds;
    const restored = seconds === undefined ? '' : `restored in ${formatDuration(seconds)}`;
    const more = [restored, marksInWords(receipt), ...originOf(receipt)].filter((text) => text !== '');
    console.log(`${stamp(receipt.takenAt)}  ${receipt.verdict.padEnd(8)}  ${[files, ...more].join('; ')}`);
  }
}

async function restore(
  dump: KnownReceipt,
  kind: DumpFileKind,
  target: LoadTarget,
  options: RestoreOptions,
  read: (file: DumpFile) => AsyncIterable<Buffer>,
): Promise<void> {
  const { receipt } = dump;
  const file = fileOf(dump, kind) as DumpFile;
  console.error(target.byHand(file, receipt, options));
  const startedAt = Date.now();
  await target.restore({ file, receipt, through: (load) => checked(file, read(file), load) }, options);
  const duration = formatDuration((Date.now() - startedAt) / 1000);
  console.error(`${target.shown} holds the dump of ${receipt.takenAt}, after ${duration}`);
}

/** Loads a file. @throws BackupError when the bytes are not those of the receipt */
async function checked(file: DumpFile, bytes: AsyncIterable<Buffer>, load: Load): Promise<void> {
  const hash = createHash('sha256');
  const bar = progressBar('restoring', file.size);
  await load(observed(bytes, { hash, onProgress: bar.update }));
  bar.end();
  if (hash.digest('hex') !== file.sha256)
    throw new BackupError({
      what: 'the restored file is not the one in the receipt: its SHA-256 differs',
      fix: 'restore again, or restore another dump',
    });
}

try {
  await main();
} catch (error) {
  process.exitCode = reportFailure(error);
}
