/** Wires ebs-rotate to AWS and GitHub, and starts it. */
import '../../runtime/small-heap.ts';

import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEstates } from '../../adapters/aws/ec2-region.ts';
import { createClient } from '../../adapters/github/client.ts';
import { logger, readInput, saveState, setFailed, setOutput } from '../../adapters/github/toolkit.ts';
import { createWorkflows } from '../../adapters/github/workflows.ts';
import { rotationParts } from '../../domain/rotation.ts';
import type { PlanLine } from '../../rotation/execute/rows.ts';
import { startOfDay } from '../../rotation/plan/dates.ts';
import { parseRetention, type Retention } from '../../rotation/plan/retention.ts';
import { decisiveTags } from '../../rotation/plan/tags.ts';
import { systemClock } from '../../runtime/clock.ts';
import { renderError } from '../../runtime/errors.ts';
import { tell } from '../common/reporting.ts';
import { channels, openSession, wire } from '../common/wiring.ts';
import { type EbsRotateInputs, parseInputs } from './inputs.ts';
import { regionsAtWork } from './regions.ts';
import { type Findings, run, type Wishes } from './run.ts';
import { Pauses, pausesState } from './state.ts';
import { waitForWorkflows } from './wait.ts';
import { hooksOf } from './wiring.ts';

/** GitHub drops an output over 1 MB. */
const outputLimit = 900_000;

async function start(inputs: EbsRotateInputs): Promise<void> {
  const { session, hosts, timeline, run: own } = wire('ebs-rotate', inputs);
  const region = inputs['aws-region'];
  const pauses = new Pauses((text) => saveState(pausesState, text));
  const finding = inputs.mode === 'regions';
  await tell<Findings>(
    {
      action: 'ebs-rotate',
      source: finding ? 'EBS snapshots of the account' : `EBS snapshots in ${region}`,
      run: own,
      runbookUrl: inputs['runbook-url'],
      dryRun: inputs['dry-run'],
      timeline,
      clock: systemClock,
      channels: channels(inputs),
    },
    async (signal, found) => {
      const estates = createEstates({
        session: (name) => (name === region ? session : openSession('ebs-rotate', inputs, name)),
        home: region,
        decisive: decisiveTags,
        signal,
      });
      let waited: string[] = [];
      if (inputs['wait-for'] !== '') {
        waited = await timeline.step('Wait for the dumps of today', () =>
          waitForWorkflows(
            createWorkflows(createClient({ token: inputs['github-token'] }), process.env.GITHUB_REPOSITORY ?? ''),
            {
              files: inputs['wait-for'].split(/ +/),
              since: startOfDay(systemClock.now(), inputs['time-zone']),
              timeoutSeconds: inputs['wait-for-timeout'],
              clock: systemClock,
              logger,
              signal,
            },
          ),
        );
        found({ notes: waited });
      }
      if (finding) {
        const regions = await timeline.step('Find the regions', () => regionsAtWork(estates, logger, signal));
        setOutput('regions', JSON.stringify(regions));
        found({ outcome: 'done', notes: [...waited, `regions with something to do: ${regions.join(', ') || 'none'}`] });
        return;
      }
      await run(wishesOf(inputs), {
        estates,
        hosts,
        hooks: hooksOf(session, own),
        clock: systemClock,
        logger,
        timeline,
        signal,
        run: own,
        random: Math.random,
        remember: (pause) => pauses.remember(pause),
        forget: (instanceId) => pauses.forget(instanceId),
        found: (facts) => {
          found(facts);
          if (facts.lines) setPlan(facts.lines);
          if (facts.rotation) setCounts(facts.rotation);
        },
      });
    },
  );
}

/** The whole plan as a file, and as an output where it is short enough. */
function setPlan(lines: readonly PlanLine[]): void {
  const text = JSON.stringify(lines);
  const file = join(process.env.RUNNER_TEMP ?? tmpdir(), `ebs-rotate-plan-${process.pid}.json`);
  writeFileSync(file, text);
  setOutput('plan-file', file);
  setOutput('plan', text.length <= outputLimit ? text : '');
}

function setCounts({ created, copied, expired }: Findings['rotation']): void {
  setOutput('created', String(created.reduce((all, one) => all + one.snapshotIds.length, 0)));
  setOutput('copied', String(copied.length));
  setOutput('expired', String(expired.length));
}

function wishesOf(inputs: EbsRotateInputs): Wishes {
  const { mode } = inputs;
  const every = inputs.every;
  return {
    region: inputs['aws-region'],
    parts: mode === 'create' || mode === 'copy' || mode === 'expire' ? [mode] : rotationParts,
    // Parsed once already, so it is there.
    retention: parseRetention(inputs.retention) as Retention,
    compareRetention: inputs['compare-retention'] === '' ? undefined : parseRetention(inputs['compare-retention']),
    everyHours: every === '1d' ? 24 : Number.parseInt(every, 10),
    slot: inputs.slot,
    timeZone: inputs['time-zone'],
    kmsKeys: inputs['kms-keys'],
    maxCopies: inputs['max-copies'],
    copyWaitSeconds: inputs['copy-wait'],
    maxPauseSeconds: inputs['max-pause'],
    documentSeconds: inputs['document-timeout'],
    maxExpiryShare: inputs['max-expiry-share'],
    allowMassExpiry: inputs['allow-mass-expiry'],
    price: Number(inputs['price-per-gib']),
    dryRun: inputs['dry-run'],
  };
}

try {
  await start(parseInputs(readInput));
} catch (error) {
  setFailed(renderError(error));
}
