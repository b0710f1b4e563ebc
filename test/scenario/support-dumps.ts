/** What the scenarios of the nightly dumps share: a run with a fault, and the checks of a run that has ended. */
import { expect } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import type { Check } from '../../lab/rehearsals/check.ts';
import type { Ending } from '../../lab/rehearsals/fault.ts';
import { namedFault } from '../../lab/rehearsals/jobs.ts';
import type { RunResult } from '../../lab/runner/runner.ts';

export const minute = 60_000;

export const keyOf = (lab: Lab, { id }: RunResult): string => `${lab.github.state.fullName}/actions/runs/${id}`;

export const failed = (checks: readonly Check[]): string[] =>
  checks.filter((check) => !check.holds).map((check) => check.text);

/** A workflow that dumps, and the source to which faults happen. */
export interface DumpScenario {
  readonly workflow: string;
  readonly source: string;
  readonly check: (lab: Lab, ends: Ending, key: string, options?: { readonly since?: number }) => Promise<Check[]>;
}

/** Expects that a run with the fault ends as the fault says, and that the next run is good. @returns the run with the fault */
export async function faultEnds(lab: Lab, scenario: DumpScenario, name: string): Promise<RunResult> {
  const { workflow, source, check } = scenario;
  const { ends } = namedFault(name);
  const since = lab.datadog.series.length;
  lab.arrange(namedFault(name));
  const run = await lab.runWorkflow(workflow, { inputs: { source } });
  lab.clearFaults();
  expect(run.conclusion).toBe(ends === 'good' ? 'success' : 'failure');
  expect(failed(await check(lab, ends, keyOf(lab, run), { since }))).toEqual([]);
  const next = await lab.runWorkflow(workflow, { inputs: { source } });
  expect(failed(await check(lab, 'good', keyOf(lab, next)))).toEqual([]);
  return run;
}

/** Expects that a dry run says so, and leaves the bucket as it was. */
export async function dryRunChangesNothing(lab: Lab, { workflow, source }: DumpScenario): Promise<void> {
  const count = (): number => [...lab.aws.s3.bucket(lab.aws.dumpBucket).objects.values()].flat().length;
  const before = count();
  const run = await lab.runWorkflow(workflow, { inputs: { source, 'dry-run': 'true' } });
  expect(run.conclusion).toBe('success');
  expect(run.summary).toContain('dry run, nothing was changed');
  expect(count()).toBe(before);
}

/** The receipts of a run, as they are stored. */
export async function receiptsOf(lab: Lab, run: RunResult): Promise<string> {
  const all = Object.values(await lab.state.receipts());
  return all.filter((text) => text.includes(keyOf(lab, run))).join();
}
