/** What the commands for dumps share: settings, receipts, the database tools. */
import { S3Objects } from '../../src/adapters/aws/objects.ts';
import { AwsSession } from '../../src/adapters/aws/session.ts';
import type { DumpFile, DumpFileKind, DumpReceipt } from '../../src/domain/dump.ts';
import { type KnownReceipt, newestFirst, readReceipts } from '../../src/dump/receipts.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { ConfigurationError } from '../../src/runtime/errors.ts';
import { formatBytes, formatRate } from '../../src/runtime/format.ts';
import type { Logger } from '../../src/runtime/logger.ts';

/** Logs to standard error, so that standard output holds results alone. */
export const stderrLogger: Logger = {
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
 * Reads the settings from options, or from the environment (in a Codespace: its secrets).
 * @param wrong problems with the other options of the command, reported together with these
 * @throws ConfigurationError that lists everything that is missing or wrong
 */
export function readSettings(
  given: { source?: string | undefined; region?: string | undefined; bucket?: string | undefined },
  wrong: readonly string[] = [],
): Settings {
  const { env } = process;
  const source = given.source ?? env.HOLDFAST_SOURCE ?? '';
  // A Codespace sets variables of missing secrets to the empty text.
  const region = given.region ?? (env.HOLDFAST_REGION || env.AWS_REGION || env.AWS_DEFAULT_REGION || '');
  const receiptBucket = given.bucket ?? env.HOLDFAST_RECEIPT_BUCKET ?? '';
  const missing = [
    source === '' ? 'HOLDFAST_SOURCE: name of the source, as in the workflow; or --source' : '',
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

/** @returns the problems of the ConfigurationError that `parse` throws; none when it succeeds */
export function problemsOf(parse: () => void): readonly string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

export function openObjects({ region }: Pick<Settings, 'region'>): S3Objects {
  const session = new AwsSession({
    region,
    identity: undefined,
    apiTimeoutSeconds: 30,
    transferTimeoutSeconds: 600,
    userAgent: 'holdfast/scripts',
    clock: systemClock,
    logger: stderrLogger,
  });
  return new S3Objects(session, { logger: stderrLogger });
}

/** The receipts of complete dumps, newest first. */
export async function completeDumps(
  objects: S3Objects,
  { source, receiptBucket }: Settings,
): Promise<readonly KnownReceipt[]> {
  const known = await readReceipts(objects, receiptBucket, source);
  return newestFirst(known.filter(({ receipt }) => receipt.state === 'taken'));
}

export interface ProgressBar {
  /** Takes the bytes so far. */
  update(bytes: number): void;
  end(): void;
}

/** A bar on a terminal; elsewhere a line now and then. */
export function progressBar(what: string, total: number): ProgressBar {
  const startedAt = Date.now();
  const intervalMilliseconds = process.stderr.isTTY ? 100 : 5000;
  let shownAt = 0;
  let last = 0;
  const show = (bytes: number): void => {
    const share = total === 0 ? 1 : Math.min(1, bytes / total);
    const rate = formatRate(bytes, (Date.now() - startedAt) / 1000);
    const percent = (share * 100).toFixed(0);
    if (process.stderr.isTTY) {
      const done = Math.round(share * 30);
      const bar = `${'█'.repeat(done)}${'░'.repeat(30 - done)}`;
      process.stderr.write(`\r${what} ${bar} ${percent.padStart(3)} % of ${formatBytes(total)}, ${rate}  `);
    } else process.stderr.write(`${what}: ${percent} % of ${formatBytes(total)}, ${rate}\n`);
  };
  return {
    update(bytes) {
      last = bytes;
      if (Date.now() - shownAt < intervalMilliseconds) return;
      shownAt = Date.now();
      show(bytes);
    },
    end() {
      show(last);
      if (process.stderr.isTTY) process.stderr.write('\n');
    },
  };
}

export function fileOf({ receipt }: KnownReceipt, kind: DumpFileKind): DumpFile | undefined {
  return receipt.files.find((file) => file.kind === kind);
}

/** Of which application and commit a dump is, in words, as far as its receipt says. */
export function originOf({ applicationVersion, commit }: DumpReceipt): readonly string[] {
  return [
    ...(applicationVersion === undefined ? [] : [`version ${applicationVersion}`]),
    ...(commit === undefined ? [] : [`commit ${commit.slice(0, 12)}`]),
  ];
}

export function isProven({ receipt }: KnownReceipt, kind: DumpFileKind): boolean {
  return receipt.proof.some((row) => row.kind === kind && row.verdict === 'good');
}
