/** The nightly dump on FerretDB: a whole deployment through kubectl, and one of its databases from the runner, and a fault. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { checkMongodbDump } from '../../lab/rehearsals/mongodb/checks.ts';
import { crmSource, mongodbSeed, mongodbSource } from '../../lab/rehearsals/mongodb/seed.ts';
import {
  type DumpScenario,
  dryRunChangesNothing,
  failed,
  faultEnds,
  keyOf,
  minute,
  receiptsOf,
} from './support-dumps.ts';

let lab: Lab;
const scenario: DumpScenario = { workflow: 'mongodb-backup', source: mongodbSource, check: checkMongodbDump };

beforeAll(async () => {
  lab = await startLab({ seed: mongodbSeed(1) });
}, 5 * minute);
afterAll(() => lab?.stop(), 2 * minute);

test(
  'a deployment and one of its databases are dumped and proven, and a database is new in the next dump by itself',
  async () => {
    const run = await lab.runWorkflow('mongodb-backup');
    expect(run.conclusion).toBe('success');
    const sources = [mongodbSource, crmSource];
    expect(failed(await checkMongodbDump(lab, 'good', keyOf(lab, run), { sources }))).toEqual([]);

    await lab.mongodb?.source.client.db('brand_new').collection('t').insertOne({ a: 1 });
    const next = await lab.runWorkflow('mongodb-backup', { inputs: { source: mongodbSource } });
    expect(next.conclusion).toBe('success');
    expect(await receiptsOf(lab, next)).toContain('brand_new.t');
  },
  4 * minute,
);

test('a dry run changes nothing', () => dryRunChangesNothing(lab, scenario), 2 * minute);

test(
  'a stream that kubectl cuts ends red with exec-cut, and the next run is good',
  async () => {
    const run = await faultEnds(lab, scenario, 'exec-cut');
    expect(run.summary).toMatch(
      /what mongodump of crm in the pod mongo-1 \(namespace ingest\) wrote did not arrive as it was sent: \d+ bytes were sent, 10000 arrived/,
    );
    expect(run.summary).toContain('runbook.md#exec-cut');
  },
  4 * minute,
);
