/** The MySQL backup: all databases of a MariaDB server, and one of them by itself, proven and anonymised. */
import { hasInputs, type RehearsedJob } from '../job.ts';
import { checkMysqlDump } from './checks.ts';
import { mysqlFaults } from './faults.ts';
import { mysqlSeed, mysqlSource } from './seed.ts';

export const mysql: RehearsedJob = {
  workflow: 'mysql-backup',
  seed: mysqlSeed(40),
  faults: mysqlFaults,
  // A fault happens to the dump of the whole server: the other one would say nothing about it.
  inputsWithFault: { source: mysqlSource },
  check: async (lab, run) =>
    hasInputs(run)
      ? []
      : checkMysqlDump(lab, run.ends, run.key, { sources: run.withFault ? [mysqlSource] : [mysqlSource, 'crm.prod'] }),
};
