/** Everything a run says, against the lab's GitHub, Slack and Datadog, which refuse what the real ones refuse. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type GitHubLab, startGitHub } from '../../lab/services/github/server.ts';
import type { Permissions } from '../../lab/services/github/state.ts';
import type { CallRecord } from '../../lab/services/http/call-log.ts';
import { faultRules } from '../../lab/services/http/faults.ts';
import { type DatadogLab, startDatadog } from '../../lab/services/notify/datadog.ts';
import { type SlackLab, startSlack } from '../../lab/services/notify/slack.ts';
import { publish } from '../../src/adapters/notify/publish.ts';
import type { Report } from '../../src/report/report.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { bad, good, taken, unproven } from '../unit/report/samples.ts';

const records: CallRecord[] = [];
const log = { path: '', records, add: (record: CallRecord) => void records.push(record) };
const faults = faultRules();
const clock: Clock = { now: () => new Date(), sleep: async () => {} };
const environment = { ...process.env };

let github: GitHubLab;
let slack: SlackLab;
let datadog: DatadogLab;
let directory: string;
let warnings: string[];

beforeEach(async () => {
  const parts = { log, faults };
  github = await startGitHub({ ...parts, repository: { owner: 'acme', name: 'backups', ownerId: 1, id: 2 } });
  slack = await startSlack(parts);
  datadog = await startDatadog({ ...parts, apiKey: 'dd-key' });
  directory = mkdtempSync(join(tmpdir(), 'publish-'));
  process.env.GITHUB_STEP_SUMMARY = join(directory, 'summary.md');
  process.env.GITHUB_API_URL = github.apiUrl;
  process.env.HOLDFAST_DATADOG_URL = datadog.url;
  writeFileSync(process.env.GITHUB_STEP_SUMMARY, '');
  warnings = [];
});

afterEach(async () => {
  await Promise.all([github.stop(), slack.stop(), datadog.stop()]);
  rmSync(directory, { recursive: true });
  for (const name of ['GITHUB_STEP_SUMMARY', 'GITHUB_API_URL', 'HOLDFAST_DATADOG_URL']) {
    const before = environment[name];
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
});

async function say(
  report: Report,
  more: { permissions?: Permissions; slackUrl?: string; datadogApiKey?: string; run?: number } = {},
): Promise<void> {
  const { token } = github.state.issueTokens({
    runId: 1,
    runNumber: 1,
    runAttempt: 1,
    job: 'verify',
    workflow: 'w',
    jobWorkflow: { ref: 'acme/backups/w.yml@refs/heads/main', sha: '0'.repeat(40) },
    workflowPath: 'w.yml',
    event: 'schedule',
    ref: 'refs/heads/main',
    sha: '0',
    actor: 'a',
    permissions: more.permissions ?? { issues: 'write' },
  });
  const now = new Date().toISOString();
  const key = `acme/backups/actions/runs/${more.run ?? 1}`;
  await publish(
    { ...report, endedAt: now, run: { ...report.run, key } },
    {
      clock,
      logger: {
        debug: () => {},
        info: () => {},
        warning: (text) => void warnings.push(text),
        error: () => {},
        group: (_, work) => work(),
      },
      githubToken: token,
      repository: 'acme/backups',
      slackWebhookUrl: more.slackUrl ?? slack.webhookUrl,
      datadogApiKey: more.datadogApiKey ?? 'dd-key',
      datadogSite: 'datadoghq.com',
    },
  );
}

describe('publish', () => {
  test('a bad backup, then a good one: summary, issue opened and closed, message, metric', async () => {
    await say(bad, { run: 1 });
    expect(warnings).toEqual([]);
    expect(readFileSync(join(directory, 'summary.md'), 'utf8')).toContain('is bad');
    expect(github.state.issues).toMatchObject([{ title: 'Backup of ib01.prod fails', state: 'open' }]);
    expect(slack.messages).toMatchObject([{ text: expect.stringContaining('is bad') }]);
    expect(datadog.series.find((one) => one.metric === 'infobright_backup_valid')).toMatchObject({
      type: 3,
      points: [{ value: 0 }],
      tags: ['source:ib01.prod', 'snapshot:snap-0ccc'],
    });
    await say(good, { run: 2 });
    expect(warnings).toEqual([]);
    expect(github.state.issues).toMatchObject([{ state: 'closed' }]);
    expect(slack.messages).toHaveLength(2);
    expect(datadog.series.filter((one) => one.metric === 'infobright_backup_valid').at(-1)?.points[0]?.value).toBe(1);
    await say(unproven, { run: 3 });
    expect(github.state.issues).toMatchObject([{ state: 'open' }]);
    expect(datadog.series.filter((one) => one.metric === 'infobright_backup_valid')).toHaveLength(2);
    expect(warnings).toEqual([]);
  });

  test('a channel that refuses does not stop the others, and gives a warning with a fix', async () => {
    await say(bad, {
      permissions: { issues: 'read' },
      datadogApiKey: 'wrong-key',
      slackUrl: `${slack.url}/services/X/Y/hidden`,
    });
    expect(warnings).toHaveLength(3);
    const all = warnings.join('\n');
    expect(all).toContain('permissions:\n  issues: write');
    expect(all).toMatch(/Slack message could not be delivered: status 404/);
    expect(all).toMatch(/Datadog series could not be delivered: status 403/);
    expect(all).not.toContain('hidden');
    expect(all).not.toContain('wrong-key');
    expect(readFileSync(join(directory, 'summary.md'), 'utf8')).toContain('is bad');
  });

  test('what nobody proves has an issue of its own, beside that of a patrol that fails, and no run fails for it', async () => {
    const figures = { kept: 3, chosen: 0, overdue: 0, altered: 0, unprovable: 2, unprovableOld: 2, unread: 0 };
    const part = { reason: 'copies in eu-west-1 need a verification host there', count: 2 };
    const nobody = { account: 'receipts', parts: [part], regions: ['eu-west-1'], accepted: 0 };
    const patrol = { ...figures, oldestDays: 1, days: 90, neededSeconds: 0, budgetSeconds: 3600, unproven: nobody };
    const { receipt: _, verdict: __, verification: ___, ...base } = good;
    const report: Report = { ...base, action: 'patrol', source: 'the kept backups', outcome: 'done', patrol };
    const states = () => github.state.issues.map(({ title, state }) => [title, state]).toSorted();
    const [own, ofPatrol] = ['Snapshots and copies are proven by nobody', 'Kept backups are not proven'];
    await say({ ...report, dryRun: true, outcome: 'dry-run' }, { run: 1 });
    expect(states()).toEqual([]);
    await say(report, { run: 2 });
    expect(states()).toEqual([[own, 'open']]);
    expect(slack.messages).toEqual([]);
    await say({ ...report, outcome: 'failed', patrol: { ...patrol, altered: 1 } }, { run: 3 });
    expect(states()).toEqual(
      [
        [own, 'open'],
        [ofPatrol, 'open'],
      ].toSorted(),
    );
    await say(report, { run: 4 });
    expect(states()).toEqual(
      [
        [own, 'open'],
        [ofPatrol, 'closed'],
      ].toSorted(),
    );
    await say({ ...report, patrol: { ...patrol, unproven: { ...nobody, parts: [], accepted: 2 } } }, { run: 5 });
    expect(states()).toEqual(
      [
        [own, 'closed'],
        [ofPatrol, 'closed'],
      ].toSorted(),
    );
    expect(warnings).toEqual([]);
  });

  test('a snapshot and a dry run open no issue and send no message', async () => {
    await say(taken);
    await say({ ...good, outcome: 'dry-run', verdict: undefined });
    expect(github.state.issues).toEqual([]);
    expect(slack.messages).toEqual([]);
    expect(datadog.series.map((one) => one.metric)).toEqual(['infobright_backup_pause_seconds']);
    expect(warnings).toEqual([]);
  });
});
