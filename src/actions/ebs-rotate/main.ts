/** Wires ebs-rotate to AWS and GitHub, and starts it. */
import '../../runtime/small-heap.ts';

import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SsmClaims } from '../../adapters/aws/claims.ts';
import { createEc2Regions } from '../../adapters/aws/ec2-regions.ts';
import { createClient } from '../../adapters/github/client.ts';
import { saveState } from '../../adapters/github/toolkit.ts';
import { createWorkflows } from '../../adapters/github/workflows.ts';
import type { Workflows } from '../../ports/github.ts';
import { isLikeKeepForever } from '../../rotation/plan/near-miss.ts';
import { decisiveTags } from '../../rotation/plan/tags.ts';
import { openHosts, openRuns, openSession } from '../common/services.ts';
import { startAction } from '../common/start.ts';
import { inputs, type Settings } from './inputs.ts';
import type { Context, Findings, Ports } from './ports.ts';
import { run } from './run.ts';
import { claimState, SavedClaims } from './saved-claims.ts';
import { holdsState, SavedHolds } from './state.ts';
import { openHooks } from './wiring.ts';

/** GitHub drops an output over 1 MB. */
const longestOutput = 900_000;

await startAction<Settings, Findings>({
  name: 'ebs-rotate',
  inputs,
  source: ({ mode, awsRegion }) =>
    mode === 'regions' ? 'EBS snapshots of the account' : `EBS snapshots in ${awsRegion}`,
  outputs: ({ plan, rotation, regions }) => ({
    ...(plan && planOutputs(plan)),
    ...(rotation && countOutputs(rotation)),
    ...(regions && { regions: JSON.stringify(regions) }),
  }),
  run: (settings, context) => run(settings, openPorts(settings, context), context),
});

function openPorts(settings: Settings, { run: own, signal }: Context): Ports {
  const open = (region: string) => openSession('ebs-rotate', settings, region, own);
  const home = settings.awsRegion;
  const session = open(home);
  const { remember, forget } = new SavedHolds((text) => saveState(holdsState, text));
  return {
    regions: createEc2Regions({
      session: (region) => (region === home ? session : open(region)),
      home,
      tagsToKeep: { has: (key) => decisiveTags.has(key) || isLikeKeepForever(key) },
      signal,
    }),
    hosts: openHosts(session, 'ebs-rotate', settings, own),
    hooks: openHooks(session, settings, own),
    claims: new SavedClaims(new SsmClaims(session, signal), (text) => saveState(claimState, text)),
    workflows: openWorkflows(settings),
    runs: openRuns(settings),
    random: Math.random,
    remember,
    forget,
  };
}

/** The client is made when it is used, because it needs a token, and most runs wait for no workflow. */
function openWorkflows({ githubToken: token }: Settings): Workflows {
  return {
    newestRun: (file, since) =>
      createWorkflows(createClient({ token }), process.env.GITHUB_REPOSITORY ?? '').newestRun(file, since),
  };
}

/** The whole plan as a file, and as an output when it is short enough. */
function planOutputs(plan: Findings['plan']): Record<string, string> {
  const text = JSON.stringify(plan);
  const file = join(process.env.RUNNER_TEMP ?? tmpdir(), `ebs-rotate-plan-${process.pid}.json`);
  writeFileSync(file, text);
  return { 'plan-file': file, plan: text.length <= longestOutput ? text : '' };
}

function countOutputs({ created, copied, expired }: Findings['rotation']): Record<string, string> {
  return {
    created: String(created.reduce((all, one) => all + one.snapshotIds.length, 0)),
    copied: String(copied.length),
    expired: String(expired.length),
  };
}
