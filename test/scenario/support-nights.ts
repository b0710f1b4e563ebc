/** The lab of the Infobright scenarios, and what their tests check after a run. */
import { expect } from '@jest/globals';
import { type Lab, type LabOptions, startLab } from '../../lab/lab.ts';
import { checkNothingLeft, checkOutcome, metric } from '../../lab/rehearsals/infobright/checks.ts';
import { namedFault } from '../../lab/rehearsals/jobs.ts';
import type { RunResult } from '../../lab/runner/runner.ts';

export const minutes = 60_000;

const changing = /^(Create|Delete|Attach|Detach|Start|Stop|Put|Modify)/;

/** Starts the lab with a short lease and a short timeout for hanging calls. */
export const startNights = (options: Pick<LabOptions, 'profile'> = {}): Promise<Lab> =>
  startLab({ ...options, vars: { HOLDFAST_IB_MAX_PAUSE: '12s', HOLDFAST_API_TIMEOUT: '3s' } });

export async function backup(lab: Lab, inputs?: Record<string, string>): Promise<RunResult> {
  return lab.runWorkflow('infobright-backup', inputs ? { inputs } : {});
}

export function keyOf(lab: Lab, run: RunResult): string {
  return `${lab.github.state.fullName}/actions/runs/${run.id}`;
}

/** The checks that do not hold: none after a run that ended as it should. */
export async function wrong(lab: Lab, run: RunResult, ends: 'good' | 'bad' | 'unproven'): Promise<string[]> {
  return (await checkOutcome(lab, ends, keyOf(lab, run))).filter((check) => !check.holds).map((check) => check.text);
}

export async function nothingLeft(lab: Lab): Promise<string[]> {
  return (await checkNothingLeft(lab)).filter((check) => !check.holds).map((check) => check.text);
}

/**
 * A backup whose runner is killed in the pause.
 * @param looks asked as soon as it has been: the lease may end before the run does
 */
export async function backupKilledInPause<T>(
  lab: Lab,
  inputs: Record<string, string>,
  looks: () => Promise<T>,
): Promise<{ readonly run: RunResult; readonly seen: T }> {
  const fault = 'runner-killed-in-pause';
  const mark = lab.log.records.length;
  lab.arrange(namedFault(fault));
  const ended = backup(lab, inputs);
  while (!lab.log.records.slice(mark).some((record) => record.fault === fault))
    await new Promise((resolve) => setTimeout(resolve, 20));
  const seen = await looks();
  return { run: await ended, seen };
}

/** Operations since `mark` that change something in AWS. */
export function changes(lab: Lab, mark: number): string[] {
  return lab.log.records
    .slice(mark)
    .filter((record) => ['ec2', 's3', 'ssm'].includes(record.endpoint) && changing.test(record.operation))
    .map((record) => record.operation);
}

/** A copy that is wrong: bad, metric 0, one issue with the check, closed by the next good run. */
export async function endsBad(lab: Lab, fault: string): Promise<void> {
  lab.arrange(namedFault(fault));
  const run = await backup(lab);
  expect(run.conclusion).toBe('failure');
  expect(await wrong(lab, run, 'bad')).toEqual([]);
  const open = lab.github.state.issues.filter((issue) => issue.state === 'open');
  expect(open).toHaveLength(1);
  expect(open[0]?.body).toContain(run.url);
  lab.clearFaults();
  const next = await backup(lab);
  expect(next.conclusion).toBe('success');
  expect(await wrong(lab, next, 'good')).toEqual([]);
  expect(lab.github.state.issues.filter((issue) => issue.state === 'open')).toEqual([]);
}

/** Trouble with the machinery: no verdict, no metric, an error that says what stood in the way. */
export async function endsUnproven(lab: Lab, fault: string, words: RegExp): Promise<void> {
  const before = lab.datadog.series.filter((one) => one.metric === metric).length;
  lab.arrange(namedFault(fault));
  const run = await backup(lab);
  expect(run.conclusion).toBe('failure');
  expect(run.summary).toMatch(words);
  expect(lab.datadog.series.filter((one) => one.metric === metric)).toHaveLength(before);
  expect(
    (await lab.state.snapshots()).filter((one) => one.tags['holdfast:run'] === keyOf(lab, run) && one.tags.Integrity),
  ).toEqual([]);
  lab.clearFaults();
  expect(await nothingLeft(lab)).toEqual([]);
}
