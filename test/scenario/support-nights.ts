/** The nightly job's lab for the scenarios: hosts in containers, and what a test asks of a run that has ended. */

import { type Lab, startLab } from '../../lab/lab.ts';
import { checkNothingLeft, checkOutcome } from '../../lab/rehearsals/infobright/checks.ts';
import type { RunResult } from '../../lab/runner/runner.ts';

export const minutes = 60_000;

const changing = /^(Create|Delete|Attach|Detach|Start|Stop|Put|Modify)/;

/** Boots the hosts, with a short lease and a short patience with hanging calls. */
export const startNights = (): Promise<Lab> =>
  startLab({ vars: { HOLDFAST_IB_MAX_PAUSE: '12s', HOLDFAST_API_TIMEOUT: '3s' } });

export async function backup(lab: Lab, inputs?: Record<string, string>): Promise<RunResult> {
  return lab.runWorkflow('infobright-backup', inputs ? { inputs } : {});
}

export function keyOf(lab: Lab, run: RunResult): string {
  return `${lab.github.state.fullName}/actions/runs/${run.id}`;
}

/** Checks that do not hold; an empty list is what every test wants. */
export async function wrong(lab: Lab, run: RunResult, ends: 'good' | 'bad' | 'unproven'): Promise<string[]> {
  return (await checkOutcome(lab, ends, keyOf(lab, run))).filter((check) => !check.holds).map((check) => check.text);
}

export async function nothingLeft(lab: Lab): Promise<string[]> {
  return (await checkNothingLeft(lab)).filter((check) => !check.holds).map((check) => check.text);
}

/** Operations since `mark` that change something in AWS. */
export function changes(lab: Lab, mark: number): string[] {
  return lab.log.records
    .slice(mark)
    .filter((record) => ['ec2', 's3', 'ssm'].includes(record.endpoint) && changing.test(record.operation))
    .map((record) => record.operation);
}
