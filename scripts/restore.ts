/** `npm run restore`: lists the dumps of a source, or restores one of them. */
import { createHash } from 'node:crypto';
import { literal } from '../src/adapters/databases/postgres/psql.ts';
import { targetOf } from '../src/adapters/databases/postgres/restore.ts';
import type { DatabaseLocale, DumpFile, DumpFileKind, DumpFingerprint } from '../src/domain/dump.ts';
import { type Connection, databaseParameter, parseConnection } from '../src/dump/engines/postgres/connection.ts';
import { createRole } from '../src/dump/engines/postgres/restore/statement-filter.ts';
import type { ClientTools } from '../src/dump/engines/postgres/tools.ts';
import { archiveEndings, fileKinds, stamp } from '../src/dump/files.ts';
import type { KnownReceipt } from '../src/dump/receipts.ts';
import { BackupError } from '../src/runtime/errors.ts';
import { formatBytes, formatDuration } from '../src/runtime/format.ts';
import { observed } from '../src/runtime/streams.ts';
import {
  completeDumps,
  fileOf,
  isEmpty,
  isProven,
  openObjects,
  openServer,
  problemsOf,
  progressBar,
  readSettings,
  restoreFile,
  safeToolsFor,
  sql,
} from './lib/backups.ts';
import { readCommandLine, reportFailure } from './lib/command-line.ts';
import { localeNote, needsOf, rolesOf } from './lib/prepare-target.ts';
import { replaceDatabase, replacementWith } from './lib/replace.ts';

const usage = `npm run restore -- --list
npm run restore -- --to postgresql://USER:PASSWORD@HOST/DATABASE [options]

Lists the dumps of a source, or restores one of them, and prints the commands that do the same by hand.

  --source NAME            or HOLDFAST_SOURCE
  --receipt-bucket BUCKET  or HOLDFAST_RECEIPT_BUCKET
  --region REGION          or HOLDFAST_REGION, AWS_REGION, AWS_DEFAULT_REGION
  --to URL                 or RESTORE_URL: the database, which must exist and be empty; with --replace neither
  --at TIME                the point in time as --list shows it; default: the newest proven one
  --kind KIND              ${fileKinds.join(', ')}; default: archive
  --replace                restore into a new database, which then replaces the one in --to, whatever that holds, or is
                           made where there is none
  --unproven               allow a dump that is not proven
  -h, --help               print this text

Exit status: 0 restored, 1 failed, 2 wrong arguments.`;

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
      unproven: { type: 'boolean' },
    },
  }).values;
}

async function main(): Promise<void> {
  const options = readOptions();
  const url = options.to ?? (process.env.RESTORE_URL || undefined);
  const target = (): Connection => parseConnection(url ?? '', options.to ? '--to' : 'RESTORE_URL');
  const kind = fileKinds.find((one) => one === (options.kind ?? 'archive'));
  const { source, region, 'receipt-bucket': bucket } = options;
  const settings = readSettings({ source, region, bucket }, [
    ...(kind === undefined ? [`--kind: "${options.kind}" is not allowed; allowed: ${fileKinds.join(', ')}`] : []),
    ...(url === undefined ? problemsWithoutTarget(options) : options.list ? [] : problemsOf(target)),
  ]);
  const objects = openObjects(settings);
  const dumps = await completeDumps(objects, settings);
  if (options.list || url === undefined || kind === undefined) {
    list(dumps);
    return;
  }
  const dump = choose(dumps, options.at ?? 'latest', kind, options.unproven === true);
  await restore(dump, kind, target(), options.replace === true, (file) => objects.read(file));
}

/** Without a database, the command can only list dumps. */
function problemsWithoutTarget({ at, kind, replace, unproven }: Readonly<Record<string, unknown>>): readonly string[] {
  return (at ?? kind ?? replace ?? unproven) === undefined
    ? []
    : ['--to: the database to restore into; allowed: postgresql://USER:PASSWORD@HOST:PORT/DATABASE'];
}

function list(dumps: readonly KnownReceipt[]): void {
  if (dumps.length === 0) console.log('there are no dumps');
  for (const { receipt } of dumps) {
    const files = receipt.files.map((file) => `${file.kind} ${formatBytes(file.size)}`).join(', ');
    const seconds = receipt.proof.find((row) => row.kind === 'archive')?.restoreSeconds;
    const restored = seconds === undefined ? '' : `; restored in ${formatDuration(seconds)}`;
    console.log(`${stamp(receipt.takenAt)}  ${receipt.verdict.padEnd(8)}  ${files}${restored}`);
  }
}

/** @throws BackupError when there is no such dump, or it is not proven */
function choose(dumps: readonly KnownReceipt[], at: string, kind: DumpFileKind, unproven: boolean): KnownReceipt {
  const candidates = dumps.filter((one) => fileOf(one, kind) !== undefined);
  const chosen =
    at === 'latest'
      ? candidates.find((one) => unproven || isProven(one, kind))
      : candidates.find(({ receipt }) => receipt.takenAt === at || stamp(receipt.takenAt) === at);
  if (chosen === undefined)
    throw new BackupError({
      what:
        at === 'latest' ? `there is no proven ${kind} file` : `there is no dump of ${at} with a file of kind ${kind}`,
      fix: 'npm run restore -- --list shows the dumps',
    });
  if (!unproven && !isProven(chosen, kind))
    throw new BackupError({
      what: `the ${kind} file of ${stamp(chosen.receipt.takenAt)} is not proven (${chosen.receipt.verdict})`,
      fix: 'choose another dump, or give --unproven',
    });
  return chosen;
}

async function restore(
  dump: KnownReceipt,
  kind: DumpFileKind,
  target: Connection,
  replace: boolean,
  read: (file: DumpFile) => AsyncIterable<Buffer>,
): Promise<void> {
  const { takenAt, fingerprint } = dump.receipt;
  const file = fileOf(dump, kind) as DumpFile;
  printManualCommands(file, target.database, rolesOf(fingerprint));
  // A database to be replaced need not exist.
  const { tools, maintenance } = replace
    ? await openServer(target)
    : { tools: await safeToolsFor(target), maintenance: undefined };
  if (!replace && !(await isEmpty(tools, target)))
    throw new BackupError({
      what: `the database ${target.shown} is not empty; nothing was changed`,
      fix: 'restore into an empty database, or give --replace: it restores into a new one, which then replaces this one',
    });
  const locale = await prepare(tools, { target, maintenance }, fingerprint);
  const startedAt = Date.now();
  const load = (into: Connection): Promise<void> => restoreChecked(tools, into, file, read(file));
  const comment = `restored from the dump of ${takenAt}`;
  if (maintenance) await replaceDatabase({ ...replacementWith(tools), maintenance, target, comment, load, locale });
  else await load(target);
  const duration = formatDuration((Date.now() - startedAt) / 1000);
  console.error(`${target.shown} holds the dump of ${takenAt}, after ${duration}`);
}

/**
 * Makes the roles that the dump needs.
 * @param places the database, and one beside it when it will be replaced
 * @returns how the source stores text
 * @throws BackupError when the server lacks what the dump needs; then nothing was changed
 */
async function prepare(
  tools: ClientTools,
  { target, maintenance }: { readonly target: Connection; readonly maintenance: Connection | undefined },
  fingerprint: DumpFingerprint,
): Promise<DatabaseLocale | undefined> {
  const connection = maintenance ?? target;
  const fresh = maintenance !== undefined;
  const { roles, notes } = needsOf(fingerprint, await targetOf({ tools, connection }), fresh);
  const own = await sql(
    tools,
    connection,
    `SELECT json_build_object('encoding', pg_encoding_to_char(encoding), 'collate', datcollate) FROM pg_database WHERE datname = ${literal(target.database)}`,
  );
  const differs = own === '' ? undefined : localeNote(fingerprint.locale, JSON.parse(own));
  for (const note of differs === undefined ? notes : [...notes, differs]) console.error(`note: ${note}`);
  if (roles.length > 0) await sql(tools, connection, roles.join('\n'));
  return fingerprint.locale;
}

/** @throws BackupError when the bytes are not those of the receipt */
async function restoreChecked(
  tools: ClientTools,
  target: Connection,
  file: DumpFile,
  bytes: AsyncIterable<Buffer>,
): Promise<void> {
  const hash = createHash('sha256');
  const bar = progressBar('restoring', file.size);
  const source = observed(bytes, { hash, onProgress: bar.update });
  await restoreFile(tools, target, { kind: file.kind, name: file.key }, source);
  bar.end();
  if (hash.digest('hex') !== file.sha256)
    throw new BackupError({
      what: 'the restored file is not the one in the receipt: its SHA-256 differs',
      fix: 'restore again, or restore another dump',
    });
}

/** Quotes a word for the shell. */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Prints how to do the same without this command, for the day on which it is not at hand. */
function printManualCommands(file: DumpFile, to: string, roles: readonly string[]): void {
  const name = file.key.split('/').at(-1) ?? 'dump';
  const database = word(databaseParameter(to));
  const tar = name.endsWith(archiveEndings.directory);
  const version = file.versionId ? ` --version-id ${file.versionId}` : '';
  const unpack = tar ? `mkdir archive && tar -C archive -xf ${name} && ` : '';
  const command =
    file.kind === 'archive'
      ? `${unpack}pg_restore --clean --if-exists --no-owner --no-acl --no-tablespaces --exit-on-error ${tar ? '--jobs 4 ' : ''}--dbname ${database} ${tar ? 'archive' : name}`
      : `zcat ${name} | psql -X -v ON_ERROR_STOP=1 ${database}`;
  const makeRoles = roles.map((role) => `\n  psql ${database} -c ${word(createRole(role))}`).join('');
  console.error(`By hand:
  aws s3api get-object --bucket ${file.bucket} --key ${word(file.key)}${version} ${name}
  echo '${file.sha256}  ${name}' | sha256sum --check${makeRoles}
  ${command}
  or put ${file.kind === 'archive' ? 'the plain file' : name} into /docker-entrypoint-initdb.d/ of a postgres container, under a name that ends in .sql.gz
`);
}

try {
  await main();
} catch (error) {
  process.exitCode = reportFailure(error);
}
