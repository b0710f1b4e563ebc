/** Starts an action: reads its inputs, runs it, and reports what it found, whatever happened. */
import { randomUUID } from 'node:crypto';
import {
  currentRun,
  logger,
  maskSecret,
  ownPage,
  readInput,
  setFailed,
  setOutput,
} from '../../adapters/github/toolkit.ts';
import { publish } from '../../adapters/notify/publish.ts';
import type { RunIdentity } from '../../domain/run.ts';
import type { ActionName, Report } from '../../report/report.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { ActionContext } from '../../runtime/context.ts';
import { explain, explainInLine, renderError } from '../../runtime/errors.ts';
import type { InputDefinition } from '../../runtime/inputs.ts';
import { CancelledError } from '../../runtime/interruptions.ts';
import { runAction } from '../../runtime/run-action.ts';
import { Timeline } from '../../runtime/timeline.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { ReportSettings } from './inputs.ts';

/** What an action may report; each names its own subset. */
type Reportable = Partial<
  Pick<
    Report,
    | 'outcome'
    | 'plan'
    | 'verdict'
    | 'receipt'
    | 'receiptLocation'
    | 'verification'
    | 'rotation'
    | 'again'
    | 'patrol'
    | 'dump'
    | 'databases'
    | 'masked'
    | 'examination'
    | 'watch'
    | 'notes'
  >
>;

export interface ActionDefinition<Settings extends ReportSettings, Findings extends Reportable> {
  readonly name: ActionName;
  readonly inputs: {
    readonly definitions: Readonly<Record<string, InputDefinition<unknown>>>;
    readonly parse: (read: (name: string) => string) => Settings;
  };
  /** The source as reports call it. */
  readonly source: (settings: Settings) => string;
  /** Whether nothing is changed; the input `dry-run` unless the action knows more ways. */
  readonly dryRun?: (settings: Settings) => boolean;
  /** Whether it is not what its schedule promises, such as a proof again: its success must not stand for that, so no heartbeat is sent. */
  readonly aside?: (settings: Settings) => boolean;
  /** The outputs that follow from what was just reported; undefined sets none. */
  readonly outputs: (findings: Partial<Findings>, settings: Settings) => Readonly<Record<string, string | undefined>>;
  readonly run: (settings: Settings, context: ActionContext<Findings>) => Promise<void>;
}

/** Runs the action. Never rejects: wrong inputs and errors fail the step. */
export async function startAction<Settings extends ReportSettings, Findings extends Reportable>(
  action: ActionDefinition<Settings, Findings>,
): Promise<void> {
  let settings: Settings;
  try {
    for (const [name, { secret }] of Object.entries(action.inputs.definitions)) if (secret) maskSecret(readInput(name));
    settings = action.inputs.parse(readInput);
  } catch (error) {
    setFailed(renderError(error));
    return;
  }
  const startedAt = systemClock.now().toISOString();
  const timeline = new Timeline(systemClock, logger);
  const run = currentRun();
  const findings: Reportable = {};
  const dryRun = action.dryRun?.(settings) ?? settings.dryRun;
  const told = { action: action.name, source: action.source(settings), url: run.url, id: randomUUID() };
  const heartbeat = startHeartbeat(dryRun || action.aside?.(settings) ? '' : settings.heartbeatUrl, told);
  const report = (more: Partial<Findings>): void => {
    Object.assign(findings, more);
    for (const [name, value] of Object.entries(action.outputs(more, settings)))
      if (value !== undefined) setOutput(name, value);
  };
  await runAction({
    work: (signal) => action.run(settings, { clock: systemClock, logger, signal, timeline, run, report }),
    fail: (error) => setFailed(renderError(error)),
    warn: (message, error) => logger.warning(`${message}: ${explainInLine(error)}`),
    finish: async (error) => {
      const base = reportBase(action, settings, run);
      const endedAt = systemClock.now().toISOString();
      try {
        await send(
          { ...base, startedAt, endedAt, timeline: timeline.steps, ...findings },
          timeline.failedStep,
          error,
          settings,
        );
      } finally {
        await heartbeat.end(error);
      }
    },
  });
}

/** What every report has, before anything was found. */
function reportBase<Settings extends ReportSettings>(
  action: Pick<ActionDefinition<Settings, Reportable>, 'name' | 'source' | 'dryRun'>,
  settings: Settings,
  run: RunIdentity,
) {
  return {
    action: action.name,
    source: action.source(settings),
    run: { key: run.key, url: run.url, attempt: run.attempt },
    plan: [],
    dryRun: action.dryRun?.(settings) ?? settings.dryRun,
    runbookUrl: settings.runbookUrl || ownPage('docs/runbook.md'),
  };
}

async function send(
  found: Omit<Report, 'outcome' | 'failingStep' | 'error'> & Pick<Reportable, 'outcome'>,
  failingStep: string | undefined,
  error: unknown,
  settings: ReportSettings,
): Promise<void> {
  const report: Report = {
    ...found,
    outcome: error === undefined ? (found.outcome ?? 'done') : 'failed',
    failingStep,
    error: error === undefined ? undefined : explain(error),
  };
  await publish(report, {
    clock: systemClock,
    logger,
    githubToken: settings.githubToken,
    repository: process.env.GITHUB_REPOSITORY ?? '',
    slackWebhookUrl: settings.slackWebhookUrl,
    datadogApiKey: settings.datadogApiKey,
    datadogSite: settings.datadogSite,
    // A cancelled run has seconds left, and somebody knows of it: the summary matters, the channels may be cut short.
    deadlineSeconds: error instanceof CancelledError ? 3 : undefined,
  });
}
