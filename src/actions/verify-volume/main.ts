/** Wires verify-volume to AWS and GitHub, and starts it. */
import { logger, readInput, saveState, setFailed, setOutput } from '../../adapters/github/toolkit.ts';
import { systemClock } from '../../runtime/clock.ts';
import { renderError } from '../../runtime/errors.ts';
import { tell } from '../common/reporting.ts';
import { channels, receiptsOf, wire } from '../common/wiring.ts';
import { parseInputs, type VerifyVolumeInputs } from './inputs.ts';
import { type Findings, run, type Wishes } from './run.ts';
import { instanceState } from './state.ts';

async function start(inputs: VerifyVolumeInputs): Promise<void> {
  const { session, hosts, runs, timeline, run: own, compute } = wire('verify-volume', inputs);
  const receipts = receiptsOf(session, inputs);
  await tell<Findings>(
    {
      action: 'verify-volume',
      source: inputs.source,
      run: own,
      runbookUrl: inputs['runbook-url'],
      dryRun: inputs['dry-run'],
      timeline,
      clock: systemClock,
      channels: channels(inputs),
    },
    (signal, found) =>
      run(wishesOf(inputs), {
        compute: compute(signal),
        cleanupCompute: compute(),
        hosts,
        receipts,
        runs,
        clock: systemClock,
        logger,
        timeline,
        signal,
        run: own,
        remember: (instanceId) => saveState(instanceState, instanceId),
        found: (facts) => {
          found(facts);
          if (facts.verdict) setOutput('verdict', facts.verdict);
          if (facts.snapshotId) setOutput('snapshot-id', facts.snapshotId);
          if (facts.receiptLocation) setOutput('receipt', facts.receiptLocation);
          if (facts.verification?.recoverySeconds !== undefined) {
            setOutput('recovery-seconds', String(facts.verification.recoverySeconds));
          }
        },
      }),
  );
}

function wishesOf(inputs: VerifyVolumeInputs): Wishes {
  const id = inputs['snapshot-id'];
  return {
    source: inputs.source,
    instance: inputs.instance,
    mountPoint: inputs['mount-point'],
    service: inputs.service,
    socket: inputs.socket,
    defaultsFile: inputs['defaults-file'],
    snapshotId: id === '' || id === 'newest' ? undefined : id,
    volumeType: inputs['volume-type'],
    initializationRate: inputs['volume-initialization-rate'],
    waitSeconds: inputs['wait-timeout'],
    readSeconds: inputs['read-timeout'],
    dryRun: inputs['dry-run'],
  };
}

try {
  await start(parseInputs(readInput));
} catch (error) {
  setFailed(renderError(error));
}
