/** Starts db-dump. */
import '../../runtime/stream-heap.ts';

import type { DumpReceipt } from '../../domain/dump.ts';
import { s3Url } from '../../domain/s3.ts';
import { startAction } from '../common/start.ts';
import { proveAgain } from './again/prove-again.ts';
import { inputs, type Settings } from './inputs.ts';
import type { Findings } from './ports.ts';
import { run } from './run.ts';
import { openKeptPorts, openPorts } from './wiring.ts';

await startAction<Settings, Findings>({
  name: 'db-dump',
  inputs,
  source: ({ source }) => source,
  aside: ({ proveAgain: kept, listDatabases }) => kept !== '' || listDatabases,
  outputs: ({ dump, databases, receiptLocation }) => ({
    databases: databases && JSON.stringify(databases),
    receipt: receiptLocation,
    warnings: dump && String(dump.warnings.length),
    ...receiptOutputs(dump?.receipt),
  }),
  run: (settings, context) =>
    settings.proveAgain === ''
      ? run(settings, openPorts(settings, context), context)
      : proveAgain(settings, openKeptPorts(settings, context), context),
});

function receiptOutputs(receipt: DumpReceipt | undefined): Record<string, string | undefined> {
  if (receipt === undefined) return {};
  const archive = receipt.proof.find((row) => row.kind === 'archive');
  return {
    verdict: receipt.verdict,
    ...Object.fromEntries(receipt.files.map((file) => [file.kind, s3Url(file)])),
    'restore-seconds': archive?.restoreSeconds.toFixed(1),
  };
}
