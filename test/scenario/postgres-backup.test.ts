/** The nightly dump as GitHub would run it, on a real PostgreSQL: once well, once with each fault, and without a policy. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { namedFault } from '../../lab/rehearsals/jobs.ts';
import { checkDump, dumpedSources } from '../../lab/rehearsals/postgres/checks.ts';
import { postgresFaults } from '../../lab/rehearsals/postgres/faults.ts';
import { postgresSeed } from '../../lab/rehearsals/postgres/seed.ts';

const minute = 60_000;
let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ seed: postgresSeed(30) });
}, 5 * minute);
afterAll(() => lab?.stop(), 2 * minute);

const failed = (checks: readonly { holds: boolean; text: string }[]) =>
  checks.filter((one) => !one.holds).map((one) => one.text);
const one = { source: 'infinite.prod' };
const keyOf = (id: number | string): string => `${lab.github.state.fullName}/actions/runs/${id}`;

test(
  'the dump is proven, and the summary tells sizes, times and verdict',
  async () => {
    const run = await lab.runWorkflow('postgres-backup', { inputs: one });
    expect(run.conclusion).toBe('success');
    expect(failed(await checkDump(lab, 'good', keyOf(run.id)))).toEqual([]);
    expect(run.summary).toMatch(/The dump of infinite\.prod is good: restored and compared/);
    expect(run.summary).toMatch(
      /\| archive \| `s3:\/\/holdfast-dumps-lab\/db\/infinite-prod\.dump` \| [\d.]+ MiB \| – \| [\d.]+ s \| ✅ good/,
    );
    expect(run.summary).toMatch(/\| `infinite\.messages` \| addresses \| [\d,]+ \|/);
    // The lifecycle rule of the stack is the one that the input asks for.
    expect(run.summary).not.toContain('[!WARNING]');
  },
  2 * minute,
);

test(
  'rows that are gone are a warning that stands first, and the run stays green',
  async () => {
    const { databases } = lab;
    await databases?.source.sql(
      'CREATE TABLE public.kept AS TABLE infinite.subscribers; DELETE FROM infinite.subscribers',
      databases.name,
    );
    const run = await lab.runWorkflow('postgres-backup', { inputs: one });
    await databases?.source.sql('DROP TABLE public.kept', databases.name);
    expect(run.conclusion).toBe('success');
    expect(run.summary.split('\n').slice(0, 4).join('\n')).toMatch(
      /⚠️.*\n\n> \[!WARNING\]\n> - rows of infinite\.subscribers: [\d,]+ before, 0 now/,
    );
  },
  2 * minute,
);

test(
  'a dry run changes nothing',
  async () => {
    const before = [...lab.aws.s3.bucket(lab.aws.dumpBucket).objects.values()].flat().length;
    const run = await lab.runWorkflow('postgres-backup', { inputs: { 'dry-run': 'true', source: 'infinite.prod' } });
    expect(run.conclusion).toBe('success');
    expect(run.summary).toContain('dry run, nothing was changed');
    expect([...lab.aws.s3.bucket(lab.aws.dumpBucket).objects.values()].flat().length).toBe(before);
  },
  2 * minute,
);

test('a database that is not configured is named', async () => {
  const run = await lab.runWorkflow('postgres-backup', { inputs: { 'dry-run': 'true', source: 'nothing' } });
  expect(run.conclusion).toBe('failure');
});

describe('every fault ends as it must, and the next run is good', () => {
  const names = postgresFaults.map((fault) => fault.name);

  test.each(names)(
    '%s',
    async (name) => {
      const { ends } = namedFault(name);
      const metrics = lab.datadog.series.length;
      lab.arrange(namedFault(name));
      const run = await lab.runWorkflow('postgres-backup', { inputs: one });
      lab.clearFaults();
      expect(run.conclusion).toBe(ends === 'good' ? 'success' : 'failure');
      expect(failed(await checkDump(lab, ends, keyOf(run.id), { since: metrics }))).toEqual([]);
      const next = await lab.runWorkflow('postgres-backup', { inputs: one });
      expect(failed(await checkDump(lab, 'good', keyOf(next.id)))).toEqual([]);
    },
    3 * minute,
  );
});

test(
  'all databases in one run, one of them dumped on its host, which holds no credentials',
  async () => {
    const run = await lab.runWorkflow('postgres-backup');
    expect(run.conclusion).toBe('success');
    expect(failed(await checkDump(lab, 'good', keyOf(run.id), { sources: dumpedSources }))).toEqual([]);
    expect(run.summary).toMatch(/The dump of infinite\.host is good: restored and compared/);
    expect(run.summary).toMatch(/keeps the archive below \/var\/backups\/holdfast\/infinite-host/);
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

test('every statement of the policy is needed', () => {
  const { statements, neededStatements } = lab.aws;
  const own = statements.filter((one) => one.startsWith('holdfast-dump/'));
  expect(own.length).toBeGreaterThan(5);
  // What only a dead run or dated keys need is tried by the crash suite and the story's test.
  expect(own.filter((one) => !neededStatements.has(one))).toEqual(['holdfast-dump/RemoveDumps']);
});
