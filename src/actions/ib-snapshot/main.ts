/** Wires ib-snapshot to AWS and GitHub, and starts it. */
import { gzipSync } from 'node:zlib';
import { logger, readInput, saveState, setFailed, setOutput } from '../../adapters/github/toolkit.ts';
import { systemClock } from '../../runtime/clock.ts';
import { renderError } from '../../runtime/errors.ts';
import { version } from '../../runtime/version.ts';
import { tell } from '../common/reporting.ts';
import { channels, receiptsOf, wire } from '../common/wiring.ts';
import { type IbSnapshotInputs, parseInputs } from './inputs.ts';
import { run } from './run.ts';
import { heldState } from './state.ts';
import type { Findings, Wishes } from './wishes.ts';

async function start(inputs: IbSnapshotInputs): Promise<void> {
  const { session, hosts, runs, timeline, run: own, compute } = wire('ib-snapshot', inputs);
  const receipts = receiptsOf(session, inputs);
  await tell<Findings>(
    {
      action: 'ib-snapshot',
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
        hosts,
        receipts,
        runs,
        clock: systemClock,
        logger,
        timeline,
        signal,
        run: own,
        version,
        remember: (held) => saveState(heldState, JSON.stringify(held)),
        forget: () => saveState(heldState, ''),
        found: (facts) => {
          found(facts);
          if (facts.receipt) setOutputs(facts.receipt);
          if (facts.receiptLocation) setOutput('receipt', facts.receiptLocation);
        },
      }),
  );
}

function setOutputs(receipt: Findings['receipt']): void {
  if (receipt.snapshot === undefined) return;
  setOutput('snapshot-id', receipt.snapshot.id);
  setOutput('volume-id', receipt.host.volumeId);
  setOutput('pause-seconds', receipt.quiesce.pauseSeconds === undefined ? '' : String(receipt.quiesce.pauseSeconds));
}

function wishesOf(inputs: IbSnapshotInputs): Wishes {
  return {
    source: inputs.source,
    region: inputs['aws-region'],
    instance: inputs.instance,
    mountPoint: inputs['mount-point'],
    service: inputs.service,
    socket: inputs.socket,
    defaultsFile: inputs['defaults-file'],
    mode: inputs.quiesce,
    maxPauseSeconds: inputs['max-pause'],
    checks: inputs.statements === '' ? '' : gzipSync(inputs.statements).toString('base64'),
    method: inputs.fingerprint,
    underLock: inputs['fingerprint-under-lock'],
    wait: inputs.wait,
    waitSeconds: inputs['wait-timeout'],
    retentionDays: inputs['retention-days'],
    tags: inputs.tags,
    dryRun: inputs['dry-run'],
  };
}

try {
  await start(parseInputs(readInput));
} catch (error) {
  setFailed(renderError(error));
}
