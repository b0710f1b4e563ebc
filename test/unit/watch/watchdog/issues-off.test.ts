/** Whatever the issues do, the page, the metrics and the message name what is missing. */
import { expect, test } from '@jest/globals';
import { inputs } from '../../../../src/actions/watchdog/inputs.ts';
import { metricsKey } from '../../../../src/actions/watchdog/metrics.ts';
import type { Findings, Ports } from '../../../../src/actions/watchdog/ports.ts';
import { run } from '../../../../src/actions/watchdog/run.ts';
import { toGitHubError } from '../../../../src/adapters/github/client.ts';
import { explain } from '../../../../src/runtime/errors.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../../fakes/context.ts';
import { FakeEc2Regions } from '../../../fakes/ec2-region.ts';
import { FakeObjects } from '../../../fakes/objects.ts';

const bucket = 'acme-receipts';
const targets = '{"orders":{"cron":"17 3 * * *"}}';
const missing = 'orders has never been backed up';

// How GitHub answers for a repository without issues (github.com/gitpoint/git-point/issues/256; GitHub Docs, "REST API endpoints for issues").
const off = toGitHubError(
  Object.assign(new Error('Issues are disabled for this repo'), { status: 410, response: {} }),
  'listing issues',
  'issues: write',
);

/** The second look, when a promised run has made no backup. @param breaks what it cannot read beside */
async function secondLook(issues: Ports['issues'], breaks: (objects: FakeObjects) => void = () => {}) {
  const clock = new FakeClock('2026-11-20T00:00:00.000Z');
  const objects = new FakeObjects(clock);
  const regions = new FakeEc2Regions(clock, ['us-east-1']);
  const findings: Partial<Findings> = {};
  const pages: string[] = [];
  const ports: Ports = {
    ...{ objects, regions, issues, repository: 'acme/backups', links: { docsUrl: 'https://github.com/acme/holdfast' } },
    github: {
      get: async (path) =>
        path.includes('/actions/workflows?')
          ? { status: 200, body: { workflows: [] } }
          : { status: 200, body: { owner: { login: 'acme', id: 1 }, name: 'backups', id: 2, default_branch: 'main' } },
    },
    writePage: (html) => `/tmp/page-${pages.push(html)}`,
    push: async () => ({ sent: true }),
  };
  const look = (some: Ports) => {
    const context = fakeContext<Findings>(clock, fakeRun(7), (one) => Object.assign(findings, one));
    const given = { 'aws-region': 'us-east-1', 'receipt-bucket': bucket, metrics: 'bucket', targets };
    return run(settingsFrom(inputs, given), some, context);
  };
  await look({ ...ports, issues: async () => [] });
  clock.advance(2 * 24 * 3_600_000);
  breaks(objects);
  const error = await look(ports).then(
    () => undefined,
    (reason: unknown) => explain(reason),
  );
  return { error, findings, page: pages.at(-1), metrics: await objects.text({ bucket, key: metricsKey }) };
}

const sample = 'holdfast_backup_missing{source="orders",kind="database-dump"}';

test('issues that are turned off cost neither page nor metrics nor names, and fail the run with what to do', async () => {
  const { error, findings, page, metrics } = await secondLook(async () => Promise.reject(off));
  expect(error).toMatchObject({
    what: 'the issues of the watchdog could not be kept: listing issues on GitHub failed: 410 Issues are disabled for this repo',
    likelyCause: 'issues are turned off',
    fix: 'turn on Issues in the settings of the repository',
  });
  expect(page).toContain(missing);
  expect(metrics).toContain(`${sample} 1`);
  expect(findings.watch?.told?.map(({ what }) => what)).toEqual([expect.stringContaining(missing)]);
});

test('issues that are kept say themselves what is told now', async () => {
  const { error, findings, page } = await secondLook(async () => []);
  expect([error, findings.watch?.told, findings.outcome]).toEqual([undefined, [], 'done']);
  expect(page).toContain(missing);
});

test('that nobody can say what is missing is told beside it', async () => {
  const refuse = async () => Promise.reject(off);
  const { error } = await secondLook(refuse, (objects) => {
    objects.list = async () => Promise.reject(new Error('AccessDenied'));
  });
  expect(error?.what).toMatch(
    /^the issues of the watchdog could not be kept: .*; turn on Issues in the settings of the repository; and nobody can say whether 1 source of 1 is backed up; .*AccessDenied$/,
  );
});
