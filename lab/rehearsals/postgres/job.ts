/** The PostgreSQL backup: a database dumped from the runner and on its host, proven and anonymised. */
import { hasInputs, type RehearsedJob } from '../job.ts';
import { checkDump, dumpedSources } from './checks.ts';
import { postgresFaults } from './faults.ts';
import { postgresSeed } from './seed.ts';

const [firstSource] = dumpedSources;

export const postgres: RehearsedJob = {
  workflow: 'postgres-backup',
  otherWorkflows: ['deploy', 'restore'],
  seed: postgresSeed(120),
  faults: postgresFaults,
  // A fault happens to one database: the other backup would say nothing about it.
  inputsWithFault: { source: firstSource },
  check: async (lab, run) =>
    hasInputs(run) ? [] : checkDump(lab, run.ends, run.key, { sources: run.withFault ? [firstSource] : dumpedSources }),
};
