/** What the commands for dumps share: settings, the bucket, receipts, the database's own tools. */
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReceipts } from '../../src/actions/db-dump/receipts.ts';
import { S3Objects } from '../../src/adapters/aws/objects.ts';
import { AwsSession } from '../../src/adapters/aws/session.ts';
import { runProgram } from '../../src/adapters/databases/child.ts';
import { findTools } from '../../src/adapters/databases/postgres.ts';
import { quietly } from '../../src/adapters/databases/psql.ts';
import { restoreInto } from '../../src/adapters/databases/restore.ts';
import type { DumpFile, DumpFileKind } from '../../src/domain/dump.ts';
import { type Connection, clientEnvironment } from '../../src/dump/engines/postgres/connection.ts';
import {
  chooseTools,
  hasKnownHoles,
  serverVersion,
  showVersion,
  type Tools,
} from '../../src/dump/engines/postgres/tools.ts';
import { archiveEndings, receiptPrefix } from '../../src/dump/files.ts';
import type { KnownReceipt } from '../../src/dump/retention.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { BackupError, ConfigurationError, renderError } from '../../src/runtime/errors.ts';
import { formatBytes, formatRate } from '../../src/runtime/format.ts';
import type { Logger } from '../../src/runtime/logger.ts';

/** Says what went wrong with a call, and nothing else. */
export const quietLogger: Logger = {
  debug: () => {},
  info: (text) => console.error(text),
  warning: (text) => console.error(`warning: ${text}`),
  error: (text) => console.error(text),
  group: (_name, work) => work(),
};

export interface Settings {
  readonly source: string;
  readonly region: string;
  readonly receiptBucket: string;
}

/**
 * From options, or the environment (in a Codespace: its secrets).
 * @param wrong what the command has found wrong with its other options, to be said with the rest
 * @throws ConfigurationError that names all that is missing or wrong
 */
export function settings(
  given: { source?: string | undefined; region?: string | undefined; bucket?: string | undefined },
  wrong: readonly string[] = [],
): Settings {
  const { env } = process;
  const source = given.source ?? env.HOLDFAST_SOURCE ?? '';
  const region = given.region ?? env.HOLDFAST_REGION ?? env.AWS_REGION ?? '';
  const receiptBucket = given.bucket ?? env.HOLDFAST_RECEIPT_BUCKET ?? '';
  const missing = [
    source === '' ? 'HOLDFAST_SOURCE: name of the source, as the workflow has it; or --source' : '',
    region === '' ? 'HOLDFAST_REGION (or AWS_REGION): region of the bucket; or --region' : '',
    receiptBucket === '' ? 'HOLDFAST_RECEIPT_BUCKET: bucket of the receipts; or --receipt-bucket' : '',
  ].filter((text) => text !== '');
  const problems = [...missing, ...wrong];
  if (problems.length > 0)
    throw new ConfigurationError({
      what: wrong.length === 0 ? 'these settings are missing' : 'these settings are missing or wrong',
      problems,
      fix: 'docs/postgres.md, "For developers"',
    });
  return { source, region, receiptBucket };
}

/** What is wrong with an option, when reading it says so. @throws any other error */
export function problemsOf(read: () => void): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

/** Prints what went wrong. @returns the command's exit status: 2 for wrong arguments, otherwise 1 */
export function failed(error: unknown): 1 | 2 {
  console.error(renderError(error));
  const unknownOption = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
  return unknownOption || error instanceof ConfigurationError ? 2 : 1;
}

export function objectsOf({ region }: Pick<Settings, 'region'>): S3Objects {
  const session = new AwsSession({
    region,
    identity: undefined,
    apiTimeoutSeconds: 30,
    userAgent: 'holdfast/scripts',
    clock: systemClock,
    logger: quietLogger,
  });
  return new S3Objects(session, { logger: quietLogger });
}

/** Newest first. */
export async function receiptsOf(objects: S3Objects, { source, receiptBucket }: Settings): Promise<KnownReceipt[]> {
  const known = await readReceipts(objects, receiptBucket, receiptPrefix(source));
  return known
    .filter((one) => one.receipt.state === 'taken')
    .toSorted((a, b) => b.receipt.takenAt.localeCompare(a.receipt.takenAt));
}

/** A bar on a terminal; elsewhere a line now and then. */
export function progressBar(what: string, total: number): { at(bytes: number): void; end(): void } {
  const began = Date.now();
  let told = 0;
  const show = (bytes: number): void => {
    const share = total === 0 ? 1 : Math.min(1, bytes / total);
    const rate = formatRate(bytes, (Date.now() - began) / 1000);
    if (process.stderr.isTTY) {
      const width = 30;
      const done = Math.round(share * width);
      process.stderr.write(
        `\r${what} ${'█'.repeat(done)}${'░'.repeat(width - done)} ${(share * 100).toFixed(0).padStart(3)} % of ${formatBytes(total)}, ${rate}  `,
      );
    } else process.stderr.write(`${what}: ${(share * 100).toFixed(0)} % of ${formatBytes(total)}, ${rate}\n`);
  };
  let last = 0;
  return {
    at(bytes) {
      last = bytes;
      const now = Date.now();
      if (now - told < (process.stderr.isTTY ? 100 : 5000)) return;
      told = now;
      show(bytes);
    },
    end() {
      show(last);
      if (process.stderr.isTTY) process.stderr.write('\n');
    },
  };
}

/** The tools for a server; refused when a crafted dump could use their holes. */
export async function toolsFor(connection: Connection): Promise<Tools> {
  const environment = clientEnvironment(connection);
  const found = await findTools(environment);
  const newest = found.toSorted((a, b) => b.version.major - a.version.major)[0];
  if (newest === undefined)
    throw new BackupError({ what: 'psql and pg_restore are not installed here', fix: 'install postgresql-client' });
  const number = await sql(newest, connection, `SELECT current_setting('server_version_num')`);
  const tools = chooseTools(found, serverVersion(Number(number)));
  if (hasKnownHoles(tools.version))
    throw new BackupError({
      what: `psql and pg_restore ${showVersion(tools.version)} have known holes (CVE-2026-18408, CVE-2026-116314): a crafted dump could run commands here`,
      fix: `update postgresql-client-${tools.version.major}`,
    });
  return tools;
}

export function sql(tools: Tools, connection: Connection, text: string): Promise<string> {
  return runProgram(
    {
      program: join(tools.folder, 'psql'),
      parameters: quietly,
      environment: clientEnvironment(connection),
      what: `psql of ${connection.shown}`,
    },
    `${text};\n`,
  ).then((out) => out.trim());
}

/** Relations that people have made in a database. */
export async function isEmpty(tools: Tools, connection: Connection): Promise<boolean> {
  const count = await sql(
    tools,
    connection,
    `SELECT count(*) FROM (
  SELECT oid, relnamespace AS namespace FROM pg_class
  UNION ALL SELECT oid, pronamespace FROM pg_proc
  UNION ALL SELECT oid, typnamespace FROM pg_type
) AS one JOIN pg_namespace n ON n.oid = namespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = one.oid AND d.deptype = 'e')`,
  );
  return count === '0';
}

/** Restores a file into a database, up to the first error. @param name the file's key or path, whose end tells its format */
export function restoreFile(
  tools: Tools,
  connection: Connection,
  { kind, name }: { readonly kind: DumpFileKind; readonly name: string },
  source: AsyncIterable<Buffer>,
): Promise<void> {
  const format = name.endsWith(archiveEndings.directory) ? 'directory' : 'custom';
  const what = `the restore into ${connection.shown}`;
  const options = {
    tools,
    connection,
    what,
    kind,
    format,
    jobs: availableParallelism(),
    workDirectory: tmpdir(),
  } as const;
  return restoreInto(options, source);
}

export function fileOf(one: KnownReceipt, kind: DumpFileKind): DumpFile | undefined {
  return one.receipt.files.find((file) => file.kind === kind);
}

export function isProven(one: KnownReceipt, kind: DumpFileKind): boolean {
  return one.receipt.proof.some((row) => row.kind === kind && row.verdict === 'good');
}
