/** Waits for the dump workflows of the same day, so that their dumps are in the snapshots. */
import type { Workflows } from '../../ports/github.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';

export interface WaitOptions {
  readonly files: readonly string[];
  /** The beginning of the day. */
  readonly since: Date;
  readonly timeoutSeconds: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

const pollSeconds = 30;

/** @returns what a reader should know: which workflows failed, or did not end in time; the snapshots are taken anyway */
export async function waitForWorkflows(workflows: Workflows, options: WaitOptions): Promise<string[]> {
  const { clock, logger, signal } = options;
  const giveUpAt = clock.now().getTime() + options.timeoutSeconds * 1000;
  const notes: string[] = [];
  const open = new Map(options.files.map((file) => [file, 'was not looked for']));
  while (open.size > 0) {
    for (const file of [...open.keys()]) {
      try {
        const { state, url } = await workflows.newestRun(file, options.since);
        if (state === 'success' || state === 'failed') {
          logger.info(`${file}: ${state} (${url})`);
          if (state === 'failed') notes.push(`the dump of ${file} failed (${url}), so the snapshots hold an older one`);
          open.delete(file);
        } else open.set(file, state === 'none' ? 'has not run today' : `has not ended (${url})`);
      } catch (error) {
        signal.throwIfAborted();
        open.set(file, `could not be asked for: ${(error as Error).message}`);
      }
    }
    if (open.size === 0) break;
    if (clock.now().getTime() >= giveUpAt) {
      for (const [file, what] of open) notes.push(`${file} ${what}; the snapshots do not wait for it any longer`);
      break;
    }
    logger.info(`waiting for ${[...open].map(([file, what]) => `${file}, which ${what}`).join('; ')}`);
    await clock.sleep(Math.min(pollSeconds * 1000, Math.max(1000, giveUpAt - clock.now().getTime())), signal);
  }
  for (const note of notes) logger.warning(note);
  return notes;
}
