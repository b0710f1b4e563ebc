/** The nightly dump as GitHub runs it, on a real PostgreSQL: with the remaining faults, and with the policy of the stack. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import { checkDump, dumpedSources } from '../../lab/rehearsals/postgres/checks.ts';
import { postgresFaults } from '../../lab/rehearsals/postgres/faults.ts';
import { failed, faultEnds, keyOf, minute } from './support-dumps.ts';
import { scenario, startDatabases, tellingFaults } from './support-postgres.ts';
import { nothing, privileges } from './support-privileges.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startDatabases();
}, 5 * minute);
afterAll(() => lab?.stop(), 2 * minute);

describe('every fault ends as it must, and the next run is good', () => {
  const names = postgresFaults.map((fault) => fault.name).filter((name) => !tellingFaults.includes(name));

  test.each(names)('%s', (name) => faultEnds(lab, scenario, name), 3 * minute);
});

test(
  'all databases in one run, one of them dumped on its host, which holds no credentials',
  async () => {
    const run = await lab.runWorkflow('postgres-backup');
    expect(run.conclusion).toBe('success');
    expect(failed(await checkDump(lab, 'good', keyOf(lab, run), { sources: dumpedSources }))).toEqual([]);
    expect(run.summary).toMatch(/The dump of infinite\.host is good: restored and compared/);
    expect(run.summary).toMatch(/keeps the archive below \/var\/backups\/holdfast\/infinite-host/);
  },
  3 * minute,
);

test(
  'all databases of a server: one that is new is dumped and proven without anybody thinking of it',
  async () => {
    const { databases, runner } = lab;
    const vars = runner.options.vars as Record<string, string>;
    const before = vars.HOLDFAST_DATABASES ?? '';
    for (const name of ['brand new', 'test_1']) await databases?.source.createDatabase(name);
    await databases?.source.sql('CREATE TABLE t AS SELECT 1 AS n', 'brand new');
    vars.HOLDFAST_DATABASES = JSON.stringify([
      { source: 'lab', secret: 'INFINITE_PROD_URL', databases: 'all', 'exclude-databases': ['test_*'] },
    ]);
    try {
      const run = await lab.runWorkflow('postgres-backup');
      expect(run.conclusion).toBe('success');
      expect(run.summary).toContain('The databases of lab are listed: 2 to dump');
      expect(run.summary).toContain('the database test_1 is excluded');
      for (const name of ['brand new', databases?.name])
        expect(run.summary).toContain(`The dump of lab/${name} is good: restored and compared`);
      const keys = [...lab.aws.s3.bucket(lab.aws.dumpBucket).objects.keys()];
      expect(keys).toContainEqual(expect.stringMatching(/^db\/lab\/brand-new-[0-9a-f]{8}\.dump$/));
    } finally {
      vars.HOLDFAST_DATABASES = before;
      for (const name of ['brand new', 'test_1']) await databases?.source.sql(`DROP DATABASE "${name}" WITH (FORCE)`);
    }
  },
  3 * minute,
);

test(
  'a deployment backs up first',
  async () => {
    const run = await lab.runWorkflow('deploy-example', { event: 'workflow_dispatch' });
    expect(run.jobs.map((job) => [job.id, job.conclusion])).toEqual(expect.arrayContaining([['deploy', 'success']]));
  },
  2 * minute,
);

test('what these runs show of the policies still holds: without it a call of theirs is refused', async () => {
  expect(await privileges(lab, 'postgres-backup')).toEqual(nothing);
});
