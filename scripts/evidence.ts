/** `npm run evidence`: writes what an auditor asks for, with the operator's own credentials. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createEc2Regions } from '../src/adapters/aws/ec2-regions.ts';
import { S3Objects } from '../src/adapters/aws/objects.ts';
import { AwsSession } from '../src/adapters/aws/session.ts';
import { createTrails } from '../src/adapters/aws/trail.ts';
import { regionPattern } from '../src/domain/patterns.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { ConfigurationError } from '../src/runtime/errors.ts';
import { plural } from '../src/runtime/format.ts';
import { version } from '../src/runtime/version.ts';
import { bundleOf } from '../src/watch/evidence/bundle.ts';
import { evidenceOf } from '../src/watch/evidence/evidence.ts';
import { type Period, readPeriod } from '../src/watch/evidence/period.ts';
import { readEvidence } from '../src/watch/evidence/read/read.ts';
import { tagsToKeep } from '../src/watch/inventory/from-snapshot.ts';
import { stderrLogger as logger } from './lib/backups.ts';
import { readCommandLine, reportFailure } from './lib/command-line.ts';
import { ghIsReady, ghReader } from './lib/gh.ts';

const usage = `npm run evidence -- --from DAY --to DAY [options]

Writes evidence.html, evidence.json and manifest.json (docs/evidence.md) with your own credentials (the AWS SDK's ordinary chain), which
must be allowed to read the receipt bucket with its older versions, and to list snapshots. Who changed retention is asked through gh, if it
is signed in, and of CloudTrail (cloudtrail:LookupEvents). Changes nothing.

  --from DAY               the first day, such as 2026-01-01 (UTC)
  --to DAY                 the last day
  --out FOLDER             default: evidence-FROM-TO
  --receipt-bucket BUCKET  or HOLDFAST_RECEIPT_BUCKET
  --region REGION          or HOLDFAST_REGION, AWS_REGION, AWS_DEFAULT_REGION: that of the bucket
  -h, --help               print this text

Exit status: 0 written, 1 failed, 2 wrong arguments.`;

interface Options {
  readonly period: Period;
  readonly out: string;
  readonly region: string;
  readonly receiptBucket: string;
}

function readOptions(now: Date): Options {
  const { values } = readCommandLine(usage, {
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      out: { type: 'string' },
      'receipt-bucket': { type: 'string' },
      region: { type: 'string' },
    },
  });
  const { env } = process;
  const region = values.region ?? (env.HOLDFAST_REGION || env.AWS_REGION || env.AWS_DEFAULT_REGION || '');
  const receiptBucket = values['receipt-bucket'] ?? env.HOLDFAST_RECEIPT_BUCKET ?? '';
  const { from = '', to = '' } = values;
  const read = readPeriod({ from, to }, now, { from: '--from', to: '--to' });
  const problems = [
    ...('problems' in read ? read.problems : []),
    ...(receiptBucket === '' ? ['--receipt-bucket: it is missing; allowed: the bucket of the receipts'] : []),
    ...(new RegExp(regionPattern).test(region)
      ? []
      : [`--region: "${region}" is not allowed; allowed: such as us-east-1`]),
  ];
  if (problems.length > 0 || 'problems' in read)
    throw new ConfigurationError({
      what: 'these settings are missing or wrong',
      problems,
      fix: 'npm run evidence -- --help',
    });
  return { period: read.period, out: values.out ?? `evidence-${from}-${to}`, region, receiptBucket };
}

async function main(): Promise<void> {
  const now = systemClock.now();
  const { period, out, region, receiptBucket } = readOptions(now);
  const open = (name: string): AwsSession =>
    new AwsSession({
      region: name,
      identity: undefined,
      apiTimeoutSeconds: 30,
      transferTimeoutSeconds: 600,
      userAgent: `holdfast/${version} evidence`,
      clock: systemClock,
      logger,
    });
  const { signal } = new AbortController();
  const objects = new S3Objects(open(region), { logger });
  const regions = createEc2Regions({ session: open, home: region, tagsToKeep, signal });
  const github = (await ghIsReady()) ? ghReader : { reason: 'gh is not installed, or not signed in.' };
  const input = await readEvidence(
    { period, region, receiptBucket, now, writtenBy: `Holdfast ${version}` },
    { objects, regions, github, trails: createTrails(open, signal) },
    { signal },
  );
  const evidence = evidenceOf(input);
  mkdirSync(out, { recursive: true });
  for (const { name, text } of bundleOf(evidence)) writeFileSync(join(out, name), text);
  const gaps = evidence.sources.reduce((all, one) => all + one.gaps.length, 0);
  console.log(`${plural(evidence.sources.length, 'source')}, ${plural(gaps, 'gap')}\n${resolve(out)}`);
}

try {
  await main();
} catch (error) {
  process.exitCode = reportFailure(error);
}
