/** Wires ib-snapshot to AWS and GitHub, and starts it. */
import { Ec2Compute } from '../../adapters/aws/compute.ts';
import { S3Receipts } from '../../adapters/aws/receipts.ts';
import { saveState } from '../../adapters/github/toolkit.ts';
import { openHosts, openRuns, openSession } from '../common/services.ts';
import { startAction } from '../common/start.ts';
import { inputs, type Settings } from './inputs.ts';
import type { Findings } from './ports.ts';
import { run } from './run.ts';
import { heldState } from './state.ts';

await startAction<Settings, Findings>({
  name: 'ib-snapshot',
  inputs,
  source: ({ source }) => source,
  outputs: ({ receipt, receiptLocation }) => ({ receipt: receiptLocation, ...snapshotOutputs(receipt) }),
  run: (settings, context) => {
    const session = openSession('ib-snapshot', settings, settings.awsRegion, context.run);
    const ports = {
      compute: new Ec2Compute(session, context.signal),
      hosts: openHosts(session, 'ib-snapshot', settings, context.run),
      receipts: new S3Receipts(session, settings.receiptBucket),
      runs: openRuns(settings),
      remember: (held: object) => saveState(heldState, JSON.stringify(held)),
      forget: () => saveState(heldState, ''),
    };
    return run(settings, ports, context);
  },
});

function snapshotOutputs(receipt: Findings['receipt'] | undefined): Record<string, string> {
  if (receipt?.snapshot === undefined) return {};
  return {
    'snapshot-id': receipt.snapshot.id,
    'volume-id': receipt.host.volumeId,
    'pause-seconds': receipt.quiesce.pauseSeconds === undefined ? '' : String(receipt.quiesce.pauseSeconds),
  };
}
