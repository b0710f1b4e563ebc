/** The lab of the nightly dump, and the checks of a run that has ended. */
import { expect } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { namedFault } from '../../lab/rehearsals/jobs.ts';
import { checkDump } from '../../lab/rehearsals/postgres/checks.ts';
import { postgresSeed } from '../../lab/rehearsals/postgres/seed.ts';
import type { RunResult } from '../../lab/runner/runner.ts';

export const minute = 60_000;
export const startDatabases = (): Promise<Lab> => startLab({ seed: postgresSeed(30) });

/** The database that most tests dump. */
export const one = { source: 'infinite.prod' };

/** The faults in postgres.test.ts; the others are in the long suite. */
export const tellingFaults = ['truncated-dump', 'upload-broken', 'wrong-rows-restored'];

export const keyOf = (lab: Lab, { id }: RunResult): string => `${lab.github.state.fullName}/actions/runs/${id}`;

export const failed = (checks: readonly { holds: boolean; text: string }[]): string[] =>
  checks.filter((check) => !check.holds).map((check) => check.text);

/** Expects that a run with the fault ends as the fault says, and that the next run is good. */
export async function faultEnds(lab: Lab, name: string): Promise<void> {
  const { ends } = namedFault(name);
  const metrics = lab.datadog.series.length;
  lab.arrange(namedFault(name));
  const run = await lab.runWorkflow('postgres-backup', { inputs: one });
  lab.clearFaults();
  expect(run.conclusion).toBe(ends === 'good' ? 'success' : 'failure');
  expect(failed(await checkDump(lab, ends, keyOf(lab, run), { since: metrics }))).toEqual([]);
  const next = await lab.runWorkflow('postgres-backup', { inputs: one });
  expect(failed(await checkDump(lab, 'good', keyOf(lab, next)))).toEqual([]);
}
