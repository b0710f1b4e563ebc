/** The MongoDB backup: a whole server as a tarball, and one of its databases as an archive stream, proven and anonymised. */
import { hasInputs, type RehearsedJob } from '../job.ts';
import { checkMongodbDump } from './checks.ts';
import { mongodbFaults } from './faults.ts';
import { crmSource, mongodbSeed, mongodbSource } from './seed.ts';

export const mongodb: RehearsedJob = {
  workflow: 'mongodb-backup',
  seed: mongodbSeed(5),
  faults: mongodbFaults,
  // A fault happens to the dump of the whole server: the other one would say nothing about it.
  inputsWithFault: { source: mongodbSource },
  check: async (lab, run) =>
    hasInputs(run)
      ? []
      : checkMongodbDump(lab, run.ends, run.key, {
          sources: run.withFault ? [mongodbSource] : [mongodbSource, crmSource],
        }),
};
