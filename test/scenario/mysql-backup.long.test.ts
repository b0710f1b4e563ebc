/** The faults of the nightly dump on a real MariaDB that mysql.test.ts leaves. */
import { afterAll, beforeAll, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { checkMysqlDump } from '../../lab/rehearsals/mysql/checks.ts';
import { mysqlFaults } from '../../lab/rehearsals/mysql/faults.ts';
import { mysqlSeed, mysqlSource } from '../../lab/rehearsals/mysql/seed.ts';
import { type DumpScenario, faultEnds, minute } from './support-dumps.ts';

let lab: Lab;
const scenario: DumpScenario = { workflow: 'mysql-backup', source: mysqlSource, check: checkMysqlDump };

beforeAll(async () => {
  lab = await startLab({ seed: mysqlSeed(4) });
}, 5 * minute);
afterAll(() => lab?.stop(), 2 * minute);

const names = mysqlFaults.map((fault) => fault.name).filter((name) => name !== 'lost-rows');

test.each(names)(
  '%s ends as it must, and the next run is good',
  async (name) => {
    await faultEnds(lab, scenario, name);
  },
  4 * minute,
);
