/** Waits for the dump workflows of the same day, so that the snapshots contain their dumps. */
import type { Workflows } from '../../ports/github.ts';
import { startOfDay } from '../../rotation/plan/dates.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { explain } from '../../runtime/errors.ts';
import { DeadlineError } from '../../runtime/interruptions.ts';
import { type Pace, poll } from '../../runtime/poll.ts';
import type { Settings } from './inputs.ts';
import type { Context } from './ports.ts';

/** @returns notes on the workflows that failed or did not end in time; the snapshots are taken anyway */
export async function waitForDumps(
  { waitFor, waitForTimeout, timeZone }: Settings,
  workflows: Workflows,
  context: Context,
): Promise<readonly string[]> {
  if (waitFor.length === 0) return [];
  const since = startOfDay(context.clock.now(), timeZone);
  const notes = await context.timeline.step('Wait for the dumps of today', () =>
    waitForWorkflows({ files: waitFor, since, timeoutSeconds: waitForTimeout }, workflows, context),
  );
  context.report({ notes });
  return notes;
}

export interface WorkflowWait {
  readonly files: readonly string[];
  /** Earlier runs do not count. */
  readonly since: Date;
  readonly timeoutSeconds: number;
}

const pace: Pace = { first: 30_000, factor: 1, longest: 30_000 };

/** @returns notes on the workflows that failed or did not end in time */
export async function waitForWorkflows(
  { files, since, timeoutSeconds }: WorkflowWait,
  workflows: Workflows,
  { clock, logger, signal }: WorkContext,
): Promise<string[]> {
  const notes: string[] = [];
  /** What is known of each workflow whose run has not ended. */
  const open = new Map(files.map((file) => [file, 'has not run today']));
  const ask = async (file: string): Promise<void> => {
    try {
      const { state, url } = await workflows.newestRun(file, since);
      if (state === 'none' || state === 'waiting') {
        open.set(file, state === 'none' ? 'has not run today' : `has not ended (${url})`);
        return;
      }
      logger.info(`${file}: ${state} (${url})`);
      if (state === 'failed') notes.push(`the dump of ${file} failed (${url}), so the snapshots contain an older one`);
      open.delete(file);
    } catch (error) {
      signal.throwIfAborted();
      open.set(file, `did not show its runs: ${explain(error).what}`);
    }
  };
  const onChange = (reason: string): void => logger.info(`waiting: ${reason}`);
  try {
    await poll({ what: 'the dump workflows', timeoutSeconds, pace, clock, signal, onChange }, async () => {
      for (const file of [...open.keys()]) await ask(file);
      if (open.size === 0) return { done: undefined };
      return { retry: [...open].map(([file, what]) => `${file} ${what}`).join('; ') };
    });
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    for (const [file, what] of open) notes.push(`${file} ${what}; the snapshots do not wait any longer`);
  }
  for (const note of notes) logger.warning(note);
  return notes;
}
