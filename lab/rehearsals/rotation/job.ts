/** The rotation of EBS snapshots. */
import type { RehearsedJob } from '../job.ts';
import { checkNothingChanged, checkRotation } from './checks.ts';
import { rotationFaults } from './faults.ts';
import { rotationSeed } from './seed.ts';

export const rotation: RehearsedJob = {
  workflow: 'ebs-rotate',
  seed: rotationSeed,
  faults: rotationFaults,
  check: async (lab, run) => (run.ends === 'good' ? checkRotation(lab) : []),
  checkRepeated: async (lab, first) => [checkNothingChanged(lab, first), ...(await checkRotation(lab))],
};
