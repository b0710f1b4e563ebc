/** Wires verify-volume to AWS and GitHub, and starts it. */
import { Ec2Compute } from '../../adapters/aws/compute.ts';
import { S3Receipts } from '../../adapters/aws/receipts.ts';
import { currentJob } from '../../adapters/github/job.ts';
import { saveState } from '../../adapters/github/toolkit.ts';
import { openHosts, openRuns, openSession } from '../common/services.ts';
import { startAction } from '../common/start.ts';
import { inputs, type Settings } from './inputs.ts';
import type { Findings } from './ports.ts';
import { run } from './run.ts';
import { copyState, type SavedCopy } from './state.ts';

await startAction<Settings, Findings>({
  name: 'verify-volume',
  inputs,
  source: ({ source }) => source,
  outputs: ({ verdict, snapshotId, receiptLocation, verification }) => ({
    verdict,
    'snapshot-id': snapshotId,
    receipt: receiptLocation,
    'recovery-seconds': verification?.recoverySeconds === undefined ? undefined : String(verification.recoverySeconds),
  }),
  run: (settings, context) => {
    const session = openSession('verify-volume', settings, settings.awsRegion, context.run);
    const { awsRegion, receiptRegion } = settings;
    const receipts =
      receiptRegion === '' || receiptRegion === awsRegion
        ? session
        : openSession('verify-volume', settings, receiptRegion, context.run);
    const job = currentJob();
    const ports = {
      compute: new Ec2Compute(session, context.signal),
      cleanupCompute: new Ec2Compute(session),
      hosts: openHosts(session, 'verify-volume', settings, context.run),
      receipts: new S3Receipts(receipts, settings.receiptBucket),
      runs: openRuns(settings),
      remember: (instanceId: string) => saveState(copyState, JSON.stringify({ instanceId, job } satisfies SavedCopy)),
    };
    return run(settings, ports, { ...context, job });
  },
});
