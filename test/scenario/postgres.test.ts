/** The nightly dump on a real PostgreSQL: one good run, and the most telling faults. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import { checkDump } from '../../lab/rehearsals/postgres/checks.ts';
import { expectCalled, runCaller } from './support-callers.ts';
import { dryRunChangesNothing, failed, faultEnds, keyOf, minute } from './support-dumps.ts';
import { one, scenario, startDatabases, tellingFaults } from './support-postgres.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startDatabases();
}, 5 * minute);
afterAll(() => lab?.stop(), 2 * minute);

test(
  'the dump is proven, and the summary shows sizes, times and verdict',
  async () => {
    const run = await lab.runWorkflow('postgres-backup', { inputs: one });
    expect(run.conclusion).toBe('success');
    expect(failed(await checkDump(lab, 'good', keyOf(lab, run)))).toEqual([]);
    expect(run.summary).toMatch(/The dump of infinite\.prod is good: restored and compared/);
    expect(run.summary).toMatch(
      /\| archive \| `s3:\/\/holdfast-dumps-lab\/db\/infinite-prod\.dump` \| [\d.]+ MiB \| – \| [\d.]+ s \| ✅ good/,
    );
    expect(run.summary).toMatch(/\| `infinite\.messages` \| emails \| [\d,]+ \|/);
    // The lifecycle rule of the stack keeps as many versions as the input says.
    expect(run.summary).not.toContain('[!WARNING]');
  },
  2 * minute,
);

test(
  'rows that are gone are a warning at the top of the summary, and the run stays green',
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
  'a repository that has only the caller of docs/postgres.md: a dump that is proven, with one secret for the database',
  async () => {
    const secrets = lab.runner.options.secrets ?? {};
    const run = await runCaller(lab, 'docs/postgres.md', {
      // Where the lab's tools and its room are; the rest is in the file.
      vars: { HOLDFAST_INSTALL_CLIENT: 'false', HOLDFAST_DUMP_WORK_DIRECTORY: lab.databases?.workDirectory ?? '' },
      secrets: Object.fromEntries(
        ['INFINITE_PROD_URL', 'HOLDFAST_ANONYMIZE_KEY'].map((name) => [name, secrets[name] ?? '']),
      ),
    });
    expectCalled(lab, run);
    expect(run.summary).toMatch(/The dump of infinite\.prod is good: restored and compared/);
  },
  2 * minute,
);

test(
  'a pinned dump has keys of its own, label, version and commit, and the next night tells of it',
  async () => {
    const marks = { 'keep-forever': 'true', label: 'before-2.0', 'application-version': '1.9.3' };
    const run = await lab.runWorkflow('postgres-backup', { inputs: { ...one, ...marks } });
    expect(run.conclusion).toBe('success');
    expect(failed(await checkDump(lab, 'good', keyOf(lab, run)))).toEqual([]);
    for (const fact of [/\| Pinned +\| kept for ever/, /\| Label +\| before-2\.0/, /\| Application +\| 1\.9\.3/])
      expect(run.summary).toMatch(fact);
    expect(run.summary).toMatch(/\| Commit +\| [0-9a-f]{40}/);
    const stored = [...lab.aws.s3.bucket(lab.aws.dumpBucket).objects];
    const own = stored.filter(([key]) => /^db\/infinite-prod\/\d{8}T\d{6}Z\/infinite-prod\./.test(key));
    expect(own.map(([, versions]) => versions.map(({ tags }) => [tags.KeepForever, tags['holdfast:verdict']]))).toEqual(
      Array.from({ length: 3 }, () => [['Yes', 'good']]),
    );
    const next = await lab.runWorkflow('postgres-backup', { inputs: { ...one, 'dry-run': 'true' } });
    expect(next.summary).toMatch(/keep 1 pinned dump: \S+ \(before-2\.0\)/);
  },
  5 * minute,
);

test('a dry run changes nothing', () => dryRunChangesNothing(lab, scenario), 2 * minute);

test('a database that is not configured fails the run', async () => {
  const run = await lab.runWorkflow('postgres-backup', { inputs: { 'dry-run': 'true', source: 'nothing' } });
  expect(run.conclusion).toBe('failure');
});

describe('every fault ends as it must, and the next run is good', () => {
  test.each(tellingFaults)('%s', (name) => faultEnds(lab, scenario, name), 3 * minute);
});
