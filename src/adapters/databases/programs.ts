/**
 * Short programs, through the toolkit's `exec`: versions of tools, questions with an answer that fits into memory. Dumps
 * and archives are streams, and run as a PipedProgram.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { type ExecOutput, getExecOutput } from '@actions/exec';
import { DeadlineError } from '../../runtime/interruptions.ts';
import { type Cause, programFailed, programNotStarted } from './tool-output.ts';

export interface ShortProgram {
  /** Absolute path, or a name that is searched in PATH. */
  readonly program: string;
  readonly parameters: readonly string[];
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** For errors: "psql of shop". */
  readonly what: string;
  /** For standard input, where no other account can read it. */
  readonly input?: string;
  readonly timeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Messages of this program, for errors. */
  readonly causes?: readonly Cause[];
}

/** Milliseconds between SIGTERM and SIGKILL, and between the end of a program and that of its output. */
const graceMilliseconds = 2000;
/** Characters of standard error that an error shows. */
const keptOutput = 8_000;

/** The toolkit's `exec` cannot end a program. Node announces each new process, in the context of the call that made it. */
const callers = new AsyncLocalStorage<(child: ChildProcess) => void>();
subscribe('child_process', (message) => {
  callers.getStore()?.((message as { process: ChildProcess }).process);
});

/**
 * Runs a program to its end.
 * @returns its output
 * @throws BackupError unless it ended with status 0; DeadlineError when its time is up; the signal's reason
 */
export async function runProgram(options: ShortProgram): Promise<string> {
  return (await runWithMessages(options)).output;
}

/** What a program wrote to standard output, and to standard error although it ended with status 0. */
export interface Written {
  readonly output: string;
  readonly messages: string;
}

/** Runs a program that goes on after errors. Otherwise like runProgram(). */
export async function runWithMessages(options: ShortProgram): Promise<Written> {
  const { program, parameters, environment, what, input = '', signal, causes } = options;
  signal?.throwIfAborted();
  let child: ChildProcess | undefined;
  const limits = new Limits(options);
  const onSpawn = (spawned: ChildProcess): void => {
    child = spawned;
    spawned.once('spawn', () => {
      // A program that ends before it has read its input says why with its exit status.
      spawned.stdin?.on('error', () => {});
      limits.watch(spawned);
    });
  };
  const execute = (): Promise<ExecOutput> =>
    getExecOutput(`"${program.replaceAll('"', '\\"')}"`, [...parameters], {
      env: { ...environment },
      input: Buffer.from(input),
      silent: true,
      ignoreReturnCode: true,
      delay: graceMilliseconds,
    });
  const { exitCode, stdout, stderr } = await callers
    .run(onSpawn, execute)
    .catch((error: Error) => {
      throw programNotStarted(what, error.message);
    })
    .finally(() => {
      limits.lift();
      // A child that outlived the program may still hold them open.
      child?.stdout?.destroy();
      child?.stderr?.destroy();
    });
  limits.throwIfExceeded();
  const status = child?.signalCode ?? exitCode;
  if (status !== 0) throw programFailed({ what, status, errors: stderr.slice(-keptOutput).trim(), causes });
  return { output: stdout, messages: stderr };
}

/** Ends a program when its time is up, or when the run is cancelled: politely, and soon after by force. */
class Limits {
  readonly #options: ShortProgram;
  readonly #timers: NodeJS.Timeout[] = [];
  #child: ChildProcess | undefined;
  #late = false;

  constructor(options: ShortProgram) {
    this.#options = options;
    options.signal?.addEventListener('abort', this.#stop, { once: true });
    if (options.timeoutSeconds === undefined) return;
    const onDeadline = (): void => {
      this.#late = true;
      this.#stop();
    };
    this.#timers.push(setTimeout(onDeadline, options.timeoutSeconds * 1000));
  }

  watch(child: ChildProcess): void {
    this.#child = child;
    if (this.#late || this.#options.signal?.aborted) this.#stop();
  }

  readonly #stop = (): void => {
    this.#child?.kill('SIGTERM');
    this.#timers.push(setTimeout(() => this.#child?.kill('SIGKILL'), graceMilliseconds));
  };

  lift(): void {
    this.#options.signal?.removeEventListener('abort', this.#stop);
    for (const timer of this.#timers) clearTimeout(timer);
  }

  throwIfExceeded(): void {
    const { what, timeoutSeconds = 0, signal } = this.#options;
    signal?.throwIfAborted();
    if (this.#late) throw new DeadlineError({ what, seconds: timeoutSeconds, last: 'it is still running' });
  }
}
