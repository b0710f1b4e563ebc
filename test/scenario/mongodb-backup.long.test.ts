/** The faults of the nightly dump on FerretDB that mongodb.test.ts leaves. */
import { afterAll, beforeAll, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { checkMongodbDump } from '../../lab/rehearsals/mongodb/checks.ts';
import { mongodbFaults } from '../../lab/rehearsals/mongodb/faults.ts';
import { mongodbSeed, mongodbSource } from '../../lab/rehearsals/mongodb/seed.ts';
import { type DumpScenario, faultEnds, minute } from './support-dumps.ts';

let lab: Lab;
const scenario: DumpScenario = { workflow: 'mongodb-backup', source: mongodbSource, check: checkMongodbDump };

beforeAll(async () => {
  lab = await startLab({ seed: mongodbSeed(5) });
}, 5 * minute);
afterAll(() => lab?.stop(), 2 * minute);

const names = mongodbFaults.map((fault) => fault.name).filter((name) => name !== 'exec-cut');

test.each(names)(
  '%s ends as it must, and the next run is good',
  async (name) => {
    await faultEnds(lab, scenario, name);
  },
  4 * minute,
);
