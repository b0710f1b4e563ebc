/** The Infobright backup: its seed is part of every lab (seed.ts). */
import { hasInputs, type RehearsedJob } from '../job.ts';
import { checkNothingLeft, checkOutcome } from './checks.ts';
import { infobrightFaults } from './faults.ts';

export const infobright: RehearsedJob = {
  workflow: 'infobright-backup',
  faults: infobrightFaults,
  // A dry run, or another check of an old snapshot, takes no snapshot: there is no verdict to look for.
  check: (lab, run) => (hasInputs(run) ? checkNothingLeft(lab) : checkOutcome(lab, run.ends, run.key)),
};
