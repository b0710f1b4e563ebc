/** The nightly job in trouble: copies that are wrong, machinery that fails (the most telling faults: infobright.test.ts). */

import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { source } from '../../lab/hosts/pair.ts';
import type { Lab } from '../../lab/lab.ts';
import { override } from '../../lab/rehearsals/fault.ts';
import { namedFault } from '../../lab/rehearsals/jobs.ts';
import type { RunResult } from '../../lab/runner/runner.ts';
import { backup, changes, endsBad, endsUnproven, minutes, startNights, wrong } from './support-nights.ts';
import { nothing, privileges } from './support-privileges.ts';

let lab: Lab;

const textOf = (run: RunResult): string =>
  [run.summary, ...run.jobs.map((job) => (job.logPath ? readFileSync(job.logPath, 'utf8') : ''))].join('\n');

beforeAll(async () => {
  lab = await startNights();
}, 300_000);

afterEach(() => {
  lab.clearFaults();
});

afterAll(async () => {
  await lab?.stop();
}, 120_000);

describe('a copy that is wrong', () => {
  test.each(['corrupt-volume', 'missing-table', 'damaged-filesystem'])(
    '%s: bad, metric 0, one issue with the check, closed by the next good run',
    async (fault) => {
      await endsBad(lab, fault);
    },
    5 * minutes,
  );
});

describe('trouble with the machinery', () => {
  test.each(['throttle', 'credentials-expire', 'detach-stuck'])(
    '%s: waited out, ends good',
    async (fault) => {
      lab.arrange(namedFault(fault));
      const run = await backup(lab);
      expect(run.conclusion).toBe('success');
      expect(await wrong(lab, run, 'good')).toEqual([]);
    },
    5 * minutes,
  );

  test.each([
    ['snapshot-error', /error/i],
    ['role-refused', /not-trusted/],
    ['newer-filesystem', /does not know: kernel: XFS .* unknown incompatible features/],
  ] as const)(
    '%s: no verdict, no metric, an error that says what stood in the way',
    async (fault, words) => {
      await endsUnproven(lab, fault, words);
    },
    5 * minutes,
  );
});

/** What no role may do, tried by the actions themselves; each says in words what was sent and what the role expects. */
describe('refused', () => {
  const refusals = (inputs: Record<string, string> = {}) =>
    lab.runWorkflow('test/scenario/workflows/refusals.yml', { event: 'workflow_dispatch', inputs });
  /** The run fails with these words, and nothing is changed. */
  const ends = async (run: RunResult, mark: number, ...words: readonly string[]): Promise<void> => {
    expect(run.conclusion).toBe('failure');
    for (const one of words) expect(textOf(run)).toContain(one);
    expect(changes(lab, mark)).toEqual([]);
    expect(await lab.hosts.sourceAnswers()).toBe(true);
  };

  test.each([
    ['another repository', 'repo:acme/other:ref:refs/heads/main', 'the branch main of acme/other'],
    ['another branch', 'repo:acme/backups:ref:refs/heads/feature', 'the branch feature of acme/backups'],
  ])(
    '%s',
    async (_what, subject, words) => {
      lab.arrange({ arrange: ({ github }) => override(github.oidc, 'subjectOverride', subject) });
      const mark = lab.log.records.length;
      await ends(await refusals(), mark, words, `sub "${subject}"`, 'AllowedSubjects', 'npm run doctor');
    },
    minutes,
  );

  test(
    'an environment',
    async () => {
      const mark = lab.log.records.length;
      const run = await refusals({ environment: 'production' });
      await ends(run, mark, 'has the environment production', 'sub "repo:acme/backups:environment:production"');
    },
    minutes,
  );

  test(
    "a fork's pull request",
    async () => {
      const mark = lab.log.records.length;
      const workflow = 'test/scenario/workflows/refusals.yml';
      const run = await lab.runWorkflow(workflow, { event: 'pull_request', fork: true });
      await ends(run, mark, 'pull request of the fork somebody/fork', 'GitHub gives forks no identity token');
    },
    minutes,
  );

  test.each([
    ['any script', 'AWS-RunShellScript', 'No role of the stack may run AWS-RunShellScript'],
    ['a document of another stack', 'Other-', "the same as the stack's parameter DocumentPrefix"],
  ])(
    '%s',
    async (_what, documents, words) => {
      const mark = lab.log.records.length;
      await ends(await refusals({ documents }), mark, 'only the documents of its own stack', words);
    },
    minutes,
  );

  test(
    'an untagged instance',
    async () => {
      await lab.state.untag(source.id, ['holdfast:host']);
      try {
        const mark = lab.log.records.length;
        await ends(await refusals(), mark, source.id, 'has no tag holdfast:host', 'only when that tag is "source"');
      } finally {
        await lab.state.tag(source.id, { 'holdfast:host': 'source' });
      }
    },
    minutes,
  );

  test(
    'a foreign snapshot',
    async () => {
      const [id = ''] = (await lab.state.snapshots()).map((one) => one.id);
      await lab.state.tag(id, { 'holdfast:made-by': 'somebody' });
      try {
        const mark = lab.log.records.length;
        await ends(await refusals({ 'snapshot-id': id }), mark, id, 'ib-snapshot');
      } finally {
        await lab.state.tag(id, { 'holdfast:made-by': 'ib-snapshot' });
      }
    },
    2 * minutes,
  );
});

test('what these runs show of the policies still holds, and an independent evaluator decides the same', async () => {
  expect(await privileges(lab, 'infobright-trouble')).toEqual(nothing);
});
