/** The jobs that can be rehearsed, and all their faults by name. A new job is a folder here and one line below. */
import type { NamedFault } from './fault.ts';
import { infobright } from './infobright/job.ts';
import type { RehearsedJob } from './job.ts';
import { mongodb } from './mongodb/job.ts';
import { mysql } from './mysql/job.ts';
import { postgres } from './postgres/job.ts';
import { rotation } from './rotation/job.ts';
import type { LabSeed } from './seed.ts';

/** The first is what `npm run lab` rehearses by default. */
export const jobs: readonly [RehearsedJob, ...RehearsedJob[]] = [infobright, rotation, postgres, mongodb, mysql];

/** Every fault once. Several jobs may list the same one. */
export const namedFaults: readonly NamedFault[] = [...new Set(jobs.flatMap((job) => job.faults))];

/** The job of a workflow given by name or path; undefined for a workflow that has none. */
export function jobOf(workflow: string): RehearsedJob | undefined {
  const name = workflow.replace(/^\.github\/workflows\//, '').replace(/\.ya?ml$/, '');
  return jobs.find((job) => job.workflow === name);
}

/** The seed for a workflow given by name or path; undefined where the two hosts are enough. */
export function seedFor(workflow: string): LabSeed | undefined {
  const needed = jobs.find((job) =>
    [job.workflow, ...(job.otherWorkflows ?? [])].some((name) => workflow.includes(name)),
  );
  return needed?.seed;
}

/** The workflows that meet a fault, the likeliest first. */
export function workflowsOf(fault: NamedFault): string[] {
  return jobs.filter((job) => job.faults.includes(fault)).map((job) => job.workflow);
}

/** @throws Error that names every fault there is */
export function namedFault(name: string): NamedFault {
  const fault = namedFaults.find((one) => one.name === name);
  if (fault) return fault;
  throw new Error(`there is no fault ${JSON.stringify(name)}; the faults are ${faultNames()}`);
}

export function faultNames(): string {
  return namedFaults.map((fault) => fault.name).join(', ');
}

/** The exit status that the rehearsal of a fault should have: 1 where the run must fail, 0 where it ends well. */
export function expectedExit(fault: NamedFault): 0 | 1 {
  return fault.ends === 'good' || fault.ends === 'recovers' ? 0 : 1;
}
