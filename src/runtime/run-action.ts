/**
 * The one outer net of every action: signals become an AbortSignal, every error is rendered for a reader, and the
 * summary is written whatever happened. GitHub cancels with SIGINT, then SIGTERM after 7.5 s, then kills 2.5 s later
 * (actions/runner): what must be undone at once is undone by the work itself when the signal aborts, the rest by its post
 * step.
 */
import { CancelledError } from './interruptions.ts';

export interface Net {
  /** Must stop soon when the signal aborts. */
  readonly work: (signal: AbortSignal) => Promise<void>;
  /** Writes summary, issue and notifications; called once, with the error when there was one. */
  readonly finish: (error: unknown) => Promise<void>;
  /** Marks the job as failed. */
  readonly fail: (error: unknown) => void;
  /** Says that `finish` itself failed; the action's own result stays. */
  readonly warn: (message: string, error: unknown) => void;
}

/** Runs the work inside the net. Never rejects: the process ends with the status that the work earned. */
export async function runAction(net: Net): Promise<void> {
  const controller = new AbortController();
  const cancel = (name: NodeJS.Signals): void => controller.abort(new CancelledError(name));
  const onInterrupt = (): void => cancel('SIGINT');
  const onTerminate = (): void => cancel('SIGTERM');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  let failure: unknown;
  try {
    await net.work(controller.signal);
  } catch (error) {
    failure = error ?? new Error('the action failed without saying why');
    net.fail(failure);
  }
  try {
    await net.finish(failure);
  } catch (error) {
    net.warn('the report could not be written', error);
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onTerminate);
  }
}
