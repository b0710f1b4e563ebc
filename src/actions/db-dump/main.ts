/** Wires db-dump to AWS, GitHub and PostgreSQL's tools, and starts it. */
import '../../runtime/stream-heap.ts';

import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { S3Objects } from '../../adapters/aws/objects.ts';
import { PostgresEngine } from '../../adapters/databases/postgres.ts';
import { PostgresOnHost } from '../../adapters/databases/postgres-on-host.ts';
import { logger, maskSecret, readInput, setFailed, setOutput } from '../../adapters/github/toolkit.ts';
import type { DumpReport } from '../../domain/dump.ts';
import type { RunIdentity } from '../../domain/run.ts';
import { systemClock } from '../../runtime/clock.ts';
import { renderError } from '../../runtime/errors.ts';
import { tell } from '../common/reporting.ts';
import { channels, wire } from '../common/wiring.ts';
import { type DbDumpInputs, parseInputs } from './inputs.ts';
import { run } from './run.ts';
import type { Findings, Wishes } from './wishes.ts';

async function start(inputs: DbDumpInputs): Promise<void> {
  for (const secret of [
    inputs['database-url'],
    inputs['scratch-url'],
    inputs['anonymize-key'],
    inputs.connection?.password ?? '',
  ])
    maskSecret(secret);
  const { session, runs, timeline, hosts, compute, run: own } = wire('db-dump', inputs);
  await tell<Findings>(
    {
      action: 'db-dump',
      source: inputs.source,
      run: own,
      runbookUrl: inputs['runbook-url'],
      dryRun: inputs['dry-run'],
      timeline,
      clock: systemClock,
      channels: channels(inputs),
    },
    (signal, found) => {
      const wishes = wishesOf(inputs, own);
      const objects = new S3Objects(session, { logger, signal });
      const options = {
        lockTimeoutSeconds: inputs['lock-timeout'],
        archiveLevel: inputs['archive-level'],
        format: wishes.format,
        jobs: inputs.jobs,
        workDirectory: wishes.workDirectory,
        clock: systemClock,
        signal,
      };
      const local = new PostgresEngine({
        ...options,
        connection: inputs.connection,
        scratch: inputs.proven.length > 0 ? inputs.scratch : undefined,
      });
      const engine =
        inputs.instance === ''
          ? local
          : new PostgresOnHost(
              { local, hosts, compute: compute(signal), objects },
              {
                ...options,
                instance: inputs.instance,
                database: inputs.database,
                user: inputs['host-user'],
                port: inputs['host-port'],
                container: inputs.container,
                // Of databases on one host each has its own.
                folder: `${inputs['host-folder']}/${wishes.name}`,
                name: wishes.name,
                keep: inputs['keep-on-host'],
                timeoutSeconds: inputs['host-timeout'],
                run: own,
                bucket: wishes.bucket,
                isOver: async (other) => (await runs.state(other)) === 'over',
                logger,
              },
            );
      return run(wishes, {
        engine,
        objects,
        afterwards: new S3Objects(session, { logger }),
        runs,
        clock: systemClock,
        logger,
        timeline,
        signal,
        found: (facts) => {
          found(facts);
          if (facts.dump) setOutputs(facts.dump);
          if (facts.receiptLocation) setOutput('receipt', facts.receiptLocation);
        },
      });
    },
  );
}

function setOutputs({ receipt, warnings }: DumpReport): void {
  setOutput('warnings', String(warnings.length));
  if (receipt === undefined) return;
  setOutput('verdict', receipt.verdict);
  for (const file of receipt.files)
    setOutput(file.kind, `s3://${file.bucket}/${file.key}${file.versionId ? `?versionId=${file.versionId}` : ''}`);
  const archive = receipt.proof.find((row) => row.kind === 'archive');
  if (archive) setOutput('restore-seconds', archive.restoreSeconds.toFixed(1));
}

function wishesOf(inputs: DbDumpInputs, own: RunIdentity): Wishes {
  const name = inputs.name === '' ? inputs.source.replace(/[^A-Za-z0-9._-]/g, '-') : inputs.name;
  return {
    source: inputs.source,
    bucket: inputs.bucket,
    receiptBucket: inputs['receipt-bucket'],
    prefix: inputs.prefix,
    name,
    keep: inputs['keep-as'],
    keepCount: inputs.keep,
    format: inputs['archive-format'],
    made: inputs.made,
    proven: inputs.proven,
    rules: inputs.rulesFile,
    strict: inputs.rules !== '',
    key: inputs['anonymize-key'] === '' ? randomBytes(32) : Buffer.from(inputs['anonymize-key']),
    compressionLevel: inputs['compression-level'],
    maxChange: Number.parseInt(inputs['max-change'], 10) / 100,
    workDirectory: inputs['work-directory'] || process.env.RUNNER_TEMP || tmpdir(),
    run: own,
    mark: `${own.key}#${own.attempt}`,
    dryRun: inputs['dry-run'],
  };
}

try {
  await start(parseInputs(readInput));
} catch (error) {
  setFailed(renderError(error));
}
