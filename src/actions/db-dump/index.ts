/** Wires db-dump to AWS, GitHub and PostgreSQL's tools, and starts it. */
import '../../runtime/small-heap.ts';

import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { S3Objects } from '../../adapters/aws/objects.ts';
import { logger, maskSecret, readInput, setFailed, setOutput } from '../../adapters/github/toolkit.ts';
import { PostgresEngine } from '../../adapters/process/postgres.ts';
import type { DumpReport } from '../../report/dump.ts';
import { systemClock } from '../../runtime/clock.ts';
import { renderError } from '../../runtime/errors.ts';
import type { RunIdentity } from '../../snapshot/tags.ts';
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
    inputs.connection.password,
  ])
    maskSecret(secret);
  const { session, runs, timeline, run: own } = wire('db-dump', { ...inputs, 'ssm-documents': '' });
  await tell<Findings>(
    {
      action: 'db-dump',
      source: inputs.source,
      run: own,
      runbookUrl: inputs['runbook-url'],
      dryRun: inputs['dry-run'],
      timeline,
      clock: systemClock,
      channels: channels({ ...inputs, 'ssm-documents': '' }),
    },
    (signal, found) =>
      run(wishesOf(inputs, own), {
        engine: new PostgresEngine({
          connection: inputs.connection,
          scratch: inputs.proven.length > 0 ? inputs.scratch : undefined,
          lockTimeoutSeconds: inputs['lock-timeout'],
          archiveLevel: inputs['archive-level'],
          clock: systemClock,
          signal,
        }),
        objects: new S3Objects(session, { logger, signal }),
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
      }),
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
