/** The process of a step: with a clean environment, in a group of its own, and cancelled as GitHub cancels it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { killTracked, signal } from './process-tree.ts';

/** Milliseconds between SIGINT and SIGTERM, and between SIGTERM and SIGKILL (actions/runner, ProcessInvoker). */
export interface CancelDelays {
  readonly terminate: number;
  readonly kill: number;
}

export const githubCancelDelays: CancelDelays = { terminate: 7500, kill: 2500 };

export interface ProcessOptions {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly trackingId: string;
  readonly onLine: (line: string) => void;
  /** Aborting asks the process to end: SIGINT, SIGTERM, SIGKILL. */
  readonly cancel: AbortSignal;
  readonly delays: CancelDelays;
}

/** Runs it to its end. Gives its exit code; of a process that a signal has ended 128 and the signal's number. */
export function runProcess(options: ProcessOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.command, options.arguments, {
      cwd: options.directory,
      env: { ...options.environment, RUNNER_TRACKING_ID: options.trackingId },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const timers: NodeJS.Timeout[] = [];
    const cancel = (): void => {
      const pid = child.pid;
      if (pid === undefined) return;
      signal(pid, 'SIGINT');
      timers.push(setTimeout(() => signal(pid, 'SIGTERM'), options.delays.terminate));
      timers.push(setTimeout(() => killTracked(options.trackingId), options.delays.terminate + options.delays.kill));
    };
    if (options.cancel.aborted) cancel();
    else options.cancel.addEventListener('abort', cancel, { once: true });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', options.onLine);
    }
    const finish = (): void => {
      options.cancel.removeEventListener('abort', cancel);
      for (const timer of timers) clearTimeout(timer);
    };
    child.once('error', (error) => {
      finish();
      reject(error);
    });
    // A grandchild may keep the pipe open: two seconds after the exit the step ends all the same.
    child.once('exit', (code, name) => {
      const result = code ?? (name === 'SIGKILL' ? 137 : name === 'SIGTERM' ? 143 : 130);
      const late = setTimeout(done, 2000);
      function done(): void {
        clearTimeout(late);
        finish();
        child.stdout.destroy();
        child.stderr.destroy();
        resolve(result);
      }
      child.once('close', done);
    });
  });
}
