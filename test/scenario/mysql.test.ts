/** The nightly dump on a real MariaDB: all databases of a server and one of them, and a fault. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { checkMysqlDump } from '../../lab/rehearsals/mysql/checks.ts';
import { mysqlSeed, mysqlSource } from '../../lab/rehearsals/mysql/seed.ts';
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
const scenario: DumpScenario = { workflow: 'mysql-backup', source: mysqlSource, check: checkMysqlDump };

beforeAll(async () => {
  lab = await startLab({ seed: mysqlSeed(4) });
}, 5 * minute);
afterAll(() => lab?.stop(), 2 * minute);

test(
  'a server and one of its databases are dumped and proven, and a database is new in the next dump by itself',
  async () => {
    const run = await lab.runWorkflow('mysql-backup');
    expect(run.conclusion).toBe('success');
    const sources = [mysqlSource, 'crm.prod'];
    expect(failed(await checkMysqlDump(lab, 'good', keyOf(lab, run), { sources }))).toEqual([]);
    // The dump of one database says which are in none of it.
    expect(run.summary).toMatch(/not excluded: 2 databases \(shop, void\)/);

    await lab.mysql?.source.sql('CREATE DATABASE brand_new; CREATE TABLE brand_new.t (a INT PRIMARY KEY)');
    const next = await lab.runWorkflow('mysql-backup', { inputs: { source: mysqlSource } });
    expect(next.conclusion).toBe('success');
    expect(await receiptsOf(lab, next)).toContain('brand_new.t');
  },
  4 * minute,
);

test('a dry run changes nothing', () => dryRunChangesNothing(lab, scenario), 2 * minute);

test('lost-rows ends bad, and the next run is good', () => faultEnds(lab, scenario, 'lost-rows'), 4 * minute);
