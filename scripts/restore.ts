/**
 * `npm run restore`: lists the dumps of a source, or restores one of them.
 *
 *   npm run restore -- --list
 *   npm run restore -- --to postgresql://USER:PASSWORD@HOST/DATABASE [--at latest|TIME] [--kind archive|plain|anonymised]
 *
 *   --source NAME            or HOLDFAST_SOURCE
 *   --receipt-bucket BUCKET  or HOLDFAST_RECEIPT_BUCKET
 *   --region REGION          or HOLDFAST_REGION, AWS_REGION
 *   --to URL                 or RESTORE_URL: the database; it must be there and empty
 *   --at TIME                the point in time as --list shows it; default: the newest that is proven
 *   --kind KIND              default: archive
 *   --replace                load a new database and put it in the place of this one, whatever it holds
 *   --unproven               also restore a dump that is not proven
 *
 * The commands that do the same by hand are printed as well. Exit status: 0 done, 1 not, 2 wrong arguments.
 */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { DumpFile, DumpFileKind } from '../src/domain/dump.ts';
import { type Connection, databaseParameter, parseConnection } from '../src/dump/engines/postgres/connection.ts';
import { archiveEndings, fileKinds, stamp } from '../src/dump/files.ts';
import type { KnownReceipt } from '../src/dump/retention.ts';
import { BackupError } from '../src/runtime/errors.ts';
import { formatBytes, formatDuration } from '../src/runtime/format.ts';
import { observed } from '../src/runtime/streams.ts';
import {
  failed,
  fileOf,
  isEmpty,
  isProven,
  objectsOf,
  problemsOf,
  progressBar,
  receiptsOf,
  restoreFile,
  settings,
  toolsFor,
} from './lib/backups.ts';
import { replaceDatabase } from './lib/replace.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      list: { type: 'boolean' },
      source: { type: 'string' },
      'receipt-bucket': { type: 'string' },
      region: { type: 'string' },
      to: { type: 'string' },
      at: { type: 'string' },
      kind: { type: 'string' },
      replace: { type: 'boolean' },
      unproven: { type: 'boolean' },
    },
  });
  const url = values.to ?? process.env.RESTORE_URL;
  const listing = values.list === true || url === undefined;
  const read = (): Connection => parseConnection(url ?? '', values.to ? '--to' : 'RESTORE_URL');
  const kind = fileKinds.find((one) => one === (values.kind ?? 'archive')) ?? 'archive';
  const where = settings({ source: values.source, region: values.region, bucket: values['receipt-bucket'] }, [
    ...(kind === (values.kind ?? 'archive')
      ? []
      : [`--kind: "${values.kind}" is not allowed; allowed: ${fileKinds.join(', ')}`]),
    ...(url === undefined ? nowhere(values) : values.list ? [] : problemsOf(read)),
  ]);
  const objects = objectsOf(where);
  const known = await receiptsOf(objects, where);
  if (listing) {
    list(known);
    return;
  }
  const chosen = choose(known, values.at ?? 'latest', kind, values.unproven === true);
  const file = fileOf(chosen, kind) as DumpFile;
  const connection = read();
  byHand(file, connection.database);
  const tools = await toolsFor(connection);
  if (values.replace !== true && !(await isEmpty(tools, connection)))
    throw new BackupError({
      what: `the database ${connection.shown} is not empty; nothing was changed`,
      fix: 'restore into an empty database, or give --replace: then a new one is loaded and takes its place',
    });
  const hash = createHash('sha256');
  const bar = progressBar('restoring', file.size);
  const source = observed(objects.read(file), { hash, tell: bar.at });
  const began = Date.now();
  const load = async (target: Connection): Promise<void> => {
    await restoreFile(tools, target, { kind, name: file.key }, source);
    bar.end();
    if (hash.digest('hex') !== file.sha256)
      throw new BackupError({
        what: 'what was restored is not what the receipt describes: the SHA-256 differs',
        fix: 'restore again, or another dump',
      });
  };
  if (values.replace)
    await replaceDatabase(tools, connection, `restored from the dump of ${chosen.receipt.takenAt}`, load);
  else await load(connection);
  console.error(
    `${connection.shown} holds the dump of ${chosen.receipt.takenAt}, after ${formatDuration((Date.now() - began) / 1000)}`,
  );
}

/** Without a database there is only the list: of that, nothing can be chosen. */
function nowhere({ at, kind, replace, unproven }: Readonly<Record<string, unknown>>): readonly string[] {
  return (at ?? kind ?? replace ?? unproven) === undefined
    ? []
    : ['--to: the database to restore into; allowed: postgresql://USER:PASSWORD@HOST:PORT/DATABASE'];
}

function list(known: readonly KnownReceipt[]): void {
  if (known.length === 0) console.log('there are no dumps');
  for (const { receipt } of known) {
    const files = receipt.files.map((file) => `${file.kind} ${formatBytes(file.size)}`).join(', ');
    const seconds = receipt.proof.find((row) => row.kind === 'archive')?.restoreSeconds;
    console.log(
      `${stamp(receipt.takenAt)}  ${receipt.verdict.padEnd(8)}  ${files}${seconds === undefined ? '' : `; restored in ${formatDuration(seconds)}`}`,
    );
  }
}

function choose(known: readonly KnownReceipt[], at: string, kind: DumpFileKind, unproven: boolean): KnownReceipt {
  const fits = known.filter((one) => fileOf(one, kind) !== undefined);
  const found =
    at === 'latest'
      ? fits.find((one) => unproven || isProven(one, kind))
      : fits.find((one) => one.receipt.takenAt === at || stamp(one.receipt.takenAt) === at);
  if (found === undefined)
    throw new BackupError({
      what:
        at === 'latest'
          ? `there is no proven ${kind} file`
          : `there is no dump of ${at} with a file of the kind ${kind}`,
      fix: 'npm run restore -- --list shows what there is',
    });
  if (!unproven && !isProven(found, kind))
    throw new BackupError({
      what: `the ${kind} file of ${stamp(found.receipt.takenAt)} is not proven (${found.receipt.verdict})`,
      fix: 'choose another, or give --unproven',
    });
  return found;
}

/** A word for the shell. */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The same without this command, for the day on which it is not at hand. */
function byHand(file: DumpFile, to: string): void {
  const name = file.key.split('/').at(-1) ?? 'dump';
  const database = word(databaseParameter(to));
  const tar = name.endsWith(archiveEndings.directory);
  const version = file.versionId ? ` --version-id ${file.versionId}` : '';
  console.error(`By hand:
  aws s3api get-object --bucket ${file.bucket} --key ${word(file.key)}${version} ${name}
  echo '${file.sha256}  ${name}' | sha256sum --check
  ${
    file.kind !== 'archive'
      ? `zcat ${name} | psql -X -v ON_ERROR_STOP=1 ${database}`
      : `${tar ? `mkdir archive && tar -C archive -xf ${name} && ` : ''}pg_restore --clean --if-exists --no-owner --no-acl --exit-on-error ${tar ? '--jobs 4 ' : ''}--dbname ${database} ${tar ? 'archive' : name}`
  }
  or put ${file.kind === 'archive' ? 'the plain file' : name} into /docker-entrypoint-initdb.d/ of a postgres container, under a name that ends with .sql.gz
`);
}

try {
  await main();
} catch (error) {
  process.exitCode = failed(error);
}
