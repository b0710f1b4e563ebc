/** `npm run status`: writes the status page with the operator's own credentials, from what is kept and from the promises as last read. */

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createEc2Regions } from '../src/adapters/aws/ec2-regions.ts';
import { S3Objects } from '../src/adapters/aws/objects.ts';
import { AwsSession } from '../src/adapters/aws/session.ts';
import { regionPattern } from '../src/domain/patterns.ts';
import { promisesKey } from '../src/domain/tags.ts';
import type { Objects } from '../src/ports/objects.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { ConfigurationError, explainInLine } from '../src/runtime/errors.ts';
import { timeZoneOf } from '../src/runtime/schedule/runs.ts';
import { version } from '../src/runtime/version.ts';
import { tagsToKeep } from '../src/watch/inventory/from-snapshot.ts';
import { readInventory } from '../src/watch/inventory/inventory.ts';
import { type Promises, parsePromises } from '../src/watch/promises/promise.ts';
import { makeStatus } from '../src/watch/status/status.ts';
import { watch } from '../src/watch/watchdog/watchdog.ts';
import { repositoryOfClone } from './deploy/github.ts';
import { stderrLogger as logger } from './lib/backups.ts';
import { readCommandLine, reportFailure } from './lib/command-line.ts';

const usage = `npm run status -- --out FILE [options]

Writes the status page (docs/status-page.md) with your own credentials (the AWS SDK's ordinary chain), which must be allowed to read the
receipt bucket and to list snapshots. It reads no workflow files: what is promised, the watchdog has left in the bucket. Changes nothing.

  --out FILE               the page
  --receipt-bucket BUCKET  or HOLDFAST_RECEIPT_BUCKET
  --region REGION          or HOLDFAST_REGION, AWS_REGION, AWS_DEFAULT_REGION: that of the bucket
  --repository OWNER/REPO  for links; default: the only one whose promises are in the bucket
  --server URL             default: https://github.com
  --docs URL               pages of the documentation; default: those of the repository that this is a clone of
  --time-zone ZONE         default: UTC; "local" is that of this computer
  -h, --help               print this text

Exit status: 0 written, 1 failed, 2 wrong arguments.`;

interface Options {
  readonly out: string;
  readonly region: string;
  readonly receiptBucket: string;
  readonly repository: string | undefined;
  readonly server: string;
  readonly docs: string | undefined;
  readonly timeZone: string;
}

function readOptions(): Options {
  const { values } = readCommandLine(usage, {
    options: {
      out: { type: 'string' },
      'receipt-bucket': { type: 'string' },
      region: { type: 'string' },
      repository: { type: 'string' },
      server: { type: 'string' },
      docs: { type: 'string' },
      'time-zone': { type: 'string' },
    },
  });
  const { env } = process;
  const region = values.region ?? (env.HOLDFAST_REGION || env.AWS_REGION || env.AWS_DEFAULT_REGION || '');
  const receiptBucket = values['receipt-bucket'] ?? env.HOLDFAST_RECEIPT_BUCKET ?? '';
  const { out = '', repository, server = 'https://github.com', docs } = values;
  const timeZone =
    values['time-zone'] === 'local'
      ? new Intl.DateTimeFormat().resolvedOptions().timeZone
      : (values['time-zone'] ?? 'UTC');
  const isAddress = (text: string): boolean => /^https?:\/\/[^\s"'<>]+$/.test(text);
  const problems = [
    out === '' ? '--out: where the page is written, such as status.html' : '',
    receiptBucket === '' ? '--receipt-bucket, or HOLDFAST_RECEIPT_BUCKET: bucket of the receipts' : '',
    new RegExp(regionPattern).test(region) ? '' : `--region: "${region}" is not a region; allowed: such as us-east-1`,
    repository === undefined || /^[\w.-]+\/[\w.-]+$/.test(repository)
      ? ''
      : `--repository: "${repository}" is not allowed; allowed: OWNER/REPO`,
    isAddress(server) ? '' : `--server: "${server}" is not allowed; allowed: such as https://github.com`,
    docs === undefined || isAddress(docs) ? '' : `--docs: "${docs}" is not allowed; allowed: an address`,
    timeZoneOf(timeZone) !== undefined
      ? ''
      : `--time-zone: "${timeZone}" is not allowed; allowed: such as Europe/Berlin`,
  ].filter((one) => one !== '');
  if (problems.length > 0)
    throw new ConfigurationError({
      what: 'these settings are missing or wrong',
      problems,
      fix: 'npm run status -- --help',
    });
  return { out, region, receiptBucket, repository, server, docs, timeZone };
}

function openSession(region: string): AwsSession {
  return new AwsSession({
    region,
    identity: undefined,
    apiTimeoutSeconds: 30,
    transferTimeoutSeconds: 600,
    userAgent: `holdfast/${version} status`,
    clock: systemClock,
    logger,
  });
}

interface ReadPromises {
  readonly promises: Promises | undefined;
  readonly problem: string | undefined;
}

async function readPromises(objects: Objects, bucket: string): Promise<ReadPromises> {
  try {
    const promises = parsePromises((await objects.text({ bucket, key: promisesKey })) ?? '');
    const problem = `${promisesKey} of ${bucket}: there is none, so nobody knows what is missing; the watchdog writes it`;
    return { promises, problem: promises ? undefined : problem };
  } catch (error) {
    return { promises: undefined, problem: `${promisesKey} of ${bucket}: ${explainInLine(error)}` };
  }
}

/** @returns undefined outside a clone: then the page has no links to the documentation */
async function docsOfClone(server: string): Promise<string | undefined> {
  try {
    return `${server}/${await repositoryOfClone()}/blob/main/docs`;
  } catch {
    return undefined;
  }
}

async function main(): Promise<void> {
  const options = readOptions();
  const { region, receiptBucket, server, timeZone } = options;
  const { signal } = new AbortController();
  const objects = new S3Objects(openSession(region), { logger });
  const regions = createEc2Regions({ session: openSession, home: region, tagsToKeep, signal });
  const [inventory, { promises, problem }] = await Promise.all([
    readInventory({ region, receiptBucket }, { objects, regions }, { signal, clock: systemClock }),
    readPromises(objects, receiptBucket),
  ]);
  const repositories = Object.entries(promises?.repositories ?? {});
  const repository = options.repository ?? (repositories.length === 1 ? repositories[0]?.[0] : undefined);
  const now = systemClock.now();
  const watched = repositories.map(([name, sources]) => ({
    url: `${server}/${name}`,
    sources: watch({ promises: sources, inventory, now }),
  }));
  const settings = {
    title: repository ?? receiptBucket,
    timeZone,
    repositoryUrl: repository && `${server}/${repository}`,
    docsUrl: options.docs ?? (await docsOfClone(server)),
    receiptBucket,
    writtenBy: `Holdfast ${version}`,
  };
  const problems = problem === undefined ? [] : [problem];
  const { html, warnings } = await makeStatus(
    {
      watched: { repositories: watched, inventory, problems, now, settings },
      receiptBucket,
      remember: false,
      publish: false,
    },
    objects,
    { signal },
  );
  for (const warning of warnings) logger.warning(warning);
  writeFileSync(options.out, html);
  const [, answer] = /<title>([^<]*)<\/title>/.exec(html) ?? [];
  console.log(`${answer}\n${resolve(options.out)}`);
}

try {
  await main();
} catch (error) {
  process.exitCode = reportFailure(error);
}
