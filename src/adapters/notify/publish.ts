/** Publishes a report on every channel. A channel that fails neither stops another one nor fails the run. */
import { renderSeries } from '../../report/render/datadog.ts';
import { renderSlack } from '../../report/render/slack.ts';
import { renderSummary } from '../../report/render/summary.ts';
import type { Report } from '../../report/report.ts';
import type { Clock } from '../../runtime/clock.ts';
import { explain } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { createClient } from '../github/client.ts';
import { type IssueResult, syncIssue, syncUnprovenIssue } from '../github/issues.ts';
import { writeSummary } from '../github/summary.ts';
import { sendSeries } from './datadog.ts';
import { sendSlack } from './slack.ts';

export interface Channels {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Empty for no issue. */
  readonly githubToken: string;
  /** `owner/repo` that has the issues; empty outside GitHub. */
  readonly repository: string;
  /** Empty for no message. */
  readonly slackWebhookUrl: string;
  /** Empty for no series. */
  readonly datadogApiKey: string;
  readonly datadogSite: string;
  /** For each channel; default 30. A cancelled run has only a few seconds. */
  readonly deadlineSeconds?: number | undefined;
}

/** Summary, issue, Slack and Datadog. Failures are warnings in the log; never throws. */
export async function publish(report: Report, channels: Channels): Promise<void> {
  const { clock, logger, deadlineSeconds = 30 } = channels;
  await guarded(logger, 'the job summary', async () => {
    const written = await writeSummary((limit) => renderSummary(report, limit));
    const show = async (): Promise<void> => logger.info(renderSummary(report));
    // GitHub's API gives nobody the summary of a run, and its log does: npm run setup shows that of a dry run.
    if (written && report.dryRun) await logger.group('Summary', show);
    else if (!written) await show();
  });
  const signal = AbortSignal.timeout(deadlineSeconds * 1000);
  const issue = async (): Promise<void> => {
    if (channels.repository === '') return;
    // A rotation with nothing left to do is a success and closes its issue; a backup that was taken earlier proves nothing.
    if (report.dryRun || report.outcome === 'dry-run' || (report.outcome === 'nothing-to-do' && !report.rotation))
      return;
    if (channels.githubToken === '') {
      logger.info('No issue is opened or closed, because github-token is empty');
      return;
    }
    const octokit = createClient({ token: channels.githubToken, timeoutSeconds: Math.min(20, deadlineSeconds) });
    const options = { octokit, repository: channels.repository, clock, signal };
    const say = (result: IssueResult): void => {
      if (result.decision !== 'none') logger.info(`Issue: ${result.text}${result.url ? ` (${result.url})` : ''}`);
    };
    say(await syncIssue(options, report));
    const { patrol, run, runbookUrl } = report;
    if (patrol?.unproven === undefined) return;
    say(await syncUnprovenIssue(options, { ...patrol, unproven: patrol.unproven }, { runUrl: run.url, runbookUrl }));
  };
  const slack = async (): Promise<void> => {
    const message = channels.slackWebhookUrl === '' || report.dryRun ? undefined : renderSlack(report);
    if (message === undefined) return;
    const delivery = await sendSlack({ webhookUrl: channels.slackWebhookUrl, clock, deadlineSeconds }, message);
    if (!delivery.sent) throw new Error(delivery.reason);
  };
  const datadog = async (): Promise<void> => {
    const series = channels.datadogApiKey === '' || report.dryRun ? [] : renderSeries(report);
    if (series.length === 0) return;
    const { datadogApiKey: apiKey, datadogSite: site } = channels;
    const delivery = await sendSeries({ apiKey, site, clock, deadlineSeconds }, series);
    if (!delivery.sent) throw new Error(delivery.reason);
    logger.info(`Datadog: ${series.map((one) => `${one.metric}=${one.points[0]?.value}`).join(', ')}`);
  };
  await Promise.all([
    guarded(logger, 'the issue', issue),
    guarded(logger, 'the Slack message', slack),
    guarded(logger, 'the Datadog series', datadog),
  ]);
}

async function guarded(logger: Logger, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { what: reason, fix } = explain(error);
    logger.warning(`${what} could not be delivered: ${reason}${fix ? `\n${fix}` : ''}`);
  }
}
