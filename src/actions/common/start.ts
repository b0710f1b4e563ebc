/** Starts an action: reads its inputs, runs it, and reports what it found, whatever happened. */
import {
  currentRun,
  logger,
  maskSecret,
  ownPage,
  readInput,
  setFailed,
  setOutput,
} from '../../adapters/github/toolkit.ts';
import { sendHeartbeat } from '../../adapters/notify/heartbeat.ts';
import { publish } from '../../adapters/notify/publish.ts';
import type { RunIdentity } from '../../domain/run.ts';
import { type HeartbeatSignal, heartbeatUrls } from '../../report/heartbeat.ts';
import type { ActionName, Report } from '../../report/report.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { ActionContext } from '../../runtime/context.ts';
import { explain, explainInLine, renderError } from '../../runtime/errors.ts';
import type { InputDefinition } from '../../runtime/inputs.ts';
import { CancelledError } from '../../runtime/interruptions.ts';
import { runAction } from '../../runtime/run-action.ts';
import { Timeline } from '../../runtime/timeline.ts';
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
    for (const url of Object.values(heartbeatUrls(settings.heartbeatUrl) ?? {})) maskSecret(url);
  } catch (error) {
    setFailed(renderError(error));
    return;
  }
  const startedAt = systemClock.now().toISOString();
  const timeline = new Timeline(systemClock, logger);
  const run = currentRun();
  const findings: Reportable = {};
  const dryRun = action.dryRun?.(settings) ?? settings.dryRun;
  // Beside the work, which does not wait for it.
  const started = dryRun ? undefined : tellHeartbeat(settings, 'start', `${action.name} ${run.url}`);
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
      await started;
      const base = reportBase(action, settings, run);
      const endedAt = systemClock.now().toISOString();
      await send(
        { ...base, startedAt, endedAt, timeline: timeline.steps, ...findings },
        timeline.failedStep,
        error,
        settings,
      );
      if (dryRun) return;
      // What went wrong is told inside: a service outside gets the address of the run.
      await tellHeartbeat(settings, error === undefined ? 'success' : 'failure', `${action.name} ${run.url}`, error);
    },
  });
}

/** Never throws, and never takes longer than ten seconds: the run does not depend on a service outside. */
async function tellHeartbeat(
  { heartbeatUrl }: Pick<ReportSettings, 'heartbeatUrl'>,
  kind: HeartbeatSignal,
  text: string,
  error?: unknown,
): Promise<void> {
  if (heartbeatUrl === '') return;
  // A cancelled run has seconds left.
  const deadlineSeconds = error instanceof CancelledError ? 2 : undefined;
  const delivery = await sendHeartbeat({ given: heartbeatUrl, clock: systemClock, deadlineSeconds }, kind, text);
  if (delivery?.sent === false) logger.warning(`the heartbeat (${kind}) could not be delivered: ${delivery.reason}`);
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
