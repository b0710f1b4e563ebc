/** Wires watchdog to AWS and GitHub, and starts it. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../../adapters/github/client.ts';
import { createReader } from '../../adapters/github/reader.ts';
import { currentRepository, logger, ownPage } from '../../adapters/github/toolkit.ts';
import { syncWatchIssues } from '../../adapters/github/watch-issues.ts';
import { pushMetrics } from '../../adapters/notify/pushgateway.ts';
import type { WatchReport } from '../../domain/watching.ts';
import { systemClock } from '../../runtime/clock.ts';
import { openAllBackups } from '../common/all-backups.ts';
import { startAction } from '../common/start.ts';
import { inputs, type Settings } from './inputs.ts';
import type { Context, Findings, Ports } from './ports.ts';
import { run } from './run.ts';

await startAction<Settings, Findings>({
  name: 'watchdog',
  inputs,
  source: () => 'the watch over all backups',
  outputs: ({ watch, page }) => ({ page, ...(watch && outputsOf(watch)) }),
  run: (settings, context) => run(settings, openPorts(settings, context), context),
});

function outputsOf({ rows, troubles }: WatchReport): Readonly<Record<string, string>> {
  const worst = (['failed', 'unknown'] as const).find((state) => rows.some((one) => one.state === state));
  return {
    report: JSON.stringify(rows),
    status: worst ?? 'good',
    missing: String(troubles.filter(({ failure }) => failure === 'missing').length),
  };
}

function openPorts(settings: Settings, context: Context): Ports {
  const { run: own, signal } = context;
  const { githubToken: token } = settings;
  const octokit = token === '' ? undefined : createClient({ token });
  const repository = currentRepository();
  const { GITHUB_SERVER_URL: serverUrl = 'https://github.com' } = process.env;
  return {
    ...openAllBackups('watchdog', settings, context),
    github: octokit && createReader(octokit),
    issues:
      octokit &&
      ((watch) =>
        syncWatchIssues({ octokit, repository, clock: systemClock, signal, logger }, watch, {
          runUrl: own.url,
          runbookUrl: settings.runbookUrl || ownPage('docs/runbook.md'),
        })),
    repository,
    links: {
      repositoryUrl: `${serverUrl}/${repository}`,
      docsUrl: ownPage('docs'),
      runbookUrl: settings.runbookUrl || undefined,
    },
    push: (url, grouping, text) =>
      pushMetrics({ url, authorization: settings.metricsAuthorization, clock: systemClock, signal }, grouping, text),
    // Alone in its folder, which can be published as it is.
    writePage: (html) => {
      const folder = mkdtempSync(join(process.env.RUNNER_TEMP || tmpdir(), 'holdfast-status-'));
      const path = join(folder, 'index.html');
      writeFileSync(path, html);
      return path;
    },
  };
}
