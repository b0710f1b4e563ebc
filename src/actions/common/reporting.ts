/** The part of the outer net that every action shares: collect what was found, run the story, report it. */
import { logger, setFailed } from '../../adapters/github/toolkit.ts';
import { type Channels, publish } from '../../adapters/notify/publish.ts';
import type { RunIdentity } from '../../domain/run.ts';
import type { ActionName, Report } from '../../report/report.ts';
import type { Clock } from '../../runtime/clock.ts';
import { explain, renderError } from '../../runtime/errors.ts';
import { CancelledError } from '../../runtime/interruptions.ts';
import { runAction } from '../../runtime/run-action.ts';
import type { Timeline } from '../../runtime/timeline.ts';

type Reported = Partial<
  Pick<
    Report,
    | 'outcome'
    | 'plan'
    | 'verdict'
    | 'receipt'
    | 'receiptLocation'
    | 'verification'
    | 'rotation'
    | 'dump'
    | 'masked'
    | 'notes'
  >
>;

export interface Telling {
  readonly action: ActionName;
  readonly source: string;
  readonly run: RunIdentity;
  readonly runbookUrl: string;
  readonly dryRun: boolean;
  readonly timeline: Timeline;
  readonly clock: Clock;
  readonly channels: Channels;
}

/**
 * Runs the story inside the net and reports it.
 * @param story is handed a function to tell what was found as soon as it is known, so that a failed run reports it too
 */
export async function tell<F extends Reported>(
  telling: Telling,
  story: (signal: AbortSignal, found: (facts: Partial<F>) => void) => Promise<void>,
): Promise<void> {
  const startedAt = telling.clock.now().toISOString();
  const facts: Reported = {};
  await runAction({
    work: (signal) => story(signal, (more) => Object.assign(facts, more)),
    fail: (error) => setFailed(renderError(error)),
    warn: (message, error) => logger.warning(`${message}: ${(error as Error).message}`),
    finish: async (error) => {
      const report: Report = {
        action: telling.action,
        source: telling.source,
        run: { key: telling.run.key, url: telling.run.url, attempt: telling.run.attempt },
        startedAt,
        endedAt: telling.clock.now().toISOString(),
        timeline: telling.timeline.steps,
        plan: [],
        dryRun: telling.dryRun,
        ...facts,
        outcome: error === undefined ? (facts.outcome ?? 'done') : 'failed',
        failingStep: telling.timeline.failedStep,
        error: error === undefined ? undefined : explain(error),
        runbookUrl: telling.runbookUrl === '' ? undefined : telling.runbookUrl,
      };
      // A cancelled run has seconds left, and somebody knows of it: the summary matters, the channels may be cut short.
      const deadlineSeconds = error instanceof CancelledError ? 3 : undefined;
      await publish(report, { ...telling.channels, deadlineSeconds });
    },
  });
}
