/** Programs whose input or output is a stream. Their end is never overlooked. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { BackupError } from '../../runtime/errors.ts';
import { type Cause, programFailed, programNotStarted } from './tool-output.ts';

export interface PipedProgramOptions {
  /** Absolute path, or a name that is searched in PATH. */
  readonly program: string;
  readonly parameters: readonly string[];
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** For errors: "pg_dump of shop". */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
  /** Messages of this program, for errors. */
  readonly causes?: readonly Cause[] | undefined;
  /** Gets everything it writes to standard error, of which only the end is kept here. */
  readonly onErrors?: ((text: string) => void) | undefined;
  /** What another status than 0 means; undefined when it is no failure. Default: the end of standard error. */
  readonly failure?: ((status: number | string) => BackupError | undefined) | undefined;
  /** It is interrupted when it is stopped, and reads the end of its input: psql then cancels its query in the server. */
  readonly interruptible?: boolean;
}

/** Milliseconds between the polite signal and SIGKILL when a program is stopped. */
const graceMilliseconds = 2000;
/** Characters of standard error that are kept, from its end. */
const keptOutput = 8_000;

/** A running program. */
export class PipedProgram {
  readonly #options: PipedProgramOptions;
  readonly #child: ChildProcess;
  /** Resolves with the exit status, or the signal's name. */
  readonly #ended: Promise<number | string>;
  /** Resolves when the program itself is gone, even if a child of it still holds its output. */
  readonly #gone: Promise<void>;
  #errors = '';

  constructor(options: PipedProgramOptions) {
    this.#options = options;
    this.#child = spawn(options.program, options.parameters, {
      env: options.environment,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-keptOutput);
      options.onErrors?.(text);
    });
    // A program that stopped reading says why with its exit status.
    this.#child.stdin?.on('error', () => {});
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on('error', (error) => reject(programNotStarted(options.what, error.message)));
      this.#child.on('close', (status, signal) => resolve(status ?? signal ?? 'nothing'));
    });
    // The rejection is handled where the end is awaited.
    this.#ended.catch(() => {});
    this.#gone = new Promise((resolve) => {
      this.#child.on('exit', () => resolve()).on('error', () => resolve());
    });
    const stop = (): void => this.stop();
    options.signal?.addEventListener('abort', stop, { once: true });
    this.#ended.finally(() => options.signal?.removeEventListener('abort', stop)).catch(() => {});
  }

  get stdout(): AsyncIterable<Buffer> {
    return this.#child.stdout as AsyncIterable<Buffer>;
  }

  /** Writes to its standard input, and waits until there is room for more. */
  async write(bytes: Uint8Array): Promise<void> {
    const input = this.#child.stdin;
    if (!input || input.destroyed || input.writableEnded) return;
    if (input.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        input.off('drain', done).off('close', done).off('error', done);
        resolve();
      };
      input.on('drain', done).on('close', done).on('error', done);
    });
  }

  /** Closes its standard input. */
  end(): void {
    this.#child.stdin?.end();
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends it: politely, and soon after by force. */
  stop(): void {
    if (!this.running) return;
    const { interruptible = false } = this.#options;
    this.#child.kill(interruptible ? 'SIGINT' : 'SIGTERM');
    if (interruptible) this.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMilliseconds);
    timer.unref();
    this.#ended.finally(() => clearTimeout(timer)).catch(() => {});
  }

  /** Ends it, and waits until it is gone. */
  async discard(): Promise<void> {
    this.stop();
    await this.goneWithoutReading();
  }

  /** Waits until it is gone. Nobody reads the rest of its output, which would keep it open for ever. */
  async goneWithoutReading(): Promise<void> {
    this.#child.stdout?.destroy();
    await this.#ended.catch(() => {});
  }

  /** Waits for its end. @throws BackupError unless it ended with status 0 */
  async done(): Promise<void> {
    const status = await this.#ended;
    this.#options.signal?.throwIfAborted();
    const failed = status === 0 ? undefined : this.#failed(status);
    if (failed) throw failed;
  }

  /** Waits for its end, and discards its output. @throws BackupError unless it ended with status 0 */
  async finished(): Promise<void> {
    for await (const _ of checkedOutput(this));
  }

  /**
   * Feeds it a stream until it reads no more, and waits for its end. Its output is discarded.
   * @throws BackupError unless it ended with status 0; the error of the source, once the program has been stopped
   */
  async feed(source: AsyncIterable<Uint8Array>): Promise<void> {
    // Its output is read from the start: a program that cannot write stops reading, too.
    const ended = this.finished();
    // The rejection is handled where the end is awaited.
    ended.catch(() => {});
    await this.#writeAll(source);
    await ended;
  }

  async #writeAll(source: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of source) {
        if (!this.running) break;
        await this.write(chunk);
      }
    } catch (error) {
      this.stop();
      // Until it is gone, it writes where the caller is about to clean up.
      await this.#gone;
      throw error;
    }
    this.end();
  }

  /**
   * Feeds it a stream, and gives its output meanwhile.
   * @throws BackupError at its end, unless it ended with status 0; the error of the source
   */
  async *through(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    const written = this.#writeAll(source);
    // The rejection is handled where the end is awaited.
    written.catch(() => {});
    try {
      yield* checkedOutput(this);
    } catch (error) {
      // A source that failed is why the program was stopped.
      await written;
      throw error;
    }
    await written;
  }

  /** Waits for its end, whatever its status. */
  async status(): Promise<number | string> {
    return this.#ended;
  }

  #failed(status: number | string): BackupError | undefined {
    const { what, causes, failure } = this.#options;
    if (failure) return failure(status);
    return programFailed({ what, status, errors: this.#errors.trim(), causes });
  }
}

/** A program's output. @throws BackupError at its end, unless it ended with status 0 */
export async function* checkedOutput(program: PipedProgram): AsyncGenerator<Buffer> {
  let whole = false;
  try {
    for await (const chunk of program.stdout) yield chunk;
    whole = true;
  } finally {
    // The reader stopped early, and does not want the rest.
    if (!whole) program.stop();
  }
  await program.done();
}
