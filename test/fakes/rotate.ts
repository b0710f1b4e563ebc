/** One run of a rotation against the lab's EC2, as a process would make it. */
import { inputs, type Settings } from '../../src/actions/ebs-rotate/inputs.ts';
import type { Context, Findings, Ports } from '../../src/actions/ebs-rotate/ports.ts';
import { run } from '../../src/actions/ebs-rotate/run.ts';
import type { Workflows } from '../../src/ports/github.ts';
import { Timeline } from '../../src/runtime/timeline.ts';
import { FakeClaims } from './claims.ts';
import { FakeLogger } from './clock.ts';
import { settingsFrom } from './context.ts';
import type { Ec2Lab } from './ec2-lab.ts';
import { FakeFreezer, FakeHooks } from './quiesce.ts';

const settings = settingsFrom(inputs, { 'aws-region': 'us-east-1', 'document-timeout': '30s' });

/** The hosts and documents of a region. They outlive a run, as the real ones do. */
export interface RegionHosts {
  readonly freezer: FakeFreezer;
  readonly hooks: FakeHooks;
  readonly claims: FakeClaims;
}

export function regionHosts(lab: Ec2Lab): RegionHosts {
  return { freezer: new FakeFreezer(lab.time), hooks: new FakeHooks(lab.time), claims: new FakeClaims() };
}

/** What a run works with; tests that disturb it replace parts of it. */
export interface RunParts {
  readonly ports: Ports;
  readonly context: Context;
}

export interface Rotated {
  readonly error: unknown;
  readonly findings: Partial<Findings>;
  readonly logger: FakeLogger;
}

const noWorkflows: Workflows = { newestRun: async () => ({ state: 'none', url: '' }) };

let next = 1;

/** @param change wraps ports and context, for tests that disturb them */
export async function rotate(
  lab: Ec2Lab,
  { freezer, hooks, claims }: RegionHosts,
  more: Partial<Settings> = {},
  change: (parts: RunParts) => RunParts = (parts) => parts,
): Promise<Rotated> {
  const logger = new FakeLogger();
  const id = String(next++);
  const all: Settings = { ...settings, ...more };
  const findings: Partial<Findings> = {};
  const { ports, context } = change({
    ports: {
      regions: lab.openRegions(all.awsRegion, logger),
      hosts: freezer,
      hooks,
      claims,
      workflows: noWorkflows,
      runs: { state: async () => 'unknown' },
      random: () => 0.5,
      remember: () => {},
      forget: () => {},
    },
    context: {
      clock: lab.time,
      logger,
      timeline: new Timeline(lab.time, logger),
      signal: new AbortController().signal,
      run: { key: `acme/backups/actions/runs/${id}`, url: `https://github.example/${id}`, id, attempt: 1 },
      report: (more) => Object.assign(findings, more),
    },
  });
  try {
    await run(all, ports, context);
    return { error: undefined, findings, logger };
  } catch (error) {
    return { error, findings, logger };
  }
}
